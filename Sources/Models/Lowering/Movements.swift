import Circuits

extension Lowering {
    /// `Reshape` and its kin: axes are renamed.
    mutating func lowerReshape(_ node: ModelGraph.Node) throws(LoweringError) -> LoweredValue {
        let (operand, shape) = (node.operands[0], shape(node.results[0]))
        if case .pending(let layer)? = values[operand], isReadOnce(operand) {
            return .pending(layer.reshaped(to: shape))
        }
        return .tensor(try reshaped(try tensor(operand), to: shape))
    }

    /// `Transpose`: axes are renamed.
    mutating func lower(
        _ transpose: Transpose, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        var tensor = try tensor(node.operands[0])
        tensor.layout = tensor.layout.transposed(transpose.permutation)
        return .tensor(tensor)
    }

    /// `Slice`, `Pad`, `Gather` and their kin: where an axis is repeated, a broadcast; a view where the
    /// map of an axis is a progression; else an einsum with the map as a constant matrix.
    mutating func lower(
        _ movement: any DataMovement, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        .tensor(try moved(movement, node.operands[0], to: node.results[0], node))
    }

    /// `Split`: a view for each result that anything reads.
    mutating func lower(
        _ split: Split, _ node: ModelGraph.Node
    ) throws(LoweringError) -> [LoweredValue?] {
        let operand = node.operands[0]
        var results: [LoweredValue?] = []
        for (position, result) in node.results.enumerated() {
            guard isRead(result), graph.values[result].constant == nil else {
                results.append(nil)
                continue
            }
            let part = split.part(position, of: shape(operand))
            results.append(.tensor(try moved(part, operand, to: result, node)))
        }
        return results
    }

    private mutating func moved(
        _ movement: any DataMovement, _ operand: Int, to result: Int, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredTensor {
        var x = try tensor(operand)
        var fill = Rounding.halfUp(movement.padding / x.unit)
        if fill.magnitude >= 0x1p40 {
            x = try narrow(operand)
            fill = Rounding.halfUp(movement.padding / x.unit)
        }
        var maps = AxisMap.axes(movement.indexMap(operand: x.shape), of: x.shape)
        let isPadded = maps.contains { $0.sources.contains(IndexMap.padding) }
        guard !isPadded || fill.magnitude < 0x1p40 else {
            throw .unsupported(
                node.reference, what: "padding with \(movement.padding) is",
                advice: "pad with a value in the range of the data")
        }
        x = try repeated(x, &maps)
        for (axis, map) in maps.enumerated() where map.progression == nil {
            x = try gathered(x, axis: axis, map.sources)
        }
        let moved = maps.indices.filter {
            maps[$0].progression.map { !$0.isIdentity } ?? false
        }
        if !moved.isEmpty {
            let physical = try wholeAxes(&x, moved)
            var space = IndexSpace()
            let dimensions = zip(maps, x.shape).map { map, extent in
                space.dimension(map.progression.map { _ in map.sources.count } ?? extent)
            }
            var uses = dimensions.map { ContractionOperand.AxisUse.dimensions([$0]) }
            for (axis, physical) in zip(moved, physical) {
                guard let progression = maps[axis].progression else { continue }
                uses[axis] = .index(
                    physical: physical, [(dimensions[axis], progression.step)],
                    offset: progression.start)
            }
            let (wire, layout) = try view(
                ContractionOperand(source: .tensor(x), axes: uses), over: space,
                axes: dimensions.map { [$0] }, fill: isPadded ? Int(fill) : 0)
            (x.wire, x.layout) = (wire, layout)
        }
        if isPadded {
            x.bounds = x.bounds.union(IntegerBounds(Int128(fill), Int128(fill)))
            x.error = max(x.error, (fill * x.unit - movement.padding).magnitude)
        }
        return try reshaped(x, to: shape(result))
    }

    /// The axes that are repeated as a whole or element by element: broadcast along axes of their
    /// own, which the layout then joins to them.
    private mutating func repeated(
        _ x: LoweredTensor, _ maps: inout [AxisMap]
    ) throws(LoweringError) -> LoweredTensor {
        guard maps.contains(where: { $0.repetition != nil }) else { return x }
        var (before, after, joined) = ([Int](), [Int](), [Int]())
        for (axis, map) in maps.enumerated() {
            let extent = x.shape[axis]
            switch map.repetition {
            case .whole(let count)?:
                before += [1, extent]
                after += [count, extent]
            case .elements(let count)?:
                before += [extent, 1]
                after += [extent, count]
            case nil:
                before.append(extent)
                after.append(extent)
                joined.append(extent)
                continue
            }
            joined.append(map.sources.count)
            maps[axis] = AxisMap(
                sources: Array(0..<map.sources.count), extent: map.sources.count)
        }
        var result = try sum([(1, reshaped(x, to: before))], unit: x.unit, shape: after)
        result.error = x.error
        result.terms = x.terms
        return try reshaped(result, to: joined)
    }

    /// out[.., i, ..] = x[.., sources[i], ..] by a constant matrix of zeros and ones.
    private mutating func gathered(
        _ x: LoweredTensor, axis: Int, _ sources: [Int]
    ) throws(LoweringError) -> LoweredTensor {
        var space = IndexSpace()
        let dimensions = x.shape.map { space.dimension($0) }
        let position = space.dimension(sources.count)
        let extent = x.shape[axis]
        let matrix = ContractionOperand.Source.constant([sources.count, extent]) {
            sources.flatMap { source in (0..<extent).map { $0 == source ? 1 : 0 } }
        }
        var output = dimensions
        output[axis] = position
        var result = x
        (result.wire, result.layout) = try contract(
            [
                ContractionOperand(
                    source: matrix,
                    axes: [.dimensions([position]), .dimensions([dimensions[axis]])]),
                ContractionOperand(
                    source: .tensor(x), axes: dimensions.map { .dimensions([$0]) }),
            ], over: space, output: output.map { [$0] })
        return result
    }

    /// `Concat`: the sum of views that are zero outside their own stretch, in one unit.
    mutating func lower(
        _ concat: Concat, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let shape = shape(node.results[0])
        var constants: FloatTensor?
        var tensors: [LoweredTensor] = []
        var start = 0
        for (position, operand) in node.operands.enumerated() {
            let extent = self.shape(operand)[concat.axis]
            defer { start += extent }
            if case .constant(let constant) = try self.operand(position, of: node) {
                let placed = constant.placed(at: start, axis: concat.axis, in: shape)
                constants = constants?.combined(with: placed, +) ?? placed
                continue
            }
            tensors.append(
                try placed(
                    tensor(operand), at: start, axis: concat.axis, extent: shape[concat.axis]))
        }
        let (terms, unit) = try inOneUnit(tensors, value: node.results[0])
        var result = try sum(terms, plus: constants, unit: unit, shape: shape)
        // Each cell is one operand's.
        result.bounds = terms.reduce(IntegerBounds(0, 0)) {
            $0.union($1.tensor.bounds * $1.coefficient)
        }
        result.error = terms.reduce(0) { max($0, $1.tensor.error) }
        if let constants {
            result.bounds = result.bounds.union(try integerBounds(constants, unit: unit))
            result.error = max(result.error, unit / 2)
        }
        // In a dense block each concatenation holds all before it, and so would claims on it.
        guard result.terms - tensors.count > Self.termLimit else { return .tensor(result) }
        return .tensor(
            try rounded(
                result, to: format(node.results[0]),
                place: .init(value: node.results[0], stage: .result)))
    }

    /// The tensor from a position along an axis on, which gets another extent; 0 elsewhere.
    mutating func placed(
        _ x: LoweredTensor, at position: Int, axis: Int, extent: Int
    ) throws(LoweringError) -> LoweredTensor {
        var x = x
        var shape = x.shape
        shape[axis] = extent
        let physical = try wholeAxes(&x, [axis])[0]
        var space = IndexSpace()
        let dimensions = shape.map { space.dimension($0) }
        var uses = dimensions.map { ContractionOperand.AxisUse.dimensions([$0]) }
        uses[axis] = .index(physical: physical, [(dimensions[axis], 1)], offset: -position)
        (x.wire, x.layout) = try view(
            ContractionOperand(source: .tensor(x), axes: uses), over: space,
            axes: dimensions.map { [$0] }, fill: 0)
        return x
    }
}

/// Where each position along one axis comes from.
private struct AxisMap {
    struct Progression {
        var start: Int
        var step: Int
        var isIdentity: Bool
    }

