import Circuits
import Testing

@testable import Models

/// Tables of functions: how accurate, how large, and where they end.
@Suite("Elementwise functions") struct ElementwiseTests {
    static let ranges: [(String, ClosedRange<Double>)] = [
        ("Abs", -3...3), ("Celu", -6...6), ("Cos", -9...9), ("Elu", -5...5), ("Erf", -4...4),
        ("Exp", -20...0), ("Exp", -3...6), ("HardSigmoid", -4...4), ("HardSwish", -5...5),
        ("Log", 0.125...20), ("Log", 100...130), ("Mish", -8...8), ("Reciprocal", 0.25...9),
        ("Reciprocal", -8...(-0.5)), ("Selu", -5...5), ("Sigmoid", -30...30), ("Sin", -20...20),
        ("Softplus", -10...10), ("Softsign", -30...30), ("Sqrt", 0...50), ("Tanh", -9...9),
    ]

    private static func model(_ nodes: TestModel.Node..., count: Int) -> TestModel {
        TestModel { model in
            model.nodes = nodes
            model.inputs = [.init(shape: [.fixed(count)])]
        }
    }

    private static func compile(
        _ model: TestModel, _ values: [Double], change: (inout CompileOptions) -> Void = { _ in }
    ) throws -> (model: CompiledModel, graph: ModelGraph, sample: [String: FloatTensor]) {
        var options = CompileOptions()
        change(&options)
        let graph = try ModelGraph(onnx: model.bytes)
        let sample = ["x": FloatTensor(shape: [values.count], values: values)]
        let compiled = try ModelCompiler.compile(graph, samples: [sample], options: options)
        return (compiled, graph, sample)
    }

    @Test("err by about a unit of the result", arguments: ranges)
    func accuracy(name: String, range: ClosedRange<Double>) throws {
        let count = 777
        let width = range.upperBound - range.lowerBound
        let values = (0..<count).map {
            range.lowerBound + width * Double($0) / Double(count - 1)
        }
        for outOfRange in OutOfRange.allCases {
            let compiled = try Self.compile(Self.model(.init(name), count: count), values) {
                $0.outOfRange = outOfRange
            }
            let report = try CalibrationReport(
                compiled.model, of: compiled.graph, on: [compiled.sample])
            #expect(report.refusedCount == 0)
            let outputs = try FloatInterpreter(compiled.graph).run(compiled.sample)
            guard case .float(let floats) = outputs[0] else {
                Issue.record("integers")
                return
            }
            let reach = floats.values.map(\.magnitude).max() ?? 0
            let unit = FixedPointFormat(fitting: -reach...reach, bits: 10).unit
            #expect(report.maxAbsError <= 2.5 * unit, "\(report.maxAbsError / unit) units")
            #expect(report.maxAbsError <= report.outputs[0].errorBound)
        }
    }

    @Test("end where the samples do")
    func ends() throws {
        let values = [0.5, 1, 2, 4]
        let (log, _, _) = try Self.compile(Self.model(.init("Log"), count: 4), values)
        let format = log.circuit.inputs[0].port.format
        let integers = [0, -5, format.quantised(0.5), format.quantised(4)].map(Int64.init)
        let outputs = try log.interpreter().outputs([integers])[0]
        #expect(outputs[0] == outputs[2] && outputs[1] == outputs[2])
        let reals = log.circuit.outputs[0].port.reals(outputs)
        #expect((reals[0] + 0.6931).magnitude < 0.01 && (reals[3] - 1.3863).magnitude < 0.01)
    }

    @Test("patterns are one table", arguments: ["silu", "gelu_erf", "gelu_tanh", "mish", "chain"])
    func patterns(name: String) throws {
        let fixture = try Fixture("pattern_\(name)")
        let graph = try fixture.graph()
        #expect(graph.nodes.count == 1 && graph.nodes[0].operation is ComposedFunction)
        let model = try ModelCompiler.compile(graph, samples: [["x": fixture.inputs[0]]])
        #expect(model.circuit.gadgets.count == 1)
    }

    @Test(
        "normalisation of basic operators is one operation",
        arguments: [
            ("layernorm_pytorch", [2], true), ("layernorm_tensorflow", [2], true),
            ("layernorm_channels", [1], true), ("rmsnorm", [2], false),
            ("rmsnorm_power", [2], false),
        ])
    func normalizations(name: String, axes: [Int], isCentred: Bool) throws {
        let graph = try Fixture("pattern_\(name)").graph()
        let node = try #require(graph.nodes.first { $0.operation is Normalization })
        let epsilon = Double(Float(1e-5))
        #expect(
            node.operation as? Normalization
                == Normalization(axes: axes, epsilon: epsilon, isCentred: isCentred))
        #expect(node.operands == graph.inputs && node.fused.count >= 6)
        // The deviation is an output of one of them.
        let roots = graph.nodes.count { $0.operation is SquareRoot }
        #expect(roots == (name == "layernorm_channels" ? 1 : 0))
    }

    @Test("a rotary embedding with constant tables is linear: the output alone is rounded")
    func rotaryEmbedding() throws {
        let fixture = try Fixture("pattern_rotary")
        let model = try ModelCompiler.compile(
            fixture.graph(), samples: [["x": fixture.inputs[0]]])
        let roundings = zip(model.circuit.gadgets, model.gadgetNames).filter { gadget, _ in
            if case .requantise = gadget { true } else { false }
        }
        #expect(roundings.map(\.1) == ["y"])
        #expect(model.circuit.functionTables.isEmpty)
    }

    @Test("a difference over another deviation stays what it is")
    func noNormalization() throws {
        let graph = try Fixture("pattern_not_a_layernorm").graph()
        #expect(!graph.nodes.contains { $0.operation is Normalization })
    }

    @Test("what is read elsewhere is not fused, and what comes before a sum is")
    func fusionLimits() throws {
        let twice = try Fixture("pattern_gate_read_twice").graph()
        #expect(twice.nodes.count == 3)
        let sum = try Fixture("pattern_after_sum").graph()
        #expect(sum.nodes.count == 2 && sum.nodes[1].operation is ComposedFunction)
        // One table and no product: left to the layers.
        let plain = try ModelGraph(
            onnx: TestModel(
                .init("Mul", ["x", "c"], ["a"]), .init("Add", ["a", "c"], ["b"]),
                .init("Relu", ["b"])
            ) { $0.initializers = [.floats("c", [], [0.5])] }.bytes)
        #expect(plain.nodes.count == 3)
    }
}

