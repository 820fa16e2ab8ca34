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
    /// Σ_i rows_r,i · bases_i for each row r of scalars. About 35 ns a point and window on one core
    /// with AVX-512; allocates scratch of about 36 bytes a point and 1 MB a thread.
    ///
    /// Rows together take less time than one by one: batches of additions are larger, and threads
    /// finish together.
    static func multiply(
        bases: UnsafeBufferPointer<G1Affine>, rows: [UnsafeBufferPointer<Fr>],
        with k: KernelSet = .best
    ) -> [G1Affine] {
        multiply(bases, rows, \.c, bits: 255) { out, rows, counts, threads, scratch in
            k.c.g1_msm_fr(out, bases.c, rows, counts, counts.count, threads, scratch)
        }
    }

    /// The same for integers: the work is proportional to the bits that the widest one has.
    static func multiply(
        bases: UnsafeBufferPointer<G1Affine>, rows: [UnsafeBufferPointer<Int64>],
        with k: KernelSet = .best
    ) -> [G1Affine] {
        // Found here, never taken on trust: a wider scalar would leave the buckets.
        let bits = rows.reduce(1) { max($0, ck_i64_bits($1.c, $1.count)) }
        return multiply(bases, rows, \.c, bits: bits) { out, rows, counts, threads, scratch in
            k.c.g1_msm_i64(out, bases.c, rows, counts, counts.count, bits, threads, scratch)
        }
    }

    private static func multiply<Scalar, C>(
        _ bases: UnsafeBufferPointer<G1Affine>, _ rows: [UnsafeBufferPointer<Scalar>],
        _ pointer: (UnsafeBufferPointer<Scalar>) -> UnsafePointer<C>, bits: Int32,
        _ kernel: (
            UnsafeMutablePointer<ck_g1_affine>, UnsafePointer<UnsafePointer<C>>, [Int], Int32,
            UnsafeMutableRawPointer
        ) -> Void
    ) -> [G1Affine] {
        for row in rows { check(bases.count, row.count) }
        guard !rows.isEmpty else { return [] }
        let counts = rows.map(\.count)
        let threads = Int32(Threads.count)
        return withScratch(ck_msm_scratch_bytes(counts, counts.count, bits, threads)) { scratch in
            withPointers(rows, pointer) { rows in
                .filled(counts.count) { kernel($0.c, rows, counts, threads, scratch) }
            }
        }
    }

    /// Σ scalars_i · bases_i.
    static func multiply(
        bases: UnsafeBufferPointer<G1Affine>, scalars: UnsafeBufferPointer<Fr>,
        with k: KernelSet = .best
    ) -> G1Affine {
        multiply(bases: bases, rows: [scalars], with: k)[0]
    }

    static func multiply(
        bases: UnsafeBufferPointer<G1Affine>, scalars: UnsafeBufferPointer<Int64>,
        with k: KernelSet = .best
    ) -> G1Affine {
        multiply(bases: bases, rows: [scalars], with: k)[0]
    }

    static func multiply(
        bases: [G1Affine], scalars: [Fr], with k: KernelSet = .best
    ) -> G1Affine {
        bases.withUnsafeBufferPointer { bases in
            scalars.withUnsafeBufferPointer { multiply(bases: bases, scalars: $0, with: k) }
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
