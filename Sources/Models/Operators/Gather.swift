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
        guard case .int(let tensor) = try node.constant(1, role: "indices") else {
            throw .elementType(node.reference, input: 1, try node.type(1).elementType)
        }
        let extent = type.shape[axis]
        guard tensor.values.allSatisfy({ $0 >= -extent && $0 < extent }) else {
            throw .evaluation(node.reference, .indexOutOfRange)
        }
        return ResolvedNode(
            Gather(axis: axis, indices: tensor.values.map { $0 < 0 ? $0 + extent : $0 }),
            operands: [0],
            type.elementType, type.shape[..<axis] + tensor.shape + type.shape[(axis + 1)...])
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
