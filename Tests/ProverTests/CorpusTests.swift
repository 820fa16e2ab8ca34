import Circuits
import Curve
import Field
import Foundation
import ProofSystem
import Prover
import Testing
import Verifier

/// What fuzzing has found worth keeping and what it starts from, once more: an error or a value,
/// never a trap. Formats that begin with their length are also read with the right one.
@Suite("Fuzzing corpus") struct CorpusTests {
    private static let fuzz = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fuzz")

    private func inputs(_ target: String) throws -> [[UInt8]] {
        let folder = Self.fuzz.appending(path: "Corpus/\(target)")
        return try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil
        ).map { [UInt8](try Data(contentsOf: $0)) }
    }

    private func fixture(_ name: String) throws -> [UInt8] {
        [UInt8](
            try Data(
                contentsOf: Self.fuzz.appending(path: "Sources/FuzzDriver/Fixture/\(name)")))
    }

    private func framed(_ bytes: [UInt8], _ magic: String) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(magic.utf8)
        writer.count(1)
        writer.count(bytes.count, byteCount: 8)
        return bytes.count < 20 ? bytes : writer.bytes + bytes.dropFirst(20)
    }

    @Test(arguments: ["circuit", "inference"]) func circuits(target: String) throws {
        var systems = 0
        for bytes in try inputs(target) {
            _ = try? CircuitFile(decoding: bytes)
            let mended = framed(bytes, CircuitFile.magic)
            guard let file = try? CircuitFile(decoding: mended) else { continue }
            #expect(file.encoded() == mended)
            guard let system = try? ConstraintSystem(file.circuit) else { continue }
            _ = CostModel.estimate(system)
            systems += 1
        }
        // The seeds are circuits.
        #expect(systems >= 25)
    }

    @Test func verifyingKeys() throws {
        var keys = 0
        for bytes in try inputs("verifying-key") {
            _ = try? VerifyingKey(decoding: bytes)
            let mended = framed(bytes, VerifyingKey.magic)
            guard let key = try? VerifyingKey(decoding: mended) else { continue }
            #expect(key.encoded == mended)
            keys += 1
        }
        #expect(keys >= 25)
    }

    /// Nothing but the fixture's own proof is accepted by its key.
    @Test func proofs() throws {
        let verifier = NativeVerifier(key: try VerifyingKey(decoding: fixture("fixture.key")))
        let honest = try fixture("fixture.proof")
        var accepted = 0
        for bytes in try inputs("proof") {
            var mended = honest
            for index in 52..<max(52, min(bytes.count, honest.count)) {
                mended[index] = bytes[index]
            }
            for candidate in [bytes, mended] {
                guard (try? verifier.verify(candidate, trusting: .development)) != nil else {
                    continue
                }
                #expect(candidate == honest)
                accepted += 1
            }
        }
        #expect(accepted > 0)
    }

    /// Elements for every message and challenge of the protocol, whatever they are.
    @Test func reductions() throws {
        let key = try VerifyingKey(decoding: fixture("fixture.key"))
        let proof = try NativeProof(decoding: fixture("fixture.proof"), key: key)
        for bytes in try inputs("reduction") {
            var driver = GivenElements(reader: ByteReader(bytes))
            #expect(throws: Never.self) {
                try reduceNative(
                    key.system, plan: key.plan, statement: proof.statement.publicValues,
                    driver: &driver)
            }
        }
    }

    @Test func weightsAndOpenings() throws {
        let circuit = try VerifyingKey(decoding: fixture("fixture.key")).circuit
        var read = 0
        for bytes in try inputs("weights") {
            for bytes in [bytes, framed(bytes, WeightsFile.magic)] {
                guard let constants = try? WeightsFile.decode(bytes, circuit: circuit) else {
                    continue
                }
                #expect(
                    try WeightsFile.decode(WeightsFile.encoded(constants), circuit: circuit)
                        == constants)
                read += 1
            }
        }
        for bytes in try inputs("openings") {
            _ = try? OpeningsFile(decoding: bytes)
            let mended = framed(bytes, OpeningsFile.magic)
            guard let file = try? OpeningsFile(decoding: mended) else { continue }
            #expect(file.encoded() == mended)
            read += 1
        }
        #expect(read >= 3)
    }

    @Test func referenceStrings() throws {
        for size in [nil, 1, 2] as [Int?] {
            for bytes in try inputs("srs") {
                _ = try? StructuredReferenceString(decoding: bytes.span.bytes, log2Size: size)
            }
            for bytes in try inputs("ptau") {
                _ = try? StructuredReferenceString(
                    importingPtau: bytes.span.bytes, log2Size: size, isInsecure: true)
            }
            for bytes in try inputs("halo2-srs") {
                _ = try? StructuredReferenceString(
                    importingHalo2: bytes.span.bytes, log2Size: size, isInsecure: true)
            }
        }
    }
}

/// Messages and challenges from a file: a byte below 200 for a small number, else 32 bytes.
private struct GivenElements: ReductionDriver {
    var reader: ByteReader
    private var slot = 0
    private var pointCount = 0

    init(reader: ByteReader) { self.reader = reader }

    private mutating func next() -> Fr {
        guard let selector = try? reader.unsigned(byteCount: 1, "") else { return .zero }
        if selector < 200 { return Fr(Int(selector) - 100) }
        return (try? reader.bytes(Fr.byteCount, "")).map { Fr(reducing: $0) } ?? .one
    }

    mutating func draw(_ label: StaticString) -> Challenge<Fr> {
        slot += 1
        return Challenge(slot: slot, value: next())
    }

    mutating func begin(_ step: ReductionStep<Fr>) {}

    mutating func receive(_ message: ReductionMessage<Fr>) throws(VerificationError) -> [Fr] {
        (0..<message.elementCount).map { _ in next() }
    }

    mutating func receivePoints(
        _ label: StaticString, count: Int
    ) throws(VerificationError) -> [PointReference] {
        pointCount += count
        return (pointCount - count..<pointCount).map(PointReference.opening)
    }

    mutating func requireZero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) {}

    mutating func requireNonzero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) {}
}
