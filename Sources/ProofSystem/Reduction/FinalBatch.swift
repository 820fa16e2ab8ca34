import Circuits
import Field

/// All joint claims as one: Σ_x Σ_vectors V(x)·K(x) = claim.
public struct FinalBatch<Scalar: ScalarAlgebra>: Sendable {
    public struct BlockKernel: Sendable {
        public var block: CommittedVector.Block
        /// weight · kernel, added up.
        public var kernels: [(weight: Scalar, kernel: Kernel<Scalar>)]
    }

    public let layout: VectorLayout
    /// The kernel of each vector of the layout, by blocks.
    public let kernels: [[BlockKernel]]
    public let claim: Scalar
    public var variableCount: Int { layout.variableCount }

    /// Vector `index`'s kernel at a point of all variables: shorter vectors are zero-extended at
    /// the front, and so are their kernels.
    func kernel(_ index: Int, at z: [Scalar]) -> Scalar {
        var sum = Scalar.zero
        // Blocks of one size are neighbours and read the same coordinates; many tensors' claims
        // come from one point.
        var known: (variableCount: Int, values: [Kernel<Scalar>: Scalar]) = (-1, [:])
        var selectors = EqWalk(z)
        for blockKernel in kernels[index] {
            let block = blockKernel.block
            if known.variableCount != block.variableCount { known = (block.variableCount, [:]) }
            let split = z.count - block.variableCount
            var value = Scalar.zero
            for (weight, kernel) in blockKernel.kernels {
                let evaluation: Scalar
                if let found = known.values[kernel] {
                    evaluation = found
                } else {
                    evaluation = kernel.evaluate(at: z[split...])
                    known.values[kernel] = evaluation
                }
                value += weight * evaluation
            }
            sum += value * selectors.selector(block.offset >> block.variableCount, count: split)
        }
        return sum
    }
}

/// Σ coefficient · chunk, opened at `point` to `value`.
public struct OpeningClaim<Scalar: ScalarAlgebra>: Sendable {
    public var coefficients: [(coefficient: Scalar, chunk: PointReference)]
    /// log2Chunk coordinates.
    public var point: [Scalar]
    public var value: Scalar
}

/// Reduces all joint claims to the opening of one combination of chunks.
///
/// Soundness error: 1 / r for the combination, 2 / r a round.
func reduceFinalBatch<Driver: ReductionDriver>(
    _ ledger: ClaimLedger<Driver>, layout: VectorLayout, driver: inout Driver
) throws(VerificationError) -> OpeningClaim<Driver.Scalar> {
    typealias Scalar = Driver.Scalar
    var weights = [Scalar](repeating: .zero, count: ledger.jointValues.count)
    var claim = Scalar.zero
    for joint in weights.indices where ledger.jointIsOpen[joint] {
        weights[joint] = driver.draw("batch.combine").value
        claim += weights[joint] * ledger.jointValues[joint]
    }
    let kernels = layout.vectors.map { vector in
        vector.blocks.map { block in
            FinalBatch<Scalar>.BlockKernel(
                block: block,
                kernels: ledger.terms[block.tensor.index].map {
                    ($0.coefficient * weights[$0.joint], $0.kernel)
                })
        }
    }
    let batch = FinalBatch(layout: layout, kernels: kernels, claim: claim)
    driver.begin(.batch(batch))
    var running = claim
    // The last variable is bound first: a prover's blocks, aligned powers of two, then stay apart
    // until they are single cells.
    var challenges: [Scalar] = []
    for _ in 0..<batch.variableCount {
        let message = try driver.receive(.sumcheckRound(degree: 2))
        let x = driver.draw("batch.challenge").value
        driver.begin(.batchChallenge(x))
        running = RoundPolynomial.evaluate(message, sum: running, at: x)
        challenges.append(x)
    }
    let z = Array(challenges.reversed())
    let high = Array(z[..<(z.count - layout.log2Chunk)])
    var coefficients: [(coefficient: Scalar, chunk: PointReference)] = []
    for (index, vector) in layout.vectors.enumerated() {
        let kernel = batch.kernel(index, at: z)
        let selectors = StructuredPolynomials.eqPrefix(
            high, count: vector.chunkCount(log2Chunk: layout.log2Chunk))
        for (chunk, selector) in selectors.enumerated() {
            coefficients.append((kernel * selector, vector.chunkReference(chunk)))
        }
    }
    return OpeningClaim(
        coefficients: coefficients, point: Array(z[(z.count - layout.log2Chunk)...]),
        value: running)
}
