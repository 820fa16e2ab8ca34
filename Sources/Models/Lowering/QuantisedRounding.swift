import Circuits

extension Lowering {
    /// Where halves go.
    enum Tie {
        /// There are none.
        case none
        case toEven
        case toOdd
    }

    /// round(x / 2^shift), limited to a range: a rounding shift that saturates, in the type's own
    /// integers.
    mutating func rounded(
        _ x: LoweredTensor, shift: Int, to range: ClosedRange<Int>, _ tie: Tie
    ) throws(LoweringError) -> LoweredTensor {
        guard tie != .none, shift > 0 else { return try limited(x, shift: shift, to: range) }
        if tie == .toOdd {
            // One more is even where this is odd.
            var above = try sum(
                [(1, x)], plus: .scalar(Rounding.powerOfTwo(shift)), unit: 1, shape: x.shape)
            above.error = x.error
            let result = try rounded(
                above, shift: shift, to: range.lowerBound + 1...range.upperBound + 1, .toEven)
            return try offset(result, by: -1)
        }
        var rounded = x
        rounded.bounds = x.bounds.shifted(right: shift)
        // A half that goes up in `shifted` may go down here.
        rounded.bounds.low -= 1
        rounded.wire = try add(
            .roundEven(
                EvenRounding(
                    source: x.wire, shift: shift,
                    domain: .signed(bits: max(2, rounded.bounds.signedBits)))))
        return try limited(rounded, shift: 0, to: range)
    }

    /// round(x / 2^shift), half up, limited to a range.
    private mutating func limited(
        _ x: LoweredTensor, shift: Int, to range: ClosedRange<Int>
    ) throws(LoweringError) -> LoweredTensor {
        let bounds = x.bounds.shifted(right: shift)
        let ends = IntegerBounds(range)
        let isInside = bounds.low >= ends.low && bounds.high <= ends.high
        if shift == 0, isInside { return x }
        let span = range.upperBound - range.lowerBound
        let domain = IntegerDomain(
            lowest: range.lowerBound, bits: max(1, bitLength(span)))
        guard isInside || CircuitLimits.tableBits.contains(domain.bits) else {
            throw .accumulatorOverflow(layer: builder.currentName, bits: bounds.signedBits)
        }
        var function = Requantisation.Function.identity
        if !isInside, domain.highest != range.upperBound {
            let (low, high) = (domain.lowest, domain.highest)
            function = .table(
                builder.functionTable(domain, key: "limit \(range)") {
                    (low...high).map { Int64(min($0, range.upperBound)) }
                })
        }
        var result = x
        result.wire = try add(
            .requantise(
                Requantisation(
                    source: x.wire, shift: shift, domain: domain, function: function,
                    overshootBits: overshoot(bounds, domain))))
        result.bounds = IntegerBounds(
            min(max(bounds.low, ends.low), ends.high), min(max(bounds.high, ends.low), ends.high))
        result.terms = 1
        return result
    }

    /// Whether x · m / 2^shift can lie half-way between two integers, for one of the multipliers.
    ///
    /// An odd m leaves no more powers of two in x · m than x has.
    static func canTie(_ multipliers: [Int], shift: Int, _ x: IntegerBounds) -> Bool {
        multipliers.contains { multiplier in
            let bits = shift - multiplier.trailingZeroBitCount
            return bits > 0 && (bits > 120 ? false : x.magnitude >= Int128(1) << Int128(bits - 1))
        }
    }

    /// Whether (a · x + b · y) / 2^shift can lie half-way between two integers; true where there are
    /// too many x and y to try.
    static func canTie(
        _ a: Int, _ x: IntegerBounds, _ b: Int, _ y: IntegerBounds, shift: Int
    ) -> Bool {
        guard shift > 0 else { return false }
        guard x.high - x.low < 1 << 12, y.high - y.low < 1 << 12 else { return true }
        let mask = (Int128(1) << Int128(shift)) - 1
        let half = Int128(1) << Int128(shift - 1)
        var wanted: Set<Int128> = []
        for value in Int(x.low)...Int(x.high) {
            wanted.insert((half - Int128(a) * Int128(value)) & mask)
        }
        return (Int(y.low)...Int(y.high)).contains {
            wanted.contains(Int128(b) * Int128($0) & mask)
        }
    }
}
