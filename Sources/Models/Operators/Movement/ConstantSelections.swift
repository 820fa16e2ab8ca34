/// Elements chosen by constant indices: `GatherElements`, `GatherND`, `ScatterElements`,
/// `ScatterND`, `ReverseSequence`, `Trilu`; each a view or a sum with a constant 0/1 tensor, exact.
enum ConstantSelections {
    /// out[i, j…] = x[indices[i, j…], j…] for axis 0, and so on.
    static func decomposeGatherElements(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...2)
        let x = try steps.operand(0)
        let axis = try node.axis(
            node.int("axis", default: 0), bound: x.shape.count, name: "axis")
        let indices = try ConstantIndices(node, input: 1, extent: x.shape[axis])
        guard indices.shape.count == x.shape.count,
            x.shape.indices.allSatisfy({ $0 == axis || indices.shape[$0] <= x.shape[$0] })
        else {
            throw node.mismatch(
                expected: "indices no larger than \(x.shape)", actual: "\(indices.shape)")
        }
        // Other axes may be cropped.
        let counts = x.shape.indices.map { $0 == axis ? x.shape[$0] : indices.shape[$0] }
        let cropped = try steps.crop(x, to: counts, step: "cropped")
        return [
            try steps.select(
                cropped, axis: axis, from: { indices[$0] }, shape: indices.shape, step: "selected")
        ]
    }

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

// MARK: - Scatter

extension ConstantSelections {
    /// `ScatterND`: blocks put at, or added to, the places indices[i…, :].
    static func decomposeScatterND(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 3...3)
        let adds = try addition(&node, since: 16)
        let (x, updates) = (try steps.operand(0), try steps.operand(2))
        let shape = try node.type(1).shape
        guard let depth = shape.last, depth >= 1, depth <= x.shape.count,
            updates.shape == shape.dropLast() + x.shape[depth...]
        else {
            throw node.mismatch(
                expected: "indices […, k] into \(x.shape) and a block for each",
                actual: "\(shape), \(updates.shape)")
        }
        let indexed = Array(x.shape[..<depth])
        let positions = try ConstantIndices(node, input: 1, blocks: indexed).values
        let (rows, columns) = (indexed.reduce(1, *), x.shape[depth...].reduce(1, *))
        let data = try steps.reshape(x, to: [rows, columns], step: "rows")
        let blocks = try steps.reshape(
            updates, to: [positions.count, columns], step: "updates")
        let both = try steps.add(
            Concat(axis: 0), to: [data, blocks], shape: [rows + positions.count, columns],
            step: "both")
        var result: Decomposition.Value
        if adds {
            let isTerm = try steps.zeroOne([rows, rows + positions.count], like: x) {
                $0[1] < rows ? $0[0] == $0[1] : positions[$0[1] - rows] == $0[0]
            }
            let sum = EinsteinSum(
                operands: [[0, 1], [1, 2]], output: [0, 2],
                extents: [rows, rows + positions.count, columns])
            result = try steps.add(sum, to: [isTerm, both], shape: sum.shape, step: "scattered")
        } else {
            var sources = Array(0..<(try steps.reserved([rows])))
            for (update, position) in positions.enumerated() {
                guard sources[position] < rows else { throw duplicate(node) }
                sources[position] = rows + update
            }
            result = try steps.gather(both, [.positions(sources), .all], step: "scattered")
        }
        return [try steps.reshape(result, to: x.shape, step: "result")]
    }

    /// `ScatterElements` and `Scatter`: elements put at, or added to, places along an axis.
    static func decomposeScatterElements(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 3...3)
        let adds = try addition(&node, since: 16)
        let (x, updates) = (try steps.operand(0), try steps.operand(2))
        let axis = try node.axis(
            node.int("axis", default: 0), bound: x.shape.count, name: "axis")
        let extent = x.shape[axis]
        let indices = try ConstantIndices(node, input: 1, extent: extent)
        guard indices.shape.count == x.shape.count, updates.shape == indices.shape,
            x.shape.indices.allSatisfy({ $0 == axis || indices.shape[$0] <= x.shape[$0] })
        else {
            throw node.mismatch(
                expected: "updates of the indices' shape, no larger than \(x.shape)",
                actual: "\(indices.shape), \(updates.shape)")
        }
        // The updates behind the data, along the axis; zeros where there are none.
        let count = indices.shape[axis]
        var padded = x.shape
        padded[axis] = count
        let pad = Pad(
            mode: .constant, begins: padded.map { _ in 0 }, extents: padded, padding: 0)
        let filled =
            updates.shape == padded
            ? updates : try steps.add(pad, to: [updates], shape: padded, step: "padded")
        var extents = x.shape
        extents[axis] = extent + count
        let both = try steps.add(
            Concat(axis: axis), to: [x, filled], shape: extents, step: "both")
        // Which updates there are for a place.
        var updatesAt: [[Int]: [Int]] = [:]
        for (index, position) in indices.enumerated() {
            var place = index
            place[axis] = position
            updatesAt[place, default: []].append(index[axis])
        }
        if !adds, updatesAt.values.contains(where: { $0.count > 1 }) { throw duplicate(node) }
        let rank = x.shape.count
        let isSource = try steps.zeroOne(x.shape + [extent + count], like: x) { index in
            let place = Array(index.dropLast())
            let source = index[rank]
            let updates = updatesAt[place] ?? []
            if source >= extent { return updates.contains(source - extent) }
            return source == place[axis] && (adds || updates.isEmpty)
        }
        var labels = Array(0..<rank)
        labels[axis] = rank
        let sum = EinsteinSum(
            operands: [Array(0...rank), labels], output: Array(0..<rank),
            extents: x.shape + [extent + count])
        return [try steps.add(sum, to: [isSource, both], shape: x.shape, step: "scattered")]
    }

    /// Whether the reduction is a sum; none is the only other one.
    private static func addition(
        _ node: inout NodeReader, since opset: Int
    ) throws(ModelError) -> Bool {
        let name = node.opset >= opset ? try node.string("reduction") ?? "none" : "none"
        guard name == "none" || name == "add" else {
            throw node.invalid(
                attribute: "reduction", name, advice: "use none or add")
        }
        return name == "add"
    }

    private static func duplicate(_ node: NodeReader) -> ModelError {
        node.unsupported(
            "one place for several updates is", advice: "use distinct indices or reduction = add")
    }
}

