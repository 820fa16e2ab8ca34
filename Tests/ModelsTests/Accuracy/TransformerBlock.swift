import TestSupport

@testable import Models

/// A transformer block, pre-norm: sequence 16, width 64, 4 heads, MLP 256 with GELU. Weights and
/// inputs of unit variance are drawn from a seed, the same on every machine.
struct TransformerBlock {
    private static let (length, width, heads, hidden) = (16, 64, 4, 256)
    private var generator = SeededGenerator(seed: 20)
    private var nodes: [TestModel.Node] = []
    private var constants: [TestModel.Tensor] = []

    static func graph() throws -> ModelGraph {
        var block = TransformerBlock()
        return try ModelGraph(onnx: block.model().bytes)
    }

    /// Inputs of the block.
    static func samples(_ count: Int, seed: UInt64) -> [[String: FloatTensor]] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            let values = (0..<length * width).map { _ in normal(&generator) }
            return ["x": FloatTensor(shape: [1, length, width], values: values)]
        }
    }

    /// Marsaglia's polar method, to the nearest float32.
    private static func normal(_ generator: inout SeededGenerator) -> Double {
        while true {
            let u = Double(Int64(bitPattern: generator.next()) >> 11) * 0x1p-52
            let v = Double(Int64(bitPattern: generator.next()) >> 11) * 0x1p-52
            let s = u * u + v * v
            if s > 0, s < 1 {
                return Double(Float(u * (-2 * ReproducibleMath.log(s) / s).squareRoot()))
            }
        }
    }

    private mutating func add(
        _ type: String, _ inputs: [String], _ output: String,
        _ attributes: [(String, TestModel.Attribute)] = []
    ) -> String {
        nodes.append(.init(type, inputs, [output], attributes, name: output))
        return output
    }

    private mutating func matrix(_ name: String, _ rows: Int, _ columns: Int) -> String {
        let scale = 1 / Double(rows).squareRoot()
        constants.append(
            .floats(
                name, [rows, columns],
                (0..<rows * columns).map { _ in Float(scale * Self.normal(&generator)) }))
        return name
    }

    private mutating func vector(_ name: String, _ count: Int, around mean: Double = 0) -> String {
        constants.append(
            .floats(
                name, [count],
                (0..<count).map { _ in Float(mean + 0.02 * Self.normal(&generator)) }))
        return name
    }

    private mutating func normalised(_ x: String, _ name: String) -> String {
        let scale = vector("\(name).scale", Self.width, around: 1)
        let shift = vector("\(name).shift", Self.width)
        return add("LayerNormalization", [x, scale, shift], name, [("axis", .int(-1))])
    }

    private mutating func linear(_ x: String, _ name: String, _ rows: Int, _ columns: Int) -> String
    {
        let product = add("MatMul", [x, matrix("\(name).w", rows, columns)], "\(name).product")
        return add("Add", [product, vector("\(name).b", columns)], name)
    }

    private mutating func model() -> TestModel {
        let (length, width, heads) = (Self.length, Self.width, Self.heads)
        constants = [
            .ints("apart", [4], [1, length, heads, width / heads]),
            .ints("joined", [3], [1, length, width]), .floats("root", [], [4]),
            .floats("√2", [], [Float(2).squareRoot()]), .floats("one", [], [1]),
            .floats("half", [], [0.5]),
        ]
        let normal = normalised("x", "attention.norm")
        var parts: [String] = []
        for (name, order) in [("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])] {
            let apart = add(
                "Reshape", [linear(normal, name, width, width), "apart"], "\(name).apart")
            parts.append(add("Transpose", [apart], "\(name).heads", [("perm", .ints(order))]))
        }
        let products = add("MatMul", [parts[0], parts[1]], "products")
        let scores = add("Div", [products, "root"], "scores")
        let weights = add("Softmax", [scores], "attention", [("axis", .int(-1))])
        let mixed = add("MatMul", [weights, parts[2]], "mixed")
        let ordered = add(
            "Transpose", [mixed], "ordered", [("perm", .ints([0, 2, 1, 3]))])
        let joined = add("Reshape", [ordered, "joined"], "rows")
        let stream = add("Add", ["x", linear(joined, "projection", width, width)], "stream")
        let up = linear(normalised(stream, "mlp.norm"), "up", width, Self.hidden)
        let erf = add("Erf", [add("Div", [up, "√2"], "up.scaled")], "erf")
        let gate = add("Mul", [up, add("Add", [erf, "one"], "gate")], "gated")
        let down = linear(add("Mul", [gate, "half"], "gelu"), "down", Self.hidden, width)
        _ = add("Add", [stream, down], "y")
        return TestModel {
            $0.nodes = nodes
            $0.initializers = constants
            $0.inputs = [.init(shape: [.fixed(1), .fixed(length), .fixed(width)])]
        }
    }
}
