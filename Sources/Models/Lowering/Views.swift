import Circuits

extension Lowering {
    /// The tensor with every part of an axis a physical axis of its own.
    mutating func split(_ tensor: LoweredTensor) throws(LoweringError) -> LoweredTensor {
        tensor.layout.isSplit ? try viewed(tensor) : tensor
    }

    /// A view with one physical axis a part, in logical order, then those of extent 1.
    private mutating func viewed(_ tensor: LoweredTensor) throws(LoweringError) -> LoweredTensor {
        let parts = tensor.layout.axes.flatMap { $0 }
        var extents = parts.map(\.extent)
        var axes = [AxisIndex](repeating: AxisIndex([]), count: tensor.layout.extents.count)
        for (label, part) in parts.enumerated() {
            axes[part.axis].terms.append(LabelTerm(label, part.stride))
        }
        for index in axes.indices where axes[index].terms.isEmpty {
            axes[index].terms = [LabelTerm(extents.count)]
            extents.append(1)
        }
        var result = tensor
        result.wire = try add(.view(View(extents: extents, operand: Operand(tensor.wire, axes))))
        result.layout = Layout(factors: tensor.layout.axes.map { $0.map(\.extent) })
        result.layout.extents = extents
        return result
    }

    /// The physical axis that each of these logical axes is, made where there is none.
    mutating func wholeAxes(
        _ tensor: inout LoweredTensor, _ axes: [Int]
    ) throws(LoweringError) -> [Int] {
        for axis in axes { tensor = try merged(tensor, axis: axis) }
        let isWhole = axes.allSatisfy { tensor.layout.axes[$0].allSatisfy(tensor.layout.isWhole) }
        if !isWhole { tensor = try split(tensor) }
        let missing = axes.count { tensor.layout.axes[$0].isEmpty }
        var units = tensor.layout.extents.indices.filter { tensor.layout.extents[$0] == 1 }
        if missing > units.count {
            // Axes of extent 1 are broadcast into being.
            let extents = tensor.layout.extents
            let added = extents + Array(repeating: 1, count: missing - units.count)
            tensor.wire = try add(
                .affine(
                    Affine(
                        extents: added, terms: [.init(1, tensor.wire, Array(extents.indices))])))
            tensor.layout.extents = added
            units += extents.count..<added.count
        }
        var free = units[...]
        return axes.map { axis in tensor.layout.axes[axis].first?.axis ?? free.removeFirst() }
    }

    /// The tensor with all digits of a logical axis joined in one physical axis.
    ///
    /// A merge gadget, whose cost to the verifier is linear; only where digits cut across each
    /// other. What is merged is committed or an einsum's result: the kernel of a merged axis cannot
    /// be taken through broadcasts and index maps, so anything else is copied first.
    mutating func merged(
        _ tensor: LoweredTensor, axis: Int
    ) throws(LoweringError) -> LoweredTensor {
        guard tensor.layout.axes[axis].count > 1 else { return tensor }
        var tensor = tensor
        let cells = tensor.layout.extents.reduce(1, *)
        guard cells <= CircuitLimits.mergedCells else {
            throw .reshapeTooLarge(
                layer: builder.currentName, cells: cells, limit: CircuitLimits.mergedCells)
        }
        let parts = tensor.layout.axes[axis]
        let isRun = zip(parts, parts.dropFirst()).allSatisfy { $0.axis + 1 == $1.axis }
        if tensor.layout.isSplit || !isRun || builder.dissolves(tensor.wire) {
            tensor = try copied(try viewed(tensor))
        }
        let run = tensor.layout.axes[axis]
        let joined = run[0].axis..<run[0].axis + run.count
        let rank = tensor.layout.extents.count
        let groups =
            Array(repeating: 1, count: joined.lowerBound) + [joined.count]
            + Array(repeating: 1, count: rank - joined.upperBound)
        var result = tensor
        result.wire = try add(.merge(Merge(source: tensor.wire, groups: groups)))
        result.layout.extents.replaceSubrange(
            joined, with: [run.reduce(1) { $0 * $1.extent }])
        result.layout.axes = tensor.layout.axes.enumerated().map { index, parts in
            if index == axis {
                return [
                    AxisPart(
                        axis: joined.lowerBound, stride: 1,
                        extent: result.layout.extents[joined.lowerBound])
                ]
            }
            return parts.map { part in
                var part = part
                if part.axis >= joined.upperBound { part.axis -= joined.count - 1 }
                return part
            }
        }
        return result
    }

    /// The same integers, committed.
    private mutating func copied(_ tensor: LoweredTensor) throws(LoweringError) -> LoweredTensor {
        var result = tensor
        let bits = min(60, tensor.bounds.signedBits)
        result.wire = try add(
            .requantise(
                Requantisation(
                    source: tensor.wire, shift: 0, domain: .signed(bits: bits),
                    function: .identity)))
        return result
    }

    /// The same cells in row-major order under another shape.
    mutating func reshaped(
        _ tensor: LoweredTensor, to shape: [Int]
    ) throws(LoweringError) -> LoweredTensor {
        var tensor = tensor
        if let layout = tensor.layout.reshaped(to: shape) {
            tensor.layout = layout
            return tensor
        }
        // Join the digits of the stretches that cut across each other, leave the others alone.
        let factors = tensor.layout.axes.flatMap { $0 }.map(\.extent)
        let target = shape.filter { $0 > 1 }
        var stretches: [Int] = []
        var start = (a: 0, b: 0)
        for cut in Factors.commonCuts(factors, target) {
            let digits = Array(factors[start.a..<cut.a])
            if Factors.refine(digits, Array(target[start.b..<cut.b])) == nil {
                stretches.append(digits.reduce(1, *))
            } else {
                stretches += digits
            }
            start = cut
        }
        let parts = tensor.layout.axes.flatMap { $0 }
        var rest = parts[...]
        let axes = Factors.pieces(factors, of: stretches).map { piece in
            defer { rest = rest.dropFirst(piece.count) }
            return Array(rest.prefix(piece.count))
        }
        tensor.layout.axes = axes
        for axis in axes.indices { tensor = try merged(tensor, axis: axis) }
        guard let layout = tensor.layout.reshaped(to: shape) else {
            preconditionFailure("merged axes can be split anywhere")
        }
        tensor.layout = layout
        return tensor
    }

    /// A view with these logical axes, each of the dimensions given.
    mutating func view(
        _ operand: ContractionOperand, over space: IndexSpace, axes: [[Int]], fill: Int
    ) throws(LoweringError) -> (wire: Wire, layout: Layout) {
        var (space, operand) = (space, operand)
        try align(&operand, with: &space)
        guard case .tensor(let tensor) = operand.source else {
            preconditionFailure("a view of a tensor")
        }
        var extents = space.labelExtents
        let axisIndices = indices(tensor, operand.axes, space: space, extents: &extents)
        // Labels in the order of the logical axes, then those of extent 1.
        let labels = axes.flatMap { space.labels($0) }
        let order = labels + Array(space.labelExtents.count..<extents.count)
        var position = [Int](repeating: 0, count: extents.count)
        for (index, label) in order.enumerated() { position[label] = index }
        let view = View(
            extents: order.map { extents[$0] },
            operand: Operand(
                tensor.wire,
                axisIndices.map { index in
                    AxisIndex(
                        index.terms.map { LabelTerm(position[$0.label], $0.coefficient) },
                        offset: index.offset)
                }), fill: fill)
        var layout = Layout(factors: axes.map { $0.flatMap { space.factors($0) } })
        layout.extents = view.extents
        return (try add(.view(view)), layout)
    }
}
