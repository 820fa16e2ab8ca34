import Circuits
import Field
import ProofSystem

/// The prover's side of the final batch: Σ_x Σ_vectors V(x)·K(x).
struct BatchProver {
    private struct Running {
        /// Padded to a power of two.
        var cells: CellArray
        var kernel: [Fr]
        /// The round at which its own variables begin.
        let entry: Int
        /// Σ V·K, needed while the vector waits.
        let sum: Fr
        /// Π (1 − r) over the rounds it waited: V and K are zero-extended at the front.
        var head = Fr.one
    }

    private var vectors: [Running]
    private var round = 0

    init(_ batch: FinalBatch<Fr>, vectors: [VectorCells]) {
        let total = batch.variableCount
        self.vectors = zip(vectors, batch.kernels).map { vector, blocks in
            let size = 1 << vector.vector.variableCount
            var kernel = [Fr](repeating: .zero, count: size)
            for block in blocks {
                for (weight, blockKernel) in block.kernels {
                    blockKernel.accumulate(into: &kernel, at: block.block.offset, weight: weight)
                }
            }
            let cells = vector.cells.gathered(
                extents: [vector.vector.cellCount], strides: [1], padded: [size])
            let entry = total - vector.vector.variableCount
            let sum: Fr =
                switch cells {
                case _ where entry == 0: .zero
                case .integers(let cells): FieldKernels.innerProduct(cells, kernel)
                case .elements(let cells): FieldKernels.innerProduct(cells, kernel)
                }
            return Running(cells: cells, kernel: kernel, entry: entry, sum: sum)
        }
    }

    /// The round polynomial at 0 and 2.
    mutating func message() -> [Fr] {
        var at0 = Fr.zero
        var at2 = Fr.zero
        for vector in vectors {
            let scale = vector.head.squared()
            if vector.entry > round {
                // (1 − X)² is 1 at 0 and at 2.
                let value = scale * vector.sum
                at0 += value
                at2 += value
                continue
            }
            let values: (at0: Fr, at2: Fr) =
                switch vector.cells {
                case .integers(let cells): SumcheckKernels.productRound(cells, vector.kernel)
                case .elements(let cells): SumcheckKernels.productRound(cells, vector.kernel)
                }
            at0 += scale * values.at0
            at2 += scale * values.at2
        }
        return [at0, at2]
    }

    mutating func bind(_ challenge: Fr) {
        for index in vectors.indices {
            if vectors[index].entry > round {
                vectors[index].head *= .one - challenge
                continue
            }
            FieldKernels.fold(&vectors[index].kernel, by: challenge)
            switch vectors[index].cells {
            case .integers(let cells):
                vectors[index].cells = .elements(FieldKernels.fold(cells, by: challenge))
            case .elements(var cells):
                vectors[index].cells = .elements([])
                FieldKernels.fold(&cells, by: challenge)
                vectors[index].cells = .elements(cells)
            }
        }
        round += 1
    }
}
