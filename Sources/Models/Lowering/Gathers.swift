import Circuits

extension Lowering {
    /// `Gather` with computed indices: the gather gadget, the axis brought to the front.
    ///
    /// A constant table has the result's format and five bits more. |result − float| is the
    /// table's own error where the indices are exact; an index outside the table has no proof.
    mutating func lower(
        _ operation: RowGather, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let (dataShape, axis) = (shape(node.operands[0]), operation.axis)
        let rows = dataShape[axis]
        var indices = try fromFront(try tensor(node.operands[1]), extent: rows)
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
        // Two one-hot tensors of about √rows cells an index, the low one a power of two.
        let lowCount = rows < 8 ? 1 : 1 << (log2Ceiling(rows) / 2)
        let wire = try add(
            .gather(Circuits.Gather(table: table.wire, indices: indices.wire, lowCount: lowCount)))
        let (outer, inner) = (indices.shape, order.dropFirst().map { dataShape[$0] })
        var result = table
        result.wire = wire
        result.terms = 1
        if indices.error > 0 { result.error += 2 * table.realMagnitude }
        result.layout = Layout(outer + inner)
        // The indices' axes go where the axis was.
        let front = Array(outer.count..<outer.count + axis)
        let permutation =
            front + outer.indices
            + Array(outer.count + axis..<outer.count + inner.count)
        result.layout = result.layout.transposed(permutation)
        return .tensor(result)
    }

    /// `OneHot` with computed indices: off + (on − off) · one-hot. Exact where on, off and the indices
    /// are.
    mutating func lower(
        _ operation: OneHotEncoding, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let indices = try tensor(node.operands[0])
        var selector = try oneHot(indices, depth: operation.depth, isStrict: operation.isStrict)
        var permutation = Array(indices.shape.indices)
        permutation.insert(indices.shape.count, at: operation.axis)
        selector.layout = selector.layout.transposed(permutation)
        let scaled = try scaled(
            .tensor(selector), node.results[0], by: .scalar(operation.on - operation.off),
            shape: selector.shape)
        guard operation.off != 0 else { return scaled }
        return try added(scaled, .constant(.scalar(operation.off)), value: node.results[0])
    }

    /// 1 where a new last axis has the index, which counts from the end where it is negative.
    ///
    /// - Parameter isStrict: Whether an index beyond the ends has no proof, and not a row of zeros.
    private mutating func oneHot(
        _ indices: LoweredTensor, depth: Int, isStrict: Bool
    ) throws(LoweringError) -> LoweredTensor {
        let isInside = indices.bounds.low >= 0 && indices.bounds.high < Int128(depth)
        // The last integer of the table is for what is beyond, on both sides.
        let bits = bitLength(2 * depth + 1)
        let isTable = !isStrict && !isInside && CircuitLimits.tableBits.contains(bits)
        var place = indices
        if isTable {
            let domain = IntegerDomain(lowest: -depth - 1, bits: bits)
            let table = builder.functionTable(domain, key: "place of \(depth)") {
                (domain.lowest...domain.highest).map { index in
                    Int64((-depth..<depth).contains(index) ? (index + depth) % depth : depth)
                }
            }
            place.wire = try add(
                .requantise(
                    Requantisation(
                        source: indices.wire, shift: 0, domain: domain, function: .table(table),
                        overshootBits: overshoot(indices.bounds, domain))))
            place.bounds = IntegerBounds(0, Int128(depth))
        } else {
            place = try fromFront(indices, extent: depth)
        }
        place = try inPlainOrder(place)
        let count = isTable ? depth + 1 : depth
        let wire = try add(.oneHot(OneHot(source: place.wire, count: count)))
        let selector = LoweredTensor(
            wire: wire, layout: Layout(indices.shape + [count]), unit: 1,
            bounds: IntegerBounds(0, 1), error: indices.error > 0 ? 1 : 0)
        guard isTable else { return selector }
        return try placed(selector, at: 0, axis: indices.shape.count, extent: depth)
    }

    /// Positions along an axis, negative ones counted from its end; those beyond stay beyond.
    private mutating func fromFront(
        _ x: LoweredTensor, extent: Int
    ) throws(LoweringError) -> LoweredTensor {
        guard x.bounds.low < 0 else { return x }
        // The smallest table there is: −1 and 0, and what is beyond either.
        let domain = IntegerDomain(lowest: -1, bits: 1)
        let table = builder.functionTable(domain, key: "negative") { [1, 0] }
        var isNegative = x
        isNegative.wire = try add(
            .requantise(
                Requantisation(
                    source: x.wire, shift: 0, domain: domain, function: .table(table),
                    overshootBits: overshoot(x.bounds, domain))))
        (isNegative.bounds, isNegative.error) = (IntegerBounds(0, 1), 0)
        var result = try sum([(1, x), (Int128(extent), isNegative)], unit: 1, shape: x.shape)
        result.bounds = IntegerBounds(
            min(0, x.bounds.low + Int128(extent)), max(x.bounds.high, Int128(extent - 1)))
        return result
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
