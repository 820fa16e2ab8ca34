/// `OneHot` with computed indices: one of two constants along a new axis.
///
/// Negative indices, which ONNX counts from the end, are out of range here.
public struct OneHotEncoding: Operator, Equatable {
    /// Of the new axis in the result.
    public let axis: Int
    public let depth: Int
    public let off: Double
    public let on: Double

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 3...3)
        let indices = try node.type(0)
        let isConstant = try node.constant(0) != nil
        guard !indices.elementType.isFloat || isConstant else {
            throw node.unsupported(
                "indices of type \(indices.elementType) are", advice: "cast them to int64")
        }
        let depths = try node.constant(1, role: "depth").reals
        guard let depth = depths.first, depths.count == 1, depth >= 1, depth <= 0x1p24,
            depth == depth.rounded()
        else { throw node.mismatch(expected: "one positive depth", actual: "\(depths)") }
        let values = try node.constant(2, role: "values").reals
        guard values.count == 2 else {
            throw node.mismatch(expected: "two values", actual: "\(values.count)")
        }
        let axis = try node.axis(
            node.int("axis", default: -1), bound: indices.shape.count + 1, name: "axis")
        var shape = indices.shape
        shape.insert(Int(depth), at: axis)
        return ResolvedNode(
            OneHotEncoding(axis: axis, depth: Int(depth), off: values[0], on: values[1]),
            operands: [0], try node.type(2).elementType, shape)
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let indices = operands[0].reals.map { Int(exactly: $0.rounded(.towardZero)) ?? .min }
        let shape = results[0].shape
        var values = [Double](repeating: off, count: shape.reduce(1, *))
        for (index, row) in zip(indices, RowCells(shape, along: [axis])) {
            // ONNX counts negative indices from the end and gives rows of `off` to those beyond.
            let position = index < 0 ? index &+ depth : index
            if row.indices.contains(position) { values[row[position]] = on }
        }
        return [
            results[0].elementType.isFloat
                ? .float(FloatTensor(shape: shape, values: values))
                : .int(IntTensor(shape: shape, values: values.map { Int($0) }))
        ]
    }
}
