/// A window that slides over the spatial axes of [n, c, d_0, …]: convolutions and pools.
///
/// Padding is resolved to numbers; automatic padding, defaults and the rounding of the extents
/// are settled in ``init(reading:input:kernel:features:)``.
public struct Window: Sendable, Equatable {
    /// One spatial axis.
    public struct Axis: Sendable, Equatable {
        /// The operand's extent, without padding.
        public let input: Int
        public let kernel: Int
        public let stride: Int
        public let dilation: Int
        /// Padding before the first and after the last element. With rounding up, the last window may
        /// reach further still.
        public let padBegin: Int
        public let padEnd: Int
        /// The number of windows.
        public let output: Int

        /// An axis that is not there.
        public static let unit = Axis(
            input: 1, kernel: 1, stride: 1, dilation: 1, padBegin: 0, padEnd: 0, output: 1)

        /// The position that tap `tap` of window `window` reads, before padding is checked: the
        /// operand's element when in 0..<input, else padding.
        @inlinable
        public func position(window: Int, tap: Int) -> Int {
            window * stride - padBegin + tap * dilation
        }

        /// The taps of a window that fall on the operand, not on padding.
        public func taps(window: Int) -> Range<Int> {
            let start = position(window: window, tap: 0)
            let first = start >= 0 ? 0 : (-start + dilation - 1) / dilation
            let end = start >= input ? 0 : (input - 1 - start) / dilation + 1
            return first..<max(first, min(kernel, end))
        }
    }

    /// One or two axes, outermost first.
    public let axes: [Axis]

    /// The axes as rows and columns; one axis is a single row.
    public var rows: Axis { axes.count == 2 ? axes[0] : .unit }
    public var columns: Axis { axes.last ?? .unit }

    public var outputShape: [Int] { axes.map(\.output) }
    /// The number of taps of one window.
    public var tapCount: Int { axes.map(\.kernel).saturatingProduct }
}

extension Window {
    /// Which attributes an operator has besides strides, pads and auto_pad.
    struct Features {
        var dilations = true
        var roundUp = false
        /// Whether dilation may go with SAME padding; onnxruntime leaves it out of the padding of
        /// pools, against ONNX's text, so pools refuse it.
        var dilatesSamePadding = true
    }

    /// Reads the attributes of a convolution or pool.
    ///
    /// Windows: floor((input + pads − dilated kernel) / stride) + 1, or the ceiling, where a last
    /// window that would begin in the padding at the end does not count. SAME padding makes
    /// ceil(input / stride) windows; an odd one goes to the end (SAME_UPPER) or the beginning.
    ///
    /// - Parameter input: The spatial extents of the operand.
    init(
        reading node: inout NodeReader, input: [Int], kernel: [Int], features: Features
    ) throws(ModelError) {
        let rank = input.count
        guard rank == 1 || rank == 2 else {
            throw node.unsupported(
                "\(rank) spatial dimensions are", advice: "1 or 2 are; reshape the data")
        }
        guard !input.contains(0) else {
            throw node.mismatch(expected: "positive extents", actual: "\(input)")
        }
        let strides = try Self.positives("strides", rank, in: &node)
        let dilations =
            features.dilations
            ? try Self.positives("dilations", rank, in: &node) : [Int](repeating: 1, count: rank)
        let given = try node.string("auto_pad") ?? ""
        let mode = given.isEmpty ? "NOTSET" : given
        let pads = try Self.pads(rank, in: &node)
        guard mode == "NOTSET" || pads.allSatisfy({ $0 == 0 }) else {
            throw node.invalid(attribute: "pads", pads, advice: "auto_pad = \(mode) excludes it")
        }
        let roundUp = features.roundUp ? try node.flag("ceil_mode") : false
        var axes: [Axis] = []
        for axis in 0..<rank {
            axes.append(
                try Self.axis(
                    input: input[axis], kernel: kernel[axis], stride: strides[axis],
                    dilation: dilations[axis], pads: (pads[axis], pads[rank + axis]), mode: mode,
                    roundUp: roundUp, dilatesSamePadding: features.dilatesSamePadding, node))
        }
        self.axes = axes
    }

