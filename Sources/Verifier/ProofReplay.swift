import Field
import ProofSystem

/// The verifier's side of the protocol: messages come from the proof, in order.
struct ProofReplay<Transcript: ProofTranscript>: ReductionDriver {
    private var transcript: Transcript
    private let proof: NativeProof
    private var elementsRead = 0
    private var pointsRead = 0
    private var challengesDrawn = 0

    /// - Parameter transcript: The prologue has been absorbed.
    init(_ proof: NativeProof, transcript: Transcript) {
        self.proof = proof
        self.transcript = transcript
    }

    mutating func draw(_ label: StaticString) -> Challenge<Fr> {
        challengesDrawn += 1
        return Challenge(slot: challengesDrawn, value: transcript.challenge(label: label))
    }

    mutating func begin(_ step: ReductionStep<Fr>) {}

    mutating func receive(_ message: ReductionMessage<Fr>) throws(VerificationError) -> [Fr] {
        let end = elementsRead + message.elementCount
        guard end <= proof.elements.count else { throw .proofLength }
        let elements = Array(proof.elements[elementsRead..<end])
        elementsRead = end
        transcript.absorb(elements, label: message.label)
        return elements
    }

    mutating func receivePoints(
        _ label: StaticString, count: Int
    ) throws(VerificationError) -> [PointReference] {
        let end = pointsRead + count
        guard end <= proof.openingPoints.count else { throw .proofLength }
        transcript.absorb(Array(proof.openingPoints[pointsRead..<end]), label: label)
        defer { pointsRead = end }
        return (pointsRead..<end).map(PointReference.opening)
    }

    mutating func requireZero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) {
        guard value.isZero else { throw relation }
    }

    mutating func requireNonzero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) {
        guard !value.isZero else { throw relation }
    }

    /// Refuses a proof with more messages than the protocol has.
    func finish() throws(VerificationError) {
        guard elementsRead == proof.elements.count, pointsRead == proof.openingPoints.count else {
            throw .proofLength
        }
    }
}
