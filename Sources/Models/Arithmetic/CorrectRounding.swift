/// Transcendental functions of rational numbers, rounded to integers without error.
///
/// Ziv's method: approximate with a proved error bound, round both ends of the interval, and take
/// more bits until they agree. They do at some point: at every rational argument other than zero
/// the values are transcendental, so never a tie; zero is answered exactly.
///
/// Reference: Muller, "Elementary Functions" (3rd edition), section 12.4.
enum CorrectRounding {
    enum Function: String, Sendable, CaseIterable {
        case exp
        case sigmoid
        case tanh
    }

    /// round(f(h / 2^inputFractionBits) · 2^outputFractionBits), half up, clamped, for each h of the
    /// domain.
    static func table(_ function: Function, _ format: TableFormat) -> [Int] {
        // Most entries are decided with 64 bits to spare.
        let precision = format.outputFractionBits + format.inputFractionBits + 64
        let exponential = FixedPointExponential(precision: precision)
        return format.domain.map { h in
            entry(function, h, format, exponential) ?? entry(function, h, format, after: precision)
        }
    }

    /// One entry, with as many bits as it takes.
    private static func entry(
        _ function: Function, _ h: Int, _ format: TableFormat, after precision: Int
    ) -> Int {
        var precision = precision
        while true {
            precision *= 2
            let exponential = FixedPointExponential(precision: precision)
            if let value = entry(function, h, format, exponential) { return value }
        }
    }

    /// One entry, or nil when the precision does not decide it.
    private static func entry(
        _ function: Function, _ h: Int, _ format: TableFormat,
        _ exponential: borrowing FixedPointExponential
    ) -> Int? {
        if h == 0 {
            return format.rounded(function == .exp ? 1 : function == .sigmoid ? 0.5 : 0)
        }
        // Beyond ±128 the value is within 2^−184 of its limit, and no limit is a tie: 0 and ±1 are
        // integers at every scale, and e^128 is above every range.
        let whole = h >> format.inputFractionBits
        if whole >= 128 {
            return function == .exp ? format.range.upperBound : format.rounded(1)
        }
        if whole < -128 { return format.rounded(function == .tanh ? -1 : 0) }

        let precision = exponential.precision
        let interval = Interval(function, h, format.inputFractionBits, exponential)
        let shift = precision - interval.exponent - format.outputFractionBits
        guard shift > 0 else {
            // 2^(exponent + outputFractionBits) and more; only e^x gets there.
            return interval.exponent + format.outputFractionBits > 64
                ? format.range.upperBound : nil
        }
        return interval.rounded(shift: shift, to: format.range)
    }
}

/// The values within `error` of `middle`, both times 2^(exponent − precision).
private struct Interval: ~Copyable {
    let middle: BigInteger
    let error: Int
    let exponent: Int

    /// f(h / 2^fractionBits) for h ≠ 0, from e^x or from u = e^−|x| or e^−2|x|, in (0, 1).
    init(
        _ function: CorrectRounding.Function, _ h: Int, _ fractionBits: Int,
        _ exponential: borrowing FixedPointExponential
    ) {
        guard function != .exp else {
            let power = exponential.exponential(of: h, fractionBits: fractionBits)
            error = power.error
            exponent = power.exponent
            middle = power.significand
            return
        }
        let precision = exponential.precision
        let power = exponential.exponential(
            of: h < 0 ? h : -h, fractionBits: function == .tanh ? fractionBits - 1 : fractionBits)
        // The exponent is negative: one more unit for what the shift drops.
        let powerError = (power.error >> min(-power.exponent, 62)) + 2
        var u = power.significand
        u.shiftLeft(power.exponent)
        var denominator = BigInteger(powerOfTwo: precision)
        denominator.add(u)
        switch function {
        case .tanh:
            // ±(1 − u) / (1 + u); the slope is at most 2.
            var quotient = BigInteger(powerOfTwo: precision)
            quotient.subtract(u)
            quotient.shiftLeft(precision)
            quotient.floorDivide(by: denominator)
            if h < 0 { quotient.negate() }
            middle = quotient
            error = 2 * powerError + 1
        case .sigmoid, .exp:
            // 1 / (1 + u) for x > 0, u / (1 + u) for x < 0; slopes at most 1.
            var quotient = h > 0 ? BigInteger(powerOfTwo: precision) : u
            quotient.shiftLeft(precision)
            quotient.floorDivide(by: denominator)
            middle = quotient
            error = powerError + 1
        }
        exponent = 0
    }

    /// ⌊(middle ± error) / 2^shift + 1/2⌋, clamped; nil when the two ends differ.
    func rounded(shift: Int, to range: ClosedRange<Int>) -> Int? {
        var low = BigInteger(powerOfTwo: shift - 1)
        low.add(middle)
        var high = BigInteger(copying: low)
        low.subtract(BigInteger(error))
        high.add(BigInteger(error))
        low.shiftRight(shift)
        high.shiftRight(shift)
        guard low == high else { return nil }
        guard let value = low.exactInt else {
            return low.sign < 0 ? range.lowerBound : range.upperBound
        }
        return min(max(value, range.lowerBound), range.upperBound)
    }
}
