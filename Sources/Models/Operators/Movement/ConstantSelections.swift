/// Elements chosen by constant indices: `GatherND`, `ReverseSequence`, `Trilu`; each a view or a sum
/// with a constant 0/1 tensor, exact.
enum ConstantSelections {
    /// `GatherND`: the blocks x[indices[i…, :]]; the first axes may be a batch.
    static func decomposeGatherND(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...2)
        let x = try steps.operand(0)
        let batchRank = node.opset >= 12 ? try node.int("batch_dims", default: 0) : 0
        let shape = try node.type(1).shape
        guard batchRank >= 0, let depth = shape.last, batchRank < shape.count,
            batchRank + depth <= x.shape.count, depth >= 1,
            x.shape.prefix(batchRank) == shape.prefix(batchRank)
        else {
            throw node.mismatch(
                expected: "indices […, k] into \(x.shape)", actual: "\(shape)")
        }
        let indexed = Array(x.shape[batchRank..<batchRank + depth])
        let rest = Array(x.shape[(batchRank + depth)...])
        let positions = try ConstantIndices(node, input: 1, blocks: indexed).values
        let batch = x.shape[..<batchRank].reduce(1, *)
        let inner = Array(shape[batchRank...].dropLast())
        let count = inner.saturatingProduct
        let (rows, columns) = (indexed.reduce(1, *), rest.reduce(1, *))
        var result: Decomposition.Value
        if batch == 1 {
            result = try steps.reshape(x, to: [rows, columns], step: "rows")
            result = try steps.gather(result, [.positions(positions), .all], step: "selected")
        } else {
            result = try steps.reshape(x, to: [batch, rows, columns], step: "rows")
            let isSource = try steps.zeroOne([batch, count, rows], like: x) {
                positions[$0[0] * count + $0[1]] == $0[2]
            }
            let sum = EinsteinSum(
                operands: [[0, 1, 2], [0, 2, 3]], output: [0, 1, 3],
                extents: [batch, count, rows, columns])
            result = try steps.add(
                sum, to: [isSource, result], shape: sum.shape, step: "selected")
        }
        return [
            try steps.reshape(result, to: shape.dropLast() + rest, step: "blocks")
        ]
    }

    /// `ReverseSequence`: of each sequence the first elements in reverse, constant counts.
    static func decomposeReverseSequence(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...2)
        let x = try steps.operand(0)
        let (time, batch) = (
            try node.int("time_axis", default: 0), try node.int("batch_axis", default: 1)
        )
        guard x.shape.count >= 2, Set([time, batch]) == [0, 1] else {
            throw node.mismatch(
                expected: "time_axis and batch_axis 0 and 1", actual: "\(time), \(batch)")
        }
        let lengths = try node.integers(1, role: "sequence_lens")
        guard lengths.count == x.shape[batch],
            lengths.allSatisfy({ $0 >= 0 && $0 <= x.shape[time] })
        else {
            throw node.mismatch(
                expected: "\(x.shape[batch]) lengths up to \(x.shape[time])", actual: "\(lengths)")
        }
        let shape = [x.shape[0], x.shape[1]]
        let rows = try steps.reshape(
            x, to: shape + [x.shape[2...].reduce(1, *)], step: "rows")
        let isSource = try steps.zeroOne([lengths.count, x.shape[time], x.shape[time]], like: x) {
            let (length, place) = (lengths[$0[0]], $0[1])
            return $0[2] == (place < length ? length - 1 - place : place)
        }
        // Labels: 0 the batch, 1 the place, 2 the source, 3 the rest.
        let sum = EinsteinSum(
            operands: [[0, 1, 2], time == 0 ? [2, 0, 3] : [0, 2, 3]],
            output: time == 0 ? [1, 0, 3] : [0, 1, 3],
            extents: [lengths.count, x.shape[time], x.shape[time], rows.shape[2]])
        let reversed = try steps.add(
            sum, to: [isSource, rows], shape: sum.shape, step: "reversed")
        return [try steps.reshape(reversed, to: x.shape, step: "sequences")]
    }

    /// `Trilu`: one triangle of each matrix, zeros elsewhere.
    static func decomposeTrilu(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 1...2)
        let x = try steps.operand(0)
        let isUpper = try node.flag("upper", default: true)
        let offset = node.has(1) ? try node.integers(1, role: "k") : [0]
        guard x.shape.count >= 2, let diagonal = offset.first, offset.count == 1 else {
            throw node.mismatch(
                expected: "matrices and one diagonal", actual: "\(x.shape), \(offset)")
        }
        let rank = x.shape.count
        let labels = Array(x.shape.indices)
        // No diagonal further out than the matrix means anything.
        let limit = x.shape[rank - 2] + x.shape[rank - 1]
        let bounded = min(max(diagonal, -limit), limit)
        let isKept = try steps.zeroOne(Array(x.shape.suffix(2)), like: x) {
            let distance = $0[1] - $0[0]
            return isUpper ? distance >= bounded : distance <= bounded
        }
        let mask = EinsteinSum(
            operands: [Array(labels.suffix(2)), labels], output: labels, extents: x.shape)
        return [try steps.add(mask, to: [isKept, x], shape: x.shape, step: "triangle")]
    }
}
