/// The exact value of a finite double: significand · 2^exponent.
struct Dyadic: Equatable {
    /// Of at most 53 bits; odd, or zero.
    let significand: Int
    let exponent: Int

    static let one = Dyadic(1)

    /// - Precondition: `value` is finite.
    init(_ value: Double) {
        precondition(value.isFinite, "a finite number expected")
        guard value != 0 else {
            (significand, exponent) = (0, 0)
            return
        }
        // The significand, in [1, 2), has this many bits after the point.
        let fractionBits = value.significandWidth
        let magnitude = Int(
            value.significand * Double(sign: .plus, exponent: fractionBits, significand: 1))
        significand = value < 0 ? -magnitude : magnitude
        exponent = Int(value.exponent) - fractionBits
    }
}

extension TableFormat {
    /// round(h · factor / 2^inputFractionBits · 2^outputFractionBits), half up, clamped.
    ///
    /// Exact: the product has at most 116 bits.
    func rounded(_ h: Int, times factor: Dyadic = .one) -> Int {
        rounded(
            Int128(h) * Int128(factor.significand),
            exponent: factor.exponent + outputFractionBits - inputFractionBits)
    }

    /// round(value · 2^outputFractionBits), half up, clamped.
    func rounded(_ value: Double) -> Int {
        let value = Dyadic(value)
        return rounded(Int128(value.significand), exponent: value.exponent + outputFractionBits)
    }

    /// round(a · 2^exponent), half up, clamped.
    private func rounded(_ a: Int128, exponent: Int) -> Int {
        let result: Int128
        if exponent < 0 {
            // From 2^120 on the quotient is less than a half in magnitude; −1/2 itself rounds up to 0.
            result = exponent < -120 ? 0 : (a + (1 << (-exponent - 1))) >> -exponent
        } else {
            // Anything that is shifted out is beyond every range.
            let room = Int128(1) << (126 - min(exponent, 126))
            result = a >= room ? .max : a <= -room ? .min : a << exponent
        }
        return Int(min(max(result, Int128(range.lowerBound)), Int128(range.upperBound)))
    }
}
