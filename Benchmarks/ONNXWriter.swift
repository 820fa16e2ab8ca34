/// An ONNX model written node by node, in the order in which it computes.
///
/// The fields and their numbers are those of `onnx.proto`.
struct ONNXWriter {
    enum Attribute {
        case int(Int)
        case ints([Int])
    }

    private var graph = ProtobufMessage()
    private let opset: Int
    private var random = SplitMix64()
    private var counter = 0

    init(opset: Int = 20) {
        self.opset = opset
        graph.text(2, "benchmark")
    }

    /// Adds a node.
    ///
    /// - Returns: The name of its result.
    mutating func node(
        _ type: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [],
        result: String? = nil
    ) -> String {
        let name = result ?? fresh(type)
        graph.message(1) { node in
            for input in inputs { node.text(1, input) }
            node.text(2, name)
            node.text(3, name)
            node.text(4, type)
            for (name, value) in attributes {
                node.message(5) { attribute in
                    attribute.text(1, name)
                    switch value {
                    case .int(let number):
                        attribute.int(3, number)
                        attribute.int(20, 2)
                    case .ints(let numbers):
                        for number in numbers { attribute.int(8, number) }
                        attribute.int(20, 7)
                    }
                }
            }
        }
        return name
    }

    /// Uniform random weights of He's variance, 2 / `fanIn`: activations keep their size.
    mutating func weights(_ shape: [Int], fanIn: Int) -> String {
        let bound = (6 / Float(fanIn)).squareRoot()
        let count = shape.reduce(1, *)
        let values = (0..<count).map { _ in Float.random(in: -bound...bound, using: &random) }
        return floats(shape, values)
    }

    mutating func floats(_ shape: [Int], _ values: [Float]) -> String {
        tensor(shape, type: 1, values.flatMap { bytes(of: $0.bitPattern) })
    }

    mutating func integers(_ values: [Int]) -> String {
        tensor([values.count], type: 7, values.flatMap { bytes(of: Int64($0)) })
    }

    mutating func input(_ name: String, _ shape: [Int]) {
        graph.message(11) { value in
            value.text(1, name)
            value.message(2) { type in
                type.message(1) { tensor in
                    tensor.int(1, 1)
                    tensor.message(2) { list in
                        for extent in shape { list.message(1) { $0.int(1, extent) } }
                    }
                }
            }
        }
    }

    /// The file, with one output.
    func file(output: String) -> [UInt8] {
        var graph = graph
        graph.message(12) { $0.text(1, output) }
        var model = ProtobufMessage()
        model.int(1, 9)
        model.data(7, graph.bytes)
        model.message(8) {
            $0.text(1, "")
            $0.int(2, opset)
        }
        return model.bytes
    }

    private mutating func tensor(_ shape: [Int], type: Int, _ raw: [UInt8]) -> String {
        let name = fresh("constant")
        graph.message(5) { tensor in
            for extent in shape { tensor.int(1, extent) }
            tensor.int(2, type)
            tensor.text(8, name)
            tensor.data(9, raw)
        }
        return name
    }

    private mutating func fresh(_ stem: String) -> String {
        counter += 1
        return "\(stem)\(counter)"
    }

    private func bytes(of value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

/// The parts of protobuf's wire format that ONNX needs.
private struct ProtobufMessage {
    private(set) var bytes: [UInt8] = []

    mutating func int(_ field: Int, _ value: Int) {
        varint(UInt64(field) << 3)
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func data(_ field: Int, _ value: [UInt8]) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(value.count))
        bytes += value
    }

    mutating func text(_ field: Int, _ value: String) { data(field, Array(value.utf8)) }

    mutating func message(_ field: Int, _ body: (inout ProtobufMessage) -> Void) {
        var inner = ProtobufMessage()
        body(&inner)
        data(field, inner.bytes)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
