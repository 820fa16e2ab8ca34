/// The one inner loop of convolutions and matrix products.
///
/// Every sum runs over ascending depth from zero, one multiplication and one addition a term; only
/// different sums are interleaved. So results do not depend on the blocking or the machine.
enum MatrixProduct {
    /// A row-major matrix inside an array: element (i, j) at `offset + i · stride + j`.
    struct Operand {
        let values: [Double]
        let offset: Int
        let stride: Int
    }

    /// result[i, j] += Σ_k left[i, k] · right[k, j].
    ///
    /// - Parameter offset: Where element (0, 0) of the result lies in `result`.
    /// - Precondition: All three matrices lie inside their arrays.
    static func add(
        left: Operand, right: Operand, rows: Int, depth: Int, columns: Int,
        to result: inout [Double], offset: Int, stride: Int
    ) {
        guard rows > 0, depth > 0, columns > 0 else { return }
        precondition(left.offset + (rows - 1) * left.stride + depth <= left.values.count)
        precondition(right.offset + (depth - 1) * right.stride + columns <= right.values.count)
        precondition(offset + (rows - 1) * stride + columns <= result.count)
        left.values.withUnsafeBufferPointer { a in
            right.values.withUnsafeBufferPointer { b in
                result.withUnsafeMutableBufferPointer { c in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else {
                        return
                    }
                    // SAFETY: the preconditions above bound every index below.
                    for i in 0..<rows {
                        addRow(
                            left: a + left.offset + i * left.stride, right: b + right.offset,
                            rightStride: right.stride, depth: depth, columns: columns,
                            to: c + offset + i * stride)
                    }
                }
            }
        }
    }

    /// One row; four terms are added a pass, in order, to save loads and stores.
    @inline(__always)
    private static func addRow(
        left: UnsafePointer<Double>, right: UnsafePointer<Double>, rightStride: Int, depth: Int,
        columns: Int, to result: UnsafeMutablePointer<Double>
    ) {
        var k = 0
        while k + 4 <= depth {
            let (a0, a1, a2, a3) = (left[k], left[k + 1], left[k + 2], left[k + 3])
            let b0 = right + k * rightStride
            let b1 = b0 + rightStride
            let b2 = b1 + rightStride
            let b3 = b2 + rightStride
            for j in 0..<columns {
                result[j] = result[j] + a0 * b0[j] + a1 * b1[j] + a2 * b2[j] + a3 * b3[j]
            }
            k += 4
        }
        while k < depth {
            let (a, b) = (left[k], right + k * rightStride)
            for j in 0..<columns { result[j] += a * b[j] }
            k += 1
        }
    }

    /// result[i, j] += Σ_k left[i, k] · right[j, k]: the right operand transposed, four sums at once.
    static func addTransposed(
        left: Operand, right: Operand, rows: Int, depth: Int, columns: Int,
        to result: inout [Double], offset: Int, stride: Int
    ) {
        guard rows > 0, depth > 0, columns > 0 else { return }
        precondition(left.offset + (rows - 1) * left.stride + depth <= left.values.count)
        precondition(right.offset + (columns - 1) * right.stride + depth <= right.values.count)
        precondition(offset + (rows - 1) * stride + columns <= result.count)
        left.values.withUnsafeBufferPointer { a in
            right.values.withUnsafeBufferPointer { b in
                result.withUnsafeMutableBufferPointer { c in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else {
                        return
                    }
                    // SAFETY: the preconditions above bound every index below.
                    for i in 0..<rows {
                        let (row, target) = (
                            a + left.offset + i * left.stride, c + offset + i * stride
                        )
                        var j = 0
                        while j + 4 <= columns {
                            let b0 = b + right.offset + j * right.stride
                            let b1 = b0 + right.stride
                            let b2 = b1 + right.stride
                            let b3 = b2 + right.stride
                            var (s0, s1, s2, s3) = (
                                target[j], target[j + 1], target[j + 2], target[j + 3]
                            )
                            for k in 0..<depth {
                                let x = row[k]
                                s0 += x * b0[k]
                                s1 += x * b1[k]
                                s2 += x * b2[k]
                                s3 += x * b3[k]
                            }
                            (target[j], target[j + 1], target[j + 2], target[j + 3]) = (
                                s0, s1, s2, s3
                            )
                            j += 4
                        }
                        while j < columns {
                            let column = b + right.offset + j * right.stride
                            for k in 0..<depth { target[j] += row[k] * column[k] }
                            j += 1
                        }
                    }
                }
            }
        }
    }
}
