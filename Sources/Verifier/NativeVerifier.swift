import Circuits
import Curve
import Field
import ProofSystem

/// Verifies native proofs for one key.
///
/// What an accepted proof says: the model behind the key, run on this input under the integer
/// semantics, gives this output. It does **not** hide the witness. Deterministic, sequential, no
/// input makes it trap on a thread with half a megabyte of stack; nor does decoding the key.
public struct NativeVerifier: Sendable {
    public let key: VerifyingKey
    private let generator: G2Prepared
    private let tau: G2Prepared

    /// Prepares a decoded key for many verifications.
    public init(key: VerifyingKey) {
        self.key = key
        generator = G2Prepared(.generator)
        tau = G2Prepared(key.srs.tauG2)
    }

    /// Decodes and verifies.
    ///
    /// - Parameter trust: The SRSs to rely on; the key's must be one of them.
    /// - Returns: The proof; its statement is true if the SRS's τ is unknown to everybody.
    /// - Throws: ``ProofRejection``.
    public func verify(
        _ bytes: [UInt8], trusting trust: SRSTrust = .publicCeremonies
    ) throws(ProofRejection) -> NativeProof {
        let proof: NativeProof
        do throws(ProofDecodingError) {
            proof = try NativeProof(decoding: bytes, key: key)
        } catch {
            switch error {
            case .malformed(let reason): throw .malformed(reason)
            case .unsupportedVersion(let version): throw .unsupportedVersion(version)
            case .wrongKey(let modelID): throw .wrongKey(modelID: modelID)
            }
        }
        try verify(proof, trusting: trust)
        return proof
    }

    /// Verifies a decoded proof.
    ///
    /// - Parameter trust: The SRSs to rely on; the key's must be one of them.
    /// - Throws: ``ProofRejection``.
    public func verify(
        _ proof: NativeProof, trusting trust: SRSTrust = .publicCeremonies
    ) throws(ProofRejection) {
        if let rejection = trust.rejection(of: key.srs) { throw rejection }
        do throws(VerificationError) {
            try verify(proof, transcript: KeccakTranscript())
        } catch {
            throw .false(error)
        }
    }

    /// The proof's relations alone, whatever the SRS.
    func verify(
        _ proof: NativeProof, transcript: some ProofTranscript
    ) throws(VerificationError) {
        let shape = key.proofShape
        guard proof.modelID == key.digest else { throw .wrongKey }
        guard proof.adviceChunks.count == shape.adviceChunkCount,
            proof.statement.commitments.count == shape.portCount,
            proof.statement.fits(key)
        else { throw .proofLength }
        var transcript = transcript
        transcript.absorbPrologue(
            key: key, statement: proof.statement, adviceChunks: proof.adviceChunks)
        var replay = ProofReplay(proof, transcript: transcript)
        let equation = try reduceNative(
            key.system, plan: key.plan, statement: proof.statement.publicValues, driver: &replay)
        try replay.finish()
        let left = combination(equation.left, proof)
        let right = combination(equation.right, proof)
        guard Pairing.isOne([(left, generator), (-right, tau)]) else { throw .pairing }
    }

    private func combination(
        _ terms: [(scalar: Fr, point: PointReference)], _ proof: NativeProof
    ) -> G1Affine {
        if terms.count == 1, terms[0].scalar == .one { return point(terms[0].point, proof) }
        return G1.multiScalarMultiply(
            points: terms.map { point($0.point, proof) }, scalars: terms.map(\.scalar)
        ).affine
    }

    private func point(_ reference: PointReference, _ proof: NativeProof) -> G1Affine {
        switch reference {
        case .generator: .generator
        case .blindingGenerator: .blindingGenerator
        case .constantChunk(let index): key.constantChunks[index]
        case .adviceChunk(let index): proof.adviceChunks[index]
        case .committedPort(let index): proof.statement.commitments[index]
        case .opening(let index): proof.openingPoints[index]
        }
    }
}

/// Why bytes are not accepted as a proof.
public enum ProofRejection: Error, Equatable, Sendable {
    case malformed(DecodingError)
    case unsupportedVersion(UInt64)
    /// A proof for the model with this ID.
    case wrongKey(modelID: [UInt8])
    /// The key's τ is known, and insecure SRSs were not allowed.
    case insecureSRS
    /// The key's SRS is none of those to rely on; its digest.
    case unknownSRS(digest: [UInt8])
    case `false`(VerificationError)
}

extension NativeStatement {
    /// Whether the values have the key's shapes and lie in their B bits, as a decoded proof's do.
    func fits(_ key: VerifyingKey) -> Bool {
        let ports = key.publicPorts
        let values = inputs + outputs
        guard inputs.count == key.circuit.inputs.count, values.count == ports.count else {
            return false
        }
        return zip(ports, values).allSatisfy { port, cells in
            cells.count == (port.port.visibility == .public ? port.shape.cellCount : 0)
                && cells.allSatisfy(port.port.domain.contains)
        }
    }
}
