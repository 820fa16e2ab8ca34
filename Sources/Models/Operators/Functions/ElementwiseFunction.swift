/// An operation that applies one function of a real number to each element.
///
/// Besides the double for calibration it gives the exact integer for tables: see ``table(_:)``.
public protocol ElementwiseFunction: FloatOperator {
    /// The function in IEEE double; the same result on every machine.
    func callAsFunction(_ x: Double) -> Double

    /// The function's table: for each integer h of the domain, in order,
    /// round(f(h / 2^inputFractionBits) · 2^outputFractionBits), half up, clamped to the range.
    ///
    /// Every entry is exact, so the table is the same on every machine, byte for byte.
    ///
    /// - Precondition: The function is defined on the whole domain.
    func table(_ format: TableFormat) -> [Int]

    /// A bound of the function's slope between points of a range, jumps aside.
    func slope(over range: ClosedRange<Double>) -> Double

    /// How far apart the values at two points of a range can be that are at most so far apart, jumps
    /// aside.
    func variation(over range: ClosedRange<Double>, within distance: Double) -> Double

    /// Where the function has real values.
    var definedRange: ClosedRange<Double> { get }

    /// Whether that is known to be everywhere.
    var isDefinedEverywhere: Bool { get }

    /// By how much the function jumps, at most; 0 where it is continuous.
    var largestJump: Double { get }

    /// Between neighbouring ones the function is monotone; nil when it has no few.
    var turningPoints: [Double]? { get }

    /// Whether tables end where the calibrated range does, and saturate there: functions that are
    /// too steep, or not defined, beyond it.
    var endsAtCalibratedRange: Bool { get }
}

/// The fixed-point formats on both sides of a table.
public struct TableFormat: Sendable, Equatable {
    /// The arguments, as integers.
    public let domain: ClosedRange<Int>
    /// An argument h stands for h / 2^inputFractionBits.
    public let inputFractionBits: Int
    /// A result y stands for y / 2^outputFractionBits.
    public let outputFractionBits: Int
    /// The results that can be stored; others saturate.
    public let range: ClosedRange<Int>

    /// What exact arithmetic on the numbers of a table is bounded by.
    static let fractionBits = -100...100

    /// - Precondition: Both numbers of fraction bits are in −100...100.
    public init(
        domain: ClosedRange<Int>, inputFractionBits: Int, outputFractionBits: Int,
        range: ClosedRange<Int>
    ) {
        precondition(
            Self.fractionBits.contains(inputFractionBits), "\(inputFractionBits) fraction bits")
        precondition(
            Self.fractionBits.contains(outputFractionBits), "\(outputFractionBits) fraction bits")
        self.domain = domain
        self.inputFractionBits = inputFractionBits
        self.outputFractionBits = outputFractionBits
        self.range = range
    }
}

extension ElementwiseFunction {
    public func variation(over range: ClosedRange<Double>, within distance: Double) -> Double {
        distance == 0 ? 0 : slope(over: range) * distance
    }
    public var definedRange: ClosedRange<Double> { -.infinity...(.infinity) }
    public var isDefinedEverywhere: Bool { definedRange == -.infinity...(.infinity) }
    public var largestJump: Double { 0 }
    public var turningPoints: [Double]? { [0] }
    public var endsAtCalibratedRange: Bool { false }

    public func evaluate(_ operands: [FloatTensor], shape: [Int]) -> FloatTensor {
        FloatTensor(shape: shape, values: operands[0].values.map { self($0) })
    }

    /// Integers too, exactly as long as a double holds operand and result.
    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let type = results[0]
        let values: [Double]
        switch operands[0] {
        case .float(let tensor):
            values = tensor.values.map { self($0) }
        case .int(let tensor):
            guard tensor.values.allSatisfy({ $0.magnitude <= 1 << 53 }) else {
                throw .integerOverflow
            }
            values = tensor.values.map { self(Double($0)) }
        }
        guard let range = type.elementType.integerRange else {
            return [.float(FloatTensor(shape: type.shape, values: values))]
        }
        var integers: [Int] = []
        for value in values {
            guard let integer = Int(exactly: value), range.contains(integer) else {
                throw .integerOverflow
            }
            integers.append(integer)
        }
        return [.int(IntTensor(shape: type.shape, values: integers))]
    }

    /// A node that applies the function to its only data operand.
    static func resolved(
        _ function: Self, _ node: NodeReader
    ) throws(ModelError) -> ResolvedNode {
        let shape = try node.floatShape(0)
        return ResolvedNode(function, operands: [0], try node.type(0).elementType, shape)
    }

    /// A node of one operand, of floating-point numbers or integers, and no attributes.
    static func resolvedForNumbers(
        _ function: Self, _ node: NodeReader
    ) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let type = try node.type(0)
        guard type.elementType != .bool else {
            throw .elementType(node.reference, input: 0, type.elementType)
        }
        return ResolvedNode(function, operands: [0], results: [type])
    }
}

/// A function that ball arithmetic computes; its tables follow from that.
protocol EnclosedFunction: ElementwiseFunction {
    /// A ball with the function's values at all points of a ball.
    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball
}

extension EnclosedFunction {
    public func table(_ format: TableFormat) -> [Int] {
        CorrectRounding.table(format) { self($0, $1) }
    }
}
