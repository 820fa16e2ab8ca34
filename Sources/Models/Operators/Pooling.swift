/// What pools have in common.
enum Pooling {
    /// The attribute `kernel_shape`, for data of shape [n, c, d…]; it stays to be read again.
    static func kernel(
        _ shape: [Int], in node: NodeReader
    ) throws(ModelError) -> [Int] {
        guard shape.count >= 3 else {
            throw node.mismatch(expected: "data [n, c, d…]", actual: "\(shape)")
        }
        var reader = node
        guard let kernel = try Window.kernelShape(rank: shape.count - 2, in: &reader) else {
            throw .attribute(node.reference, name: "kernel_shape", .missing)
        }
        return kernel
    }

    /// A window over the whole of each spatial axis, and the result's shape.
    static func global(_ node: inout NodeReader) throws(ModelError) -> (Window, [Int]) {
        try node.expect(inputs: 1...1)
        let shape = try node.floatShape(0)
        guard shape.count >= 3 else {
            throw node.mismatch(expected: "data [n, c, d…]", actual: "\(shape)")
        }
        let window = Window(global: Array(shape[2...]))
        return (window, shape[..<2] + window.outputShape)
    }

    /// Checks that padding is less than the kernel, and that each window holds an element.
    ///
    /// Windows in the middle can miss all elements only where dilation exceeds the operand's extent,
    /// so all of them are looked at then.
    static func checkPadding(
        of window: Window, allowsEmpty: Bool, _ node: NodeReader
    ) throws(ModelError) {
        for axis in window.axes {
            let reach = (axis.kernel - 1) * axis.dilation + 1
            guard max(axis.padBegin, axis.padEnd) < reach else {
                throw node.invalid(
                    attribute: "pads", [axis.padBegin, axis.padEnd],
                    advice: "pad by less than the kernel")
            }
            guard !allowsEmpty else { continue }
            // A dilated window whose taps straddle the operand holds none of it.
            let suspects = axis.dilation > axis.input ? 0..<min(axis.output, 1 << 16) : 0..<0
            for position in [0, axis.output - 1] + suspects
            where axis.taps(window: position).isEmpty || suspects.count == 1 << 16 {
                throw node.invalid(
                    attribute: "pads", [axis.padBegin, axis.padEnd],
                    advice: "some windows hold nothing but padding")
            }
        }
    }

    /// Folds each window's elements, row-major, in [n, c, d…].
    ///
    /// - Parameter finish: Called with the fold and the window's place among all of one channel.
    static func reduce(
        _ operand: FloatTensor, window: Window, shape: [Int], from initial: Double,
        step: (Double, Double) -> Double, finish: (Double, _ place: Int) -> Double
    ) -> FloatTensor {
        let columns = window.columns
        let (inputRows, outputRows) = (window.inputRows, window.outputRows)
        let planes = shape[0] * shape[1]
        let rows = (0..<outputRows).map { window.rows(window: $0) }
        let columnTaps = (0..<columns.output).map { columns.taps(window: $0) }
        var y: [Double] = []
        y.reserveCapacity(planes * outputRows * columns.output)
        operand.values.withUnsafeBufferPointer { x in
            for plane in 0..<planes {
                let base = plane * inputRows
                for outputRow in 0..<outputRows {
                    for column in 0..<columns.output {
                        var value = initial
                        for row in rows[outputRow] {
                            let start = (base + row) * columns.input
                            for columnTap in columnTaps[column] {
                                value = step(
                                    value,
                                    x[start + columns.position(window: column, tap: columnTap)])
                            }
                        }
                        y.append(finish(value, outputRow * columns.output + column))
                    }
                }
            }
        }
        return FloatTensor(shape: shape, values: y)
    }
}
