import Circuits

extension Window {
    /// Whether some tap of some window lies outside the operand.
    var hasPadding: Bool {
        axes.contains { axis in
            axis.position(window: 0, tap: 0) < 0
                || axis.position(window: axis.output - 1, tap: axis.kernel - 1) >= axis.input
        }
    }
}

extension Lowering {
    /// `Conv`: an einsum of the weights with a view of the data; groups are a label of both.
    mutating func lower(
        _ conv: Conv, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let shape = shape(node.results[0])
        let product: LoweredValue
        if case .constant(let weights) = try operand(1, of: node) {
            product = .pending(
                LinearLayer(
                    identity: .init(node: currentNode),
                    name: node.reference.layerName,
                    kind: .convolution(conv.window, groups: conv.groups),
                    input: try narrow(node.operands[0]), weights: weights, bias: nil, shape: shape,
                    resultShape: shape, isExact: isInteger(node.results[0])))
        } else {
            product = .tensor(try convolved(conv, node))
        }
        guard node.operands.count > 2 else { return product }
        // [m] as [m, 1…].
        let biasShape = [shape[1]] + conv.window.axes.map { _ in 1 }
        let bias = try withShape(operand(2, of: node), biasShape)
        return try added(product, bias, value: node.results[0])
    }

    /// Data and weights both computed: exact products of both.
    private mutating func convolved(
        _ conv: Conv, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredTensor {
        let (x, weights) = (try narrow(node.operands[0]), try narrow(node.operands[1]))
        let depth = weights.shape[1...].reduce(1, *)
        // A window may lie outside the data in part.
        let bounds = try productBounds(
            x.bounds.union(IntegerBounds(0, 0)), weights.bounds, terms: depth)
        let (wire, layout) = try convolve(
            x, .tensor(weights), conv.window, groups: conv.groups, shape(node.results[0]))
        return LoweredTensor(
            wire: wire, layout: layout, unit: x.unit * weights.unit, bounds: bounds,
            error: Double(depth) * productError(x, weights))
    }

    /// Weights [m, c / groups, k…] over windows of x [n, c, d…].
    mutating func convolve(
        _ x: LoweredTensor, _ weights: ContractionOperand.Source, _ window: Window, groups: Int,
        _ shape: [Int]
    ) throws(LoweringError) -> (wire: Wire, layout: Layout) {
        var space = IndexSpace()
        let batch = space.dimension(shape[0])
        let group = space.dimension(groups)
        let result = space.dimension(shape[1] / groups)
        let channel = space.dimension(x.shape[1] / groups)
        let windows = try windowAxes(x, window, &space)
        return try contract(
            [
                ContractionOperand(
                    source: weights,
                    axes: [.dimensions([group, result]), .dimensions([channel])]
                        + windows.taps.map { .dimensions([$0]) }),
                ContractionOperand(
                    source: .tensor(windows.tensor),
                    axes: [.dimensions([batch]), .dimensions([group, channel])] + windows.axes),
            ], over: space, output: [[batch], [group, result]] + windows.outputs.map { [$0] })
    }

    /// Windows over the spatial axes of a tensor [n, c, d…].
    struct WindowAxes {
        /// With each spatial axis a physical one.
        var tensor: LoweredTensor
        /// Dimensions: the window's place, and the place in the window.
        var outputs: [Int] = []
        var taps: [Int] = []
        var axes: [ContractionOperand.AxisUse] = []
    }

    mutating func windowAxes(
        _ x: LoweredTensor, _ window: Window, _ space: inout IndexSpace
    ) throws(LoweringError) -> WindowAxes {
        let spatial = Array(window.axes.indices.map { $0 + 2 })
        var result = WindowAxes(tensor: x)
        let physical = try wholeAxes(&result.tensor, spatial)
        for (axis, physical) in zip(window.axes, physical) {
            let (output, tap) = (space.dimension(axis.output), space.dimension(axis.kernel))
            result.outputs.append(output)
            result.taps.append(tap)
            result.axes.append(
                .index(
                    physical: physical, [(output, axis.stride), (tap, axis.dilation)],
                    offset: -axis.padBegin))
        }
        return result
    }
}
