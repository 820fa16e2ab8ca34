/// `Sqrt`: √x.
public struct SquareRoot: EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(SquareRoot(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { x.squareRoot() }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        reals.squareRoot(x)
    }

    public func slope(over range: ClosedRange<Double>) -> Double {
        range.lowerBound > 0 ? 0.5 / range.lowerBound.squareRoot() : .infinity
    }

    /// Near 0 a root has no slope, but |√a − √b| ≤ √|a − b|.
    public func variation(over range: ClosedRange<Double>, within distance: Double) -> Double {
        distance == 0 ? 0 : min(slope(over: range) * distance, distance.squareRoot())
    }

    public var definedRange: ClosedRange<Double> { 0...(.infinity) }
    public var endsAtCalibratedRange: Bool { true }
}

/// `Reciprocal`: 1 / x. At 0, which no sample may meet, tables have the result's largest integer.
public struct Reciprocal: EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(Reciprocal(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { 1 / x }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        reals.quotient(reals.number(1), x)
    }

    public func table(_ format: TableFormat) -> [Int] {
        format.domain.map { h in
            guard h != 0 else { return format.range.upperBound }
            var denominator = BigInteger(h)
            if h < 0 { denominator.negate() }
            return format.rounded(
                BigInteger(h < 0 ? -1 : 1), over: denominator, exponent: format.inputFractionBits)
        }
    }

    public func slope(over range: ClosedRange<Double>) -> Double {
        let nearest = max(range.lowerBound, -range.upperBound)
        return nearest > 0 ? 1 / (nearest * nearest) : .infinity
    }

    public var turningPoints: [Double]? { [0] }
    public var endsAtCalibratedRange: Bool { true }
}

/// `Pow` with a constant exponent.
///
/// A negative base has a real power only for whole exponents. Where there is none, tables have the
/// power of 0, or, when that is infinite too, the result's largest integer.
public struct Power: EnclosedFunction, Equatable {
    public let exponent: Double

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 2...2)
        let type = try node.type(0)
        let exponent = try node.number(1, role: "exponent")
        guard try node.broadcastShape() == type.shape else {
            throw node.mismatch(
                expected: "an exponent that broadcasts to \(type.shape)",
                actual: "\(try node.type(1).shape)")
        }
        guard type.elementType.isFloat || (0...62).contains(exponent) else {
            throw node.unsupported(
                "an integer to the power \(exponent) is", advice: "cast the base to float")
        }
        return ResolvedNode(Power(exponent: exponent), operands: [0], results: [type])
    }

    private var isWhole: Bool { exponent == exponent.rounded() }
    private var isOdd: Bool { isWhole && exponent / 2 != (exponent / 2).rounded() }

    public func callAsFunction(_ x: Double) -> Double { ReproducibleMath.power(x, exponent) }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        if exponent == 0 { return reals.number(1) }
        if exponent == 0.5 { return reals.squareRoot(x) }
        if let n = Int(exactly: exponent), (1...64).contains(n) {
            var result = Ball(copying: x)
            for _ in 1..<n { result = reals.product(result, x) }
            return result
        }
        if x.sign == 0 {
            return exponent > 0 && x.radius == 0 ? reals.number(0) : .unknown
        }
        var base = Ball(copying: x)
        if base.sign < 0 {
            guard isWhole else { return exponent > 0 ? reals.number(0) : .unknown }
            base = base.negated()
        }
        let magnitude = reals.exp(reals.product(reals.number(exponent), reals.log(base)))
        return x.sign < 0 && isOdd ? magnitude.negated() : magnitude
    }

    public func table(_ format: TableFormat) -> [Int] {
        guard let n = Int(exactly: exponent), n.magnitude <= 64 else {
            return CorrectRounding.table(format) { self($0, $1) }
        }
        // Exact: ties are common among powers of small integers.
        return format.domain.map { h in
            if h == 0, n < 0 { return format.range.upperBound }
            var power = BigInteger(h)
            power.raise(to: abs(n))
            guard n < 0 else {
                return format.rounded(
                    power, over: BigInteger(1), exponent: -n * format.inputFractionBits)
            }
            var one = BigInteger(1)
            if power.sign < 0 {
                one.negate()
                power.negate()
            }
            return format.rounded(one, over: power, exponent: -n * format.inputFractionBits)
        }
    }

    public func slope(over range: ClosedRange<Double>) -> Double {
        let (low, high) = (range.lowerBound, range.upperBound)
        let farthest = max(low.magnitude, high.magnitude)
        let nearest = low > 0 ? low : high < 0 ? -high : 0
        if exponent == 0 { return 0 }
        if exponent >= 1 {
            return exponent * ReproducibleMath.power(farthest, exponent - 1) * (1 + 0x1p-30)
        }
        guard nearest > 0 else { return .infinity }
        return exponent.magnitude * ReproducibleMath.power(nearest, exponent - 1) * (1 + 0x1p-30)
    }

    /// For exponents between 0 and 1, |a^p − b^p| ≤ |a − b|^p.
    public func variation(over range: ClosedRange<Double>, within distance: Double) -> Double {
        guard distance > 0 else { return 0 }
        let bySlope = slope(over: range) * distance
        guard (0...1).contains(exponent) else { return bySlope }
        return min(bySlope, ReproducibleMath.power(distance, exponent) * (1 + 0x1p-30))
    }

    public var definedRange: ClosedRange<Double> {
        if isWhole { return -.infinity...(.infinity) }
        return exponent > 0 ? 0...(.infinity) : .leastNonzeroMagnitude...(.infinity)
    }
    public var endsAtCalibratedRange: Bool { true }
}
