import Circuits
import Field
import ProofSystem

@testable import Prover

/// A final batch over vectors the cheater chose, cells behind the last block included: rounds are
/// those of the chosen vectors, so that the batch is honest about them.
final class ForgedBatch {
    /// All cells of each vector of the layout.
    let cells: [[Fr]]
    /// A cell counted into the sum, by a kernel as large as the claim needs; no kernel of the
    /// protocol reads it.
    let read: (vector: Int, cell: Int)?
    /// The variable that each round binds.
    let order: Order
    private var tables: [(cells: [Fr], kernel: [Fr])] = []
    private var isRunning = false

    enum Order {
        case lastFirst
        /// As in every other sum-check.
        case firstFirst
    }

    init(
        cells: [[Fr]], read: (vector: Int, cell: Int)? = nil, order: Order = .lastFirst
    ) {
        self.cells = cells
        self.read = read
        self.order = order
    }

    func step(_ step: ReductionStep<Fr>) {
        switch step {
        case .batch(let batch):
            isRunning = true
            let size = 1 << batch.variableCount
            tables = zip(cells, batch.kernels).map { cells, blocks in
                var kernel = [Fr](repeating: .zero, count: size)
                for block in blocks {
                    for (weight, blockKernel) in block.kernels {
                        blockKernel.accumulate(
                            into: &kernel, at: block.block.offset, weight: weight)
                    }
                }
                return (cells + [Fr](repeating: .zero, count: size - cells.count), kernel)
            }
            if let (vector, cell) = read {
                let sum = tables.reduce(Fr.zero) { $0 + innerProduct($1.cells, $1.kernel) }
                tables[vector].kernel[cell] =
                    (batch.claim - sum) * tables[vector].cells[cell].inverse()!
            }
        case .batchChallenge(let challenge):
            tables = tables.map { (fold($0.cells, challenge), fold($0.kernel, challenge)) }
        case .opening: isRunning = false
        default: break
        }
    }

    func replace(_ message: ReductionMessage<Fr>, _ values: inout [Fr]) {
        guard isRunning, case .sumcheckRound = message else { return }
        values = [Fr.zero, Fr(2)].map { x in
            tables.reduce(Fr.zero) { $0 + innerProduct(fold($1.cells, x), fold($1.kernel, x)) }
        }
    }

    private func fold(_ table: [Fr], _ x: Fr) -> [Fr] {
        let half = table.count / 2
        return (0..<half).map { i in
            let (low, high) =
                switch order {
                case .lastFirst: (table[2 * i], table[2 * i + 1])
                case .firstFirst: (table[i], table[i + half])
                }
            return low + x * (high - low)
        }
    }

    private func innerProduct(_ a: [Fr], _ b: [Fr]) -> Fr {
        zip(a, b).reduce(.zero) { $0 + $1.0 * $1.1 }
    }
}
