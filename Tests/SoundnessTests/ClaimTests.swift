import Circuits
import Field
import ProofSystem
import TestSupport
import Testing
import ZKMLTestSupport

@testable import Prover

/// Claims on the way from the public output to the commitments: values sent for einsums, merges of
/// several claims, and the messages of each sum-check.
@Suite struct ClaimTests {
    /// Two einsums of one activation, one of them added to a third einsum: two claims on a tensor,
    /// instances of different lengths, values asked for by a joint claim.
    static func model() -> TestModel {
        var generator = SeededGenerator(seed: 11)
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([5], bits: 4)
        func weights(_ extents: [Int]) -> Wire {
            draft.constant(extents, in: -5...5, using: &generator)
        }
        let hidden = draft.einsum("m", (weights([6, 5]), "mk"), (x, "k"))
        let a = draft.einsum("n", (weights([3, 6]), "nm"), (hidden, "m"))
        let b = draft.einsum("nm", (weights([3, 6]), "nm"), (hidden, "m"))
        let short = draft.einsum("n", (weights([3, 2]), "nj"), (weights([2]), "j"))
        draft.output(a, extraBits: 3)
        let sum = draft.affine("nm", (1, b, "nm"), (1, short, "n"))
        draft.output(sum, extraBits: 3)
        return draft.finish("claims", inputs: [[3, -8, 7, 0, -1]])
    }

    let forge: Forge
    let witness: Witness

    init() throws {
        forge = try Forge(Self.model())
        witness = forge.witness()
    }

    private var log: ProverLog {
        get throws {
            let log = ProverLog()
            _ = try forge.prove(witness, log: log)
            return log
        }
    }

    @Test func honest() throws {
        let log = try log
        #expect(log.violated == nil)
        #expect(try forge.refusal(of: witness) == nil)
        #expect(log.values.map(\.tensor) == [forge.result(2), forge.result(3)])
        #expect(log.sumcheckKinds == [.merge(level: 0), .main(level: 0), .main(level: 1)])
    }

    // MARK: Values

    /// One of two values wrong: their joint claim is one on public values alone.
    @Test func value() throws {
        for (_, index) in try log.values {
            #expect(try forge.refusal(of: witness, Cheat(added: [index: .one])) == .publicClaim)
        }
    }

