import Testing

@testable import Circuits

/// The rules of quantization.md cell by cell, and arithmetic at the edges of 64 bits.
@Suite struct EvaluationTests {
    static let edges: [Int64] = [
        .min, .min + 1, -(1 << 62), -(1 << 40) - 1, -9, -8, -7, -4, -3, -2, -1, 0, 1, 2, 3, 4, 7, 8,
        9, 1 << 40, 1 << 62, .max - 1, .max,
    ]

    /// round half up by the definition: x + 2^(s−1) = h·2^s + rem, rem in [0, 2^s).
    @Test(arguments: 0...100) func rounding(shift: Int) {
        let round = RoundingShift(shift)
        for x in Self.edges {
            let h = Int128(round(x))
            guard shift > 0 else {
                #expect(h == Int128(x))
                continue
            }
            let unit = Int128(1) << Int128(shift)
            let remainder = Int128(x) + unit / 2 - h * unit
            #expect(remainder >= 0 && remainder < unit, "\(x) / 2^\(shift)")
        }
    }

    @Test func distance() {
        let domain = IntegerDomain.signed(bits: 4)
        #expect(
            Self.edges.filter { domain.distance($0) == 0 }
                == [-8, -7, -4, -3, -2, -1, 0, 1, 2, 3, 4, 7])
        #expect(domain.distance(.max) == UInt64(Int64.max) - 7)
        #expect(domain.distance(.min) == (1 as UInt64) << 63 - 8)
        let high = IntegerDomain(lowest: 1 << 60, bits: 60)
        #expect(high.distance(.min) == (0b1001 as UInt64) << 60)
        #expect(AdviceEvaluation.overshoot([.min], shift: 0, domain: high) == nil)
        #expect(
            AdviceEvaluation.overshoot([.min, .max, 5], shift: 62, domain: domain) == [0, 0, 0])
        #expect(AdviceEvaluation.overshoot([-9, 100, 5], shift: 0, domain: domain) == [1, 93, 0])
    }

    @Test func flagsAndLimbs() {
        let domain = IntegerDomain.signed(bits: 2)
        #expect(AdviceEvaluation.saturationFlag([-2, -1, 0, 1], domain: domain) == [-1, 0, 0, 1])
        #expect(
            AdviceEvaluation.tableValue([1, -2], domain: domain, column: [5, 6, 7, 8]) == [8, 5])
        #expect(AdviceEvaluation.limb([0b110110, .max], shift: 2, bits: 3) == [0b101, 7])
        #expect(AdviceEvaluation.limb([.max], shift: 90, bits: 16) == [0])
    }

    @Test func maxima() {
        let shape = TensorShape([2, 3, 2])!
        let cells: [Int64] = [1, -2, 3, 4, .min, .max, 7, 7, 0, 7, 7, 7]
        #expect(
            AdviceEvaluation.maximum(cells, shape: shape, axes: [1]).largest == [3, .max, 7, 7])
        #expect(
            AdviceEvaluation.maximum(cells, shape: shape, axes: [0, 2]).largest == [7, 7, .max])
        let all = AdviceEvaluation.maximum(cells, shape: shape, axes: [0, 1, 2])
        #expect(all.largest == [.max] && all.spread == [.max])
        // The first zero along the axes, row-major.
        let zeros: [Int64] = [0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 0, 1]
        #expect(
            AdviceEvaluation.firstZero(zeros, shape: shape, axes: [1])
                == [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0])
        #expect(
            AdviceEvaluation.firstZero(zeros, shape: shape, axes: [0, 1, 2])
                == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func magnitudes() {
        for cells in [[], [0], [-1], [.min], [.max, 1], Self.edges] as [[Int64]] {
            let bound = cells.largestMagnitude
            let largest = cells.map(\.magnitude).max() ?? 0
            #expect(bound >= largest && bound - largest <= largest)
        }
    }

    // MARK: Affine

    private func affine(
        constant: Int128 = 0, _ coefficients: [Int128], rightShift: Int = 0
    ) -> Affine<Int> {
        Affine(
            extents: [2], constant: constant,
            terms: coefficients.enumerated().map { .init($1, $0, [0]) }, rightShift: rightShift)
    }

    @Test func wideSums() throws {
        // Products beyond 64 bits that cancel.
        let big = Int128(1) << 90
        #expect(
            try affine(constant: 5, [big, -big]).evaluated(on: [[3, -4], [3, -4]]) == [5, 5])
        #expect(
            try affine([1, 1]).evaluated(on: [[.max, .min], [-1, 1]]) == [.max - 1, .min + 1])
        #expect(try affine([big]).evaluated(on: [[0, 0]]) == [0, 0])
    }

    @Test func overflow() {
        let limit = Int128(1) << 100
        #expect(throws: AffineFault.overflow) {
            try affine([1, 1]).evaluated(on: [[.max, 0], [1, 0]])
        }
        #expect(throws: AffineFault.overflow) { try affine([-1]).evaluated(on: [[0, .min]]) }
        #expect(throws: AffineFault.overflow) {
            try affine(constant: limit, [1]).evaluated(on: [[0, 0]])
        }
        // Beyond 128 bits on the way.
        #expect(throws: AffineFault.overflow) { try affine([limit]).evaluated(on: [[.max, 0]]) }
    }

    @Test func exactShift() throws {
        #expect(try affine([1], rightShift: 3).evaluated(on: [[-16, 24]]) == [-2, 3])
        #expect(try affine([1], rightShift: 63).evaluated(on: [[.min, 0]]) == [-1, 0])
        #expect(try affine([1], rightShift: 99).evaluated(on: [[0, 0]]) == [0, 0])
        for (shift, cell) in [(3, 4), (63, 1 << 62), (64, .min), (99, 1)] as [(Int, Int64)] {
            #expect(throws: AffineFault.inexactShift) {
                try affine([1], rightShift: shift).evaluated(on: [[0, cell]])
            }
        }
    }

    @Test func broadcast() throws {
        let affine = Affine<Int>(
            extents: [2, 3, 2], constant: 100,
            terms: [.init(1, 0, [1]), .init(10, 1, [2, 0]), .init(-1, 2, [])])
        let cells = try affine.evaluated(on: [[1, 2, 3], [0, 1, 2, 3], [7]])
        #expect(cells == [94, 114, 95, 115, 96, 116, 104, 124, 105, 125, 106, 126])
    }

    // MARK: Views

    @Test func intervals() {
        for step in [-5, -3, -2, -1, 1, 2, 3, 5] {
            for low in -9...9 {
                for high in low - 2...12 {
                    let naive = (0..<7).filter { low <= step * $0 && step * $0 <= high }
                    let values = IndexInterval.values(
                        step: step, low: low, high: high, count: 7)
                    #expect(Array(values) == naive)
                }
            }
        }
    }
}
