import Circuits
import Curve
import Field
import Foundation
import ProofSystem
import TestSupport
import Testing
import ZKMLTestSupport

@testable import Verifier

/// The Fiat–Shamir inventory: everything absorbed and drawn, in order, kept as files and reviewed
/// like code.
///
/// `ZKML_WRITE_INVENTORY=1 swift test --filter TranscriptInventoryTests` writes them again.
@Suite struct TranscriptInventoryTests {
    static let models: [TestModel] = [
        ProofBytesTests.model(), ClaimTests.model(), StandardCircuits.maxPool(seed: 5),
    ]

    private static func url(_ model: TestModel) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Inventory/\(model.name).txt")
    }

    @Test(arguments: models) func inventory(model: TestModel) throws {
        let forge = try Forge(model, log2Chunk: 3)
        let proverLog = TranscriptLog()
        let proof = try forge.prove(
            forge.witness(), transcript: RecordingTranscript(proverLog))
        let verifierLog = TranscriptLog()
        #expect(forge.refusal(proof, transcript: RecordingTranscript(verifierLog)) == nil)
        #expect(verifierLog.entries == proverLog.entries)
        let lenient = try LenientReplay.log(proof, key: forge.key.verifyingKey)
        #expect(lenient.entries == proverLog.entries)

        let text = Self.runs(proverLog.entries.map(\.line)).joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["ZKML_WRITE_INVENTORY"] != nil {
            try text.write(to: Self.url(model), atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: Self.url(model), encoding: .utf8) == text)
    }

    /// Repeated lines, and repeated pairs of lines, once with a count.
    private static func runs(_ lines: [String]) -> [String] {
        var runs: [String] = []
        var index = 0
        while index < lines.count {
            var best = (length: 1, count: 1)
            for length in 1...2 where index + length <= lines.count {
                let unit = lines[index..<index + length]
                var count = 1
                while index + (count + 1) * length <= lines.count,
                    lines[index + count * length..<index + (count + 1) * length]
                        .elementsEqual(unit)
                { count += 1 }
                if count > 1, count * length > best.count * best.length {
                    best = (length, count)
                }
            }
            let unit = lines[index..<index + best.length].joined(separator: "; ")
            runs.append(best.count > 1 ? "\(best.count) × (\(unit))" : unit)
            index += best.length * best.count
        }
        return runs
    }

    // MARK: Every message matters

    /// Changing any element or point of any message leaves the challenges before it and changes
    /// every one after it; with the message forgotten, two different proofs have the same
    /// challenges throughout.
    ///
    /// What that is worth to a cheater is in ``ForgottenMessageTests``.
    @Test(arguments: models) func everyMessageMatters(model: TestModel) throws {
        let forge = try Forge(model, log2Chunk: 3)
        let key = forge.key.verifyingKey
        let proof = try forge.prove(forge.witness())
        let honest = try LenientReplay.log(proof, key: key).entries
        let lastChallenge = honest.lastIndex { $0.kind == .challenge }!
        var seen = (elements: 0, points: 0, inputs: 0, outputs: 0)
        for (position, entry) in honest.enumerated() where entry.kind != .challenge {
            let change: (inout NativeProof, Int) -> Void
            let start = seen
            switch entry.label {
            case "protocol", "srs", "verifying-key", "nonce":
                // Not the prover's to choose: see `fixedMessages`.
                continue
            case "public-input":
                change = { $0.statement.inputs[start.inputs][$1] ^= 1 }
                seen.inputs += 1
            case "public-output":
                change = { $0.statement.outputs[start.outputs][$1] ^= 1 }
                seen.outputs += 1
            case "committed-ports":
                change = { $0.statement.commitments[$1] = move($0.statement.commitments[$1]) }
            case "advice":
                change = { $0.adviceChunks[$1] = move($0.adviceChunks[$1]) }
            default:
                if entry.kind == .elements {
                    change = { $0.elements[start.elements + $1] += .one }
                    seen.elements += entry.count
                } else {
                    change = {
                        $0.openingPoints[start.points + $1] =
                            move($0.openingPoints[start.points + $1])
                    }
                    seen.points += entry.count
                }
            }
            let holes = try LenientReplay.log(proof, key: key, forgetting: [position])
            // The last message of all is under no challenge: the pairing alone reads it.
            #expect((position > lastChallenge) == (entry.label == "opening.witness"))
            // Public integers are several to an element.
            let count =
                switch entry.label {
                case "public-input": proof.statement.inputs[start.inputs].count
                case "public-output": proof.statement.outputs[start.outputs].count
                default: entry.count
                }
            // Every one of them, but of hundreds of chunks the ends and a few between.
            let step = max(1, count / 20)
            for index in Set(stride(from: 0, to: count, by: step)).union(
                count > 0 ? [count - 1] : [])
            {
                var changed = proof
                change(&changed, index)
                let place: Comment = "\(position): \(entry.line), index \(index)"
                let full = try LenientReplay.log(changed, key: key).entries
                #expect(full[position] != entry, place)
                for later in honest.indices where honest[later].kind == .challenge {
                    #expect((full[later] == honest[later]) == (later < position), place)
                }
                let changedHoles = try LenientReplay.log(
                    changed, key: key, forgetting: [position])
                #expect(holes.challenges == changedHoles.challenges, place)
            }
        }
        #expect(seen.elements == proof.elements.count)
        #expect(seen.points == proof.openingPoints.count)
        #expect(seen.inputs == proof.statement.inputs.count)
        #expect(seen.outputs == proof.statement.outputs.count)
    }

    private func move(_ point: G1Affine) -> G1Affine { (G1(point) + G1(.generator)).affine }

    /// Messages that no proof decides. The key's digest covers circuit, SRS and constants; without
    /// it two models would share their challenges. The others are constants of the protocol: the
    /// name and version keep it apart from other protocols, the nonce is zero in native proofs.
    @Test func fixedMessages() throws {
        let forge = try Forge(ProofBytesTests.model(), log2Chunk: 3)
        var model = ProofBytesTests.model()
        model.constants[0][0] += 1
        let other = try Forge(model, log2Chunk: 3)
        let proof = try forge.prove(forge.witness())
        func log(_ forge: Forge, forgetting: Set<Int> = []) throws -> [TranscriptLog.Entry] {
            try LenientReplay.log(
                proof, key: forge.key.verifyingKey, forgetting: forgetting
            ).entries
        }
        let honest = try log(forge)
        #expect(honest.prefix(3).map(\.label) == ["protocol", "srs", "verifying-key"])
        let foreign = try log(other)
        for (a, b) in zip(honest, foreign) where a.kind == .challenge { #expect(a != b) }
        let (a, b) = (try log(forge, forgetting: [2]), try log(other, forgetting: [2]))
        for (a, b) in zip(a, b) where a.kind == .challenge { #expect(a == b) }
        let nonce = try #require(honest.first { $0.label == "nonce" })
        #expect(nonce.content == Array(Fr.zero.canonicalBytes))
    }

    /// Everything the prover sends precedes some challenge but the last point; all challenges of
    /// one place differ.
    @Test(arguments: models) func challengesAreFresh(model: TestModel) throws {
        let forge = try Forge(model, log2Chunk: 3)
        let proof = try forge.prove(forge.witness())
        let log = try LenientReplay.log(proof, key: forge.key.verifyingKey)
        let challenges = log.challenges.map(\.content)
        #expect(Set(challenges).count == challenges.count)
    }
}
