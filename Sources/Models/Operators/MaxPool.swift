/// `MaxPool` and `GlobalMaxPool`: the maximum over each window of [n, c, d…], padding left out.
public struct MaxPool: FloatOperator, Equatable {
    public let window: Window

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        // The order in which Indices would count.
        _ = try node.flag("storage_order")
        let (window, type) = try window(&node)
        return ResolvedNode(MaxPool(window: window), operands: [0], results: [type])
    }

    /// With the output Indices.
    static func decomposeWithPositions(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 1...1, outputs: 1...2)
        let isColumnMajor = try node.flag("storage_order")
        let (window, type) = try window(&node)
        let x = try steps.operand(0)
        let maxima = try steps.add(MaxPool(window: window), to: [x], [type], step: "maxima")
        let positions = try steps.add(
            PoolPositions(window: window, isColumnMajor: isColumnMajor), to: [x],
            [ValueType(.int64, type.shape)], step: "positions")
        return maxima + positions
    }

    private static func window(
        _ node: inout NodeReader
    ) throws(ModelError) -> (Window, result: ValueType) {
        let type = try node.type(0)
        // Bytes since opset 12.
        let isByte = type.elementType == .int8 || type.elementType == .uint8
        guard type.elementType.isFloat || node.opset >= 12 && isByte else {
            throw .elementType(node.reference, input: 0, type.elementType)
        }
        let kernel = try Pooling.kernel(type.shape, in: node)
        let window = try Window(
            reading: &node, input: Array(type.shape[2...]), kernel: kernel,
            features: .init(
                dilations: node.opset >= 10, roundUp: node.opset >= 10, dilatesSamePadding: false))
        try Pooling.checkPadding(of: window, allowsEmpty: false, node)
        return (window, ValueType(type.elementType, type.shape[..<2] + window.outputShape))
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
