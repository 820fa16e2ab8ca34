import Circuits
import Field
import ProofSystem

/// The kernel of a vector in the final batch, Σ weight · K over each block's claims, computed
/// stretch by stretch.
///
/// A claim's kernel is kept as two vectors whose outer product it is, so that a vector of 2^28 cells
/// has a kernel without having as many field elements.
struct BatchKernel {
    private struct Product {
        /// K[r · rows' neighbour + c] = rows[r] · row[c].
        var rows: [Fr]
        var row: [Fr]
        var weight: Fr
    }

    /// Rows have at least so many cells where a tensor has: kernels work on one at a time.
    private static let rowCells = 1 << 10

    private let vector: CommittedVector
    /// The claims on each block.
    private let products: [[Product]]

    init(_ vector: CommittedVector, _ blocks: [FinalBatch<Fr>.BlockKernel]) {
        self.vector = vector
        products = blocks.map { block in
            block.kernels.map { weight, kernel in Self.product(kernel, weight: weight) }
        }
    }

    private static func product(_ kernel: Kernel<Fr>, weight: Fr) -> Product {
        var (rows, row) = ([Fr.one], [Fr.one])
        for factor in kernel.factors.reversed() {
            let vector = factor.paddedVector()
            if rows.count == 1, row.count < rowCells {
                row = outerProduct(vector, row)
            } else {
                rows = outerProduct(vector, rows)
            }
        }
        return Product(rows: rows, row: row, weight: weight)
    }

    /// target += coefficient · kernel on a range, which may end beyond the last block.
    ///
    /// - Precondition: the range's length is a power of two that divides its beginning.
    func accumulate(
        _ range: Range<Int>, times coefficient: Fr, into target: UnsafeMutableBufferPointer<Fr>
    ) {
        vector.forEachBlock(in: range) { block, part, places in
            let target = UnsafeMutableBufferPointer(rebasing: target[places])
            for product in products[block] {
                Self.add(product, part, times: coefficient, to: target)
            }
        }
    }

    /// All sizes are powers of two, so a range has whole rows or lies in one.
    private static func add(
        _ product: Product, _ range: Range<Int>, times coefficient: Fr,
        to target: UnsafeMutableBufferPointer<Fr>
    ) {
        let length = product.row.count
        let rows = range.lowerBound / length..<(range.upperBound + length - 1) / length
        let cells =
            range.count < length
            ? range.lowerBound % length..<range.lowerBound % length + range.count : 0..<length
        product.rows[rows].withUnsafeBufferPointer { rows in
            product.row[cells].withUnsafeBufferPointer { row in
                FieldKernels.accumulateOuterProduct(
                    coefficient * product.weight, rows, row, into: target,
                    strides: (row.count, 1))
            }
        }
    }
}
