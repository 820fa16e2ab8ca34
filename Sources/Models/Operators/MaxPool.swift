/// `MaxPool` and `GlobalMaxPool`: the maximum over each window of [n, c, d…], padding left out.
public struct MaxPool: FloatOperator, Equatable {
    public let window: Window

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        guard node.outputCount == 1 else {
            throw node.unsupported("the output Indices is", advice: "use the maxima only")
        }
        try node.expect(inputs: 1...1)
        let shape = try node.floatShape(0)
        let kernel = try Pooling.kernel(shape, in: node)
        // The order in which Indices would count.
        _ = try node.flag("storage_order")
        let window = try Window(
            reading: &node, input: Array(shape[2...]), kernel: kernel,
            features: .init(
                dilations: node.opset >= 10, roundUp: node.opset >= 10, dilatesSamePadding: false))
        try Pooling.checkPadding(of: window, allowsEmpty: false, node)
        return ResolvedNode(
            MaxPool(window: window), operands: [0], try node.type(0).elementType,
            shape[..<2] + window.outputShape)
    }

    static func resolveGlobal(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        let (window, shape) = try Pooling.global(&node)
        return ResolvedNode(
            MaxPool(window: window), operands: [0], try node.type(0).elementType, shape)
    }

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        results[0].shape.saturatingProduct.saturatingProduct(window.tapCount)
    }

    public func evaluate(_ operands: [FloatTensor], shape: [Int]) -> FloatTensor {
        Pooling.reduce(operands[0], window: window, shape: shape, from: -.infinity) {
            maximum, value in
            value > maximum ? value : maximum
        } finish: { maximum, _ in
            maximum
        }
    }
}
