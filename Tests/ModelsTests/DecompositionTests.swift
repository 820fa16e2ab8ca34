import Circuits
import Testing

@testable import Models

/// Operators written in terms of others, and nodes with several results.
@Suite("Decomposition") struct DecompositionTests {
    private static let mean = TestModel.Node(
        "ReduceMean", ["x"], ["y"], [("axes", .ints([1])), ("keepdims", .int(0))], name: "avg")

    @Test(
        "steps are nodes of the graph, named after the node; the last one bears its result's name")
    func names() throws {
        let graph = try ModelGraph(onnx: TestModel(Self.mean).bytes)
        #expect(graph.nodes.map(\.reference.name) == ["avg/sum", "avg/mean"])
        #expect(graph.nodes.allSatisfy { $0.reference.operatorName == "ReduceMean" })
        let results = graph.nodes.map { graph.values[$0.results[0]].name }
        #expect(results == ["avg/sum", "y"])
        #expect(graph.outputs.map { graph.values[$0].name } == ["y"])
    }

    @Test("without a name, operator and place name the layers") func unnamed() throws {
        var node = Self.mean
        node.name = ""
        node.inputs = ["z"]
        let graph = try ModelGraph(onnx: TestModel(.init("Relu", ["x"], ["z"]), node).bytes)
        #expect(
            graph.nodes.map(\.reference.layerName)
                == ["Relu#0", "ReduceMean#1/sum", "ReduceMean#1/mean"])
    }

    @Test("every intermediate value is calibrated and its layer costed by its own name")
    func calibration() throws {
        let graph = try ModelGraph(
            onnx: TestModel(
                .init("ReduceProd", ["x"], ["y"], [("keepdims", .int(0))], name: "p")
            ).bytes)
        let sample = ["x": FloatTensor(shape: [2, 3], values: [1, 2, 3, 0.5, 1, 1.5])]
        let calibration = try Calibration(graph, samples: [sample])
        for node in graph.nodes {
            for result in node.results { #expect(calibration.ranges[result] != nil) }
        }
        let model = try ModelCompiler.compile(graph, samples: [sample])
        let names = model.layerCosts.map(\.name)
        #expect(names.contains { $0.hasPrefix("p/level0") })
        #expect(names.allSatisfy { $0.hasPrefix("p") || $0 == "y" || $0 == "x" })
    }

    @Test("a node that changes nothing still names its result") func identity() throws {
        let graph = try ModelGraph(
            onnx: TestModel(
                .init("Expand", ["x", "s"], ["y"], name: "e"), .init("Relu", ["y"], ["z"])
            ) {
                $0.initializers = [.ints("s", [1], [1])]
                $0.outputs = ["y", "z"]
            }.bytes)
        #expect(graph.outputs.map { graph.values[$0].name } == ["y", "z"])
        let inputs = ["x": FloatTensor(shape: [2, 3], values: [1, -2, 3, -4, 5, -6])]
        let outputs = try FloatInterpreter(graph).run(inputs)
        #expect(outputs[0] == .float(FloatTensor(shape: [2, 3], values: [1, -2, 3, -4, 5, -6])))
    }

    @Test("constants are folded through all steps") func folding() throws {
        var node = Self.mean
        node.inputs = ["c"]
        let graph = try ModelGraph(
            onnx: TestModel(node, .init("Add", ["x", "y"], ["z"])) {
                $0.inputs[0].shape = [.fixed(2)]
                $0.initializers = [.floats("c", [2, 2], [1, 2, 3, 5])]
                $0.outputs = ["z"]
            }.bytes)
        #expect(graph.nodes.count == 1)
        let constant = graph.values.first { $0.name == "y" }?.constant
        #expect(constant == .float(FloatTensor(shape: [2], values: [1.5, 4])))
    }

    @Test("errors of a step name the node") func errors() throws {
        let bytes = TestModel(.init("Expand", ["x", "s"], ["y"], name: "big")) {
            $0.initializers = [.ints("s", [2], [5, 3])]
        }.bytes
        let error = #expect(throws: ModelError.self) { try ModelGraph(onnx: bytes) }
        #expect(error.map { "\($0)".contains("Expand node \"big\"") } == true)
    }

    @Test("of three results one is read, one is an output, one is neither")
    func results() throws {
        let graph = try ModelGraph(
            onnx: TestModel(
                .init("Split", ["x"], ["a", "b", "c"], [("axis", .int(1))], name: "s"),
                .init("Neg", ["c"], ["d"])
            ) { $0.outputs = ["d", "a"] }.bytes)
        #expect(graph.nodes[0].results.count == 3)
        let sample = ["x": FloatTensor(shape: [2, 3], values: [1, 2, 3, -4, -5, -6])]
        let model = try ModelCompiler.compile(graph, samples: [sample])
        let inputs = try model.circuit.inputs[0].port.quantised(sample["x"]?.values ?? [])
        let outputs = try model.interpreter().outputs([inputs])
        let reals = zip(model.circuit.outputs, outputs).map { $0.port.reals($1) }
        #expect(zip(reals[0], [-3, 6]).allSatisfy { ($0 - $1).magnitude < 0.02 })
        #expect(zip(reals[1], [1, -4]).allSatisfy { ($0 - $1).magnitude < 0.02 })
    }

    @Test("integers are moved exactly, more bits than reals get") func exactIntegers() throws {
        let graph = try ModelGraph(
            onnx: TestModel(
                .init("GatherElements", ["x", "i"], ["g"], [("axis", .int(1))]),
                .init("Cast", ["g"], ["w"], [("to", .int(7))]),
                .init("CumSum", ["w", "a"], ["s"]), .init("Cast", ["s"], ["y"], [("to", .int(1))])
            ) {
                $0.inputs[0] = .init(name: "x", type: 5, shape: [.fixed(1), .fixed(3)])
                $0.initializers = [.ints("i", [1, 4], [2, 0, 0, 1]), .ints("a", [], [1])]
            }.bytes)
        let sample = ["x": FloatTensor(shape: [1, 3], values: [6_123, 7, 6_553])]
        let model = try ModelCompiler.compile(graph, samples: [sample])
        #expect(model.errorBounds == [0])
        let outputs = try model.interpreter().outputs([[6_123, 7, 6_553]])
        #expect(
            model.circuit.outputs[0].port.reals(outputs[0])
                == [6_553, 12_676, 18_799, 18_806])
    }
}
