import Curve
import Field
import ProofSystem

/// What was absorbed and drawn, in order.
final class TranscriptLog: @unchecked Sendable {
    enum Kind: String { case elements, points, challenge }

    struct Entry: Equatable {
        var kind: Kind
        var label: String
        var count: Int
        /// Encodings of what was absorbed, or of the challenge.
        var content: [UInt8]

        var line: String { "\(kind.rawValue) \(label) \(count)" }
    }

    var entries: [Entry] = []

    var challenges: [Entry] { entries.filter { $0.kind == .challenge } }
}

/// The native transcript with a log, and, where asked, with holes: messages it does not absorb.
struct RecordingTranscript: ProofTranscript {
    private var inner = KeccakTranscript()
    private let log: TranscriptLog
    /// By position among all entries, and label.
    private let forgets: @Sendable (Int, String) -> Bool

    init(
        _ log: TranscriptLog = TranscriptLog(),
        forgets: @escaping @Sendable (Int, String) -> Bool = { _, _ in false }
    ) {
        self.log = log
        self.forgets = forgets
    }

    mutating func absorb(_ elements: [Fr], label: StaticString) {
        let position = record(
            .elements, label, elements.count, elements.flatMap { Array($0.canonicalBytes) })
        if !forgets(position, label.description) { inner.absorb(elements, label: label) }
    }

    mutating func absorb(_ points: [G1Affine], label: StaticString) {
        let position = record(
            .points, label, points.count, points.flatMap { Array($0.encoded) })
        if !forgets(position, label.description) { inner.absorb(points, label: label) }
    }

    mutating func challenge(label: StaticString) -> Fr {
        let value = inner.challenge(label: label)
        record(.challenge, label, 1, Array(value.canonicalBytes))
        return value
    }

    @discardableResult
    private func record(
        _ kind: TranscriptLog.Kind, _ label: StaticString, _ count: Int, _ content: [UInt8]
    ) -> Int {
        log.entries.append(
            .init(kind: kind, label: label.description, count: count, content: content))
        return log.entries.count - 1
    }
}

/// A transcript that does not absorb messages with this label: what a forgotten line would be.
func forgetting(_ label: String) -> RecordingTranscript {
    RecordingTranscript(forgets: { $1 == label })
}

/// Draws the same challenges whatever was said.
struct FixedTranscript: ProofTranscript {
    let challenges: @Sendable (String) -> Fr
    mutating func absorb(_ elements: [Fr], label: StaticString) {}
    mutating func absorb(_ points: [G1Affine], label: StaticString) {}
    mutating func challenge(label: StaticString) -> Fr { challenges(label.description) }
}
