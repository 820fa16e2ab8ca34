/// `ModelProto`: the top of an ONNX file, as decoded, nothing yet checked beyond its form.
///
/// Reference: onnx/onnx.proto. Documentation strings and metadata are skipped.
struct ModelProto {
    private(set) var producer = ""
    private(set) var operatorSets: [OperatorSetProto] = []
    private(set) var graph = GraphProto()
    private(set) var functions: [FunctionProto] = []
    private(set) var hasTrainingInfo = false

    init(decoding bytes: [UInt8]) throws(ONNXDecodingError) {
        var reader = ProtobufReader(bytes)
        var hasGraph = false
        while let field = try reader.nextField() {
            switch field.number {
            case 2: producer = try reader.string(field)
            case 7:
                guard !hasGraph else {
                    throw .duplicateField(message: "ModelProto", field: "graph")
                }
                graph = try GraphProto(decoding: reader.message(field))
                hasGraph = true
            case 8: operatorSets.append(try OperatorSetProto(decoding: reader.message(field)))
            case 20:
                try reader.skip(field)
                hasTrainingInfo = true
            case 25: functions.append(try FunctionProto(decoding: reader.message(field)))
            default: try reader.skip(field)
            }
        }
        guard hasGraph else { throw .missingField(message: "ModelProto", field: "graph") }
    }
}

/// `OperatorSetIdProto`: which version of a domain's operators the model means.
struct OperatorSetProto {
    private(set) var domain = ""
    private(set) var version: Int64 = 0

    init(decoding message: ProtobufReader) throws(ONNXDecodingError) {
        var reader = message
        while let field = try reader.nextField() {
            switch field.number {
            case 1: domain = try reader.string(field)
            case 2: version = try reader.int64(field)
            default: try reader.skip(field)
            }
        }
    }
}

/// `FunctionProto`, as far as needed to refuse a model that calls it.
struct FunctionProto {
    private(set) var name = ""
    private(set) var domain = ""

    init(decoding message: ProtobufReader) throws(ONNXDecodingError) {
        var reader = message
        while let field = try reader.nextField() {
            switch field.number {
            case 1: name = try reader.string(field)
            case 10: domain = try reader.string(field)
            default: try reader.skip(field)
            }
        }
    }
}
