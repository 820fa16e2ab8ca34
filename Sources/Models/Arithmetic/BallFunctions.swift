/// Transcendental functions of balls. Each works on the middle with guard bits and widens the
/// result by what the operand's radius can make of it.
extension BallArithmetic {
    private var workingPrecision: Int { precision + Self.guardBits }

    /// The middle in units of the working precision.
    private func working(_ x: borrowing Ball) -> BigInteger {
        var result = BigInteger(copying: x.middle)
        result.shiftLeft(Self.guardBits)
        return result
    }

    /// A number of the working precision, off by less than 2^31 of its units.
    private func rounded(_ x: consuming BigInteger, radius: Double) -> Ball {
        x.shiftRight(Self.guardBits)
        return Ball(x, radius: (radius + 2) * (1 + 0x1p-40))
    }

    /// From here on e^x is given as 2^256, which is beyond every table's range.
    private static let largestExponent = 170.0

    /// e^x; 2^256 stands for everything from e^170 on.
    func exp(_ x: borrowing Ball) -> Ball {
        let unit = Rounding.powerOfTwo(-precision)
        let spread = x.radius * unit
        guard spread < 0x1p-10 else { return .unknown }
        let approximate = approximation(x)
        guard approximate < Self.largestExponent else {
            return Ball(BigInteger(powerOfTwo: precision + 256), radius: 0)
        }
        guard approximate > -0.7 * Double(precision + 2) else {
            return Ball(BigInteger(0), radius: 1)
        }
        var power = exponential.exponential(of: working(x))
        power.significand.shiftLeft(power.exponent)
        let scale = Rounding.powerOfTwo(max(power.exponent, -900) - Self.guardBits)
        var result = rounded(power.significand, radius: Double(power.error) * scale)
        // e^(x + d) − e^x ≤ e^x · d · (1 + d) for small d.
        result.radius += magnitude(result.middle) * x.radius * (1 + 0x1p-8)
        return result
    }

    /// ln x. x = 2^k · z with z about 1, ln z = 2 artanh((z − 1) / (z + 1)).
    ///
    /// With at most 2^10 terms, each off by less than 2 units of the working precision, and |k| < 2^20
    /// times the error of ln 2, the result is off by far less than 2^31 of them.
    func log(_ x: borrowing Ball) -> Ball {
        let unit = Rounding.powerOfTwo(-precision)
        let least = magnitude(x.middle) * (1 - 0x1p-40) - x.radius * unit
        guard x.sign > 0, least > 0 else { return .unknown }
        var (significand, exponent) = x.middle.approximation
        if significand < 0.7071067811865476 {
            significand *= 2
            exponent -= 1
        }
        let k = exponent - precision
        var z = working(x)
        z.shiftLeft(-k)
        let one = BigInteger(powerOfTwo: workingPrecision)
        var numerator = BigInteger(copying: z)
        numerator.subtract(one)
        z.add(one)
        numerator.shiftLeft(workingPrecision)
        numerator.floorDivide(by: z)
        var square = BigInteger(copying: numerator)
        square.square()
        square.shiftRight(workingPrecision)
        var power = BigInteger(copying: numerator)
        var sum = BigInteger(copying: numerator)
        var i = 1
        while power.sign != 0, i < 1 << 10 {
            power.multiply(by: square)
            power.shiftRight(workingPrecision)
            // Rounded down, negative powers end at −1.
            if power.sign < 0, power == BigInteger(-1) { break }
            var term = BigInteger(copying: power)
            term.floorDivide(by: 2 * i + 1)
            sum.add(term)
            i += 1
        }
        sum.shiftLeft(1)
        var logarithm = BigInteger(copying: exponential.logarithmOfTwo)
        logarithm.multiply(by: k)
        logarithm.shiftRight(64)
        sum.add(logarithm)
        return rounded(sum, radius: x.radius / least)
    }

    /// 1 / (1 + e^−x), from u = e^−|x|.
    func sigmoid(_ x: borrowing Ball) -> Ball {
        let u = decay(x, doublings: 0)
        let denominator = sum(number(1), u)
        return (x.sign < 0 ? quotient(u, denominator) : quotient(number(1), denominator))
            .widened(by: x.radius / 4)
    }

    /// tanh x = ±(1 − u) / (1 + u), u = e^−2|x|.
    func tanh(_ x: borrowing Ball) -> Ball {
        let u = decay(x, doublings: 1)
        let value = quotient(difference(number(1), u), sum(number(1), u))
        return (x.sign < 0 ? value.negated() : value).widened(by: x.radius)
    }

    /// ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|).
    func softplus(_ x: borrowing Ball) -> Ball {
        let tail = log(sum(number(1), decay(x, doublings: 0)))
        guard x.sign > 0 else { return tail.widened(by: x.radius) }
        return sum(Ball(BigInteger(copying: x.middle), radius: 0), tail).widened(by: x.radius)
    }

