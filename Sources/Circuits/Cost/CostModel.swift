/// Predicts what a circuit costs to prove, and chooses the size of its chunks.
///
/// All constants are frozen: they decide which circuit a model becomes, and the same model must
/// become the same circuit everywhere. They were fitted to the prover on two cores at 3 GHz: digits
/// MLP and CNN, LeNet-5, c from 7 to 14. On another machine the predictions are off by a factor, the
/// choices still good.
public enum CostModel {
    /// The chunk sizes a compiler chooses from. A larger committed port makes a larger chunk.
    public static let log2ChunkRange = 4...22
    /// Most chunks of one vector; as `VerifyingKey.chunkLimit`.
    public static let chunkLimit = 1 << 16

    // Microseconds.

    /// Committing one advice cell of at most 16 bits: a share of a bucket addition.
    static let commitCell = 0.1
    /// A chunk's own share of a small-scalar multi-scalar multiplication: adding up its buckets.
    static let commitChunk = 30.0
    /// A leaf, all layers of the tree above it together.
    static let leaf = 0.12
    /// One committed cell, padding included, in the final batch.
    static let batchCell = 0.06
    /// One cell read by an einsum's reduction.
    static let einsumRead = 0.03
    /// One multiply-add of integers in the witness.
    static let multiplyAdd = 0.0005
    /// Making a true cell of any tensor.
    static let integerCell = 0.005
    /// One point of a full-width multi-scalar multiplication of 2^c points costs this over c:
    /// buckets grow wider with c.
    static let openingPointTimesVariables = 33.0
    /// How many such multiplications an opening takes: the folded polynomials together, the
    /// quotient and the witness.
    static let openingMultiplications = 3.0
    /// Transcript, expansion and all that does not grow.
    static let proveBase = 4000.0
    /// One round of a sum-check or tree layer beyond its cells: hashing and a parallel region.
    static let proveElement = 15.0

    /// Pairing, points of the statement, decoding.
    static let verifyBase = 1000.0
    /// One term of the verifier's multi-scalar multiplication; those of the proof are decoded too.
    static let verifyTerm = 9.0
    /// One element of the proof: hashing, and the arithmetic it takes part in.
    static let verifyElement = 4.0
    static let verifyPublicCell = 0.03

    // Weights of what is minimised, in microseconds of proving.

    /// A term of the verifier's multi-scalar multiplication.
    static let termWeight = 60.0
    /// An element of the proof, beside its bytes.
    static let elementWeight = 76.0
    /// What a verifier may take, and each microsecond beyond.
    static let verifyLimit = 10_000.0
    static let verifyExcessWeight = 2000.0
    /// A byte of proof.
    static let proofByteWeight = 10.0
    /// A byte of key.
    static let keyByteWeight = 1.0

    // Bytes.

    /// The program, its stacks and buffers.
    static let memoryBase = 34 << 20
    /// Integer cell of the witness.
    static let memoryCell = 8
    /// A leaf: numerator and denominator, and half as many nodes a layer above it.
    static let memoryLeaf = 128
    /// A power of tau, with a share of the buckets.
    static let memoryPower = 128
    /// Header, length, model ID.
    static let proofFrame = 8 + 12 + 32
    static let keyFrame = 8 + 12 + 2 + 97 + 4

    /// The cost with the best chunk size.
    public static func estimate(_ system: ConstraintSystem) -> CircuitCost {
        let counts = CircuitCounts(system)
        let smallest = max(log2ChunkRange.lowerBound, counts.portVariables.max() ?? 0)
        var best = cost(counts, log2Chunk: smallest)
        for log2Chunk in smallest..<max(smallest, log2ChunkRange.upperBound) {
            let candidate = cost(counts, log2Chunk: log2Chunk + 1)
            let isPossible = max(best.adviceChunks, best.constantChunks) <= chunkLimit
            if !isPossible || objective(candidate) < objective(best) { best = candidate }
        }
        return best
    }

    /// The cost with chunks of 2^log2Chunk cells.
    public static func estimate(_ system: ConstraintSystem, log2Chunk: Int) -> CircuitCost {
        cost(CircuitCounts(system), log2Chunk: log2Chunk)
    }

    /// What a compiler minimises: microseconds of proving, with verification and bytes converted.
    public static func objective(_ cost: CircuitCost) -> Double {
        let excess = max(0, cost.verifySeconds * 1e6 - verifyLimit)
        return cost.proveSeconds * 1e6 + termWeight * Double(cost.verifierTerms)
            + elementWeight * Double(cost.proofElements) + verifyExcessWeight * excess
            + Double(cost.proofBytes) * proofByteWeight + Double(cost.keyBytes) * keyByteWeight
    }

    private static func cost(_ counts: CircuitCounts, log2Chunk c: Int) -> CircuitCost {
        func chunks(_ cells: Int) -> Int { (cells + (1 << c) - 1) >> c }
        let adviceChunks = chunks(counts.advice.padded)
        let constantChunks = chunks(counts.constants.padded)
        let ports = counts.portVariables.count
        let longest = max(counts.advice.padded, counts.constants.padded)
        let batchVariables = max(c, log2Ceiling(max(1, longest)))
        // Blinding, values at ±r of c polynomials and one at r²; folds, quotient and witness.
        let elements = counts.reductionElements + 2 * batchVariables + 2 * c + 2
        let points = adviceChunks + ports + c + 1
        let terms = adviceChunks + constantChunks + ports + c + 5
        let powers = Double(1 << c)

        var prove = proveBase + proveElement * Double(elements)
        prove += commitCell * Double(counts.advice.cells) + commitChunk * Double(adviceChunks)
        prove += leaf * Double(counts.leaves.cells)
        prove += batchCell * Double(counts.advice.padded + counts.constants.padded)
        prove += einsumRead * Double(counts.einsumReads)
        prove += multiplyAdd * Double(counts.multiplyAdds)
        prove += integerCell * Double(counts.integerCells)
        prove += openingMultiplications * openingPointTimesVariables * powers / Double(c)

        let verify =
            verifyBase + verifyTerm * Double(terms) + verifyElement * Double(elements)
            + verifyPublicCell * Double(counts.publicCells)

        let memory =
            memoryBase + memoryCell * counts.integerCells + memoryPower << c
            + memoryLeaf * counts.leaves.cells

        return CircuitCost(
            log2Chunk: c, adviceCells: counts.advice.padded, constantCells: counts.constants.padded,
            leaves: counts.leaves.padded, tableBits: counts.tableBits,
            multiplyAdds: counts.multiplyAdds, publicCells: counts.publicCells,
            adviceChunks: adviceChunks, constantChunks: constantChunks,
            proofBytes: proofFrame + 32 * (elements + points) + counts.publicBytes,
            keyBytes: keyFrame + counts.circuitBytes + 32 * constantChunks, proofElements: elements,
            verifierTerms: terms,
            proveSeconds: prove * 1e-6, verifySeconds: verify * 1e-6, peakMemoryBytes: memory,
            gadgets: counts.gadgets)
    }
}
