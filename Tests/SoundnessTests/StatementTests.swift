import Circuits
import Curve
import Field
import ProofSystem
import TestSupport
import Testing
import ZKMLTestSupport

@testable import Prover

/// The statement: public and committed inputs and outputs.
@Suite struct StatementTests {
    // MARK: Public output

    struct OutputCase: Sendable, CustomStringConvertible {
        let description: String
        let refusal: VerificationError
        /// Of an honest proof behind whose back the output is changed: challenges move too.
        var refusalBehind: VerificationError?
        let build: @Sendable (inout CircuitDraft) -> Wire
    }

    static let outputs: [OutputCase] = [
        // The claim at a masked point goes through a merge of its own.
        OutputCase(description: "einsum", refusal: .sumcheck(.merge(level: 0))) { draft in
            let x = draft.input([3, 5], bits: 4)
            return draft.einsum("a", (x, "ab"), (x, "ab"))
        },
        OutputCase(
            description: "scalar einsum", refusal: .sumcheck(.main(level: 0)),
            refusalBehind: .publicClaim
        ) { draft in
            let x = draft.input([3, 5], bits: 4)
            return draft.einsum("", (x, "ab"), (x, "ab"))
        },
        OutputCase(
            description: "advice", refusal: .openingValue, refusalBehind: .treeLayer(1)
        ) { draft in
            let x = draft.input([5], bits: 4)
            return draft.requantise(x, shift: 1, bits: 4)
        },
        OutputCase(description: "affine of public values", refusal: .publicClaim) { draft in
            let x = draft.input([3], bits: 4)
            return draft.affine("a", constant: 3, (2, x, "a"))
        },
        OutputCase(description: "the input itself", refusal: .publicClaim) { draft in
            draft.input([3, 2], bits: 4)
        },
        OutputCase(description: "a constant", refusal: .openingValue) { draft in
            let x = draft.input([3], bits: 4)
            let c = draft.constant([3], [1, 2, 3])
            return draft.affine("a", (1, c, "a"), (1, x, "a"))
        },
    ]

    /// One cell of the output changed, the proof otherwise honest.
    @Test(arguments: outputs) func publicOutput(_ test: OutputCase) throws {
        var draft = CircuitDraft(limbBits: 3)
        let wire = test.build(&draft)
        draft.output(wire, extraBits: 1)
        var generator = SeededGenerator(seed: 6)
        let inputs = draft.circuit.inputs.map { generator.cells($0.shape.cellCount, in: -8...7) }
        let forge = try Forge(draft.finish(test.description, inputs: inputs))
        let witness = forge.witness()
        let honest = forge.statement(witness)
        #expect(try forge.refusal(of: witness, statement: honest) == nil)
        for cell in honest.outputs[0].indices {
            var statement = honest
            statement.outputs[0][cell] += 1
            // The prover knows of the false statement and absorbs it.
            #expect(try forge.refusal(of: witness, statement: statement) == test.refusal)
            // The statement changed behind an honest proof.
            var proof = try forge.prove(witness)
            proof.statement = statement
            #expect(forge.refusal(proof) == test.refusalBehind ?? test.refusal)
        }
    }

    // MARK: Public input

    @Test func publicInput() throws {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([5], bits: 4)
        let z = draft.input([5], bits: 4)
        let w = draft.constant([5], [1, -2, 3, -4, 5])
        draft.output(draft.einsum("a", (x, "a"), (w, "a")), extraBits: 2)
        draft.output(draft.requantise(z, shift: 1, bits: 4), extraBits: 2)
        let forge = try Forge(
            draft.finish("inputs", inputs: [[1, 2, 3, 4, 5], [7, 6, 5, -7, 0]]))
        let witness = forge.witness()
        let honest = forge.statement(witness)
        for (input, refusal) in [(0, VerificationError.publicClaim), (1, .openingValue)] {
            for cell in 0..<5 {
                var statement = honest
                statement.inputs[input][cell] -= 1
                #expect(try forge.refusal(of: witness, statement: statement) == refusal)
                var proof = try forge.prove(witness)
                proof.statement = statement
                #expect(forge.refusal(proof) == .treeLayer(1))
            }
        }
    }

    // MARK: Committed ports

    /// An input and an output of two polynomials each of their own, the output of a product.
    static func committedModel() -> TestModel {
        var generator = SeededGenerator(seed: 8)
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([3, 5], bits: 4, visibility: .committed)
        let w = draft.constant([3, 5], in: -3...3, using: &generator)
        let y = draft.einsum("ab", (x, "ab"), (w, "ab"))
        draft.output(y, extraBits: 1, visibility: .committed)
        draft.output(draft.einsum("a", (y, "ab")), extraBits: 1)
        return draft.finish("committed", inputs: [generator.cells(15, in: -8...7)])
    }