/// An operand of constant indices, counted from the front.
private struct ConstantIndices {
    let shape: [Int]
    let values: [Int]

    /// Positions along an axis.
    init(_ node: NodeReader, input: Int, extent: Int) throws(ModelError) {
        let tensor = try Self.tensor(node, input)
        shape = tensor.shape
        values = try Self.positions(tensor.values, extent: extent, node)
    }

    /// The last axis indexes several axes: row-major positions in those.
    init(_ node: NodeReader, input: Int, blocks extents: [Int]) throws(ModelError) {
        let tensor = try Self.tensor(node, input)
        shape = Array(tensor.shape.dropLast())
        let strides = Shape.strides(extents)
        var sums = [Int](repeating: 0, count: tensor.values.count / extents.count)
        for (axis, extent) in extents.enumerated() {
            let column = stride(from: axis, to: tensor.values.count, by: extents.count).map {
                tensor.values[$0]
            }
            for (row, position) in try Self.positions(column, extent: extent, node).enumerated() {
                sums[row] += position * strides[axis]
            }
        }
        values = sums
    }

    private static func tensor(
        _ node: NodeReader, _ input: Int
    ) throws(ModelError) -> IntTensor {
        guard case .int(let tensor) = try node.constant(input, role: "indices") else {
            throw .elementType(node.reference, input: input, try node.type(input).elementType)
        }
        return tensor
    }

    private static func positions(
        _ values: [Int], extent: Int, _ node: NodeReader
    ) throws(ModelError) -> [Int] {
        guard values.allSatisfy({ $0 >= -extent && $0 < extent }) else {
            throw .evaluation(node.reference, .indexOutOfRange)
        }
        return values.map { $0 < 0 ? $0 + extent : $0 }
    }

    /// The position at a place.
    subscript(index: [Int]) -> Int {
        values[zip(index, Shape.strides(shape)).reduce(0) { $0 + $1.0 * $1.1 }]
    }

    /// Places and positions, in row-major order.
    func enumerated() -> [(index: [Int], position: Int)] {
        let strides = Shape.strides(shape)
        return values.enumerated().map { place, position in
            (zip(strides, shape).map { place / $0 % max(1, $1) }, position)
        }
    }
}

extension Decomposition {
    /// The first elements of each axis.
    mutating func crop(_ x: Value, to counts: [Int], step: String) throws(ModelError) -> Value {
        guard counts != x.shape else { return x }
        let slice = Slice(
            starts: counts.map { _ in 0 }, steps: counts.map { _ in 1 }, counts: counts)
        return try add(slice, to: [x], shape: counts, step: step)
    }

    /// out[i] = x[i, but source(i) along an axis].
    mutating func select(
        _ x: Value, axis: Int, from source: ([Int]) -> Int, shape: [Int], step: String
    ) throws(ModelError) -> Value {
        let rank = shape.count
        let isSource = try zeroOne(shape + [x.shape[axis]], like: x) {
            source(Array($0.dropLast())) == $0[rank]
        }
        var labels = Array(0..<rank)
        labels[axis] = rank
        let sum = EinsteinSum(
            operands: [Array(0...rank), labels], output: Array(0..<rank),
            extents: shape + [x.shape[axis]])
        return try add(sum, to: [isSource, x], shape: shape, step: step)
    }
}
