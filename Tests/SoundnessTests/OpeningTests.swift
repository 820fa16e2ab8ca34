import Circuits
import Curve
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

@testable import Prover

/// HyperKZG: folds, evaluations, quotient, witness, blinding, degree.
@Suite(.serialized) struct OpeningTests {
    let forge: Forge
    let witness: Witness
    let log = ProverLog()
    let log2Chunk: Int

    init() throws {
        forge = try Forge(StatementTests.committedModel(), log2Chunk: 5)
        witness = forge.witness()
        log2Chunk = forge.key.verifyingKey.log2Chunk
        _ = try forge.prove(witness, log: log)
    }

    @Test func honest() throws {
        #expect(try forge.refusal(of: witness) == nil)
        #expect(forge.openingResidual(log, witness).isZero)
        #expect(log.evaluations.count == 2 * log2Chunk + 1)
        #expect(log.points.count == log2Chunk + 1)
        // A forged opening whose polynomials are the true ones is an honest one.
        let opening = ForgedOpening {
            trueFolds(forge.openedPolynomial($0, witness), $0.point)
        }
        #expect(try forge.prove(witness, Cheat(opening: opening)) == forge.prove(witness))
    }

    /// Each fold commitment, the quotient's and the witness's.
    @Test func points() throws {
        for index in log.points.indices {
            for extra in [G1Affine.generator, .blindingGenerator, Forge.srs.powers[3]] {
                let cheat = Cheat(addedPoints: [index: extra])
                #expect(try forge.refusal(of: witness, cheat) == .pairing, "point \(index)")
            }
        }
    }

