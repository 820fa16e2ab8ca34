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
    func table(_ format: TableFormat) -> [Int]
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

    /// - Precondition: Both numbers of fraction bits are in 0...62.
    public init(
        domain: ClosedRange<Int>, inputFractionBits: Int, outputFractionBits: Int,
        range: ClosedRange<Int>
    ) {
        precondition((0...62).contains(inputFractionBits), "\(inputFractionBits) fraction bits")
        precondition((0...62).contains(outputFractionBits), "\(outputFractionBits) fraction bits")
        self.domain = domain
        self.inputFractionBits = inputFractionBits
        self.outputFractionBits = outputFractionBits
        self.range = range
    }
}

extension ElementwiseFunction {
    public func evaluate(_ operands: [FloatTensor], shape: [Int]) -> FloatTensor {
        FloatTensor(shape: shape, values: operands[0].values.map { self($0) })
    }

    /// A node that applies the function to its only data operand.
    static func resolved(
        _ function: Self, _ node: NodeReader
    ) throws(ModelError) -> ResolvedNode {
        let shape = try node.floatShape(0)
        return ResolvedNode(function, operands: [0], try node.type(0).elementType, shape)
    }
}
