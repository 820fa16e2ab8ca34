import CGMP
import Field
import TestSupport
import Testing

@testable import Prover

@Suite("Field kernels", .serialized) struct FieldKernelTests {
    /// Around blocks and grains, and the sizes with nothing or little in them.
    static let counts = [0, 1, 2, 3, 7, 64, 129, 5000]

    private func binary(
        _ a: [Fr], _ b: [Fr],
        _ kernel: (FieldKernels.Input, FieldKernels.Input, FieldKernels.Output) -> Void
    ) -> [Fr] {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in .filled(a.count) { kernel(a, b, $0) } }
        }
    }

    @Test("element by element", arguments: KernelSet.all, counts)
    func elementwise(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count))
        let (a, b, c) = (rng.elements(count), rng.elements(count), rng.element())
        let x = rng.integers(count)
        expect(k, count: count, equals: zip(a, b).map { $0 * $1 }) { k in
            binary(a, b) { FieldKernels.multiply($0, $1, into: $2, with: k) }
        }
        expect(k, count: count, equals: zip(a, b).map { $0 + $1 }) { k in
            binary(a, b) { FieldKernels.add($0, $1, into: $2, with: k) }
        }
        expect(k, count: count, equals: zip(a, b).map { $0 - $1 }) { k in
            binary(a, b) { FieldKernels.subtract($0, $1, into: $2, with: k) }
        }
        expect(k, count: count, equals: a.map { c * $0 }) { k in
            binary(a, a) { a, _, out in FieldKernels.scale(a, by: c, into: out, with: k) }
        }
        expect(k, count: count, equals: zip(a, b).map { $0 + c * $1 }) { k in
            var out = a
            out.withUnsafeMutableBufferPointer { out in
                b.withUnsafeBufferPointer {
                    FieldKernels.accumulate(c, times: $0, into: out, with: k)
                }
            }
            return out
        }
        expect(k, count: count, equals: zip(a, x).map { $0 + c * Fr($1) }) { k in
            var out = a
            out.withUnsafeMutableBufferPointer { out in
                x.withUnsafeBufferPointer {
                    FieldKernels.accumulate(c, times: $0, into: out, with: k)
                }
            }
            return out
        }
    }

    @Test("edge values multiply as in GMP", arguments: KernelSet.all)
    func edgesAgainstGMP(kernels k: KernelSet) {
        var rng = SeededGenerator(seed: 9)
        let edges = Fr.edgeValues + (0..<20).map { _ in rng.element() }
        let a = edges.flatMap { x in edges.map { _ in x } }
        let b = edges.flatMap { _ in edges }
        let products = binary(a, b) { FieldKernels.multiply($0, $1, into: $2, with: k) }
        for i in products.indices {
            #expect(products[i].canonicalLimbs == GMP.product(a[i], b[i]), "\(a[i]) · \(b[i])")
        }
    }

    @Test("integers, edges of every width, times field elements", arguments: KernelSet.all)
    func integerEdges(kernels k: KernelSet) {
        let wide: [Int64] = (0..<64).flatMap { [1 << $0, (1 << $0) &- 1, 0 &- (1 << $0)] }
        #expect(FieldKernels.convert(wide, with: k) == wide.map { Fr($0) })
        for c in Fr.edgeValues {
            let out = wide.withUnsafeBufferPointer { x in
                var out = [Fr](repeating: c, count: wide.count)
                out.withUnsafeMutableBufferPointer {
                    FieldKernels.accumulate(c, times: x, into: $0, with: k)
                }
                return out
            }
            #expect(out == wide.map { c + c * Fr($0) })
        }
    }

    @Test("folds", arguments: KernelSet.all, [1, 2, 3, 64, 3000])
    func folds(kernels k: KernelSet, half: Int) {
        var rng = SeededGenerator(seed: UInt64(half))
        let table = rng.elements(2 * half)
        let integers = rng.integers(2 * half)
        for r in [rng.element(), .zero, .one, -.one] {
            expect(k, count: half, equals: Reference.fold(table, by: r)) { k in
                var folded = table
                FieldKernels.fold(&folded, by: r, with: k)
                return folded
            }
            expect(k, count: half, equals: Reference.fold(integers.map { Fr($0) }, by: r)) { k in
                FieldKernels.fold(integers, by: r, with: k)
            }
        }
    }

    @Test("folds of a table with zeros at its end", arguments: KernelSet.all)
    func liveFolds(kernels k: KernelSet) {
        var rng = SeededGenerator(seed: 4)
        let r = rng.element()
        for count in 0...16 {
            let table = rng.elements(count)
            let padded = table + [Fr](repeating: .zero, count: 16 - count)
            var folded = table
            folded.withUnsafeMutableBufferPointer { FieldKernels.fold($0, half: 8, by: r, with: k) }
            let live = min(count, 8)
            #expect(Array(folded[..<live]) == Array(Reference.fold(padded, by: r)[..<live]))
        }
    }

    @Test("sums and inner products", arguments: KernelSet.all, counts)
    func sums(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count) + 1)
        let (a, b, x) = (rng.elements(count), rng.elements(count), rng.integers(count))
        expect(k, count: count, equals: a.reduce(.zero, +)) { k in
            a.withUnsafeBufferPointer { FieldKernels.sum($0, with: k) }
        }
        expect(k, count: count, equals: Reference.innerProduct(a, b)) { k in
            FieldKernels.innerProduct(a, b, with: k)
        }
        expect(k, count: count, equals: Reference.innerProduct(x.map { Fr($0) }, b)) { k in
            FieldKernels.innerProduct(x, b, with: k)
        }
    }

    @Test("inner products of largest values carry", arguments: KernelSet.all)
    func largestSums(kernels k: KernelSet) {
        let largest = -Fr.one  // canonical; the Montgomery limbs that are largest:
        let top = Fr(montgomery: Limbs256.subtracting(Fr.modulus, Limbs256(1, 0, 0, 0)).0)
        let count = 5000
        for value in [largest, top] {
            let a = [Fr](repeating: value, count: count)
            #expect(FieldKernels.innerProduct(a, a, with: k) == Fr(count) * value * value)
            for x in [Int64.min, .max, -1] {
                #expect(
                    FieldKernels.innerProduct([Int64](repeating: x, count: count), a, with: k)
                        == Fr(count) * Fr(x) * value)
            }
        }
    }

    @Test("inversion", arguments: KernelSet.all, counts)
    func inversion(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count) + 2)
        let values = rng.elements(count)
        func expected() -> [Fr] {
            var expected = values
            Fr.batchInvert(&expected)
            return expected
        }
        expect(k, count: count, equals: expected()) { k in
            var result = values
            FieldKernels.invert(&result, with: k)
            return result
        }
    }

    @Test("powers", arguments: KernelSet.all, counts)
    func powers(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count) + 3)
        let (x, scale) = (rng.element(), rng.element())
        expect(k, count: count, equals: (0..<count).map { scale * x.power(UInt64($0)) }) { k in
            .filled(count) { FieldKernels.powers(of: x, scaledBy: scale, into: $0, with: k) }
        }
    }

    @Test("eq tables", arguments: KernelSet.all, [0, 1, 2, 5, 10, 11, 12])
    func eqTables(kernels k: KernelSet, variables: Int) {
        var rng = SeededGenerator(seed: UInt64(variables) + 4)
        let point = rng.elements(variables)
        let scale = rng.element()
        let size = 1 << variables
        expect(k, equals: StructuredPolynomials.eqTable(point)) { k in
            FieldKernels.eq(point, with: k)
        }
        for count in Set([0, 1, size / 2 + 1, size * 5 / 7, size - 1]) {
            expect(
                k, equals: StructuredPolynomials.eqPrefix(point, count: count).map { scale * $0 }
            ) { k in
                FieldKernels.eq(point, count: count, scaledBy: scale, with: k)
            }
        }
    }

    @Test("outer products", arguments: KernelSet.all)
    func outerProducts(kernels k: KernelSet) {
        var rng = SeededGenerator(seed: 5)
        let c = rng.element()
        for (ni, nj) in [(1, 1), (3, 5), (7, 9), (70, 90), (1, 3000), (3000, 1), (0, 4), (4, 0)] {
            let (u, v) = (rng.elements(ni), rng.elements(nj))
            for strides in [(nj, 1), (1, ni), (2 * nj + 1, 2)] {
                let size = max(1, ni) * (2 * max(1, nj) + 1) + max(1, nj) * max(1, ni)
                let start = rng.elements(size)
                func expected() -> [Fr] {
                    var cells = start
                    for i in 0..<ni {
                        for j in 0..<nj { cells[i * strides.0 + j * strides.1] += c * u[i] * v[j] }
                    }
                    return cells
                }
                expect(k, count: ni * nj, equals: expected()) { k in
                    var out = start
                    out.withUnsafeMutableBufferPointer { out in
                        u.withUnsafeBufferPointer { u in
                            v.withUnsafeBufferPointer { v in
                                FieldKernels.accumulateOuterProduct(
                                    c, u, v, into: out, strides: strides, with: k)
                            }
                        }
                    }
                    return out
                }
            }
        }
    }
}

