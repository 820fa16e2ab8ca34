import Circuits

extension Lowering {
    /// A physical view of a tensor that affine gadgets can read: each physical axis one label.
    private struct AlignedTerm {
        var wire: Wire
        /// The label of each physical axis; nil for axes of extent 1.
        var labels: [Label?]
    }

    /// Σ coefficient · tensor + constant in the given unit, operands broadcast as in numpy; exact
    /// but for the constant's own rounding.
    ///
    /// - Parameter terms: At least one tensor has the full extent of each axis that the constant
    ///   does not have.
    mutating func sum(
        _ terms: [(coefficient: Int128, tensor: LoweredTensor)], plus constant: FloatTensor? = nil,
        unit: Double, shape: [Int]
    ) throws(LoweringError) -> LoweredTensor {
        var space = IndexSpace()
        let dimensions = shape.map { space.dimension($0) }
        var tensors = terms.map { term in
            var tensor = term.tensor
            tensor.layout = tensor.layout.padded(to: shape.count)
            return tensor
        }
        for index in tensors.indices {
            for (axis, dimension) in dimensions.enumerated()
            where !space.align(tensors[index].layout, axis: axis, with: [dimension]) {
                tensors[index] = try merged(tensors[index], axis: axis)
                _ = space.align(tensors[index].layout, axis: axis, with: [dimension])
            }
        }
        var extents = space.labelExtents
        let units = tensors.map { $0.layout.extents.count { $0 == 1 } }.max() ?? 0
        let firstUnit = extents.count
        extents += [Int](repeating: 1, count: units)
        var affine = Affine<Wire>(extents: extents, terms: [])
        var bounds = IntegerBounds(0, 0)
        var error = 0.0
        let count = tensors.reduce(constant == nil ? 0 : 1) { $0 + $1.terms }
        for (term, tensor) in zip(terms, tensors) {
            let aligned = try align(tensor, with: space, dimensions)
            var nextUnit = firstUnit
            let labels = aligned.labels.map { label -> Label in
                if let label { return label }
                defer { nextUnit += 1 }
                return nextUnit
            }
            affine.terms.append(.init(term.coefficient, aligned.wire, labels))
            bounds = bounds + tensor.bounds * term.coefficient
            error += tensor.error
        }
        if let constant {
            let range = try integerBounds(constant, unit: unit)
            bounds = bounds + range
            if range.low == range.high, constant.isBroadcastable(by: tensors, to: shape) {
                affine.constant = range.low
            } else {
                affine.terms.append(try term(constant, unit: unit, space: space, shape: shape))
            }
            if !constant.isWhole(in: unit) { error += unit / 2 }
        }
        try check(bounds)
        var layout = Layout(factors: dimensions.map { space.factors($0) })
        layout.extents = extents
        // Nothing to add: leave the wire as it is.
        if affine.terms.count == 1, affine.constant == 0, affine.terms[0].coefficient == 1,
            affine.terms[0].labels == Array(extents.indices)
        {
            return LoweredTensor(
                wire: affine.terms[0].source, layout: layout, unit: unit, bounds: bounds,
                error: error, terms: count)
        }
        return LoweredTensor(
            wire: try add(.affine(affine)), layout: layout, unit: unit, bounds: bounds,
            error: error, terms: count)
    }

    /// The constant, broadcast along its axes of extent 1.
    private mutating func term(
        _ constant: FloatTensor, unit: Double, space: IndexSpace, shape: [Int]
    ) throws(LoweringError) -> Affine<Wire>.Term {
        var labels: [Label] = []
        for (axis, extent) in Shape.padded(constant.shape, to: shape.count).enumerated()
        where extent > 1 {
            labels += space.labels(axis)
        }
        let extents = space.labelExtents
        let reals = constant.values
        let wire = builder.constant(try tensorShape(labels.map { extents[$0] })) {
            reals.map { Int64(Rounding.halfUp($0 / unit)) }
        }
        return .init(1, wire, labels)
    }

    /// The tensor with one physical axis a label, through a view where axes have to be cut.
    private mutating func align(
        _ tensor: LoweredTensor, with space: IndexSpace, _ dimensions: [Int]
    ) throws(LoweringError) -> AlignedTerm {
        let extents = space.labelExtents
        var indices = [AxisIndex](repeating: AxisIndex([]), count: tensor.layout.extents.count)
        for (axis, dimension) in dimensions.enumerated() {
            for (physical, term) in space.terms(tensor.layout, axis: axis, with: [dimension]) {
                indices[physical].terms.append(term)
            }
        }
        let isPlain = zip(indices, tensor.layout.extents).allSatisfy { index, extent in
            extent == 1 || index.plainLabel.map { extents[$0] == extent } == true
        }
        if isPlain {
            return AlignedTerm(
                wire: tensor.wire, labels: indices.map { $0.terms.first?.label })
        }
        // The view's labels: those the tensor uses, then axes of extent 1.
        let used = indices.flatMap { $0.terms.map(\.label) }
        var viewExtents = used.map { extents[$0] }
        var labels: [Label?] = used
        for axis in indices.indices {
            indices[axis].terms = indices[axis].terms.map { term in
                LabelTerm(used.firstIndex(of: term.label) ?? 0, term.coefficient)
            }
            if indices[axis].terms.isEmpty {
                indices[axis].terms = [LabelTerm(viewExtents.count)]
                viewExtents.append(1)
                labels.append(nil)
            }
        }
        let view = View(extents: viewExtents, operand: Operand(tensor.wire, indices))
        return AlignedTerm(wire: try add(.view(view)), labels: labels)
    }
}

extension FloatTensor {
    /// Whether every element is a multiple of the unit.
    func isWhole(in unit: Double) -> Bool {
        values.allSatisfy { $0 / unit == Rounding.halfUp($0 / unit) }
    }

    /// Whether every axis of the result is spanned by a tensor, so that one number will do for a
    /// constant that is the same everywhere.
    fileprivate func isBroadcastable(by tensors: [LoweredTensor], to shape: [Int]) -> Bool {
        shape.indices.allSatisfy { axis in
            shape[axis] == 1 || tensors.contains { !$0.layout.axes[axis].isEmpty }
        }
    }
}
