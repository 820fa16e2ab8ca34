/// `Cast` from integers: the same numbers, the shape unchanged; numbers that the target lacks are
/// refused.
///
/// Casts between floating-point types change nothing that fixed point would keep and become
/// ``Reshape``; data casts from floating point to integers become ``IntegerRounding``, those to
/// bool ``IsNonzero``.
public struct Cast: Operator, Equatable {
    public let from: ElementType
    public let to: ElementType

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        guard let code = try node.int("to") else {
            throw .attribute(node.reference, name: "to", .missing)
        }
        // How float8 targets round; there are none here.
        if node.opset >= 19 { _ = try node.flag("saturate", default: true) }
        let type = try node.type(0)
        guard let target = ElementType(rawValue: code) else {
            throw node.invalid(
                attribute: "to", ElementType.name(ofCode: code), advice: "cast to float")
        }
        if type.elementType == target || type.elementType.isFloat && target.isFloat {
            return ResolvedNode(Reshape(), operands: [0], target, type.shape)
        }
        let isConstant = try node.constant(0) != nil
        if target == .bool, !isConstant {
            return ResolvedNode(IsNonzero(), operands: [0], .bool, type.shape)
        }
        if type.elementType.isFloat, !isConstant {
            return ResolvedNode(
                IntegerRounding(direction: .towardZero), operands: [0], target, type.shape)
        }
        return ResolvedNode(
            Cast(from: type.elementType, to: target), operands: [0], target, type.shape)
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let range = to.integerRange
        switch operands[0] {
        case .int(let tensor):
            if let range {
                let values = to == .bool ? tensor.values.map { $0 == 0 ? 0 : 1 } : tensor.values
                guard values.allSatisfy(range.contains) else { throw .integerOverflow }
                return [.int(IntTensor(shape: tensor.shape, values: values))]
            }
            // Beyond 2^53 a double cannot tell neighbouring integers apart.
            guard tensor.values.allSatisfy({ $0.magnitude <= 1 << 53 }) else {
                throw .integerOverflow
            }
            return [
                .float(FloatTensor(shape: tensor.shape, values: tensor.values.map(Double.init)))
            ]
        case .float(let tensor):
            var values: [Int] = []
            for value in tensor.values {
                // Toward zero; any number but zero is true.
                let whole =
                    to == .bool ? (value == 0 ? 0 : 1) : Int(exactly: value.rounded(.towardZero))
                guard let whole, range?.contains(whole) ?? false else { throw .integerOverflow }
                values.append(whole)
            }
            return [.int(IntTensor(shape: tensor.shape, values: values))]
        }
    }
}
