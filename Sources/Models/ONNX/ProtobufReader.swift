/// Reads one protobuf message, field by field.
///
/// A nested message is handed out as a reader over its own bytes, so nesting is bounded by the
/// message types that ONNX defines, never by the input. Every length is checked against the bytes
/// present before anything is allocated; nothing traps on any bytes.
///
/// Reference: Protocol Buffers, "Encoding". Stricter than it in three points: groups, integers of
/// more than 64 bits and text that is not UTF-8 are errors.
struct ProtobufReader {
    private let bytes: [UInt8]
    private let end: Int
    private var offset: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = 0
        end = bytes.count
    }

    private init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    enum WireType: Int {
        case varint = 0
        case fixed64 = 1
        case delimited = 2
        case fixed32 = 5
    }

    /// A field's tag; its value is what the reader reads next.
    struct Field {
        let number: Int
        let wireType: WireType
        /// Where the tag begins.
        let offset: Int
    }

    /// The next tag, or nil at the end of the message. The caller reads or skips the value.
    mutating func nextField() throws(ONNXDecodingError) -> Field? {
        guard offset < end else { return nil }
        let start = offset
        let tag = try varint()
        guard let wireType = WireType(rawValue: Int(tag & 7)) else {
            throw .unsupportedWireType(Int(tag & 7), offset: start)
        }
        guard case 1..<(1 << 29) = tag >> 3 else { throw .fieldNumberOutOfRange(offset: start) }
        return Field(number: Int(tag >> 3), wireType: wireType, offset: start)
    }

    mutating func skip(_ field: Field) throws(ONNXDecodingError) {
        switch field.wireType {
        case .varint: _ = try varint()
        case .fixed64: _ = try take(8)
        case .delimited: _ = try delimitedRange()
        case .fixed32: _ = try take(4)
        }
    }
}

// MARK: - Singular fields

extension ProtobufReader {
    mutating func int64(_ field: Field) throws(ONNXDecodingError) -> Int64 {
        try expect(.varint, "an integer", field)
        return Int64(bitPattern: try varint())
    }

    mutating func int32(_ field: Field) throws(ONNXDecodingError) -> Int32 {
        guard let value = Int32(exactly: try int64(field)) else {
            throw .valueOutOfRange(field: field.number, offset: field.offset)
        }
        return value
    }

    mutating func float(_ field: Field) throws(ONNXDecodingError) -> Float {
        try expect(.fixed32, "a 32-bit float", field)
        return Float(bitPattern: try fixed32())
    }

    mutating func string(_ field: Field) throws(ONNXDecodingError) -> String {
        try expect(.delimited, "text", field)
        guard let text = String(validating: bytes[try delimitedRange()], as: UTF8.self) else {
            throw .notUTF8(field: field.number, offset: field.offset)
        }
        return text
    }

    /// The field's bytes, shared with the file's, not copied.
    mutating func byteString(_ field: Field) throws(ONNXDecodingError) -> ArraySlice<UInt8> {
        try expect(.delimited, "bytes", field)
        return bytes[try delimitedRange()]
    }

    mutating func message(_ field: Field) throws(ONNXDecodingError) -> ProtobufReader {
        try expect(.delimited, "a message", field)
        return ProtobufReader(bytes, in: try delimitedRange())
    }
}

// MARK: - Repeated numbers, packed or one by one

extension ProtobufReader {
    mutating func append(
        _ field: Field, to values: inout [Int64]
    ) throws(ONNXDecodingError) {
        guard field.wireType == .delimited else {
            values.append(try int64(field))
            return
        }
        var packed = try message(field)
        while packed.offset < packed.end { values.append(Int64(bitPattern: try packed.varint())) }
    }

    mutating func append(
        _ field: Field, to values: inout [UInt64]
    ) throws(ONNXDecodingError) {
        guard field.wireType == .delimited else {
            values.append(UInt64(bitPattern: try int64(field)))
            return
        }
        var packed = try message(field)
        while packed.offset < packed.end { values.append(try packed.varint()) }
    }

    mutating func append(
        _ field: Field, to values: inout [Float]
    ) throws(ONNXDecodingError) {
        guard field.wireType == .delimited else {
            values.append(try float(field))
            return
        }
        var packed = try message(field)
        values.reserveCapacity(values.count + (packed.end - packed.offset) / 4)
        while packed.offset < packed.end { values.append(Float(bitPattern: try packed.fixed32())) }
    }

    mutating func append(
        _ field: Field, to values: inout [Double]
    ) throws(ONNXDecodingError) {
        guard field.wireType == .delimited else {
            try expect(.fixed64, "a 64-bit float", field)
            values.append(Double(bitPattern: try fixed64()))
            return
        }
        var packed = try message(field)
        values.reserveCapacity(values.count + (packed.end - packed.offset) / 8)
        while packed.offset < packed.end { values.append(Double(bitPattern: try packed.fixed64())) }
    }
}

// MARK: - Primitives

extension ProtobufReader {
    private func expect(
        _ wireType: WireType, _ name: String, _ field: Field
    ) throws(ONNXDecodingError) {
        guard field.wireType == wireType else {
            throw .wireTypeMismatch(field: field.number, expected: name, offset: field.offset)
        }
    }

    private mutating func varint() throws(ONNXDecodingError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard offset < end else {
                throw .truncated(offset: offset, needed: 1, available: 0)
            }
            let byte = UInt64(bytes[offset])
            offset += 1
            if shift == 63, byte > 1 { throw .varintTooLong(offset: start) }
            value |= (byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw .varintTooLong(offset: start)
    }

    private mutating func fixed32() throws(ONNXDecodingError) -> UInt32 {
        var value: UInt32 = 0
        for byte in try take(4).reversed() { value = value << 8 | UInt32(byte) }
        return value
    }

    private mutating func fixed64() throws(ONNXDecodingError) -> UInt64 {
        var value: UInt64 = 0
        for byte in try take(8).reversed() { value = value << 8 | UInt64(byte) }
        return value
    }

    private mutating func delimitedRange() throws(ONNXDecodingError) -> Range<Int> {
        let byteCount = try varint()
        guard byteCount <= UInt64(end - offset) else {
            throw .truncated(
                offset: offset, needed: Int(clamping: byteCount), available: end - offset)
        }
        return try take(Int(byteCount)).indices
    }

    private mutating func take(_ byteCount: Int) throws(ONNXDecodingError) -> ArraySlice<UInt8> {
        guard byteCount <= end - offset else {
            throw .truncated(offset: offset, needed: byteCount, available: end - offset)
        }
        defer { offset += byteCount }
        return bytes[offset..<offset + byteCount]
    }
}
