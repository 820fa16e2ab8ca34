import CKernels
import Curve
import Field

/// The C kernels, called through their tables: time a kernel takes, not what is around it.
enum KernelBenchmarks {
    static func cases(_ options: BenchmarkOptions) -> [BenchmarkCase] {
        let n = 1 << options.log2Size
        let points = 1 << min(options.log2Size, 16)
        return vectors(n) + sumchecks(n) + fractions(n) + univariate(n) + multiples(points)
            + sums(points)
    }

    /// Products in a run of ``multiplicationsInCache(_:)``.
    static let multiplicationsInCache = 1 << 16

    /// What limits are computed from: `fr mul` on a table that the caches hold.
    static func multiplicationsInCache(_ implementation: Implementation) -> BenchmarkCase.Run {
        let n = 1 << 9
        let k = Variant(implementation: implementation, threadCount: 1).kernels
        let (a, b, out) = (elements(n), elements(n), room(n))
        return {
            ck_set_thread_count(1)
            for _ in 0..<(multiplicationsInCache / n) { k.fr_mul(out.p, a.p, b.p, n) }
        }
    }

    private static let singleInversions = 256

    // MARK: Families

    private static func vectors(_ n: Int) -> [BenchmarkCase] {
        [
            BenchmarkCase(
                name: "fr mul", item: "mul", itemCount: n, multiplications: 1,
                everyImplementation: true,
                prepare: { variant in
                    let (k, a, b, out) = (variant.kernels, elements(n), elements(n), room(n))
                    return { k.fr_mul(out.p, a.p, b.p, n) }
                },
                rival: (
                    "GMP mpn",
                    {
                        let (a, b, out) = (elements(n), elements(n), room(n))
                        return { GMPMontgomery.multiply(out.p, a.p, b.p, n) }
                    }
                )),
            BenchmarkCase(name: "fr fold", item: "pair", itemCount: n / 2, multiplications: 1) {
                variant in
                let (k, a, out) = (variant.kernels, elements(n), room(n / 2))
                return { k.fr_fold(out.p, a.p, a.p + n / 2, challenge, n / 2) }
            },
            BenchmarkCase(name: "int64 fold", item: "pair", itemCount: n / 2) { variant in
                let (k, a, out) = (variant.kernels, integers(n, bits: 17), room(n / 2))
                return { k.i64_fold(out.p, a.p, a.p + n / 2, challenge, n / 2) }
            },
            BenchmarkCase(
                name: "fr inner product", item: "term", itemCount: n, multiplications: 1,
                everyImplementation: true
            ) { variant in
                let (k, a, b) = (variant.kernels, elements(n), elements(n))
                return { blackHole(k.fr_dot(a.p, b.p, n)) }
            },
            BenchmarkCase(name: "int64 inner product", item: "term", itemCount: n) { variant in
                let (k, a, b) = (variant.kernels, integers(n, bits: 17), elements(n))
                return { blackHole(k.i64_dot(a.p, b.p, n)) }
            },
            BenchmarkCase(name: "int64 contraction", item: "cell", itemCount: n) { variant in
                // [2^10, n / 2^10] against the first axis.
                let rows = min(n, 1024)
                let (k, a, v) = (variant.kernels, integers(n, bits: 17), elements(rows))
                let out = room(n / rows)
                return { k.i64_contract(out.p, a.p, 0, n / rows, 1, v.p, 1, rows, n / rows) }
            },
            BenchmarkCase(name: "eq table", item: "cell", itemCount: n, multiplications: 1) {
                variant in
                let (k, out) = (variant.kernels, room(n))
                let point = elements(n.trailingZeroBitCount)
                return { k.fr_eq(out.p, point.p, n.trailingZeroBitCount, n, challenge) }
            },
            BenchmarkCase(
                name: "batch inversion", item: "element", itemCount: n, multiplications: 3,
                everyImplementation: true
            ) { variant in
                let (k, a, scratch) = (variant.kernels, elements(n), room(n))
                return { k.fr_invert(a.p, scratch.p, n) }
            },
            BenchmarkCase(
                name: "single inversion", item: "element", itemCount: singleInversions,
                prepare: { variant in
                    let (k, a, scratch) = (variant.kernels, elements(singleInversions), room(1))
                    return {
                        for i in 0..<singleInversions { k.fr_invert(a.p + i, scratch.p, 1) }
                    }
                },
                rival: (
                    "GMP mpz_invert",
                    {
                        let a = elements(singleInversions)
                        return { GMPInversion.invert(a.p, singleInversions) }
                    }
                )),
        ]
    }

