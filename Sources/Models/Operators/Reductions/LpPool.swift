/// `LpPool` and `GlobalLpPool` with p = 1: sums of magnitudes; the sum over a window is its mean,
/// padding counted, times the number of taps.
enum LpPool {
    static func decompose(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 1...1)
        let x = try steps.operand(0)
        try checkOrder(&node)
        let shape = try node.floatShape(0)
        let kernel = try Pooling.kernel(shape, in: node)
        let window = try Window(
            reading: &node, input: Array(shape[2...]), kernel: kernel,
            features: .init(
                dilations: node.opset >= 18, roundUp: node.opset >= 18, dilatesSamePadding: false))
        try Pooling.checkPadding(of: window, allowsEmpty: true, node)
        let powers = try steps.magnitudes(of: x)
        // A window that reaches beyond the padding would count fewer taps: none may.
        let isWhole = window.axes.allSatisfy {
            $0.position(window: $0.output - 1, tap: $0.kernel - 1) < $0.input + $0.padEnd
        }
        guard isWhole else {
            throw node.invalid(attribute: "ceil_mode", 1, advice: "pad at the end instead")
        }
        let mean = try steps.add(
            AveragePool(window: window, countsPadding: true), to: [powers],
            shape: shape[..<2] + window.outputShape, step: "mean")
        let sum = try steps.apply(
            "Mul", [mean, steps.scalar(Double(window.tapCount), like: x)], step: "sum")
        return [sum]
    }

    static func decomposeGlobal(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        let x = try steps.operand(0)
        try checkOrder(&node)
        let (_, shape) = try Pooling.global(&node)
        let powers = try steps.magnitudes(of: x)
        let axes = Array(x.shape.indices.dropFirst(2))
        let sum = try Reductions.sum(.init(value: powers, axes: axes), &steps)
        return [try steps.reshape(sum, to: shape, step: "axes")]
    }

    private static func checkOrder(_ node: inout NodeReader) throws(ModelError) {
        let order = try node.int("p", default: 2)
        guard order == 1 else {
            throw node.invalid(attribute: "p", order, advice: "use 1, or an average of squares")
        }
    }
}
