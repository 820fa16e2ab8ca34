import Testing

@testable import Models

/// Models that are refused, and the words by which: operator, node, attribute or tensor.
@Suite("Refusals") struct RefusalTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: [UInt8]
        let words: [String]
        let category: ModelError.Category

        init(
            _ name: String, _ model: TestModel, _ words: String...,
            category: ModelError.Category = .unsupported
        ) {
            self.init(name, model, words: words, category: category)
        }

        init(
            _ name: String, _ model: TestModel, words: [String],
            category: ModelError.Category = .unsupported
        ) {
            testDescription = name
            bytes = model.bytes
            self.words = words
            self.category = category
        }
    }

    @Test("names what is wrong", arguments: operators + graphs + tensors + attributes)
    func refusal(_ example: Case) throws {
        let error = try #require(throws: ModelError.self) { try ModelGraph(onnx: example.bytes) }
        for word in example.words { #expect("\(error)".contains(word)) }
        #expect(error.category == example.category)
    }

    static let operators: [Case] = [
        Case("unknown", TestModel(.init("Sort", name: "s7")), "Sort", "\"s7\""),
        Case("unnamed node", TestModel(.init("Sort")), "Sort node #0", "\"y\""),
        Case(
            "other domain", TestModel(.init("FusedConv", domain: "com.microsoft")), "FusedConv",
            "com.microsoft"),
        Case("opset 0", TestModel(.init("Not"), opset: 0), "opset 0", "1 to 28"),
        Case(
            "an operator before opset 6", TestModel(.init("Relu", name: "r"), opset: 5), "Relu",
            "\"r\"", "opset 5", "opset 6 or later"),
        Case("opset 29", TestModel(.init("Relu"), opset: 29), "opset 29"),
        Case(
            "old training",
            TestModel(
                .init(
                    "BatchNormalization", ["x", "s", "s", "s", "s"], ["y", "m", "v"], name: "bn"),
                opset: 9
            ) {
                $0.initializers = [.floats("s", [3], [1, 1, 1])]
            }, "\"bn\"", "training mode"),
        Case(
            "computed statistics",
            TestModel(.init("BatchNormalization", ["x", "s", "s", "s", "x"])) {
                $0.initializers = [.floats("s", [3], [1, 1, 1])]
            }, "input 4", "input_var", "constant"),
        Case(
            "pool of integers",
            TestModel(.init("MaxPool", ["x"], ["y"], [("kernel_shape", .ints([1]))], name: "p")) {
                $0.inputs[0].type = 7
                $0.inputs[0].shape = [.fixed(1), .fixed(1), .fixed(3)]
            }, "MaxPool", "\"p\"", "int64"),
        Case(
            "training with dropout",
            TestModel(.init("Dropout", ["x", "", "t"], ["y"], name: "d")) {
                $0.initializers = [.init(name: "t", shape: [], type: 9, raw: [1])]
            }, "Dropout", "\"d\"", "training_mode", "evaluation"),
        Case("loop", TestModel(.init("Loop", name: "l")), "Loop", "\"l\"", "unroll"),
        Case("scan", TestModel(.init("Scan", name: "l")), "Scan", "\"l\"", "unroll"),
        Case("text", TestModel(.init("StringConcat", name: "t")), "StringConcat", "outside"),
        Case("sequence", TestModel(.init("SequenceAt")), "SequenceAt", "tensors only"),
        Case("optional", TestModel(.init("OptionalHasElement")), "Optional", "tensors only"),
        Case("unique", TestModel(.init("Unique", name: "u")), "Unique", "\"u\"", "extents"),
        Case("random", TestModel(.init("RandomNormalLike")), "RandomNormalLike", "an input"),
        Case(
            "computed condition",
            TestModel(
                .init(
                    "If", ["c"], ["y"],
                    [
                        ("then_branch", .other(type: 5, field: 6, bytes: [])),
                        ("else_branch", .other(type: 5, field: 6, bytes: [])),
                    ], name: "i")
            ) {
                $0.inputs[0] = .init(name: "c", type: 9, shape: [.fixed(1)])
            }, "If", "\"i\"", "condition", "Where"),
        Case(
            "computed places",
            TestModel(.init("ScatterElements", ["x", "i", "x"], name: "g")) {
                $0.inputs.append(.init(name: "i", type: 7, shape: [.fixed(2), .fixed(3)]))
            }, "ScatterElements", "\"g\"", "input 1", "indices"),
        Case(
            "indices out of range",
            TestModel(.init("GatherND", ["x", "i"], name: "g")) {
                $0.initializers = [.ints("i", [1, 1], [2])]
            }, "GatherND", "\"g\"", "out of range"),
        Case(
            "one place updated twice",
            TestModel(.init("ScatterND", ["x", "i", "u"], name: "s")) {
                $0.initializers = [
                    .ints("i", [2, 1], [1, -1]),
                    .floats("u", [2, 3], .init(repeating: 1, count: 6)),
                ]
            }, "ScatterND", "\"s\"", "distinct"),
        Case(
            "unknown reduction",
            TestModel(
                .init("ScatterElements", ["x", "i", "x"], ["y"], [("reduction", .string("mean"))])
            ) {
                $0.initializers = [.ints("i", [2, 3], .init(repeating: 0, count: 6))]
            }, "ScatterElements", "reduction", "mean", "use none, add, mul, max or min"),
        Case(
            "updates of another type",
            TestModel(.init("ScatterND", ["x", "i", "u"], name: "s")) {
                $0.initializers = [.ints("i", [1, 1], [1]), .ints("u", [1, 3], [1, 2, 3])]
            }, "ScatterND", "\"s\"", "input 2", "int64"),
        Case(
            "statistics of other channels",
            TestModel(.init("InstanceNormalization", ["x", "s", "s"], name: "n")) {
                $0.inputs[0].shape = [.fixed(1), .fixed(2), .fixed(4)]
                $0.initializers = [.floats("s", [3], [1, 1, 1])]
            }, "InstanceNormalization", "\"n\"", "[2, 1]", "[3]", category: .malformed),
        Case(
            "recurrent bias of another shape",
            TestModel(.init("RNN", ["x", "w", "r", "b"], ["y"], name: "n")) {
                $0.inputs[0].shape = [.fixed(2), .fixed(1), .fixed(1)]
                $0.initializers = [
                    .floats("w", [1, 1, 1], [1]), .floats("r", [1, 1, 1], [1]),
                    .floats("b", [], [1]),
                ]
            }, "RNN", "\"n\"", "input 3 of shape [1, 2]", category: .malformed),
        Case(
            "no time steps",
            TestModel(.init("RNN", ["c", "w", "r"], ["h"], name: "n"), .init("Add", ["x", "h"])) {
                $0.initializers = [
                    .floats("w", [1, 1, 1], [1]), .floats("r", [1, 1, 1], [1]),
                    .floats("c", [0, 1, 1], []),
                ]
            }, "RNN", "\"n\"", "positive extents", category: .malformed),
        Case(
            "many updates of one place",
            TestModel(
                .init(
                    "ScatterElements", ["x", "i", "u"], ["y"],
                    [("reduction", .string("max")), ("axis", .int(1))], name: "s")
            ) {
                $0.initializers = [
                    .ints("i", [1, 65], .init(repeating: 0, count: 65)),
                    .floats("u", [1, 65], .init(repeating: 1, count: 65)),
                ]
            }, "ScatterElements", "\"s\"", "65 updates", "at most 64"),
        Case(
            "product of many",
            TestModel(.init("ReduceProd", ["x"], name: "p")) {
                $0.inputs[0].shape = [.fixed(65)]
            }, "ReduceProd", "\"p\"", "64"),
        Case(
            "equation with an unknown result",
            TestModel(
                .init("Einsum", ["x"], ["y"], [("equation", .string("ij->k"))], name: "e")),
            "Einsum", "\"e\"", "equation", "k"),
        Case(
            "equation with a letter twice in the result",
            TestModel(.init("Einsum", ["x"], ["y"], [("equation", .string("ij->ii"))])), "equation",
            "twice"),
        Case(
            "equation of other ranks",
            TestModel(.init("Einsum", ["x"], ["y"], [("equation", .string("ijk->i"))])), "Einsum",
            "ranks", category: .malformed),
        Case(
            "resize mode",
            TestModel(
                .init("Resize", ["x", "", "s"], ["y"], [("mode", .string("area"))], name: "r")
            ) {
                $0.initializers = [.floats("s", [2], [1, 2])]
            }, "Resize", "\"r\"", "mode", "area"),
        Case(
            "split that does not add up",
            TestModel(.init("Split", ["x", "s"], ["y", "z"], name: "s")) {
                $0.initializers = [.ints("s", [2], [1, 2])]
            }, "Split", "\"s\"", "add up", category: .malformed),
        Case(
            "range without end",
            TestModel(
                .init("Range", ["a", "b", "c"], ["r"], name: "r"), .init("Add", ["x", "r"])
            ) {
                $0.initializers = [
                    .ints("a", [], [0]), .ints("b", [], [1 << 40]), .ints("c", [], [1]),
                ]
            }, "Range", "\"r\"", "more memory or time"),
        Case(
            "zero divisor",
            TestModel(.init("Div", ["x", "c"], name: "d")) {
                $0.initializers = [.floats("c", [3], [1, 0, 1])]
            }, "\"d\"", "division by zero"),
        Case(
            "cast to text", TestModel(.init("Cast", ["x"], ["y"], [("to", .int(8))])), "Cast",
            "\"to\"",
            "string"),
        Case(
            "computed pads",
            TestModel(.init("Cast", ["x"], ["z"], [("to", .int(7))])) { $0.inputs[0].type = 6 },
            "\"y\"", category: .malformed),
        Case(
            "computed target shape",
            TestModel(.init("Reshape", ["x", "s"], name: "r")) {
                $0.inputs.append(.init(name: "s", type: 7, shape: [.fixed(2)]))
            }, "Reshape", "\"r\"", "input 1", "shape"),
        Case(
            "integers in Tanh", TestModel(.init("Tanh", name: "r")) { $0.inputs[0].type = 6 },
            "Tanh",
            "\"r\"", "int32"),
        Case(
            "truth values in Add",
            TestModel(.init("Add", ["x", "x"], name: "a")) { $0.inputs[0].type = 9 }, "Add",
            "\"a\"", "bool"),
        Case(
            "truth values in Greater",
            TestModel(.init("Greater", ["x", "x"], name: "g")) { $0.inputs[0].type = 9 },
            "Greater", "\"g\"", "bool"),
        Case(
            "numbers in And", TestModel(.init("And", ["x", "x"], name: "a")), "And", "\"a\"",
            "float"),
        Case(
            "numbers as a condition", TestModel(.init("Where", ["x", "x", "x"], name: "w")),
            "Where", "\"w\"", "input 0", "float"),
        Case(
            "sides of two types",
            TestModel(.init("Where", ["c", "x", "i"], name: "w")) {
                $0.inputs.append(.init(name: "c", type: 9, shape: [.fixed(3)]))
                $0.inputs.append(.init(name: "i", type: 7, shape: [.fixed(3)]))
            }, "Where", "\"w\"", "input 2", "int64"),
        Case(
            "shapes that do not broadcast",
            TestModel(.init("Max", ["x", "z"], name: "m")) {
                $0.inputs.append(.init(name: "z", shape: [.fixed(2)]))
            }, "Max", "\"m\"", "broadcast", category: .malformed),
        Case(
            "computed exponent", TestModel(.init("Pow", ["x", "x"], name: "p")), "Pow", "\"p\"",
            "exponent"),
        Case(
            "many exponents",
            TestModel(.init("Pow", ["x", "e"], name: "p")) {
                $0.inputs[0].shape = [.fixed(17)]
                $0.initializers = [.floats("e", [17], (0..<17).map { Float($0) })]
            }, "Pow", "\"p\"", "17 different", "16 at most"),
        Case(
            "negative power of integers",
            TestModel(.init("Pow", ["x", "e"], name: "p")) {
                $0.inputs[0].type = 7
                $0.initializers = [.ints("e", [], [-1])]
            }, "Pow", "\"p\"", "cast the base"),
        Case(
            "modulus 0",
            TestModel(.init("Mod", ["x", "m"], name: "m")) {
                $0.inputs[0].type = 7
                $0.initializers = [.ints("m", [], [0])]
            }, "Mod", "\"m\"", "division by zero"),
        Case(
            "slope that does not broadcast to x",
            TestModel(.init("PRelu", ["x", "s"], name: "p")) {
                $0.initializers = [.floats("s", [2, 1, 1], [1, 2])]
            }, "PRelu", "\"p\"", "slope", category: .malformed),
        Case(
            "SAME with skipped elements",
            TestModel(
                .init(
                    "MaxPool", ["x"], ["y"],
                    [
                        ("kernel_shape", .ints([1])), ("strides", .ints([4])),
                        ("auto_pad", .string("SAME_UPPER")),
                    ])
            ) { $0.inputs[0].shape = [.fixed(1), .fixed(1), .fixed(8)] }, "auto_pad", "SAME_UPPER"),
        Case(
            "dilated SAME pool",
            TestModel(
                .init(
                    "MaxPool", ["x"], ["y"],
                    [
                        ("kernel_shape", .ints([2])), ("dilations", .ints([2])),
                        ("auto_pad", .string("SAME_UPPER")),
                    ])
            ) { $0.inputs[0].shape = [.fixed(1), .fixed(1), .fixed(8)] }, "auto_pad",
            "explicit pads"),
        Case(
            "fold without end",
            TestModel(
                .init("ConstantOfShape", ["n"], ["c"], name: "big"), .init("Add", ["x", "c"])
            ) {
                $0.initializers = [.ints("n", [3], [1 << 10, 1 << 10, 1 << 10])]
            }, "\"big\"", "more memory or time"),
        Case(
            "parameters without end",
            TestModel {
                $0.nodes = (0..<30).map { .init("Gather", ["x", "i"], ["g\($0)"], name: "n\($0)") }
                $0.outputs = ["g29"]
                $0.initializers = [.ints("i", [1 << 18], .init(repeating: 0, count: 1 << 18))]
            }, "Gather", "more memory or time"),
        Case(
            "integer overflow",
            TestModel(.init("Mul", ["a", "a"], ["c"], name: "m"), .init("Reshape", ["x", "c"])) {
                $0.initializers = [.ints("a", [1], [1 << 40])]
            }, "Mul", "\"m\"", "overflow"),
        Case(
            "infinite fold",
            TestModel(.init("Mul", ["a", "a"], ["c"], name: "m"), .init("Add", ["x", "d"])) {
                $0.nodes.append(.init("Mul", ["c", "c"], ["c2"]))
                $0.nodes.append(.init("Mul", ["c2", "c2"], ["c3"]))
                $0.nodes.append(.init("Mul", ["c3", "c3"], ["d"], name: "last"))
                $0.initializers = [.floats("a", [1], [3e38])]
            }, "\"last\"", "infinity"),
    ]
}
