/// e^x to a chosen number of bits, with a proved bound on the error.
struct FixedPointExponential: ~Copyable {
    /// A number within `error` · 2^(exponent − precision) of significand · 2^(exponent − precision).
    struct Approximation: ~Copyable {
        /// In [2^precision, 2^(precision + 1)], give or take the error.
        var significand: BigInteger
        var error: Int
        var exponent: Int
    }

    /// Bits after the binary point.
    let precision: Int
    /// ln 2 · 2^(precision + 64), within two.
    let logarithmOfTwo: BigInteger

    /// Halvings of the argument before the series.
    private static let halvings = 6

    /// - Precondition: `precision` ≥ 64.
    init(precision: Int) {
        precondition(precision >= 64, "\(precision) bits")
        self.precision = precision
        logarithmOfTwo = Self.logarithmOfTwo(precision: precision + 64)
    }

    /// e^x for x given in units of 2^−precision.
    ///
    /// x = n · ln 2 + r with r in [0, ln 2); e^(r / 2^6) by Taylor's series; squared six times;
    /// times 2^n. In units of 2^−precision: r / 2^6 is off by less than 2 (its floor, and |n| < 2^62
    /// times the error of ln 2); each term by less than 2, that argument's share included, so N
    /// terms and the rest of the series by less than 2N + 4; each squaring of a number below √2 makes
    /// an error E into less than 4E + 2.
    ///
    /// - Precondition: |x| < 2^32.
    func exponential(of x: borrowing BigInteger) -> Approximation {
        var rest = BigInteger(copying: x)
        rest.shiftLeft(64)
        var quotient = BigInteger(copying: rest)
        quotient.floorDivide(by: logarithmOfTwo)
        guard let n = quotient.exactInt else { preconditionFailure("argument out of range") }
        quotient.multiply(by: logarithmOfTwo)
        rest.subtract(quotient)
        rest.shiftRight(64 + Self.halvings)

        var sum = BigInteger(powerOfTwo: precision)
        var term = BigInteger(powerOfTwo: precision)
        var count = 0
        repeat {
            count += 1
            term.multiply(by: rest)
            term.shiftRight(precision)
            term.floorDivide(by: count)
            sum.add(term)
        } while term.sign != 0
        var error = 2 * count + 4
        for _ in 0..<Self.halvings {
            sum.square()
            sum.shiftRight(precision)
            error = 4 * error + 2
        }
        return Approximation(significand: sum, error: error, exponent: n)
    }

    /// ln 2 = 18 artanh(1/26) − 2 artanh(1/4801) + 8 artanh(1/8749), within two of 2^−precision.
    private static func logarithmOfTwo(precision: Int) -> BigInteger {
        // 32 more bits absorb 28 series of less than 2^24 terms, each off by less than 2 units.
        let guardBits = 32
        var sum = BigInteger(0)
        for (factor, argument) in [(18, 26), (-2, 4801), (8, 8749)] {
            var series = inverseHyperbolicTangent(
                ofInverse: argument, precision: precision + guardBits)
            series.multiply(by: factor)
            sum.add(series)
        }
        sum.shiftRight(guardBits)
        return sum
    }

    /// artanh(1/m) = Σ 1 / ((2i + 1) · m^(2i + 1)).
    private static func inverseHyperbolicTangent(ofInverse m: Int, precision: Int) -> BigInteger {
        BigInteger.oddPowerSeries(ofInverse: m, precision: precision, alternating: false)
    }
}
