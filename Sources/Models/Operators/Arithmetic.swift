/// `Add`, `Sub`, `Mul` and `Div`: element by element, operands broadcast as in numpy.
///
/// Integer overflow is refused; integer division truncates, and is by constants only. The divisor of
/// a floating-point `Div` is never 0.
public struct Arithmetic: Operator, Equatable {
    public enum Kind: Sendable {
        case add
        case subtract
        case multiply
        case divide
    }

    public let kind: Kind

    static func resolveAdd(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try resolve(.add, &node)
    }

    static func resolveSub(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try resolve(.subtract, &node)
    }

    static func resolveMul(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try resolve(.multiply, &node)
    }

    static func resolveDiv(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try resolve(.divide, &node)
    }

    private static func resolve(
        _ kind: Kind, _ node: inout NodeReader
    ) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 2...2)
        let (a, b) = (try node.type(0), try node.type(1))
        guard a.elementType == b.elementType else {
            throw .elementType(node.reference, input: 1, b.elementType)
        }
        if a.elementType == .bool {
            throw .elementType(node.reference, input: 0, .bool)
        } else if kind == .divide, !a.elementType.isFloat, try node.constant(0) == nil {
            let divisor = try node.number(1, role: "divisor")
            guard divisor != 0 else { throw .evaluation(node.reference, .divisionByZero) }
            guard let whole = Int(exactly: divisor), whole.magnitude <= 1 << 53 else {
                throw node.unsupported("the divisor \(divisor) is", advice: "use one below 2^53")
            }
            guard try node.broadcastShape() == a.shape else {
                throw node.mismatch(
                    expected: "a divisor that broadcasts to \(a.shape)", actual: "\(b.shape)")
            }
            return ResolvedNode(
                IntegerQuotient(divisor: whole), operands: [0], results: [a])
        } else if kind == .divide, !a.elementType.isFloat {
            _ = try node.constant(1, role: "divisor")
        } else if kind == .divide {
            if case .float(let divisor)? = try node.constant(1), divisor.values.contains(0) {
                throw .evaluation(node.reference, .divisionByZero)
            }
        }
        guard let shape = Shape.broadcast(a.shape, b.shape) else {
            throw node.mismatch(expected: "shapes that broadcast", actual: "\(a.shape), \(b.shape)")
        }
        return ResolvedNode(Arithmetic(kind: kind), operands: [0, 1], a.elementType, shape)
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let type = results[0]
        switch (operands[0], operands[1]) {
        case (.float(let a), .float(let b)):
            let values =
                switch kind {
                case .add: Self.combine(a, b, shape: type.shape, +)
                case .subtract: Self.combine(a, b, shape: type.shape, -)
                case .multiply: Self.combine(a, b, shape: type.shape, *)
                case .divide: Self.combine(a, b, shape: type.shape, /)
                }
            return [.float(FloatTensor(shape: type.shape, values: values))]
        case (.int(let a), .int(let b)):
            return [.int(IntTensor(shape: type.shape, values: try integers(a, b, type)))]
        default:
            preconditionFailure("resolved for operands of one type")
        }
    }

    @inline(__always)
    private static func combine(
        _ a: FloatTensor, _ b: FloatTensor, shape: [Int], _ operation: (Double, Double) -> Double
    ) -> [Double] {
        if a.shape == b.shape { return zip(a.values, b.values).map(operation) }
        if b.values.count == 1, a.shape == shape {
            let value = b.values[0]
            return a.values.map { operation($0, value) }
        }
        var left = BroadcastIndices(a.shape, to: shape)
        var right = BroadcastIndices(b.shape, to: shape)
        return (0..<shape.reduce(1, *)).map { _ in
            operation(a.values[left.next()], b.values[right.next()])
        }
    }

    private func integers(
        _ a: IntTensor, _ b: IntTensor, _ type: ValueType
    ) throws(EvaluationError) -> [Int] {
        var left = BroadcastIndices(a.shape, to: type.shape)
        var right = BroadcastIndices(b.shape, to: type.shape)
        let range = type.elementType.integerRange ?? Int.min...Int.max
        var values: [Int] = []
        for _ in 0..<type.shape.reduce(1, *) {
            let (x, y) = (a.values[left.next()], b.values[right.next()])
            if kind == .divide, y == 0 { throw .divisionByZero }
            let (value, overflow) =
                switch kind {
                case .add: x.addingReportingOverflow(y)
                case .subtract: x.subtractingReportingOverflow(y)
                case .multiply: x.multipliedReportingOverflow(by: y)
                case .divide: x.dividedReportingOverflow(by: y)
                }
            guard !overflow, range.contains(value) else { throw .integerOverflow }
            values.append(value)
        }
        return values
    }
}