    /// e^(−2^doublings · |x|) of the middle.
    private func decay(_ x: borrowing Ball, doublings: Int) -> Ball {
        var middle = BigInteger(copying: x.middle)
        if middle.sign > 0 { middle.negate() }
        middle.shiftLeft(doublings)
        return exp(Ball(middle, radius: 0))
    }

    /// erf x = 2/√π · e^(−x²) · Σ 2^n x^(2n+1) / (1 · 3 ⋯ (2n + 1)), every term positive for x > 0.
    ///
    /// A term's rounding error grows at most as the sum does, to e^(x²), by which the sum is divided:
    /// with at most 2^11 terms the quotient is off by less than 2^13 units of the working precision,
    /// and e^(x²) is known to 2^−working · 2^22 of itself.
    func erf(_ x: borrowing Ball) -> Ball {
        let magnitude = magnitude(x.middle)
        // 1 − erf x < e^(−x²) < 2^−precision.
        guard magnitude * magnitude < 0.6932 * Double(precision) else {
            return number(x.sign < 0 ? -1 : 1).widened(by: 2 * x.radius + 1)
        }
        var middle = BigInteger(copying: x.middle)
        if middle.sign < 0 { middle.negate() }
        let argument = working(Ball(middle, radius: 0))
        var square = BigInteger(copying: argument)
        square.square()
        square.shiftRight(workingPrecision)
        let power = exponential.exponential(of: square)
        square.shiftLeft(1)
        var term = BigInteger(copying: argument)
        var sum = BigInteger(copying: argument)
        var n = 0
        while term.sign != 0 {
            n += 1
            term.multiply(by: square)
            term.shiftRight(workingPrecision)
            term.floorDivide(by: 2 * n + 1)
            sum.add(term)
        }
        // 2/√π = √(4 / π).
        var factor = BigInteger(powerOfTwo: 2 + 3 * workingPrecision + 128)
        factor.floorDivide(by: pi)
        factor.floorSquareRoot()
        sum.multiply(by: factor)
        sum.shiftRight(power.exponent)
        sum.floorDivide(by: power.significand)
        if x.sign < 0 { sum.negate() }
        return rounded(sum, radius: 1.13 * x.radius)
    }

    func sin(_ x: borrowing Ball) -> Ball { sine(of: x, quarterTurns: 0) }

    func cos(_ x: borrowing Ball) -> Ball { sine(of: x, quarterTurns: 1) }

    /// sin(x + quarterTurns · π/2): x = n · π/2 + r with |r| ≤ π/4, and Taylor's series of r.
    private func sine(of x: borrowing Ball, quarterTurns: Int) -> Ball {
        let guardBits = 128
        var rest = working(x)
        rest.shiftLeft(guardBits)
        // n = ⌊x / (π/2) + 1/2⌋ = ⌊(2x + π/2) / π⌋, at twice the scale.
        var turns = BigInteger(copying: rest)
        turns.shiftLeft(2)
        turns.add(pi)
        var divisor = BigInteger(copying: pi)
        divisor.shiftLeft(1)
        turns.floorDivide(by: divisor)
        guard let n = turns.exactInt else { return .unknown }
        turns.multiply(by: pi)
        rest.shiftLeft(1)
        rest.subtract(turns)
        rest.shiftRight(guardBits + 1)
        let quadrant = (n &+ quarterTurns) & 3
        var square = BigInteger(copying: rest)
        square.square()
        square.shiftRight(workingPrecision)
        var term =
            quadrant % 2 == 0 ? BigInteger(copying: rest) : BigInteger(powerOfTwo: workingPrecision)
        var sum = BigInteger(copying: term)
        var i = quadrant % 2 == 0 ? 1 : 0
        repeat {
            term.multiply(by: square)
            term.shiftRight(workingPrecision)
            term.floorDivide(by: (i + 1) * (i + 2))
            term.negate()
            sum.add(term)
            i += 2
        } while i < 1 << 10 && magnitude(term) > 4 * Rounding.powerOfTwo(-precision)
        if quadrant >= 2 { sum.negate() }
        return rounded(sum, radius: x.radius)
    }
}

// MARK: - π

extension BallArithmetic {
    /// π = 16 arctan(1/5) − 4 arctan(1/239) (Machin), in units of 2^−precision.
    ///
    /// A series has at most 2^9 terms for the precisions here, each off by less than 2 units.
    static func pi(precision: Int) -> BigInteger {
        var sum = inverseTangent(ofInverse: 5, precision: precision)
        sum.multiply(by: 16)
        var small = inverseTangent(ofInverse: 239, precision: precision)
        small.multiply(by: 4)
        sum.subtract(small)
        return sum
    }

    /// arctan(1/m) = Σ (−1)^i / ((2i + 1) · m^(2i + 1)).
    private static func inverseTangent(ofInverse m: Int, precision: Int) -> BigInteger {
        BigInteger.oddPowerSeries(ofInverse: m, precision: precision, alternating: true)
    }
}
