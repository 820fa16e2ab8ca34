/// `AveragePool` and `GlobalAveragePool`: the mean over each window of [n, c, d…].
///
/// Evaluated as the sum over the window's taps on the operand, row-major, divided by the
/// window's entry of ``divisors``.
public struct AveragePool: FloatOperator, Equatable {
    public let window: Window
    /// Whether padding counts as elements of value zero; positions beyond the padding, which
    /// rounding up can reach, never count.
    public let countsPadding: Bool

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let shape = try node.floatShape(0)
        let kernel = try Pooling.kernel(shape, in: node)
        let countsPadding = try node.flag("count_include_pad")
        let window = try Window(
            reading: &node, input: Array(shape[2...]), kernel: kernel,
            features: .init(
                dilations: node.opset >= 19, roundUp: node.opset >= 10, dilatesSamePadding: false))
        try Pooling.checkPadding(of: window, allowsEmpty: countsPadding, node)
        return ResolvedNode(
            AveragePool(window: window, countsPadding: countsPadding), operands: [0],
            try node.type(0).elementType, shape[..<2] + window.outputShape)
    }

    static func resolveGlobal(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        let (window, shape) = try Pooling.global(&node)
        return ResolvedNode(
            AveragePool(window: window, countsPadding: false), operands: [0],
            try node.type(0).elementType, shape)
    }

    /// How many elements the mean of each window of one channel counts, in row-major order.
    public var divisors: [Int] {
        window.axes.reduce([1]) { products, axis in
            let counts = (0..<axis.output).map { count(axis, $0) }
            return products.flatMap { product in counts.map { product * $0 } }
        }
    }

    private func count(_ axis: Window.Axis, _ position: Int) -> Int {
        guard countsPadding else { return axis.taps(window: position).count }
        let start = axis.position(window: position, tap: 0)
        return min(axis.kernel, (axis.input + axis.padEnd - 1 - start) / axis.dilation + 1)
    }

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        results[0].shape.saturatingProduct.saturatingProduct(window.tapCount)
    }

    public func evaluate(_ operands: [FloatTensor], shape: [Int]) -> FloatTensor {
        let divisors = divisors
        return Pooling.reduce(operands[0], window: window, shape: shape, from: 0) { sum, value in
            sum + value
        } finish: { sum, place in
            sum / Double(divisors[place])
        }
    }
}
