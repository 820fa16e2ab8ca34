import Curve
import Field

/// A Fiat–Shamir transcript: what has been said so far, and the challenges it forces.
///
/// It absorbs field elements and points only, each message labelled and of a length fixed by the
/// key. Everything the prover sends is absorbed before the next challenge.
public protocol ProofTranscript: Sendable {
    mutating func absorb(_ elements: [Fr], label: StaticString)
    mutating func absorb(_ points: [G1Affine], label: StaticString)
    /// Draws a challenge. The state moves on: the next call gives another value.
    mutating func challenge(label: StaticString) -> Fr
}

extension ProofTranscript {
    /// A 32-byte digest as two 128-bit halves, low first.
    public mutating func absorb(digest: [UInt8], label: StaticString) {
        absorb(
            [Fr(reducing: digest.prefix(16)), Fr(reducing: digest.dropFirst(16))], label: label)
    }
}

/// The transcript of native proofs, over Keccak-256.
///
/// Every step is framed `kind ‖ label length ‖ label ‖ element count ‖ payload` with the
/// label's length in four bytes and the count in eight, so no two sequences of steps hash the same bytes. A challenge is 512 bits of
/// output (counters 0 and 1) modulo r; the chain value itself is never output.
public struct KeccakTranscript: ProofTranscript {
    private enum Frame: UInt8 {
        case elements = 1
        case points = 2
        case challenge = 3
    }

    private var pending = Keccak256()

    public init() {}

    public mutating func absorb(_ elements: [Fr], label: StaticString) {
        frame(.elements, label, count: elements.count)
        for element in elements { pending.update(littleEndian: element.canonicalLimbs) }
    }

    public mutating func absorb(_ points: [G1Affine], label: StaticString) {
        frame(.points, label, count: points.count)
        for point in points { pending.update(point.encoded) }
    }

    public mutating func challenge(label: StaticString) -> Fr {
        frame(.challenge, label, count: 0)
        let state = pending.finalizedLimbs()
        // Domains of the three uses of the chain value: 0 and 1 outputs, 2 the chain.
        func successor(_ domain: UInt8) -> Keccak256 {
            var hash = Keccak256()
            hash.update(littleEndian: state)
            hash.update([domain])
            return hash
        }
        pending = successor(2)
        return Fr(
            reducing: successor(0).finalizedLimbs(), high: successor(1).finalizedLimbs())
    }

    private mutating func frame(_ kind: Frame, _ label: StaticString, count: Int) {
        var writer = ByteWriter()
        writer.unsigned(UInt64(kind.rawValue), byteCount: 1)
        writer.string(label.description)
        writer.count(count, byteCount: 8)
        pending.update(writer.bytes)
    }
}
