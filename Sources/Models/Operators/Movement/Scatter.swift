/// `ScatterElements`, `Scatter` and `ScatterND` with constant indices: data and updates laid side by
/// side, and chosen from or added by a constant 0/1 tensor.
///
/// Maxima, minima and products of several updates of one place are taken one after the other: first
/// each place with its first update, then with its second, and so on.
enum Scatter {
    /// `ScatterND`: blocks put at, or combined with, the places indices[i…, :].
    static func decomposeBlocks(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        let (x, updates, reduction) = try operands(&node, &steps)
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
        let both = try steps.concatenation(
            [data, blocks] + reduction.identity([1, columns], like: x, &steps), axis: 0,
            step: "both")
        var result: Decomposition.Value
        if reduction == .add {
            let isTerm = try steps.zeroOne([rows, rows + positions.count], like: x) {
                $0[1] < rows ? $0[0] == $0[1] : positions[$0[1] - rows] == $0[0]
            }
            let sum = EinsteinSum(
                operands: [[0, 1], [1, 2]], output: [0, 2],
                extents: [rows, rows + positions.count, columns])
            result = try steps.add(sum, to: [isTerm, both], shape: sum.shape, step: "scattered")
        } else {
            var updatesAt: [[Int]] = Array(repeating: [], count: try steps.reserved([rows]))
            for (update, position) in positions.enumerated() {
                updatesAt[position].append(update)
            }
            let rounds = try reduction.rounds(updatesAt.lazy.map(\.count).max() ?? 0, node)
            result = data
            for round in 0..<rounds {
                let sources = updatesAt.enumerated().map { row, updates in
                    round < updates.count
                        ? rows + updates[round]
                        : reduction == .multiply ? rows + positions.count : row
                }
                _ = try steps.reserved([rows])
                let chosen = try steps.gather(
                    both, [.positions(sources), .all], step: "scattered\(round)")
                result = try reduction.combined(result, chosen, round: round, &steps)
            }
        }
        return [try steps.reshape(result, to: x.shape, step: "result")]
    }

    /// `ScatterElements` and `Scatter`: elements put at, or combined with, places along an axis.
    static func decomposeElements(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        let (x, updates, reduction) = try operands(&node, &steps)
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
        var ones = x.shape
        ones[axis] = 1
        let both = try steps.concatenation(
            [x, filled] + reduction.identity(ones, like: x, &steps), axis: axis, step: "both")
        // Which updates there are for a place.
        var updatesAt: [[Int]: [Int]] = [:]
        for (index, position) in indices.enumerated() {
            var place = index
            place[axis] = position
            updatesAt[place, default: []].append(index[axis])
        }
        if reduction == .add {
            let isSource = try steps.zeroOne(x.shape + [extent + count], like: x) { index in
                let (place, source) = (Array(index.dropLast()), index[x.shape.count])
                return source < extent
                    ? source == place[axis]
                    : updatesAt[place]?.contains(source - extent) ?? false
            }
            return [
                try steps.select(both, axis: axis, by: isSource, shape: x.shape, step: "scattered")
            ]
        }
        let rounds = try reduction.rounds(updatesAt.values.map(\.count).max() ?? 0, node)
        var result = x
        for round in 0..<rounds {
            let chosen = try steps.select(
                both, axis: axis,
                from: { place in
                    if let updates = updatesAt[place], round < updates.count {
                        return extent + updates[round]
                    }
                    return reduction == .multiply ? extent + count : place[axis]
                }, shape: x.shape, step: "scattered\(round)")
            result = try reduction.combined(result, chosen, round: round, &steps)
        }
        return [result]
    }
}

extension Scatter {
    private static func operands(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> (
        x: Decomposition.Value, updates: Decomposition.Value, reduction: Reduction
    ) {
        try node.expect(inputs: 3...3)
        let reduction = try Reduction(&node)
        let (x, updates) = (try steps.operand(0), try steps.operand(2))
        guard updates.type.elementType == x.type.elementType else {
            throw .elementType(node.reference, input: 2, updates.type.elementType)
        }
        return (x, updates, reduction)
    }

    /// What becomes of an element and the updates of its place.
    fileprivate enum Reduction: String {
        case none
        case add
        case multiply = "mul"
        case maximum = "max"
        case minimum = "min"

        init(_ node: inout NodeReader) throws(ModelError) {
            let name = node.opset >= 16 ? try node.string("reduction") ?? "none" : "none"
            guard let reduction = Reduction(rawValue: name) else {
                throw node.invalid(
                    attribute: "reduction", name, advice: "use none, add, mul, max or min")
            }
            self = reduction
        }

        /// Ones, with which an element is multiplied that has no update.
        func identity(
            _ shape: [Int], like x: Decomposition.Value, _ steps: inout Decomposition
        ) throws(ModelError) -> [Decomposition.Value] {
            self == .multiply ? [try steps.zeroOne(shape, like: x) { _ in true }] : []
        }

        /// How many updates of a place there are to be combined.
        func rounds(_ count: Int, _ node: NodeReader) throws(ModelError) -> Int {
            guard self != .none || count <= 1 else {
                throw node.unsupported(
                    "one place for several updates is",
                    advice: "use distinct indices, or a reduction")
            }
            guard count <= 64 else {
                throw node.unsupported(
                    "a reduction of \(count) updates of one place is", advice: "use at most 64")
            }
            return count
        }

        /// Each element with one update of its place.
        func combined(
            _ x: Decomposition.Value, _ update: Decomposition.Value, round: Int,
            _ steps: inout Decomposition
        ) throws(ModelError) -> Decomposition.Value {
            switch self {
            case .none: update
            case .maximum: try steps.apply("Max", [x, update], step: "maximum\(round)")
            case .minimum: try steps.apply("Min", [x, update], step: "minimum\(round)")
            case .multiply: try steps.apply("Mul", [x, update], step: "product\(round)")
            case .add: preconditionFailure("sums are einsums")
            }
        }
    }
}

extension Decomposition {
    /// Tensors one after the other along an axis.
    fileprivate mutating func concatenation(
        _ parts: [Value], axis: Int, step: String
    ) throws(ModelError) -> Value {
        var shape = parts[0].shape
        shape[axis] = parts.reduce(0) { $0.saturatingSum($1.shape[axis]) }
        return try add(Concat(axis: axis), to: parts, shape: shape, step: step)
    }
}
