// Operators that are a ``Normalization`` with scales and offsets around it.

extension Normalization {
    /// `LayerNormalization`: over the axes from the given one on.
    static func decomposeLayer(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...3, outputs: 1...3)
        let (y, axes, epsilon) = try trailing(&node, &steps, isCentred: true)
        guard node.outputCount > 1 else { return [y] }
        // The statistics that training wants.
        let (mean, variance) = try steps.meanAndVariance(of: steps.operand(0), over: axes)
        let shifted = try steps.apply("Add", [variance, steps.scalar(epsilon)], step: "shifted")
        let deviation = try steps.apply("Sqrt", [shifted], step: "deviation")
        return [y, mean, try steps.apply("Reciprocal", [deviation], step: "inverse")]
    }

    /// `RMSNormalization`: the same without the mean.
    static func decomposeRMS(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...2)
        return [try trailing(&node, &steps, isCentred: false).result]
    }

    private static func trailing(
        _ node: inout NodeReader, _ steps: inout Decomposition, isCentred: Bool
    ) throws(ModelError) -> (result: Decomposition.Value, axes: [Int], epsilon: Double) {
        let rank = try node.floatShape(0).count
        let first = try node.axis(node.int("axis", default: -1), bound: rank, name: "axis")
        node.ignore("stash_type")
        let x = try steps.operand(0)
        let (axes, epsilon) = (Array(first..<rank), try epsilon(&node))
        var y = try steps.add(
            Normalization(axes: axes, epsilon: epsilon, isCentred: isCentred), to: [x],
            shape: x.shape, step: "normalize")
        y = try steps.apply("Mul", [y, steps.operand(1)], step: "scale")
        if node.has(2) { y = try steps.apply("Add", [y, steps.operand(2)], step: "offset") }
        return (y, axes, epsilon)
    }

    /// `InstanceNormalization`: over all axes behind the channels.
    static func decomposeInstance(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 3...3)
        let x = try steps.operand(0)
        guard x.shape.count > 2 else {
            throw node.mismatch(expected: "rank 3 or more", actual: "\(x.shape)")
        }
        let y = try steps.add(
            Normalization(
                axes: Array(2..<x.shape.count), epsilon: try epsilon(&node), isCentred: true),
            to: [x], shape: x.shape, step: "normalize")
        return [try byChannel(y, &steps)]
    }

    /// `GroupNormalization`: over the channels of a group and all axes behind them. Scales and
    /// offsets are by group before opset 21, by channel since.
    static func decomposeGroup(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 3...3)
        let x = try steps.operand(0)
        node.ignore("stash_type")
        guard x.shape.count > 1, let groups = try node.int("num_groups"), groups > 0,
            x.shape[1] % groups == 0
        else {
            throw node.mismatch(
                expected: "channels in num_groups equal groups", actual: "\(x.shape)")
        }
        let grouped = [x.shape[0], groups, x.shape[1] / groups] + x.shape[2...]
        var y = try steps.reshape(x, to: grouped, step: "groups")
        y = try steps.add(
            Normalization(
                axes: Array(2..<grouped.count), epsilon: try epsilon(&node), isCentred: true),
            to: [y], shape: grouped, step: "normalize")
        if node.opset < 21 {
            y = try byChannel(y, &steps)
            return [try steps.reshape(y, to: x.shape, step: "channels")]
        }
        y = try steps.reshape(y, to: x.shape, step: "channels")
        return [try byChannel(y, &steps)]
    }

    /// y · scale + offset, both along axis 1.
    static func byChannel(
        _ y: Decomposition.Value, _ steps: inout Decomposition
    ) throws(ModelError) -> Decomposition.Value {
        let shape = [y.shape[1]] + y.shape.dropFirst(2).map { _ in 1 }
        let scale = try steps.reshape(steps.operand(1), to: shape, step: "scales")
        let offset = try steps.reshape(steps.operand(2), to: shape, step: "offsets")
        let scaled = try steps.apply("Mul", [y, scale], step: "scale")
        return try steps.apply("Add", [scaled, offset], step: "offset")
    }

    /// `MeanVarianceNormalization`.
    static func decomposeMeanVariance(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 1...1)
        let x = try steps.operand(0)
        let axes = try node.axes(node.ints("axes") ?? [0, 2, 3], rank: x.shape.count).sorted()
        return [
            try steps.add(
                Normalization(axes: axes, epsilon: 1e-9 * 1e-9, isCentred: true), to: [x],
                shape: x.shape, step: "normalize")
        ]
    }

    /// `LpNormalization`: x / ‖x‖ along an axis.
    static func decomposeLp(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 1...1)
        let x = try steps.operand(0)
        let axis = try node.axis(
            node.int("axis", default: -1), bound: x.shape.count, name: "axis")
        switch try node.int("p", default: 2) {
        case 1:
            let magnitudes = try steps.apply("Abs", [x], step: "magnitudes")
            let norm = try steps.apply(
                "ReduceSum", [magnitudes, steps.integers([axis])], step: "norm")
            return [try steps.apply("Div", [x, norm], step: "divide")]
        case 2:
            let y = try steps.add(
                Normalization(axes: [axis], epsilon: 0, isCentred: false), to: [x],
                shape: x.shape, step: "normalize")
            let scale = steps.scalar(1 / Double(x.shape[axis]).squareRoot())
            return [try steps.apply("Mul", [y, scale], step: "scale")]
        case let p:
            throw node.invalid(attribute: "p", p, advice: "use 1 or 2")
        }
    }

    private static func epsilon(_ node: inout NodeReader) throws(ModelError) -> Double {
        let epsilon = try node.float("epsilon") ?? Double(Float(1e-5))
        guard epsilon >= 0 else {
            throw node.invalid(attribute: "epsilon", epsilon, advice: "use 0 or more")
        }
        return epsilon
    }
}