    static func sumchecks(_ n: Int) -> [BenchmarkCase] {
        let half = n / 2
        return [
            BenchmarkCase(
                name: "sum-check round", item: "pair", itemCount: half, multiplications: 2
            ) { variant in
                let (k, a, b, out) = (variant.kernels, elements(n), elements(n), room(2))
                return { k.fr_product_round(a.p, b.p, half, half, out.p) }
            },
            BenchmarkCase(name: "sum-check round int64", item: "pair", itemCount: half) { variant in
                let (k, a, b) = (variant.kernels, integers(n, bits: 17), elements(n))
                let out = room(2)
                return { k.i64_product_round(a.p, b.p, half, half, out.p) }
            },
            BenchmarkCase(
                name: "sum-check fold, round", item: "pair", itemCount: n / 4, multiplications: 6,
                everyImplementation: true
            ) {
                variant in
                let (k, a, b, out) = (variant.kernels, elements(n), elements(n), room(2))
                return { k.fr_product_fold_round(a.p, b.p, n / 4, n, challenge, out.p) }
            },
            BenchmarkCase(
                name: "neighbours round", item: "pair", itemCount: half, multiplications: 2
            ) { variant in
                let (k, a, b, out) = (variant.kernels, elements(n), elements(n), room(2))
                return { k.fr_adjacent_round(a.p, b.p, n, out.p) }
            },
            BenchmarkCase(name: "neighbours round int64", item: "pair", itemCount: half) {
                variant in
                let (k, a, b) = (variant.kernels, integers(n, bits: 17), elements(n))
                let out = room(2)
                return { k.i64_adjacent_round(a.p, b.p, n, out.p) }
            },
            BenchmarkCase(
                name: "neighbours fold, round", item: "pair", itemCount: n / 4, multiplications: 6
            ) {
                variant in
                let (k, a, b, out) = (variant.kernels, elements(n), elements(n), room(2))
                let (aOut, bOut) = (room(half), room(half))
                return {
                    k.fr_adjacent_fold_round(aOut.p, a.p, bOut.p, b.p, n, challenge, out.p)
                }
            },
            BenchmarkCase(
                name: "sum-check, whole", item: "entry", itemCount: n, multiplications: 4,
                everyImplementation: true
            ) { variant in
                let (k, a, b, out) = (variant.kernels, elements(n), elements(n), room(2))
                return {
                    k.fr_product_round(a.p, b.p, half, half, out.p)
                    var quarter = n / 4
                    while quarter > 0 {
                        k.fr_product_fold_round(
                            a.p, b.p, quarter, 4 * quarter, challenge, out.p)
                        quarter /= 2
                    }
                }
            },
            BenchmarkCase(name: "zero-check round", item: "pair", itemCount: half) { variant in
                // eq * (T1 T2 T3 + c T1 T2 + c): degree 4.
                let tables = (0..<4).map { _ in elements(n) }
                let pointers = tables.map { ck_table(elements: $0.p, integers: nil) }
                let coefficients = [one, challenge, challenge]
                let starts: [UInt32] = [0, 3, 5, 5]
                let indices: [UInt32] = [1, 2, 3, 1, 2]
                let (k, out) = (variant.kernels, room(4))
                return {
                    k.terms_round(
                        pointers, 4, 0, coefficients, starts, indices, 3, 4, half, out.p)
                    withExtendedLifetime(tables) {}
                }
            },
        ]
    }

