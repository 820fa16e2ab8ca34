import Circuits

extension Lowering {
    /// a / b where b's calibrated range lies on one side of 0: rounded division, b kept at least
    /// one unit away from 0.
    ///
    /// |y − float| ≤ (error of a + |y| · error of b) / least |b| + a unit of y.
    mutating func quotient(
        _ node: ModelGraph.Node, of a: LoweredTensor, by divisor: Int, shape: [Int]
    ) throws(LoweringError) -> LoweredTensor {
        let range = calibration.ranges[divisor] ?? 0...0
        guard range.lowerBound > 0 || range.upperBound < 0 else {
            throw .unsupported(
                node.reference, what: "division by a tensor that may be 0 is",
                advice: "multiply by its Reciprocal, or keep the divisor positive")
        }
        let isNegative = range.upperBound < 0
        let bits = min(CircuitLimits.tableBits.upperBound, bits(divisor) + 4)
        let least = min(range.lowerBound.magnitude, range.upperBound.magnitude)
        let format = FixedPointFormat(fitting: self.range(divisor), bits: bits)
        note(
            .argument(node: currentNode), of: divisor, unit: format.unit,
            domain: .signed(bits: bits))
        // A table that is the identity but for its sign and its smallest value.
        let b = try tensor(divisor)
        let rescaling = try rescaling(b, to: format.unit)
        let domain = IntegerDomain.signed(bits: bits)
        let smallest = max(1, Int(least / format.unit / 2))
        let table = builder.functionTable(
            domain, key: "divisor \(isNegative) \(smallest)"
        ) {
            (domain.lowest...domain.highest).map {
                Int64(max(isNegative ? -$0 : $0, smallest))
            }
        }
        let positive = LoweredTensor(
            wire: try add(
                .requantise(
                    Requantisation(
                        source: try multiplied(b, by: rescaling.multiplier),
                        shift: rescaling.shift, domain: domain, function: .table(table),
                        overshootBits: overshoot(rescaling.bounds, domain)))),
            layout: b.layout, unit: format.unit,
            bounds: IntegerBounds(Int128(smallest), Int128(1) << Int128(bits - 1)),
            error: b.error + rescaling.error)
        return try quotient(
            a, by: positive, negated: isNegative, least: least, result: node.results[0],
            shape: shape)
    }

    /// scale · a / b, the scale making the quotient's unit about a quarter of the result's.
    private mutating func quotient(
        _ a: LoweredTensor, by b: LoweredTensor, negated: Bool, least: Double, result: Int,
        shape: [Int]
    ) throws(LoweringError) -> LoweredTensor {
        var a = a
        if Rounding.log2Exactly(a.unit) == nil || a.bounds.signedBits > 40 {
            let magnitude = a.realMagnitude
            a = try rounded(a, to: FixedPointFormat(fitting: -magnitude...magnitude, bits: 24))
        }
        let wanted = Int((a.unit / (b.unit * format(result).unit)).exponent) + 2
        let scaleBits = min(max(0, wanted), 60 - a.bounds.signedBits)
        let scale = Int128(1) << Int128(scaleBits)
        let unit = a.unit / b.unit * Rounding.powerOfTwo(-scaleBits)
        let dividend = try inPlainOrder(
            sum([(negated ? -scale : scale, a)], unit: unit * b.unit, shape: shape))
        let divisor = try inPlainOrder(sum([(1, b)], unit: b.unit, shape: shape))
        let largest = dividend.bounds.magnitude / b.bounds.low + 1
        note(.result, of: result, unit: unit)
        let wire = try add(
            .divide(
                Division(
                    dividend: .tensor(dividend.wire), divisor: divisor.wire,
                    remainderBits: b.bounds.signedBits,
                    domain: .signed(bits: IntegerBounds(-largest, largest).signedBits))))
        return LoweredTensor(
            wire: wire, layout: dividend.layout, unit: unit,
            bounds: IntegerBounds(-largest, largest),
            error: (a.error + Double(largest) * unit * b.error) / least + unit)
    }

    /// ``FloorQuotient``: exact.
    mutating func lowerFloorQuotient(
        _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let shape = shape(node.results[0])
        let (a, b) = (try tensor(node.operands[0]), try tensor(node.operands[1]))
        let dividend = try inPlainOrder(sum([(1, a)], unit: 1, shape: shape))
        let divisor = try inPlainOrder(sum([(1, b)], unit: 1, shape: shape))
        let largest = max(1, b.bounds.magnitude)
        let wire = try add(
            .divide(
                Division(
                    dividend: .tensor(dividend.wire), divisor: divisor.wire, rounding: .down,
                    remainderBits: max(1, bitLength(largest - 1)),
                    domain: .signed(bits: dividend.bounds.signedBits))))
        return .tensor(
            LoweredTensor(
                wire: wire, layout: dividend.layout, unit: 1,
                bounds: IntegerBounds(
                    min(0, dividend.bounds.low), max(0, dividend.bounds.high)), error: 0))
    }
}
