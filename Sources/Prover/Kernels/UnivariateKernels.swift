import CKernels
import Field

/// Univariate polynomials in coefficient form, constant first: folding, evaluation, division and
/// combination for the opening.
enum UnivariateKernels {
    typealias Input = UnsafeBufferPointer<Fr>
    typealias Output = UnsafeMutableBufferPointer<Fr>
    typealias Integers = UnsafeBufferPointer<Int64>

    /// out_j = (1 − u)·p_{2j} + u·p_{2j+1}: binds the last variable (Gemini). No overlap.
    static func evenOddFold(_ p: Input, by u: Fr, into out: Output, with k: KernelSet = .best) {
        FieldKernels.check(p.count, 2 * out.count)
        k.c.fr_even_odd_fold(out.c, p.c, u.c, out.count)
    }

    static func evenOddFold(_ p: [Fr], by u: Fr, with k: KernelSet = .best) -> [Fr] {
        p.withUnsafeBufferPointer { p in
            .filled(p.count / 2) { evenOddFold(p, by: u, into: $0, with: k) }
        }
    }

    /// The same for integers.
    static func evenOddFold(
        _ p: Integers, by u: Fr, into out: Output, with k: KernelSet = .best
    ) {
        FieldKernels.check(p.count, 2 * out.count)
        k.c.i64_even_odd_fold(out.c, p.c, u.c, out.count)
    }

    static func evenOddFold(_ p: [Int64], by u: Fr, with k: KernelSet = .best) -> [Fr] {
        p.withUnsafeBufferPointer { p in
            .filled(p.count / 2) { evenOddFold(p, by: u, into: $0, with: k) }
        }
    }

    /// p(x).
    static func evaluate(_ p: Input, at x: Fr, with k: KernelSet = .best) -> Fr {
        Fr(k.c.fr_evaluate(p.c, x.c, p.count))
    }

    static func evaluate(_ p: [Fr], at x: Fr, with k: KernelSet = .best) -> Fr {
        p.withUnsafeBufferPointer { evaluate($0, at: x, with: k) }
    }

    /// p(x).
    static func evaluate(_ p: Integers, at x: Fr, with k: KernelSet = .best) -> Fr {
        Fr(k.c.i64_evaluate(p.c, x.c, p.count))
    }

    static func evaluate(_ p: [Int64], at x: Fr, with k: KernelSet = .best) -> Fr {
        p.withUnsafeBufferPointer { evaluate($0, at: x, with: k) }
    }

    /// p = (X − a)·quotient + remainder, in place: the quotient takes the first `p.count − 1`
    /// places, the last is left as it was.
    ///
    /// - Returns: the remainder p(a).
    static func divide(_ p: Output, byLinear a: Fr, with k: KernelSet = .best) -> Fr {
        guard p.count > 0 else { return .zero }
        return Fr(k.c.fr_divide_by_linear(p.c, UnsafePointer(p.c), a.c, p.count))
    }

    static func divide(
        _ p: [Fr], byLinear a: Fr, with k: KernelSet = .best
    ) -> (quotient: [Fr], remainder: Fr) {
        var quotient = p
        let remainder = quotient.withUnsafeMutableBufferPointer {
            divide($0, byLinear: a, with: k)
        }
        if !quotient.isEmpty { quotient.removeLast() }
        return (quotient, remainder)
    }

    /// out_i = Σ_j coefficients_j · vectors_j,i. The output is none of the vectors.
    static func combine(
        _ vectors: [Input], _ coefficients: [Fr], into out: Output, with k: KernelSet = .best
    ) {
        FieldKernels.check(vectors.count, coefficients.count)
        for vector in vectors { FieldKernels.check(vector.count, out.count) }
        withPointers(vectors, \.c) { vectors in
            coefficients.withUnsafeBufferPointer {
                k.c.fr_combine(out.c, vectors, $0.c, $0.count, out.count)
            }
        }
    }

    static func combine(
        _ vectors: [[Fr]], _ coefficients: [Fr], with k: KernelSet = .best
    ) -> [Fr] {
        withBuffers(vectors) { vectors in
            .filled(vectors.first?.count ?? 0) { combine(vectors, coefficients, into: $0, with: k) }
        }
    }

    /// The same for integer vectors: how chunks of cells become one polynomial.
    static func combine(
        _ vectors: [Integers], _ coefficients: [Fr], into out: Output, with k: KernelSet = .best
    ) {
        FieldKernels.check(vectors.count, coefficients.count)
        for vector in vectors { FieldKernels.check(vector.count, out.count) }
        withPointers(vectors, \.c) { vectors in
            coefficients.withUnsafeBufferPointer {
                k.c.i64_combine(out.c, vectors, $0.c, $0.count, out.count)
            }
        }
    }

    static func combine(
        _ vectors: [[Int64]], _ coefficients: [Fr], with k: KernelSet = .best
    ) -> [Fr] {
        withBuffers(vectors) { vectors in
            .filled(vectors.first?.count ?? 0) { combine(vectors, coefficients, into: $0, with: k) }
        }
    }
}