    /// Multiplications: a pair of nodes is combined by 3, of leaves by 1, since their numerators
    /// are 0 and 1. A layer's sum-check takes 6 products for a pair of each of its four tables and
    /// 8 to fold them, which numerators of leaves again spare 2 of each once.
    static func fractions(_ n: Int) -> [BenchmarkCase] {
        [
            BenchmarkCase(name: "fraction leaves", item: "leaf", itemCount: n) { variant in
                let columns = (0..<2).map { _ in integers(n, bits: 16) }
                let pointers = columns.map { UnsafePointer($0.p) }
                let (k, out) = (variant.kernels, room(n))
                let weights = [challenge, one]
                return {
                    k.i64_leaf_denominators(out.p, challenge, pointers, weights, 2, n, nil)
                    withExtendedLifetime(columns) {}
                }
            },
            BenchmarkCase(name: "fraction layers", item: "leaf", itemCount: n, multiplications: 2) {
                variant in
                let (k, p, q) = (variant.kernels, masks(n), elements(n))
                let (pOut, qOut) = (room(n), room(n))
                return {
                    k.i64_fraction_combine(pOut.p, qOut.p, p.p, q.p, n / 2, nil)
                    var h = n / 4
                    while h > 0 {
                        k.fr_fraction_combine(pOut.p, qOut.p, pOut.p, qOut.p, h, nil)
                        h /= 2
                    }
                }
            },
            BenchmarkCase(
                name: "leaf layer sum-check", item: "leaf", itemCount: n, multiplications: 4.75,
                everyImplementation: true
            ) { variant in
                let half = n / 2
                let (k, p0, p1) = (variant.kernels, masks(half), masks(half))
                let (q0, q1) = (elements(half), elements(half))
                let (p, s, e, out) = (room(half), room(half), elements(half), room(2))
                return {
                    leafSumcheck(
                        k, p0.p, p1.p, q0.p, q1.p, half, p: p.p, s: s.p, e: e.p, out: out.p)
                }
            },
            tree(n),
        ]
    }

    /// What one lookup's fractions take from leaves to root and back: layers, then each one's
    /// sum-check from the root down. Multiplications: 2 for the layers, 4.75 for the leaves'
    /// sum-check, 5.5 for those above, 0.5 for their tables of eq.
    private static func tree(_ n: Int) -> BenchmarkCase {
        BenchmarkCase(
            name: "fraction tree, whole", item: "leaf", itemCount: n, multiplications: 12.75,
            everyImplementation: true
        ) { variant in
            let (k, numerators, denominators) = (variant.kernels, masks(n), elements(n))
            // Layers of n/2, n/4, .., 4 entries, one behind the other.
            let (p, q, e, out) = (room(n), room(n), room(n / 4), room(2))
            let point = elements(n.trailingZeroBitCount)
            func eq(_ count: Int) {
                k.fr_eq(e.p, point.p, count.trailingZeroBitCount, count, one)
            }
            return {
                k.i64_fraction_combine(p.p, q.p, numerators.p, denominators.p, n / 2, nil)
                var (offset, half) = (0, n / 4)
                while half >= 4 {
                    let next = offset + 2 * half
                    k.fr_fraction_combine(
                        p.p + next, q.p + next, p.p + offset, q.p + offset, half, nil)
                    (offset, half) = (next, half / 2)
                }
                while half < n / 2 {
                    let (p0, s) = (p.p + offset, p.p + offset + half)
                    let (q0, q1) = (q.p + offset, q.p + offset + half)
                    eq(half / 2)
                    k.fr_fraction_prepare(s, s, challenge, q1, half, nil)
                    k.fr_fraction_round(p0, s, q0, q1, e.p, half / 2, nil, nil, out.p)
                    var quarter = half / 4
                    while quarter > 0 {
                        k.fr_fraction_fold_round(
                            p0, s, q0, q1, e.p, quarter, challenge, nil, nil, out.p)
                        quarter /= 2
                    }
                    half *= 2
                    offset -= 2 * half
                }
                // Nobody needs the layers any more.
                eq(n / 4)
                leafSumcheck(
                    k, numerators.p, numerators.p + n / 2, denominators.p, denominators.p + n / 2,
                    n / 2, p: p.p, s: q.p, e: e.p, out: out.p)
            }
        }
    }

