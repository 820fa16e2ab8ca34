/// `Conv`: [n, c, d…] ∗ [m, c / groups, k…] (+ [m]) → [n, m, o…], any number of spatial axes.
///
/// y[n, m, o] = b[m] + Σ_{c, t} w[m, c, t] · x[n, g·c/groups + c, position(o, t)], where g is the
/// group of channel m and padding is zero. Evaluated in this order: channels, then taps in
/// row-major order, ascending, padding included; the bias is added last.
public struct Conv: FloatOperator, Equatable {
    public let window: Window
    public let groups: Int

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 2...3)
        let (x, w) = (try node.floatShape(0), try node.floatShape(1))
        guard x.count >= 3, w.count == x.count else {
            throw node.mismatch(
                expected: "data and weights of equal rank, 3 or more", actual: "\(x), \(w)")
        }
        let kernel = Array(w[2...])
        guard !w.contains(0) else {
            throw node.mismatch(expected: "weights with elements", actual: "\(w)")
        }
        let groups = try node.int("group", default: 1)
        guard groups >= 1, w[0] % groups == 0, x[1] % groups == 0, x[1] / groups == w[1] else {
            throw node.mismatch(
                expected: "weights [m, \(x[1]) / \(groups), …], m a multiple of \(groups)",
                actual: "\(w)")
        }
        var operands = [0, 1]
        if node.has(2) {
            let bias = try node.floatShape(2)
            guard bias == [w[0]] else {
                throw node.mismatch(expected: "bias [\(w[0])]", actual: "\(bias)")
            }
            operands.append(2)
        }
        let window = try Window(
            reading: &node, input: Array(x[2...]), kernel: kernel, features: .init())
        return ResolvedNode(
            Conv(window: window, groups: groups), operands: operands, try node.type(0).elementType,
            [x[0], w[0]] + window.outputShape)
    }

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        let weights = operands[1].shape
        return results[0].shape.saturatingProduct
            .saturatingProduct(weights.dropFirst().reduce(1) { $0.saturatingProduct($1) })
    }

    public func evaluate(_ operands: [FloatTensor], shape: [Int]) -> FloatTensor {
        let (x, w) = (operands[0], operands[1])
        let bias = operands.count > 2 ? operands[2].values : nil
        let (batch, channels) = (x.shape[0], x.shape[1] / groups)
        let results = w.shape[0] / groups
        let inputSize = window.inputRows * window.columns.input
        let outputSize = window.outputRows * window.columns.output
        let depth = channels * window.tapCount
        // A block of output positions at a time, so that the gathered operand stays in the cache.
        let blockSize = max(64, min(outputSize, (1 << 15) / max(1, depth)))
        var gathered = [Double](repeating: 0, count: depth * min(blockSize, outputSize))
        var y = [Double](repeating: 0, count: batch * w.shape[0] * outputSize)
        for image in 0..<batch * groups {
            let group = image % groups
            for start in stride(from: 0, to: outputSize, by: blockSize) {
                let block = start..<min(start + blockSize, outputSize)
                gather(
                    x.values[(image * channels * inputSize)..<((image + 1) * channels * inputSize)],
                    channels: channels, block: block, into: &gathered)
                MatrixProduct.add(
                    left: .init(values: w.values, offset: group * results * depth, stride: depth),
                    right: .init(values: gathered, offset: 0, stride: block.count),
                    rows: results, depth: depth, columns: block.count,
                    to: &y, offset: image * results * outputSize + start, stride: outputSize)
            }
        }
        if let bias {
            for row in 0..<batch * bias.count {
                let value = bias[row % bias.count]
                for i in row * outputSize..<(row + 1) * outputSize { y[i] += value }
            }
        }
        return FloatTensor(shape: shape, values: y)
    }

    /// Writes the operand's element for each (channel, tap) and each output position of the block,
    /// as a [channels · taps, positions] matrix, zero for padding.
    private func gather(
        _ x: ArraySlice<Double>, channels: Int, block: Range<Int>, into matrix: inout [Double]
    ) {
        let (inputRows, tapRows, columns) = (window.inputRows, window.tapRows, window.columns)
        var target = 0
        x.withUnsafeBufferPointer { x in
            // SAFETY: `target` counts the channels · taps · block.count elements that `matrix` has room
            // for; x is read at a channel, row and column checked to be inside.
            matrix.withUnsafeMutableBufferPointer { matrix in
                for channel in 0..<channels {
                    for rowTap in 0..<tapRows {
                        for columnTap in 0..<columns.kernel {
                            var position = block.lowerBound
                            while position < block.upperBound {
                                let (outputRow, first) = position.quotientAndRemainder(
                                    dividingBy: columns.output)
                                let end = min(columns.output, first + block.upperBound - position)
                                position += end - first
                                guard let row = window.row(window: outputRow, tap: rowTap) else {
                                    for _ in first..<end {
                                        matrix[target] = 0
                                        target += 1
                                    }
                                    continue
                                }
                                let start = (channel * inputRows + row) * columns.input
                                for outputColumn in first..<end {
                                    let column = columns.position(
                                        window: outputColumn, tap: columnTap)
                                    let isInside = column >= 0 && column < columns.input
                                    matrix[target] = isInside ? x[start + column] : 0
                                    target += 1
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
