import Circuits

extension Lowering {
    /// `ArgMax`, `ArgMin`: the position of the one in a one-hot tensor.
    mutating func lower(
        _ operation: ArgExtreme, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let x = try comparable(node.operands[0])
        let selector = try selector(
            x, axis: operation.axis, isLargest: operation.isMaximum,
            selectsLast: operation.selectsLast)
        let position = try position(selector, axis: operation.axis, exact: x.error == 0)
        return .tensor(try reshaped(position, to: shape(node.results[0])))
    }

    /// `TopK`: the largest, then the largest without it, and so on.
    mutating func lower(
        _ operation: TopK, _ node: ModelGraph.Node
    ) throws(LoweringError) -> [LoweredValue?] {
        var rest = try comparable(node.operands[0])
        let x = rest
        let span = x.bounds.span + 1
        var (values, positions): ([LoweredTensor], [LoweredTensor]) = ([], [])
        for step in 0..<operation.count {
            let selector = try selector(
                rest, axis: operation.axis, isLargest: operation.isLargest, selectsLast: false)
            if isRead(node.results[0]) {
                values.append(
                    try rowSum(
                        [x, selector], along: [operation.axis], bounds: x.bounds, unit: x.unit,
                        error: x.error))
            }
            if isRead(node.results[1]) {
                positions.append(
                    try position(selector, axis: operation.axis, exact: x.error == 0))
            }
            guard step + 1 < operation.count else { break }
            // What was taken goes beyond everything that is left.
            let bounds = rest.bounds
            rest = try sum(
                [(1, rest), (operation.isLargest ? -span : span, selector)], unit: x.unit,
                shape: x.shape)
            rest.bounds =
                operation.isLargest
                ? IntegerBounds(x.bounds.low - span, bounds.high)
                : IntegerBounds(bounds.low, x.bounds.high + span)
        }
        return [
            try values.isEmpty ? nil : .tensor(stacked(values, axis: operation.axis)),
            try positions.isEmpty ? nil : .tensor(stacked(positions, axis: operation.axis)),
        ]
    }

    /// The value in at most 40 bits: its order is what counts.
    mutating func comparable(_ value: Int) throws(LoweringError) -> LoweredTensor {
        let x = try tensor(value)
        guard x.bounds.signedBits > 40 else { return x }
        let magnitude = x.realMagnitude
        return try rounded(x, to: FixedPointFormat(fitting: -magnitude...magnitude, bits: 32))
    }

    /// 1 at the selected cell of each row, 0 elsewhere.
    mutating func selector(
        _ x: LoweredTensor, axis: Int, isLargest: Bool, selectsLast: Bool
    ) throws(LoweringError) -> LoweredTensor {
        var x = isLargest ? x : try sum([(-1, x)], unit: x.unit, shape: x.shape)
        let physical = try wholeAxes(&x, [axis])[0]
        let wire = try add(
            .select(
                Circuits.Selection(
                    source: x.wire, axis: physical, selectsLast: selectsLast,
                    bits: bitLength(x.bounds.span + 1))))
        return LoweredTensor(
            wire: wire, layout: x.layout, unit: 1, bounds: IntegerBounds(0, 1), error: 0)
    }

    /// Σ position · selector along an axis, which stays with extent 1.
    private mutating func position(
        _ selector: LoweredTensor, axis: Int, exact: Bool
    ) throws(LoweringError) -> LoweredTensor {
        let extent = selector.shape[axis]
        let positions = FloatTensor(
            shape: [extent] + Array(repeating: 1, count: selector.shape.count - axis - 1),
            values: (0..<extent).map(Double.init))
        return try rowSum(
            [selector, try quantised(positions, unit: 1).padded(to: selector.shape.count)],
            along: [axis], bounds: IntegerBounds(0, Int128(extent - 1)), unit: 1,
            error: exact ? 0 : Double(extent - 1))
    }

    /// Tensors of extent 1 along an axis, one after the other along it.
    private mutating func stacked(
        _ tensors: [LoweredTensor], axis: Int
    ) throws(LoweringError) -> LoweredTensor {
        var shape = tensors[0].shape
        shape[axis] = tensors.count
        var placed: [(coefficient: Int128, tensor: LoweredTensor)] = []
        for (index, tensor) in tensors.enumerated() {
            placed.append(
                (1, try self.placed(tensor, at: index, axis: axis, extent: tensors.count)))
        }
        var result = try sum(placed, unit: tensors[0].unit, shape: shape)
        result.bounds = tensors.reduce(IntegerBounds(0, 0)) { $0.union($1.bounds) }
        result.error = tensors.reduce(0) { max($0, $1.error) }
        return result
    }
}

extension LoweredTensor {
    func padded(to rank: Int) -> LoweredTensor {
        var result = self
        result.layout = layout.padded(to: rank)
        return result
    }
}
