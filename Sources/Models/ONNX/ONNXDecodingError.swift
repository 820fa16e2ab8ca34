/// Why a byte string is not an ONNX model in protobuf's wire format.
///
/// Offsets count bytes from the start of the file.
public enum ONNXDecodingError: Error, Equatable, Sendable {
    case truncated(offset: Int, needed: Int, available: Int)
    case varintTooLong(offset: Int)
    /// A wire type that ONNX never uses: groups (3, 4) or undefined (6, 7).
    case unsupportedWireType(Int, offset: Int)
    case fieldNumberOutOfRange(offset: Int)
    case wireTypeMismatch(field: Int, expected: String, offset: Int)
    case valueOutOfRange(field: Int, offset: Int)
    case notUTF8(field: Int, offset: Int)
    /// A second occurrence of a field that ONNX allows once.
    case duplicateField(message: String, field: String)
    case missingField(message: String, field: String)
}

extension ONNXDecodingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let offset, let needed, let available):
            "byte \(offset): \(needed) bytes needed, \(available) left"
        case .varintTooLong(let offset):
            "byte \(offset): variable-length integer exceeds 64 bits"
        case .unsupportedWireType(let type, let offset):
            "byte \(offset): wire type \(type) does not occur in ONNX"
        case .fieldNumberOutOfRange(let offset):
            "byte \(offset): field number out of range"
        case .wireTypeMismatch(let field, let expected, let offset):
            "byte \(offset): field \(field) is not \(expected)"
        case .valueOutOfRange(let field, let offset):
            "byte \(offset): field \(field) holds a value out of its range"
        case .notUTF8(let field, let offset):
            "byte \(offset): field \(field) is not UTF-8 text"
        case .duplicateField(let message, let field):
            "\(message) has \(field) twice"
        case .missingField(let message, let field):
            "\(message) has no \(field)"
        }
    }
}
