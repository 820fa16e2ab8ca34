// Advice that divides or takes roots: exact integer arithmetic, quantization.md.

extension AdviceEvaluation {
    /// Quotients of tensors, or of one number, clamped to 64 bits.
    ///
    /// - Precondition: Every divisor is positive.
    static func quotients(
        _ dividends: [Int64]?, or number: Int64, by divisors: [Int64],
        rounding: Division.Rounding
    ) -> [Int64] {
        divisors.indices.map { cell in
            let a = Int128(dividends.map { $0[cell] } ?? number)
            let b = Int128(divisors[cell])
            let quotient =
                switch rounding {
                case .halfUp: floorQuotient(2 * a + b, 2 * b)
                case .down: floorQuotient(a, b)
                }
            return Int64(clamping: quotient)
        }
    }

    private static func floorQuotient(_ a: Int128, _ b: Int128) -> Int128 {
        let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// ⌊2^precision / √v⌋, the largest r with r²·v ≤ 2^(2·precision).
    ///
    /// - Precondition: v is positive, precision at most 30.
    static func inverseRoot(_ v: Int64, precision: Int) -> Int64 {
        let limit = UInt128(1) << UInt128(2 * precision)
        let value = UInt128(v)
        var root: UInt64 = 0
        // Bit by bit: exact, with no rounding of doubles to think about.
        for bit in (0...precision).reversed() {
            let candidate = root | 1 << UInt64(bit)
            let square = UInt128(candidate) * UInt128(candidate)
            let (product, overflow) = square.multipliedReportingOverflow(by: value)
            if !overflow, product <= limit { root = candidate }
        }
        return Int64(root)
    }

    /// x / 2^shift rounded to the nearest integer, halves to the even one.
    static func roundedToEven(_ x: Int64, shift: Int) -> Int64 {
        // |x| / 2^shift ≤ 1/2 from 64 on, and 0 is even.
        guard shift < 64 else { return 0 }
        let wide = Int128(x)
        let unit = Int128(1) << Int128(shift)
        let whole = wide >> Int128(shift)
        let twice = 2 * (wide - whole * unit)
        let isUp = twice > unit || (twice == unit && whole & 1 == 1)
        return Int64(whole + (isUp ? 1 : 0))
    }
}
