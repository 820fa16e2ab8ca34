import Circuits

extension Lowering {
    /// `AveragePool`: the sum over each window, whose unit is that of x divided by the count;
    /// where counts differ, times 2^k / count, rounded. |result − float| ≤ input error, plus
    /// 2^−k-relative rounding of the counts.
    mutating func lower(
        _ pool: AveragePool, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        try sum(pool.window, divisors: pool.divisors, node)
    }

    /// The sum over each window, exact.
    mutating func lower(
        _ sum: WindowSum, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        try self.sum(sum.window, divisors: [1], node)
    }

    private mutating func sum(
        _ window: Window, divisors: [Int], _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let x = try narrow(node.operands[0])
        let isUniform = divisors.allSatisfy { $0 == divisors[0] }
        var space = IndexSpace()
        let shape = shape(node.results[0])
        let planes = shape[..<2].map { space.dimension($0) }
        let windows = try windowAxes(x, window, &space)
        var operands = [
            ContractionOperand(
                source: .tensor(windows.tensor),
                axes: planes.map { .dimensions([$0]) } + windows.axes)
        ]
        var bounds = x.bounds
        var unit = x.unit
        var error = x.error
        if window.hasPadding { bounds = bounds.union(IntegerBounds(0, 0)) }
        if isUniform {
            bounds = bounds * Int128(window.tapCount)
            error *= Double(window.tapCount) / Double(divisors[0])
            unit /= Double(divisors[0])
        } else {
            let precision = 16
            let reciprocals = divisors.map { Rounding.halfUp(Double(1 << precision) / Double($0)) }
            operands.append(
                ContractionOperand(
                    source: .constant(window.outputShape) { reciprocals.map { Int64($0) } },
                    axes: windows.outputs.map { .dimensions([$0]) }))
            // A window's taps on the operand are at most as many as its divisor.
            bounds = bounds * (Int128(1) << Int128(precision))
            bounds = IntegerBounds(bounds.low * 2, bounds.high * 2)
            unit /= Double(1 << precision)
            error +=
                x.realMagnitude * Double(window.tapCount) * Rounding.powerOfTwo(-precision)
        }
        try check(bounds)
        let (wire, layout) = try contract(
            operands, over: space, output: (planes + windows.outputs).map { [$0] })
        return .tensor(
            LoweredTensor(wire: wire, layout: layout, unit: unit, bounds: bounds, error: error))
    }

    /// `MaxPool`: the maximum over a view with an axis for each tap; padding is the smallest
    /// integer. |result − float| ≤ input error.
    mutating func lower(
        _ pool: MaxPool, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let taps = try taps(
            of: pool.window, in: try narrow(node.operands[0]), shape: shape(node.results[0]))
        return .tensor(try maximum(taps, keeping: shape(node.results[0]).count))
    }

    /// Where the maxima are: one of a window's taps selected, times the places of the taps. Exact
    /// where the input is.
    mutating func lower(
        _ pool: PoolPositions, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let shape = shape(node.results[0])
        var taps = try taps(
            of: pool.window, in: try comparable(node.operands[0]), shape: shape, isBelow: true)
        taps.layout.axes =
            taps.layout.axes[..<shape.count] + [taps.layout.axes[shape.count...].flatMap { $0 }]
        let selector = try selector(
            taps, axis: shape.count, isLargest: true, selectsLast: false)
        let places = pool.places().map { $0 ?? 0 }
        let plane = pool.window.axes.map(\.input).reduce(1, *)
        let constant = FloatTensor(
            shape: pool.window.outputShape + [pool.window.tapCount], values: places.map(Double.init)
        )
        var result = try rowSum(
            [selector, try quantised(constant, unit: 1).padded(to: shape.count + 1)],
            along: [shape.count], bounds: IntegerBounds(0, Int128(plane - 1)), unit: 1,
            error: taps.error == 0 ? 0 : Double(plane - 1))
        result = try reshaped(result, to: shape)
        let planes = shape[0] * shape[1]
        guard planes > 1 else { return .tensor(result) }
        let bases = FloatTensor(
            shape: Array(shape[..<2]) + pool.window.axes.map { _ in 1 },
            values: (0..<planes).map { Double($0 * plane) })
        let error = result.error
        result = try sum([(1, result)], plus: bases, unit: 1, shape: shape)
        result.error = error
        return .tensor(result)
    }

    /// A view of [n, c, d…] with an axis for each tap behind those of the windows; padding is the
    /// smallest integer, or less than any.
    private mutating func taps(
        of window: Window, in x: LoweredTensor, shape: [Int], isBelow: Bool = false
    ) throws(LoweringError) -> LoweredTensor {
        var space = IndexSpace()
        let planes = shape[..<2].map { space.dimension($0) }
        let windows = try windowAxes(x, window, &space)
        let operand = ContractionOperand(
            source: .tensor(windows.tensor),
            axes: planes.map { .dimensions([$0]) } + windows.axes)
        let lowest = x.bounds.low - (isBelow && window.hasPadding ? 1 : 0)
        var taps = x
        (taps.wire, taps.layout) = try view(
            operand, over: space, axes: (planes + windows.outputs + windows.taps).map { [$0] },
            fill: Int(lowest))
        taps.bounds.low = lowest
        return taps
    }

    /// `ReduceMax` and `ReduceMin`: the maximum over physical axes; a minimum is that of −x, negated.
    /// |result − float| ≤ input error.
    mutating func lower(
        _ extremum: AxisExtremum, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        var x = try narrow(node.operands[0])
        let shape = x.shape
        let kept = shape.indices.filter { !extremum.axes.contains($0) }
        x.layout = x.layout.transposed(kept + extremum.axes)
        // Parts become axes that can be taken away.
        x = try split(x)
        if extremum.isMinimum { x = try negated(x) }
        x = try maximum(x, keeping: kept.count)
        return .tensor(extremum.isMinimum ? try negated(x) : x)
    }

    private mutating func negated(_ x: LoweredTensor) throws(LoweringError) -> LoweredTensor {
        try sum([(-1, x)], unit: x.unit, shape: x.shape)
    }

    /// The maximum over all but the first logical axes, each part of which is a physical axis.
    mutating func maximum(
        _ x: LoweredTensor, keeping count: Int
    ) throws(LoweringError) -> LoweredTensor {
        let reduced = x.layout.axes[count...].flatMap { $0 }.map(\.axis).sorted()
        var result = x
        result.layout.axes = Array(x.layout.axes[..<count])
        guard !reduced.isEmpty else { return result }
        result.wire = try add(
            .maximum(
                Maximum(
                    source: x.wire, axes: reduced,
                    bits: max(1, bitLength(x.bounds.span)))))
        result.layout = x.layout.removing(reduced, keeping: count)
        return result
    }
}

extension Layout {
    /// Without some physical axes, and with the first logical axes only.
    func removing(_ removed: [Int], keeping count: Int) -> Layout {
        let kept = extents.indices.filter { !removed.contains($0) }
        return Layout(
            extents: kept.map { extents[$0] },
            axes: axes[..<count].map { parts in
                parts.map { part in
                    var part = part
                    part.axis = kept.firstIndex(of: part.axis) ?? 0
                    return part
                }
            })
    }
}
