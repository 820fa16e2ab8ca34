/// Why a byte string could not be read.
public enum DecodingError: Error, Equatable, Sendable {
    /// Fewer bytes than the format needs at `offset`.
    case truncated(field: String, offset: Int, needed: Int, available: Int)
    /// Bytes after the end of the format.
    case trailingBytes(Int)
    /// The first bytes are not the format's.
    case wrongMagic(expected: String)
    case unsupportedVersion(format: String, version: UInt64)
    /// A count, extent or tag outside what the format or the verifying key allows.
    case outOfRange(field: String, offset: Int, value: Int, limit: Int)
    /// A field element or point that is not in its one encoding, or not on the curve.
    case notCanonical(field: String, offset: Int)
    /// The length in the header differs from the number of bytes.
    case wrongLength(declared: Int, actual: Int)
}

/// Reads little-endian fields in order; every length is checked before anything is allocated.
public struct ByteReader {
    @usableFromInline let bytes: [UInt8]
    public private(set) var offset = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var remaining: Int { bytes.count - offset }

    public mutating func bytes(_ count: Int, _ field: String) throws(DecodingError) -> ArraySlice<
        UInt8
    > {
        guard count >= 0, count <= remaining else {
            throw .truncated(field: field, offset: offset, needed: count, available: remaining)
        }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    public mutating func unsigned(byteCount: Int, _ field: String) throws(DecodingError) -> UInt64 {
        var value: UInt64 = 0
        for (i, byte) in try bytes(byteCount, field).enumerated() {
            value |= UInt64(byte) << UInt64(8 * i)
        }
        return value
    }

    /// A count or index of `byteCount` bytes, at most `limit`.
    public mutating func count(
        byteCount: Int = 4, limit: Int, _ field: String
    ) throws(DecodingError) -> Int {
        let start = offset
        let value = try unsigned(byteCount: byteCount, field)
        guard value <= UInt64(limit) else {
            throw .outOfRange(
                field: field, offset: start, value: Int(clamping: value), limit: limit)
        }
        return Int(value)
    }

    public mutating func int64(_ field: String) throws(DecodingError) -> Int {
        Int(Int64(bitPattern: try unsigned(byteCount: 8, field)))
    }

    public mutating func fr(_ field: String) throws(DecodingError) -> Fr {
        let slice = try bytes(Fr.byteCount, field)
        let start = slice.startIndex
        func word(_ place: Int) -> UInt64 {
            var word: UInt64 = 0
            for i in 0..<8 { word |= UInt64(bytes[start + place + i]) << UInt64(8 * i) }
            return word
        }
        guard
            let value = Fr(canonicalLimbs: Limbs256(word(0), word(8), word(16), word(24)))
        else { throw .notCanonical(field: field, offset: start) }
        return value
    }

    /// A UTF-8 string behind its length in bytes.
    public mutating func string(limit: Int, _ field: String) throws(DecodingError) -> String {
        let start = offset
        let length = try count(limit: limit, field)
        let slice = try bytes(length, field)
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw .notCanonical(field: field, offset: start)
        }
        return text
    }

    /// Refuses anything left over.
    public func finish() throws(DecodingError) {
        guard remaining == 0 else { throw .trailingBytes(remaining) }
    }

    /// Reads `magic ‖ version (u32) ‖ total length (u64)` and checks all three.
    public mutating func header(magic: String, version: UInt64) throws(DecodingError) {
        let expected = Array(magic.utf8)
        guard remaining >= expected.count, Array(try bytes(expected.count, "magic")) == expected
        else { throw .wrongMagic(expected: magic) }
        let found = try unsigned(byteCount: 4, "version")
        guard found == version else { throw .unsupportedVersion(format: magic, version: found) }
        let declared = try unsigned(byteCount: 8, "length")
        guard declared == UInt64(bytes.count) else {
            throw .wrongLength(declared: Int(clamping: declared), actual: bytes.count)
        }
    }
}

/// Writes little-endian fields.
public struct ByteWriter {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    public mutating func unsigned(_ value: UInt64, byteCount: Int) {
        for i in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * i))) }
    }

    /// - Precondition: `0 ≤ value < 2^(8·byteCount)`.
    public mutating func count(_ value: Int, byteCount: Int = 4) {
        precondition(value >= 0 && (byteCount == 8 || value < 1 << (8 * byteCount)), "\(value)")
        unsigned(UInt64(value), byteCount: byteCount)
    }

    public mutating func int64(_ value: Int) {
        unsigned(UInt64(bitPattern: Int64(value)), byteCount: 8)
    }

    public mutating func fr(_ value: Fr) { append(value.canonicalBytes) }

    public mutating func string(_ text: String) {
        let utf8 = Array(text.utf8)
        count(utf8.count)
        append(utf8)
    }

    /// `body` behind `magic ‖ version ‖ total length`.
    public static func file(magic: String, version: UInt64, body: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(magic.utf8)
        writer.unsigned(version, byteCount: 4)
        writer.unsigned(UInt64(magic.utf8.count + 12 + body.count), byteCount: 8)
        writer.append(body)
        return writer.bytes
    }
}