    /// Other values behind the commitment in the statement than those proved about.
    @Test func otherValuesUnderTheCommitment() throws {
        let forge = try Forge(Self.committedModel())
        let witness = forge.witness()
        for (port, tensor) in forge.system.committedPorts.enumerated() {
            var cells = witness.paddedFieldCells(tensor)
            cells[2] += .one
            var statement = forge.statement(witness)
            statement.commitments[port] = forge.commitment(
                cells, blinding: forge.blindings[port])
            #expect(try forge.refusal(of: witness, statement: statement) == .pairing)
            // The same values with another blinding.
            statement.commitments[port] = forge.commitment(
                witness.paddedFieldCells(tensor), blinding: Fr(3))
            #expect(try forge.refusal(of: witness, statement: statement) == .pairing)
            // Swapped for a chunk of another vector.
            statement.commitments[port] = try forge.prove(witness).adviceChunks[0]
            #expect(try forge.refusal(of: witness, statement: statement) == .pairing)
        }
    }

    /// The combined blinding that is revealed must be that of the commitments.
    @Test func blinding() throws {
        let forge = try Forge(Self.committedModel())
        let witness = forge.witness()
        let log = ProverLog()
        _ = try forge.prove(witness, log: log)
        #expect(
            try forge.refusal(of: witness, Cheat(added: [log.blinding: .one])) == .pairing)
    }

    /// A committed value outside its B bits: the range check in the circuit refuses it.
    @Test func committedInputOutOfRange() throws {
        let forge = try Forge(Self.committedModel())
        let input = forge.system.committedPorts[0]
        for value in [Fr(8), -Fr(9), Fr(1 << 40), Fr(2).inverse()!] {
            let witness = forge.witness([input: setting([1: value])])
            #expect(try forge.refusal(of: witness) == .fractionSum)
        }
        let edge = forge.witness([input: setting([1: Fr(7), 2: -Fr(8)])])
        #expect(try forge.refusal(of: edge) == nil)
    }

    /// The committed copy of an output: another tensor's values, in range.
    @Test func outputCommitmentToAnotherTensor() throws {
        let forge = try Forge(Self.committedModel())
        let output = forge.system.committedPorts[1]
        let witness = forge.witness([output: adding(at: 0)])
        #expect(try forge.refusal(of: witness) == .openingValue)
        let zeros = forge.witness([output: { $0 = $0.map { _ in .zero } }])
        #expect(try forge.refusal(of: zeros) == .openingValue)
    }

    /// An output that does not fit its B bits cannot be stated, committed or not.
    @Test func outputOutOfRange() throws {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([3], bits: 4)
        let y = draft.affine("a", (3, x, "a"))
        draft.output(y, visibility: .committed)
        var model = draft.finish("wide", inputs: [[7, -8, 1]])
        #expect(try forgeRefusal(model) == nil)
        model.circuit.outputs[0].port.bits = 5
        // 21 and −24 need 6 bits.
        #expect(try forgeRefusal(model) == .fractionSum)
        model.circuit.outputs[0].port.visibility = .public
        #expect(try forgeRefusal(model) == .publicClaim)
    }

    private func forgeRefusal(_ model: TestModel) throws -> VerificationError? {
        let forge = try Forge(model)
        return try forge.refusal(of: forge.witness())
    }

    // MARK: Chunks

    /// The chunks of V_a exchanged, one replaced, one shifted by a constant polynomial.
    @Test func adviceChunks() throws {
        let forge = try Forge(LookupTests.model(shift: 3, bits: 6), log2Chunk: 4)
        let witness = forge.witness()
        #expect(forge.key.verifyingKey.proofShape.adviceChunkCount >= 3)
        #expect(forge.key.verifyingKey.constantChunks.count >= 2)
        let edits: [@Sendable (inout [G1Affine]) -> Void] = [
            { $0.swapAt(0, 1) },
            { $0[0] = $0[1] },
            { $0[2] = .infinity },
            { $0[0] = (G1($0[0]) + G1(.generator)).affine },
            { $0[1] = (G1($0[1]) + G1(.blindingGenerator)).affine },
        ]
        for edit in edits {
            let cheat = Cheat(commitments: { edit(&$1) })
            #expect(try forge.refusal(of: witness, cheat) == .pairing)
            var proof = try forge.prove(witness)
            edit(&proof.adviceChunks)
            #expect(forge.refusal(proof) == .treeLayer(1))
        }
    }

    /// The key's constants are not the prover's.
    @Test func constantChunks() throws {
        let model = LookupTests.model(shift: 3, bits: 6)
        let forge = try Forge(model, log2Chunk: 4)
        // A weight changed for the prover: its witness is consistent with it.
        let column = try #require(
            forge.tensors(nil) { if case .constant = $0 { true } else { false } }.first)
        let witness = forge.witness([column: adding(at: 33)])
        #expect(try forge.refusal(of: witness) == .pairing)
    }
}
