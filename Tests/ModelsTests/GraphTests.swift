import TestSupport
import Testing

@testable import Models

/// What resolution makes of a model: extents, order, payloads.
@Suite("Graph") struct GraphTests {
    @Test("open extents come from shapes, symbols and the batch, in this order")
    func bindings() throws {
        var model = TestModel(.init("Add", ["x", "z"]))
        model.inputs = [
            .init(name: "x", shape: [.symbol("N"), .symbol("M")]),
            .init(name: "z", shape: [.symbol("N"), .fixed(1)]),
        ]
        func shape(_ bindings: InputBindings) throws -> [Int] {
            let graph = try ModelGraph(onnx: model.bytes, bindings: bindings)
            return graph.values[graph.outputs[0]].shape
        }
        #expect(try shape(.init(symbols: ["M": 5])) == [1, 5])
        #expect(try shape(.init(batch: 3, symbols: ["M": 5])) == [3, 5])
        #expect(try shape(.init(batch: 3, symbols: ["M": 5, "N": 2])) == [2, 5])
        #expect(try shape(.init(batch: 3, shapes: ["x": [7, 4]])) == [7, 4])
        #expect(throws: ModelError.unboundDimension(input: "x", axis: 1, symbol: "M")) {
            try shape(.init())
        }
        #expect(throws: ModelError.inputShape(input: "x", expected: "[N, M]", actual: "[7]")) {
            try shape(.init(shapes: ["x": [7]]))
        }
        #expect(throws: ModelError.inputShape(input: "z", expected: "[N, 1]", actual: "[2, 1]")) {
            try shape(.init(shapes: ["x": [7, 4], "z": [2, 1]]))
        }
        #expect(throws: ModelError.inputUnknown("q")) { try shape(.init(shapes: ["q": [1]])) }
        #expect(throws: ModelError.self) { try shape(.init(batch: 0, symbols: ["M": 5])) }
        #expect(throws: ModelError.self) { try shape(.init(batch: .max, symbols: ["M": .max])) }
    }

    @Test("a second open dimension has to be named")
    func openDimension() throws {
        var model = TestModel(.init("Relu"))
        model.inputs[0].shape = [.open, .open]
        #expect(throws: ModelError.unboundDimension(input: "x", axis: 1, symbol: nil)) {
            try ModelGraph(onnx: model.bytes)
        }
        let graph = try ModelGraph(onnx: model.bytes, bindings: .init(shapes: ["x": [2, 9]]))
        #expect(graph.values[graph.inputs[0]].shape == [2, 9])
    }

    @Test("an input without elements is a constant")
    func emptyInput() throws {
        var model = TestModel(.init("Concat", ["cache", "x"], ["y"], [("axis", .int(0))]))
        model.inputs.append(.init(name: "cache", shape: [.symbol("past"), .fixed(3)]))
        let graph = try ModelGraph(onnx: model.bytes, bindings: .init(symbols: ["past": 0]))
        #expect(graph.inputs.map { graph.values[$0].name } == ["x"])
        let x = FloatTensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6])
        #expect(try FloatInterpreter(graph).run(["x": x]) == [.float(x)])
        let compiled = try ModelCompiler.compile(graph, samples: [["x": x]])
        let port = compiled.circuit.inputs[0].port
        let y = try compiled.interpreter().outputs([try port.quantised(x.values)])[0]
        #expect(compiled.circuit.outputs[0].port.reals(y) == [1, 2, 3, 4, 5, 6])
    }

    @Test("Dropout's mask is 1 everywhere, a boolean since opset 10")
    func dropoutMask() throws {
        for (opset, type) in [(9, ElementType.float), (10, .bool), (17, .bool)] {
            let model = TestModel(.init("Dropout", ["x"], ["y", "m"]), opset: opset) {
                $0.outputs = ["m", "y"]
            }
            let graph = try ModelGraph(onnx: model.bytes)
            #expect(graph.values[graph.outputs[0]].type == ValueType(type, [2, 3]))
            let x = FloatTensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6])
            let mask: Tensor =
                type == .bool
                ? .int(IntTensor(shape: [2, 3], values: [Int](repeating: 1, count: 6)))
                : .float(FloatTensor(shape: [2, 3], values: [Double](repeating: 1, count: 6)))
            #expect(try FloatInterpreter(graph).run(["x": x]) == [mask, .float(x)])
        }
    }

    @Test("Dropout in training mode drops nothing with ratio 0, and is refused with another")
    func dropoutInTraining() throws {
        func graph(_ ratio: Float) throws -> ModelGraph {
            let model = TestModel(.init("Dropout", ["x", "r", "t"])) {
                $0.initializers = [
                    .floats("r", [], [ratio]), .init(name: "t", shape: [], type: 9, raw: [1]),
                ]
            }
            return try ModelGraph(onnx: model.bytes)
        }
        _ = try graph(0)
        #expect(throws: ModelError.self) { try graph(0.5) }
    }

    @Test("initialisers may be listed as inputs")
    func oldStyleInputs() throws {
        var model = TestModel(.init("Add", ["x", "c"]))
        model.initializers = [.floats("c", [3], [1, 2, 3])]
        model.inputs.append(.init(name: "c", shape: [.fixed(3)]))
        let graph = try ModelGraph(onnx: model.bytes)
        #expect(graph.inputs.count == 1)
        #expect(graph.values.count == 3)
    }

    @Test("nodes are sorted and what no output needs is left out")
    func orderAndPruning() throws {
        var model = TestModel(
            .init("Neg", ["b"], ["y"]), .init("Relu", ["a"], ["b"]), .init("Tanh", ["b"], ["dead"]),
            .init("Add", ["x", "sum"], ["a"]), .init("Add", ["c", "c"], ["sum"]))
        model.initializers = [.floats("c", [3], [1, 2, 3]), .floats("unused", [2], [1, 2])]
        let graph = try ModelGraph(onnx: model.bytes)
        #expect(graph.nodes.map(\.reference.operatorName) == ["Add", "Relu", "Neg"])
        #expect(graph.values.map(\.name).sorted() == ["a", "b", "sum", "x", "y"])
        let sum = try #require(graph.values.first { $0.name == "sum" })
        #expect(sum.constant == .float(FloatTensor(shape: [3], values: [2, 4, 6])))
        let output = try FloatInterpreter(graph).run([
            "x": FloatTensor(shape: [2, 3], values: [-1, -5, 0, 1, 2, 3])
        ])
        #expect(output == [.float(FloatTensor(shape: [2, 3], values: [-1, 0, -6, -3, -6, -9]))])
    }

    @Test("an input that nothing uses stays an input")
    func unusedInput() throws {
        var model = TestModel(.init("Relu"))
        model.inputs.append(.init(name: "spare", shape: [.fixed(4)]))
        let graph = try ModelGraph(onnx: model.bytes)
        #expect(graph.inputs.map { graph.values[$0].name } == ["x", "spare"])
        #expect(throws: ModelError.inputMissing("spare")) {
            try FloatInterpreter(graph).run([
                "x": FloatTensor(shape: [2, 3], values: .init(repeating: 0, count: 6))
            ])
        }
    }

    @Test("automatic padding is resolved")
    func resolvedPadding() throws {
        func axis(_ mode: String, input: Int, kernel: Int, stride: Int, dilation: Int = 1) throws
            -> Window.Axis
        {
            var model = TestModel(
                .init(
                    "Conv", ["x", "w"], ["y"],
                    [
                        ("auto_pad", .string(mode)), ("strides", .ints([stride])),
                        ("dilations", .ints([dilation])),
                    ]))
            model.inputs[0].shape = [.fixed(1), .fixed(1), .fixed(input)]
            model.initializers = [
                .floats("w", [1, 1, kernel], [Float](repeating: 1, count: kernel))
            ]
            let graph = try ModelGraph(onnx: model.bytes)
            let conv = try #require(graph.nodes[0].operation as? Conv)
            #expect(graph.values[graph.outputs[0]].shape == [1, 1, conv.window.columns.output])
            return conv.window.columns
        }
        let upper = try axis("SAME_UPPER", input: 7, kernel: 4, stride: 2)
        #expect((upper.padBegin, upper.padEnd, upper.output) == (1, 2, 4))
        let lower = try axis("SAME_LOWER", input: 7, kernel: 4, stride: 2)
        #expect((lower.padBegin, lower.padEnd, lower.output) == (2, 1, 4))
        let dilated = try axis("SAME_UPPER", input: 7, kernel: 3, stride: 1, dilation: 2)
        #expect((dilated.padBegin, dilated.padEnd, dilated.output) == (2, 2, 7))
        let valid = try axis("VALID", input: 7, kernel: 4, stride: 2)
        #expect((valid.padBegin, valid.padEnd, valid.output) == (0, 0, 2))
    }

    @Test("taps and divisors count what the sums run over")
    func windows() throws {
        for name in Fixture.names where name.hasPrefix("averagepool") {
            let graph = try Fixture(name).graph()
            let pool = try #require(graph.nodes[0].operation as? AveragePool)
            for axis in pool.window.axes {
                for window in 0..<axis.output {
                    let inside = (0..<axis.kernel).filter {
                        (0..<axis.input).contains(axis.position(window: window, tap: $0))
                    }
                    #expect(Array(axis.taps(window: window)) == inside)
                }
            }
        }
    }

    @Test("index maps say where elements come from")
    func indexMaps() throws {
        for name in Fixture.names {
            let fixture = try Fixture(name)
            let graph = try fixture.graph()
            guard graph.nodes.count == 1,
                let movement = graph.nodes[0].operation as? any DataMovement
            else { continue }
            let input = fixture.inputs[0]
            let sources = movement.indexMap(operand: input.shape).sources
            let values = sources.map {
                $0 == IndexMap.padding ? movement.padding : input.values[$0]
            }
            #expect(values == fixture.outputs[0].values, "\(name)")
        }
    }

    @Test("the interpreter reports every value once, in order")
    func observation() throws {
        let fixture = try Fixture("network_cnn")
        let graph = try fixture.graph()
        var seen: [Int] = []
        let inputs = [graph.values[graph.inputs[0]].name: fixture.inputs[0]]
        let outputs = try FloatInterpreter(graph).run(inputs) { index, tensor in
            #expect(tensor.shape == graph.values[index].shape)
            seen.append(index)
        }
        #expect(seen == graph.inputs + graph.nodes.flatMap(\.results))
        #expect(try FloatInterpreter(graph).run(inputs) == outputs)
    }

    @Test("inputs that do not fit are refused")
    func inputs() throws {
        var model = TestModel(.init("Cast", ["x"], ["y"], [("to", .int(1))]))
        model.inputs[0].type = 2
        let interpreter = FloatInterpreter(try ModelGraph(onnx: model.bytes))
        func run(_ name: String, _ shape: [Int], _ values: [Double]) throws {
            _ = try interpreter.run([name: FloatTensor(shape: shape, values: values)])
        }
        try run("x", [2, 3], [0, 1, 2, 3, 4, 255])
        #expect(throws: ModelError.inputValue(input: "x", index: 5)) {
            try run("x", [2, 3], [0, 1, 2, 3, 4, 256])
        }
        #expect(throws: ModelError.inputValue(input: "x", index: 1)) {
            try run("x", [2, 3], [0, 1.5, 2, 3, 4, 5])
        }
        #expect(throws: ModelError.inputValue(input: "x", index: 0)) {
            try run("x", [2, 3], [.nan, 1, 2, 3, 4, 5])
        }
        #expect(throws: ModelError.inputShape(input: "x", expected: "[2, 3]", actual: "[6]")) {
            try run("x", [6], [0, 1, 2, 3, 4, 5])
        }
        #expect(throws: ModelError.inputUnknown("q")) { try run("q", [1], [0]) }
        #expect(throws: ModelError.inputMissing("x")) { try interpreter.run([:]) }
    }

    @Test("blocks of a large convolution join without a seam")
    func largeConvolution() throws {
        // 5 channels · 49 taps: the gathered operand is cut into several blocks.
        var generator = SeededGenerator(seed: 5)
        let x = FloatTensor(
            shape: [2, 5, 40, 37],
            values: (0..<2 * 5 * 40 * 37).map { _ in
                Double(Int.random(in: -9...9, using: &generator))
            })
        let weights = (0..<3 * 5 * 49).map { _ in Float(Int.random(in: -9...9, using: &generator)) }
        var model = TestModel(.init("Conv", ["x", "w"], ["y"], [("pads", .ints([3, 2, 1, 0]))]))
        model.inputs[0].shape = x.shape.map { .fixed($0) }
        model.initializers = [.floats("w", [3, 5, 7, 7], weights)]
        let graph = try ModelGraph(onnx: model.bytes)
        guard case .float(let y) = try FloatInterpreter(graph).run(["x": x])[0] else { return }
        #expect(y.shape == [2, 3, 38, 33])
        // Whole numbers, so every order of the sum gives the same.
        for (n, m, row, column) in [(0, 0, 0, 0), (1, 2, 37, 32), (0, 1, 17, 20), (1, 0, 30, 5)] {
            var sum = 0.0
            for c in 0..<5 {
                for i in 0..<7 {
                    for j in 0..<7 {
                        let (p, q) = (row + i - 3, column + j - 2)
                        guard (0..<40).contains(p), (0..<37).contains(q) else { continue }
                        sum +=
                            Double(weights[((m * 5 + c) * 7 + i) * 7 + j])
                            * x.values[((n * 5 + c) * 40 + p) * 37 + q]
                    }
                }
            }
            #expect(y.values[((n * 3 + m) * 38 + row) * 33 + column] == sum)
        }
    }
}
