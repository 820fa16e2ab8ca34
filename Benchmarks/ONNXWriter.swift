import TestSupport

/// An ONNX model written node by node, in the order in which it computes.
///
/// The fields and their numbers are those of `onnx.proto`.
struct ONNXWriter {
    enum Attribute {
        case int(Int)
        case ints([Int])
    }

    private var graph = ProtobufWriter()
    private let opset: Int
    private var random = SplitMix64()
    private var counter = 0

    init(opset: Int = 20) {
        self.opset = opset
        graph.string(2, "benchmark")
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
            for input in inputs { node.string(1, input) }
            node.string(2, name)
            node.string(3, name)
            node.string(4, type)
            for (name, value) in attributes {
                node.message(5) { attribute in
                    attribute.string(1, name)
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
        tensor(shape, type: 1, values.flatMap(\.bitPattern.littleEndianBytes))
    }

    mutating func integers(_ values: [Int]) -> String {
        tensor([values.count], type: 7, values.flatMap(\.littleEndianBytes))
    }

    mutating func input(_ name: String, _ shape: [Int]) {
        graph.message(11) { value in
            value.string(1, name)
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
        graph.message(12) { $0.string(1, output) }
        var model = ProtobufWriter()
        model.int(1, 9)
        model.data(7, graph.bytes)
        model.message(8) {
            $0.string(1, "")
            $0.int(2, opset)
        }
        return model.bytes
    }

    private mutating func tensor(_ shape: [Int], type: Int, _ raw: [UInt8]) -> String {
        let name = fresh("constant")
        graph.message(5) { tensor in
            for extent in shape { tensor.int(1, extent) }
            tensor.int(2, type)
            tensor.string(8, name)
            tensor.data(9, raw)
        }
        return name
    }

    private mutating func fresh(_ stem: String) -> String {
        counter += 1
        return "\(stem)\(counter)"
    }
}
