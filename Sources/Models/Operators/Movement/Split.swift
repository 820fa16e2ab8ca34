/// `Split`: stretches of an axis, one after another, a result each.
public struct Split: Operator, Equatable {
    public let axis: Int
    /// The extent of each result along the axis.
    public let sizes: [Int]

    /// Sizes are an attribute before opset 13, a constant operand since; without them the axis is cut
    /// into equal stretches, since opset 18 with a shorter last one.
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        let count = node.reference.outputs.count
        try node.expect(inputs: node.opset < 13 ? 1...1 : 1...2, outputs: 1...max(1, count))
        let type = try node.type(0)
        let axis = try node.axis(
            node.int("axis", default: 0), bound: type.shape.count, name: "axis")
        let extent = type.shape[axis]
        var sizes: [Int]?
        if node.opset < 13 {
            sizes = try node.ints("split")
        } else if node.has(1) {
            sizes = try node.integers(1, role: "split")
        }
        if node.opset >= 18, let declared = try node.int("num_outputs") {
            guard sizes == nil, declared == count else {
                throw node.invalid(
                    attribute: "num_outputs", declared,
                    advice: "name as many outputs, and give no sizes")
            }
        } else if sizes == nil, extent % count != 0 {
            throw node.mismatch(expected: "an extent divisible by \(count)", actual: "\(extent)")
        }
        let equal = (extent + count - 1) / count
        let given =
            sizes ?? (0..<count).map { min(equal, max(0, extent - $0 * equal)) }
        let sum = given.reduce(0) { $0.saturatingSum($1) }
        guard given.count == count, sum == extent, given.allSatisfy({ $0 >= 0 }) else {
            throw node.mismatch(
                expected: "\(count) sizes that add up to \(extent)", actual: "\(given)")
        }
        let results = given.map { size in
            var shape = type.shape
            shape[axis] = size
            return ValueType(type.elementType, shape)
        }
        return ResolvedNode(Split(axis: axis, sizes: given), operands: [0], results: results)
    }

    /// The result at a position, as a slice of an operand.
    func part(_ position: Int, of shape: [Int]) -> Slice {
        var (starts, counts) = (shape.map { _ in 0 }, shape)
        starts[axis] = sizes[..<position].reduce(0, +)
        counts[axis] = sizes[position]
        return Slice(starts: starts, steps: shape.map { _ in 1 }, counts: counts)
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        var tensors: [Tensor] = []
        for (position, type) in results.enumerated() {
            tensors += try part(position, of: operands[0].shape).evaluate(operands, results: [type])
        }
        return tensors
    }
}
