/// `BatchNormalization` in inference mode: y = multiplier[c] · x + offset[c] on [n, c, d…].
///
/// multiplier = scale / √(variance + epsilon) and offset = bias − mean · multiplier, rounded to
/// double once each step. The statistics must be constants; for training mode see
/// ``Normalization/decomposeTrainedBatch(_:_:)``.
public struct BatchNormalization: FloatOperator, Equatable {
    /// One for each channel.
    public let multiplier: [Double]
    public let offset: [Double]

    public var parameterCount: Int { multiplier.count + offset.count }

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 5...5)
        let epsilon = try node.float("epsilon") ?? Double(Float(1e-5))
        node.ignore("momentum")
        let advice = "export the model in evaluation mode"
        if node.opset < 9, try !node.flag("spatial", default: true) {
            throw node.invalid(
                attribute: "spatial", 0, advice: "export with opset_version=9 or later")
        }
        if node.opset < 7, try !node.flag("is_test") {
            throw node.invalid(attribute: "is_test", 0, advice: advice)
        }
        if node.opset >= 14 {
            _ = try node.flag("training_mode")
        } else if node.namedOutputCount > 1 {
            // Before opset 14 the number of outputs told training from inference.
            throw node.unsupported("training mode is", advice: advice)
        }
        let shape = try node.floatShape(0)
        // Data without a channel axis has one channel.
        let channels = shape.count > 1 ? shape[1] : 1
        var statistics: [[Double]] = []
        for (input, role) in [(1, "scale"), (2, "B"), (3, "input_mean"), (4, "input_var")] {
            let tensor = try node.floats(input, role: role)
            guard tensor.shape == [channels] else {
                throw node.mismatch(
                    expected: "\(role) of shape [\(channels)]", actual: "\(tensor.shape)")
            }
            statistics.append(tensor.values)
        }
        let (scale, bias) = (statistics[0], statistics[1])
        let (mean, variance) = (statistics[2], statistics[3])
        let multiplier = (0..<channels).map { scale[$0] / (variance[$0] + epsilon).squareRoot() }
        let offset = (0..<channels).map { bias[$0] - mean[$0] * multiplier[$0] }
        guard multiplier.allSatisfy(\.isFinite), offset.allSatisfy(\.isFinite) else {
            throw node.mismatch(expected: "variance + epsilon > 0", actual: "a smaller one")
        }
        return ResolvedNode(
            BatchNormalization(multiplier: multiplier, offset: offset), operands: [0],
            try node.type(0).elementType, shape)
    }

    public func evaluate(_ operands: [FloatTensor], shape: [Int]) -> FloatTensor {
        var y = operands[0].values
        let size = shape.count > 1 ? shape[2...].reduce(1, *) : y.count
        guard size > 0 else { return operands[0] }
        for row in 0..<y.count / size {
            let (a, b) = (multiplier[row % multiplier.count], offset[row % multiplier.count])
            for i in row * size..<(row + 1) * size { y[i] = y[i] * a + b }
        }
        return FloatTensor(shape: shape, values: y)
    }
}
