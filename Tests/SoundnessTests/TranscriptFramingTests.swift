import Curve
import Field
import ProofSystem
import Testing

/// The native transcript's encoding is injective: no two sequences of steps hash the same bytes.
@Suite struct TranscriptFramingTests {
    private enum Step {
        case elements([Fr], StaticString)
        case points([G1Affine], StaticString)
        case draw(StaticString)
        case digest([UInt8], StaticString)
    }

    private func challenge(_ steps: [Step]) -> Fr {
        var transcript = KeccakTranscript()
        for step in steps {
            switch step {
            case .elements(let elements, let label): transcript.absorb(elements, label: label)
            case .points(let points, let label): transcript.absorb(points, label: label)
            case .draw(let label): _ = transcript.challenge(label: label)
            case .digest(let digest, let label): transcript.absorb(digest: digest, label: label)
            }
        }
        return transcript.challenge(label: "end")
    }

    @Test func differentStepsDifferentChallenges() {
        let f = Fr(7)
        let p = G1Affine.generator
        let digest = (0..<32).map { UInt8($0) }
        let sequences: [[Step]] = [
            [],
            [.elements([], "a")],
            [.elements([f], "a")],
            [.elements([f, .zero], "a")],
            [.elements([.zero, f], "a")],
            [.elements([f], "a"), .elements([.zero], "a")],
            [.elements([f], "a"), .elements([], "a")],
            [.elements([], "a"), .elements([f], "a")],
            [.elements([f], "ab")],
            [.elements([f], "b")],
            [.elements([f], "")],
            [.points([], "a")],
            [.points([p], "a")],
            [.points([.infinity], "a")],
            [.points([p, .infinity], "a")],
            [.points([p], "a"), .points([.infinity], "a")],
            [.points([-p], "a")],
            [.draw("a")],
            [.draw("a"), .draw("a")],
            [.draw("aa")],
            [.draw("end")],
            [.elements([f], "a"), .draw("a")],
            [.draw("a"), .elements([f], "a")],
            [.digest(digest, "a")],
            [.digest(Array(digest.reversed()), "a")],
            [.digest(Array(digest[16...] + digest[..<16]), "a")],
            // A point's encoding as an element of the same bytes, where it is one.
            [.elements([Fr(canonicalBytes: p.encoded) ?? .one], "a")],
        ]
        let challenges = sequences.map(challenge)
        #expect(Set(challenges).count == sequences.count)
    }

    /// The two halves of a digest are 128 bits each: every bit of it counts.
    @Test func everyBitOfADigest() {
        let digest = [UInt8](repeating: 0xa5, count: 32)
        var seen: Set<Fr> = [challenge([.digest(digest, "a")])]
        for bit in 0..<256 {
            var flipped = digest
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(seen.insert(challenge([.digest(flipped, "a")])).inserted, "bit \(bit)")
        }
    }

    /// A challenge reveals nothing of the chain: what is drawn next is not a function of it alone.
    @Test func challengesChain() {
        var a = KeccakTranscript()
        var b = KeccakTranscript()
        a.absorb([Fr(1)], label: "x")
        b.absorb([Fr(2)], label: "x")
        var seen: Set<Fr> = []
        for _ in 0..<20 {
            #expect(seen.insert(a.challenge(label: "c")).inserted)
            #expect(seen.insert(b.challenge(label: "c")).inserted)
        }
    }

    /// Known answer: SHA3's padding would give another, so would another frame.
    @Test func knownAnswer() {
        var transcript = KeccakTranscript()
        transcript.absorb([Fr(1), -Fr(1)], label: "message")
        transcript.absorb([.generator, .infinity], label: "points")
        let first = transcript.challenge(label: "first")
        // Frames by hand: kind, label length (4 bytes), label, count (8 bytes), payload.
        func frame(_ kind: UInt8, _ label: String, _ count: UInt8, _ payload: [UInt8]) -> [UInt8] {
            [kind, UInt8(label.utf8.count), 0, 0, 0] + Array(label.utf8)
                + [count, 0, 0, 0, 0, 0, 0, 0] + payload
        }
        let one = [1] + [UInt8](repeating: 0, count: 31)
        let bytes =
            frame(1, "message", 2, one + Array((-Fr(1)).canonicalBytes))
            + frame(2, "points", 2, G1Affine.generator.encoded + G1Affine.infinity.encoded)
            + frame(3, "first", 0, [])
        let state = Keccak256.hash(bytes)
        func output(_ state: [UInt8]) -> Fr {
            Fr(reducing: Keccak256.hash(state + [0]) + Keccak256.hash(state + [1]))
        }
        #expect(first == output(state))
        let next = Keccak256.hash(state + [2] + frame(3, "second", 0, []))
        #expect(transcript.challenge(label: "second") == output(next))
    }
}
