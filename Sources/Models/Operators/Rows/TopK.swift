/// `TopK`: the k largest or smallest elements along an axis, in order, and their positions; of
/// equal elements the first comes first.
public struct TopK: Operator, Equatable {
    public let axis: Int
    public let count: Int
    public let isLargest: Bool

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        let isAttribute = node.opset < 10
        try node.expect(inputs: isAttribute ? 1...1 : 2...2, outputs: 1...2)
        let type = try node.type(0)
        let axis = try node.axis(
            node.int("axis", default: -1), bound: type.shape.count, name: "axis")
        var count: Int?
        if isAttribute {
            count = try node.int("k")
        } else {
            count = try node.integers(1, role: "K").first
        }
        let isLargest = try node.flag("largest", default: true)
        node.ignore("sorted")
        guard let count, count >= 1, count <= type.shape[axis] else {
            throw node.mismatch(
                expected: "k from 1 to \(type.shape[axis])",
                actual: count.map(String.init) ?? "none")
        }
        var shape = type.shape
        shape[axis] = count
        return ResolvedNode(
            TopK(axis: axis, count: count, isLargest: isLargest), operands: [0],
            results: [ValueType(type.elementType, shape), ValueType(.int64, shape)])
    }

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        operands[0].shape.saturatingProduct.saturatingProduct(count)
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let (operand, shape) = (operands[0], results[0].shape)
        let values = operand.reals
        var cells = [Int](repeating: 0, count: shape.reduce(1, *))
        var positions = cells
        for (row, target) in zip(
            RowCells(operand.shape, along: [axis]), RowCells(shape, along: [axis]))
        {
            let order = row.indices.sorted { a, b in
                let (x, y) = (values[row[a]], values[row[b]])
                return x == y ? a < b : isLargest ? x > y : x < y
            }
            for (place, position) in zip(target, order) {
                cells[place] = row[position]
                positions[place] = position
            }
        }
        return [
            operand.with(shape: shape, elementsAt: cells),
            .int(IntTensor(shape: shape, values: positions)),
        ]
    }
}
