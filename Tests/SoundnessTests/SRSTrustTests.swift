import Curve
import Field
import Foundation
import ProofSystem
import Testing
import ZKMLTestSupport

@testable import Prover
@testable import Verifier

/// A publisher who chose τ can prove anything, and nothing in the key shows it: what is left is to
/// rely on an SRS only because of where it comes from.
@Suite struct SRSTrustTests {
    private static let vectors = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Vectors")

    /// A τ that somebody knows, and powers of it that do not say so.
    private static let tau = SRSIdentity.developmentTau(seed: "home-made")
    private let homeMade: StructuredReferenceString

    init() throws {
        homeMade = try StructuredReferenceString(
            path: Self.vectors.appending(path: "homemade7_pruned.ptau").path)
        try #require(homeMade.powers[1] == (Self.tau * G1Affine.generator).affine)
    }

    private func rejection(
        _ forge: Forge, _ proof: NativeProof, _ trust: SRSTrust
    ) -> ProofRejection? {
        var rejections: [ProofRejection?] = []
        do throws(ProofRejection) {
            _ = try forge.verifier.verify(
                proof.encoded(for: forge.key.verifyingKey), trusting: trust)
            rejections.append(nil)
        } catch {
            rejections.append(error)
        }
        do throws(ProofRejection) {
            try forge.verifier.verify(proof, trusting: trust)
            rejections.append(nil)
        } catch {
            rejections.append(error)
        }
        #expect(rejections[0] == rejections[1])
        return rejections[0]
    }

