import Circuits

extension Lowering {
    /// `Gather` with computed indices: the gather gadget, the axis brought to the front.
    ///
    /// A constant table has the result's format and five bits more. |result − float| is the
    /// table's own error; an index outside the table has no proof.
    mutating func lower(
        _ operation: RowGather, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let (dataShape, axis) = (shape(node.operands[0]), operation.axis)
        var indices = try tensor(node.operands[1])
        indices = try inPlainOrder(indices)
        let order = [axis] + dataShape.indices.filter { $0 != axis }
        var table: LoweredTensor
        if case .constant(let constant) = try operand(0, of: node) {
            let magnitude = constant.values.reduce(0) { max($0, $1.magnitude) }
            let isFloat = graph.values[node.operands[0]].type.elementType.isFloat
            let format = FixedPointFormat(
                fitting: -magnitude...magnitude, bits: bits(node.results[0]) + 5)
            table = try quantised(
                constant.transposed(order), unit: isFloat ? format.unit : 1)
            if isFloat { note(.result, of: node.results[0], unit: format.unit) }
            if !isFloat { table.error = 0 }
        } else {
            table = try narrow(node.operands[0])
            table.layout = table.layout.transposed(order)
            table = try inPlainOrder(table)
        }
        let rows = dataShape[axis]
        // Two one-hot tensors of about √rows cells an index, the low one a power of two.
        let lowCount = rows < 8 ? 1 : 1 << (log2Ceiling(rows) / 2)
        let wire = try add(
            .gather(Circuits.Gather(table: table.wire, indices: indices.wire, lowCount: lowCount)))
        let (outer, inner) = (indices.shape, order.dropFirst().map { dataShape[$0] })
        var result = table
        result.wire = wire
        result.terms = 1
        result.layout = Layout(outer + inner)
        // The indices' axes go where the axis was.
        let front = Array(outer.count..<outer.count + axis)
        let permutation =
            front + outer.indices
            + Array(outer.count + axis..<outer.count + inner.count)
        result.layout = result.layout.transposed(permutation)
        return .tensor(result)
    }

    /// `OneHot` with computed indices: off + (on − off) · one-hot. Exact where on and off are.
    mutating func lower(
        _ operation: OneHotEncoding, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let indices = try inPlainOrder(tensor(node.operands[0]))
        let wire = try add(.oneHot(OneHot(source: indices.wire, count: operation.depth)))
        var selector = LoweredTensor(
            wire: wire, layout: Layout(indices.shape + [operation.depth]), unit: 1,
            bounds: IntegerBounds(0, 1), error: 0)
        var permutation = Array(indices.shape.indices)
        permutation.insert(indices.shape.count, at: operation.axis)
        selector.layout = selector.layout.transposed(permutation)
        let scaled = try scaled(
            .tensor(selector), node.results[0], by: .scalar(operation.on - operation.off),
            shape: selector.shape)
        guard operation.off != 0 else { return scaled }
        return try added(scaled, .constant(.scalar(operation.off)), value: node.results[0])
    }
}

extension FloatTensor {
    /// Axis a of the result is axis permutation[a].
    func transposed(_ permutation: [Int]) -> FloatTensor {
        let map = Transpose(permutation: permutation).indexMap(operand: shape)
        return FloatTensor(
            shape: permutation.map { shape[$0] }, values: map.gather(values, padding: 0))
    }
}
