import Field
import ProofSystem

/// The verifier's messages without its relations: what is absorbed and drawn for a proof, however
/// false it is.
struct LenientReplay: ReductionDriver {
    private var transcript: RecordingTranscript
    private var residuals: [(relation: VerificationError, residual: Fr)] = []
    private var elements: ArraySlice<Fr>
    private let proof: NativeProof
    private var points = 0
    private var slot = 0

    /// The log of a proof for a key, messages at the given positions forgotten.
    static func log(
        _ proof: NativeProof, key: VerifyingKey, forgetting forgotten: Set<Int> = []
    ) throws -> TranscriptLog {
        let log = TranscriptLog()
        _ = try run(
            proof, key: key,
            transcript: RecordingTranscript(log) { position, _ in forgotten.contains(position) })
        return log
    }

    /// Every value that must be zero.
    static func residuals(
        _ proof: NativeProof, key: VerifyingKey, transcript: RecordingTranscript
    ) throws -> [(relation: VerificationError, residual: Fr)] {
        try run(proof, key: key, transcript: transcript).residuals
    }

    private static func run(
        _ proof: NativeProof, key: VerifyingKey, transcript: RecordingTranscript
    ) throws -> LenientReplay {
        var transcript = transcript
        transcript.absorbPrologue(
            key: key, statement: proof.statement, adviceChunks: proof.adviceChunks)
        var replay = LenientReplay(transcript: transcript, proof: proof)
        _ = try reduce(
            key.system, plan: key.plan, statement: proof.statement.publicValues, driver: &replay)
        return replay
    }

    private init(transcript: RecordingTranscript, proof: NativeProof) {
        self.transcript = transcript
        self.proof = proof
        elements = proof.elements[...]
    }

    mutating func draw(_ label: StaticString) -> Challenge<Fr> {
        slot += 1
        return Challenge(slot: slot, value: transcript.challenge(label: label))
    }

    mutating func begin(_ step: ReductionStep<Fr>) {}

    mutating func receive(_ message: ReductionMessage<Fr>) throws(VerificationError) -> [Fr] {
        let values = Array(elements.prefix(message.elementCount))
        elements = elements.dropFirst(message.elementCount)
        transcript.absorb(values, label: message.label)
        return values
    }

    mutating func receivePoints(
        _ label: StaticString, count: Int
    ) throws(VerificationError) -> [PointReference] {
        transcript.absorb(Array(proof.openingPoints[points..<points + count]), label: label)
        points += count
        return (points - count..<points).map(PointReference.opening)
    }

    mutating func requireZero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) { residuals.append((relation, value)) }

    mutating func requireNonzero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) {}
}
