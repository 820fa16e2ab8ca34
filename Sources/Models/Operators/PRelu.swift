/// `PRelu`: x where x ≥ 0, else slope · x; the slope broadcasts to x.
///
/// Operands: x, and the slope where it is not one number, which makes it a ``LeakyRelu``.
public struct PRelu: FloatOperator, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 2...2)
        let (shape, slope) = (try node.floatShape(0), try node.floatShape(1))
        guard try node.broadcastShape() == shape else {
            throw node.mismatch(expected: "a slope that broadcasts to \(shape)", actual: "\(slope)")
        }
        let type = try node.commonElementType()
        if case .float(let tensor)? = try node.constant(1), tensor.values.count == 1 {
            return ResolvedNode(LeakyRelu(alpha: tensor.values[0]), operands: [0], type, shape)
        }
        return ResolvedNode(PRelu(), operands: [0, 1], type, shape)
    }

    public func evaluate(_ operands: [FloatTensor], shape: [Int]) -> FloatTensor {
        operands[0].combined(with: operands[1]) { $0 < 0 ? $0 * $1 : $0 }
    }
}
