import Circuits
import Curve
import Field
import ProofSystem
import Prover
import TestSupport
import Testing
import ZKMLTestSupport

/// The files that are ours beside proofs and keys: circuit, weights, openings. Whatever is done to
/// their bytes, a typed error or other content of the same format.
@Suite("Bundle files") struct BundleFileTests {
    /// A file and what reading it again gives.
    struct Sample: Sendable, CustomStringConvertible {
        let description: String
        let bytes: [UInt8]
        /// Decodes and encodes: what it throws is a ``DecodingError``, by its type.
        let recoded: @Sendable ([UInt8]) throws(DecodingError) -> [UInt8]
        /// Whether all content has one encoding.
        var isUnique = true
    }

    // MARK: Samples

    private static let models =
        Array(StandardCircuits.all(seed: 5).prefix(3)) + [RandomCircuits.make(seed: 2)]

    static let circuits = models.map { model in
        let names = model.circuit.gadgets.indices.map {
            ["", "layer \($0)", "Größe/²\($0)"][$0 % 3]
        }
        return Sample(
            description: "circuit of \(model)",
            bytes: CircuitFile(circuit: model.circuit, gadgetNames: names).encoded(),
            recoded: { bytes throws(DecodingError) in
                let file = try CircuitFile(decoding: bytes)
                // What a bundle's reader does next: an error or a system.
                _ = try? ConstraintSystem(file.circuit)
                return file.encoded()
            })
    }

    /// Tensors of each width, with the ends of their ranges.
    private static let constants: [[Int64]] = [
        [-128, 127, 0], [-129, 1, 2, 3], [40000, -40000], [.min, .max], [5],
    ]

    private static var constantsCircuit: Circuit {
        var circuit = Circuit(limbBits: 4)
        circuit.constants = [[3], [2, 2], [2], [1, 2], []].map { TensorShape($0)! }
        return circuit
    }

    static let weights = Sample(
        description: "weights", bytes: WeightsFile.encoded(constants),
        recoded: { bytes throws(DecodingError) in
            WeightsFile.encoded(try WeightsFile.decode(bytes, circuit: constantsCircuit))
        }, isUnique: false)

    private static func opening(
        _ name: String, _ extents: [Int], _ values: [Int64], blinding: Fr = Fr(77)
    ) -> PortOpening {
        PortOpening(
            port: Port(name: name, bits: 12, fractionalBits: -3, visibility: .committed),
            shape: TensorShape(extents)!, values: values, blinding: blinding,
            commitment: (Fr(5) * G1Affine.generator).affine)
    }

    static let openingsFile = OpeningsFile(
        srsDigest: SRSIdentity.development.digest,
        openings: [
            opening("x", [2, 3], [1, -2, 3, -2048, 2047, 0]), opening("Größe", [], [7]),
            opening("", [1, 1], [.min], blinding: -.one),
        ])

    static let openings = Sample(
        description: "openings", bytes: openingsFile.encoded(),
        recoded: { bytes throws(DecodingError) in
            try OpeningsFile(decoding: bytes).encoded()
        })

    static let samples = circuits + [weights, openings]

    // MARK: Round trips

    @Test(arguments: models) func circuitRoundTrip(model: TestModel) throws {
        let names = model.circuit.gadgets.indices.map { "gadget \($0), Größe" }
        let file = CircuitFile(circuit: model.circuit, gadgetNames: names)
        let read = try CircuitFile(decoding: file.encoded())
        #expect(read == file)
        #expect(read.gadgetNames == names && read.circuit == model.circuit)
    }

