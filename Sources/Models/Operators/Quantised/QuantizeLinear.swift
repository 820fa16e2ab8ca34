/// `QuantizeLinear` and `DequantizeLinear`: one scale a tensor, a channel or a block of an axis.
enum QuantizeLinear {
    static func decompose(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...3)
        let x = try steps.operand(0)
        let shape = try node.floatShape(0)
        let (axis, block) = try axis(&node, rank: shape.count)
        if block > 0 { _ = try steps.reserved(shape) }
        // How float8 results saturate, and in what type the quotient is computed.
        if node.opset >= 19 { _ = try node.flag("saturate", default: true) }
        if node.opset >= 23, let code = try node.int("precision"), code > 1 {
            throw node.invalid(attribute: "precision", code, advice: "compute in float")
        }
        var type = ElementType.uint8
        if node.opset >= 21, let code = try node.int("output_dtype"), code != 0 {
            guard let given = ElementType(rawValue: code) else {
                throw node.invalid(
                    attribute: "output_dtype", ElementType.name(ofCode: code),
                    advice: "use int8 or uint8")
            }
            type = given
        }
        if node.has(2) { type = try node.type(2).elementType }
        let parameters = try node.quantisation(
            scale: 1, zeroPoint: 2, of: type, shape: shape, axis: axis, block: block)
        return [try steps.quantised(x, parameters)]
    }

    static func decomposeInverse(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...3)
        let x = try steps.operand(0)
        let (axis, block) = try axis(&node, rank: x.shape.count)
        if block > 0 { _ = try steps.reserved(x.shape) }
        var type = try node.type(1).elementType
        if node.opset >= 23, let code = try node.int("output_dtype"), code != 0 {
            guard let given = ElementType(rawValue: code), given.isFloat else {
                throw node.invalid(
                    attribute: "output_dtype", ElementType.name(ofCode: code), advice: "use float")
            }
            type = given
        }
        let parameters = try node.quantisation(
            scale: 1, zeroPoint: 2, of: x.type.elementType, shape: x.shape, axis: axis,
            block: block)
        return [try steps.dequantised(x, parameters, as: type)]
    }

    /// The axis of channels or blocks, if there is one, and how many elements a block has.
    private static func axis(
        _ node: inout NodeReader, rank: Int
    ) throws(ModelError) -> (axis: Int?, block: Int) {
        let block = node.opset >= 21 ? try node.int("block_size", default: 0) : 0
        guard block >= 0 else {
            throw node.invalid(attribute: "block_size", block, advice: "use 0 or more")
        }
        let axis = try node.int("axis", default: 1)
        return (axis >= -rank && axis < rank ? (axis + rank) % rank : nil, block)
    }
}
