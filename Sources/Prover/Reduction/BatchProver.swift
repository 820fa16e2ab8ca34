import Circuits
import Field
import ProofSystem

/// The prover's side of the final batch: Σ_x Σ_vectors V(x)·K(x).
///
/// A vector of more than 2^`residentVariables` cells, and its kernel, are read again stretch by
/// stretch in each of the first rounds instead of being held: the first of them that is held has
/// that many cells.
struct BatchProver {
    /// 2^24 elements of cells and of kernel: 1 GiB.
    static let residentVariables = 24

    private var vectors: [RunningVector]
    private var round = 0

    init(
        _ batch: FinalBatch<Fr>, vectors: [VectorCells],
        residentVariables: Int = Self.residentVariables
    ) {
        self.vectors = zip(vectors, batch.kernels).map { cells, kernels in
            RunningVector(
                cells, BatchKernel(cells.vector, kernels),
                entry: batch.variableCount - cells.vector.variableCount,
                residentVariables: residentVariables)
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
