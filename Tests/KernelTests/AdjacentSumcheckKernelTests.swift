import Field
import TestSupport
import Testing

@testable import Prover

@Suite("Sum-check kernels, last variable first", .serialized)
struct AdjacentSumcheckKernelTests {
    private static let counts = [0, 1, 2, 3, 4, 5, 6, 7, 64, 130, 6001, 12002]

    /// Neighbours as the two halves that ``Reference`` pairs; a zero where the last has none.
    private static func halves(_ table: [Fr]) -> [Fr] {
        let even = stride(from: 0, to: table.count, by: 2).map { table[$0] }
        var odd = stride(from: 1, to: table.count, by: 2).map { table[$0] }
        if odd.count < even.count { odd.append(.zero) }
        return even + odd
    }

    private struct Values: Equatable {
        var at0, at2: Fr

        init(at0: Fr, at2: Fr) { (self.at0, self.at2) = (at0, at2) }
        init(_ values: (at0: Fr, at2: Fr)) { (at0, at2) = values }

        init(_ a: [Fr], _ b: [Fr]) {
            func at(_ x: Int) -> Fr {
                Reference.round([halves(a), halves(b)], at: Fr(x)) { $0[0] * $0[1] }
            }
            self.init(at0: at(0), at2: at(2))
        }
    }

    private struct Folded: Equatable {
        var a, b: [Fr]
        var values: Values

        init(_ folded: AdjacentSumcheckKernels.Folded) {
            (a, b) = (folded.a, folded.b)
            values = Values(at0: folded.at0, at2: folded.at2)
        }
        init(_ a: [Fr], _ b: [Fr], by r: Fr) {
            self.a = Reference.fold(halves(a), by: r)
            self.b = Reference.fold(halves(b), by: r)
            values = Values(self.a, self.b)
        }
    }

    @Test("product rounds", arguments: KernelSet.all, counts)
    func productRounds(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count))
        let (a, b, x) = (rng.elements(count), rng.elements(count), rng.integers(count))
        expect(k, count: count, equals: Values(a, b)) { k in
            Values(AdjacentSumcheckKernels.productRound(a, b, with: k))
        }
        expect(k, count: count, equals: Values(x.map { Fr($0) }, b)) { k in
            Values(AdjacentSumcheckKernels.productRound(x, b, with: k))
        }
    }

    @Test("fold and evaluate in one pass", arguments: KernelSet.all, counts)
    func fusedRounds(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count) + 7)
        let (a, b, x) = (rng.elements(count), rng.elements(count), rng.integers(count))
        let r = rng.element()
        expect(k, count: count, equals: Folded(a, b, by: r)) { k in
            Folded(AdjacentSumcheckKernels.foldThenProductRound(a, b, by: r, with: k))
        }
        expect(k, count: count, equals: Folded(x.map { Fr($0) }, b, by: r)) { k in
            Folded(AdjacentSumcheckKernels.foldThenProductRound(x, b, by: r, with: k))
        }
    }
}