    /// A window over the whole of each axis.
    init(global input: [Int]) {
        axes = input.map {
            Axis(input: $0, kernel: $0, stride: 1, dilation: 1, padBegin: 0, padEnd: 0, output: 1)
        }
    }

    /// Kernel extents from the attribute `kernel_shape`.
    static func kernelShape(
        rank: Int, in node: inout NodeReader
    ) throws(ModelError) -> [Int]? {
        guard let kernel = try node.ints("kernel_shape") else { return nil }
        guard kernel.count == rank, kernel.allSatisfy(extents.contains) else {
            throw node.mismatch(
                expected: "\(rank) positive numbers in kernel_shape", actual: "\(kernel)")
        }
        return kernel
    }

    /// Bounds every number of a window, so that no arithmetic on them can overflow.
    private static let extents = 1...1 << 28

    private static func positives(
        _ name: String, _ rank: Int, in node: inout NodeReader
    ) throws(ModelError) -> [Int] {
        guard let list = try node.ints(name), !list.isEmpty else {
            return [Int](repeating: 1, count: rank)
        }
        guard list.count == rank, list.allSatisfy(extents.contains) else {
            throw node.mismatch(expected: "\(rank) positive numbers in \(name)", actual: "\(list)")
        }
        return list
    }

    private static func pads(
        _ rank: Int, in node: inout NodeReader
    ) throws(ModelError) -> [Int] {
        guard let pads = try node.ints("pads"), !pads.isEmpty else {
            return [Int](repeating: 0, count: 2 * rank)
        }
        guard pads.count == 2 * rank else {
            throw node.mismatch(expected: "\(2 * rank) numbers in pads", actual: "\(pads)")
        }
        guard pads.allSatisfy({ $0 == 0 || extents.contains($0) }) else {
            throw node.invalid(attribute: "pads", pads, advice: "crop with Slice instead")
        }
        return pads
    }

    private static func axis(
        input: Int, kernel: Int, stride: Int, dilation: Int, pads: (begin: Int, end: Int),
        mode: String, roundUp: Bool, dilatesSamePadding: Bool, _ node: NodeReader
    ) throws(ModelError) -> Axis {
        let reach = (kernel - 1) * dilation + 1
        var (begin, end) = pads
        var output: Int
        switch mode {
        case "SAME_UPPER", "SAME_LOWER":
            output = (input - 1) / stride + 1
            let missing = (output - 1) * stride + reach - input
            // Where strides skip elements, some runtimes crop the beginning and others do not.
            guard missing >= -1, dilatesSamePadding || reach == kernel else {
                throw node.invalid(
                    attribute: "auto_pad", mode,
                    advice:
                        "runtimes disagree on it with these strides and dilations; use explicit pads"
                )
            }
            let total = max(0, missing)
            begin = mode == "SAME_UPPER" ? total / 2 : total - total / 2
            end = total - begin
        case "NOTSET", "VALID":
            let slack = input + begin + end - reach
            // No whole window, or for rounding up not even the beginning of one.
            guard slack >= 0 || (roundUp && slack > -stride) else {
                throw node.mismatch(
                    expected: "a padded extent of at least \(reach)",
                    actual: "\(input + begin + end)")
            }
            output = slack >= 0 ? slack / stride + 1 : 0
            // One window more on rounding up, unless it would begin in the padding at the end.
            if roundUp, slack % stride != 0, output * stride < input + begin { output += 1 }
        default:
            throw node.invalid(
                attribute: "auto_pad", mode, advice: "use NOTSET, VALID, SAME_UPPER or SAME_LOWER")
        }
        return Axis(
            input: input, kernel: kernel, stride: stride, dilation: dilation, padBegin: begin,
            padEnd: end, output: output)
    }
}
