import Circuits
import Testing

@testable import Models

/// What the compiler makes of small models, gadget by gadget, and what it refuses.
@Suite("Compiler") struct CompilerTests {
    private static func compile(
        _ model: TestModel, change: (inout CompileOptions) -> Void = { _ in }
    ) throws -> CompiledModel {
        var options = CompileOptions()
        change(&options)
        return try ModelCompiler.compile(
            ModelGraph(onnx: model.bytes), samples: [], options: options)
    }

    private static func image(
        _ nodes: [TestModel.Node], _ constants: [TestModel.Tensor], shape: [Int] = [1, 2, 6, 6]
    ) -> TestModel {
        TestModel { model in
            model.nodes = nodes
            model.initializers = constants
            model.inputs = [.init(shape: shape.map { .fixed($0) })]
        }
    }

    private static func ramp(_ name: String, _ shape: [Int]) -> TestModel.Tensor {
        let count = shape.reduce(1, *)
        return .floats(name, shape, (0..<count).map { Float(($0 * 7) % 11) / 11 - 0.4 })
    }

    private struct Count: Equatable {
        var einsums = 0
        var requantisations = 0
        var merges = 0
        var maxima = 0

        init(einsums: Int = 0, requantisations: Int = 0, merges: Int = 0, maxima: Int = 0) {
            self.einsums = einsums
            self.requantisations = requantisations
            self.merges = merges
            self.maxima = maxima
        }

        init(_ circuit: Circuit) {
            for gadget in circuit.gadgets {
                switch gadget {
                case .einsum: einsums += 1
                case .requantise: requantisations += 1
                case .merge: merges += 1
                case .maximum: maxima += 1
                default: break
                }
            }
        }
    }

    @Test("everything linear after a convolution is folded into it")
    func folding() throws {
        let model = try Self.compile(
            Self.image(
                [
                    .init("Conv", ["x", "w", "b"], ["c"], name: "conv"),
                    .init("BatchNormalization", ["c", "s", "o", "m", "v"], ["n"]),
                    .init("Mul", ["n", "half"], ["h"]), .init("Add", ["h", "o3"], ["a"]),
                    .init("Neg", ["a"], ["g"]), .init("Relu", ["g"], ["y"], name: "act"),
                ],
                [
                    Self.ramp("w", [3, 2, 3, 3]), Self.ramp("b", [3]), Self.ramp("s", [3]),
                    Self.ramp("o", [3]), Self.ramp("m", [3]), .floats("v", [3], [1, 2, 3]),
                    .floats("half", [], [0.5]), Self.ramp("o3", [3, 1, 1]),
                ]))
        #expect(Count(model.circuit) == Count(einsums: 1, requantisations: 1))
        #expect(model.gadgetNames.contains("conv") && model.gadgetNames.contains("act"))
    }

    @Test("a flattened image meets the matrix under its own axes")
    func flatten() throws {
        let model = try Self.compile(
            Self.image(
                [
                    .init("MaxPool", ["x"], ["p"], [("kernel_shape", .ints([2, 2]))]),
                    .init("Flatten", ["p"], ["f"]),
                    .init("Gemm", ["f", "w", "b"], ["y"], [("transB", .int(1))]),
                ], [Self.ramp("w", [4, 50]), Self.ramp("b", [4])]))
        #expect(Count(model.circuit) == Count(einsums: 1, maxima: 1))
        #expect(model.circuit.constants.contains { $0.extents == [2, 5, 5, 4] })
    }

    @Test("a residual joins the accumulators before they are rounded")
    func residual() throws {
        let model = try Self.compile(
            Self.image(
                [
                    .init("Conv", ["x", "w"], ["c"], [("pads", .ints([1, 1, 1, 1]))]),
                    .init("Add", ["c", "x"], ["a"]), .init("Relu", ["a"], ["y"]),
                ], [Self.ramp("w", [2, 2, 3, 3])]))
        let count = Count(model.circuit)
        #expect(count.requantisations == 1 && count.merges == 0)
    }

