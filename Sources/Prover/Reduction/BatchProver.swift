import Circuits
import Field
import ProofSystem

/// The prover's side of the final batch: Σ_x Σ_vectors V(x)·K(x), the last variable bound first.
///
/// Blocks are aligned powers of two, the largest first: until a block is a single cell, no line
/// joins it with another. Blocks of more than 2^`denseVariables` cells are factored, the others are
/// one table of integers with one of kernels.
struct BatchProver {
    static let denseVariables = 10

    private var vectors: [BatchVector]

    init(
        _ batch: FinalBatch<Fr>, vectors: [VectorCells],
        denseVariables: Int = Self.denseVariables
    ) {
        self.vectors = zip(vectors, batch.kernels).map {
            BatchVector($0, $1, denseVariables: denseVariables)
        }
    }

    /// The round polynomial at 0 and 2.
    mutating func message() -> [Fr] {
        var at0 = Fr.zero
        var at2 = Fr.zero
        for index in vectors.indices {
            let values = vectors[index].roundValues()
            at0 += values.at0
            at2 += values.at2
        }
        return [at0, at2]
    }

    mutating func bind(_ challenge: Fr) {
        for index in vectors.indices { vectors[index].bind(challenge) }
    }
}

/// One vector and its kernel. A vector shorter than the longest goes on as its one cell: behind
/// that are zeros, which is the zero-extension at the front.
private struct BatchVector {
    /// Those that still have two cells or more, largest first.
    private var blocks: [FactoredBlock] = []
    /// All that follows.
    private var tail: PairedTables

    init(
        _ cells: VectorCells, _ kernels: [FinalBatch<Fr>.BlockKernel], denseVariables: Int
    ) {
        // A block of one cell has no variable to factor it by.
        let factored = kernels.prefix { $0.block.variableCount > max(0, denseVariables) }
        for (cells, block) in zip(cells.blocks, factored) {
            blocks.append(FactoredBlock(cells, block.kernels))
        }
        let dense = kernels[factored.count...]
        let start = dense.first?.block.offset ?? cells.vector.cellCount
        var kernel = [Fr](repeating: .zero, count: cells.vector.cellCount - start)
        for block in dense {
            for (weight, blockKernel) in block.kernels {
                blockKernel.accumulate(
                    into: &kernel, at: block.block.offset - start, weight: weight)
            }
        }
        tail = PairedTables(cells.cells(start..<cells.vector.cellCount), kernel: kernel)
    }

    mutating func roundValues() -> (at0: Fr, at2: Fr) {
        var sums = tail.roundValues()
        for index in blocks.indices {
            let values = blocks[index].roundValues()
            sums.at0 += values.at0
            sums.at2 += values.at2
        }
        return sums
    }

    mutating func bind(_ challenge: Fr) {
        // As pairs, so that the tail begins at an even place: what is in front of it has at least
        // two cells in the next round, too.
        let pairs = blocks.reversed().prefix { $0.lastPair != nil }.compactMap(\.lastPair)
        blocks.removeLast(pairs.count)
        tail.prepend(pairs.reversed())
        tail.bind(challenge)
        for index in blocks.indices { blocks[index].bind(challenge) }
    }
}
