/// `ArgMax` and `ArgMin`: the position of the largest or smallest element along an axis.
public struct ArgExtreme: Operator, Equatable {
    public let axis: Int
    public let isMaximum: Bool
    /// Whether the last of equal elements counts, else the first.
    public let selectsLast: Bool
    /// Whether the axis stays, with extent 1.
    public let keepsAxis: Bool

    static func resolveMax(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try resolve(&node, isMaximum: true)
    }

    static func resolveMin(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try resolve(&node, isMaximum: false)
    }

    private static func resolve(
        _ node: inout NodeReader, isMaximum: Bool
    ) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let shape = try node.type(0).shape
        let axis = try node.axis(
            node.int("axis", default: 0), bound: shape.count, name: "axis")
        let operation = ArgExtreme(
            axis: axis, isMaximum: isMaximum, selectsLast: try node.flag("select_last_index"),
            keepsAxis: try node.flag("keepdims", default: true))
        var result = shape
        if operation.keepsAxis { result[axis] = 1 } else { result.remove(at: axis) }
        return ResolvedNode(operation, operands: [0], .int64, result)
    }

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        operands[0].shape.saturatingProduct
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let values = operands[0].reals
        let positions = RowCells(operands[0].shape, along: [axis]).map { row in
            var best = 0
            for (position, cell) in row.enumerated() {
                let (x, y) = (values[cell], values[row[best]])
                if isMaximum ? x > y : x < y { best = position }
                if selectsLast, x == y { best = position }
            }
            return best
        }
        return [.int(IntTensor(shape: results[0].shape, values: positions))]
    }
}

extension Tensor {
    /// A tensor of the same kind with other elements.
    func with(shape: [Int], elementsAt positions: [Int]) -> Tensor {
        switch self {
        case .float(let tensor):
            .float(FloatTensor(shape: shape, values: positions.map { tensor.values[$0] }))
        case .int(let tensor):
            .int(IntTensor(shape: shape, values: positions.map { tensor.values[$0] }))
        }
    }
}
