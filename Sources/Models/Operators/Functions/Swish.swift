/// `Swish`: x · sigmoid(alpha · x), one table once it is fused.
enum Swish {
    static func decompose(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 1...1)
        let x = try steps.operand(0)
        let alpha = try node.float("alpha") ?? 1
        var argument = x
        if alpha != 1 {
            argument = try steps.apply("Mul", [x, steps.scalar(alpha)], step: "scaled")
        }
        let gate = try steps.apply("Sigmoid", [argument], step: "gate")
        return [try steps.apply("Mul", [x, gate], step: "product")]
    }
}
