import Circuits
import Curve
import Field
import ProofSystem
import TestSupport
import Testing
import ZKMLTestSupport

@testable import Verifier

/// A verifying key as bytes: another key, or none; never a trap, and never the old proof.
@Suite struct KeyBytesTests {
    private static func decode(_ bytes: [UInt8]) -> Result<VerifyingKey, KeyError> {
        do throws(KeyError) { return .success(try VerifyingKey(decoding: bytes)) } catch {
            return .failure(error)
        }
    }

    /// One bit of every byte of the key, every bit of the first 40.
    @Test func flippedBits() throws {
        let forge = try Forge(ProofBytesTests.model(), log2Chunk: 3)
        let key = forge.key.verifyingKey
        let proof = try forge.prove(forge.witness()).encoded(for: key)
        var decoded = 0
        for index in key.encoded.indices {
            for bit in index < 40 ? Array(0..<8) : [0, index % 7 + 1] {
                var flipped = key.encoded
                flipped[index] ^= 1 << UInt8(bit)
                guard case .success(let other) = Self.decode(flipped) else { continue }
                decoded += 1
                // The digest is that of the bytes: there is one encoding.
                #expect(other.encoded == flipped, "byte \(index)")
                #expect(other.digest == Keccak256.hash(flipped))
                #expect(other.digest != key.digest)
                do throws(ProofRejection) {
                    _ = try NativeVerifier(key: other).verify(proof, trusting: .development)
                    Issue.record("accepted with byte \(index) flipped")
                } catch {
                    #expect(error == .wrongKey(modelID: key.digest))
                }
            }
        }
        #expect(decoded > 0)
    }

    @Test func truncationsAndExtraBytes() throws {
        let key = try Forge(ProofBytesTests.model(), log2Chunk: 3).key.verifyingKey.encoded
        func withLength(_ bytes: [UInt8]) -> [UInt8] {
            var writer = ByteWriter()
            writer.unsigned(UInt64(bytes.count), byteCount: 8)
            var bytes = bytes
            bytes.replaceSubrange(12..<20, with: writer.bytes)
            return bytes
        }
        for count in key.indices {
            guard case .failure(.encoding) = Self.decode(Array(key[..<count])) else {
                Issue.record("\(count) bytes")
                continue
            }
            guard count >= 20 else { continue }
            guard case .failure(.encoding) = Self.decode(withLength(Array(key[..<count]))) else {
                Issue.record("\(count) bytes, as declared")
                continue
            }
        }
        for extra in [1, 32] {
            let longer = key + [UInt8](repeating: 0, count: extra)
            guard case .failure(.encoding(.wrongLength)) = Self.decode(longer),
                case .failure(.encoding(.trailingBytes(extra))) = Self.decode(withLength(longer))
            else {
                Issue.record("\(extra) bytes more")
                continue
            }
        }
    }

    /// Random edits of keys of random circuits. Every key that decodes consists of gadgets and
    /// ports: each advice tensor belongs to one and is looked up or constrained, each derived
    /// tensor is read or is an output, and encoding it gives its bytes back.
    @Test(arguments: UInt64(0)..<40) func everyKeyConsistsOfGadgets(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let forge = try Forge(RandomCircuits.make(seed: 500 + seed, gadgets: 6))
        let bytes = forge.key.verifyingKey.encoded
        // The circuit lies behind header, scheme, chunk size and SRS.
        let start = 22 + SRSIdentity.byteCount
        for _ in 0..<200 {
            var edited = bytes
            for _ in 0..<generator.integer(1...3) {
                let index = generator.integer(start...bytes.count - 1)
                edited[index] =
                    generator.oneIn(2)
                    ? edited[index] ^ (1 << UInt8(generator.integer(0...7)))
                    : UInt8(generator.pick([0, 1, 2, 3, 4, 5, 7, 127, 128, 255]))
            }
            // Without the SRS's pairing: the circuit alone.
            var reader = ByteReader(edited)
            _ = try reader.bytes(start, "before")
            guard let circuit = try? Circuit(decoding: &reader),
                let system = try? ConstraintSystem(circuit)
            else { continue }
            try expectGadgetsOnly(system)
        }
    }

