import Field
import TestSupport
import Testing

@testable import Prover

@Suite("Sum-check kernels", .serialized) struct SumcheckKernelTests {
    struct Values: Equatable {
        var at0, at2: Fr
        init(_ values: (at0: Fr, at2: Fr)) { (at0, at2) = values }
    }

    private static func expectedRound(_ a: [Fr], _ b: [Fr]) -> Values {
        func at(_ x: Int) -> Fr { Reference.round([a, b], at: Fr(x)) { $0[0] * $0[1] } }
        return Values((at(0), at(2)))
    }

    @Test("product rounds", arguments: KernelSet.all, [0, 1, 2, 5, 64, 3000])
    func productRounds(kernels k: KernelSet, half: Int) {
        var rng = SeededGenerator(seed: UInt64(half))
        let (a, b, x) = (rng.elements(2 * half), rng.elements(2 * half), rng.integers(2 * half))
        expect(k, count: half, equals: Self.expectedRound(a, b)) { k in
            Values(SumcheckKernels.productRound(a, b, with: k))
        }
        expect(k, count: half, equals: Self.expectedRound(x.map { Fr($0) }, b)) { k in
            Values(SumcheckKernels.productRound(x, b, with: k))
        }
        for live in Self.liveCounts(of: 2 * half) {
            let (a, b, x) = (Array(a[..<live]), Array(b[..<live]), Array(x[..<live]))
            let zeros = [Fr](repeating: .zero, count: 2 * half - live)
            expect(k, count: half, equals: Self.expectedRound(a + zeros, b + zeros)) { k in
                Values(SumcheckKernels.productRound(a, b, half: half, with: k))
            }
            let elements = x.map { Fr($0) }
            expect(k, count: half, equals: Self.expectedRound(elements + zeros, b + zeros)) { k in
                Values(SumcheckKernels.productRound(x, b, half: half, with: k))
            }
        }
    }

    /// How much of a table may be given: at least half.
    private static func liveCounts(of size: Int) -> Set<Int> {
        [size / 2, size * 5 / 8, size * 3 / 4, size * 7 / 8, max(size / 2, size - 1)]
    }

    struct Folded: Equatable {
        var a, b: [Fr]
        var values: Values
    }

    @Test("fold and evaluate in one pass", arguments: KernelSet.all, [0, 1, 2, 5, 64, 3000])
    func fusedRounds(kernels k: KernelSet, quarter: Int) {
        var rng = SeededGenerator(seed: UInt64(quarter) + 7)
        let (a, b) = (rng.elements(4 * quarter), rng.elements(4 * quarter))
        let x = rng.integers(4 * quarter)
        let r = rng.element()
        for live in Self.liveCounts(of: 4 * quarter).union([4 * quarter]) {
            let (a, b, x) = (Array(a[..<live]), Array(b[..<live]), Array(x[..<live]))
            let zeros = [Fr](repeating: .zero, count: 4 * quarter - live)
            func expected(_ a: [Fr]) -> Folded {
                let (a, b) = (
                    Reference.fold(a + zeros, by: r), Reference.fold(b + zeros, by: r)
                )
                return Folded(a: a, b: b, values: Self.expectedRound(a, b))
            }
            expect(k, count: quarter, equals: expected(a)) { k in
                var (a, b) = (a, b)
                let values = a.withUnsafeMutableBufferPointer { a in
                    b.withUnsafeMutableBufferPointer { b in
                        SumcheckKernels.foldThenProductRound(
                            a, b, quarter: quarter, by: r, with: k)
                    }
                }
                return Folded(
                    a: Array(a[..<(2 * quarter)]), b: Array(b[..<(2 * quarter)]),
                    values: Values(values))
            }
            expect(k, count: quarter, equals: expected(x.map { Fr($0) })) { k in
                var b = b
                var values: (at0: Fr, at2: Fr) = (.zero, .zero)
                let a = [Fr].filled(2 * quarter) { folded in
                    values = x.withUnsafeBufferPointer { x in
                        b.withUnsafeMutableBufferPointer { b in
                            SumcheckKernels.foldThenProductRound(
                                x, foldedInto: folded, b, quarter: quarter, by: r, with: k)
                        }
                    }
                }
                return Folded(a: a, b: Array(b[..<(2 * quarter)]), values: Values(values))
            }
        }
    }

    @Test("expressions", arguments: KernelSet.all, [1, 2, 37, 600])
    func expressions(kernels k: KernelSet, half: Int) {
        var rng = SeededGenerator(seed: UInt64(half) + 11)
        let tables = (0..<6).map { _ in rng.elements(2 * half) }
        // Tables 1 and 4 as integers.
        let integers = tables.map { _ in rng.integers(2 * half) }
        let mixed = tables.indices.map { $0 % 3 == 1 ? integers[$0].map { Fr($0) } : tables[$0] }
        let mixedCells = tables.indices.map {
            $0 % 3 == 1 ? CellArray.integers(integers[$0]) : .elements(tables[$0])
        }
        let c = rng.elements(4)
        let expressions: [(SumcheckKernels.Expression, ([Fr]) -> Fr)] = [
            (.product([0]), { $0[0] }),
            (.product([0, 1]), { $0[0] * $0[1] }),
            (.product([2, 2, 4]), { $0[2] * $0[2] * $0[4] }),
            (.product([3, 1, 0, 5]), { $0[3] * $0[1] * $0[0] * $0[5] }),
            (.init(terms: [(.one, [1, 5])], factor: 0), { $0[0] * $0[1] * $0[5] }),
            (.init(terms: [(.one, [1])], factor: 2), { $0[1] * $0[2] }),
            (.product([0, 1, 2, 3, 4, 5]), { $0.reduce(.one, *) }),
            (
                .init(
                    terms: [(c[0], [1, 2, 3, 3]), (.one, [1]), (c[1], []), (-.one, [4, 5])],
                    factor: 0),
                {
                    $0[0] * (c[0] * $0[1] * $0[2] * $0[3] * $0[3] + $0[1] + c[1] - $0[4] * $0[5])
                }
            ),
            (.init(terms: [(c[2], [])], factor: 3), { $0[3] * c[2] }),
            (.init(terms: [(c[2], [1]), (.one, [])], factor: nil), { c[2] * $0[1] + .one }),
        ]
        for (expression, f) in expressions {
            for degree in max(1, expression.degree)...(expression.degree + 1) {
                let points = [0] + Array(2..<(degree + 1))
                expect(
                    k, count: 8 * half,
                    equals: points.map { Reference.round(tables, at: Fr($0), f) }
                ) { k in
                    SumcheckKernels.round(
                        expression, tables.map(CellArray.elements), degree: degree, with: k)
                }
                expect(
                    k, count: 8 * half,
                    equals: points.map { Reference.round(mixed, at: Fr($0), f) }
                ) { k in
                    SumcheckKernels.round(expression, mixedCells, degree: degree, with: k)
                }
            }
        }
    }
}
