/// A function of which IEEE double gives the exact value for every argument of a table.
protocol ExactInDouble: ElementwiseFunction {}

extension ExactInDouble {
    public func table(_ format: TableFormat) -> [Int] {
        let unit = Rounding.powerOfTwo(-format.inputFractionBits)
        return format.domain.map { format.rounded(self(Double($0) * unit)) }
    }
}

/// `Floor`, `Ceil`, `Round` (ties to the even integer) and a `Cast` to integers (toward zero).
public struct IntegerRounding: ExactInDouble, Equatable {
    public enum Direction: Sendable {
        case down
        case up
        case nearestEven
        case towardZero
    }

    public let direction: Direction

    static func resolveFloor(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(IntegerRounding(direction: .down), node)
    }

    static func resolveCeil(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(IntegerRounding(direction: .up), node)
    }

    static func resolveRound(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(IntegerRounding(direction: .nearestEven), node)
    }

    public func callAsFunction(_ x: Double) -> Double {
        switch direction {
        case .down: x.rounded(.down)
        case .up: x.rounded(.up)
        case .nearestEven: x.rounded(.toNearestOrEven)
        case .towardZero: x.rounded(.towardZero)
        }
    }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 }
    public var largestJump: Double { 1 }
}

/// `Sign`: −1, 0 or 1.
public struct Sign: ExactInDouble, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try resolvedForNumbers(Sign(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : 0 }

    public func slope(over range: ClosedRange<Double>) -> Double { 0 }
    public var largestJump: Double { 2 }
}

/// A `Cast` to bool: whether x ≠ 0.
public struct IsNonzero: ExactInDouble, Equatable {
    public func callAsFunction(_ x: Double) -> Double { x == 0 ? 0 : 1 }

    public func slope(over range: ClosedRange<Double>) -> Double { 0 }
    public var largestJump: Double { 1 }
}

/// `ThresholdedRelu`: x where x > alpha, else 0.
public struct ThresholdedRelu: ExactInDouble, Equatable {
    public let alpha: Double

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(ThresholdedRelu(alpha: try node.float("alpha") ?? 1), node)
    }

    public func callAsFunction(_ x: Double) -> Double { x > alpha ? x : 0 }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 }
    public var largestJump: Double { alpha.magnitude }
    public var turningPoints: [Double]? { [alpha] }
}

/// `Mod` by a constant number: with the divisor's sign, or, with `fmod`, with the dividend's.
public struct Remainder: ExactInDouble, Equatable {
    /// Not zero.
    public let divisor: Double
    public let hasSignOfDividend: Bool

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 2...2)
        let (type, hasSignOfDividend) = (try node.type(0), try node.flag("fmod"))
        _ = try node.commonElementType()
        let divisor = try node.number(1, role: "divisor")
        guard divisor != 0 else { throw .evaluation(node.reference, .divisionByZero) }
        guard try node.broadcastShape() == type.shape else {
            throw node.mismatch(
                expected: "a divisor that broadcasts to \(type.shape)",
                actual: "\(try node.type(1).shape)")
        }
        let remainder = Remainder(divisor: divisor, hasSignOfDividend: hasSignOfDividend)
        return ResolvedNode(remainder, operands: [0], results: [type])
    }

    public func callAsFunction(_ x: Double) -> Double {
        let rest = x.truncatingRemainder(dividingBy: divisor)
        guard !hasSignOfDividend, rest != 0, (rest < 0) != (divisor < 0) else { return rest }
        return rest + divisor
    }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 }
    public var largestJump: Double { divisor.magnitude }
    public var turningPoints: [Double]? { nil }
}

/// `Div` of integers by a constant integer: toward zero.
public struct IntegerQuotient: ExactInDouble, Equatable {
    /// Not zero.
    public let divisor: Int

    public func callAsFunction(_ x: Double) -> Double {
        // The quotient of doubles below 2^53 rounds to an integer only if it is one.
        let quotient = (x / Double(divisor)).rounded(.towardZero)
        return quotient == 0 ? 0 : quotient
    }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 / Double(divisor).magnitude }
    public var largestJump: Double { 1 }
}