    private func expectGadgetsOnly(_ system: ConstraintSystem) throws {
        var read = Set(system.lookups.flatMap(\.columns))
        for factor in system.zeroConstraints.flatMap({ $0.terms.flatMap(\.factors) }) {
            read.insert(factor.tensor)
        }
        for output in system.outputs {
            read.insert(output.tensor)
            if let committed = output.committed { read.insert(committed) }
        }
        for table in system.tables {
            read.insert(table.multiplicity)
            for case .constant(let column) in table.columns { read.insert(column) }
        }
        for tensor in system.tensorIDs {
            switch system[tensor].role {
            case .einsum(let einsum): read.formUnion(einsum.operands.map(\.source))
            case .view(let view): read.insert(view.operand.source)
            case .merge(let merge): read.insert(merge.source)
            case .affine(let affine): read.formUnion(affine.terms.map(\.source))
            default: break
            }
        }
        for tensor in system.tensorIDs {
            #expect(read.contains(tensor), "nothing reads tensor \(tensor.index)")
            guard case .advice(let rule) = system[tensor].role else { continue }
            guard let gadget = system[tensor].gadget else {
                // Limbs of a port's range check.
                if case .limb = rule { continue }
                Issue.record("advice of no gadget")
                continue
            }
            switch system.circuit.gadgets[gadget] {
            case .einsum, .view, .merge, .affine:
                Issue.record("advice of a gadget that has none")
            default: break
            }
        }
        // Affine gadgets have no right shift: only range checks divide.
        for case .affine(let affine) in system.circuit.gadgets {
            #expect(affine.rightShift == 0)
        }
        var writer = ByteWriter()
        system.circuit.encode(into: &writer)
        var reader = ByteReader(writer.bytes)
        #expect(try Circuit(decoding: &reader) == system.circuit)
    }

    // MARK: Work

    /// A key may not ask for work without bound, or for cells beyond what a machine word counts.
    /// Each of these was a trap or hours of work once.
    @Test func keysThatAskForTooMuch() throws {
        // Hundreds of limbs of 2^40 cells for each 20 bytes.
        for gadgets in [400, 60_000] {
            var circuit = Circuit(limbBits: 1)
            circuit.constants = [TensorShape([1 << 20, 1 << 20])!]
            var wire = Wire(index: 0)
            for _ in 0..<gadgets {
                circuit.gadgets.append(
                    .requantise(
                        Requantisation(
                            source: wire, shift: 100, domain: .signed(bits: 60),
                            function: .identity)))
                wire = circuit.resultWire(circuit.gadgets.count - 1)
            }
            addSum(wire, to: &circuit, extents: [1 << 20, 1 << 20])
            #expect(isRefused(circuit), "\(gadgets) gadgets")
        }

        // 4000 claims on a view of 2^24 label combinations.
        var views = Circuit(limbBits: 4)
        views.constants = [TensorShape([1 << 24])!]
        views.gadgets = [
            .view(
                View(
                    extents: [1 << 12, 1 << 12],
                    operand: Operand(
                        Wire(index: 0), [AxisIndex([LabelTerm(0, 1 << 12), LabelTerm(1)])]))),
            .affine(
                Affine(
                    extents: [1 << 12, 1 << 12],
                    terms: (0..<4000).map { .init(Int128($0 + 1), Wire(index: 1), [0, 1]) })),
        ]
        addSum(Wire(index: 2), to: &views, extents: [1 << 12, 1 << 12])
        #expect(isRefused(views))

        // 5000 claims on one einsum, each compared with all the others.
        var claims = Circuit(limbBits: 4)
        claims.constants = [TensorShape([2])!]
        addSum(Wire(index: 0), to: &claims, extents: [2])
        let port = claims.outputs[0]
        claims.outputs = (0..<5000).map {
            var output = port
            output.port.name = "y\($0)"
            return output
        }
        #expect(isRefused(claims))
        claims.outputs.removeLast(1000)
        #expect(try ConstraintSystem(claims).outputs.count == 4000)
    }

    /// 4000 outputs of one sum of 400 einsums: a claim of each on each. Compared with each other they
    /// took minutes once; looked up, seconds.
    @Test(.timeLimit(.minutes(1))) func manyClaims() throws {
        var circuit = Circuit(limbBits: 4)
        circuit.constants = [TensorShape([2])!]
        let weight = Operand(Wire(index: 0), labels: [0])
        circuit.gadgets = Array(
            repeating: .einsum(Einsum(extents: [2], output: [0], operands: [weight, weight])),
            count: 400)
        circuit.gadgets.append(
            .affine(
                Affine(
                    extents: [2],
                    terms: (1...400).map { .init(Int128($0), Wire(index: $0), [0]) })))
        circuit.outputs = (0..<4000).map {
            .init(
                port: Port(name: "y\($0)", bits: 8, fractionalBits: 0), wire: Wire(index: 401))
        }
        let key = try VerifyingKey(
            circuit: circuit, log2Chunk: 20, srs: Forge.srs.identity, constantChunks: [.generator])
        // Each claim but one of an output is a value of its own.
        #expect(key.proofShape.elementCount > 399 * 4000)
    }

    private func addSum(_ wire: Wire, to circuit: inout Circuit, extents: [Int]) {
        circuit.gadgets.append(
            .einsum(
                Einsum(
                    extents: extents, output: [],
                    operands: [Operand(wire, labels: Array(extents.indices))])))
        circuit.outputs = [
            .init(
                port: Port(name: "y", bits: 8, fractionalBits: 0),
                wire: circuit.resultWire(circuit.gadgets.count - 1))
        ]
    }

    private func isRefused(_ circuit: Circuit) -> Bool {
        do throws(KeyError) {
            _ = try VerifyingKey(
                circuit: circuit, log2Chunk: 20, srs: Forge.srs.identity, constantChunks: [])
            return false
        } catch {
            return true
        }
    }
}
