/// `ConvTranspose`, phase by phase: the results at places r, r + stride, … are an ordinary
/// convolution with every stride-th tap of the kernel, so all of them are one convolution with
/// stride 1 and a channel for each phase, whose phases are then interleaved.
enum ConvTranspose {
    static func decompose(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...3)
        let (x, weights) = (try steps.operand(0), try steps.operand(1))
        let (data, w) = (try node.floatShape(0), try node.floatShape(1))
        guard data.count >= 3, w.count == data.count else {
            throw node.mismatch(
                expected: "data and weights of equal rank, 3 or more", actual: "\(data), \(w)")
        }
        let groups = try node.int("group", default: 1)
        guard groups >= 1, w[0] == data[1], w[0] % groups == 0, !w.contains(0) else {
            throw node.mismatch(
                expected: "weights [\(data[1]), …], \(data[1]) a multiple of \(groups)",
                actual: "\(w)")
        }
        let axes = try Axis.read(&node, input: Array(data[2...]), kernel: Array(w[2...]))
        let channels = w[1].saturatingProduct(groups)
        let phases = axes.map(\.stride)
        let operands = [
            x, try phased(weights, axes, groups: groups, &steps),
        ]
        var bias: [Decomposition.Value] = []
        if node.has(2) {
            let given = try steps.operand(2)
            guard given.shape == [channels] else {
                throw node.mismatch(expected: "bias [\(channels)]", actual: "\(given.shape)")
            }
            let column = try steps.reshape(given, to: [channels, 1], step: "bias/column")
            let repeated = try steps.expand(
                column, to: [channels, phases.saturatingProduct], step: "bias/phases")
            bias = [
                try steps.reshape(
                    repeated, to: [channels * phases.saturatingProduct], step: "bias")
            ]
        }
        let window = Window(axes: axes.map(\.window))
        let results = channels.saturatingProduct(phases.saturatingProduct)
        let convolved = try steps.add(
            Conv(window: window, groups: groups), to: operands + bias,
            shape: [data[0], results] + window.outputShape, step: "phases")
        // [n, m, phase…, place…] to [n, m, place, phase, …].
        let rank = axes.count
        let split = try steps.reshape(
            convolved, to: [data[0], channels] + phases + window.outputShape, step: "split")
        let order = [0, 1] + (0..<rank).flatMap { [2 + rank + $0, 2 + $0] }
        let interleaved = try steps.transpose(split, order, step: "interleaved")
        let whole = try steps.reshape(
            interleaved,
            to: [data[0], channels] + zip(phases, window.outputShape).map { $0 * $1 },
            step: "joined")
        return [
            try steps.crop(
                whole, to: [data[0], channels] + axes.map(\.output), step: "cropped")
        ]
    }

    /// [c, m / groups, k…] as the weights of the convolution, [m · phases, c / groups, k'…].
    private static func phased(
        _ weights: Decomposition.Value, _ axes: [Axis], groups: Int, _ steps: inout Decomposition
    ) throws(ModelError) -> Decomposition.Value {
        let shape = weights.shape
        let (inputs, results) = (shape[0] / groups, shape[1])
        let grouped = try steps.reshape(
            weights, to: [groups, inputs, results] + shape[2...], step: "weights/groups")
        var tables: [AxisGather.Axis] = [.all, .all, .all]
        for axis in axes { tables.append(.positions(try axis.taps(&steps))) }
        let taps = try steps.gather(grouped, tables, step: "weights/taps")
        let digits = try steps.reshape(
            taps,
            to: [groups, inputs, results] + axes.flatMap { [$0.stride, $0.window.kernel] },
            step: "weights/split")
        let rank = axes.count
        let phases = (0..<rank).map { 3 + 2 * $0 }
        let moved = try steps.transpose(
            digits, [0, 2] + phases + [1] + phases.map { $0 + 1 }, step: "weights/moved")
        let count = groups * results * axes.map(\.stride).saturatingProduct
        return try steps.reshape(
            moved, to: [count, inputs] + axes.map(\.window.kernel), step: "weights/phases")
    }
}

