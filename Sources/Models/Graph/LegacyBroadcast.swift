/// How the second operand met the first before opset 7, when operators did not broadcast as numpy
/// does.
///
/// Only where `broadcast` is 1, and only the second operand: its axes stand for those of the first
/// from `axis` on, or for the last ones. PRelu's slopes stood for axis 1.
///
/// Source: the versions 1 and 6 of these operators in ONNX's Changelog.md.
enum LegacyBroadcast {
    /// The first opset that broadcasts as numpy does.
    static let endOpset = 7

    /// The operators that had `broadcast`; Gemm and Gemm's C never had `axis`.
    private static let operators: Set<String> = [
        "Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Equal", "Greater", "Less", "Gemm",
    ]

    /// The node's attributes without `broadcast` and `axis`, and the shape in which its second
    /// operand broadcasts as numpy does.
    ///
    /// - Throws: ``ModelError`` where the shapes do not fit as the attributes say.
    static func resolve(
        _ node: NodeProto, _ reference: NodeReference, shapes: [[Int]]
    ) throws(ModelError) -> (attributes: [AttributeProto], second: [Int]?) {
        guard operators.contains(node.operatorName) else {
            let isSlope = node.operatorName == "PRelu" && shapes.count == 2
            return (node.attributes, isSlope ? slope(shapes[1], on: shapes[0]) : nil)
        }
        var broadcasts = false
        var axis: Int?
        var others: [AttributeProto] = []
        for attribute in node.attributes {
            switch (attribute.name, attribute.value) {
            case ("broadcast", .int(let value)): broadcasts = value != 0
            case ("axis", .int(let value)): axis = Int(value)
            default: others.append(attribute)
            }
        }
        // Gemm's C is checked by Gemm, and broadcasts in the same places ever since.
        guard shapes.count == 2, shapes[0] != shapes[1] else { return (others, nil) }
        let (first, second) = (shapes[0], shapes[1])
        let mismatch = ModelError.mismatch(
            reference,
            expected: "the same shape twice, or broadcast = 1 and a second shape within "
                + "the first", actual: "\(first), \(second)")
        guard broadcasts, second.count <= first.count else { throw mismatch }
        let last = first.count - second.count
        var start = axis ?? last
        if start < 0 { start += first.count }
        guard (0...last).contains(start),
            zip(first[start...], second).allSatisfy({ $1 == 1 || $0 == $1 })
        else { throw mismatch }
        return (others, second + [Int](repeating: 1, count: last - start))
    }

    private static func slope(_ slope: [Int], on data: [Int]) -> [Int]? {
        guard slope.count == 1, slope != [1], data.count > 2 else { return nil }
        return slope + [Int](repeating: 1, count: data.count - 2)
    }
}