    /// All rounds over the leaves' four tables of `half` entries each.
    private static func leafSumcheck(
        _ k: ck_kernels, _ p0: UnsafePointer<Int64>, _ p1: UnsafePointer<Int64>,
        _ q0: UnsafeMutablePointer<ck_fr>, _ q1: UnsafeMutablePointer<ck_fr>, _ half: Int,
        p: UnsafeMutablePointer<ck_fr>, s: UnsafeMutablePointer<ck_fr>, e: UnsafePointer<ck_fr>,
        out: UnsafeMutablePointer<ck_fr>
    ) {
        k.i64_fraction_prepare(s, p1, challenge, q1, half, nil)
        k.i64_fraction_round(p0, s, q0, q1, e, half / 2, nil, nil, out)
        k.i64_fraction_fold_round(p, p0, s, q0, q1, e, half / 4, challenge, nil, nil, out)
        var quarter = half / 8
        while quarter > 0 {
            k.fr_fraction_fold_round(p, s, q0, q1, e, quarter, challenge, nil, nil, out)
            quarter /= 2
        }
    }

    private static func univariate(_ n: Int) -> [BenchmarkCase] {
        [
            BenchmarkCase(name: "even-odd fold", item: "pair", itemCount: n / 2, multiplications: 1)
            { variant in
                let (k, a, out) = (variant.kernels, elements(n), room(n / 2))
                return { k.fr_even_odd_fold(out.p, a.p, challenge, n / 2) }
            },
            BenchmarkCase(name: "evaluation", item: "term", itemCount: n, multiplications: 1) {
                variant in
                let (k, a) = (variant.kernels, elements(n))
                return { blackHole(k.fr_evaluate(a.p, challenge, n)) }
            },
            BenchmarkCase(name: "division by X - a", item: "term", itemCount: n, multiplications: 1)
            { variant in
                let (k, a, out) = (variant.kernels, elements(n), room(n))
                return { blackHole(k.fr_divide_by_linear(out.p, a.p, challenge, n)) }
            },
        ]
    }

    private static func multiples(_ n: Int) -> [BenchmarkCase] {
        [
            BenchmarkCase(name: "powers of tau", item: "point", itemCount: n) { variant in
                let (k, threads) = (variant.kernels, Int32(variant.threadCount))
                let scalars = Memory<ck_fr>(n)
                let out = Memory<ck_g1_affine>(n)
                let scratch = Memory<UInt8>(ck_fixed_base_scratch_bytes(n, threads))
                return {
                    k.fr_powers(scalars.p, challenge, one, n)
                    k.g1_fixed_base(out.p, generator, scalars.p, n, threads, scratch.p)
                }
            }
        ]
    }

    /// Multiplications of the bucket method for a point, by batched affine additions of 6 each,
    /// with the best windows: an addition a digit, and two for each bucket at the end.
    private static func bucketMultiplications(_ n: Int, bits: Int) -> Double {
        let additions = (2...20).map { window in
            let windows = (bits + window) / window  // signed digits: one bit more
            return Double(windows * (n + 1 << window))
        }
        return 6 * (additions.min() ?? 0) / Double(n)
    }

    static func sums(_ n: Int) -> [BenchmarkCase] {
        let bases = Once { points(n) }
        let full = BenchmarkCase(
            name: "msm full width", item: "point", itemCount: n,
            multiplications: bucketMultiplications(n, bits: 254), everyImplementation: true
        ) { variant in
            let (k, threads) = (variant.kernels, Int32(variant.threadCount))
            let bases = bases.value
            let scalars = elements(n)
            let scratch = Memory<UInt8>(ck_msm_scratch_bytes([n], 1, 255, threads))
            return {
                var sum = ck_g1_affine()
                k.g1_msm_fr(&sum, bases.p, [UnsafePointer(scalars.p)], [n], 1, threads, scratch.p)
                blackHole(sum)
            }
        }
        let small = [64, 32, 16, 8].map { bits in
            BenchmarkCase(
                name: "msm \(bits) bits", item: "point", itemCount: n,
                multiplications: bucketMultiplications(n, bits: bits),
                everyImplementation: bits == 16
            ) { variant in
                let (k, threads) = (variant.kernels, Int32(variant.threadCount))
                let bases = bases.value
                let scalars = integers(n, bits: bits)
                let scratch = Memory<UInt8>(ck_msm_scratch_bytes([n], 1, Int32(bits), threads))
                return {
                    var sum = ck_g1_affine()
                    k.g1_msm_i64(
                        &sum, bases.p, [UnsafePointer(scalars.p)], [n], 1, Int32(bits), threads,
                        scratch.p)
                    blackHole(sum)
                }
            }
        }
        return [full] + small
    }
}
