import Circuits
import Curve
import Field
import ProofSystem

/// A committed input or output with everything that opens it. **Secret**: whoever has it knows the
/// values, and a blinding used in a native proof hides nothing thereafter.
public struct PortOpening: Sendable, Hashable {
    public var port: Port
    public var shape: TensorShape
    public var values: [Int64]
    public var blinding: Fr
    /// Com(values; blinding).
    public var commitment: G1Affine

    public init(
        port: Port, shape: TensorShape, values: [Int64], blinding: Fr, commitment: G1Affine
    ) {
        self.port = port
        self.shape = shape
        self.values = values
        self.blinding = blinding
        self.commitment = commitment
    }

    /// Whether the commitment may stand for a port of another model: same shape, B and fractional
    /// bits; names may differ. The SRS is compared by ``OpeningsFile``.
    public func fits(_ other: Port, shape: TensorShape) -> Bool {
        other.visibility == .committed && self.shape == shape && port.bits == other.bits
            && port.fractionalBits == other.fractionalBits
    }
}

/// The openings of one proof's committed inputs and outputs; how models are chained.
public struct OpeningsFile: Sendable, Hashable {
    public static let magic = "ZKMLOPEN"
    public static let version: UInt64 = 1

    /// Commitments on different SRSs mean different things.
    public var srsDigest: [UInt8]
    public var openings: [PortOpening]

    public init(srsDigest: [UInt8], openings: [PortOpening]) {
        self.srsDigest = srsDigest
        self.openings = openings
    }

    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.append(srsDigest)
        writer.count(openings.count)
        for opening in openings {
            writer.string(opening.port.name)
            writer.count(opening.port.bits, byteCount: 1)
            writer.int64(opening.port.fractionalBits)
            writer.count(opening.shape.rank, byteCount: 1)
            for extent in opening.shape.extents { writer.count(extent, byteCount: 8) }
            for value in opening.values { writer.int64(Int(value)) }
            writer.fr(opening.blinding)
            writer.append(opening.commitment.encoded)
        }
        return ByteWriter.file(magic: Self.magic, version: Self.version, body: writer.bytes)
    }

    /// - Throws: ``Field/DecodingError``.
    public init(decoding bytes: [UInt8]) throws(DecodingError) {
        var reader = ByteReader(bytes)
        try reader.header(magic: Self.magic, version: Self.version)
        srsDigest = Array(try reader.bytes(32, "srs digest"))
        openings = []
        for _ in 0..<(try reader.count(limit: 1 << 16, "openings")) {
            openings.append(try reader.opening())
        }
        try reader.finish()
    }
}

extension ByteReader {
    fileprivate mutating func opening() throws(DecodingError) -> PortOpening {
        let name = try string(limit: CircuitLimits.nameBytes, "port.name")
        let bits = try count(byteCount: 1, limit: CircuitLimits.portBits.upperBound, "port.bits")
        let fractionalBits = try int64("port.fractionalBits")
        let start = offset
        var extents: [Int] = []
        for _ in 0..<(try count(byteCount: 1, limit: TensorShape.rankLimit, "rank")) {
            extents.append(try count(byteCount: 8, limit: CircuitLimits.extent, "extent"))
        }
        guard let shape = TensorShape(extents) else {
            throw .notCanonical(field: "shape", offset: start)
        }
        guard shape.cellCount <= remaining / 8 else {
            throw .truncated(
                field: "values", offset: offset, needed: 8 * shape.cellCount, available: remaining)
        }
        var values: [Int64] = []
        for _ in 0..<shape.cellCount { values.append(Int64(try int64("values"))) }
        let blinding = try fr("blinding")
        let position = offset
        let encoded = try bytes(G1Affine.byteCount, "commitment")
        guard let point = try? G1Affine(decoding: encoded) else {
            throw .notCanonical(field: "commitment", offset: position)
        }
        return PortOpening(
            port: Port(
                name: name, bits: bits, fractionalBits: fractionalBits, visibility: .committed),
            shape: shape, values: values, blinding: blinding, commitment: point)
    }
}
