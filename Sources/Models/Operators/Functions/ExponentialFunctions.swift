/// `Exp`: e^x.
public struct Exponential: EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(Exponential(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { ReproducibleMath.exp(x) }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball { reals.exp(x) }

    public func slope(over range: ClosedRange<Double>) -> Double { self(range.upperBound) }

    public var endsAtCalibratedRange: Bool { true }
}

/// `Log`: ln x.
public struct Logarithm: EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(Logarithm(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { ReproducibleMath.log(x) }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball { reals.log(x) }

    public func slope(over range: ClosedRange<Double>) -> Double {
        range.lowerBound > 0 ? 1 / range.lowerBound : .infinity
    }

    public var definedRange: ClosedRange<Double> { .leastNonzeroMagnitude...(.infinity) }
    public var endsAtCalibratedRange: Bool { true }
}

/// `Softplus`: ln(1 + e^x).
public struct Softplus: EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(Softplus(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { ReproducibleMath.softplus(x) }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball { reals.softplus(x) }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 }
}

/// `Elu`, `Selu` and `Celu`: scale · x where x ≥ 0, else scale · alpha · (e^(x / divisor) − 1).
public struct ExponentialUnit: EnclosedFunction, Equatable {
    public let scale: Double
    public let alpha: Double
    /// Positive.
    public let divisor: Double

    static func resolveElu(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let alpha = try node.float("alpha") ?? 1
        return try resolved(ExponentialUnit(scale: 1, alpha: alpha, divisor: 1), node)
    }

    static func resolveSelu(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let alpha = try node.float("alpha") ?? Double(Float(1.67326319217681884765625))
        let gamma = try node.float("gamma") ?? Double(Float(1.05070102214813232421875))
        return try resolved(ExponentialUnit(scale: gamma, alpha: alpha, divisor: 1), node)
    }

    static func resolveCelu(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let alpha = try node.float("alpha") ?? 1
        guard alpha > 0 else {
            throw node.invalid(attribute: "alpha", alpha, advice: "use a positive number")
        }
        return try resolved(ExponentialUnit(scale: 1, alpha: alpha, divisor: alpha), node)
    }

    public func callAsFunction(_ x: Double) -> Double {
        scale * (x >= 0 ? x : alpha * ReproducibleMath.expMinusOne(x / divisor))
    }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        let lipschitz = slope(over: -1...1)
        guard x.sign < 0 else {
            return reals.product(x, reals.number(scale)).widened(by: lipschitz * x.radius)
        }
        let power = reals.exp(reals.quotient(x, reals.number(divisor)))
        return reals.product(
            reals.number(scale),
            reals.product(reals.number(alpha), reals.difference(power, reals.number(1)))
        ).widened(by: lipschitz * x.radius)
    }

    public func slope(over range: ClosedRange<Double>) -> Double {
        scale.magnitude * max(1, alpha.magnitude / divisor)
    }
}