extension ConvTranspose {
    /// One spatial axis: place o of the result gets tap t of place i where
    /// o = stride · i + dilation · t − pad. With o = stride · q + r that is i = q + shift(r, t).
    struct Axis {
        let stride: Int
        /// The result's extent.
        let output: Int
        /// The convolution's, over q.
        let window: Window.Axis
        /// The phase and the convolution's tap for each tap of the kernel.
        private let places: [(phase: Int, tap: Int)]

        private init(
            input: Int, kernel: Int, stride: Int, dilation: Int, pad: Int, output: Int
        ) {
            let shifts = (0..<kernel).map { tap -> (phase: Int, shift: Int) in
                let distance = tap * dilation - pad
                let phase = (distance % stride + stride) % stride
                return (phase, (phase - distance) / stride)
            }
            let first = shifts.map(\.shift).min() ?? 0
            let last = shifts.map(\.shift).max() ?? 0
            places = shifts.map { ($0.phase, $0.shift - first) }
            self.stride = stride
            self.output = output
            let count = (output + stride - 1) / stride
            window = Window.Axis(
                input: input, kernel: last - first + 1, stride: 1, dilation: 1, padBegin: -first,
                padEnd: max(0, count + last - input), output: count)
        }

        /// For each phase and tap of the convolution the kernel's tap.
        func taps(_ steps: inout Decomposition) throws(ModelError) -> [Int] {
            let count = try steps.reserved([stride, window.kernel])
            var table = [Int](repeating: IndexMap.padding, count: count)
            for (tap, place) in places.enumerated() {
                table[place.phase * window.kernel + place.tap] = tap
            }
            return table
        }

        /// All axes, from the node's attributes.
        static func read(
            _ node: inout NodeReader, input: [Int], kernel: [Int]
        ) throws(ModelError) -> [Axis] {
            let rank = input.count
            let attributes = try Window.Attributes(
                reading: &node, rank: rank, kernel: kernel, features: .init())
            let extra = try node.ints("output_padding") ?? kernel.map { _ in 0 }
            let given = try node.ints("output_shape")
            // The batch and the channels may be in it too.
            let wanted = given.map { Array($0.suffix(rank)) }
            guard extra.count == rank, extra.allSatisfy({ (0...1 << 20).contains($0) }),
                wanted.map({ $0.count == rank && $0.allSatisfy((1...1 << 28).contains) }) ?? true
            else {
                throw node.mismatch(
                    expected: "\(rank) numbers in output_padding and output_shape",
                    actual: "\(extra), \(given ?? [])")
            }
            var axes: [Axis] = []
            for axis in 0..<rank {
                let (stride, dilation) = (attributes.strides[axis], attributes.dilations[axis])
                let whole = (input[axis] - 1).saturatingProduct(stride)
                    .saturatingSum((kernel[axis] - 1).saturatingProduct(dilation))
                    .saturatingSum(1 + extra[axis])
                var pads = attributes.pads(axis)
                var output = whole - pads.begin - pads.end
                let isSame = attributes.mode.hasPrefix("SAME")
                if isSame || wanted != nil {
                    output = wanted?[axis] ?? input[axis].saturatingProduct(stride)
                    let total = max(0, whole - output)
                    pads.begin =
                        attributes.mode == "SAME_UPPER" ? total / 2 : total - total / 2
                }
                guard (1...1 << 28).contains(output), whole < 1 << 32 else {
                    throw node.mismatch(
                        expected: "a result of positive extent", actual: "\(output)")
                }
                axes.append(
                    Axis(
                        input: input[axis], kernel: kernel[axis], stride: stride,
                        dilation: dilation, pad: pads.begin, output: output))
            }
            return axes
        }
    }
}
