import Circuits

// Operations along rows: cells that differ along some of the model's axes only.

extension Lowering {
    /// Brings a tensor into a form in which each digit of these logical axes is a physical axis.
    ///
    /// - Returns: Those physical axes, ascending, at least one.
    mutating func rowAxes(
        _ x: inout LoweredTensor, _ axes: [Int]
    ) throws(LoweringError) -> [Int] {
        x = try split(x)
        let physical = axes.flatMap { x.layout.axes[$0] }.map(\.axis).sorted()
        if !physical.isEmpty { return physical }
        guard let axis = axes.first else {
            // A row of one cell, of a tensor that has no axis for it.
            x.layout = x.layout.padded(to: x.layout.rank + 1)
            defer { x.layout.axes.removeFirst() }
            return try wholeAxes(&x, [0])
        }
        return try wholeAxes(&x, [axis])
    }

    /// Σ of products over these logical axes, which stay with extent 1; exact.
    ///
    /// - Parameter factors: Tensors of one shape.
    mutating func rowSum(
        _ factors: [LoweredTensor], along axes: [Int], bounds: IntegerBounds, unit: Double,
        error: Double
    ) throws(LoweringError) -> LoweredTensor {
        try check(bounds)
        var space = IndexSpace()
        let dimensions = factors[0].shape.map { space.dimension($0) }
        let (wire, layout) = try contract(
            factors.map {
                ContractionOperand(
                    source: .tensor($0), axes: dimensions.map { .dimensions([$0]) })
            }, over: space,
            output: dimensions.enumerated().map { axes.contains($0) ? [] : [$1] })
        return LoweredTensor(wire: wire, layout: layout, unit: unit, bounds: bounds, error: error)
    }

    /// Cell by cell x · row, the row having extent 1 along some axes; exact.
    mutating func product(
        _ x: LoweredTensor, row: LoweredTensor, bounds: IntegerBounds, error: Double
    ) throws(LoweringError) -> LoweredTensor {
        try check(bounds)
        var space = IndexSpace()
        let dimensions = x.shape.map { space.dimension($0) }
        let (wire, layout) = try contract(
            [x, row].map {
                ContractionOperand(
                    source: .tensor($0), axes: dimensions.map { .dimensions([$0]) })
            }, over: space, output: dimensions.map { [$0] })
        return LoweredTensor(
            wire: wire, layout: layout, unit: x.unit * row.unit, bounds: bounds, error: error)
    }
}
