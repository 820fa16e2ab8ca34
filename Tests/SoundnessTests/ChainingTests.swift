import Circuits
import Curve
import Field
import ProofSystem
import TestSupport
import Testing
import ZKMLTestSupport

@testable import Prover

/// Two models chained: the committed output of the first is the committed input of the second.
///
/// The link is the commitment itself, with the shape, B, fractional bits and SRS of both keys: the
/// two proofs say nothing about each other, so whoever accepts both compares these.
@Suite struct ChainingTests {
    /// y = round(W·x / 4), committed.
    static func first() -> TestModel {
        var generator = SeededGenerator(seed: 31)
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([3, 5], bits: 5)
        let w = draft.constant([6, 5], in: -4...4, using: &generator)
        let product = draft.einsum("nm", (x, "nk"), (w, "mk"))
        draft.output(
            draft.requantise(product, shift: 2, bits: 8), visibility: .committed)
        return draft.finish("first", inputs: [generator.cells(15, in: -16...15)])
    }

    /// The largest cell of each row of a committed [3, 6] tensor of that many bits.
    static func second(bits: Int, extents: [Int] = [3, 6]) -> TestModel {
        var draft = CircuitDraft(limbBits: 4)
        let y = draft.input(extents, bits: bits, visibility: .committed)
        draft.output(
            draft.add(.maximum(Maximum(source: y, axes: [1], bits: bits + 1))), extraBits: 1)
        return draft.finish("second", inputs: [[Int64](repeating: 0, count: extents.reduce(1, *))])
    }

    let a: Forge
    let b: Forge
    let intermediate: [Int64]
    let proofA: NativeProof

    init() throws {
        a = try Forge(Self.first(), log2Chunk: 5)
        // Another chunk size than the first model's.
        b = try Forge(Self.second(bits: a.system.circuit.outputs[0].port.bits), log2Chunk: 7)
        let witness = a.witness()
        intermediate = witness.trueFieldCells(a.result(1)).map { Int64($0.smallInteger!) }
        proofA = try NativeProver(key: a.key).prove(witness, blindings: [Fr(42)])
    }

    private func prove(_ values: [Int64], blinding: Fr) throws -> NativeProof {
        try NativeProver(key: b.key).prove(b.witness(inputs: [values]), blindings: [blinding])
    }

    /// What a verifier of the chain compares.
    private func link(_ forge: Forge, _ proof: NativeProof, input: Bool) -> Link {
        let circuit = forge.system.circuit
        let port = input ? circuit.inputs[0].port : circuit.outputs[0].port
        return Link(
            commitment: proof.statement.commitments[0],
            shape: forge.system.shape(forge.system.committedPorts[0]), bits: port.bits,
            fractionalBits: port.fractionalBits, srs: forge.key.verifyingKey.srs.digest)
    }

    private struct Link: Equatable {
        var commitment: G1Affine
        var shape: TensorShape
        var bits: Int
        var fractionalBits: Int
        var srs: [UInt8]
    }

    @Test func chained() throws {
        #expect(a.refusal(proofA) == nil)
        let proofB = try prove(intermediate, blinding: Fr(42))
        #expect(b.refusal(proofB) == nil)
        #expect(link(a, proofA, input: false) == link(b, proofB, input: true))
        // The end of the chain is the function of its beginning.
        #expect(
            proofB.statement.outputs[0]
                == (0..<3).map { row in Int(intermediate[row * 6..<row * 6 + 6].max()!) })
    }

    /// Other values, or the same with another blinding: both proofs are true, the link is not.
    @Test func brokenLinks() throws {
        var other = intermediate
        other[4] ^= 1
        for (values, blinding) in [(other, Fr(42)), (intermediate, Fr(43))] {
            let proofB = try prove(values, blinding: blinding)
            #expect(b.refusal(proofB) == nil)
            #expect(link(a, proofA, input: false) != link(b, proofB, input: true))
        }
    }

    /// The first model's commitment in a proof about other values.
    @Test func substitutedCommitment() throws {
        var other = intermediate
        other[4] ^= 1
        let witness = b.witness(inputs: [other])
        var statement = b.statement(witness)
        statement.commitments[0] = proofA.statement.commitments[0]
        let proof = try NativeProver(key: b.key).prove(
            witness, blindings: [Fr(42)], transcript: KeccakTranscript(), tamper: nil,
            statement: statement)
        #expect(b.refusal(proof) == .pairing)
        var swapped = try prove(other, blinding: Fr(42))
        swapped.statement.commitments[0] = proofA.statement.commitments[0]
        #expect(b.refusal(swapped) == .treeLayer(1))
    }

    /// The same cells in another shape have the same polynomial where the padding is the same:
    /// [3, 8] and [4, 8] for one. Shapes are compared, not only commitments.
    @Test func shapesAreCompared() throws {
        let wide = try Forge(
            Self.second(bits: a.system.circuit.outputs[0].port.bits, extents: [4, 6]),
            log2Chunk: 7)
        let values = intermediate + [Int64](repeating: 0, count: 6)
        let proof = try NativeProver(key: wide.key).prove(
            wide.witness(inputs: [values]), blindings: [Fr(42)])
        #expect(wide.refusal(proof) == nil)
        #expect(proof.statement.commitments == proofA.statement.commitments)
        #expect(link(a, proofA, input: false) != link(wide, proof, input: true))
    }

    /// A value in the first model's output outside the second one's bits cannot be its input.
    @Test func narrowerInput() throws {
        let bits = a.system.circuit.outputs[0].port.bits
        let narrow = try Forge(Self.second(bits: bits - 3), log2Chunk: 7)
        let witness = narrow.witness(inputs: [intermediate])
        #expect(try narrow.refusal(of: witness) == .fractionSum)
        #expect(throws: ProverError.self) {
            try NativeProver(key: narrow.key).prove(witness, blindings: [Fr(42)])
        }
    }
}
