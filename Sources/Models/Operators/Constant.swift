/// A tensor that is part of the model: `Constant`, and `Shape` and `Size`, whose results are known.
public struct Constant: Operator, Equatable {
    public let tensor: Tensor

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        [tensor]
    }

    private static func resolved(_ type: ElementType, _ tensor: Tensor) -> ResolvedNode {
        ResolvedNode(Constant(tensor: tensor), operands: [], type, tensor.shape)
    }

    /// Exactly one of the attributes value, value_float, value_floats, value_int, value_ints; the
    /// last four since opset 12.
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 0...0)
        var found: [ResolvedNode] = []
        if let (type, tensor) = try node.tensor("value") { found.append(resolved(type, tensor)) }
        if node.opset >= 12 {
            if let value = try node.float("value_float") {
                found.append(resolved(.float, .float(.init(shape: [], values: [value]))))
            }
            if let values = try node.floats("value_floats") {
                found.append(resolved(.float, .float(.init(shape: [values.count], values: values))))
            }
            if let value = try node.int("value_int") {
                found.append(resolved(.int64, .int(.init(shape: [], values: [value]))))
            }
            if let values = try node.ints("value_ints") {
                found.append(resolved(.int64, .int(.init(shape: [values.count], values: values))))
            }
        }
        for name in ["sparse_value", "value_string", "value_strings"] where node.hasAttribute(name)
        {
            throw node.invalid(attribute: name, "a tensor", advice: "use dense numbers")
        }
        guard let constant = found.first, found.count == 1 else {
            throw node.mismatch(expected: "exactly one value attribute", actual: "\(found.count)")
        }
        return constant
    }

    /// The extents from `start` to `end`, attributes since opset 15.
    static func resolveShape(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let shape = try node.type(0).shape
        var (start, end) = (0, shape.count)
        if node.opset >= 15 {
            func clamped(_ axis: Int) -> Int {
                min(max(axis < 0 ? axis + shape.count : axis, 0), shape.count)
            }
            start = clamped(try node.int("start", default: 0))
            end = clamped(try node.int("end", default: shape.count))
        }
        let extents = Array(shape[start..<max(start, end)])
        return resolved(.int64, .int(.init(shape: [extents.count], values: extents)))
    }

    static func resolveSize(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let count = try node.type(0).shape.saturatingProduct
        return resolved(.int64, .int(.init(shape: [], values: [count])))
    }
}

/// `ConstantOfShape`: one number everywhere.
public struct Fill: Operator, Equatable {
    /// One element.
    public let value: Tensor

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let shape = try node.integers(0, role: "shape")
        let zero = (ElementType.float, Tensor.float(.init(shape: [1], values: [0])))
        let (type, value) = try node.tensor("value") ?? zero
        guard value.elementCount == 1, Shape.elementCount(shape) != nil else {
            throw node.mismatch(
                expected: "one value and a shape", actual: "\(value.elementCount) values, \(shape)")
        }
        return ResolvedNode(Fill(value: value), operands: [], type, shape)
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let shape = results[0].shape
        let count = shape.reduce(1, *)
        switch value {
        case .float(let tensor):
            return [
                .float(
                    FloatTensor(
                        shape: shape, values: .init(repeating: tensor.values[0], count: count)))
            ]
        case .int(let tensor):
            return [
                .int(
                    IntTensor(
                        shape: shape, values: .init(repeating: tensor.values[0], count: count)))
            ]
        }
    }
}
