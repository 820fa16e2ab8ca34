/// `Gather` with constant indices: along one axis, the elements at the given positions.
public struct Gather: DataMovement, Equatable {
    public let axis: Int
    /// Positions along the axis, counted from the front, in row-major order of the indices' shape.
    public let indices: [Int]

    public var parameterCount: Int { indices.count }

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 2...2)
        let type = try node.type(0)
        let axis = try node.axis(
            node.int("axis", default: 0), bound: type.shape.count, name: "axis")
        let indices = try node.type(1)
        guard !indices.elementType.isFloat else {
            throw .elementType(node.reference, input: 1, indices.elementType)
        }
        let shape = type.shape[..<axis] + indices.shape + type.shape[(axis + 1)...]
        guard case .int(let tensor)? = try node.constant(1) else {
            return ResolvedNode(
                RowGather(axis: axis), operands: [0, 1], type.elementType, Array(shape))
        }
        let extent = type.shape[axis]
        guard tensor.values.allSatisfy({ $0 >= -extent && $0 < extent }) else {
            throw .evaluation(node.reference, .indexOutOfRange)
        }
        return ResolvedNode(
            Gather(axis: axis, indices: tensor.values.map { $0 < 0 ? $0 + extent : $0 }),
            operands: [0],
            type.elementType, Array(shape))
    }

    /// The indices' axes are one axis of the map.
    public func indexMap(operand: [Int]) -> IndexMap {
        let strides = Shape.strides(operand)
        return IndexMap(
            offsets: operand.indices.map { axis in
                (axis == self.axis ? indices : Array(0..<operand[axis])).map { $0 * strides[axis] }
            })
    }
}