    @Test func weightsRoundTrip() throws {
        let bytes = WeightsFile.encoded(Self.constants)
        #expect(
            try WeightsFile.decode(bytes, circuit: Self.constantsCircuit) == Self.constants)
        // Width by width: count, then a width and a length each.
        #expect(bytes.count == 20 + 4 + 5 * 9 + 3 * 1 + 4 * 2 + 2 * 4 + 2 * 8 + 1)
        // Weights of another circuit.
        var other = Self.constantsCircuit
        other.constants[1] = TensorShape([5])!
        #expect(
            error { () throws(DecodingError) in
                try WeightsFile.decode(bytes, circuit: other)
            } == .outOfRange(field: "cells", offset: 37, value: 4, limit: 5))
        other.constants.removeLast()
        #expect(
            error { () throws(DecodingError) in
                try WeightsFile.decode(bytes, circuit: other)
            } == .outOfRange(field: "constants", offset: 20, value: 5, limit: 4))
    }

    @Test func openingsRoundTrip() throws {
        let read = try OpeningsFile(decoding: Self.openingsFile.encoded())
        #expect(read == Self.openingsFile)
        #expect(read.openings.map(\.port.name) == ["x", "Größe", ""])
        let empty = OpeningsFile(srsDigest: SRSIdentity.development.digest, openings: [])
        #expect(try OpeningsFile(decoding: empty.encoded()) == empty)
    }

    private func error<T>(_ body: () throws(DecodingError) -> T) -> DecodingError? {
        do throws(DecodingError) {
            _ = try body()
            return nil
        } catch {
            return error
        }
    }

    // MARK: Bytes

    /// Every bit of every byte.
    @Test(arguments: samples) func flippedBits(sample: Sample) throws {
        for index in sample.bytes.indices {
            for bit in 0..<8 {
                var changed = sample.bytes
                changed[index] ^= 1 << UInt8(bit)
                let place: Comment = "byte \(index), bit \(bit)"
                do throws(DecodingError) {
                    let recoded = try sample.recoded(changed)
                    #expect(index >= 20, place)
                    // Other content; or, of weights, the same in more bytes than it needs.
                    #expect(
                        try sample.isUnique
                            ? recoded == changed : sample.recoded(recoded) == recoded, place)
                } catch {
                    switch (index, error) {
                    case (..<8, .wrongMagic), (8..<12, .unsupportedVersion),
                        (12..<20, .wrongLength):
                        break
                    case (20..., .wrongMagic), (20..., .unsupportedVersion), (20..., .wrongLength),
                        (..<20, _):
                        Issue.record("\(place): \(error)")
                    default: break
                    }
                }
            }
        }
    }

    @Test(arguments: samples) func truncations(sample: Sample) throws {
        for count in sample.bytes.indices {
            let cut = Array(sample.bytes[..<count])
            switch error({ () throws(DecodingError) in try sample.recoded(cut) }) {
            case .wrongMagic where count < 8, .truncated where 8..<20 ~= count,
                .wrongLength where count >= 20:
                break
            case let other:
                Issue.record("\(count) bytes: \(String(describing: other))")
            }
            // The declared length made to agree.
            guard count >= 20 else { continue }
            let mended = error { () throws(DecodingError) in
                try sample.recoded(withLength(cut))
            }
            switch mended {
            case .truncated, .outOfRange: break
            default: Issue.record("\(count) bytes, as declared: \(String(describing: mended))")
            }
        }
    }

    @Test(arguments: samples) func extraBytes(sample: Sample) throws {
        for extra in [1, 2, 8, 33] {
            for value in [UInt8(0), 0xff] {
                let longer = sample.bytes + [UInt8](repeating: value, count: extra)
                #expect(
                    error { () throws(DecodingError) in try sample.recoded(longer) }
                        == .wrongLength(declared: sample.bytes.count, actual: longer.count))
                #expect(
                    error { () throws(DecodingError) in try sample.recoded(withLength(longer)) }
                        == .trailingBytes(extra))
            }
        }
    }

    private func withLength(_ bytes: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.unsigned(UInt64(bytes.count), byteCount: 8)
        return Array(bytes[..<12]) + writer.bytes + bytes[20...]
    }

    /// One format is not another.
    @Test func otherMagic() {
        for sample in Self.samples {
            for other in Self.samples where other.bytes[..<8] != sample.bytes[..<8] {
                guard
                    case .wrongMagic = error({ () throws(DecodingError) in
                        try sample.recoded(other.bytes)
                    })
                else {
                    Issue.record("\(other) read as \(sample)")
                    continue
                }
            }
        }
    }

    // MARK: What an opening fits

    /// Everything that the link between two models depends on is compared; the name is not.
    @Test func fittingPorts() {
        let opening = Self.openingsFile.openings[0]
        let (port, shape) = (opening.port, opening.shape)
        #expect(opening.fits(port, shape: shape))
        var renamed = port
        renamed.name = "other"
        #expect(opening.fits(renamed, shape: shape))
        let edits: [(inout Port) -> Void] = [
            { $0.bits += 1 }, { $0.bits -= 1 }, { $0.fractionalBits += 1 },
            { $0.fractionalBits = 3 }, { $0.visibility = .public },
        ]
        for edit in edits {
            var other = port
            edit(&other)
            #expect(!opening.fits(other, shape: shape), "\(other)")
        }
        // As many cells, the same padding, fewer, none.
        for extents in [[3, 2], [6], [2, 4], [2, 3, 1], [2, 2], []] {
            #expect(!opening.fits(port, shape: TensorShape(extents)!), "\(extents)")
        }
    }
}
