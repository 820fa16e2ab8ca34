import Field

/// The opening of a multilinear polynomial committed by KZG on its coefficients.
///
/// Gemini's folding (Bootle, Chiesa, Hu, Orrù, eprint 2022/420, section 5) as in HyperKZG, with
/// the three evaluation points of all folded polynomials opened at once (Boneh, Drake, Fisch,
/// Gabizon, eprint 2020/081, section 4: one quotient, one evaluation proof).
///
/// G = P₀ has 2^c coefficients; P_{i+1}(X²) = (1 − u)·(P_i(X) + P_i(−X))/2 + u·(P_i(X) − P_i(−X))/(2X)
/// binds the **last** coordinate that is left. Sent: s, P₁ … P_{c−1}, the values P_i(±r) and
/// P₀(r²), W, W'. The values P_i(r²) of the other polynomials follow from those at ±r, so they are
/// not sent: c − 1 elements fewer than HyperKZG in Nova.
public enum HyperKZG {
    /// The number of group elements and field elements of an opening with c coordinates.
    public static func size(log2Chunk c: Int) -> (points: Int, elements: Int) {
        (c - 1 + 2, 1 + 2 * c + 1)
    }

    /// Soundness error, with D powers of tau known: (2D + 1) / |F| for r (one false folding equation
    /// is enough), (c − 1) / |F| for the combination, (D + 3) / |F| for the quotient's point, beside
    /// KZG's own (Docs/opening.md).
    static func reduce<Driver: ReductionDriver>(
        _ claim: OpeningClaim<Driver.Scalar>, driver: inout Driver
    ) throws(VerificationError) -> PairingEquation<Driver.Scalar> {
        typealias Scalar = Driver.Scalar
        let count = claim.point.count
        driver.begin(.opening(claim))
        let blinding = try driver.receive(.blinding)[0]
        let folds = try driver.receivePoints("opening.folds", count: count - 1)
        let r = driver.draw("opening.point").value
        driver.begin(.openingChallenge(.evaluationPoint, r))
        let evaluations = try driver.receive(.foldEvaluations(count: 2 * count + 1))

        let square = r * r
        // Inverses of 2r and of r⁴ − r² from one inversion.
        let double = r + r
        let gap = square * square - square
        try driver.requireNonzero(double * gap, .openingChallenge)
        let inverse = (double * gap).inverseOrZero()
        let half = Scalar(constant: .half)
        let inverseDouble = inverse * gap

        // Values at r², the first one sent, each next one by folding.
        var squares = [evaluations[2 * count]]
        for i in 0..<count {
            let (plus, minus) = (evaluations[2 * i], evaluations[2 * i + 1])
            let even = (plus + minus) * half
            let odd = (plus - minus) * inverseDouble
            squares.append(even + claim.point[count - 1 - i] * (odd - even))
        }
        try driver.requireZero(squares[count] - claim.value, .openingValue)

        let q = driver.draw("opening.combine").value
        driver.begin(.openingChallenge(.combination, q))
        let quotient = try driver.receivePoints("opening.quotient", count: 1)[0]
        let z = driver.draw("opening.quotient.point").value
        driver.begin(.openingChallenge(.quotientPoint, z))
        let witness = try driver.receivePoints("opening.witness", count: 1)[0]

        var atPlus = Scalar.zero
        var atMinus = Scalar.zero
        var atSquare = Scalar.zero
        var power = Scalar.one
        var left: [(scalar: Scalar, point: PointReference)] = claim.coefficients.map {
            ($0.coefficient, $0.chunk)
        }
        left.append((.zero - blinding, .blindingGenerator))
        for i in 0..<count {
            atPlus += power * evaluations[2 * i]
            atMinus += power * evaluations[2 * i + 1]
            atSquare += power * squares[i]
            power *= q
            if i < folds.count { left.append((power, folds[i])) }
        }
        // The interpolant at z: a line through ±r plus a multiple of X² − r².
        let even = (atPlus + atMinus) * half
        let odd = (atPlus - atMinus) * inverseDouble
        let curvature = (atSquare - even - odd * square) * (inverse * double)
        let interpolant = even + odd * z + curvature * (z * z - square)
        let vanishing = (z * z - square) * (z - square)
        left.append((.zero - interpolant, .generator))
        left.append((.zero - vanishing, quotient))
        left.append((z, witness))
        return PairingEquation(left: left, right: [(.one, witness)])
    }
}
