import CKernels
import Curve
import Field

/// Multi-scalar multiplication in G1, and multiples of one fixed base.
///
/// Time depends on scalars and points. Bases must lie on the curve; infinity, repeated and
/// opposite bases are fine. Reference for the buckets: Bernstein, Doumen, Lange, Oosterwijk,
/// "Faster batch forgery identification" (INDOCRYPT 2012), section 4; for adding affine points
/// with a shared inversion: Montgomery 1987.
enum MSMKernel {
    /// Σ scalars_i · bases_i. About 130 ns a point and window on one core; allocates scratch of
    /// about 36 bytes a point and 300 KB a thread.
    static func multiply(
        bases: UnsafeBufferPointer<G1Affine>, scalars: UnsafeBufferPointer<Fr>,
        with k: KernelSet = .best
    ) -> G1Affine {
        check(bases.count, scalars.count)
        let threads = Threads.count
        return withScratch(ck_msm_scratch_bytes(scalars.count, 255, Int32(threads))) {
            G1Affine(k.c.g1_msm_fr(bases.c, scalars.c, scalars.count, Int32(threads), $0))
        }
    }

    static func multiply(
        bases: [G1Affine], scalars: [Fr], with k: KernelSet = .best
    ) -> G1Affine {
        bases.withUnsafeBufferPointer { bases in
            scalars.withUnsafeBufferPointer { multiply(bases: bases, scalars: $0, with: k) }
        }
    }

    /// The same for integers: the work is proportional to the bits that the widest one has.
    static func multiply(
        bases: UnsafeBufferPointer<G1Affine>, scalars: UnsafeBufferPointer<Int64>,
        with k: KernelSet = .best
    ) -> G1Affine {
        check(bases.count, scalars.count)
        let threads = Threads.count
        // Found here, never taken on trust: a wider scalar would leave the buckets.
        let bits = ck_i64_bits(scalars.c, scalars.count)
        return withScratch(ck_msm_scratch_bytes(scalars.count, bits, Int32(threads))) {
            G1Affine(k.c.g1_msm_i64(bases.c, scalars.c, scalars.count, bits, Int32(threads), $0))
        }
    }

    static func multiply(
        bases: [G1Affine], scalars: [Int64], with k: KernelSet = .best
    ) -> G1Affine {
        bases.withUnsafeBufferPointer { bases in
            scalars.withUnsafeBufferPointer { multiply(bases: bases, scalars: $0, with: k) }
        }
    }

    /// scalars_i · base for all i, by a table of the base's multiples.
    static func multiples(
        of base: G1Affine, _ scalars: UnsafeBufferPointer<Fr>,
        into out: UnsafeMutableBufferPointer<G1Affine>, with k: KernelSet = .best
    ) {
        FieldKernels.check(scalars.count, out.count)
        let threads = Threads.count
        withScratch(ck_fixed_base_scratch_bytes(scalars.count, Int32(threads))) {
            k.c.g1_fixed_base(out.c, base.c, scalars.c, scalars.count, Int32(threads), $0)
        }
    }

    /// tau^i · base for i < count: the powers of a locally made reference string.
    static func powers(
        of tau: Fr, times base: G1Affine = .generator, count: Int, with k: KernelSet = .best
    ) -> [G1Affine] {
        let scalars = FieldKernels.powers(of: tau, count: count, with: k)
        return scalars.withUnsafeBufferPointer { scalars in
            .filled(count) { multiples(of: base, scalars, into: $0, with: k) }
        }
    }

    private static func check(_ bases: Int, _ scalars: Int) {
        precondition(
            scalars <= bases && scalars < 1 << 31, "\(scalars) scalars for \(bases) bases")
    }

    private static func withScratch<R>(_ bytes: Int, _ body: (UnsafeMutableRawPointer) -> R) -> R {
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 64), alignment: 64)
        defer { scratch.deallocate() }
        return body(scratch)
    }
}
