import TestSupport

/// An ONNX model in pieces, each of which a test can get wrong.
struct TestModel {
    struct Tensor {
        var name: String
        var shape: [Int]
        /// `TensorProto.DataType`.
        var type: Int
        var raw: [UInt8]
        /// More fields of `TensorProto`.
        var extra: @Sendable (inout ProtobufWriter) -> Void = { _ in }

        static func floats(_ name: String, _ shape: [Int], _ values: [Float]) -> Tensor {
            Tensor(
                name: name, shape: shape, type: 1,
                raw: values.flatMap(\.bitPattern.littleEndianBytes))
        }

        static func ints(_ name: String, _ shape: [Int], _ values: [Int]) -> Tensor {
            Tensor(name: name, shape: shape, type: 7, raw: values.flatMap(\.littleEndianBytes))
        }

        func write(_ writer: inout ProtobufWriter) {
            for extent in shape { writer.int(1, extent) }
            writer.int(2, type)
            writer.string(8, name)
            writer.data(9, raw)
            extra(&writer)
        }
    }

    enum Attribute {
        case int(Int)
        case ints([Int])
        case float(Float)
        case floats([Float])
        case string(String)
        case tensor(Tensor)
        /// Any type code with a raw field.
        case other(type: Int, field: UInt64, bytes: [UInt8])
    }

    struct Node {
        var name = ""
        var type: String
        var inputs: [String] = ["x"]
        var outputs: [String] = ["y"]
        var attributes: [(String, Attribute)] = []
        var domain = ""

        init(
            _ type: String, _ inputs: [String] = ["x"], _ outputs: [String] = ["y"],
            _ attributes: [(String, Attribute)] = [], name: String = "", domain: String = ""
        ) {
            self.type = type
            self.inputs = inputs
            self.outputs = outputs
            self.attributes = attributes
            self.name = name
            self.domain = domain
        }
    }

    enum Extent {
        case fixed(Int)
        case symbol(String)
        case open
    }

    struct Input {
        var name = "x"
        var type = 1
        var shape: [Extent]?
    }

    var opsets = [("", 17)]
    var inputs = [Input(shape: [.fixed(2), .fixed(3)])]
    var nodes: [Node] = []
    var initializers: [Tensor] = []
    var outputs = ["y"]
    /// More fields of `ModelProto` and `GraphProto`.
    var extraModel: (inout ProtobufWriter) -> Void = { _ in }
    var extraGraph: (inout ProtobufWriter) -> Void = { _ in }

    init(_ nodes: Node..., opset: Int = 17, change: (inout TestModel) -> Void = { _ in }) {
        self.nodes = nodes
        opsets = [("", opset)]
        change(&self)
    }

    var bytes: [UInt8] {
        var model = ProtobufWriter()
        model.int(1, 8)
        model.message(7) { graph in
            for node in nodes { graph.message(1) { write(node, &$0) } }
            graph.string(2, "test")
            for tensor in initializers { graph.message(5) { tensor.write(&$0) } }
            for input in inputs { graph.message(11) { write(input, &$0) } }
            for name in outputs { graph.message(12) { $0.string(1, name) } }
            extraGraph(&graph)
        }
        for (domain, version) in opsets {
            model.message(8) {
                $0.string(1, domain)
                $0.int(2, version)
            }
        }
        extraModel(&model)
        return model.bytes
    }

    private func write(_ node: Node, _ writer: inout ProtobufWriter) {
        for name in node.inputs { writer.string(1, name) }
        for name in node.outputs { writer.string(2, name) }
        writer.string(3, node.name)
        writer.string(4, node.type)
        writer.string(7, node.domain)
        for (name, value) in node.attributes {
            writer.message(5) { attribute in
                attribute.string(1, name)
                switch value {
                case .float(let number):
                    attribute.float(2, number)
                    attribute.int(20, 1)
                case .int(let number):
                    attribute.int(3, number)
                    attribute.int(20, 2)
                case .string(let text):
                    attribute.string(4, text)
                    attribute.int(20, 3)
                case .tensor(let tensor):
                    attribute.message(5) { tensor.write(&$0) }
                    attribute.int(20, 4)
                case .floats(let numbers):
                    for number in numbers { attribute.float(7, number) }
                    attribute.int(20, 6)
                case .ints(let numbers):
                    for number in numbers { attribute.int(8, number) }
                    attribute.int(20, 7)
                case .other(let type, let field, let bytes):
                    attribute.data(field, bytes)
                    attribute.int(20, type)
                }
            }
        }
    }

    private func write(_ input: Input, _ writer: inout ProtobufWriter) {
        writer.string(1, input.name)
        writer.message(2) { type in
            type.message(1) { tensor in
                tensor.int(1, input.type)
                guard let shape = input.shape else { return }
                tensor.message(2) { list in
                    for extent in shape {
                        list.message(1) { dimension in
                            switch extent {
                            case .fixed(let value): dimension.int(1, value)
                            case .symbol(let name): dimension.string(2, name)
                            case .open: break
                            }
                        }
                    }
                }
            }
        }
    }
}
