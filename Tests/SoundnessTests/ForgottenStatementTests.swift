import Circuits
import Curve
import Field
import ProofSystem
import TestSupport
import Testing
import ZKMLTestSupport

/// What absorbing the statement, the key and the opening's blinding is worth: ``ForgottenMessageTests``
/// for what is no message of the reduction.
///
/// A claim is linear in a public tensor or in one of the key's. With 512 cells and a point that is
/// known, other integers with the same claim are quickly found.
@Suite struct ForgottenStatementTests {
    /// y = w ∘ x, with room in the ports for what is found.
    private static func model() -> TestModel {
        var generator = SeededGenerator(seed: 41)
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([512], bits: 26)
        let w = draft.constant([512], in: 1...7, using: &generator)
        draft.output(draft.einsum("a", (x, "a"), (w, "a")), extraBits: 2)
        return draft.finish("product", inputs: [generator.cells(512, in: -8...7)])
    }

    /// The statement with other integers in one public tensor, the rest of the proof unchanged.
    ///
    /// - Parameter relation: The only one that reads the tensor.
    private func chosenLast(
        _ cells: WritableKeyPath<NativeStatement, [Int]>, forgetting label: String,
        read relation: VerificationError
    ) throws {
        let forge = try Forge(Self.model())
        let witness = forge.witness()
        var statement = forge.statement(witness)
        let proof = try forge.prove(witness, transcript: forgetting(label))
        func residuals(_ statement: NativeStatement) throws -> [(VerificationError, Fr)] {
            var changed = proof
            changed.statement = statement
            return try LenientReplay.residuals(
                changed, key: forge.key.verifyingKey, transcript: forgetting(label)
            ).filter { !$0.residual.isZero }
        }
        #expect(try residuals(statement).isEmpty)
        let weights = try (0..<512).map { cell in
            var moved = statement
            moved[keyPath: cells][cell] += 1
            let violated = try residuals(moved)
            // No other relation reads the public values.
            try #require(violated.map(\.0) == [relation])
            return violated[0].1
        }
        for (cell, amount) in try #require(smallRelation(weights)).enumerated() {
            statement[keyPath: cells][cell] += amount
        }
        try forge.expectForgery(
            witness, statement: statement, forgetting: label,
            refusal: .sumcheck(.merge(level: 0)), honestRefusal: relation)
    }

    @Test func publicOutput() throws {
        try chosenLast(
            \.outputs[0], forgetting: "public-output", read: .sumcheck(.merge(level: 0)))
    }

    @Test func publicInput() throws {
        try chosenLast(\.inputs[0], forgetting: "public-input", read: .publicClaim)
    }

    /// A publisher who knows the challenges chooses the weights: a key of integers, as innocent as
    /// any other, under which the outputs of other weights are proved.
    @Test func verifyingKey() throws {
        let label = "verifying-key"
        var model = Self.model()
        let other = try Forge(model)
        let witness = other.witness()
        let statement = other.statement(witness)
        let claim = try #require(
            try other.log(witness, forgetting: label).openingClaim)
        let eq = StructuredPolynomials.eqTable(claim.point)
        let weights = claim.coefficients.flatMap { coefficient, chunk in
            if case .constantChunk = chunk { eq.map { coefficient * $0 } } else { [Fr]() }
        }
        #expect(weights.count == 512)
        for (cell, amount) in try #require(smallRelation(weights)).enumerated() {
            model.constants[0][cell] += Int64(amount)
        }
        let forge = try Forge(model)
        let constants = forge.witness()
        let cheat = Cheat(
            opening: ForgedOpening {
                trueFolds(forge.openedPolynomial($0, constants), $0.point)
            })
        try forge.expectForgery(
            witness, cheat, statement: statement, forgetting: label,
            refusal: .sumcheck(.merge(level: 0)), honestRefusal: .openingValue)
    }

    /// s is the only coefficient of H that is told. Told last, it makes up for any multiple of H
    /// in the folds: proofs with other points than the protocol's are accepted, if not of false
    /// statements.
    @Test func blinding() throws {
        let label = "opening.blinding"
        let forge = try Forge(StatementTests.committedModel(), log2Chunk: 5)
        let witness = forge.witness()
        var cheat = Cheat(addedPoints: [0: .blindingGenerator])
        let log = try forge.log(witness, cheat, forgetting: label)
        cheat.added[log.blinding] = log.openingChallenges[.combination]!
        let proof = try forge.prove(witness, cheat, transcript: forgetting(label))
        #expect(forge.refusal(proof, transcript: forgetting(label)) == nil)
        #expect(forge.refusal(proof) == .openingValue)
        #expect(try forge.refusal(of: witness, cheat) == .pairing)
        let honest = try forge.prove(witness)
        #expect(proof.openingPoints[0] != honest.openingPoints[0])
    }
}