extension Softmax {
    /// `LogSoftmax`: x − m − log Σ e^(x − m).
    static func decomposeLog(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 1...1)
        let x = try steps.operand(0)
        let axes = steps.integers(try axes(&node, rank: x.shape.count))
        let largest = try steps.apply("ReduceMax", [x, axes], step: "largest")
        let distance = try steps.apply("Sub", [x, largest], step: "distance")
        let powers = try steps.apply("Exp", [distance], step: "exponentials")
        let sum = try steps.apply("ReduceSum", [powers, axes], step: "sum")
        let logarithm = try steps.apply("Log", [sum], step: "logarithm")
        return [try steps.apply("Sub", [distance, logarithm], step: "difference")]
    }
}

/// `LRN`: x / (bias + alpha / size · Σ x² over neighbouring channels)^beta.
enum LocalResponse {
    static func decompose(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 1...1)
        let x = try steps.operand(0)
        guard x.shape.count > 1, let size = try node.int("size"), size > 0 else {
            throw node.mismatch(expected: "channels and a positive size", actual: "\(x.shape)")
        }
        let alpha = try node.float("alpha") ?? Double(Float(1e-4))
        let beta = try node.float("beta") ?? 0.75
        let bias = try node.float("bias") ?? 1
        let channels = x.shape[1]
        // Row d takes the channels from d − ⌊(size − 1) / 2⌋ on.
        let before = (size - 1) / 2
        var band = [Double](repeating: 0, count: channels * channels)
        for d in 0..<channels {
            for c in max(0, d - before)..<min(channels, d - before + size) {
                band[d * channels + c] = alpha / Double(size)
            }
        }
        let squares = try steps.apply("Mul", [x, x], step: "squares")
        let flat = try steps.reshape(
            squares, to: [x.shape[0], channels, x.shape[2...].reduce(1, *)], step: "flat")
        let sums = try steps.apply(
            "MatMul", [steps.constant([channels, channels], band), flat], step: "sums")
        let shaped = try steps.reshape(sums, to: x.shape, step: "shaped")
        let base = try steps.apply("Add", [shaped, steps.scalar(bias)], step: "base")
        let factor = try steps.apply("Pow", [base, steps.scalar(-beta)], step: "power")
        return [try steps.apply("Mul", [x, factor], step: "scale")]
    }
}
