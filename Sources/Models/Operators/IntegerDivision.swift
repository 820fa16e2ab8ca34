/// `Div` and `Mod` of integers by a computed divisor, or by several.
///
/// Both go back to the quotient of magnitudes, rounded down; `Div` truncates, `Mod` has the sign of
/// the divisor, with fmod that of the dividend. A divisor of 0 has no proof.
enum IntegerDivision {
    static func applies(to node: NodeReader) throws(ModelError) -> Bool {
        guard node.inputCount == 2 else { return false }
        let isFloat = try node.type(0).elementType.isFloat
        let dividend = try node.constant(0)
        guard !isFloat, try node.constant(1) == nil || dividend == nil else { return false }
        guard let divisors = try node.constant(1)?.reals else { return true }
        return Set(divisors).count > 1
    }

    /// Whether a `Mod` is decomposed, of integers or of reals.
    static func appliesToRemainder(_ node: NodeReader) throws(ModelError) -> Bool {
        if try applies(to: node) { return true }
        return try RealRemainder.applies(to: node)
    }

    static func decomposeQuotient(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...2)
        return [try truncated(node, &steps)]
    }

    /// `Mod`, of reals too.
    static func decomposeRemainder(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        if try RealRemainder.applies(to: node) { return try RealRemainder.decompose(&node, &steps) }
        try node.expect(inputs: 2...2)
        let followsDividend = try node.flag("fmod")
        let (a, b) = (try steps.operand(0), try steps.operand(1))
        let multiple = try steps.apply("Mul", [truncated(node, &steps), b], step: "multiple")
        let rest = try steps.apply("Sub", [a, multiple], step: "remainder")
        guard isSigned(a.type), !followsDividend else { return [rest] }
        let signs = try steps.apply(
            "Mul", [sign(rest, "remainder", &steps), sign(b, "divisor", &steps)], step: "signs")
        let zero = steps.constant(.int(IntTensor(shape: [], values: [0])), a.type.elementType)
        let differs = try steps.apply("Less", [signs, zero], step: "differs")
        let type = Int64(a.type.elementType.rawValue)
        let flag = try steps.apply("Cast", [differs], ["to": .int(type)], step: "flag")
        let correction = try steps.apply("Mul", [flag, b], step: "correction")
        return [try steps.apply("Add", [rest, correction], step: "corrected")]
    }

    private static func isSigned(_ type: ValueType) -> Bool {
        (type.elementType.integerRange?.lowerBound ?? 0) < 0
    }

    private static func sign(
        _ x: Decomposition.Value, _ label: String, _ steps: inout Decomposition
    ) throws(ModelError) -> Decomposition.Value {
        try steps.apply("Sign", [x], step: "sign_\(label)")
    }

    private static func truncated(
        _ node: NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> Decomposition.Value {
        let (a, b) = (try steps.operand(0), try steps.operand(1))
        guard a.type.elementType == b.type.elementType, a.type.elementType != .bool else {
            throw .elementType(node.reference, input: 1, b.type.elementType)
        }
        let shape = try node.broadcastShape()
        func magnitude(
            _ x: Decomposition.Value, _ label: String, _ steps: inout Decomposition
        ) throws(ModelError) -> Decomposition.Value {
            isSigned(x.type) ? try steps.apply("Abs", [x], step: "abs_\(label)") : x
        }
        let quotient = try steps.add(
            FloorQuotient(),
            to: [magnitude(a, "dividend", &steps), magnitude(b, "divisor", &steps)],
            shape: shape, step: "quotient")
        guard isSigned(a.type) else { return quotient }
        let signs = try steps.apply(
            "Mul", [sign(a, "dividend", &steps), sign(b, "divisor_", &steps)], step: "sign")
        return try steps.apply("Mul", [quotient, signs], step: "truncated")
    }
}

/// ⌊a / b⌋ of integers that are not negative, b not 0; broadcast as in numpy.
public struct FloorQuotient: Operator, Equatable {
    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        guard case .int(let a) = operands[0], case .int(let b) = operands[1] else {
            preconditionFailure("resolved for integers")
        }
        guard !b.values.contains(0) else { throw .divisionByZero }
        let shape = results[0].shape
        var (left, right) = (
            BroadcastIndices(a.shape, to: shape), BroadcastIndices(b.shape, to: shape)
        )
        let values = (0..<shape.reduce(1, *)).map { _ in
            a.values[left.next()] / b.values[right.next()]
        }
        return [.int(IntTensor(shape: shape, values: values))]
    }
}
