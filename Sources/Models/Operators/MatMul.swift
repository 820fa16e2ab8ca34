/// `MatMul`: [b…, m, k] × [b…, k, n] → [b…, m, n], the batch axes broadcast as in numpy.
///
/// An operand of rank 1 is a row on the left, a column on the right; the result lacks that axis.
/// Evaluated as the sum over ascending k.
public struct MatMul: FloatOperator, Equatable {
    public let rows: Int
    public let depth: Int
    public let columns: Int
    /// The broadcast batch axes, and each operand's own, of the same rank.
    public let batch: [Int]
    public let leftBatch: [Int]
    public let rightBatch: [Int]

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 2...2)
        let (a, b) = (try node.floatShape(0), try node.floatShape(1))
        guard let aLast = a.last, let bLast = b.last else {
            throw node.mismatch(expected: "operands of rank 1 or more", actual: "\(a), \(b)")
        }
        let (m, k) = a.count == 1 ? (1, aLast) : (a[a.count - 2], aLast)
        let (inner, n) = b.count == 1 ? (bLast, 1) : (b[b.count - 2], bLast)
        let (aBatch, bBatch) = (Array(a.dropLast(2)), Array(b.dropLast(2)))
        guard inner == k, let batch = Shape.broadcast(aBatch, bBatch) else {
            throw node.mismatch(expected: "shapes that multiply", actual: "\(a) × \(b)")
        }
        let operation = MatMul(
            rows: m, depth: k, columns: n, batch: batch,
            leftBatch: Shape.padded(aBatch, to: batch.count),
            rightBatch: Shape.padded(bBatch, to: batch.count))
        let shape = batch + (a.count == 1 ? [] : [m]) + (b.count == 1 ? [] : [n])
        return ResolvedNode(operation, operands: [0, 1], try node.type(0).elementType, shape)
    }

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        results[0].shape.saturatingProduct.saturatingProduct(depth)
    }

    public func evaluate(_ operands: [FloatTensor], shape: [Int]) -> FloatTensor {
        let count = batch.reduce(1, *)
        var y = [Double](repeating: 0, count: count * rows * columns)
        var left = BroadcastIndices(leftBatch, to: batch)
        var right = BroadcastIndices(rightBatch, to: batch)
        for index in 0..<count {
            MatrixProduct.add(
                left: .init(
                    values: operands[0].values, offset: left.next() * rows * depth, stride: depth),
                right: .init(
                    values: operands[1].values, offset: right.next() * depth * columns,
                    stride: columns),
                rows: rows, depth: depth, columns: columns, to: &y, offset: index * rows * columns,
                stride: columns)
        }
        return FloatTensor(shape: shape, values: y)
    }
}
