import Circuits
import Curve
import Field
import ProofSystem
import TestSupport
import Testing
import ZKMLTestSupport

/// What each absorbed message is worth: with it forgotten by prover and verifier alike, a false
/// statement has an accepted proof; with the transcript as it is, the same attack is refused.
///
/// A forgotten message does not move the challenges, so the cheater learns them in a first run and
/// then chooses the message.
@Suite struct ForgottenMessageTests {
    // MARK: Sum-checks

    @Test func sumcheckRound() throws {
        let label = "sumcheck.round"
        let forge = try Forge(ClaimTests.model())
        let witness = forge.witness()
        var statement = forge.statement(witness)
        statement.outputs[0][1] += 1
        let rounds = try forge.log(witness, forgetting: label).sumcheck(.merge(level: 0)).rounds
        let cheat = try #require(
            try forge.adapt(
                witness, statement: statement, transcript: forgetting(label),
                unknowns: [rounds[0].lowerBound]
            ) { $0.residuals([.sumcheck(.merge(level: 0))]) })
        try forge.expectForgery(
            witness, cheat, statement: statement, forgetting: label,
            refusal: .sumcheck(.merge(level: 0)), honestRefusal: .sumcheck(.merge(level: 0)))
    }

    @Test func factorValues() throws {
        let label = "sumcheck.factors"
        let forge = try Forge(ClaimTests.model())
        let witness = forge.witness()
        var statement = forge.statement(witness)
        statement.outputs[0][1] += 1
        let honest = try forge.log(witness, forgetting: label)
        // Last made first: the merged values of short, b and a; then their operands.
        let merged = honest.sumcheck(.merge(level: 0)).factors
        let operands = honest.sumcheck(.main(level: 0)).factors
        let unknowns = [
            merged[merged.count - 1].lowerBound, operands[0].lowerBound, operands[1].lowerBound,
        ]
        let cheat = try #require(
            try forge.adapt(
                witness, statement: statement, transcript: forgetting(label), unknowns: unknowns
            ) {
                $0.residuals([.sumcheck(.merge(level: 0)), .sumcheck(.main(level: 0))])
                    + [forge.openingResidual($0, witness)]
            })
        try forge.expectForgery(
            witness, cheat, statement: statement, forgetting: label,
            refusal: .sumcheck(.main(level: 0)), honestRefusal: .sumcheck(.main(level: 0)))
    }

    @Test func value() throws {
        let label = "value"
        let forge = try Forge(ClaimTests.model())
        let witness = forge.witness()
        var statement = forge.statement(witness)
        statement.outputs[1][4] -= 1
        let values = try forge.log(witness, forgetting: label).values
        let cheat = try #require(
            try forge.adapt(
                witness, statement: statement, transcript: forgetting(label),
                unknowns: values.map(\.index)
            ) { $0.residuals([.publicClaim, .sumcheck(.merge(level: 0))]) })
        try forge.expectForgery(
            witness, cheat, statement: statement, forgetting: label,
            refusal: .sumcheck(.merge(level: 0)), honestRefusal: .sumcheck(.merge(level: 0)))
    }

    // MARK: The fraction tree

    private func lookupForge() throws -> (Forge, false: Witness) {
        let forge = try Forge(LookupTests.model(shift: 3, bits: 6), log2Chunk: 4)
        // y in no row.
        return (forge, forge.witness([forge.tableValue(0): adding(at: 1)]))
    }

    @Test func treeLayer() throws {
        let label = "tree.layer"
        let (forge, witness) = try lookupForge()
        let honest = try forge.log(witness, forgetting: label)
        let values = honest.treeLayers[0].values
        let (p0, p1) = (honest.elements[values.lowerBound], honest.elements[values.lowerBound + 1])
        let (q0, q1) = (
            honest.elements[values.lowerBound + 2], honest.elements[values.lowerBound + 3]
        )
        var tau: Fr?
        for case .step(.treeLayer(index: 1, lambda: _, let point, claim: _)) in honest.events {
            tau = point[0]
        }
        let t = try #require(tau)
        // A sum of zero, and the true numerator at tau.
        let forged = try #require(
            solve([[q1, q0], [.one - t, t]], [.zero, (.one - t) * p0 + t * p1]))
        let cheat = Cheat(added: [
            values.lowerBound: forged[0] - p0, values.lowerBound + 1: forged[1] - p1,
        ])
        try forge.expectForgery(
            witness, cheat, statement: forge.statement(witness), forgetting: label,
            refusal: .treeLayer(1), honestRefusal: .treeLayer(1))
    }

    @Test func treeRound() throws {
        let label = "tree.round"
        let (forge, witness) = try lookupForge()
        let layers = try forge.log(witness, forgetting: label).treeLayers
        var cheat = try #require(
            try forge.adapt(
                witness, transcript: forgetting(label), unknowns: [layers[0].values.lowerBound]
            ) { $0.residuals([.fractionSum]) })
        cheat = try #require(
            try forge.adapt(
                witness, cheat, transcript: forgetting(label),
                unknowns: [layers[1].rounds[0].lowerBound]
            ) { $0.residuals([.treeLayer(1)]) })
        try forge.expectForgery(
            witness, cheat, statement: forge.statement(witness), forgetting: label,
            refusal: .treeLayer(1), honestRefusal: .treeLayer(1))
    }

    // MARK: Commitments

    /// The chunk is chosen when the coefficients and the point of the opening are known.
    @Test func advice() throws {
        let forge = try Forge(LookupTests.model(shift: 3, bits: 6), log2Chunk: 4)
        try commitmentChosenLast(
            forge, forgetting: "advice", chunk: .adviceChunk(0), honestRefusal: .openingValue
        ) {
            $1[0] = (G1($1[0]) + G1($2)).affine
        }
    }

    @Test func committedPorts() throws {
        let forge = try Forge(StatementTests.committedModel())
        try commitmentChosenLast(
            forge, forgetting: "committed-ports", chunk: .committedPort(0),
            honestRefusal: .sumcheck(.merge(level: 0))
        ) {
            $0.commitments[0] = (G1($0.commitments[0]) + G1($2)).affine
        }
    }

    private func commitmentChosenLast(
        _ forge: Forge, forgetting label: String, chunk: PointReference,
        honestRefusal: VerificationError,
        add: @escaping (inout NativeStatement, inout [G1Affine], G1Affine) -> Void
    ) throws {
        let witness = forge.witness()
        var statement = forge.statement(witness)
        statement.outputs[statement.outputs.count - 1][0] += 1
        // A false value among the claims on the way, so that only the opening is wrong.
        var cheat = Cheat()
        let start = try forge.log(witness, statement: statement, forgetting: label)
        if start.violated != .openingValue {
            cheat = try carriedToTheOpening(
                forge, witness, statement: statement, forgetting: label)
        }
        let first = try forge.log(witness, cheat, statement: statement, forgetting: label)
        #expect(first.violated == .openingValue)
        let claim = try #require(first.openingClaim)
        let coefficient = claim.coefficients.first { $0.chunk == chunk }!.coefficient
        let constant = claim.point.reduce(coefficient) { $0 * (.one - $1) }
        let amount = forge.openingResidual(first, witness) * constant.inverse()!
        cheat.commitments = { add(&$0, &$1, (amount * G1Affine.generator).affine) }
        cheat.opening = ForgedOpening { claim in
            var polynomial = forge.openedPolynomial(claim, witness)
            polynomial[0] += amount * coefficient
            return trueFolds(polynomial, claim.point)
        }
        try forge.expectForgery(
            witness, cheat, statement: statement, forgetting: label,
            refusal: .treeLayer(1), honestRefusal: honestRefusal)
    }

    /// Makes every sum-check end right by its last factor value.
    private func carriedToTheOpening(
        _ forge: Forge, _ witness: Witness, statement: NativeStatement, forgetting label: String
    ) throws -> Cheat {
        var cheat = Cheat()
        for kind in try forge.log(witness, forgetting: label).sumcheckKinds {
            let factors = try forge.log(
                witness, cheat, statement: statement, forgetting: label
            ).sumcheck(kind).factors
            cheat = try #require(
                try forge.adapt(
                    witness, cheat, statement: statement, transcript: forgetting(label),
                    unknowns: [factors[0].lowerBound]
                ) { $0.residuals([.sumcheck(kind)]) })
        }
        return cheat
    }

    // MARK: The opening

    private struct Opening {
        let forge: Forge
        let witness: Witness
        let statement: NativeStatement
        let claim: OpeningClaim<Fr>
        let r: Fr
        var q, z: Fr
        let log: ProverLog

        /// A false public output of advice: nothing but the opened value is wrong.
        init(forgetting label: String) throws {
            forge = try Forge(LookupTests.model(shift: 3, bits: 6), log2Chunk: 4)
            witness = forge.witness()
            var statement = forge.statement(witness)
            statement.outputs[0][2] += 1
            self.statement = statement
            log = ProverLog()
            _ = try forge.prove(
                witness, statement: statement, transcript: forgetting(label), log: log)
            claim = log.openingClaim!
            let challenges = log.openingChallenges
            (r, q, z) = (
                challenges[.evaluationPoint]!, challenges[.combination]!,
                challenges[.quotientPoint]!
            )
        }

        /// The final value, and the combinations at r, −r and r².
        func combinations(_ evaluations: [Fr]) -> [Fr] {
            let c = claim.point.count
            let half = Fr(2).inverse()!
            var squares = [evaluations[2 * c]]
            for i in 0..<c {
                let (plus, minus) = (evaluations[2 * i], evaluations[2 * i + 1])
                let even = (plus + minus) * half
                let odd = (plus - minus) * half * r.inverse()!
                squares.append(even + claim.point[c - 1 - i] * (odd - even))
            }
            var sums = [squares[c], .zero, .zero, .zero]
            var power = Fr.one
            for i in 0..<c {
                sums[1] += power * evaluations[2 * i]
                sums[2] += power * evaluations[2 * i + 1]
                sums[3] += power * squares[i]
                power *= q
            }
            return sums
        }

        /// I(z) for the combinations at r, −r and r².
        func interpolant(_ sums: [Fr]) -> Fr {
            let square = r * r
            let even = (sums[1] + sums[2]) * Fr(2).inverse()!
            let odd = (sums[1] - sums[2]) * (r + r).inverse()!
            let curvature = (sums[3] - even - odd * square) * (square * square - square).inverse()!
            return even + odd * z + curvature * (z * z - square)
        }

        var evaluations: [Fr] { Array(log.elements[log.evaluations]) }
    }

    /// Values that fold to the false claim while their combinations at r, −r and r² stay true.
    @Test func evaluations() throws {
        let label = "opening.evaluations"
        let opening = try Opening(forgetting: label)
        let honest = opening.evaluations
        let base = opening.combinations(honest)
        var columns: [[Fr]] = []
        for index in honest.indices {
            var moved = honest
            moved[index] += .one
            columns.append(zip(opening.combinations(moved), base).map { $0 - $1 })
        }
        let rows = base.indices.map { row in columns.map { $0[row] } }
        let wanted = try #require(
            solve(rows, [opening.claim.value - base[0], .zero, .zero, .zero]))
        var cheat = Cheat()
        for (index, amount) in zip(opening.log.evaluations, wanted) {
            cheat.added[index] = amount
        }
        try opening.forge.expectForgery(
            opening.witness, cheat, statement: opening.statement, forgetting: label,
            refusal: .pairing, honestRefusal: .pairing)
    }

    /// The last fold takes the true value at r², which the fold before it asks for, and whatever
    /// values at ±r end in the false claim.
    @Test func folds() throws {
        let label = "opening.folds"
        let opening = try Opening(forgetting: label)
        let (forge, witness) = (opening.forge, opening.witness)
        let square = opening.r * opening.r
        let cheat = Cheat(
            opening: ForgedOpening { claim in
                var folds = trueFolds(forge.openedPolynomial(claim, witness), claim.point)
                let last = folds[folds.count - 1]
                let u = claim.point[0]
                let forged = solve(
                    [[.one, square], [.one - u, u]], [last[0] + last[1] * square, claim.value])!
                folds[folds.count - 1] = forged
                return folds
            })
        try forge.expectForgery(
            witness, cheat, statement: opening.statement, forgetting: label,
            refusal: .openingValue, honestRefusal: .pairing)
    }

    /// False evaluations, and a quotient that makes up for what they change at the one point z.
    @Test func quotient() throws {
        let label = "opening.quotient"
        let opening = try Opening(forgetting: label)
        let (forge, witness) = (opening.forge, opening.witness)
        var cheat = try #require(
            try forge.adapt(
                witness, statement: opening.statement, transcript: forgetting(label),
                unknowns: [opening.log.evaluations.upperBound - 2]
            ) { $0.residuals([.openingValue]) })
        // The challenges with these evaluations.
        let log = try forge.log(
            witness, cheat, statement: opening.statement, forgetting: label)
        let challenges = log.openingChallenges
        #expect(challenges[.evaluationPoint] == opening.r)
        var moved = opening
        moved.q = challenges[.combination]!
        moved.z = challenges[.quotientPoint]!
        let difference =
            moved.interpolant(moved.combinations(Array(log.elements[log.evaluations])))
            - moved.interpolant(moved.combinations(opening.evaluations))
        let square = moved.r * moved.r
        let vanishing = (moved.z * moved.z - square) * (moved.z - square)
        let quotient = log.points.count - 2
        cheat.addedPoints[quotient] =
            (-difference * vanishing.inverse()! * G1Affine.generator).affine
        try forge.expectForgery(
            witness, cheat, statement: opening.statement, forgetting: label,
            refusal: .pairing, honestRefusal: .pairing)
    }
}
