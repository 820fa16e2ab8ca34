/// A window that slides over the spatial axes of [n, c, d_0, …]: convolutions and pools.
///
/// Padding is resolved to numbers; automatic padding, defaults and the rounding of the extents
/// are settled in ``init(reading:input:kernel:features:)``. Any number of axes.
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

    /// Outermost first, at least one.
    public let axes: [Axis]

    /// The last axis, along which elements are neighbours.
    public var columns: Axis { axes[axes.count - 1] }
    /// All other axes; a row is one index along each of them.
    public var outer: ArraySlice<Axis> { axes.dropLast() }
    /// Rows of the operand, of the result, and of taps.
    var inputRows: Int { outer.map(\.input).reduce(1, *) }
    var outputRows: Int { outer.map(\.output).reduce(1, *) }
    var tapRows: Int { outer.map(\.kernel).reduce(1, *) }

    /// The operand's row that a row of taps reads for a row of windows; nil where that is padding.
    func row(window: Int, tap: Int) -> Int? {
        var (window, tap, row, stride) = (window, tap, 0, 1)
        for axis in outer.reversed() {
            let position = axis.position(window: window % axis.output, tap: tap % axis.kernel)
            guard (0..<axis.input).contains(position) else { return nil }
            row += position * stride
            (window, tap, stride) = (window / axis.output, tap / axis.kernel, stride * axis.input)
        }
        return row
    }

    /// The operand's rows that a row of windows reads, in the order of the taps.
    func rows(window: Int) -> [Int] {
        var places: [Int] = []
        var rest = window
        for axis in outer.reversed() {
            places.append(rest % axis.output)
            rest /= axis.output
        }
        var rows = [0]
        for (axis, place) in zip(outer, places.reversed()) {
            let positions = axis.taps(window: place).map { axis.position(window: place, tap: $0) }
            rows = rows.flatMap { row in positions.map { row * axis.input + $0 } }
        }
        return rows
    }

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

    /// The attributes of a convolution or pool, as they stand.
    struct Attributes {
        let strides: [Int]
        let dilations: [Int]
        /// `auto_pad`.
        let mode: String
        let roundsUp: Bool
        private let pads: [Int]

        init(
            reading node: inout NodeReader, rank: Int, kernel: [Int], features: Features
        ) throws(ModelError) {
            let declared = try Window.kernelShape(rank: rank, in: &node)
            guard declared == nil || declared == kernel else {
                throw node.mismatch(
                    expected: "kernel_shape \(kernel)", actual: "\(declared ?? [])")
            }
            strides = try Window.positives("strides", rank, in: &node)
            dilations =
                features.dilations
                ? try Window.positives("dilations", rank, in: &node)
                : [Int](repeating: 1, count: rank)
            let given = try node.string("auto_pad") ?? ""
            let mode = given.isEmpty ? "NOTSET" : given
            pads = try Window.pads(rank, in: &node)
            guard ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(mode) else {
                throw node.invalid(
                    attribute: "auto_pad", mode,
                    advice: "use NOTSET, VALID, SAME_UPPER or SAME_LOWER")
            }
            guard mode == "NOTSET" || pads.allSatisfy({ $0 == 0 }) else {
                throw node.invalid(
                    attribute: "pads", pads, advice: "auto_pad = \(mode) excludes it")
            }
            self.mode = mode
            roundsUp = features.roundUp ? try node.flag("ceil_mode") : false
        }

        func pads(_ axis: Int) -> (begin: Int, end: Int) {
            (pads[axis], pads[strides.count + axis])
        }
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
        guard !input.contains(0), !input.isEmpty else {
            throw node.mismatch(expected: "positive extents", actual: "\(input)")
        }
        let attributes = try Attributes(
            reading: &node, rank: input.count, kernel: kernel, features: features)
        var axes: [Axis] = []
        for axis in input.indices {
            axes.append(
                try Self.axis(
                    input: input[axis], kernel: kernel[axis], stride: attributes.strides[axis],
                    dilation: attributes.dilations[axis], pads: attributes.pads(axis),
                    mode: attributes.mode, roundUp: attributes.roundsUp,
                    dilatesSamePadding: features.dilatesSamePadding, node))
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
        default:
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
        }
        return Axis(
            input: input, kernel: kernel, stride: stride, dilation: dilation, padBegin: begin,
            padEnd: end, output: output)
    }
}
