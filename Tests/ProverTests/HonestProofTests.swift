import Circuits
import Field
import Models
import ProofSystem
import Testing
import Verifier
import ZKMLTestSupport

@testable import Prover

/// Completeness: the honest prover is always accepted.
@Suite("Honest proofs") struct HonestProofTests {
    static let srs = StructuredReferenceString.generate(log2Size: 10)

    static func key(_ model: TestModel, log2Chunk: Int) throws -> ProvingKey {
        let smallest = VectorLayout.smallestLog2Chunk(try model.system())
        return try ProvingKey(
            circuit: model.circuit, constants: model.constants,
            log2Chunk: max(log2Chunk, smallest), srs: srs.identity, powers: srs.powers)
    }

    static func blindings(_ key: ProvingKey, seed: UInt64) -> [Fr] {
        var generator = SeededGenerator(seed: seed)
        return key.verifyingKey.system.committedPorts.map { _ in
            Fr.random(using: &generator)
        }
    }

    static func check(_ model: TestModel, log2Chunk: Int, seed: UInt64) throws {
        let key = try key(model, log2Chunk: log2Chunk)
        let interpreter = try IntegerInterpreter(
            key.verifyingKey.system, constants: model.constants)
        let witness = try interpreter.witness(model.inputs)
        let proof = try NativeProver(key: key).prove(
            witness, blindings: blindings(key, seed: seed))
        let verifier = NativeVerifier(key: try VerifyingKey(decoding: key.verifyingKey.encoded))
        let bytes = proof.encoded(for: key.verifyingKey)
        let decoded = try verifier.verify(bytes, trusting: .development)
        #expect(decoded == proof)
    }

    @Test("random circuits", arguments: 0..<80 as Range<UInt64>)
    func randomCircuits(seed: UInt64) throws {
        try Self.check(
            RandomCircuits.make(seed: seed, gadgets: 3 + Int(seed % 9)),
            log2Chunk: 1 + Int(seed % 9), seed: seed)
    }

    @Test("standard circuits at every chunk size", arguments: 1...10)
    func standardCircuits(log2Chunk: Int) throws {
        for model in StandardCircuits.all(seed: 3) {
            try Self.check(model, log2Chunk: log2Chunk, seed: 1)
        }
    }

    /// Strides so long that an axis's few cells with weights lie far apart: y[a] = Σ x[s·(a − b)] · w[b]
    /// is x[0] · w[a], for a step s of one more than the axis and for one of 2^24.
    @Test("index maps with long strides", arguments: [7, 1 << 24])
    func longStrides(stride: Int) throws {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([7], bits: 4)
        let w = draft.constant([5], [3, -1, 4, 1, -5])
        let step = AxisIndex([LabelTerm(0, stride), LabelTerm(1, -stride)])
        draft.output(
            draft.add(
                .einsum(
                    Einsum(
                        extents: [5, 5], output: [0],
                        operands: [Operand(x, [step]), Operand(w, labels: [1])]))))
        let model = draft.finish("long strides", inputs: [[6, 1, -2, 3, 5, 7, -8]])
        try Self.check(model, log2Chunk: 4, seed: 1)
        let interpreter = try IntegerInterpreter(model.system(), constants: model.constants)
        #expect(try interpreter.outputs(model.inputs) == [[18, -6, 24, 6, -30]])
    }

    /// Padding that no relation reads may hold anything, constants' included: the outputs do not
    /// change and the proof is accepted.
    @Test("garbage in the padding", arguments: 0..<40 as Range<UInt64>)
    func garbagePadding(seed: UInt64) throws {
        let model = RandomCircuits.make(seed: seed, gadgets: 6)
        let system = try model.system()
        let log2Chunk = max(5, VectorLayout.smallestLog2Chunk(system))
        let layout = VectorLayout(system, log2Chunk: log2Chunk)
        let witness = FieldWitness(
            system: system, constants: model.constants, inputs: model.inputs,
            garbageSeed: seed + 1
        ).compute()
        let chunks =
            layout.vector(.constants).map {
                VectorCells($0, block: witness.storedCells).commitments(
                    log2Chunk: log2Chunk, powers: Self.srs.powers)
            } ?? []
        let key = try ProvingKey(
            verifyingKey: VerifyingKey(
                circuit: model.circuit, log2Chunk: log2Chunk, srs: Self.srs.identity,
                constantChunks: chunks),
            constants: model.constants, powers: Self.srs.powers)
        let proof = try NativeProver(key: key).prove(
            witness, blindings: Self.blindings(key, seed: seed))
        try NativeVerifier(key: key.verifyingKey).verify(proof, trusting: .development)
        let honest = try IntegerInterpreter(system, constants: model.constants).outputs(
            model.inputs)
        for (output, values) in zip(proof.statement.outputs, honest) where !output.isEmpty {
            #expect(output == values.map(Int.init))
        }
    }
}
