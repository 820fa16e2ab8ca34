/// `Max`, `Min`, `Sum` and `Mean` of any number of operands, element by element, broadcast as in
/// numpy; sums run from the first operand to the last.
public struct Variadic: Operator, Equatable {
    public enum Kind: Sendable {
        case maximum
        case minimum
        case sum
        case mean
    }

    public let kind: Kind

    static func resolver(_ kind: Kind) -> Resolver {
        { (node: inout NodeReader) throws(ModelError) -> ResolvedNode in
            try node.expect(inputs: 1...1 << 16)
            for input in 1..<max(1, node.inputCount) where !node.has(input) {
                throw .inputCount(
                    node.reference, expected: node.inputCount...node.inputCount, actual: input)
            }
            let type = try node.commonElementType()
            let isSum = kind == .sum || kind == .mean
            guard type.isFloat || !isSum && type != .bool else {
                throw .elementType(node.reference, input: 0, type)
            }
            let shape = try node.broadcastShape()
            if !isSum, let clip = try clip(kind, node, shape: shape) { return clip }
            return ResolvedNode(
                Variadic(kind: kind), operands: Array(0..<node.inputCount), type, shape)
        }
    }

    /// Max and Min of one data operand and numbers are a clip: one table.
    private static func clip(
        _ kind: Kind, _ node: NodeReader, shape: [Int]
    ) throws(ModelError) -> ResolvedNode? {
        var data: Int?
        var bounds: [Double] = []
        for input in 0..<node.inputCount {
            switch try node.constant(input) {
            case .float(let tensor)? where tensor.values.count == 1: bounds.append(tensor.values[0])
            case .int(let tensor)? where tensor.values.count == 1:
                bounds.append(Double(tensor.values[0]))
            case nil where data == nil: data = input
            default: return nil
            }
        }
        guard let data, let low = bounds.min(), let high = bounds.max(),
            try node.type(data).shape == shape
        else { return nil }
        let clip =
            kind == .maximum
            ? Clip(minimum: high, maximum: .infinity) : Clip(minimum: -.infinity, maximum: low)
        return ResolvedNode(clip, operands: [data], results: [try node.type(data)])
    }

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        results[0].shape.saturatingProduct.saturatingProduct(operands.count)
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let shape = results[0].shape
        func fold<Element>(
            _ tensors: [(shape: [Int], values: [Element])], _ combine: (Element, Element) -> Element
        ) -> [Element] {
            var indices = tensors.map { BroadcastIndices($0.shape, to: shape) }
            return (0..<shape.reduce(1, *)).map { _ in
                var result = tensors[0].values[indices[0].next()]
                for operand in tensors.indices.dropFirst() {
                    result = combine(result, tensors[operand].values[indices[operand].next()])
                }
                return result
            }
        }
        if results[0].elementType.isFloat {
            let tensors = operands.compactMap { operand -> (shape: [Int], values: [Double])? in
                guard case .float(let tensor) = operand else { return nil }
                return (tensor.shape, tensor.values)
            }
            var values: [Double] =
                switch kind {
                case .maximum: fold(tensors) { max($0, $1) }
                case .minimum: fold(tensors) { min($0, $1) }
                case .sum, .mean: fold(tensors) { $0 + $1 }
                }
            if kind == .mean { values = values.map { $0 / Double(operands.count) } }
            return [.float(FloatTensor(shape: shape, values: values))]
        }
        let tensors = operands.compactMap { operand -> (shape: [Int], values: [Int])? in
            guard case .int(let tensor) = operand else { return nil }
            return (tensor.shape, tensor.values)
        }
        let values =
            kind == .maximum ? fold(tensors) { max($0, $1) } : fold(tensors) { min($0, $1) }
        return [.int(IntTensor(shape: shape, values: values))]
    }
}
