import CKernels
import Field

/// Element-wise loops over field vectors, folds, inner products, inversion and eq tables.
///
/// Integers are any that 64 bits hold.
/// Outputs may be one of the inputs unless a comment says otherwise.
enum FieldKernels {
    typealias Input = UnsafeBufferPointer<Fr>
    typealias Output = UnsafeMutableBufferPointer<Fr>
    typealias Integers = UnsafeBufferPointer<Int64>

    // MARK: Element by element

    /// out_i = a_i · b_i.
    static func multiply(_ a: Input, _ b: Input, into out: Output, with k: KernelSet = .best) {
        check(a.count, b.count, out.count)
        k.c.fr_mul(out.c, a.c, b.c, out.count)
    }

    /// out_i = a_i + b_i.
    static func add(_ a: Input, _ b: Input, into out: Output, with k: KernelSet = .best) {
        check(a.count, b.count, out.count)
        k.c.fr_add(out.c, a.c, b.c, out.count)
    }

    /// out_i = a_i − b_i.
    static func subtract(_ a: Input, _ b: Input, into out: Output, with k: KernelSet = .best) {
        check(a.count, b.count, out.count)
        k.c.fr_sub(out.c, a.c, b.c, out.count)
    }

    /// out_i = c · a_i.
    static func scale(_ a: Input, by c: Fr, into out: Output, with k: KernelSet = .best) {
        check(a.count, out.count)
        k.c.fr_scale(out.c, a.c, c.c, out.count)
    }

    /// out_i += c · x_i.
    static func accumulate(_ c: Fr, times x: Input, into out: Output, with k: KernelSet = .best) {
        check(x.count, out.count)
        k.c.fr_axpy(out.c, c.c, x.c, out.count)
    }

    /// out_i += c · x_i for integers.
    static func accumulate(
        _ c: Fr, times x: Integers, into out: Output, with k: KernelSet = .best
    ) {
        check(x.count, out.count)
        k.c.i64_axpy(out.c, c.c, x.c, out.count)
    }

    /// out_i = x_i in the field.
    static func convert(_ x: Integers, into out: Output, with k: KernelSet = .best) {
        check(x.count, out.count)
        k.c.i64_to_fr(out.c, x.c, out.count)
    }

    static func convert(_ x: [Int64], with k: KernelSet = .best) -> [Fr] {
        x.withUnsafeBufferPointer { x in .filled(x.count) { convert(x, into: $0, with: k) } }
    }

    /// Inverts in place; zeros stay zero. Allocates as much scratch. Branches on zeros.
    static func invert(_ values: Output, with k: KernelSet = .best) {
        withUnsafeTemporaryFr(values.count) { k.c.fr_invert(values.c, $0.c, values.count) }
    }

    static func invert(_ values: inout [Fr], with k: KernelSet = .best) {
        values.withUnsafeMutableBufferPointer { invert($0, with: k) }
    }

    // MARK: Folds

    /// Fixes the first variable of a table to r, in place.
    ///
    /// The table's padded length is 2 · half; its first `table.count` entries are given, the
    /// others are zero. Entry i < half becomes t_i + r · (t_{i+half} − t_i); the first
    /// `min(table.count, half)` entries are live afterwards.
    static func fold(_ table: Output, half: Int, by r: Fr, with k: KernelSet = .best) {
        precondition(
            table.count <= 2 * half, "\(table.count) entries, at most \(2 * half) expected")
        let pairs = max(0, table.count - half)
        let live = min(table.count, half)
        guard live > 0 else { return }
        // SAFETY: [0, live) and [half, half + pairs) are within the table and disjoint.
        let base = table.c
        if pairs > 0 { k.c.fr_fold(base, base, base + half, r.c, pairs) }
        // Above the last pair the upper half is zero.
        k.c.fr_scale(base + pairs, base + pairs, (Fr.one - r).c, live - pairs)
    }

    /// Fixes the first variable of a table of 2 · half entries, all given.
    static func fold(_ table: inout [Fr], by r: Fr, with k: KernelSet = .best) {
        precondition(
            table.count.isMultiple(of: 2), "\(table.count) entries, an even number expected")
        let half = table.count / 2
        table.withUnsafeMutableBufferPointer { fold($0, half: half, by: r, with: k) }
        table.removeLast(half)
    }

    /// The first fold of a table of integers, 2 · half entries.
    static func fold(
        _ table: Integers, by r: Fr, into out: Output, with k: KernelSet = .best
    ) {
        check(2 * out.count, table.count)
        // SAFETY: both halves lie within the table.
        k.c.i64_fold(out.c, table.c, table.c + out.count, r.c, out.count)
    }

