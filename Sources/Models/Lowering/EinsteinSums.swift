import Circuits

extension Lowering {
    /// `EinsteinSum`: an einsum; a layer with weights where one operand is constant.
    ///
    /// One operand, or a constant of zeros and ones: exact, |result − float| ≤ terms · input error.
    /// Two operands: terms · (|a| · b error + |b| · a error + a error · b error).
    mutating func lower(
        _ sum: EinsteinSum, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let shape = shape(node.results[0])
        if sum.operands.count == 1 {
            return .tensor(try summed(sum, try sparse(node.operands[0], terms: sum.depth)))
        }
        for (position, other) in [(0, 1), (1, 0)] {
            guard case .constant(let weights) = try operand(position, of: node) else { continue }
            let input = node.operands[other]
            // What gets smaller is rounded later, what gets larger earlier.
            let shrinks = shape.reduce(1, *) <= self.shape(input).reduce(1, *)
            return .pending(
                LinearLayer(
                    identity: .init(node: currentNode), name: builder.currentName,
                    kind: .einstein(sum, weights: position),
                    input: shrinks && weights.isZeroOne
                        ? try sparse(input, terms: sum.depth) : try narrow(input),
                    weights: weights, bias: nil, shape: shape, resultShape: shape))
        }
        let (a, b) = (try narrow(node.operands[0]), try narrow(node.operands[1]))
        let bounds = try productBounds(a.bounds, b.bounds, terms: sum.depth)
        let (wire, layout) = try contract(sum, [.tensor(a), .tensor(b)])
        return .tensor(
            LoweredTensor(
                wire: wire, layout: layout, unit: a.unit * b.unit, bounds: bounds,
                error: Double(sum.depth) * productError(a, b)))
    }

    /// The operand as it is where sums of so many terms stay far from any limit, else rounded.
    private mutating func sparse(
        _ value: Int, terms: Int
    ) throws(LoweringError) -> LoweredTensor {
        let x = try tensor(value)
        return x.bounds.signedBits + bitLength(terms) <= 50
            ? x : try narrow(value)
    }

    /// The sum over some axes of one operand, exact.
    private mutating func summed(
        _ sum: EinsteinSum, _ x: LoweredTensor
    ) throws(LoweringError) -> LoweredTensor {
        var result = x
        result.bounds = x.bounds * Int128(sum.depth)
        result.error = Double(sum.depth) * x.error
        try check(result.bounds)
        (result.wire, result.layout) = try contract(sum, [.tensor(x)])
        result.terms = 1
        return result
    }

    /// The einsum itself, one dimension a label.
    mutating func contract(
        _ sum: EinsteinSum, _ sources: [ContractionOperand.Source]
    ) throws(LoweringError) -> (wire: Wire, layout: Layout) {
        var space = IndexSpace()
        // Labels that no operand has belong to other steps of the same equation.
        let used = Set(sum.operands.flatMap { $0 })
        let dimensions = sum.extents.enumerated().map { label, extent in
            used.contains(label) ? space.dimension(extent) : -1
        }
        let operands = zip(sources, sum.operands).map { source, labels in
            ContractionOperand(
                source: source, axes: labels.map { .dimensions([dimensions[$0]]) })
        }
        return try contract(operands, over: space, output: sum.output.map { [dimensions[$0]] })
    }
}

extension FloatTensor {
    /// Whether the tensor selects elements.
    fileprivate var isZeroOne: Bool { values.allSatisfy { $0 == 0 || $0 == 1 } }
}
