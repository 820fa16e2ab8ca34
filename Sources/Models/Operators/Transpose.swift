/// `Transpose`: axis a of the result is axis permutation[a] of the operand.
public struct Transpose: DataMovement, Equatable {
    public let permutation: [Int]

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let type = try node.type(0)
        let permutation = try node.ints("perm") ?? type.shape.indices.reversed()
        guard permutation.sorted() == Array(type.shape.indices) else {
            throw node.mismatch(
                expected: "a permutation of \(type.shape.count) axes as perm",
                actual: "\(permutation)")
        }
        return ResolvedNode(
            Transpose(permutation: permutation), operands: [0], type.elementType,
            permutation.map { type.shape[$0] })
    }

    public func indexMap(operand: [Int]) -> IndexMap {
        let strides = Shape.strides(operand)
        return IndexMap(
            offsets: permutation.map { axis in (0..<operand[axis]).map { $0 * strides[axis] } })
    }
}
