/// `DepthToSpace` and `SpaceToDepth`: blocks of an image against channels; axes renamed throughout.
enum BlocksAndDepth {
    /// [n, c, h, w] → [n, c / b², h·b, w·b]; the block's place is the slow part of the channel in
    /// mode DCR, the fast one in mode CRD.
    static func decomposeToSpace(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        let (x, block) = try operand(&node, steps)
        let mode = node.opset >= 11 ? try node.string("mode") ?? "DCR" : "DCR"
        let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        guard c % (block * block) == 0 else {
            throw node.mismatch(expected: "channels divisible by \(block * block)", actual: "\(c)")
        }
        let depth = c / (block * block)
        let (split, order): ([Int], [Int])
        switch mode {
        case "DCR": (split, order) = ([n, block, block, depth, h, w], [0, 3, 4, 1, 5, 2])
        case "CRD": (split, order) = ([n, depth, block, block, h, w], [0, 1, 4, 2, 5, 3])
        default: throw node.invalid(attribute: "mode", mode, advice: "use DCR or CRD")
        }
        let digits = try steps.reshape(x, to: split, step: "blocks")
        let moved = try steps.transpose(digits, order, step: "moved")
        return [try steps.reshape(moved, to: [n, depth, h * block, w * block], step: "space")]
    }

    /// [n, c, h, w] → [n, c·b², h / b, w / b]; the block's place is the slow part of the channel in
    /// mode DCR, the fast one in mode CRD.
    static func decomposeToDepth(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        let (x, block) = try operand(&node, steps)
        let mode = node.opset >= 28 ? try node.string("mode") ?? "DCR" : "DCR"
        let order: [Int]
        switch mode {
        case "DCR": order = [0, 3, 5, 1, 2, 4]
        case "CRD": order = [0, 1, 3, 5, 2, 4]
        default: throw node.invalid(attribute: "mode", mode, advice: "use DCR or CRD")
        }
        let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        guard h % block == 0, w % block == 0 else {
            throw node.mismatch(
                expected: "height and width divisible by \(block)", actual: "\(h), \(w)")
        }
        let digits = try steps.reshape(
            x, to: [n, c, h / block, block, w / block, block], step: "blocks")
        let moved = try steps.transpose(digits, order, step: "moved")
        return [
            try steps.reshape(
                moved, to: [n, c * block * block, h / block, w / block], step: "depth")
        ]
    }

    private static func operand(
        _ node: inout NodeReader, _ steps: Decomposition
    ) throws(ModelError) -> (Decomposition.Value, block: Int) {
        try node.expect(inputs: 1...1)
        let x = try steps.operand(0)
        guard x.shape.count == 4 else {
            throw node.mismatch(expected: "data [n, c, h, w]", actual: "\(x.shape)")
        }
        guard let block = try node.int("blocksize") else {
            throw .attribute(node.reference, name: "blocksize", .missing)
        }
        guard (1...1 << 14).contains(block) else {
            throw node.invalid(attribute: "blocksize", block, advice: "use a positive number")
        }
        return (x, block)
    }
}
