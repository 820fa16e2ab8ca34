/// The largest or smallest element along some axes, which the result lacks: `ReduceMax`,
/// `ReduceMin`, `GlobalMaxPool`.
public struct AxisExtremum: Operator, Equatable {
    /// Ascending.
    public let axes: [Int]
    public let isMinimum: Bool

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        operands[0].shape.saturatingProduct
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let shape = results[0].shape
        switch operands[0] {
        case .float(let tensor):
            let values = extrema(tensor.values, shape: tensor.shape)
            return [.float(FloatTensor(shape: shape, values: values))]
        case .int(let tensor):
            let values = extrema(tensor.values, shape: tensor.shape)
            return [.int(IntTensor(shape: shape, values: values))]
        }
    }

    private func extrema<Element: Comparable>(_ values: [Element], shape: [Int]) -> [Element] {
        let kept = shape.enumerated().map { axes.contains($0) ? 1 : $1 }
        var targets = BroadcastIndices(kept, to: shape)
        var result: [Element?] = Array(repeating: nil, count: kept.reduce(1, *))
        for value in values {
            let target = targets.next()
            guard let best = result[target] else {
                result[target] = value
                continue
            }
            if isMinimum ? value < best : value > best { result[target] = value }
        }
        return result.compactMap { $0 }
    }
}
