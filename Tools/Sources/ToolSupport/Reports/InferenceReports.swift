/// What `run` found.
public struct RunReport: Sendable, Equatable {
    public var outputs: [TensorReport]
    /// Nil for a single inference, whose input has no sample axis.
    public var sampleCount: Int?
    /// Against the values of `--expect`.
    public var agreement: Agreement?
    /// How many input values were out of range and saturated, over all samples.
    public var saturatedCount: Int
    public var seconds: Double
    public var peakMemoryBytes: Int

    public init(
        outputs: [TensorReport], sampleCount: Int?, agreement: Agreement?, saturatedCount: Int = 0,
        seconds: Double, peakMemoryBytes: Int
    ) {
        self.outputs = outputs
        self.sampleCount = sampleCount
        self.agreement = agreement
        self.saturatedCount = saturatedCount
        self.seconds = seconds
        self.peakMemoryBytes = peakMemoryBytes
    }

    public var json: JSONValue {
        let object: JSONValue = [
            "seconds": .number(seconds), "peakMemoryBytes": .integer(peakMemoryBytes),
        ]
        return object.adding([
            "samples": sampleCount.map { .integer($0) }, "agreement": agreement?.json,
            "saturated": .integer(saturatedCount), "outputs": outputs.json,
        ])
    }

    public var text: String {
        var lines = outputs.map(\.text)
        if let agreement { lines.append("expected: \(agreement.text)") }
        if saturatedCount > 0 { lines.append("inputs: \(saturatedText(saturatedCount))") }
        let samples = sampleCount.map { "\(humanCount($0)) samples, " } ?? ""
        lines.append("\(samples)\(humanTime(seconds))")
        return lines.joined(separator: "\n")
    }
}

/// What `prove` made.
public struct ProveReport: Sendable, Equatable {
    public var proof: String
    public var modelID: String
    public var inputs: [TensorReport]
    public var outputs: [TensorReport]
    public var srs: SRSReport
    public var proofBytes: Int
    /// Secret files, written where something is committed.
    public var openings: [String]
    public var seconds: Double
    public var peakMemoryBytes: Int

    public init(
        proof: String, modelID: String, inputs: [TensorReport], outputs: [TensorReport],
        srs: SRSReport, proofBytes: Int, openings: [String], seconds: Double, peakMemoryBytes: Int
    ) {
        self.proof = proof
        self.modelID = modelID
        self.inputs = inputs
        self.outputs = outputs
        self.srs = srs
        self.proofBytes = proofBytes
        self.openings = openings
        self.seconds = seconds
        self.peakMemoryBytes = peakMemoryBytes
    }

    public var json: JSONValue {
        [
            "proof": .string(proof), "modelID": .string(modelID),
            "proofBytes": .integer(proofBytes),
            "seconds": .number(seconds), "peakMemoryBytes": .integer(peakMemoryBytes),
            "srs": srs.json, "openings": .array(openings.map { .string($0) }),
            "outputs": outputs.json, "inputs": inputs.json,
        ]
    }

    public var text: String {
        let secret = openings.map { ("openings", "\($0) (secret: keep it)") as (String, String?) }
        return labelled(
            [("model ID", modelID)] + inputs.map { ("input", $0.text) }
                + outputs.map { ("output", $0.text) } + [("SRS", srs.text)] + secret + [
                    (
                        "time",
                        "\(humanTime(seconds)), \(humanSize(peakMemoryBytes)) of memory at most"
                    ),
                    ("proof", "\(proof), \(humanSize(proofBytes))"),
                ])
    }
}

/// Why a proof is not accepted.
public enum RefusalReason: String, Sendable, CaseIterable {
    /// Bytes that are no proof of this key's shape.
    case malformed
    /// A well-formed proof of something that does not hold.
    case notTrue = "false"
    /// The proof is of another model.
    case wrongKey = "wrong-key"
    /// The key stands on a development SRS, and that was not allowed.
    case insecureSRS = "insecure-srs"
    /// The key's powers of tau are of no known ceremony, and were not named either.
    case unknownSRS = "unknown-srs"
    /// Made by a version of the format that this program does not know.
    case version
    /// The proof is about another input than the one given.
    case wrongInput = "wrong-input"
}

/// What `verify` found.
public struct VerifyReport: Sendable, Equatable {
    public struct Refusal: Sendable, Equatable {
        public var reason: RefusalReason
        /// For people: which check, where.
        public var detail: String

        public init(_ reason: RefusalReason, _ detail: String) {
            self.reason = reason
            self.detail = detail
        }
    }

    /// Nil for a valid proof.
    public var refusal: Refusal?
    /// The key's.
    public var modelID: String
    /// What the proof says; empty where it could not be read.
    public var inputs: [TensorReport]
    public var outputs: [TensorReport]
    public var srs: SRSReport
    /// Decoding and checking the key, which is done once for many proofs.
    public var keySeconds: Double
    /// Decoding and verifying the proof.
    public var seconds: Double

    public init(
        refusal: Refusal?, modelID: String, inputs: [TensorReport], outputs: [TensorReport],
        srs: SRSReport, keySeconds: Double, seconds: Double
    ) {
        self.refusal = refusal
        self.modelID = modelID
        self.inputs = inputs
        self.outputs = outputs
        self.srs = srs
        self.keySeconds = keySeconds
        self.seconds = seconds
    }

    public var isValid: Bool { refusal == nil }

    public var json: JSONValue {
        (["valid": .bool(isValid)] as JSONValue).adding([
            "reason": refusal.map { .string($0.reason.rawValue) },
            "detail": refusal.map { .string($0.detail) }, "seconds": .number(seconds),
            "keySeconds": .number(keySeconds),
            "modelID": .string(modelID), "srs": srs.json, "outputs": outputs.json,
            "inputs": inputs.json,
        ])
    }

    public var text: String {
        if let refusal {
            return "NOT VALID (\(refusal.reason.rawValue)): \(refusal.detail)\nSRS: \(srs.text)"
        }
        return labelled(
            [("VALID", "this model, on this input, gives this output"), ("model ID", modelID)]
                + inputs.map { ("input", $0.text) } + outputs.map { ("output", $0.text) }
                + [
                    ("SRS", srs.text),
                    ("time", "\(humanTime(seconds)), and \(humanTime(keySeconds)) for the key"),
                ])
    }
}
