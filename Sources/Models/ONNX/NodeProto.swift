/// `NodeProto`: one application of an operator.
struct NodeProto {
    /// Names of values; an empty one is an optional input left out.
    private(set) var inputs: [String] = []
    private(set) var outputs: [String] = []
    private(set) var name = ""
    private(set) var operatorName = ""
    private(set) var domain = ""
    private(set) var attributes: [AttributeProto] = []

    init(operatorName: String, inputs: [String], output: String, name: String) {
        self.inputs = inputs
        outputs = [output]
        self.name = name
        self.operatorName = operatorName
    }

    init(decoding message: ProtobufReader) throws(ONNXDecodingError) {
        var reader = message
        while let field = try reader.nextField() {
            switch field.number {
            case 1: inputs.append(try reader.string(field))
            case 2: outputs.append(try reader.string(field))
            case 3: name = try reader.string(field)
            case 4: operatorName = try reader.string(field)
            case 5: attributes.append(try AttributeProto(decoding: reader.message(field)))
            case 7: domain = try reader.string(field)
            default: try reader.skip(field)
            }
        }
    }
}

/// `AttributeProto`: a named parameter of a node.
struct AttributeProto {
    private(set) var name = ""
    private(set) var value = Value.unsupported("undefined")

    enum Value {
        case float(Float)
        case int(Int64)
        case string(String)
        case tensor(TensorProto)
        case floats([Float])
        case ints([Int64])
        case strings([String])
        /// Not decoded before it is needed: graphs can be nested without end.
        case graph(ProtobufReader)
        /// A kind that no supported operator takes (strings, sparse tensors, …), by ONNX's name.
        case unsupported(String)

        var kind: String {
            switch self {
            case .float: "float"
            case .int: "int"
            case .string: "string"
            case .tensor: "tensor"
            case .floats: "floats"
            case .ints: "ints"
            case .strings: "strings"
            case .graph: "graph"
            case .unsupported(let name): name
            }
        }
    }

    init(name: String, value: Value) {
        self.name = name
        self.value = value
    }

    init(decoding message: ProtobufReader) throws(ONNXDecodingError) {
        var reader = message
        var float: Float = 0
        var int: Int64 = 0
        var string: ArraySlice<UInt8> = []
        var tensor: TensorProto?
        var graph: ProtobufReader?
        var floats: [Float] = []
        var ints: [Int64] = []
        var strings: [ArraySlice<UInt8>] = []
        var typeCode: Int32 = 0
        var reference = ""
        // Files of IR version 1 have no type: the field that is present tells it.
        var implied: Int32 = 0
        while let field = try reader.nextField() {
            switch field.number {
            case 1: name = try reader.string(field)
            case 2: float = try reader.float(field)
            case 3: int = try reader.int64(field)
            case 4: string = try reader.byteString(field)
            case 5:
                guard tensor == nil else {
                    throw .duplicateField(message: "AttributeProto", field: "t")
                }
                tensor = try TensorProto(decoding: reader.message(field))
            case 6: graph = try reader.message(field)
            case 7: try reader.append(field, to: &floats)
            case 8: try reader.append(field, to: &ints)
            case 9: strings.append(try reader.byteString(field))
            case 20: typeCode = try reader.int32(field)
            case 21: reference = try reader.string(field)
            default: try reader.skip(field)
            }
            if let code = Self.typeCodes[field.number] { implied = code }
        }
        guard reference.isEmpty else {
            value = .unsupported("reference to a function's attribute")
            return
        }
        switch typeCode == 0 ? implied : typeCode {
        case 1: value = .float(float)
        case 2: value = .int(int)
        case 3:
            // Byte strings that are no text match no attribute value that any operator knows.
            value =
                String(validating: string, as: UTF8.self).map(Value.string) ?? .unsupported("bytes")
        case 4:
            guard let tensor else { throw .missingField(message: "AttributeProto", field: "t") }
            value = .tensor(tensor)
        case 5:
            guard let graph else { throw .missingField(message: "AttributeProto", field: "g") }
            value = .graph(graph)
        case 6: value = .floats(floats)
        case 7: value = .ints(ints)
        case 8:
            let texts = strings.compactMap { String(validating: $0, as: UTF8.self) }
            value = texts.count == strings.count ? .strings(texts) : .unsupported("bytes")
        case let code: value = .unsupported(Self.typeNames[code] ?? "undefined")
        }
    }

    /// Field number to type code.
    private static let typeCodes: [Int: Int32] = [
        2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6, 8: 7, 9: 8, 10: 9, 11: 10, 22: 11, 23: 12, 14: 13,
        15: 14,
    ]

    private static let typeNames: [Int32: String] = [
        9: "tensors", 10: "graphs", 11: "sparse tensor",
        12: "sparse tensors", 13: "type", 14: "types",
    ]
}
