import Circuits
import Curve
import Field
import Models
import ProofSystem
import Prover
import Verifier

let circuitTargets = [
    // A circuit somebody else wrote: file, expansion, cost, key, and a proof full of zeros.
    FuzzTarget("circuit") { bytes in
        _ = try? CircuitFile(decoding: bytes)
        guard let file = try? CircuitFile(decoding: mended(bytes)) else { return }
        precondition(file.encoded() == mended(bytes), "two encodings of a circuit")
        guard let system = try? ConstraintSystem(file.circuit) else { return }
        let log2Chunk = max(VectorLayout.smallestLog2Chunk(system), 4)
        _ = CostModel.estimate(system)
        _ = CostModel.estimate(system, log2Chunk: log2Chunk)
        guard let key = try? VerifyingKey(file.circuit, log2Chunk: log2Chunk) else { return }
        let decoded = try? VerifyingKey(decoding: key.encoded)
        precondition(decoded?.digest == key.digest, "a key that does not survive encoding")
        let shape = key.proofShape
        guard shape.byteCount < 1 << 18 else { return }
        let verifier = NativeVerifier(key: key)
        let values = { (port: Port, shape: TensorShape) -> [Int] in
            Array(
                repeating: port.domain.clamping(0),
                count: port.visibility == .public ? shape.cellCount : 0)
        }
        let ports = key.publicPorts.map(values)
        let inputCount = file.circuit.inputs.count
        let proof = NativeProof(
            modelID: key.digest,
            statement: NativeStatement(
                inputs: Array(ports[..<inputCount]), outputs: Array(ports[inputCount...]),
                commitments: Array(repeating: .infinity, count: shape.portCount)),
            adviceChunks: Array(repeating: .infinity, count: shape.adviceChunkCount),
            elements: Array(repeating: .zero, count: shape.elementCount),
            openingPoints: Array(repeating: .infinity, count: shape.openingPointCount))
        let encoded = proof.encoded(for: key)
        precondition((try? NativeProof(decoding: encoded, key: key)) == proof)
        _ = try? verifier.verify(encoded, trusting: .development)
    },
    // Whatever has a witness has a proof.
    FuzzTarget("inference") { bytes in
        guard let file = try? CircuitFile(decoding: mended(bytes)), file.circuit.gadgets.count < 32,
            let system = try? ConstraintSystem(file.circuit), system.isSmall
        else { return }
        var generator = ByteGenerator(seed: bytes)
        let constants = file.circuit.constantShapes.map { shape in
            generator.cells(shape.cellCount, in: IntegerDomain.signed(bits: 4))
        }
        let inputs = file.circuit.inputs.map { input in
            generator.cells(input.shape.cellCount, in: input.port.domain)
        }
        let log2Chunk = max(VectorLayout.smallestLog2Chunk(system), 5)
        guard log2Chunk <= powers.log2Size,
            let interpreter = try? IntegerInterpreter(system, constants: constants),
            let witness = try? interpreter.witness(inputs)
        else { return }
        do {
            let key = try ProvingKey(
                circuit: file.circuit, constants: constants, log2Chunk: log2Chunk,
                srs: powers.identity, powers: powers.powers)
            let proof = try NativeProver(key: key).prove(
                witness, blindings: system.committedPorts.map { _ in generator.element() })
            try NativeVerifier(key: key.verifyingKey).verify(proof, trusting: .development)
        } catch ProvingKeyError.key(.circuit(.mergedAxesSplit)) {
            // Refused when the key is made.
        } catch {
            fatalError("an honest proof failed: \(error)")
        }
    },
]

private let powers = StructuredReferenceString.generate(log2Size: 8)

private func mended(_ bytes: [UInt8]) -> [UInt8] {
    framed(bytes, magic: CircuitFile.magic, version: CircuitFile.version)
}

extension ConstraintSystem {
    /// Whether a proof takes some milliseconds.
    fileprivate var isSmall: Bool {
        var steps = 0
        for id in tensorIDs {
            steps += min(self[id].shape.paddedCellCount, 1 << 20)
            if case .einsum(let einsum) = self[id].role {
                steps += einsum.extents.reduce(1) { min($0 * $1, 1 << 24) }
            }
            guard steps < 1 << 14 else { return false }
        }
        return true
    }
}

/// Numbers that follow from the fuzzer's bytes.
private struct ByteGenerator {
    private var state: [UInt8]

    init(seed: [UInt8]) { state = Keccak256.hash(seed) }

    private mutating func next() -> [UInt8] {
        state = Keccak256.hash(state)
        return state
    }

    mutating func element() -> Fr { Fr(reducing: next()) }

    mutating func cells(_ count: Int, in domain: IntegerDomain) -> [Int64] {
        (0..<count).map { _ in
            let pattern = next().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
            return Int64(domain.lowest) + Int64(pattern & (1 << UInt64(domain.bits) - 1))
        }
    }
}
