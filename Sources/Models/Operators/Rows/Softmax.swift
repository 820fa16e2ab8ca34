/// `Softmax`: e^x / Σ e^x over rows that run along some axes.
///
/// Evaluated as e^(x − m) / Σ e^(x − m), m the row's largest element, sums in ascending order.
public struct Softmax: FloatOperator, Equatable {
    /// Ascending; a row is all cells that differ along these axes only.
    public let axes: [Int]

    /// One axis since opset 13; before, the axes from the given one on are one.
    static func axes(_ node: inout NodeReader, rank: Int) throws(ModelError) -> [Int] {
        let isSingle = node.opset >= 13
        let given = try node.int("axis", default: isSingle ? -1 : 1)
        if !isSingle, given == rank { return [] }
        let axis = try node.axis(given, bound: rank, name: "axis")
        return isSingle ? [axis] : Array(axis..<rank)
    }

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let shape = try node.floatShape(0)
        let axes = try axes(&node, rank: shape.count)
        return ResolvedNode(
            Softmax(axes: axes), operands: [0], try node.type(0).elementType, shape)
    }

    public func evaluate(_ operands: [FloatTensor], shape: [Int]) -> FloatTensor {
        var values = operands[0].values
        for row in RowCells(shape, along: axes) {
            let largest = row.reduce(-Double.infinity) { max($0, values[$1]) }
            var sum = 0.0
            for cell in row {
                values[cell] = ReproducibleMath.exp(values[cell] - largest)
                sum += values[cell]
            }
            for cell in row { values[cell] /= sum }
        }
        return FloatTensor(shape: shape, values: values)
    }
}

/// The positions of each row of a tensor: cells that differ along some axes only, row-major.
struct RowCells: Sequence {
    private let starts: [Int]
    private let steps: [Int]

    init(_ shape: [Int], along axes: [Int]) {
        let strides = Shape.strides(shape)
        func positions(_ axes: [Int]) -> [Int] {
            axes.reduce([0]) { positions, axis in
                positions.flatMap { start in (0..<shape[axis]).map { start + $0 * strides[axis] } }
            }
        }
        starts = positions(shape.indices.filter { !axes.contains($0) })
        steps = positions(axes)
    }

    func makeIterator() -> some IteratorProtocol<[Int]> {
        starts.lazy.map { start in steps.map { start + $0 } }.makeIterator()
    }
}
