import Circuits
import Field
import ProofSystem

/// The prover's side of the final batch: Σ_x Σ_vectors V(x)·K(x).
struct BatchProver {
    fileprivate struct Running {
        /// Cells that are given, kernels on them; both are zero from there up to 2^variables.
        var cells: CellArray
        var kernel: [Fr]
        var variableCount: Int
        /// The round at which its own variables begin.
        let entry: Int
        /// Σ V·K, needed while the vector waits.
        let sum: Fr
        /// Π (1 − r) over the rounds it waited: V and K are zero-extended at the front.
        var head = Fr.one
        /// Σ V(X)·K(X) of the round in progress; nil before the first.
        var values: (at0: Fr, at2: Fr)?
    }

    private var vectors: [Running]
    private var round = 0

    init(_ batch: FinalBatch<Fr>, vectors: [VectorCells]) {
        let total = batch.variableCount
        self.vectors = zip(vectors, batch.kernels).map { vector, blocks in
            var kernel = [Fr](repeating: .zero, count: vector.vector.cellCount)
            for block in blocks {
                for (weight, blockKernel) in block.kernels {
                    blockKernel.accumulate(into: &kernel, at: block.block.offset, weight: weight)
                }
            }
            let entry = total - vector.vector.variableCount
            let sum: Fr =
                switch vector.cells {
                case _ where entry == 0: .zero
                case .integers(let cells): FieldKernels.innerProduct(cells, kernel)
                case .elements(let cells): FieldKernels.innerProduct(cells, kernel)
                }
            return Running(
                cells: vector.cells, kernel: kernel, variableCount: vector.vector.variableCount,
                entry: entry, sum: sum)
        }
    }

    /// The round polynomial at 0 and 2.
    mutating func message() -> [Fr] {
        var at0 = Fr.zero
        var at2 = Fr.zero
        for index in vectors.indices {
            let scale = vectors[index].head.squared()
            if vectors[index].entry > round {
                // (1 − X)² is 1 at 0 and at 2.
                let value = scale * vectors[index].sum
                at0 += value
                at2 += value
                continue
            }
            let values = vectors[index].roundValues()
            at0 += scale * values.at0
            at2 += scale * values.at2
        }
        return [at0, at2]
    }

    mutating func bind(_ challenge: Fr) {
        for index in vectors.indices {
            if vectors[index].entry > round {
                vectors[index].head *= .one - challenge
            } else {
                vectors[index].bind(challenge)
            }
        }
        round += 1
    }
}

extension BatchProver.Running {
    fileprivate mutating func roundValues() -> (at0: Fr, at2: Fr) {
        if let values { return values }
        let half = 1 << (variableCount - 1)
        return switch cells {
        case .integers(let cells): SumcheckKernels.productRound(cells, kernel, half: half)
        case .elements(let cells): SumcheckKernels.productRound(cells, kernel, half: half)
        }
    }

    /// Folds and sums the next round in one pass. Nothing is asked of the last fold.
    fileprivate mutating func bind(_ challenge: Fr) {
        variableCount -= 1
        guard variableCount > 0 else { return }
        let quarter = 1 << (variableCount - 1)
        switch cells {
        case .integers(let integers):
            let folded: [Fr] = integers.withUnsafeBufferPointer { integers in
                kernel.withUnsafeMutableBufferPointer { kernel in
                    .filled(2 * quarter) {
                        values = SumcheckKernels.foldThenProductRound(
                            integers, foldedInto: $0, kernel, quarter: quarter, by: challenge)
                    }
                }
            }
            cells = .elements(folded)
        case .elements(var elements):
            cells = .elements([])
            values = elements.withUnsafeMutableBufferPointer { elements in
                kernel.withUnsafeMutableBufferPointer { kernel in
                    SumcheckKernels.foldThenProductRound(
                        elements, kernel, quarter: quarter, by: challenge)
                }
            }
            elements.removeLast(elements.count - 2 * quarter)
            cells = .elements(elements)
        }
        kernel.removeLast(kernel.count - 2 * quarter)
    }
}
