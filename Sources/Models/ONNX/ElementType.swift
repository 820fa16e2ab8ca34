/// The element types of ONNX tensors that a model here may use; raw values as in `TensorProto`.
public enum ElementType: Int, Sendable, Equatable, CaseIterable {
    case float = 1
    case uint8 = 2
    case int8 = 3
    case uint16 = 4
    case int16 = 5
    case int32 = 6
    case int64 = 7
    case bool = 9
    case float16 = 10
    case double = 11
    case uint32 = 12
    case uint64 = 13
    case bfloat16 = 16
}

extension ElementType {
    public var isFloat: Bool {
        switch self {
        case .float, .float16, .double, .bfloat16: true
        default: false
        }
    }

    /// The integers of the type; those of uint64 end at 2^63 − 1, all larger ones are refused.
    /// Nil for floating point.
    var integerRange: ClosedRange<Int>? {
        switch self {
        case .uint8: 0...Int(UInt8.max)
        case .int8: Int(Int8.min)...Int(Int8.max)
        case .uint16: 0...Int(UInt16.max)
        case .int16: Int(Int16.min)...Int(Int16.max)
        case .int32: Int(Int32.min)...Int(Int32.max)
        case .int64: Int.min...Int.max
        case .bool: 0...1
        case .uint32: 0...Int(UInt32.max)
        case .uint64: 0...Int.max
        case .float, .float16, .double, .bfloat16: nil
        }
    }

    /// Bytes an element takes in `TensorProto.raw_data`.
    var byteCount: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .float, .int32, .uint32: 4
        case .int64, .uint64, .double: 8
        }
    }

    /// ONNX's name for an element type code, including those that are not supported.
    static func name(ofCode code: Int) -> String {
        if let type = ElementType(rawValue: code) { return "\(type)" }
        let others = [
            0: "undefined", 8: "string", 14: "complex64", 15: "complex128", 17: "float8e4m3fn",
            18: "float8e4m3fnuz", 19: "float8e5m2", 20: "float8e5m2fnuz", 21: "uint4", 22: "int4",
            23: "float4e2m1", 24: "float8e8m0",
        ]
        return others[code] ?? "type \(code)"
    }
}
