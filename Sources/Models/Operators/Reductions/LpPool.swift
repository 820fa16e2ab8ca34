/// `LpPool` and `GlobalLpPool` with p = 1 or 2: sums of magnitudes, or roots of sums of squares; the
/// sum over a window is its mean, padding counted, times the number of taps.
enum LpPool {
    static func decompose(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 1...1)
        let x = try steps.operand(0)
        let order = try order(&node)
        let shape = try node.floatShape(0)
        let kernel = try Pooling.kernel(shape, in: node)
        let window = try Window(
            reading: &node, input: Array(shape[2...]), kernel: kernel,
            features: .init(
                dilations: node.opset >= 18, roundUp: node.opset >= 18, dilatesSamePadding: false))
        try Pooling.checkPadding(of: window, allowsEmpty: true, node)
        let powers = try steps.power(x, order)
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
        return [try steps.root(sum, order)]
    }

    static func decomposeGlobal(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        let x = try steps.operand(0)
        let order = try order(&node)
        let (_, shape) = try Pooling.global(&node)
        let powers = try steps.power(x, order)
        let axes = Array(x.shape.indices.dropFirst(2))
        let sum = try Reductions.sum(.init(value: powers, axes: axes), &steps)
        return [try steps.root(steps.reshape(sum, to: shape, step: "axes"), order)]
    }

    private static func order(_ node: inout NodeReader) throws(ModelError) -> Int {
        let order = try node.int("p", default: 2)
        guard order == 1 || order == 2 else {
            throw node.invalid(attribute: "p", order, advice: "use 1 or 2")
        }
        return order
    }
}

extension Decomposition {
    fileprivate mutating func power(_ x: Value, _ order: Int) throws(ModelError) -> Value {
        order == 1
            ? try apply("Abs", [x], step: "magnitudes") : try apply("Mul", [x, x], step: "squares")
    }

    fileprivate mutating func root(_ x: Value, _ order: Int) throws(ModelError) -> Value {
        order == 1 ? x : try apply("Sqrt", [x], step: "root")
    }
}
