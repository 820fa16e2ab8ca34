/// The operand's elements in the same order, with another shape (that of the result).
///
/// `Reshape`, `Flatten`, `Squeeze`, `Unsqueeze`, `Identity`, `Dropout` in inference, and casts
/// between floating-point types.
public struct Reshape: Operator, Equatable {
    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let shape = results[0].shape
        switch operands[0] {
        case .float(let tensor): return [.float(FloatTensor(shape: shape, values: tensor.values))]
        case .int(let tensor): return [.int(IntTensor(shape: shape, values: tensor.values))]
        }
    }

    /// A node whose first input only changes its shape.
    private static func resolved(
        _ shape: [Int], _ node: NodeReader
    ) throws(ModelError) -> ResolvedNode {
        let type = try node.type(0)
        guard Shape.elementCount(shape) == Shape.elementCount(type.shape) else {
            throw node.mismatch(
                expected: "a shape with the elements of \(type.shape)", actual: "\(shape)")
        }
        return ResolvedNode(Reshape(), operands: [0], type.elementType, shape)
    }
}

extension Reshape {
    static func resolveIdentity(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(node.type(0).shape, node)
    }

    /// Inference leaves the data alone, whatever the ratio, and so does training with the ratio 0;
    /// the mask is 1 everywhere, a boolean since opset 10.
    static func resolveDropout(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: node.opset < 12 ? 1...1 : 1...3, outputs: 1...2)
        if node.opset < 12 { node.ignore("ratio") } else { node.ignore("seed") }
        if node.opset < 7 { node.ignore("is_test") }
        if node.has(2),
            try node.constant(2, role: "training_mode") != .int(.init(shape: [], values: [0]))
        {
            guard node.has(1), try node.scalar(1, role: "ratio") == 0 else {
                throw node.unsupported(
                    "training_mode is", advice: "export the model in evaluation mode")
            }
        }
        let type = try node.type(0)
        var result = try resolved(type.shape, node)
        let mask = ValueType(node.opset < 10 ? type.elementType : .bool, type.shape)
        if node.outputCount > 1 { result.uniformResults = [(mask, 1)] }
        return result
    }

    static func resolveFlatten(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let shape = try node.type(0).shape
        // The axis may equal the rank; a negative one counts from the rank.
        let value = try node.int("axis", default: 1)
        guard value >= -shape.count, value <= shape.count else {
            throw node.mismatch(
                expected: "axis in [\(-shape.count), \(shape.count)]", actual: "\(value)")
        }
        let axis = value < 0 ? value + shape.count : value
        return try resolved(
            [shape[..<axis].saturatingProduct, shape[axis...].saturatingProduct], node)
    }

    /// 0 copies an extent unless `allowzero`; one −1 takes what is left.
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 2...2)
        let allowsZero = node.opset >= 14 ? try node.flag("allowzero") : false
        let old = try node.type(0).shape
        var shape = try node.integers(1, role: "shape")
        let mismatch = node.mismatch(expected: "a target shape for \(old)", actual: "\(shape)")
        for (axis, extent) in shape.enumerated() where extent == 0 && !allowsZero {
            guard axis < old.count else { throw mismatch }
            shape[axis] = old[axis]
        }
        let open = shape.indices.filter { shape[$0] == -1 }
        if let axis = open.first {
            shape[axis] = 1
            guard open.count == 1, let known = Shape.elementCount(shape), known > 0,
                let count = Shape.elementCount(old), count % known == 0
            else { throw mismatch }
            shape[axis] = count / known
        }
        guard Shape.elementCount(shape) != nil else { throw mismatch }
        return try resolved(shape, node)
    }

    /// Axes are an attribute before opset 13, a constant operand since; none means all extents 1.
    static func resolveSqueeze(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        let shape = try node.type(0).shape
        guard let list = try axes(in: &node) else {
            return try resolved(shape.filter { $0 != 1 }, node)
        }
        let axes = Set(try node.axes(list, rank: shape.count))
        guard axes.allSatisfy({ shape[$0] == 1 }) else {
            throw node.mismatch(expected: "axes of extent 1", actual: "axes \(list) of \(shape)")
        }
        return try resolved(shape.indices.filter { !axes.contains($0) }.map { shape[$0] }, node)
    }

    static func resolveUnsqueeze(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        let shape = try node.type(0).shape
        guard let list = try axes(in: &node) else {
            throw .attribute(node.reference, name: "axes", .missing)
        }
        let rank = shape.count + list.count
        let axes = Set(try node.axes(list, rank: rank))
        var rest = shape.makeIterator()
        return try resolved((0..<rank).map { axes.contains($0) ? 1 : rest.next() ?? 1 }, node)
    }

    private static func axes(in node: inout NodeReader) throws(ModelError) -> [Int]? {
        if node.opset < 13 {
            try node.expect(inputs: 1...1)
            return try node.ints("axes")
        }
        try node.expect(inputs: 1...2)
        return node.has(1) ? try node.integers(1, role: "axes") : nil
    }
}

extension ArraySlice<Int> {
    fileprivate var saturatingProduct: Int { reduce(1) { $0.saturatingProduct($1) } }
}
