@testable import Models

/// Graphs, tensors and attributes that are refused whatever the operator.
extension RefusalTests {
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
