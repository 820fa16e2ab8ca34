import Field
import TestSupport
import Testing

@testable import Prover

@Suite("Univariate kernels", .serialized) struct UnivariateKernelTests {
    static let counts = [1, 2, 3, 130, 512, 1030, 9001]

    @Test("even-odd folds", arguments: KernelSet.all, [0, 1, 2, 3000])
    func evenOddFolds(kernels k: KernelSet, half: Int) {
        var rng = SeededGenerator(seed: UInt64(half))
        let (p, x, u) = (rng.elements(2 * half), rng.integers(2 * half), rng.element())
        func expected(_ p: [Fr]) -> [Fr] {
            (0..<half).map { (.one - u) * p[2 * $0] + u * p[2 * $0 + 1] }
        }
        expect(k, count: half, equals: expected(p)) { k in
            UnivariateKernels.evenOddFold(p, by: u, with: k)
        }
        expect(k, count: half, equals: expected(x.map { Fr($0) })) { k in
            UnivariateKernels.evenOddFold(x, by: u, with: k)
        }
    }

    @Test("evaluation", arguments: KernelSet.all, [0] + counts)
    func evaluation(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count))
        let (p, x) = (rng.elements(count), rng.integers(count))
        for point in [rng.element(), .zero, .one, -.one] {
            expect(k, count: count, equals: Reference.evaluate(p, at: point)) { k in
                UnivariateKernels.evaluate(p, at: point, with: k)
            }
            expect(k, count: count, equals: Reference.evaluate(x.map { Fr($0) }, at: point)) { k in
                UnivariateKernels.evaluate(x, at: point, with: k)
            }
        }
    }

    struct Division: Equatable {
        var quotient: [Fr]
        var remainder: Fr
    }

    @Test("division by X − a", arguments: KernelSet.all, counts)
    func division(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count))
        let (p, a) = (rng.elements(count), rng.element())
        func expected() -> Division {
            var division = Division(quotient: [], remainder: .zero)
            for coefficient in p.reversed() {
                division.quotient.append(division.remainder)
                division.remainder = coefficient + a * division.remainder
            }
            division.quotient = division.quotient.dropFirst().reversed()
            return division
        }
        expect(k, count: count, equals: expected()) { k in
            let (quotient, remainder) = UnivariateKernels.divide(p, byLinear: a, with: k)
            return Division(quotient: quotient, remainder: remainder)
        }
        // p = (X - a) * quotient + remainder at another point.
        let x = rng.element()
        let (quotient, remainder) = UnivariateKernels.divide(p, byLinear: a, with: k)
        #expect(
            UnivariateKernels.evaluate(p, at: x, with: k)
                == (x - a) * UnivariateKernels.evaluate(quotient, at: x, with: k) + remainder)
    }

    @Test("linear combinations", arguments: KernelSet.all, [1, 3, 3000])
    func combinations(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count))
        for m in [1, 2, 7] {
            let vectors = (0..<m).map { _ in rng.elements(count) }
            let integers = (0..<m).map { _ in rng.integers(count) }
            let c = rng.elements(m)
            func expected(_ vectors: [[Fr]]) -> [Fr] {
                (0..<count).map { i in
                    zip(vectors, c).reduce(.zero) { $0 + $1.0[i] * $1.1 }
                }
            }
            expect(k, count: count, equals: expected(vectors)) { k in
                UnivariateKernels.combine(vectors, c, with: k)
            }
            expect(k, count: count, equals: expected(integers.map { $0.map { Fr($0) } })) { k in
                UnivariateKernels.combine(integers, c, with: k)
            }
        }
    }
}
