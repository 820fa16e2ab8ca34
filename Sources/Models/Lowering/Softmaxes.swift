import Circuits

extension Lowering {
    /// `Softmax`: d = m − x in a table of e^−d · 2^E, S the row's sum, R = 2^k / S, y = e · R.
    ///
    /// With p = bits + 2: E = p + log2(row) and k = E + p + log2(row), so that rounding e and R
    /// errs by less than 2^−p each. |y − float| ≤ tanh(δ / 2) + 3 · 2^−p, δ the error of x rounded
    /// to the table's unit.
    mutating func lower(
        _ softmax: Softmax, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let length = softmax.axes.reduce(1) { $0 * shape(node.operands[0])[$1] }
        let lengthBits = log2Ceiling(length + 1)
        // e · R stays below 2^60.
        let p = min(bits(node.results[0]) + 2, (58 - 2 * lengthBits) / 2)
        guard p >= 4 else {
            throw .accumulatorOverflow(
                layer: builder.currentName, bits: 2 * (4 + lengthBits) + 2)
        }
        let mask = masks[node.operands[0]]
        var x = try softmaxArgument(
            mask?.argument ?? node.operands[0], tail: tail(p, lengthBits))
        if let mask {
            x = try masked(x, by: mask, tail: tail(p, lengthBits), shape: shape(node.results[0]))
        }
        let axes = try rowAxes(&x, softmax.axes)
        let (sumBits, scaleBits) = (p + lengthBits, 2 * (p + lengthBits))
        let exponentials = try exponentials(
            x, axes: axes, tail: tail(p, lengthBits), fractionBits: sumBits)
        let one = Int128(1) << Int128(sumBits)
        let sum = try rowSum(
            [exponentials], along: softmax.axes,
            bounds: IntegerBounds(one, one * Int128(length)), unit: exponentials.unit, error: 0)
        let quotient = Int128(1) << Int128(scaleBits - sumBits)
        let reciprocal = try add(
            .divide(
                Division(
                    dividend: .number(1 << scaleBits), divisor: sum.wire,
                    remainderBits: sumBits + log2Ceiling(length) + 1,
                    domain: .signed(bits: scaleBits - sumBits + 2))))
        let row = LoweredTensor(
            wire: reciprocal, layout: sum.layout,
            unit: Rounding.powerOfTwo(sumBits - scaleBits),
            bounds: IntegerBounds(1, quotient), error: 0)
        // e · R ≤ e · (2^k / S + 1/2) ≤ 2^k + e / 2.
        let largest = (Int128(1) << Int128(scaleBits)) + one
        let delta = x.error
        note(.result, of: node.results[0], unit: Rounding.powerOfTwo(-p))
        let error = min(1, ReproducibleMath.tanh(delta / 2) + 3 * Rounding.powerOfTwo(-p))
        return .tensor(
            try product(
                exponentials, row: row, bounds: IntegerBounds(0, largest), error: error))
    }

    /// The distance from which on e^−d, summed over a row, is below 2^−p and the table's entries
    /// are 0: e^−d · 2^(p + lengthBits) < 1/2.
    private func tail(_ p: Int, _ lengthBits: Int) -> Double { 0.7 * Double(p + lengthBits + 1) }

    /// x plus a constant mask, what is masked lying beyond the tail below everything else.
    private mutating func masked(
        _ x: LoweredTensor, by mask: SoftmaxMask, tail: Double, shape: [Int]
    ) throws(LoweringError) -> LoweredTensor {
        let span = Double(x.bounds.high - x.bounds.low) * x.unit
        let depth = -(2 * span + tail + x.unit).rounded(.up)
        let clamped = mask.offsets.mapped { $0 <= SoftmaxMask.threshold ? depth : $0 }
        return try sum([(1, x)], plus: clamped, unit: x.unit, shape: shape)
    }

    /// The argument in a unit 2^−a: coarse enough for a table that reaches the tail, and for the
    /// argument to have no more than 40 bits.
    private mutating func softmaxArgument(
        _ value: Int, tail: Double
    ) throws(LoweringError) -> LoweredTensor {
        let x = try tensor(value)
        let range = range(value)
        let magnitude = max(range.lowerBound.magnitude, range.upperBound.magnitude)
        let finest = CircuitLimits.tableBits.upperBound - log2Ceiling(Int(tail.rounded(.up)))
        let finestInBits = magnitude > 0 ? 38 - Int(magnitude.exponent) : finest
        let fraction = min(max(bits(value) - 2, 2), finest, finestInBits)
        let unit = Rounding.powerOfTwo(-fraction)
        if Rounding.log2Exactly(x.unit) != nil, x.unit >= unit, x.bounds.signedBits <= 40 {
            return x
        }
        let bits = min(max(self.bits(value), Int((magnitude / unit).exponent) + 2), 40)
        return try rounded(
            x, to: FixedPointFormat(bits: bits, fractionalBits: fraction),
            place: .init(value: value, stage: .argument(node: currentNode)))
    }

    /// e^(x − m) · 2^fractionBits, m the row's largest element; 0 beyond the tail.
    private mutating func exponentials(
        _ x: LoweredTensor, axes: [Int], tail: Double, fractionBits: Int
    ) throws(LoweringError) -> LoweredTensor {
        let span = x.bounds.span
        let spanBits = max(1, bitLength(span))
        let wanted = max(1, log2Ceiling(Int((tail / x.unit).rounded(.up)) + 1))
        let bits = min(spanBits, wanted, CircuitLimits.tableBits.upperBound)
        let fraction = -Int(x.unit.exponent)
        let domain = IntegerDomain(lowest: 0, bits: bits)
        // Arguments of whole numbers take no fraction bits; tables take no negative ones, and have
        // nothing but zeros from 2^10 on.
        let scale = min(max(0, -fraction), 10)
        let table = builder.functionTable(
            domain, key: "exponential of a row, \(fraction) \(fractionBits)"
        ) {
            let format = TableFormat(
                domain: -(domain.highest << scale)...0, inputFractionBits: max(0, fraction),
                outputFractionBits: fractionBits, range: 0...(1 << fractionBits))
            let values = Exponential().table(format)
            return (0...domain.highest).map { Int64(values[values.count - 1 - $0 << scale]) }
        }
        let wire = try add(
            .rowFunction(
                RowFunction(
                    source: x.wire, axes: axes, table: table,
                    overshootBits: overshoot(IntegerBounds(0, span), domain))))
        return LoweredTensor(
            wire: wire, layout: x.layout, unit: Rounding.powerOfTwo(-fractionBits),
            bounds: IntegerBounds(0, Int128(1) << Int128(fractionBits)), error: 0)
    }
}
