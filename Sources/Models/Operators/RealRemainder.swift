/// `Mod` of reals by several constant numbers, or by a computed divisor.
///
/// A table for each constant; a − b · round(a / b) where the divisor is computed or there are many,
/// the quotient rounded down, with fmod toward zero. A divisor's range must not contain 0.
enum RealRemainder {
    static func applies(to node: NodeReader) throws(ModelError) -> Bool {
        guard node.inputCount == 2, try node.type(0).elementType.isFloat else { return false }
        if try node.constant(1) == nil { return true }
        return try SeveralConstants.applies(to: node)
    }

    static func decompose(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...2)
        _ = try node.commonElementType()
        let followsDividend = try node.flag("fmod")
        if let divisors = try node.constant(1), SeveralConstants.areFew(divisors) {
            return try SeveralConstants.sum(
                of: "Mod", divisors, ["fmod": .int(followsDividend ? 1 : 0)], step: "remainder",
                &steps)
        }
        let (a, b) = (try steps.operand(0), try steps.operand(1))
        let quotient = try steps.apply("Div", [a, b], step: "quotient")
        let whole = try steps.add(
            IntegerRounding(direction: followsDividend ? .towardZero : .down), to: [quotient],
            shape: quotient.shape, step: "whole")
        let multiple = try steps.apply("Mul", [whole, b], step: "multiple")
        return [try steps.apply("Sub", [a, multiple], step: "remainder")]
    }
}
