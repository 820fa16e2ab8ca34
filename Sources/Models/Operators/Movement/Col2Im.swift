/// `Col2Im`: columns of blocks added up in an image; along each axis a sum with a constant 0/1 tensor
/// of which block and place in it falls on which position, exact.
enum Col2Im {
    static func decompose(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 3...3)
        let x = try steps.operand(0)
        let image = try node.integers(1, role: "image_shape")
        let block = try node.integers(2, role: "block_shape")
        let rank = image.count
        let size = 1...1 << 20
        guard block.count == rank, rank >= 1, (image + block).allSatisfy(size.contains) else {
            throw node.mismatch(
                expected: "image_shape and block_shape of equal rank", actual: "\(image), \(block)")
        }
        let attributes = try Window.Attributes(
            reading: &node, rank: rank, kernel: block, features: .init())
        var blocks: [Int] = []
        for axis in 0..<rank {
            let pads = attributes.pads(axis)
            let reach = (block[axis] - 1).saturatingProduct(attributes.dilations[axis])
            let slack = image[axis] + pads.begin + pads.end - reach - 1
            blocks.append(slack < 0 ? 0 : slack / attributes.strides[axis] + 1)
        }
        let taps = block.saturatingProduct
        guard x.shape.count == 3, x.shape[1] % taps == 0,
            x.shape[2] == blocks.saturatingProduct
        else {
            throw node.mismatch(
                expected: "[n, c · \(taps), \(blocks.saturatingProduct)]", actual: "\(x.shape)")
        }
        // [n, c, place in a block…, block…]; each step turns a pair of axes into one of the image.
        let channels = x.shape[1] / taps
        var sums = try steps.reshape(
            x, to: [x.shape[0], channels] + block + blocks, step: "blocks")
        for axis in 0..<rank {
            let (stride, dilation) = (attributes.strides[axis], attributes.dilations[axis])
            let begin = attributes.pads(axis).begin
            let isTerm = try steps.zeroOne([image[axis], block[axis], blocks[axis]], like: x) {
                $0[0] == $0[2] * stride + $0[1] * dilation - begin
            }
            // The axes of the image that are there come last, in order.
            let count = sums.shape.count
            let (place, window) = (2, 2 + rank - axis)
            let kept = (0..<count).filter { $0 != place && $0 != window }
            let sum = EinsteinSum(
                operands: [[count, place, window], Array(0..<count)], output: kept + [count],
                extents: sums.shape + [image[axis]])
            sums = try steps.add(
                sum, to: [isTerm, sums], shape: sum.shape, step: "axis\(axis)")
        }
        return [try steps.reshape(sums, to: [x.shape[0], channels] + image, step: "image")]
    }
}
