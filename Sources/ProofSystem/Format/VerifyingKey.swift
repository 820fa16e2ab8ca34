import Circuits
import Curve
import Field

/// Which opening and which transcript a key's proofs use.
public enum ProofScheme: UInt8, Sendable, Hashable {
    /// HyperKZG, Keccak-256: native proofs.
    case hyperKZGKeccak = 0
}

/// Everything a verifier knows of a model: the circuit, the commitments to its constants, the SRS.
///
/// Untrusted: whoever made it has an interest. Decoding checks that it describes a partial function
/// from input to output (``Circuit/validatedShapes()``), that nothing in it can make the verifier
/// trap or run away, and that the SRS is what it says.
public struct VerifyingKey: Sendable {
    public static let magic = "ZKMLVKEY"
    public static let version: UInt64 = 1

    public let circuit: Circuit
    public let scheme: ProofScheme
    /// c: polynomials are committed in chunks of 2^c cells.
    public let log2Chunk: Int
    public let srs: SRSIdentity
    /// The chunks of V_c.
    public let constantChunks: [G1Affine]

    /// The circuit expanded, and the order of its reductions.
    public let system: ConstraintSystem
    public let plan: ReductionPlan
    /// What a proof is made of.
    public let proofShape: ProofShape
    /// Keccak-256 of the encoding: the model ID.
    public let digest: [UInt8]
    public let encoded: [UInt8]

    /// Makes a key; the same checks as for a decoded one.
    ///
    /// - Throws: ``KeyError``.
    public init(
        circuit: Circuit, scheme: ProofScheme = .hyperKZGKeccak, log2Chunk: Int, srs: SRSIdentity,
        constantChunks: [G1Affine]
    ) throws(KeyError) {
        self.circuit = circuit
        self.scheme = scheme
        self.log2Chunk = log2Chunk
        self.srs = srs
        self.constantChunks = constantChunks
        do throws(CircuitError) {
            system = try ConstraintSystem(circuit)
        } catch {
            throw .circuit(error)
        }
        guard (1...Self.log2ChunkLimit).contains(log2Chunk),
            log2Chunk >= VectorLayout.smallestLog2Chunk(system)
        else { throw .chunkSize(log2Chunk) }
        plan = ReductionPlan(system, log2Chunk: log2Chunk)
        guard plan.layout.chunkCount(.advice) <= Self.chunkLimit,
            plan.layout.chunkCount(.constants) <= Self.chunkLimit
        else { throw .tooManyChunks }
        guard constantChunks.count == plan.layout.chunkCount(.constants) else {
            throw .constantChunks(
                expected: plan.layout.chunkCount(.constants), actual: constantChunks.count)
        }
        do throws(SRSIdentityError) {
            try srs.validate()
        } catch {
            throw .srs(error)
        }
        do throws(VerificationError) {
            proofShape = try ProofShape(system: system, plan: plan)
        } catch {
            throw .circuit(.mergedAxesSplit)
        }
        encoded = Self.encode(
            circuit: circuit, scheme: scheme, log2Chunk: log2Chunk, srs: srs,
            constantChunks: constantChunks)
        digest = Keccak256.hash(encoded)
    }

    /// The largest chunk: the public ceremony has 2^28 powers.
    public static let log2ChunkLimit = 28
    /// Chunks of one vector.
    public static let chunkLimit = 1 << 16
}

/// Why a verifying key is refused.
public enum KeyError: Error, Sendable {
    case encoding(DecodingError)
    case circuit(CircuitError)
    case srs(SRSIdentityError)
    case chunkSize(Int)
    case tooManyChunks
    case constantChunks(expected: Int, actual: Int)
    case scheme(UInt64)
}

extension VerifyingKey {
    private static func encode(
        circuit: Circuit, scheme: ProofScheme, log2Chunk: Int, srs: SRSIdentity,
        constantChunks: [G1Affine]
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.unsigned(UInt64(scheme.rawValue), byteCount: 1)
        writer.count(log2Chunk, byteCount: 1)
        writer.append(srs.encoded)
        circuit.encode(into: &writer)
        writer.count(constantChunks.count)
        for chunk in constantChunks { writer.append(chunk.encoded) }
        return ByteWriter.file(magic: magic, version: version, body: writer.bytes)
    }

    /// Decodes and checks a key.
    ///
    /// About 3 ms for the SRS's pairing, and work linear in the bytes and the public extents.
    /// - Throws: ``KeyError``; no bytes trap.
    public init(decoding bytes: [UInt8]) throws(KeyError) {
        var reader = ByteReader(bytes)
        let parts: (UInt64, Int, SRSIdentity, Circuit, [G1Affine])
        do throws(DecodingError) {
            try reader.header(magic: Self.magic, version: Self.version)
            let scheme = try reader.unsigned(byteCount: 1, "scheme")
            let chunk = try reader.count(byteCount: 1, limit: Self.log2ChunkLimit, "log2Chunk")
            let start = reader.offset
            let srsBytes = try reader.bytes(SRSIdentity.byteCount, "srs")
            guard let srs = try? SRSIdentity(decoding: srsBytes) else {
                throw .notCanonical(field: "srs", offset: start)
            }
            let circuit = try Circuit(decoding: &reader)
            let count = try reader.count(limit: Self.chunkLimit, "constantChunks")
            let chunks = try reader.points(count, "constantChunks")
            try reader.finish()
            parts = (scheme, chunk, srs, circuit, chunks)
        } catch {
            throw .encoding(error)
        }
        guard let scheme = UInt8(exactly: parts.0).flatMap(ProofScheme.init(rawValue:)) else {
            throw .scheme(parts.0)
        }
        try self.init(
            circuit: parts.3, scheme: scheme, log2Chunk: parts.1, srs: parts.2,
            constantChunks: parts.4)
    }
}

extension ByteReader {
    mutating func points(_ count: Int, _ field: String) throws(DecodingError) -> [G1Affine] {
        // Before anything is allocated.
        guard count <= remaining / G1Affine.byteCount else {
            throw .truncated(
                field: field, offset: offset, needed: count * G1Affine.byteCount,
                available: remaining)
        }
        var points: [G1Affine] = []
        points.reserveCapacity(count)
        for _ in 0..<count {
            let start = offset
            guard let point = try? G1Affine(decoding: try bytes(G1Affine.byteCount, field)) else {
                throw .notCanonical(field: field, offset: start)
            }
            points.append(point)
        }
        return points
    }
}
