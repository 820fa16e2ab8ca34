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

    static let graphs: [Case] = [
        Case(
            "no opset", TestModel(.init("Relu")) { $0.opsets = [("ai.onnx.ml", 3)] }, "opset",
            category: .malformed),
        Case(
            "undefined name", TestModel(.init("Relu", ["z"], name: "r")), "\"z\"", "Relu", "\"r\"",
            category: .malformed),
        Case(
            "undefined output", TestModel(.init("Relu")) { $0.outputs = ["q"] }, "\"q\"",
            category: .malformed),
        Case(
            "no outputs", TestModel(.init("Relu")) { $0.outputs = [] }, "no outputs",
            category: .malformed
        ),
        Case(
            "name defined twice", TestModel(.init("Relu"), .init("Neg")), "\"y\"", "twice",
            category: .malformed),
        Case(
            "input defined again", TestModel(.init("Relu", ["x"], ["x"])), "\"x\"", "twice",
            category: .malformed),
        Case(
            "initialiser twice",
            TestModel(.init("Relu")) {
                $0.initializers = [.floats("c", [1], [1]), .floats("c", [1], [1])]
            }, "\"c\"", "twice", category: .malformed),
        Case(
            "cycle", TestModel(.init("Add", ["x", "y"], ["z"]), .init("Relu", ["z"])), "\"z\"",
            "\"y\"",
            "themselves", category: .malformed),
        Case(
            "own operand", TestModel(.init("Add", ["x", "y"])), "\"y\"", "themselves",
            category: .malformed),
        Case(
            "empty data",
            TestModel(.init("Slice", ["x", "s", "s"])) { $0.initializers = [.ints("s", [1], [1])] },
            "\"y\"", "[0, 3]", "no elements"),
        Case(
            "empty constant as output",
            TestModel(.init("ConstantOfShape", ["s"], ["y"]), .init("Relu", ["x"], ["z"])) {
                $0.initializers = [.ints("s", [1], [0])]
                $0.outputs = ["z", "y"]
            }, "\"y\"", "[0]", "no elements"),
        Case(
            "other domains alone",
            TestModel(.init("Scaler", domain: "ai.onnx.ml")) { $0.opsets = [("ai.onnx.ml", 3)] },
            "Scaler", "ai.onnx.ml"),
        Case(
            "open dimension",
            TestModel(.init("Relu")) { $0.inputs[0].shape = [.fixed(1), .symbol("width")] },
            "\"x\"",
            "dimension 1", "\"width\"", category: .input),
        Case(
            "open rank", TestModel(.init("Relu")) { $0.inputs[0].shape = nil }, "\"x\"",
            category: .input),
        Case(
            "text input", TestModel(.init("Relu")) { $0.inputs[0].type = 8 }, "\"x\"",
            "element type"),
        Case(
            "sequence input",
            TestModel(.init("Relu", ["q"])) {
                $0.extraGraph = {
                    $0.message(11) { input in
                        input.string(1, "q")
                        input.message(2) { $0.data(4, []) }
                    }
                }
            }, "\"q\"", "not a tensor"),
        Case(
            "function",
            TestModel(.init("Relu")) {
                $0.extraModel = { $0.message(25) { $0.string(1, "Relu") } }
            }, "\"Relu\"", "function"),
        Case(
            "training information",
            TestModel(.init("Relu")) { $0.extraModel = { $0.data(20, []) } }, "training information"
        ),
        Case(
            "sparse initialiser",
            TestModel(.init("Relu")) { $0.extraGraph = { $0.data(15, []) } }, "sparse"),
        Case(
            "zero extent", TestModel(.init("Relu")) { $0.inputs[0].shape = [.fixed(0)] }, "\"y\"",
            "[0]", "no elements"),
        Case(
            "65 axes",
            TestModel(.init("Relu")) {
                $0.inputs[0].shape = .init(repeating: .fixed(1), count: 65)
            },
            "\"x\"", "axes"),
        Case(
            "huge input",
            TestModel(.init("Relu")) { $0.inputs[0].shape = [.fixed(1 << 40), .fixed(1 << 40)] },
            "\"x\"", "too many"),
    ]

    static let tensors: [Case] = [
        tensor("NaN", .floats("w", [3], [1, .nan, 2]), "element 1", "NaN"),
        tensor(
            "NaN in float16", .init(name: "w", shape: [1], type: 10, raw: [0x01, 0x7c]), "element 0"
        ),
        tensor(
            "NaN in bfloat16", .init(name: "w", shape: [1], type: 16, raw: [0xc0, 0x7f]),
            "element 0"
        ),
        tensor(
            "too few bytes", .init(name: "w", shape: [2], type: 1, raw: [0, 0, 0, 0]), "8 bytes",
            "4 present", category: .malformed),
        tensor(
            "no data", .init(name: "w", shape: [2], type: 1, raw: []), "2 elements",
            category: .malformed),
        tensor(
            "negative extent", .init(name: "w", shape: [-1], type: 1, raw: []), "-1",
            category: .malformed
        ),
        tensor(
            "overflowing shape",
            .init(name: "w", shape: [1 << 32, 1 << 32, 1 << 32], type: 1, raw: []),
            "elements"),
        tensor("text", .init(name: "w", shape: [1], type: 8, raw: []), "string"),
        tensor("complex", .init(name: "w", shape: [1], type: 14, raw: []), "complex64"),
        tensor(
            "uint64 beyond 2^63",
            .init(name: "w", shape: [1], type: 13, raw: [0, 0, 0, 0, 0, 0, 0, 0x80]), "element 0",
            category: .malformed),
        tensor(
            "boolean two", .init(name: "w", shape: [1], type: 9, raw: [2]), "element 0",
            category: .malformed),
        tensor(
            "external data",
            .init(name: "w", shape: [1], type: 1, raw: [], extra: { $0.int(14, 1) }),
            "save_as_external_data"),
        tensor(
            "segment",
            .init(name: "w", shape: [1], type: 1, raw: [0, 0, 0, 0], extra: { $0.data(3, []) }),
            "segments"),
        tensor(
            "wrong field", .init(name: "w", shape: [1], type: 1, raw: [], extra: { $0.int(7, 1) }),
            "field", category: .malformed),
        tensor(
            "small integer out of range",
            .init(name: "w", shape: [1], type: 3, raw: [], extra: { $0.int(5, 200) }), "element 0",
            category: .malformed),
        Case(
            "attribute tensor",
            TestModel(
                .init(
                    "Constant", [], ["y"], [("value", .tensor(.floats("", [1], [.nan])))], name: "k"
                )),
            "value",
            "Constant", "\"k\"", "NaN"),
    ]

    private static func tensor(
        _ name: String, _ tensor: TestModel.Tensor, _ words: String...,
        category: ModelError.Category = .unsupported
    ) -> Case {
        let model = TestModel(.init("Add", ["x", "w"])) { $0.initializers = [tensor] }
        return Case(name, model, words: words + ["\"w\""], category: category)
    }

    static let attributes: [Case] = [
        attribute("unknown", "Relu", ("alpha", .float(1)), "alpha", "does not exist"),
        attribute("newer than the opset", "AveragePool", ("dilations", .ints([1])), "dilations"),
        attribute("wrong kind", "LeakyRelu", ("alpha", .int(1)), "alpha", "int", "float"),
        attribute("approximation", "Gelu", ("approximate", .string("sigmoid")), "approximate"),
        attribute("Celu's divisor", "Celu", ("alpha", .float(0)), "alpha", "positive"),
        attribute("NaN", "LeakyRelu", ("alpha", .float(.nan)), "alpha", "nan"),
        attribute("flag", "MaxPool", ("ceil_mode", .int(2)), "ceil_mode", "2"),
        attribute(
            "graph attribute", "Relu", ("body", .other(type: 5, field: 6, bytes: [])), "body"),
        attribute(
            "strings", "Constant", ("value_strings", .other(type: 8, field: 9, bytes: [65])),
            "value_strings", inputs: []),
        attribute(
            "sparse value", "Constant", ("sparse_value", .other(type: 11, field: 22, bytes: [])),
            "sparse_value", inputs: []),
        attribute("padding mode", "Pad", ("mode", .string("symmetric")), "mode", "symmetric"),
        attribute(
            "automatic padding", "MaxPool", ("auto_pad", .string("FULL")), "auto_pad", "FULL"),
        attribute("negative padding", "MaxPool", ("pads", .ints([-1, 0])), "pads", "Slice"),
        attribute("missing", "AveragePool", nil, "kernel_shape", "missing", kernel: false),
        attribute("missing axis", "Concat", nil, "axis", "missing"),
        Case(
            "twice",
            TestModel(
                .init("LeakyRelu", ["x"], ["y"], [("alpha", .float(1)), ("alpha", .float(1))])),
            "alpha",
            "twice"),
    ]

    private static func attribute(
        _ name: String, _ type: String, _ attribute: (String, TestModel.Attribute)?,
        _ words: String...,
        inputs: [String] = ["x"], kernel: Bool = true
    ) -> Case {
        var list = attribute.map { [$0] } ?? []
        if type.hasSuffix("Pool"), kernel { list.append(("kernel_shape", .ints([2]))) }
        let model = TestModel(.init(type, inputs, ["y"], list, name: "n")) {
            $0.inputs[0].shape = [.fixed(1), .fixed(2), .fixed(3)]
        }
        return Case(name, model, words: words + [type, "\"n\""])
    }
}
