import Circuits
import Curve
import Field
import ProofSystem

/// The prover's side of the protocol: computes each message when it is asked for, absorbs it and
/// keeps it.
struct ProofRecorder<Transcript: ProofTranscript>: ReductionDriver {
    private var transcript: Transcript
    private let prover: ReductionWitness
    private(set) var elements: [Fr] = []
    private(set) var points: [G1Affine] = []
    private var challengesDrawn = 0
    /// Changes messages before they are absorbed: how tests make cheating provers.
    private let tamper: MessageTamper?

    private var tree: FractionTreeProver?
    private var sumcheck: SumcheckProver?
    private var batch: BatchProver?
    private var opening: OpeningProver?
    /// The coefficients of the opened combination, for its blinding.
    private var blinding = Fr.zero
    private var openingChallenge = Fr.zero

    /// - Parameter transcript: The prologue has been absorbed.
    init(_ prover: ReductionWitness, transcript: Transcript, tamper: MessageTamper? = nil) {
        self.prover = prover
        self.transcript = transcript
        self.tamper = tamper
    }

    mutating func draw(_ label: StaticString) -> Challenge<Fr> {
        challengesDrawn += 1
        return Challenge(slot: challengesDrawn, value: transcript.challenge(label: label))
    }

    mutating func begin(_ step: ReductionStep<Fr>) {
        tamper?.step?(step)
        switch step {
        case .tree(let tree, let alpha, let beta):
            self.tree = FractionTreeProver(
                tree, alpha: alpha, beta: beta, witness: prover.witness,
                multiplicities: prover.multiplicities)
        case .treeLayer(let index, let lambda, let point, let claim):
            tree?.beginLayer(index, lambda: lambda, point: point, claim: claim)
        case .treeChallenge(let challenge):
            tree?.bind(challenge)
        case .sumcheck(let instances, let weights):
            tree = nil
            sumcheck = SumcheckProver(instances, weights: weights, witness: prover.witness)
        case .sumcheckChallenge(let challenge):
            sumcheck?.bind(challenge)
        case .batch(let batch):
            tree = nil
            sumcheck = nil
            self.batch = BatchProver(
                batch, vectors: prover.vectors, denseVariables: prover.denseVariables)
        case .batchChallenge(let challenge):
            batch?.bind(challenge)
        case .opening(let claim):
            batch = nil
            opening = prover.openingProver(claim)
            blinding = prover.blinding(of: claim)
        case .openingChallenge(_, let challenge):
            openingChallenge = challenge
        }
    }

    mutating func receive(
        _ message: ReductionMessage<Fr>
    ) throws(VerificationError) -> [Fr] {
        var values = compute(message)
        precondition(values.count == message.elementCount, "\(message.label): \(values.count)")
        tamper?.elements?(elements.count, message, &values)
        transcript.absorb(values, label: message.label)
        elements += values
        return values
    }

    private mutating func compute(_ message: ReductionMessage<Fr>) -> [Fr] {
        switch message {
        case .value(let tensor, let kernel):
            return [prover.witness.value(tensor, kernel)]
        case .treeRound:
            return tree?.roundMessage() ?? []
        case .treeLayer:
            return tree?.layerValues() ?? []
        case .sumcheckRound(let degree):
            return batch?.message() ?? sumcheck?.message(degree: degree) ?? []
        case .factorValues(let instance, _):
            return sumcheck?.factorValues(instance: instance) ?? []
        case .blinding:
            return [blinding]
        case .foldEvaluations:
            return opening?.evaluations(at: openingChallenge) ?? []
        }
    }

    mutating func receivePoints(
        _ label: StaticString, count: Int
    ) throws(VerificationError) -> [PointReference] {
        var new: [G1Affine]
        switch label.description {
        case "opening.folds": new = opening?.foldCommitments() ?? []
        case "opening.quotient":
            new = [opening?.quotientCommitment(combination: openingChallenge) ?? .infinity]
        default:
            new = [opening?.witnessCommitment(quotientPoint: openingChallenge) ?? .infinity]
        }
        precondition(new.count == count, "\(label): \(new.count) of \(count) points")
        tamper?.points?(points.count, &new)
        transcript.absorb(new, label: label)
        points += new
        return (points.count - count..<points.count).map(PointReference.opening)
    }

    // The prover does not judge itself: a false witness gives a proof that does not verify.
    mutating func requireZero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) {
        tamper?.relation?(relation, value)
    }

    mutating func requireNonzero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) {}
}

/// Hooks on everything a prover says, for tests: how cheating provers are made.
///
/// Changes come before absorption, and the claims that later messages are about follow them; the
/// tables that messages are computed from do not.
struct MessageTamper {
    /// The statement and the chunks of V_a, before they are absorbed.
    var commitments: ((inout NativeStatement, inout [G1Affine]) -> Void)?
    /// What the prover is told between messages.
    var step: ((ReductionStep<Fr>) -> Void)?
    /// The index of the message's first element, the message, its values.
    var elements: ((Int, ReductionMessage<Fr>, inout [Fr]) -> Void)?
    /// The index of the message's first point, its points.
    var points: ((Int, inout [G1Affine]) -> Void)?
    /// A relation that the verifier will check, with the value that must be zero.
    var relation: ((VerificationError, Fr) -> Void)?
}

/// What the reductions need of the witness and its commitments.
struct ReductionWitness {
    let witness: Witness
    let multiplicities: [TensorID: CellArray]
    /// In the order of the layout.
    let vectors: [VectorCells]
    let layout: VectorLayout
    let powers: [G1Affine]
    /// The blinding of each committed port.
    let portBlindings: [Fr]
    /// See ``BatchProver``.
    let denseVariables: Int

    func openingProver(_ claim: OpeningClaim<Fr>) -> OpeningProver {
        var polynomial = [Fr](repeating: .zero, count: 1 << layout.log2Chunk)
        var coefficients = claim.coefficients.map(\.coefficient)[...]
        for vector in vectors {
            let count = vector.vector.chunkCount(log2Chunk: layout.log2Chunk)
            vector.addChunks(
                log2Chunk: layout.log2Chunk, times: Array(coefficients.prefix(count)),
                to: &polynomial)
            coefficients = coefficients.dropFirst(count)
        }
        return OpeningProver(
            polynomial: polynomial, coordinates: claim.point, powers: powers)
    }

    /// Σ coefficient · blinding.
    func blinding(of claim: OpeningClaim<Fr>) -> Fr {
        claim.coefficients.reduce(.zero) { sum, term in
            if case .committedPort(let port) = term.chunk {
                sum + term.coefficient * portBlindings[port]
            } else {
                sum
            }
        }
    }
}

extension Witness {
    /// <T, K>, contracted axis by axis from the last.
    func value(_ tensor: TensorID, _ kernel: Kernel<Fr>) -> Fr {
        let isPadded: Bool
        var cells: CellArray
        switch values[tensor.index] {
        case .integers(let integers):
            cells = .integers(integers)
            isPadded = false
        case .padded(let elements):
            cells = .elements(elements)
            isPadded = true
        case nil: preconditionFailure("tensor \(tensor.index) has no value")
        }
        for factor in kernel.factors.reversed() {
            let vector = isPadded ? factor.paddedValues() : factor.values()
            let rows = cells.count / vector.count
            cells = .elements(
                cells.contracted(
                    ContractionKernels.layout(before: rows, extent: vector.count, after: 1),
                    from: 0, with: vector))
        }
        return cells.asElements()[0]
    }
}
