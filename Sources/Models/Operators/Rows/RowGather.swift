/// `Gather` with computed indices: along one axis, the elements at the given positions.
///
/// Negative positions count from the end.
public struct RowGather: Operator, Equatable {
    public let axis: Int

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        guard case .int(let indices) = operands[1] else {
            preconditionFailure("resolved for integer indices")
        }
        let shape = operands[0].shape
        let extent = shape[axis]
        guard indices.values.allSatisfy({ (-extent..<extent).contains($0) }) else {
            throw .indexOutOfRange
        }
        let inner = shape[(axis + 1)...].reduce(1, *)
        var cells: [Int] = []
        for outer in 0..<shape[..<axis].reduce(1, *) {
            for index in indices.values {
                let start = (outer * extent + (index < 0 ? index + extent : index)) * inner
                cells += start..<start + inner
            }
        }
        return [operands[0].with(shape: results[0].shape, elementsAt: cells)]
    }
}
