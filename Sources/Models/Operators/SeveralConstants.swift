/// `Pow` and `Mod` whose constant second operand differs from element to element: the operator with
/// each number by itself, put where that number belongs.
enum SeveralConstants {
    private static let limit = 16

    /// Whether there are several numbers, or the first operand is broadcast.
    static func applies(to node: NodeReader) throws(ModelError) -> Bool {
        guard node.inputCount == 2, let numbers = try node.constant(1)?.reals else { return false }
        let isNarrow = try node.broadcastShape() == node.type(0).shape
        return try node.constant(0) == nil && (Set(numbers).count > 1 || !isNarrow)
    }

    /// Whether there are few enough of them.
    static func areFew(_ numbers: Tensor) -> Bool { Set(numbers.reals).count <= limit }

    static func decomposePower(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...2)
        let exponents = try node.constant(1, role: "exponent")
        guard areFew(exponents) else {
            throw node.unsupported(
                "\(Set(exponents.reals).count) different exponents are",
                advice: "use \(limit) at most")
        }
        return try sum(of: "Pow", exponents, step: "power", &steps)
    }

    /// Σ operator(x, number) · (where that number stands).
    static func sum(
        of operatorName: String, _ numbers: Tensor,
        _ attributes: [String: AttributeProto.Value] = [:], step: String,
        _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        let x = try steps.operand(0)
        let type = x.type.elementType
        var sum: Decomposition.Value?
        for number in Set(numbers.reals).sorted() {
            let operand =
                operatorName == "Pow" ? steps.scalar(number) : steps.scalar(number, like: x)
            let part = try steps.apply(
                operatorName, [x, operand], attributes, step: "\(step)\(number)")
            let mask = numbers.reals.map { $0 == number ? 1 : 0 }
            let tensor: Tensor =
                type.isFloat
                ? .float(FloatTensor(shape: numbers.shape, values: mask.map(Double.init)))
                : .int(IntTensor(shape: numbers.shape, values: mask))
            let place = steps.constant(tensor, type)
            let placed = try steps.apply("Mul", [part, place], step: "place\(number)")
            if let known = sum {
                sum = try steps.apply("Add", [known, placed], step: "sum\(number)")
            } else {
                sum = placed
            }
        }
        return sum.map { [$0] } ?? []
    }
}