    static func fold(_ table: [Int64], by r: Fr, with k: KernelSet = .best) -> [Fr] {
        precondition(
            table.count.isMultiple(of: 2), "\(table.count) entries, an even number expected")
        return table.withUnsafeBufferPointer { table in
            .filled(table.count / 2) { fold(table, by: r, into: $0, with: k) }
        }
    }

    // MARK: Sums

    /// Σ a_i.
    static func sum(_ a: Input, with k: KernelSet = .best) -> Fr {
        Fr(k.c.fr_sum(a.c, a.count))
    }

    /// Σ a_i · b_i, reduced once.
    static func innerProduct(_ a: Input, _ b: Input, with k: KernelSet = .best) -> Fr {
        check(a.count, b.count)
        return Fr(k.c.fr_dot(a.c, b.c, a.count))
    }

    static func innerProduct(_ a: [Fr], _ b: [Fr], with k: KernelSet = .best) -> Fr {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in innerProduct(a, b, with: k) }
        }
    }

    /// Σ x_i · v_i.
    static func innerProduct(_ x: Integers, _ v: Input, with k: KernelSet = .best) -> Fr {
        check(x.count, v.count)
        return Fr(k.c.i64_dot(x.c, v.c, x.count))
    }

    static func innerProduct(_ x: [Int64], _ v: [Fr], with k: KernelSet = .best) -> Fr {
        x.withUnsafeBufferPointer { x in
            v.withUnsafeBufferPointer { v in innerProduct(x, v, with: k) }
        }
    }

    // MARK: Structured vectors

    /// scale · x^i.
    static func powers(
        of x: Fr, scaledBy scale: Fr = .one, into out: Output, with k: KernelSet = .best
    ) {
        k.c.fr_powers(out.c, x.c, scale.c, out.count)
    }

    static func powers(of x: Fr, count: Int, with k: KernelSet = .best) -> [Fr] {
        .filled(count) { powers(of: x, into: $0, with: k) }
    }

    /// scale · eq(point, i) for i < out.count; `point[0]` pairs with the most significant bit.
    ///
    /// About `out.count` multiplications.
    static func eq(
        _ point: [Fr], scaledBy scale: Fr = .one, into out: Output, with k: KernelSet = .best
    ) {
        precondition(
            point.count < 48 && out.count <= 1 << point.count,
            "\(out.count) entries from \(point.count) variables")
        point.withUnsafeBufferPointer {
            k.c.fr_eq(out.c, $0.c, $0.count, out.count, scale.c)
        }
    }

    /// The first `count` entries (default: all) of scale · eq(point, ·).
    static func eq(
        _ point: [Fr], count: Int? = nil, scaledBy scale: Fr = .one, with k: KernelSet = .best
    ) -> [Fr] {
        .filled(count ?? 1 << point.count) { eq(point, scaledBy: scale, into: $0, with: k) }
    }

    /// accumulator_{i·strides.0 + j·strides.1} += c · u_i · v_j; no two (i, j) share a cell.
    static func accumulateOuterProduct(
        _ c: Fr, _ u: Input, _ v: Input, into accumulator: Output, strides: (Int, Int),
        with k: KernelSet = .best
    ) {
        guard !u.isEmpty, !v.isEmpty else { return }
        precondition(strides.0 >= 0 && strides.1 >= 0, "strides \(strides), not negative expected")
        let last = (u.count - 1) * strides.0 + (v.count - 1) * strides.1
        precondition(last < accumulator.count, "cell \(last) of \(accumulator.count)")
        k.c.fr_outer_axpy(
            accumulator.c, strides.0, strides.1, c.c, u.c, u.count, v.c, v.count)
    }

    // MARK: Checks

    static func check(_ a: Int, _ b: Int) {
        precondition(a == b, "vectors of \(a) and \(b) elements")
    }
    static func check(_ a: Int, _ b: Int, _ c: Int) {
        precondition(a == c && b == c, "vectors of \(a), \(b) and \(c) elements")
    }
}

/// Working memory of `count` elements, not initialised.
func withUnsafeTemporaryFr<R>(_ count: Int, _ body: (UnsafeMutableBufferPointer<Fr>) -> R) -> R {
    let scratch = UnsafeMutableBufferPointer<Fr>.allocate(capacity: count)
    defer { scratch.deallocate() }
    return body(scratch)
}
