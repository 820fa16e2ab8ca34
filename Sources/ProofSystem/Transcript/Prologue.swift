import Circuits
import Curve
import Field

/// The name and version of the native protocol; its digest is the first thing absorbed.
public enum NativeProtocol {
    public static let name = "swift-zkml/native"
    public static let version = 2
}

extension ProofTranscript {
    /// Absorbs everything that is fixed before the first challenge (protocol.md section 3, steps 1
    /// and 2): protocol, SRS, key, statement, nonce, commitments.
    ///
    /// The one place that fixes this order; prover and verifier both call it.
    public mutating func absorbPrologue(
        key: VerifyingKey, statement: NativeStatement, adviceChunks: [G1Affine]
    ) {
        absorb(
            digest: Keccak256.hash(
                Array("\(NativeProtocol.name)/\(NativeProtocol.version)".utf8)),
            label: "protocol")
        absorb(digest: key.srs.digest, label: "srs")
        absorb(digest: key.digest, label: "verifying-key")
        let bits = key.publicPorts.map(\.port.bits)
        for (values, bits) in zip(statement.inputs, bits) {
            absorb(PackedIntegers.elements(values, bits: bits), label: "public-input")
        }
        for (values, bits) in zip(statement.outputs, bits.dropFirst(statement.inputs.count)) {
            absorb(PackedIntegers.elements(values, bits: bits), label: "public-output")
        }
        absorb(statement.commitments, label: "committed-ports")
        // Native proofs have no secret nonce.
        absorb([.zero], label: "nonce")
        absorb(adviceChunks, label: "advice")
    }
}
