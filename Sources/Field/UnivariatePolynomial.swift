/// Evaluation of univariate polynomials, for native elements and for circuit variables.
public enum UnivariatePolynomial {
    /// Σ coefficients_i x^i, by Horner: one multiplication a coefficient.
    @inlinable public static func evaluate<S: ScalarAlgebra>(_ coefficients: [S], at x: S) -> S {
        var result = S.zero
        for coefficient in coefficients.reversed() { result = result * x + coefficient }
        return result
    }

    /// The value at `x` of the polynomial of least degree with `values[i]` at i = 0, 1, …, d.
    ///
    /// By forward differences, p = Σ (Δ^k values_0 / k!) · x(x − 1)⋯(x − k + 1), nested as Horner:
    /// d multiplications, d by constants, d(d + 1)/2 subtractions.
    /// - Precondition: 1 to 33 values. Degrees come from the protocol, never from a proof.
    @inlinable public static func interpolate<S: ScalarAlgebra>(_ values: [S], at x: S) -> S {
        let inverses = inverseFactorials
        precondition(
            1...inverses.count ~= values.count, "cannot interpolate \(values.count) values")
        var differences = values
        for k in 1..<max(1, values.count) {
            for i in (k..<values.count).reversed() { differences[i] -= differences[i - 1] }
        }
        var result = S.zero
        for k in differences.indices.reversed() {
            result = result * (x - S(constant: Fr(k))) + differences[k] * S(constant: inverses[k])
        }
        return result
    }

    /// 1/0!, 1/1!, …, 1/32!.
    public static let inverseFactorials: [Fr] = {
        var factorials = [Fr.one]
        for k in 1...32 { factorials.append(factorials[k - 1] * Fr(k)) }
        Fr.batchInvert(&factorials)
        return factorials
    }()
}
