/// `And`, `Or`, `Xor` of truth values; operands broadcast as in numpy.
public struct Logic: Operator, Equatable {
    public enum Kind: Sendable {
        case and
        case or
        case xor
    }

    public let kind: Kind

    static func resolver(_ kind: Kind) -> Resolver {
        { (node: inout NodeReader) throws(ModelError) -> ResolvedNode in
            try node.expect(inputs: 2...2)
            for input in 0...1 { try node.expectBool(input) }
            return ResolvedNode(
                Logic(kind: kind), operands: [0, 1], .bool, try node.broadcastShape())
        }
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        guard case .int(let a) = operands[0], case .int(let b) = operands[1] else {
            preconditionFailure("resolved for truth values")
        }
        let shape = results[0].shape
        var left = BroadcastIndices(a.shape, to: shape)
        var right = BroadcastIndices(b.shape, to: shape)
        let values = (0..<shape.reduce(1, *)).map { _ in
            let (x, y) = (a.values[left.next()], b.values[right.next()])
            return switch kind {
            case .and: x & y
            case .or: x | y
            case .xor: x ^ y
            }
        }
        return [.int(IntTensor(shape: shape, values: values))]
    }
}

/// `Not` of truth values.
public struct LogicalNot: ExactInDouble, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        try node.expectBool(0)
        return ResolvedNode(LogicalNot(), operands: [0], results: [try node.type(0)])
    }

    public func callAsFunction(_ x: Double) -> Double { 1 - x }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 }
}

/// `IsNaN` and `IsInf`: false, because no value of a model here is either.
enum FiniteCheck {
    static func resolveNaN(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return no(try node.floatShape(0))
    }

    static func resolveInfinity(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        _ = try node.flag("detect_negative", default: true)
        _ = try node.flag("detect_positive", default: true)
        return no(try node.floatShape(0))
    }

    private static func no(_ shape: [Int]) -> ResolvedNode {
        let value = Tensor.int(IntTensor(shape: [1], values: [0]))
        return ResolvedNode(Fill(value: value), operands: [], .bool, shape)
    }
}