    @Test("outputs may be inputs, renamed inputs, or several values")
    func outputs() throws {
        let model = try Self.compile(
            TestModel(
                .init("Identity", ["x"], ["same"]), .init("Transpose", ["x"], ["turned"]),
                .init("Relu", ["x"], ["y"])
            ) { $0.outputs = ["y", "same", "turned", "x"] })
        let x: [Int64] = [-4, 1, 2, 3, -5, 6]
        let outputs = try model.interpreter().outputs([x])
        #expect(outputs[1] == x && outputs[3] == x)
        #expect(outputs[2] == [-4, 3, 1, -5, 2, 6])
        #expect(model.outputShapes == [[2, 3], [2, 3], [3, 2], [2, 3]])
    }

    @Test("outputs may be constants")
    func constantOutput() throws {
        let model = try Self.compile(
            TestModel(.init("Relu")) {
                $0.outputs = ["y", "c", "n"]
                $0.initializers = [.floats("c", [2], [0.5, -3]), .ints("n", [1], [7])]
            })
        let outputs = try model.interpreter().outputs([[1, 2, 3, 4, 5, 6]])
        #expect(model.circuit.outputs[1].port.reals(outputs[1]) == [0.5, -3])
        #expect(model.circuit.outputs[2].port.reals(outputs[2]) == [7])
    }

    @Test("a committed output is the committed input of the next model")
    func chaining() throws {
        let nodes = [TestModel.Node("Gemm", ["x", "w"], ["y"])]
        let first = try Self.compile(
            Self.image(nodes, [Self.ramp("w", [3, 4])], shape: [2, 3])
        ) {
            $0.outputVisibility = .committed
            $0.outputBits = 16
        }
        let port = first.circuit.outputs[0].port
        let second = try Self.compile(
            Self.image(nodes, [Self.ramp("w", [4, 2])], shape: [2, 4])
        ) {
            $0.inputVisibility = .committed
            $0.inputFormats = ["x": port.format]
        }
        let input = second.circuit.inputs[0]
        #expect(input.port.bits == port.bits)
        #expect(input.port.fractionalBits == port.fractionalBits)
        #expect(input.shape.extents == first.outputShapes[0])
        #expect(port.bits <= 16)
    }

    @Test("integers and batches above one need nothing special")
    func integersAndBatches() throws {
        let model = try Self.compile(
            TestModel(
                .init("Cast", ["x"], ["f"], [("to", .int(1))]), .init("Gemm", ["f", "w"], ["y"])
            ) {
                $0.inputs = [.init(type: 2, shape: [.fixed(5), .fixed(7)])]
                $0.initializers = [Self.ramp("w", [7, 1])]
            }
        ) { $0.inputRange = 0...255 }
        #expect(model.circuit.inputs[0].port.fractionalBits == 0)
        #expect(model.circuit.inputs[0].port.bits == 9)
        #expect(model.outputShapes == [[5, 1]])
    }

    @Test("costs are told by layer")
    func layerCosts() throws {
        let model = try Self.compile(
            Self.image(
                [
                    .init("Conv", ["x", "w"], ["c"], name: "first"),
                    .init("Sigmoid", ["c"], ["y"], name: "second"),
                ], [Self.ramp("w", [2, 2, 3, 3])]))
        let costs = model.layerCosts
        #expect(costs.map(\.name) == ["first", "second", "y"])
        #expect(costs[0].cost.multiplyAdds == 2 * 2 * 9 * 16)
        #expect(costs[1].cost.adviceCells >= 3 * 32)
    }
}

/// What is refused, and by which name.
@Suite("Compiler refusals") struct CompilerRefusalTests {
    private func error(
        _ model: TestModel, samples: [[String: FloatTensor]] = [],
        change: (inout CompileOptions) -> Void = { _ in }
    ) throws -> LoweringError {
        var options = CompileOptions()
        change(&options)
        let graph = try ModelGraph(onnx: model.bytes)
        do throws(LoweringError) {
            _ = try ModelCompiler.compile(graph, samples: samples, options: options)
        } catch {
            return error
        }
        Issue.record("compiled")
        return .unusedInput("")
    }

