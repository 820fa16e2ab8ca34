// `BatchNormalization` in training mode: a ``Normalization`` by the batch's own statistics.

extension BatchNormalization {
    /// Whether the statistics are those of the data; before opset 14 the number of outputs says so,
    /// and what the outputs are is the implementation's affair.
    static func isTrained(_ node: NodeReader) throws(ModelError) -> Bool {
        guard node.opset >= 14 else { return false }
        var node = node
        return try node.flag("training_mode")
    }
}

extension Normalization {
    /// y by the mean and variance over all axes but the channels'; then the running statistics,
    /// momentum · (those given) + (1 − momentum) · (those of the batch).
    static func decomposeTrainedBatch(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 5...5, outputs: 1...3)
        _ = try node.flag("training_mode")
        let epsilon = try node.float("epsilon") ?? Double(Float(1e-5))
        let momentum = try node.float("momentum") ?? Double(Float(0.9))
        let x = try steps.operand(0)
        guard x.shape.count > 1 else {
            throw node.mismatch(expected: "data [n, c, d…]", actual: "\(x.shape)")
        }
        for input in 1...4 {
            let shape = try node.type(input).shape
            guard shape == [x.shape[1]] else {
                throw node.mismatch(
                    expected: "statistics of shape [\(x.shape[1])]", actual: "\(shape)")
            }
        }
        let axes = x.shape.indices.filter { $0 != 1 }
        let normalized = try steps.add(
            Normalization(axes: axes, epsilon: epsilon, isCentred: true), to: [x], shape: x.shape,
            step: "normalize")
        let y = try byChannel(normalized, &steps)
        guard node.outputCount > 1 else { return [y] }
        let (mean, variance) = try steps.meanAndVariance(of: x, over: axes)
        var results = [y]
        for (input, batch, name) in [(3, mean, "mean"), (4, variance, "variance")] {
            let flat = try steps.reshape(batch, to: [x.shape[1]], step: "batch_\(name)")
            let old = try steps.apply(
                "Mul", [steps.operand(input), steps.scalar(momentum)], step: "old_\(name)")
            let new = try steps.apply(
                "Mul", [flat, steps.scalar(1 - momentum)], step: "new_\(name)")
            results.append(try steps.apply("Add", [old, new], step: "running_\(name)"))
        }
        return results
    }
}

extension Decomposition {
    /// Both keep the axes with extent 1.
    mutating func meanAndVariance(
        of x: Value, over axes: [Int]
    ) throws(ModelError) -> (mean: Value, variance: Value) {
        let list = integers(axes)
        let mean = try apply("ReduceMean", [x, list], step: "mean")
        let centred = try apply("Sub", [x, mean], step: "centred")
        let squares = try apply("Mul", [centred, centred], step: "squares")
        return (mean, try apply("ReduceMean", [squares, list], step: "variance"))
    }
}
