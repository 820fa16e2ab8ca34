/// `Equal`, `Greater`, `GreaterOrEqual`, `Less` and `LessOrEqual`: 1 where it holds, else 0;
/// operands broadcast as in numpy.
public struct Comparison: Operator, Equatable {
    public enum Kind: Sendable {
        case equal
        case greater
        case greaterOrEqual
        case less
        case lessOrEqual
    }

    public let kind: Kind

    static func resolver(_ kind: Kind) -> Resolver {
        { (node: inout NodeReader) throws(ModelError) -> ResolvedNode in
            try node.expect(inputs: 2...2)
            let type = try node.commonElementType()
            // Truth values are compared for equality alone.
            guard kind == .equal || type != .bool else {
                throw .elementType(node.reference, input: 0, type)
            }
            return ResolvedNode(
                Comparison(kind: kind), operands: [0, 1], .bool, try node.broadcastShape())
        }
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let shape = results[0].shape
        switch (operands[0], operands[1]) {
        case (.float(let a), .float(let b)):
            let sign = { (x: Double, y: Double) in x < y ? -1 : x > y ? 1 : 0 }
            return [.int(a.values.broadcast(a.shape, b.values, b.shape, to: shape, sign, holds))]
        case (.int(let a), .int(let b)):
            let sign = { (x: Int, y: Int) in x < y ? -1 : x > y ? 1 : 0 }
            return [.int(a.values.broadcast(a.shape, b.values, b.shape, to: shape, sign, holds))]
        default:
            preconditionFailure("resolved for operands of one type")
        }
    }

    /// Whether it holds for numbers whose difference has this sign.
    func holds(sign: Int) -> Bool {
        switch kind {
        case .equal: sign == 0
        case .greater: sign > 0
        case .greaterOrEqual: sign >= 0
        case .less: sign < 0
        case .lessOrEqual: sign <= 0
        }
    }
}

extension Array where Element: Sendable {
    fileprivate func broadcast(
        _ shape: [Int], _ other: [Element], _ otherShape: [Int], to result: [Int],
        _ sign: (Element, Element) -> Int, _ holds: (Int) -> Bool
    ) -> IntTensor {
        var left = BroadcastIndices(shape, to: result)
        var right = BroadcastIndices(otherShape, to: result)
        return IntTensor(
            shape: result,
            values: (0..<result.reduce(1, *)).map { _ in
                holds(sign(self[left.next()], other[right.next()])) ? 1 : 0
            })
    }
}
