/// `Gelu`: x · Φ(x), Φ the normal distribution function, or its approximation by tanh.
public struct Gelu: EnclosedFunction, Equatable {
    public let isApproximate: Bool

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let approximation = try node.string("approximate") ?? "none"
        guard ["none", "tanh"].contains(approximation) else {
            throw node.invalid(
                attribute: "approximate", approximation, advice: "use \"none\" or \"tanh\"")
        }
        return try resolved(Gelu(isApproximate: approximation == "tanh"), node)
    }

    private static let cubeFactor = 0.044715

    public func callAsFunction(_ x: Double) -> Double {
        guard isApproximate else {
            return 0.5 * x * (1 + ReproducibleMath.erf(x * 0.7071067811865476))
        }
        let argument = 0.7978845608028654 * (x + Self.cubeFactor * (x * x * x))
        return 0.5 * x * (1 + ReproducibleMath.tanh(argument))
    }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        let half = reals.number(0.5)
        let gate: Ball
        if isApproximate {
            // √(2/π) (x + 44715 · 10^−6 · x³)
            let cube = reals.product(reals.product(x, x), x)
            let factor = reals.quotient(reals.number(44_715), reals.number(1_000_000))
            let pi = reals.circleConstant
            let root = reals.squareRoot(reals.quotient(reals.number(2), pi))
            gate = reals.tanh(reals.product(root, reals.sum(x, reals.product(factor, cube))))
        } else {
            gate = reals.erf(reals.product(x, reals.squareRoot(half)))
        }
        return reals.product(reals.product(half, x), reals.sum(reals.number(1), gate))
    }

    public func slope(over range: ClosedRange<Double>) -> Double { 1.13 }

    public var turningPoints: [Double]? {
        [isApproximate ? -0.7524614220710162561 : -0.7517915246935645]
    }
}

/// `Mish`: x · tanh(softplus(x)).
public struct Mish: EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(Mish(), node)
    }

    public func callAsFunction(_ x: Double) -> Double {
        x * ReproducibleMath.tanh(ReproducibleMath.softplus(x))
    }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        reals.product(x, reals.tanh(reals.softplus(x)))
    }

    public func slope(over range: ClosedRange<Double>) -> Double { 1.09 }

    public var turningPoints: [Double]? { [-1.1924312145154872] }
}

/// `HardSwish`: x · max(0, min(1, x/6 + 1/2)).
public struct HardSwish: EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(HardSwish(), node)
    }

    public func callAsFunction(_ x: Double) -> Double {
        x <= -3 ? 0 : x >= 3 ? x : x * (x / 6 + 0.5)
    }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        let three = reals.number(3)
        let above = reals.sum(x, three)
        if above.sign <= 0 { return Ball(BigInteger(0), radius: 1.5 * x.radius) }
        if reals.difference(x, three).sign >= 0 { return Ball(copying: x).widened(by: x.radius) }
        return reals.quotient(reals.product(x, above), reals.number(6)).widened(by: x.radius)
    }

    public func table(_ format: TableFormat) -> [Int] {
        let f = format.inputFractionBits
        return format.domain.map { h in
            // From f = −2 on every h but 0 is beyond ±3.
            if f <= -2 { return h > 0 ? format.rounded(h) : format.rounded(0.0) }
            let three = Int128(3) << Int128(max(f, 0))
            let argument = Int128(h) << Int128(max(-f, 0))
            if argument <= -three { return format.rounded(0.0) }
            if argument >= three { return format.rounded(h) }
            var numerator = BigInteger(h)
            if f < 0 { numerator.shiftLeft(-f) }
            var other = BigInteger(3)
            other.shiftLeft(max(f, 0))
            other.add(numerator)
            numerator.multiply(by: other)
            return format.rounded(
                numerator, over: BigInteger(6), exponent: -2 * max(f, 0))
        }
    }

    public func slope(over range: ClosedRange<Double>) -> Double { 1.5 }

    public var turningPoints: [Double]? { [-3, -1.5] }
}
