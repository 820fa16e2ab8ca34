/// `Where`: elements of the second operand where the first is true, of the third elsewhere; all
/// broadcast as in numpy.
public struct Selection: Operator, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 3...3)
        try node.expectBool(0)
        let type = try node.commonElementType(from: 1)
        return ResolvedNode(Selection(), operands: [0, 1, 2], type, try node.broadcastShape())
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        guard case .int(let condition) = operands[0] else {
            preconditionFailure("resolved for a condition of truth values")
        }
        let shape = results[0].shape
        func select<Element>(
            _ a: [Element], _ aShape: [Int], _ b: [Element], _ bShape: [Int]
        ) -> [Element] {
            var (mask, left, right) = (
                BroadcastIndices(condition.shape, to: shape), BroadcastIndices(aShape, to: shape),
                BroadcastIndices(bShape, to: shape)
            )
            return (0..<shape.reduce(1, *)).map { _ in
                let (x, y) = (a[left.next()], b[right.next()])
                return condition.values[mask.next()] != 0 ? x : y
            }
        }
        switch (operands[1], operands[2]) {
        case (.float(let a), .float(let b)):
            let values = select(a.values, a.shape, b.values, b.shape)
            return [.float(FloatTensor(shape: shape, values: values))]
        case (.int(let a), .int(let b)):
            let values = select(a.values, a.shape, b.values, b.shape)
            return [.int(IntTensor(shape: shape, values: values))]
        default:
            preconditionFailure("resolved for operands of one type")
        }
    }
}
