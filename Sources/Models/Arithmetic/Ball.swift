/// A real number known to lie within `radius` of `middle`, both in units of 2^−precision of the
/// ``BallArithmetic`` that made it.
///
/// The radius is an upper bound computed in doubles; infinite where nothing is known.
struct Ball: ~Copyable {
    var middle: BigInteger
    var radius: Double

    init(_ middle: consuming BigInteger, radius: Double) {
        self.middle = middle
        self.radius = radius
    }

    init(copying other: borrowing Ball) {
        middle = BigInteger(copying: other.middle)
        radius = other.radius
    }

    var sign: Int { middle.sign }

    consuming func negated() -> Ball {
        middle.negate()
        return self
    }

    /// The same middle, known less well.
    consuming func widened(by extra: Double) -> Ball {
        radius = (radius + extra) * (1 + 0x1p-50)
        return self
    }

    /// Nothing known.
    static var unknown: Ball { Ball(BigInteger(0), radius: .infinity) }
}

/// Interval arithmetic in fixed point: every result contains the true result for every choice of
/// numbers in the operands.
///
/// Radii are rounded up by a factor beyond what double arithmetic can lose.
///
/// Reference: van der Hoeven, "Ball arithmetic" (2009).
final class BallArithmetic {
    /// Bits after the binary point, at most 960, so that 2^−precision is a normal double.
    let precision: Int
    /// For functions, with some bits more.
    let exponential: FixedPointExponential
    /// π · 2^(precision + guardBits + 128), within 2^14.
    let pi: BigInteger
    /// Bits by which functions work beyond `precision`.
    static let guardBits = 32

    init(precision: Int) {
        precondition((64...960).contains(precision), "\(precision) bits")
        self.precision = precision
        exponential = FixedPointExponential(precision: precision + Self.guardBits)
        pi = Self.pi(precision: precision + Self.guardBits + 128)
    }

    /// |middle| · 2^−precision, rounded up.
    func magnitude(_ x: borrowing BigInteger) -> Double {
        let (significand, exponent) = x.approximation
        guard exponent < 1000 + precision else { return .infinity }
        return Double(
            sign: .plus, exponent: max(exponent - precision, -1020),
            significand: significand.magnitude * (1 + 0x1p-50))
    }

    /// A real near the ball's middle.
    func approximation(_ x: borrowing Ball) -> Double {
        let magnitude = magnitude(x.middle)
        return x.sign < 0 ? -magnitude : magnitude
    }
}

// MARK: - Numbers and field operations

extension BallArithmetic {
    /// h / 2^fractionBits.
    func number(_ h: Int, fractionBits: Int = 0) -> Ball {
        var middle = BigInteger(h)
        let shift = precision - fractionBits
        middle.shiftLeft(shift)
        return Ball(middle, radius: shift < 0 ? 1 : 0)
    }

    var circleConstant: Ball {
        var middle = BigInteger(copying: pi)
        middle.shiftRight(Self.guardBits + 128)
        return Ball(middle, radius: 2)
    }

    /// The exact value of a finite double.
    func number(_ value: Double) -> Ball {
        let value = Dyadic(value)
        return number(value.significand, fractionBits: -value.exponent)
    }

    func sum(_ a: borrowing Ball, _ b: borrowing Ball) -> Ball {
        var middle = BigInteger(copying: a.middle)
        middle.add(b.middle)
        return Ball(middle, radius: (a.radius + b.radius) * (1 + 0x1p-50))
    }

    func difference(_ a: borrowing Ball, _ b: borrowing Ball) -> Ball {
        var middle = BigInteger(copying: a.middle)
        middle.subtract(b.middle)
        return Ball(middle, radius: (a.radius + b.radius) * (1 + 0x1p-50))
    }

    /// |xy − mn| ≤ |m| s + |n| r + r s, and one unit for the shift.
    func product(_ a: borrowing Ball, _ b: borrowing Ball) -> Ball {
        var middle = BigInteger(copying: a.middle)
        middle.multiply(by: b.middle)
        middle.shiftRight(precision)
        let unit = Rounding.powerOfTwo(-precision)
        var radius = 1.0
        if b.radius > 0 { radius += (magnitude(a.middle) + a.radius * unit) * b.radius }
        if a.radius > 0 { radius += magnitude(b.middle) * a.radius }
        return Ball(middle, radius: radius * (1 + 0x1p-40))
    }

    /// |x/y − m/n| ≤ (r + |m/n| s) / (|n| − s), and two units for the division's rounding.
    func quotient(_ a: borrowing Ball, _ b: borrowing Ball) -> Ball {
        let unit = Rounding.powerOfTwo(-precision)
        let least = magnitude(b.middle) * (1 - 0x1p-40) - b.radius * unit
        guard least > 0 else { return .unknown }
        var middle = BigInteger(copying: a.middle)
        middle.shiftLeft(precision)
        middle.floorDivide(by: b.middle)
        var radius = 2 + a.radius / least
        if b.radius > 0 { radius += magnitude(middle) * b.radius / least }
        return Ball(middle, radius: radius * (1 + 0x1p-40))
    }

    /// √x; of the part that is not negative.
    func squareRoot(_ x: borrowing Ball) -> Ball {
        if x.sign == 0, x.radius == 0 { return number(0) }
        let unit = Rounding.powerOfTwo(-precision)
        let least = magnitude(x.middle) * (1 - 0x1p-40) - x.radius * unit
        guard least > 0 else {
            // |middle| ≤ (1 + 2^−39) · radius: no root is above √(3 · radius).
            guard x.radius.isFinite else { return .unknown }
            let scale = Rounding.powerOfTwo((precision + 1) / 2)
            return Ball(BigInteger(0), radius: (3 * x.radius).squareRoot() * scale + 1)
        }
        guard x.sign > 0 else { return .unknown }
        var middle = BigInteger(copying: x.middle)
        middle.shiftLeft(precision)
        middle.floorSquareRoot()
        return Ball(middle, radius: (2 + x.radius / least.squareRoot()) * (1 + 0x1p-40))
    }
}