/// Products modulo r by GMP's integers.
enum GMP {
    static func product(_ a: Fr, _ b: Fr) -> Limbs256 {
        var (x, y, p) = (mpz_t(), mpz_t(), mpz_t())
        for value in [a, b] { precondition(value.canonicalLimbs < Fr.modulus) }
        load(&x, a.canonicalLimbs)
        load(&y, b.canonicalLimbs)
        load(&p, Fr.modulus)
        defer {
            __gmpz_clear(&x)
            __gmpz_clear(&y)
            __gmpz_clear(&p)
        }
        var product = mpz_t()
        __gmpz_init(&product)
        defer { __gmpz_clear(&product) }
        __gmpz_mul(&product, &x, &y)
        var remainder = mpz_t()
        __gmpz_init(&remainder)
        defer { __gmpz_clear(&remainder) }
        __gmpz_mod(&remainder, &product, &p)
        var words: [UInt64] = [0, 0, 0, 0]
        __gmpz_export(&words, nil, -1, 8, 0, 0, &remainder)
        return Limbs256(words[0], words[1], words[2], words[3])
    }

    private static func load(_ x: inout mpz_t, _ limbs: Limbs256) {
        __gmpz_init(&x)
        let words = [limbs.l0, limbs.l1, limbs.l2, limbs.l3]
        __gmpz_import(&x, 4, -1, 8, 0, 0, words)
    }
}