    @Test func optionsOutOfRange() throws {
        let model = TestModel(.init("Relu"))
        for (name, change) in [
            ("bits", { $0.bits = 17 }), ("bits", { $0.bits = 3 }),
            ("outputBits", { $0.outputBits = 33 }), ("limbBits", { $0.limbBits = 7 }),
        ] as [(String, (inout CompileOptions) -> Void)] {
            guard case .option(let found, _, _) = try error(model, change: change) else {
                Issue.record("\(name)")
                continue
            }
            #expect(found == name)
        }
    }

    @Test func unusedInput() throws {
        let model = TestModel(.init("Relu")) {
            $0.inputs.append(.init(name: "extra", shape: [.fixed(2)]))
        }
        guard case .unusedInput("extra") = try error(model) else {
            Issue.record("not refused as unused")
            return
        }
    }

    @Test func outOfScale() throws {
        let model = TestModel(.init("Gemm", ["x", "w", "b"], ["y"])) {
            $0.initializers = [
                .floats("w", [3, 2], [1, 2, 3, 4, 5, 6]), .floats("b", [2], [3e38, 0]),
            ]
        }
        let error = try error(model)
        guard case .outOfScale("y", _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    /// Unlike ports, values in between may be of any magnitude that activations reach.
    @Test func largeActivations() throws {
        // x · 2^90 and back.
        let model = TestModel(
            .init("Mul", ["x", "up"], ["h"]), .init("Relu", ["h"], ["r"]),
            .init("MatMul", ["r", "down"], ["y"])
        ) {
            $0.initializers = [
                .floats("up", [1], [0x1p90]),
                .floats("down", [3, 1], [0x1p-90, 0x1p-90, -0x1p-90]),
            ]
        }
        let graph = try ModelGraph(onnx: model.bytes)
        let x = FloatTensor(shape: [2, 3], values: [0.5, 0.25, -0.75, -1, 0.125, 1])
        let compiled = try ModelCompiler.compile(graph, samples: [["x": x]])
        let port = compiled.circuit.inputs[0].port
        let output = try compiled.interpreter().outputs([try port.quantised(x.values)])[0]
        for (y, expected) in zip(compiled.circuit.outputs[0].port.reals(output), [0.75, -0.875]) {
            #expect((y - expected).magnitude <= compiled.errorBounds[0])
            #expect(compiled.errorBounds[0] < 0.05)
        }
        // As an input it has no port.
        var options = CompileOptions()
        options.inputRange = -0x1p90...0x1p90
        let large = try ModelGraph(onnx: TestModel(.init("Relu")).bytes)
        guard
            case .outOfScale("x", _) = #expect(
                throws: LoweringError.self,
                performing: {
                    try ModelCompiler.compile(large, samples: [], options: options)
                })
        else {
            Issue.record("not refused as out of scale")
            return
        }
    }

    /// Each concatenation holds all before it: claims on the last one must not become claims on
    /// all of them.
    @Test func denseBlock() throws {
        let count = 150
        var model = TestModel(.init("Neg", ["x"], ["n"]))
        var last = "x"
        for index in 0..<count {
            let next = index == count - 1 ? "y" : "c\(index)"
            model.nodes.append(.init("Concat", [last, "n"], [next], [("axis", .int(1))]))
            last = next
        }
        let graph = try ModelGraph(onnx: model.bytes)
        let x = FloatTensor(shape: [2, 3], values: [0.5, 0.25, -0.75, -1, 0.125, 0.875])
        let compiled = try ModelCompiler.compile(graph, samples: [["x": x]])
        let port = compiled.circuit.inputs[0].port
        let output = try compiled.interpreter().outputs([try port.quantised(x.values)])[0]
        let y = compiled.circuit.outputs[0].port.reals(output)
        #expect(y.count == 2 * 3 * (count + 1))
        for (row, values) in [[0.5, 0.25, -0.75], [-1, 0.125, 0.875]].enumerated() {
            for column in 0..<3 * (count + 1) {
                let expected = column < 3 ? values[column] : -values[column % 3]
                let error = (y[row * 3 * (count + 1) + column] - expected).magnitude
                #expect(error <= compiled.errorBounds[0])
            }
        }
    }

    @Test func accumulatorOverflow() throws {
        // On the samples the huge weights cancel; their bounds do not.
        let model = TestModel(
            .init("Gemm", ["x", "w"], ["g"], name: "huge"), .init("Relu", ["g"], ["y"], name: "act")
        ) {
            $0.inputs = [.init(shape: [.fixed(1), .fixed(2)])]
            $0.initializers = [.floats("w", [2, 1], [1e18, -1e18])]
        }
        let error = try error(model, samples: [["x": FloatTensor(shape: [1, 2], values: [1, 1])]])
        guard case .accumulatorOverflow("act", _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.description.contains("act"))
    }

    @Test func reshapeThatCutsAcross() throws {
        let model = TestModel(
            .init("Reshape", ["x", "s"], ["r"], name: "cut"), .init("Relu", ["r"], ["y"])
        ) {
            $0.inputs = [.init(shape: [.fixed(1031), .fixed(1033)])]
            $0.initializers = [.ints("s", [2], [1033, 1031])]
        }
        let zeros = [Double](repeating: 0, count: 1031 * 1033)
        let sample = ["x": FloatTensor(shape: [1031, 1033], values: zeros)]
        let error = try error(model, samples: [sample])
        guard case .reshapeTooLarge("cut", _, _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func sampleThatDoesNotFit() throws {
        let graph = try ModelGraph(onnx: TestModel(.init("Relu")).bytes)
        #expect(throws: LoweringError.self) {
            try ModelCompiler.compile(
                graph, samples: [["x": FloatTensor(shape: [1], values: [0])]])
        }
    }

    @Test func inputsOutOfRange() throws {
        let saturating = Port(name: "x", bits: 8, fractionalBits: 4, saturates: true)
        #expect(try saturating.quantised([100, -100, 0.03125]) == [127, -128, 1])
        let port = Port(name: "x", bits: 8, fractionalBits: 4)
        // What rounds to the last integer is inside: 127/16 and a little less than half a unit.
        #expect(try port.quantised([7.9375, 7.96, -8, -8.03125]) == [127, 127, -128, -128])
        for beyond in [8, 7.96875, -8.04, 1e300, -1e308] as [Double] {
            #expect(throws: InputError.outOfRange(input: "x", index: 1)) {
                try port.quantised([1, beyond])
            }
            #expect(saturating.outOfRangeCount([1, beyond, 0, beyond]) == 2)
        }
        #expect(saturating.outOfRangeCount([7.9375, 7.96, -8, -8.03125]) == 0)
        for port in [port, saturating] {
            for value in [Double.nan, .infinity, -.infinity] {
                #expect(throws: InputError.notFinite(input: "x", index: 0)) {
                    try port.quantised([value])
                }
            }
        }
    }

    /// What happens to an input out of range is part of the model, and so of its key.
    @Test(arguments: [Visibility.public, .committed]) func portsSayWhatHappens(
        visibility: Visibility
    ) throws {
        let graph = try ModelGraph(onnx: TestModel(.init("Relu")).bytes)
        var options = CompileOptions()
        options.inputVisibility = visibility
        for outOfRange in OutOfRange.allCases {
            options.outOfRange = outOfRange
            let circuit = try ModelCompiler.compile(graph, samples: [], options: options).circuit
            #expect(circuit.inputs.map(\.port.saturates) == [outOfRange == .saturate])
            #expect(circuit.outputs.map(\.port.saturates) == [false])
        }
    }
}