    enum Repetition {
        /// The axis so many times.
        case whole(Int)
        /// Each element so many times.
        case elements(Int)
    }

    /// ``IndexMap/padding`` where the position is padding.
    let sources: [Int]
    /// How the axis is repeated, if it is and nothing else happens to it.
    let repetition: Repetition?
    /// When position i reads start + step · i, which is padding exactly where it lies outside.
    let progression: Progression?

    static func axes(_ map: IndexMap, of shape: [Int]) -> [AxisMap] {
        zip(map.offsets, zip(shape, Shape.strides(shape))).map { offsets, axis in
            AxisMap(
                sources: offsets.map { $0 < 0 ? IndexMap.padding : $0 / axis.1 }, extent: axis.0)
        }
    }

    init(sources: [Int], extent: Int) {
        self.sources = sources
        repetition = Self.repetition(sources, extent: extent)
        guard let first = sources.firstIndex(where: { $0 >= 0 }) else {
            // Nothing but padding.
            progression = Progression(start: extent, step: 1, isIdentity: false)
            return
        }
        let next = first + 1
        let step =
            next < sources.count && sources[next] >= 0 && sources[next] != sources[first]
            ? sources[next] - sources[first] : extent
        let start = sources[first] - step * first
        let matches = sources.enumerated().allSatisfy { position, source in
            let expected = start + step * position
            return source == ((0..<extent).contains(expected) ? expected : IndexMap.padding)
        }
        progression =
            matches
            ? Progression(
                start: start, step: step,
                isIdentity: start == 0 && (step == 1 || extent == 1) && sources.count == extent)
            : nil
    }
}

extension AxisMap {
    private static func repetition(_ sources: [Int], extent: Int) -> Repetition? {
        let count = sources.count / max(1, extent)
        guard count > 1, count * extent == sources.count else { return nil }
        if sources.enumerated().allSatisfy({ $0.element == $0.offset / count }) {
            return .elements(count)
        }
        if sources.enumerated().allSatisfy({ $0.element == $0.offset % extent }) {
            return .whole(count)
        }
        return nil
    }
}

extension FloatTensor {
    /// The elements at positions start, start + 1, … of an axis of a tensor that is zero elsewhere.
    fileprivate func placed(at start: Int, axis: Int, in shape: [Int]) -> FloatTensor {
        let block = self.shape[axis...].reduce(1, *)
        let row = shape[axis...].reduce(1, *)
        let offset = start * shape[(axis + 1)...].reduce(1, *)
        var result = [Double](repeating: 0, count: shape.reduce(1, *))
        for outer in 0..<self.shape[..<axis].reduce(1, *) {
            for index in 0..<block {
                result[outer * row + offset + index] = values[outer * block + index]
            }
        }
        return FloatTensor(shape: shape, values: result)
    }
}
