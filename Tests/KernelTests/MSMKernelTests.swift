import CGMP
import CKernels
import Curve
import Field
import TestSupport
import Testing

@testable import Prover

@Suite("MSM kernels", .serialized) struct MSMKernelTests {
    /// Multiples of the generator by 1, 2, .., so that a sum is one multiplication to check.
    static func consecutiveBases(_ count: Int) -> [G1Affine] {
        var bases: [G1] = []
        var next = G1.generator
        for _ in 0..<count {
            bases.append(next)
            next += G1Affine.generator
        }
        return G1.normalize(bases)
    }
    static let bases = consecutiveBases(3000)
    /// The multiples they are, in the field.
    static let logarithms = (1...3000).map { Fr($0) }

    private func expected(_ scalars: [Fr]) -> G1Affine {
        let total = Reference.innerProduct(scalars, Self.logarithms)
        return (total * G1Affine.generator).affine
    }

    @Test("full-width scalars", arguments: KernelSet.all, [0, 1, 2, 3, 17, 100, 3000])
    func fullWidth(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count))
        let scalars = rng.elements(count)
        let bases = Array(Self.bases[..<count])
        expect(k, equals: expected(scalars)) { k in
            MSMKernel.multiply(bases: bases, scalars: scalars, with: k)
        }
    }

    @Test("agrees with the verifier's sum", arguments: KernelSet.all, [1, 5, 40])
    func agreesWithCurve(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count) + 1)
        let scalars = rng.elements(count)
        let bases = (0..<count).map { _ in Self.bases.randomElement(using: &rng)! }
        #expect(
            MSMKernel.multiply(bases: bases, scalars: scalars, with: k)
                == G1.multiScalarMultiply(points: bases, scalars: scalars).affine)
    }

    @Test("integers of every width", arguments: KernelSet.all, [1, 2, 7, 8, 9, 16, 17, 32, 62, 63])
    func integers(kernels k: KernelSet, bits: Int) {
        var rng = SeededGenerator(seed: UInt64(bits))
        for count in [1, 40, 2500] {
            let scalars = rng.integers(count, bits: bits)
            let bases = Array(Self.bases[..<count])
            expect(k, equals: expected(scalars.map { Fr($0) })) { k in
                MSMKernel.multiply(bases: bases, scalars: scalars, with: k)
            }
        }
    }

    @Test("all zero, all one, all equal, extremes", arguments: KernelSet.all)
    func uniformScalars(kernels k: KernelSet) {
        for count in [1, 2, 2049] {
            let bases = Array(Self.bases[..<count])
            for value: Int64 in [0, 1, -1, 127, -128, .max, .min] {
                let scalars = [Int64](repeating: value, count: count)
                #expect(
                    MSMKernel.multiply(bases: bases, scalars: scalars, with: k)
                        == expected(scalars.map { Fr($0) }), "\(count) times \(value)")
            }
            for value in Fr.edgeValues.prefix(6) {
                let scalars = [Fr](repeating: value, count: count)
                #expect(
                    MSMKernel.multiply(bases: bases, scalars: scalars, with: k)
                        == expected(scalars), "\(count) times \(value)")
            }
        }
    }

    @Test("repeated, opposite and infinite bases", arguments: KernelSet.all)
    func degenerateBases(kernels k: KernelSet) {
        var rng = SeededGenerator(seed: 3)
        let (p, q) = (G1Affine.generator, (Fr(77) * G1Affine.generator).affine)
        for count in [2, 3, 64, 700, 2600] {
            // Few bases, few digits: buckets are full of equal and opposite points.
            let choices = [
                (p, Fr.one), (-p, -.one), (q, Fr(77)), (-q, -Fr(77)), (.infinity, .zero),
            ]
            let picked = (0..<count).map { _ in choices.randomElement(using: &rng)! }
            let bases = picked.map(\.0)
            let small = (0..<count).map { _ in Int64.random(in: -2...2, using: &rng) }
            let wide = rng.elements(count)
            let ones = [Int64](repeating: 1, count: count)
            for scalars in [small, ones] {
                let total = zip(picked, scalars).reduce(Fr.zero) { $0 + $1.0.1 * Fr($1.1) }
                expect(k, equals: (total * p).affine) { k in
                    MSMKernel.multiply(bases: bases, scalars: scalars, with: k)
                }
            }
            let total = zip(picked, wide).reduce(Fr.zero) { $0 + $1.0.1 * $1.1 }
            expect(k, equals: (total * p).affine) { k in
                MSMKernel.multiply(bases: bases, scalars: wide, with: k)
            }
        }
        #expect(
            MSMKernel.multiply(bases: [p, -p], scalars: [Fr(5), Fr(5)], with: k) == .infinity)
        #expect(
            MSMKernel.multiply(bases: [.infinity], scalars: [Fr(5)], with: k) == .infinity)
        #expect(
            MSMKernel.multiply(bases: [p, p], scalars: [5, 5] as [Int64], with: k)
                == (Fr(10) * p).affine)
    }

    @Test("a sum checked with GMP's integers", arguments: KernelSet.all)
    func againstGMP(kernels k: KernelSet) {
        // Σ s_i (i + 1) mod r by GMP, then one multiplication of the generator.
        var rng = SeededGenerator(seed: 8)
        let scalars = rng.elements(500)
        var total = Fr.zero
        for (i, scalar) in scalars.enumerated() {
            total += Fr(canonicalLimbs: GMP.product(scalar, Fr(i + 1))) ?? .zero
        }
        #expect(
            MSMKernel.multiply(bases: Array(Self.bases[..<500]), scalars: scalars, with: k)
                == (total * G1Affine.generator).affine)
    }

    @Test("rows of scalars together as one by one", arguments: KernelSet.all)
    func rows(kernels k: KernelSet) {
        var rng = SeededGenerator(seed: 12)
        // Rows of one point, none, many; one of zeros; more rows than a task's share.
        for counts in [[0], [1, 0, 700], [3000, 1500, 3, 3000], Array(repeating: 130, count: 60)] {
            let full = counts.map { rng.elements($0) }
            var small = counts.map { rng.integers($0, bits: 11) }
            small[0] = small[0].map { _ in 0 }
            Self.bases.withUnsafeBufferPointer { bases in
                for threads in [1, 2, 5] {
                    Threads.with(threads) {
                        let sums = withBuffers(full) {
                            MSMKernel.multiply(bases: bases, rows: $0, with: k)
                        }
                        #expect(sums == full.map(expected))
                        let integerSums = withBuffers(small) {
                            MSMKernel.multiply(bases: bases, rows: $0, with: k)
                        }
                        #expect(integerSums == small.map { expected($0.map { Fr($0) }) })
                    }
                }
            }
        }
    }

    @Test("multiples of one base", arguments: KernelSet.all, [1, 2, 40, 1500])
    func fixedBase(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count))
        let base = (Fr(1234) * G1Affine.generator).affine
        let scalars = rng.elements(count)
        let expected = scalars.prefix(10).map { ($0 * base).affine }
        for threads in threadCounts {
            let multiples: [G1Affine] = Threads.with(threads) {
                scalars.withUnsafeBufferPointer { scalars in
                    .filled(count) { MSMKernel.multiples(of: base, scalars, into: $0, with: k) }
                }
            }
            #expect(Array(multiples.prefix(10)) == expected)
            // The rest by one random combination.
            let weights = (0..<count).map { _ in Fr(UInt64.random(in: 1..<1 << 20, using: &rng)) }
            #expect(
                MSMKernel.multiply(bases: multiples, scalars: weights, with: k)
                    == (Reference.innerProduct(weights, scalars) * base).affine)
        }
        let infinite: [G1Affine] = scalars.withUnsafeBufferPointer { scalars in
            .filled(count) { MSMKernel.multiples(of: .infinity, scalars, into: $0, with: k) }
        }
        #expect(infinite == [G1Affine](repeating: .infinity, count: count))
    }

    @Test("scratch of the size asked for is enough", arguments: KernelSet.all, [1, 2, 3, 16])
    func scratch(kernels k: KernelSet, threads: Int) {
        var rng = SeededGenerator(seed: 12)
        let guardSize = 4096
        func check(_ bytes: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
            let scratch = UnsafeMutableRawPointer.allocate(
                byteCount: bytes + guardSize, alignment: 64)
            defer { scratch.deallocate() }
            let end = UnsafeMutableRawBufferPointer(
                start: scratch + bytes, count: guardSize)
            end.initializeMemory(as: UInt8.self, repeating: 0xab)
            Threads.with(threads) { body(scratch) }
            #expect(end.elementsEqual(repeatElement(0xab, count: guardSize)))
        }
        for n in [1, 3, 600, 2100] {
            let bases = Array(Self.bases[..<n])
            let (full, small) = (rng.elements(n), rng.integers(n, bits: 15))
            let t = Int32(threads)
            bases.withUnsafeBufferPointer { bases in
                full.withUnsafeBufferPointer { full in
                    let rows = [full, UnsafeBufferPointer(rebasing: full[..<(n / 2)])]
                    let counts = rows.map(\.count)
                    check(ck_msm_scratch_bytes(counts, 2, 255, t)) { scratch in
                        withPointers(rows, \.c) { rows in
                            let out = [G1Affine].filled(2) {
                                k.c.g1_msm_fr($0.c, bases.c, rows, counts, 2, t, scratch)
                            }
                            #expect(out.count == 2)
                        }
                    }
                    check(ck_fixed_base_scratch_bytes(n, t)) { scratch in
                        let out = [G1Affine].filled(n) {
                            k.c.g1_fixed_base($0.c, bases.c[0], full.c, n, t, scratch)
                        }
                        #expect(out.count == n)
                    }
                }
                for bits: Int32 in [16, 17, 40, 64] {
                    check(ck_msm_scratch_bytes([n], 1, bits, t)) { scratch in
                        small.withUnsafeBufferPointer { small in
                            withPointers([small], \.c) { rows in
                                let out = [G1Affine].filled(1) {
                                    k.c.g1_msm_i64($0.c, bases.c, rows, [n], 1, bits, t, scratch)
                                }
                                #expect(out.count == 1)
                            }
                        }
                    }
                }
            }
        }
    }

    @Test("powers of tau", arguments: KernelSet.all)
    func powers(kernels k: KernelSet) {
        let tau = Fr(987_654_321)
        let powers = MSMKernel.powers(of: tau, count: 300, with: k)
        var scalar = Fr.one
        for power in powers.prefix(8) {
            #expect(power == (scalar * G1Affine.generator).affine)
            scalar *= tau
        }
        #expect(powers[299] == (tau.power(299) * G1Affine.generator).affine)
    }
}
