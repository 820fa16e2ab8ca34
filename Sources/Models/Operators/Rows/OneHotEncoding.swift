/// `OneHot` with computed indices: one of two constants along a new axis.
///
/// Negative indices count from the end; one beyond either end has a row of `off`.
public struct OneHotEncoding: Operator, Equatable {
    /// Of the new axis in the result.
    public let axis: Int
    public let depth: Int
    public let off: Double
    public let on: Double
    /// Whether an index beyond the ends is an error instead.
    public var isStrict = false

    /// Whether computed indices are reals, which are cast to integers first.
    static func hasRealIndices(_ node: NodeReader) throws(ModelError) -> Bool {
        guard node.inputCount > 0, try node.type(0).elementType.isFloat else { return false }
        return try node.constant(0) == nil
    }

    static func decomposeReals(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 3...3)
        let int64 = Int64(ElementType.int64.rawValue)
        let indices = try steps.apply(
            "Cast", [steps.operand(0)], ["to": .int(int64)], step: "indices")
        return [
            try steps.apply(
                "OneHot", [indices, steps.operand(1), steps.operand(2)],
                node.remainingAttributes(), step: "places")
        ]
    }

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 3...3)
        let indices = try node.type(0)
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
            let position = index < 0 ? index &+ depth : index
            guard !isStrict || row.indices.contains(position) else { throw .indexOutOfRange }
            if row.indices.contains(position) { values[row[position]] = on }
        }
        return [
            results[0].elementType.isFloat
                ? .float(FloatTensor(shape: shape, values: values))
                : .int(IntTensor(shape: shape, values: values.map { Int($0) }))
        ]
    }
}