    /// Each evaluation: those of the last fold decide the final value, all others the pairing.
    @Test func evaluations() throws {
        for (place, index) in log.evaluations.enumerated() {
            let last = 2 * log2Chunk - 2..<2 * log2Chunk
            #expect(
                try forge.refusal(of: witness, Cheat(added: [index: .one]))
                    == (last.contains(place) ? .openingValue : .pairing), "evaluation \(place)")
        }
    }

    /// A false claim on the way in, and evaluations that fold to the value it asks for.
    @Test func consistentFinalValue() throws {
        let lie = Cheat(added: [log.batchRounds[0].lowerBound: .one])
        #expect(try forge.refusal(of: witness, lie) == .openingValue)
        for place in 2 * log2Chunk - 2..<2 * log2Chunk {
            let unknown = log.evaluations.lowerBound + place
            let cheat = try #require(
                try forge.adapt(witness, lie, unknowns: [unknown]) {
                    $0.residuals([.openingValue])
                })
            #expect(try forge.refusal(of: witness, cheat) == .pairing)
        }
    }

    // MARK: Polynomials that do not follow from each other

    /// At fold i the prover goes over to other polynomials, which end in the false value it needs:
    /// commitments, evaluations and quotients are those of the forged polynomials.
    @Test func foldsOfAnotherPolynomial() throws {
        let lie = Cheat(added: [log.batchRounds[1].lowerBound: .one])
        for start in 1..<log2Chunk {
            let opening = ForgedOpening { claim in
                let folds = trueFolds(forge.openedPolynomial(claim, witness), claim.point)
                // The fold from `start` on is multilinear in the coordinates that are left: a
                // constant added to its first coefficient adds eq(0, ·) times it to the value.
                let left = Array(claim.point.prefix(log2Chunk - start))
                let truth = multilinear(folds[start], left)
                let weight = left.reduce(Fr.one) { $0 * (.one - $1) }
                var forged = folds[start]
                forged[0] += (claim.value - truth) * weight.inverse()!
                return Array(folds[..<start]) + trueFolds(forged, left)
            }
            var cheat = lie
            cheat.opening = opening
            let after = ProverLog()
            _ = try forge.prove(witness, cheat, log: after)
            #expect(after.residuals([.openingValue]) == [.zero])
            #expect(try forge.refusal(of: witness, cheat) == .pairing, "from fold \(start)")
        }
    }

    /// The opened polynomial is not the combination of the commitments.
    @Test func anotherPolynomial() throws {
        let lie = Cheat(added: [log.batchRounds[0].lowerBound: .one])
        var cheat = lie
        cheat.opening = ForgedOpening { claim in
            var polynomial = forge.openedPolynomial(claim, witness)
            let weight = claim.point.reduce(Fr.one) { $0 * (.one - $1) }
            polynomial[0] +=
                (claim.value - multilinear(polynomial, claim.point)) * weight.inverse()!
            return trueFolds(polynomial, claim.point)
        }
        let after = ProverLog()
        _ = try forge.prove(witness, cheat, log: after)
        #expect(after.residuals([.openingValue]) == [.zero])
        #expect(try forge.refusal(of: witness, cheat) == .pairing)
    }

    // MARK: Degree

    /// A chunk with a coefficient at X^(2^c): folding it goes on beyond c steps, and what should be
    /// a constant is none.
    @Test func degreeTooHigh() throws {
        let high = Forge.srs.powers[1 << log2Chunk]
        let commitments: (inout NativeStatement, inout [G1Affine]) -> Void = { _, chunks in
            chunks[0] = (G1(chunks[0]) + Fr(5) * high).affine
        }
        // The prover ignores the coefficient.
        #expect(
            try forge.refusal(of: witness, Cheat(commitments: commitments)) == .pairing)
        // It folds it along: P_c = v + 5·coefficient·X.
        var cheat = Cheat(commitments: commitments)
        cheat.opening = ForgedOpening { claim in
            let polynomial = forge.openedPolynomial(claim, witness)
            let extra = Fr(5) * claim.coefficients[0].coefficient
            // Twice as long, folded like the others.
            return trueFolds(
                polynomial + [extra] + [Fr](repeating: .zero, count: polynomial.count - 1),
                claim.point)
        }
        #expect(try forge.refusal(of: witness, cheat) == .openingValue)
        // And lies about an evaluation so that the end is right.
        let adapted = try #require(
            try forge.adapt(
                witness, cheat, unknowns: [log.evaluations.lowerBound + 2 * log2Chunk - 2]
            ) { $0.residuals([.openingValue]) })
        #expect(try forge.refusal(of: witness, adapted) == .pairing)
    }

    /// Coefficients at X^(2^c) that cancel in the combination say nothing about the low part: such
    /// a commitment is to its low part. The prover cannot make them cancel before it knows the
    /// coefficients of the chunks.
    @Test func highCoefficientsDoNotCancel() throws {
        let high = Forge.srs.powers[1 << log2Chunk]
        let cheat = Cheat(commitments: { statement, chunks in
            chunks[0] = (G1(chunks[0]) + Fr(5) * high).affine
            statement.commitments[0] =
                (G1(statement.commitments[0]) + (-Fr(5)) * high).affine
        })
        #expect(try forge.refusal(of: witness, cheat) == .pairing)
    }

    // MARK: Challenges

    /// r = 0, ±1 make two of the three points coincide.
    @Test func coincidingPoints() throws {
        let proof = try forge.prove(witness)
        for r in [Fr.zero, .one, -Fr(1)] {
            let transcript = FixedTranscript { label in
                label == "opening.point" ? r : Fr(reducing: Keccak256.hash(Array(label.utf8)))
            }
            // Proved under the same challenges: nothing before it is wrong.
            let fixed = try forge.prove(witness, transcript: transcript)
            #expect(forge.refusal(fixed, transcript: transcript) == .openingChallenge)
            #expect(forge.refusal(proof, transcript: transcript) == .treeLayer(1))
        }
    }

    // MARK: Chunks of two cells

    /// c = 1: no fold commitments, one coordinate.
    @Test func smallestChunk() throws {
        let small = try Forge(LookupTests.model(shift: 3, bits: 6), log2Chunk: 1)
        #expect(small.key.verifyingKey.log2Chunk == 1)
        let witness = small.witness()
        #expect(try small.refusal(of: witness) == nil)
        let log = ProverLog()
        let proof = try small.prove(witness, log: log)
        #expect(proof.openingPoints.count == 2)
        #expect(log.evaluations.count == 3)
        for (place, index) in log.evaluations.enumerated() {
            #expect(
                try small.refusal(of: witness, Cheat(added: [index: .one]))
                    == (place < 2 ? .openingValue : .pairing))
        }
        for index in 0..<2 {
            let cheat = Cheat(addedPoints: [index: .generator])
            #expect(try small.refusal(of: witness, cheat) == .pairing)
        }
    }
}

/// The multilinear polynomial with these values at a point.
private func multilinear(_ values: [Fr], _ point: [Fr]) -> Fr {
    zip(values, StructuredPolynomials.eqTable(point)).reduce(.zero) { $0 + $1.0 * $1.1 }
}