    @Test func homeMadeTau() throws {
        let forge = try Forge(ProofBytesTests.model(), log2Chunk: 3, srs: homeMade)
        let proof = try forge.prove(forge.witness())
        let digest = homeMade.identity.digest
        var other = digest
        other[31] ^= 1
        let unknown = ProofRejection.unknownSRS(digest: digest)
        #expect(rejection(forge, proof, .publicCeremonies) == unknown)
        #expect(rejection(forge, proof, .development) == unknown)
        #expect(rejection(forge, proof, SRSTrust(digests: [other])) == unknown)
        #expect(
            rejection(forge, proof, SRSTrust(digests: [[], Array(digest.dropLast())])) == unknown)
        #expect(rejection(forge, proof, SRSTrust(digests: [other, digest])) == nil)
        #expect(rejection(forge, proof, SRSTrust(ceremonies: [], digests: [digest])) == nil)
        #expect(rejection(forge, proof, SRSTrust(acceptsUnknown: true)) == nil)
        // The default of the default parameter.
        #expect(throws: unknown) { try forge.verifier.verify(proof) }
        #expect(throws: unknown) {
            try forge.verifier.verify(proof.encoded(for: forge.key.verifyingKey))
        }
    }

    /// The marker decides before anything else.
    @Test func development() throws {
        let forge = try Forge(ProofBytesTests.model(), log2Chunk: 3)
        let proof = try forge.prove(forge.witness())
        #expect(rejection(forge, proof, .publicCeremonies) == .insecureSRS)
        #expect(rejection(forge, proof, SRSTrust(acceptsUnknown: true)) == .insecureSRS)
        let named = SRSTrust(digests: [Forge.srs.identity.digest])
        #expect(rejection(forge, proof, named) == .insecureSRS)
        #expect(rejection(forge, proof, .development) == nil)
        let everything = SRSTrust(acceptsUnknown: true, acceptsInsecure: true)
        #expect(rejection(forge, proof, everything) == nil)
    }

    /// Why it matters: whoever knows τ proves another output. Every relation holds; only the
    /// policy says no.
    @Test func forgedWithKnownTau() throws {
        let forge = try Forge(ProofBytesTests.model(), log2Chunk: 3, srs: homeMade)
        let witness = forge.witness()
        var lie = forge.statement(witness)
        lie.outputs[0][0] += 1
        let log = ProverLog()
        let honest = try forge.prove(witness, statement: lie, log: log)
        #expect(forge.refusal(honest) == .openingValue)
        // Values of the last fold that end in what the false claim asks for.
        let unknown = log.evaluations.lowerBound + 2 * forge.key.verifyingKey.log2Chunk - 2
        let cheat = try #require(
            try forge.adapt(witness, statement: lie, unknowns: [unknown]) {
                $0.residuals([.openingValue])
            })
        var proof = try forge.prove(witness, cheat, statement: lie)
        #expect(forge.refusal(proof) == .pairing)
        // The last point W is in the equation as e(left + z·W, [1]_2) = e(W, [τ]_2).
        let (left, z) = try Self.equation(proof, forge)
        let inverse = try #require((Self.tau - z).inverse())
        proof.openingPoints[proof.openingPoints.count - 1] = (inverse * left).affine
        #expect(forge.refusal(proof) == nil)
        #expect(rejection(forge, proof, SRSTrust(acceptsUnknown: true)) == nil)
        #expect(
            rejection(forge, proof, .publicCeremonies)
                == .unknownSRS(digest: homeMade.identity.digest))
    }

    /// The left side of a proof's last equation without its last point, and that point's factor.
    private static func equation(
        _ proof: NativeProof, _ forge: Forge
    ) throws -> (left: G1, factor: Fr) {
        let key = forge.key.verifyingKey
        var transcript = KeccakTranscript()
        transcript.absorbPrologue(
            key: key, statement: proof.statement, adviceChunks: proof.adviceChunks)
        var replay = ProofReplay(proof, transcript: transcript)
        let equation = try reduceNative(
            key.system, plan: key.plan, statement: proof.statement.publicValues, driver: &replay)
        let last = PointReference.opening(proof.openingPoints.count - 1)
        var left = G1.infinity
        var factor = Fr.zero
        for (scalar, reference) in equation.left {
            if reference == last {
                factor += scalar
                continue
            }
            let point: G1Affine =
                switch reference {
                case .generator: .generator
                case .blindingGenerator: .blindingGenerator
                case .constantChunk(let index): key.constantChunks[index]
                case .adviceChunk(let index): proof.adviceChunks[index]
                case .committedPort(let index): proof.statement.commitments[index]
                case .opening(let index): proof.openingPoints[index]
                }
            left += scalar * point
        }
        return (left, factor)
    }

    // MARK: A real ceremony

    /// A proof on the two powers of the published kzg1.srs needs no permission.
    ///
    /// The key and the proof are kept as files, for the command line's tests;
    /// `ZKML_WRITE_VECTORS=1 swift test -c release --filter SRSTrustTests` writes them again.
    @Test func publicCeremony() throws {
        let srs = try StructuredReferenceString(
            path: Self.vectors.appending(path: "kzg1.srs").path)
        var draft = CircuitDraft(limbBits: 2)
        let x = draft.input([2], bits: 4)
        let w = draft.constant([2, 2], [1, -2, 3, 1])
        draft.output(draft.requantise(draft.einsum("a", (w, "ab"), (x, "b")), shift: 1, bits: 6))
        let model = draft.finish("ceremony", inputs: [[5, -3]])
        let forge = try Forge(model, log2Chunk: 1, srs: srs)
        let proof = try forge.prove(forge.witness())
        #expect(proof.statement.outputs == [[6, 6]])
        #expect(rejection(forge, proof, .publicCeremonies) == nil)
        #expect(rejection(forge, proof, SRSTrust(ceremonies: [.perpetualPowersOfTau])) == nil)
        let unknown = ProofRejection.unknownSRS(digest: srs.identity.digest)
        #expect(rejection(forge, proof, SRSTrust(ceremonies: [.hermez])) == unknown)
        #expect(rejection(forge, proof, SRSTrust(ceremonies: [])) == unknown)

        let files = [
            ("ceremony.key", forge.key.verifyingKey.encoded),
            ("ceremony.proof", proof.encoded(for: forge.key.verifyingKey)),
        ]
        for (name, bytes) in files {
            let url = Self.vectors.appending(path: name)
            if ProcessInfo.processInfo.environment["ZKML_WRITE_VECTORS"] != nil {
                try Data(bytes).write(to: url)
            }
            #expect(try [UInt8](Data(contentsOf: url)) == bytes, "\(name)")
        }
    }
}
