import Curve
import Field
import ProofSystem

/// The prover's side of ``HyperKZG``.
struct OpeningProver {
    private let powers: [G1Affine]
    /// P₀ = G, P₁, …, P_{c−1}.
    private let folds: [[Fr]]
    private var point = Fr.zero
    private var combined: [Fr] = []
    private var quotient: [Fr] = []

    /// - Parameters:
    ///   - polynomial: G, 2^c coefficients.
    ///   - coordinates: c of them; folding binds the last first.
    init(polynomial: [Fr], coordinates: [Fr], powers: [G1Affine]) {
        var folds = [polynomial]
        for coordinate in coordinates.dropFirst().reversed() {
            folds.append(UnivariateKernels.evenOddFold(folds[folds.count - 1], by: coordinate))
        }
        self.init(folds: folds, powers: powers)
    }

    /// - Parameter folds: P₀ = G, P₁, …; a cheating prover's need not follow from each other.
    init(folds: [[Fr]], powers: [G1Affine]) {
        self.folds = folds
        self.powers = powers
    }

    /// P₁, …, P_{c−1}.
    func foldCommitments() -> [G1Affine] {
        powers.withUnsafeBufferPointer { powers in
            withBuffers(Array(folds.dropFirst())) { MSMKernel.multiply(bases: powers, rows: $0) }
        }
    }

    /// P_i(r), P_i(−r) for all i, then P₀(r²).
    mutating func evaluations(at r: Fr) -> [Fr] {
        point = r
        var values: [Fr] = []
        for fold in folds {
            values.append(UnivariateKernels.evaluate(fold, at: r))
            values.append(UnivariateKernels.evaluate(fold, at: -r))
        }
        values.append(UnivariateKernels.evaluate(folds[0], at: r * r))
        return values
    }

    /// W: the quotient of B = Σ q^i P_i by (X − r)(X + r)(X − r²).
    mutating func quotientCommitment(combination q: Fr) -> G1Affine {
        combined = folds[0]
        var power = Fr.one
        for fold in folds.dropFirst() {
            power *= q
            combined.withUnsafeMutableBufferPointer { combined in
                fold.withUnsafeBufferPointer {
                    FieldKernels.accumulate(
                        power, times: $0,
                        into: UnsafeMutableBufferPointer(rebasing: combined[..<fold.count]))
                }
            }
        }
        quotient = combined
        for root in [point, -point, point * point] {
            quotient = UnivariateKernels.divide(quotient, byLinear: root).quotient
        }
        return commit(quotient)
    }

    /// W': the quotient of B − I(z) − Z(z)·h by X − z.
    func witnessCommitment(quotientPoint z: Fr) -> G1Affine {
        let square = point * point
        let vanishing = (z * z - square) * (z - square)
        var polynomial = combined
        polynomial.withUnsafeMutableBufferPointer { polynomial in
            quotient.withUnsafeBufferPointer {
                FieldKernels.accumulate(
                    -vanishing, times: $0,
                    into: UnsafeMutableBufferPointer(rebasing: polynomial[..<quotient.count]))
            }
        }
        // The constant I(z) is the remainder.
        return commit(UnivariateKernels.divide(polynomial, byLinear: z).quotient)
    }

    private func commit(_ coefficients: [Fr]) -> G1Affine {
        MSMKernel.multiply(bases: powers, scalars: coefficients)
    }
}
