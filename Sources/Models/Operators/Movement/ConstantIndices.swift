/// An operand of constant indices, counted from the front.
struct ConstantIndices {
    let shape: [Int]
    let values: [Int]

    /// Positions along an axis.
    init(_ node: NodeReader, input: Int, extent: Int) throws(ModelError) {
        let tensor = try Self.tensor(node, input)
        shape = tensor.shape
        values = try Self.positions(tensor.values, extent: extent, node)
    }

    /// The last axis indexes several axes: row-major positions in those.
    init(_ node: NodeReader, input: Int, blocks extents: [Int]) throws(ModelError) {
        let tensor = try Self.tensor(node, input)
        shape = Array(tensor.shape.dropLast())
        let strides = Shape.strides(extents)
        var sums = [Int](repeating: 0, count: tensor.values.count / extents.count)
        for (axis, extent) in extents.enumerated() {
            let column = stride(from: axis, to: tensor.values.count, by: extents.count).map {
                tensor.values[$0]
            }
            for (row, position) in try Self.positions(column, extent: extent, node).enumerated() {
                sums[row] += position * strides[axis]
            }
        }
        values = sums
    }

    private static func tensor(
        _ node: NodeReader, _ input: Int
    ) throws(ModelError) -> IntTensor {
        guard case .int(let tensor) = try node.constant(input, role: "indices") else {
            throw .elementType(node.reference, input: input, try node.type(input).elementType)
        }
        return tensor
    }

    private static func positions(
        _ values: [Int], extent: Int, _ node: NodeReader
    ) throws(ModelError) -> [Int] {
        guard values.allSatisfy({ $0 >= -extent && $0 < extent }) else {
            throw .evaluation(node.reference, .indexOutOfRange)
        }
        return values.map { $0 < 0 ? $0 + extent : $0 }
    }

    /// The position at a place.
    subscript(index: [Int]) -> Int {
        values[zip(index, Shape.strides(shape)).reduce(0) { $0 + $1.0 * $1.1 }]
    }

    /// Places and positions, in row-major order.
    func enumerated() -> [(index: [Int], position: Int)] {
        let strides = Shape.strides(shape)
        return values.enumerated().map { place, position in
            (zip(strides, shape).map { place / $0 % max(1, $1) }, position)
        }
    }
}