    /// Both wrong, their joint claim right: only the random weights of the two instances tell, of
    /// which one has five variables and the other, with two, enters at round 3.
    @Test func valuesThatCancel() throws {
        let values = try log.values
        let lie = Cheat(added: [values[0].index: Fr(5)])
        let cheat = try #require(
            try forge.adapt(witness, lie, unknowns: [values[1].index]) {
                $0.residuals([.publicClaim])
            })
        let adapted = ProverLog()
        _ = try forge.prove(witness, cheat, log: adapted)
        #expect(adapted.sumcheck(.merge(level: 0)).rounds.count == 5)
        #expect(try forge.refusal(of: witness, cheat) == .sumcheck(.merge(level: 0)))
    }

    /// An instance that enters late, in the main sum-check, with a false claim; and a false
    /// message at the very round where it enters.
    @Test func lateEntry() throws {
        let short = forge.result(3)
        let rounds = try log.sumcheck(.main(level: 0)).rounds
        #expect(rounds.count == 3)
        #expect(forge.key.verifyingKey.plan.einsumPlan(short)?.variableCount == 1)
        for position in forge.truePositions(short) {
            let forged = forge.witness([short: adding(at: position)])
            #expect(try forge.refusal(of: forged) == .sumcheck(.main(level: 0)))
        }
        let entry = Cheat(added: [rounds[2].lowerBound: .one])
        #expect(try forge.refusal(of: witness, entry) == .sumcheck(.main(level: 0)))
    }

    // MARK: Every message of every sum-check

    @Test func sumcheckRounds() throws {
        let log = try log
        for kind in log.sumcheckKinds {
            for round in log.sumcheck(kind).rounds {
                for index in round {
                    #expect(
                        try forge.refusal(of: witness, Cheat(added: [index: .one]))
                            == .sumcheck(kind), "\(kind), element \(index)")
                }
            }
        }
    }

    /// Factor values are checked together; two on one claim are first compared with each other.
    @Test func factorValues() throws {
        let log = try log
        for kind in log.sumcheckKinds {
            for index in log.sumcheck(kind).factors.joined() {
                let refusal = try forge.refusal(of: witness, Cheat(added: [index: .one]))
                let allowed: [VerificationError] = [
                    .sumcheck(kind), .claimsDisagree(forge.result(0)), .publicClaim,
                ]
                #expect(refusal.map(allowed.contains) == true, "\(kind), element \(index)")
            }
        }
        // Without several claims on one tensor: the check itself.
        for index in log.sumcheck(.merge(level: 0)).factors.joined() {
            #expect(
                try forge.refusal(of: witness, Cheat(added: [index: .one]))
                    == .sumcheck(.merge(level: 0)))
        }
    }

    /// A wrong message, then the last one of the same sum-check chosen so that it ends right: the
    /// lie moves to the next check, and from there to the opening.
    @Test func wrongMergeMessage() throws {
        let log = try log
        let merge = log.sumcheck(.merge(level: 0))
        var cheat = Cheat(added: [merge.rounds[0].lowerBound: .one])
        cheat = try #require(
            try forge.adapt(witness, cheat, unknowns: [merge.factors[0].lowerBound]) {
                $0.residuals([.sumcheck(.merge(level: 0))])
            })
        let adapted = ProverLog()
        _ = try forge.prove(witness, cheat, log: adapted)
        #expect(adapted.violated == .sumcheck(.main(level: 0)))
        #expect(try forge.refusal(of: witness, cheat) == .sumcheck(.main(level: 0)))
    }

    // MARK: Two reductions fix one value

    /// a and b read `hidden` at the same point: their values for it must agree. In b's product the
    /// other factor makes up for the false one.
    @Test func claimsDisagree() throws {
        let log = try log
        let factors = log.sumcheck(.main(level: 0)).factors
        let hidden = forge.result(0)
        var disagreeing = 0
        // Instances: last made first. Each of two has the factors (weights, hidden).
        for range in factors where range.count == 2 {
            let (weights, value) = (
                log.elements[range.lowerBound], log.elements[range.upperBound - 1]
            )
            let scale = Fr(3)
            let cheat = Cheat(added: [
                range.lowerBound: weights * scale - weights,
                range.upperBound - 1: value * scale.inverse()! - value,
            ])
            if try forge.refusal(of: witness, cheat) == .claimsDisagree(hidden) {
                disagreeing += 1
            }
        }
        #expect(disagreeing == 2)
    }

    // MARK: Joint claims

    /// Two factors of one product exchanged: product and sum are right, and so is every check but
    /// the random combination of the joint claims they fall into.
    @Test func jointClaimCombination() throws {
        var generator = SeededGenerator(seed: 12)
        var draft = CircuitDraft(limbBits: 3)
        let u = draft.constant([5], in: -5...5, using: &generator)
        let v = draft.constant([5], in: -5...5, using: &generator)
        draft.output(draft.einsum("", (u, "a"), (v, "a")), extraBits: 3)
        let forge = try Forge(draft.finish("product", inputs: []))
        let witness = forge.witness()
        let log = ProverLog()
        _ = try forge.prove(witness, log: log)
        let range = log.sumcheck(.main(level: 0)).factors[0]
        let difference = log.elements[range.lowerBound] - log.elements[range.lowerBound + 1]
        let exchanged = Cheat(added: [
            range.lowerBound: -difference, range.lowerBound + 1: difference,
        ])
        let after = ProverLog()
        _ = try forge.prove(witness, exchanged, log: after)
        // The prover breaks no relation before the opening.
        #expect(after.relations.dropLast().allSatisfy { $0.residual.isZero })
        #expect(try forge.refusal(of: witness, exchanged) == .openingValue)
    }

    /// Claims on the final batch: each of its rounds.
    @Test func batchRounds() throws {
        let rounds = try log.batchRounds
        #expect(rounds.count == forge.key.verifyingKey.plan.layout.variableCount)
        for index in rounds.joined() {
            #expect(
                try forge.refusal(of: witness, Cheat(added: [index: .one])) == .openingValue,
                "element \(index)")
        }
    }

    /// Rounds that are true of the vectors, of the last variable first: the prover's own proof. The
    /// first variable first, as everywhere else: the verifier's point is another.
    @Test func batchOrder() throws {
        let cells = forge.key.verifyingKey.plan.layout.vectors.map { forge.cells($0, witness) }
        func cheat(_ order: ForgedBatch.Order) -> Cheat {
            Cheat(batch: ForgedBatch(cells: cells, order: order))
        }
        #expect(try forge.prove(witness, cheat(.lastFirst)) == forge.prove(witness))
        #expect(try forge.refusal(of: witness, cheat(.firstFirst)) == .openingValue)
    }
}
