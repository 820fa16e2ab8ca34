import Circuits
import Curve
import Field
import ProofSystem
import Prover
import Verifier

let proofTargets = [
    FuzzTarget("verifying-key") { bytes in
        _ = try? VerifyingKey(decoding: bytes)
        let mended = framed(bytes, magic: VerifyingKey.magic, version: VerifyingKey.version)
        guard let key = try? VerifyingKey(decoding: mended) else { return }
        precondition(key.encoded == mended, "two encodings of a key")
        _ = NativeVerifier(key: key)
    },
    // Changed proofs for one key: nothing but the honest proof is accepted.
    FuzzTarget("proof") { bytes in
        Fixture.tryOut(bytes)
        // The same bytes as a proof of the right length for the right model.
        let start = NativeProof.magic.utf8.count + 12 + 32
        var mended = Fixture.proof
        for index in start..<max(start, min(bytes.count, mended.count)) {
            mended[index] = bytes[index]
        }
        Fixture.tryOut(mended)
    },
    // The relations of the protocol on any elements: no fuzzer gets past Fiat and Shamir.
    FuzzTarget("reduction") { bytes in
        let key = Fixture.verifier.key
        guard let statement = Fixture.honest?.statement.publicValues else { return }
        var driver = UnjudgingDriver(bytes: bytes)
        _ = try? reduce(key.system, plan: key.plan, statement: statement, driver: &driver)
    },
    FuzzTarget("weights") { bytes in
        let circuit = Fixture.verifier.key.circuit
        let mended = framed(bytes, magic: WeightsFile.magic, version: WeightsFile.version)
        for bytes in [bytes, mended] {
            guard let constants = try? WeightsFile.decode(bytes, circuit: circuit) else { continue }
            let again = try? WeightsFile.decode(WeightsFile.encoded(constants), circuit: circuit)
            precondition(again == constants)
        }
    },
    FuzzTarget("openings") { bytes in
        _ = try? OpeningsFile(decoding: bytes)
        let mended = framed(bytes, magic: OpeningsFile.magic, version: OpeningsFile.version)
        guard let file = try? OpeningsFile(decoding: mended) else { return }
        precondition(file.encoded() == mended, "two encodings of openings")
    },
]

private enum Fixture {
    static let proof = PackageResources.fixture_proof
    static let verifier: NativeVerifier = {
        do {
            return NativeVerifier(key: try VerifyingKey(decoding: PackageResources.fixture_key))
        } catch {
            fatalError("the fixture's key: \(error); .ci/fuzz --seeds makes it again")
        }
    }()
    static let honest = try? verifier.verify(proof, trusting: .development)

    static func tryOut(_ bytes: [UInt8]) {
        precondition(honest != nil, "the fixture's proof; .ci/fuzz --seeds makes it again")
        if (try? verifier.verify(bytes, trusting: .development)) != nil {
            precondition(bytes == proof, "a changed proof was accepted")
        }
        _ = NativeProof.modelID(of: bytes)
    }
}

/// A verifier that is told what the challenges are and refuses nothing.
private struct UnjudgingDriver: ReductionDriver {
    private var reader: ByteReader
    private var slot = 0
    private var pointCount = 0

    init(bytes: [UInt8]) { reader = ByteReader(bytes) }

    /// A selector byte, then 32 bytes or one; zero when nothing is left.
    private mutating func next() -> Fr {
        guard let selector = try? reader.unsigned(byteCount: 1, "") else { return .zero }
        if selector < 200 { return Fr(selector) - Fr(UInt64(100)) }
        guard let bytes = try? reader.bytes(Fr.byteCount, "") else { return .one }
        return Fr(reducing: bytes)
    }

    mutating func draw(_ label: StaticString) -> Challenge<Fr> {
        slot += 1
        return Challenge(slot: slot, value: next())
    }

    mutating func begin(_ step: ReductionStep<Fr>) {}

    mutating func receive(_ message: ReductionMessage<Fr>) throws(VerificationError) -> [Fr] {
        (0..<message.elementCount).map { _ in next() }
    }

    mutating func receivePoints(
        _ label: StaticString, count: Int
    ) throws(VerificationError) -> [PointReference] {
        pointCount += count
        return (pointCount - count..<pointCount).map(PointReference.opening)
    }

    mutating func requireZero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) {}

    mutating func requireNonzero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) {}
}
