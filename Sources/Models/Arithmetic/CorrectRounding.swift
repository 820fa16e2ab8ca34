/// Functions of rational numbers, rounded to integers without error.
///
/// Ziv's method: enclose the value in a ball, round both ends, and take more bits until they agree.
/// Values that are not ties are decided at some point. The transcendental functions have ties at
/// few arguments, such as 0, and algebraic ones where a root happens to be rational: such a value is
/// taken for a tie, and rounded up, when 960 bits do not tell it from one.
///
/// Reference: Muller, "Elementary Functions" (3rd edition), section 12.4.
enum CorrectRounding {
    /// A function of a real, in ball arithmetic.
    typealias Evaluation = (borrowing Ball, BallArithmetic) -> Ball

    /// round(f(h / 2^inputFractionBits) · 2^outputFractionBits), half up, clamped, for each h of the
    /// domain.
    static func table(_ format: TableFormat, _ function: Evaluation) -> [Int] {
        // Most entries are decided with 64 bits to spare.
        let least =
            max(0, format.outputFractionBits) + max(0, format.inputFractionBits) + 64
        var levels = [BallArithmetic(precision: least)]
        return format.domain.map { h in
            var level = 0
            while true {
                let value = function(
                    levels[level].number(h, fractionBits: format.inputFractionBits), levels[level])
                let precision = levels[level].precision
                let (low, high) = ends(value, precision: precision, format)
                if low == high || precision == 960 { return high }
                level += 1
                if level == levels.count {
                    levels.append(BallArithmetic(precision: min(2 * precision, 960)))
                }
            }
        }
    }

    /// Both ends of the ball, rounded and clamped; the whole range where nothing is known.
    private static func ends(
        _ value: borrowing Ball, precision: Int, _ format: TableFormat
    ) -> (low: Int, high: Int) {
        guard value.radius.isFinite else {
            return (format.range.lowerBound, format.range.upperBound)
        }
        let shift = precision - format.outputFractionBits
        var low = BigInteger(powerOfTwo: shift - 1)
        low.add(value.middle)
        var high = BigInteger(copying: low)
        let radius = BigInteger(truncating: value.radius.rounded(.up))
        low.subtract(radius)
        high.add(radius)
        low.shiftRight(shift)
        high.shiftRight(shift)
        return (clamped(low, to: format.range), clamped(high, to: format.range))
    }

    private static func clamped(_ value: borrowing BigInteger, to range: ClosedRange<Int>) -> Int {
        guard let integer = value.exactInt else {
            return value.sign < 0 ? range.lowerBound : range.upperBound
        }
        return min(max(integer, range.lowerBound), range.upperBound)
    }
}

extension TableFormat {
    /// round(numerator / denominator · 2^exponent · 2^outputFractionBits), half up, clamped.
    ///
    /// - Precondition: The denominator is positive.
    func rounded(
        _ numerator: consuming BigInteger, over denominator: consuming BigInteger,
        exponent: Int = 0
    ) -> Int {
        let shift = exponent + outputFractionBits + 1
        // ⌊(2a + b) / 2b⌋
        if shift >= 0 { numerator.shiftLeft(shift) } else { denominator.shiftLeft(-shift) }
        numerator.add(denominator)
        denominator.shiftLeft(1)
        numerator.floorDivide(by: denominator)
        guard let value = numerator.exactInt else {
            return numerator.sign < 0 ? range.lowerBound : range.upperBound
        }
        return min(max(value, range.lowerBound), range.upperBound)
    }
}
