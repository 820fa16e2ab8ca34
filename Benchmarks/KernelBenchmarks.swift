import CGMP
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

    private static let singleInversions = 256

    // MARK: Families

    private static func vectors(_ n: Int) -> [BenchmarkCase] {
        [
            BenchmarkCase(
                name: "fr mul", item: "mul", itemCount: n,
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
            BenchmarkCase(name: "fr fold", item: "pair", itemCount: n / 2) { variant in
                let (k, a, out) = (variant.kernels, elements(n), room(n / 2))
                return { k.fr_fold(out.p, a.p, a.p + n / 2, challenge, n / 2) }
            },
            BenchmarkCase(name: "int64 fold", item: "pair", itemCount: n / 2) { variant in
                let (k, a, out) = (variant.kernels, integers(n, bits: 17), room(n / 2))
                return { k.i64_fold(out.p, a.p, a.p + n / 2, challenge, n / 2) }
            },
            BenchmarkCase(name: "fr inner product", item: "term", itemCount: n) { variant in
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
            BenchmarkCase(name: "eq table", item: "cell", itemCount: n) { variant in
                let (k, out) = (variant.kernels, room(n))
                let point = elements(n.trailingZeroBitCount)
                return { k.fr_eq(out.p, point.p, n.trailingZeroBitCount, n, challenge) }
            },
            BenchmarkCase(name: "batch inversion", item: "element", itemCount: n) { variant in
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

    private static func sumchecks(_ n: Int) -> [BenchmarkCase] {
        let half = n / 2
        return [
            BenchmarkCase(name: "sum-check round", item: "pair", itemCount: half) { variant in
                let (k, a, b, out) = (variant.kernels, elements(n), elements(n), room(2))
                return { k.fr_product_round(a.p, b.p, half, half, out.p) }
            },
            BenchmarkCase(name: "sum-check round int64", item: "pair", itemCount: half) { variant in
                let (k, a, b) = (variant.kernels, integers(n, bits: 17), elements(n))
                let out = room(2)
                return { k.i64_product_round(a.p, b.p, half, half, out.p) }
            },
            BenchmarkCase(name: "sum-check fold, round", item: "pair", itemCount: n / 4) {
                variant in
                let (k, a, b, out) = (variant.kernels, elements(n), elements(n), room(2))
                return { k.fr_product_fold_round(a.p, b.p, n / 4, n, challenge, out.p) }
            },
            BenchmarkCase(name: "neighbours round", item: "pair", itemCount: half) { variant in
                let (k, a, b, out) = (variant.kernels, elements(n), elements(n), room(2))
                return { k.fr_adjacent_round(a.p, b.p, n, out.p) }
            },
            BenchmarkCase(name: "neighbours round int64", item: "pair", itemCount: half) {
                variant in
                let (k, a, b) = (variant.kernels, integers(n, bits: 17), elements(n))
                let out = room(2)
                return { k.i64_adjacent_round(a.p, b.p, n, out.p) }
            },
            BenchmarkCase(name: "neighbours fold, round", item: "pair", itemCount: n / 4) {
                variant in
                let (k, a, b, out) = (variant.kernels, elements(n), elements(n), room(2))
                let (aOut, bOut) = (room(half), room(half))
                return {
                    k.fr_adjacent_fold_round(aOut.p, a.p, bOut.p, b.p, n, challenge, out.p)
                }
            },
            BenchmarkCase(name: "sum-check, whole", item: "entry", itemCount: n) { variant in
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

    private static func fractions(_ n: Int) -> [BenchmarkCase] {
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
            BenchmarkCase(name: "fraction layers", item: "leaf", itemCount: n) { variant in
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
            BenchmarkCase(name: "leaf layer sum-check", item: "leaf", itemCount: n) { variant in
                let half = n / 2
                let (k, p0, p1) = (variant.kernels, masks(half), masks(half))
                let (q0, q1) = (elements(half), elements(half))
                let (p, s, e, out) = (room(half), room(half), elements(half), room(2))
                return {
                    k.i64_fraction_prepare(s.p, p1.p, challenge, q1.p, half, nil)
                    k.i64_fraction_round(
                        p0.p, s.p, q0.p, q1.p, e.p, half / 2, nil, nil, out.p)
                    k.i64_fraction_fold_round(
                        p.p, p0.p, s.p, q0.p, q1.p, e.p, half / 4, challenge, nil, nil,
                        out.p)
                    var quarter = half / 8
                    while quarter > 0 {
                        k.fr_fraction_fold_round(
                            p.p, s.p, q0.p, q1.p, e.p, quarter, challenge, nil, nil, out.p)
                        quarter /= 2
                    }
                }
            },
        ]
    }

    private static func univariate(_ n: Int) -> [BenchmarkCase] {
        [
            BenchmarkCase(name: "even-odd fold", item: "pair", itemCount: n / 2) { variant in
                let (k, a, out) = (variant.kernels, elements(n), room(n / 2))
                return { k.fr_even_odd_fold(out.p, a.p, challenge, n / 2) }
            },
            BenchmarkCase(name: "evaluation", item: "term", itemCount: n) { variant in
                let (k, a) = (variant.kernels, elements(n))
                return { blackHole(k.fr_evaluate(a.p, challenge, n)) }
            },
            BenchmarkCase(name: "division by X - a", item: "term", itemCount: n) { variant in
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

    private static func sums(_ n: Int) -> [BenchmarkCase] {
        let bases = points(n)
        let full = BenchmarkCase(name: "msm full width", item: "point", itemCount: n) { variant in
            let (k, threads) = (variant.kernels, Int32(variant.threadCount))
            let scalars = elements(n)
            let scratch = Memory<UInt8>(ck_msm_scratch_bytes([n], 1, 255, threads))
            return {
                var sum = ck_g1_affine()
                k.g1_msm_fr(&sum, bases.p, [UnsafePointer(scalars.p)], [n], 1, threads, scratch.p)
                blackHole(sum)
            }
        }
        let small = [64, 32, 16, 8].map { bits in
            BenchmarkCase(name: "msm \(bits) bits", item: "point", itemCount: n) { variant in
                let (k, threads) = (variant.kernels, Int32(variant.threadCount))
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

    // MARK: Inputs

    private static let one = ck(Fr.one)
    /// An element without structure.
    private static let challenge = ck(
        Fr(montgomery: Limbs256(0x1234_5678_9abc_def0, 0x0fed_cba9_8765_4321, 7, 0x2000_0000)))
    private static let generator = ck_g1_affine(
        x: ck(G1Affine.generator.x), y: ck(G1Affine.generator.y))

    private static func ck(_ x: Fr) -> ck_fr {
        ck_fr(l: (x.limbs.l0, x.limbs.l1, x.limbs.l2, x.limbs.l3))
    }
    private static func ck(_ x: Fq) -> ck_fq {
        ck_fq(l: (x.limbs.l0, x.limbs.l1, x.limbs.l2, x.limbs.l3))
    }

    private static func room(_ n: Int) -> Memory<ck_fr> { Memory<ck_fr>(n) }
    private static func elements(_ n: Int) -> Memory<ck_fr> {
        var random = SplitMix64()
        return Memory(n) { _ in ck(Fr.random(using: &random)) }
    }
    private static func integers(_ n: Int, bits: Int) -> Memory<Int64> {
        var random = SplitMix64()
        return Memory(n) { _ in Int64(truncatingIfNeeded: random.next()) >> Int64(64 - bits) }
    }
    /// 1 in the first three quarters, 0 behind: what a tensor's mask looks like.
    private static func masks(_ n: Int) -> Memory<Int64> { Memory(n) { $0 < n * 3 / 4 ? 1 : 0 } }

    private static func points(_ n: Int) -> Memory<ck_g1_affine> {
        let kernels = Variant(implementation: .best, threadCount: 1).kernels
        let scalars = elements(n)
        let scratch = Memory<UInt8>(ck_fixed_base_scratch_bytes(n, 1))
        let out = Memory<ck_g1_affine>(n)
        kernels.g1_fixed_base(out.p, generator, scalars.p, n, 1, scratch.p)
        return out
    }
}

extension Variant {
    var kernels: ck_kernels {
        ck_kernels_for(implementation == .best ? ck_cpu_features() : 0).pointee
    }
}

/// An array that C may write: 64-byte aligned, freed with its last reference.
private final class Memory<T> {
    let p: UnsafeMutablePointer<T>

    /// Zeroed: every page is there before anything is timed.
    init(_ count: Int) {
        let bytes = max(1, count) * MemoryLayout<T>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        // SAFETY: plain C types, for which zeros are a value.
        p = raw.bindMemory(to: T.self, capacity: max(1, count))
    }

    convenience init(_ count: Int, _ value: (Int) -> T) {
        self.init(count)
        for i in 0..<count { p[i] = value(i) }
    }

    deinit { p.deallocate() }
}

/// Montgomery products by GMP's limb functions: a product, four rows of reduction, a subtraction.
private enum GMPMontgomery {
    static func multiply(
        _ out: UnsafeMutablePointer<ck_fr>, _ a: UnsafePointer<ck_fr>, _ b: UnsafePointer<ck_fr>,
        _ n: Int
    ) {
        let p = Fr.modulus
        let modulus: [UInt] = [UInt(p.l0), UInt(p.l1), UInt(p.l2), UInt(p.l3)]
        let inverse = UInt(Fr.negatedModulusInverse)
        var product = [UInt](repeating: 0, count: 9)
        product.withUnsafeMutableBufferPointer { t in
            let t = t.baseAddress!
            modulus.withUnsafeBufferPointer { modulus in
                let modulus = modulus.baseAddress!
                for i in 0..<n {
                    // SAFETY: ck_fr is four limbs of 64 bits, GMP's mp_limb_t on this platform.
                    let x = UnsafeRawPointer(a + i).assumingMemoryBound(to: UInt.self)
                    let y = UnsafeRawPointer(b + i).assumingMemoryBound(to: UInt.self)
                    let z = UnsafeMutableRawPointer(out + i).assumingMemoryBound(to: UInt.self)
                    __gmpn_mul_n(t, x, y, 4)
                    for j in 0..<4 {
                        // The carry of row j belongs at limb j + 4; limb j is now zero: keep it.
                        t[j] = __gmpn_addmul_1(t + j, modulus, 4, t[j] &* inverse)
                    }
                    _ = __gmpn_add_n(z, t, t + 4, 4)
                    if __gmpn_cmp(z, modulus, 4) >= 0 { _ = __gmpn_sub_n(z, z, modulus, 4) }
                }
            }
        }
    }
}

/// Inverses by GMP's extended Euclid, in place; what Montgomery form would add is left out.
private enum GMPInversion {
    static func invert(_ a: UnsafeMutablePointer<ck_fr>, _ n: Int) {
        var (x, y, p) = (mpz_t(), mpz_t(), mpz_t())
        __gmpz_init2(&x, 256)
        __gmpz_init2(&y, 256)
        __gmpz_init2(&p, 256)
        let modulus = Fr.modulus
        let limbs: [UInt64] = [modulus.l0, modulus.l1, modulus.l2, modulus.l3]
        __gmpz_import(&p, 4, -1, 8, 0, 0, limbs)
        for i in 0..<n {
            __gmpz_import(&x, 4, -1, 8, 0, 0, a + i)
            __gmpz_invert(&y, &x, &p)
            var count = 0
            var out = ck_fr()
            __gmpz_export(&out, &count, -1, 8, 0, 0, &y)
            a[i] = out
        }
        __gmpz_clear(&x)
        __gmpz_clear(&y)
        __gmpz_clear(&p)
    }
}

/// Keeps the optimizer from dropping a result.
@inline(never) func blackHole<T>(_: T) {}

/// The same inputs in every run.
private struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64 = 0
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
