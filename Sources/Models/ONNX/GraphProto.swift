/// `GraphProto`: nodes, initialisers, inputs and outputs.
///
/// Recorded shapes of intermediate values are skipped: shapes are inferred here.
struct GraphProto {
    private(set) var name = ""
    private(set) var nodes: [NodeProto] = []
    private(set) var initializers: [TensorProto] = []
    private(set) var inputs: [ValueInfoProto] = []
    private(set) var outputs: [ValueInfoProto] = []
    private(set) var hasSparseInitializers = false

    init() {}

    init(decoding message: ProtobufReader) throws(ONNXDecodingError) {
        var reader = message
        while let field = try reader.nextField() {
            switch field.number {
            case 1: nodes.append(try NodeProto(decoding: reader.message(field)))
            case 2: name = try reader.string(field)
            case 5: initializers.append(try TensorProto(decoding: reader.message(field)))
            case 11: inputs.append(try ValueInfoProto(decoding: reader.message(field)))
            case 12: outputs.append(try ValueInfoProto(decoding: reader.message(field)))
            case 15:
                try reader.skip(field)
                hasSparseInitializers = true
            default: try reader.skip(field)
            }
        }
    }
}

/// `ValueInfoProto`: the name and type of a graph input or output.
struct ValueInfoProto {
    private(set) var name = ""
    private(set) var type = Kind.absent

    enum Kind {
        case absent
        /// `shape` is nil where even the rank is left open.
        case tensor(elementType: Int, shape: [Dimension]?)
        /// A sequence, map, optional, sparse or opaque type, by ONNX's name.
        case other(String)
    }

    enum Dimension: Equatable {
        case fixed(Int64)
        case symbol(String)
        case unknown
    }

    init(decoding message: ProtobufReader) throws(ONNXDecodingError) {
        var reader = message
        while let field = try reader.nextField() {
            switch field.number {
            case 1: name = try reader.string(field)
            case 2: type = try Self.kind(decoding: reader.message(field))
            default: try reader.skip(field)
            }
        }
    }

    /// `TypeProto`.
    private static func kind(decoding message: ProtobufReader) throws(ONNXDecodingError) -> Kind {
        var reader = message
        var kind = Kind.absent
        let others = [4: "sequence", 5: "map", 7: "opaque", 8: "sparse tensor", 9: "optional"]
        while let field = try reader.nextField() {
            if field.number == 1 {
                kind = try tensor(decoding: reader.message(field))
            } else {
                try reader.skip(field)
                if let name = others[field.number] { kind = .other(name) }
            }
        }
        return kind
    }

    /// `TypeProto.Tensor`.
    private static func tensor(decoding message: ProtobufReader) throws(ONNXDecodingError) -> Kind {
        var reader = message
        var elementType = 0
        var shape: [Dimension]?
        while let field = try reader.nextField() {
            switch field.number {
            case 1: elementType = Int(try reader.int32(field))
            case 2: shape = try dimensions(decoding: reader.message(field))
            default: try reader.skip(field)
            }
        }
        return .tensor(elementType: elementType, shape: shape)
    }

    /// `TensorShapeProto`.
    private static func dimensions(
        decoding message: ProtobufReader
    ) throws(ONNXDecodingError) -> [Dimension] {
        var reader = message
        var dimensions: [Dimension] = []
        while let field = try reader.nextField() {
            guard field.number == 1 else {
                try reader.skip(field)
                continue
            }
            var dimension = Dimension.unknown
            var inner = try reader.message(field)
            while let field = try inner.nextField() {
                switch field.number {
                case 1: dimension = .fixed(try inner.int64(field))
                case 2:
                    let symbol = try inner.string(field)
                    dimension = symbol.isEmpty ? .unknown : .symbol(symbol)
                default: try inner.skip(field)
                }
            }
            dimensions.append(dimension)
        }
        return dimensions
    }
}
