/// `Abs`: |x|.
public struct Absolute: ElementwiseFunction, EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try resolvedForNumbers(Absolute(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { x.magnitude }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        x.sign < 0 ? Ball(copying: x).negated() : Ball(copying: x)
    }

    public func table(_ format: TableFormat) -> [Int] {
        format.domain.map { format.rounded($0 < 0 ? -$0 : $0) }
    }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 }
}

/// `HardSigmoid`: max(0, min(1, alpha · x + beta)).
public struct HardSigmoid: ElementwiseFunction, EnclosedFunction, Equatable {
    public let alpha: Double
    public let beta: Double

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let alpha = try node.float("alpha") ?? Double(Float(0.2))
        return try resolved(HardSigmoid(alpha: alpha, beta: try node.float("beta") ?? 0.5), node)
    }

    public func callAsFunction(_ x: Double) -> Double { max(0, min(1, alpha * x + beta)) }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        let line = reals.sum(reals.product(reals.number(alpha), x), reals.number(beta))
        return Clip(minimum: 0, maximum: 1)(line, reals)
    }

    public func table(_ format: TableFormat) -> [Int] {
        let (a, b) = (Dyadic(alpha), Dyadic(beta))
        // Both terms in units of the finer one's last bit.
        let exponents = (a.exponent - format.inputFractionBits, b.exponent)
        let least = min(exponents.0, exponents.1)
        var offset = BigInteger(b.significand)
        offset.shiftLeft(exponents.1 - least)
        let (low, high) = (format.rounded(0.0), format.rounded(1.0))
        return format.domain.map { h in
            var value = BigInteger(h)
            value.multiply(by: a.significand)
            value.shiftLeft(exponents.0 - least)
            value.add(offset)
            return min(max(format.rounded(value, over: BigInteger(1), exponent: least), low), high)
        }
    }

    public func slope(over range: ClosedRange<Double>) -> Double { alpha.magnitude }
}

/// `Softsign`: x / (1 + |x|).
public struct Softsign: ElementwiseFunction, EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(Softsign(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { x / (1 + x.magnitude) }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        let magnitude = x.sign < 0 ? Ball(copying: x).negated() : Ball(copying: x)
        return reals.quotient(x, reals.sum(reals.number(1), magnitude))
    }

    public func table(_ format: TableFormat) -> [Int] {
        format.domain.map { h in
            var numerator = BigInteger(h)
            numerator.shiftLeft(max(0, -format.inputFractionBits))
            var denominator = BigInteger(copying: numerator)
            if h < 0 { denominator.negate() }
            denominator.add(BigInteger(powerOfTwo: max(0, format.inputFractionBits)))
            return format.rounded(numerator, over: denominator)
        }
    }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 }
}

/// `Erf`: 2/√π ∫ e^(−t²) dt from 0 to x.
public struct ErrorFunction: EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(ErrorFunction(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { ReproducibleMath.erf(x) }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball { reals.erf(x) }

    public func slope(over range: ClosedRange<Double>) -> Double { 1.13 }
}
