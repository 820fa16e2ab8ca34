import Circuits

/// One operand of an einsum, in terms of the model's axes.
struct ContractionOperand {
    enum Source {
        case tensor(LoweredTensor)
        /// A constant of this shape, row-major.
        case constant([Int], CircuitBuilder.Values)
    }

    enum AxisUse {
        /// Made up of these dimensions, in this order; an axis of extent 1 is broadcast.
        case dimensions([Int])
        /// A logical axis that is this physical one, read at Σ step · dimension + offset; outside
        /// it, einsums read 0 and views their fill.
        case index(physical: Int, [(dimension: Int, step: Int)], offset: Int)
    }

    var source: Source
    /// One a logical axis.
    var axes: [AxisUse]
}

extension Lowering {
    /// out[output dimensions] = Σ over the others of the product of the operands, exact.
    ///
    /// - Parameter output: The dimensions of each logical axis of the result.
    /// - Returns: The wire and its layout; what its integers mean is the caller's to say.
    mutating func contract(
        _ operands: [ContractionOperand], over space: IndexSpace, output: [[Int]]
    ) throws(LoweringError) -> (wire: Wire, layout: Layout) {
        var space = space
        var operands = operands
        for index in operands.indices { try align(&operands[index], with: &space) }
        var extents = space.labelExtents
        var einsumOperands: [Operand<Wire>] = []
        for operand in operands {
            switch operand.source {
            case .tensor(let tensor):
                let axes = indices(tensor, operand.axes, space: space, extents: &extents)
                einsumOperands.append(Operand(tensor.wire, axes))
            case .constant(let shape, let values):
                var labels: [Label] = []
                for (extent, axis) in zip(shape, operand.axes) where extent > 1 {
                    if case .dimensions(let dimensions) = axis {
                        labels += space.labels(dimensions)
                    }
                }
                let wire = builder.constant(
                    try tensorShape(labels.map { extents[$0] }), values: values)
                einsumOperands.append(Operand(wire, labels: labels))
            }
        }
        let einsum = Einsum(
            extents: extents, output: space.labels(output.flatMap { $0 }), operands: einsumOperands)
        let layout = Layout(factors: output.map { $0.flatMap { space.factors($0) } })
        return (try add(.einsum(einsum)), layout)
    }

    /// Cuts dimensions so that the operand can be indexed, or joins axes where that fails.
    mutating func align(
        _ operand: inout ContractionOperand, with space: inout IndexSpace
    ) throws(LoweringError) {
        guard case .tensor(var tensor) = operand.source else { return }
        var isMerged = false
        for (axis, use) in operand.axes.enumerated() {
            guard case .dimensions(let dimensions) = use,
                !space.align(tensor.layout, axis: axis, with: dimensions)
            else { continue }
            tensor = try merged(tensor, axis: axis)
            isMerged = true
            _ = space.align(tensor.layout, axis: axis, with: dimensions)
        }
        guard isMerged else { return }
        operand.source = .tensor(tensor)
        // Merging numbers physical axes anew. Those of extent 1 are all alike.
        var free = tensor.layout.extents.indices.filter { tensor.layout.extents[$0] == 1 }[...]
        for (axis, use) in operand.axes.enumerated() {
            guard case .index(_, let terms, let offset) = use else { continue }
            let physical = tensor.layout.axes[axis].first?.axis ?? free.removeFirst()
            operand.axes[axis] = .index(physical: physical, terms, offset: offset)
        }
    }

    /// The index of each physical axis. Axes of extent 1 that no logical axis claims get a label
    /// of their own.
    func indices(
        _ tensor: LoweredTensor, _ uses: [ContractionOperand.AxisUse], space: IndexSpace,
        extents: inout [Int]
    ) -> [AxisIndex] {
        var axes = [AxisIndex](repeating: AxisIndex([]), count: tensor.layout.extents.count)
        for (axis, use) in uses.enumerated() {
            switch use {
            case .dimensions(let dimensions):
                for (physical, term) in space.terms(tensor.layout, axis: axis, with: dimensions) {
                    axes[physical].terms.append(term)
                }
            case .index(let physical, let terms, let offset):
                axes[physical].offset = offset
                axes[physical].terms = terms.flatMap { space.terms($0.dimension, step: $0.step) }
            }
        }
        for index in axes.indices where axes[index].terms.isEmpty {
            axes[index].terms = [LabelTerm(extents.count)]
            extents.append(1)
        }
        return axes
    }
}

extension IndexSpace {
    /// step · dimension, digit by digit.
    func terms(_ dimension: Int, step: Int) -> [LabelTerm] {
        let strides = rowMajorStrides(factors(dimension))
        return zip(labels(dimension), strides).map { LabelTerm($0, $1 * step) }
    }
}
