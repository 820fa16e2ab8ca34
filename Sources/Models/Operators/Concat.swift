/// `Concat`: the operands one after another along an axis.
public struct Concat: Operator, Equatable {
    public let axis: Int

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...Int.max)
        let first = try node.type(0)
        guard let value = try node.int("axis") else {
            throw .attribute(node.reference, name: "axis", .missing)
        }
        let axis = try node.axis(value, bound: first.shape.count, name: "axis")
        var shape = first.shape
        for input in 1..<max(1, node.inputCount) {
            let type = try node.type(input)
            var expected = first.shape
            if type.shape.count == expected.count { expected[axis] = type.shape[axis] }
            guard type.shape == expected else {
                throw node.mismatch(
                    expected: "shapes equal but for axis \(axis)",
                    actual: "\(first.shape), \(type.shape)")
            }
            guard type.elementType == first.elementType else {
                throw .elementType(node.reference, input: input, type.elementType)
            }
            shape[axis] = shape[axis].saturatingSum(type.shape[axis])
        }
        // What has no elements adds none.
        var operands: [Int] = []
        for input in 0..<node.inputCount {
            let extent = try node.type(input).shape[axis]
            if extent > 0 || shape[axis] == 0 { operands.append(input) }
        }
        return ResolvedNode(
            Concat(axis: axis), operands: operands, first.elementType, shape)
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let shape = results[0].shape
        if results[0].elementType.isFloat {
            let tensors = operands.compactMap { operand in
                if case .float(let tensor) = operand { (tensor.shape, tensor.values) } else { nil }
            }
            return [.float(FloatTensor(shape: shape, values: joined(tensors, shape)))]
        }
        let tensors = operands.compactMap { operand in
            if case .int(let tensor) = operand { (tensor.shape, tensor.values) } else { nil }
        }
        return [.int(IntTensor(shape: shape, values: joined(tensors, shape)))]
    }

    private func joined<Element>(
        _ operands: [(shape: [Int], values: [Element])], _ shape: [Int]
    ) -> [Element] {
        let outer = shape[..<axis].reduce(1, *)
        let blocks = operands.map { $0.shape[axis...].reduce(1, *) }
        var values: [Element] = []
        values.reserveCapacity(shape.reduce(1, *))
        for row in 0..<outer {
            for (operand, size) in zip(operands, blocks) {
                values += operand.values[row * size..<(row + 1) * size]
            }
        }
        return values
    }
}
