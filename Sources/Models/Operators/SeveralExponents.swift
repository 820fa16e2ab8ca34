/// `Pow` with constant exponents that differ from element to element: each power where it belongs.
enum SeveralExponents {
    private static let limit = 16

    static func applies(to node: NodeReader) throws(ModelError) -> Bool {
        guard node.inputCount == 2, let exponents = try node.constant(1)?.reals else {
            return false
        }
        let isNarrow = try node.broadcastShape() == node.type(0).shape
        return try node.constant(0) == nil && (Set(exponents).count > 1 || !isNarrow)
    }

    static func decompose(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...2)
        let x = try steps.operand(0)
        let exponents = try node.constant(1, role: "exponent")
        let distinct = Set(exponents.reals).sorted()
        guard distinct.count <= limit else {
            throw node.unsupported(
                "\(distinct.count) different exponents are",
                advice: "use \(limit) at most")
        }
        var sum: Decomposition.Value?
        for exponent in distinct {
            let number = steps.scalar(exponent)
            let power = try steps.apply("Pow", [x, number], step: "power\(exponent)")
            let mask = exponents.reals.map { $0 == exponent ? 1 : 0 }
            let tensor: Tensor =
                x.type.elementType.isFloat
                ? .float(FloatTensor(shape: exponents.shape, values: mask.map(Double.init)))
                : .int(IntTensor(shape: exponents.shape, values: mask))
            let place = steps.constant(tensor, x.type.elementType)
            let part = try steps.apply("Mul", [power, place], step: "place\(exponent)")
            if let known = sum {
                sum = try steps.apply("Add", [known, part], step: "sum\(exponent)")
            } else {
                sum = part
            }
        }
        return sum.map { [$0] } ?? []
    }
}