/// Integers and truth values that depend on the model's inputs.
@Suite("Integer data") struct IntegerDataTests {
    private static func compile(
        _ model: TestModel, samples: [[String: FloatTensor]]
    ) throws -> CompiledModel {
        try ModelCompiler.compile(ModelGraph(onnx: model.bytes), samples: samples)
    }

    private static func integers(_ values: [Double]) -> FloatTensor {
        FloatTensor(shape: [values.count], values: values)
    }

    @Test("comparisons and signs are exact far beyond any table")
    func wideComparisons() throws {
        let model = TestModel(
            .init("Mul", ["x", "big"], ["p"]), .init("Greater", ["p", "z"], ["y"]),
            .init("Equal", ["p", "z"], ["e"]), .init("Sub", ["p", "z"], ["d"]),
            .init("Sign", ["d"], ["s"])
        ) {
            $0.inputs = ["x", "z"].map { .init(name: $0, type: 7, shape: [.fixed(4)]) }
            $0.initializers = [.ints("big", [], [1 << 20])]
            $0.outputs = ["y", "e", "s"]
        }
        let samples = [
            [
                "x": Self.integers([5000, -5000, 0, 1]),
                "z": Self.integers([1_000_000, 2_000_000_000, -2_000_000_000, 1]),
            ]
        ]
        let compiled = try Self.compile(model, samples: samples)
        let (x, z): ([Int64], [Int64]) = (
            [1000, 1000, 1000, -3], [1000 << 20, (1000 << 20) - 1, (1000 << 20) + 1, 0]
        )
        let outputs = try compiled.interpreter().outputs([x, z])
        #expect(outputs == [[0, 1, 0, 0], [1, 0, 0, 0], [0, 1, -1, -1]])
        #expect(compiled.errorBounds == [0, 0, 0])
        #expect(compiled.circuit.outputs.allSatisfy { $0.port.fractionalBits == 0 })
    }

    @Test("a constant between two integers is neither")
    func betweenIntegers() throws {
        let model = TestModel(
            .init("Cast", ["x"], ["f"], [("to", .int(1))]), .init("Less", ["f", "c"], ["y"]),
            .init("Equal", ["f", "c"], ["e"])
        ) {
            $0.inputs[0] = .init(name: "x", type: 7, shape: [.fixed(3)])
            $0.initializers = [.floats("c", [], [2.5])]
            $0.outputs = ["y", "e"]
        }
        let compiled = try Self.compile(model, samples: [["x": Self.integers([2, 3, -9])]])
        #expect(try compiled.interpreter().outputs([[2, 3, -9]]) == [[1, 0, 1], [0, 0, 0]])
    }

    @Test("what is no integer of an unsigned type has no proof", arguments: [9, 2, 4])
    func unsignedInputs(type: Int) throws {
        let model = TestModel(.init("Cast", ["x"], ["y"], [("to", .int(1))])) {
            $0.inputs[0] = .init(name: "x", type: type, shape: [.fixed(4)])
        }
        let last: Int64 = [9: 1, 2: 255, 4: 65535][type] ?? 0
        let compiled = try Self.compile(model, samples: [["x": Self.integers([0, 1, 0, 1])]])
        let interpreter = try compiled.interpreter()
        #expect(try interpreter.outputs([[0, 1, last, 0]]) == [[0, 1, last, 0]])
        #expect(compiled.circuit.inputs[0].port.domain.lowest < 0)
        for outside in [-1, Int64(compiled.circuit.inputs[0].port.domain.lowest)] {
            #expect(throws: WitnessError.self) { try interpreter.outputs([[0, 1, 0, outside]]) }
        }
    }

    @Test("functions of integers beyond a table are refused")
    func beyondTables() throws {
        let model = TestModel(.init("Mod", ["x", "m"], name: "rest")) {
            $0.inputs[0] = .init(name: "x", type: 7, shape: [.fixed(2)])
            $0.initializers = [.ints("m", [], [7])]
        }
        let error = #expect(throws: LoweringError.self) {
            try Self.compile(model, samples: [["x": Self.integers([0, 1_000_000])]])
        }
        #expect("\(String(describing: error))".contains("rest"))
        #expect("\(String(describing: error))".contains("16 bits"))
    }

    @Test("random inputs are integers of the type")
    func syntheticSamples() throws {
        let model = TestModel(.init("Not", ["x"], ["y"])) {
            $0.inputs[0] = .init(name: "x", type: 9, shape: [.fixed(4)])
        }
        let compiled = try Self.compile(model, samples: [])
        #expect(compiled.circuit.outputs[0].port.bits == 2)
    }
}
