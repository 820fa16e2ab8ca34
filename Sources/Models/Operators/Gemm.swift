/// `Gemm`: alpha · A′ · B′ (+ beta · C), A′ [m, k], B′ [k, n], C broadcast to [m, n].
///
/// A′ and B′ are the operands, transposed where the flags say so. Evaluated in this order: the sum
/// over ascending k, times alpha, plus beta times C.
public struct Gemm: FloatOperator, Equatable {
    public let alpha: Double
    public let beta: Double
    public let transposesLeft: Bool
    public let transposesRight: Bool

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: node.opset < 11 ? 3...3 : 2...3)
        let gemm = Gemm(
            alpha: try node.float("alpha") ?? 1, beta: try node.float("beta") ?? 1,
            transposesLeft: try node.int("transA", default: 0) != 0,
            transposesRight: try node.int("transB", default: 0) != 0)
        let (a, b) = (try node.floatShape(0), try node.floatShape(1))
        guard a.count == 2, b.count == 2 else {
            throw node.mismatch(expected: "two matrices", actual: "\(a), \(b)")
        }
        let (m, k) = gemm.transposesLeft ? (a[1], a[0]) : (a[0], a[1])
        let (inner, n) = gemm.transposesRight ? (b[1], b[0]) : (b[0], b[1])
        guard inner == k else {
            throw node.mismatch(expected: "\(k) rows in the second matrix", actual: "\(inner)")
        }
        var operands = [0, 1]
        if node.has(2) {
            let c = try node.floatShape(2)
            guard c.count <= 2, Shape.broadcast(c, [m, n]) == [m, n] else {
                throw node.mismatch(
                    expected: "a third operand that broadcasts to [\(m), \(n)]", actual: "\(c)")
            }
            operands.append(2)
        }
        return ResolvedNode(gemm, operands: operands, try node.type(0).elementType, [m, n])
    }

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        operands[0].shape.saturatingProduct.saturatingProduct(results[0].shape[1])
    }

    public func evaluate(_ operands: [FloatTensor], shape: [Int]) -> FloatTensor {
        let (m, n) = (shape[0], shape[1])
        let a = transposesLeft ? operands[0].transposed : operands[0]
        let b = operands[1]
        let k = a.shape[1]
        var y = [Double](repeating: 0, count: m * n)
        let left = MatrixProduct.Operand(values: a.values, offset: 0, stride: k)
        if transposesRight {
            MatrixProduct.addTransposed(
                left: left, right: .init(values: b.values, offset: 0, stride: k), rows: m, depth: k,
                columns: n, to: &y, offset: 0, stride: n)
        } else {
            MatrixProduct.add(
                left: left, right: .init(values: b.values, offset: 0, stride: n), rows: m, depth: k,
                columns: n, to: &y, offset: 0, stride: n)
        }
        if alpha != 1 {
            for i in y.indices { y[i] *= alpha }
        }
        if operands.count > 2 {
            let c = operands[2]
            let strides = Shape.broadcastStrides(c.shape, to: shape)
            for i in 0..<m {
                for j in 0..<n { y[i * n + j] += beta * c.values[i * strides[0] + j * strides[1]] }
            }
        }
        return FloatTensor(shape: shape, values: y)
    }
}

extension FloatTensor {
    /// The transpose of a matrix.
    var transposed: FloatTensor {
        let (rows, columns) = (shape[0], shape[1])
        var result = [Double](repeating: 0, count: values.count)
        for i in 0..<rows {
            for j in 0..<columns { result[j * rows + i] = values[i * columns + j] }
        }
        return FloatTensor(shape: [columns, rows], values: result)
    }
}
