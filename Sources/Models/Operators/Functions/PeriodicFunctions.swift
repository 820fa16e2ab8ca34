/// `Sin`.
public struct Sine: EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(Sine(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { ReproducibleMath.sin(x) }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball { reals.sin(x) }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 }

    public var turningPoints: [Double]? { nil }
}

/// `Cos`.
public struct Cosine: EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(Cosine(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { ReproducibleMath.cos(x) }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball { reals.cos(x) }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 }

    public var turningPoints: [Double]? { nil }
}
