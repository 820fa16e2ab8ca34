import Testing

@testable import Models

/// Quantised models that are refused, and the words by which.
@Suite("Refusals of quantised models") struct QuantisedRefusalTests {
    typealias Case = RefusalTests.Case

    @Test("names what is wrong", arguments: cases)
    func refusal(_ example: Case) throws {
        let error = try #require(throws: ModelError.self) { try ModelGraph(onnx: example.bytes) }
        for word in example.words { #expect("\(error)".contains(word)) }
        #expect(error.category == example.category)
    }

    private static func model(
        _ node: TestModel.Node, opset: Int = 17, type: Int = 1, shape: [Int] = [2, 3],
        _ constants: TestModel.Tensor...
    ) -> TestModel {
        TestModel(node, opset: opset) { model in
            model.inputs = [.init(name: "x", type: type, shape: shape.map { .fixed($0) })]
            model.initializers = constants
            model.opsets.append(("com.microsoft", 1))
        }
    }

    private static func bytes(_ name: String, _ shape: [Int], _ values: [UInt8]) -> TestModel.Tensor
    {
        TestModel.Tensor(name: name, shape: shape, type: 2, raw: values)
    }

    private static let scale = TestModel.Tensor.floats("s", [], [0.5])
    private static let zero = bytes("z", [], [3])

    static let cases: [Case] = [
        Case(
            "scale that depends on the data",
            model(.init("DynamicQuantizeLinear", ["x"], ["y", "t", "u"], name: "d")),
            "DynamicQuantizeLinear", "\"d\"", "scale depends on the data", "calibration data"),
        Case(
            "layer whose scale depends on the data",
            model(
                .init(
                    "DynamicQuantizeMatMul", ["x", "x", "s"], name: "d", domain: "com.microsoft"),
                scale), "DynamicQuantizeMatMul", "\"d\"", "scale depends on the data"),
        Case(
            "blocks",
            model(
                .init("DequantizeLinear", ["x", "s"], ["y"], [("block_size", .int(2))], name: "b"),
                opset: 21, type: 2, .floats("s", [2, 1], [1, 1])),
            "DequantizeLinear", "\"b\"", "blocks of 2", "[2, 2]", "[2, 1]",
            category: .malformed),
        Case(
            "computed scale",
            model(.init("QuantizeLinear", ["x", "x"], name: "q")), "\"q\"", "input 1", "scale",
            "constant"),
        Case(
            "negative scale",
            model(.init("QuantizeLinear", ["x", "s"], name: "q"), .floats("s", [], [-1])), "\"q\"",
            "scale", "positive"),
        Case(
            "zero scale",
            model(
                .init("DequantizeLinear", ["x", "s"], name: "q"), type: 2, .floats("s", [], [0])),
            "\"q\"", "scale", "positive"),
        Case(
            "zero points that differ",
            model(
                .init("QuantizeLinear", ["x", "s", "z"], name: "q"),
                .floats("s", [3], [1, 1, 1]),
                .init(name: "z", shape: [3], type: 4, raw: [1, 0, 2, 0, 3, 0])),
            "\"q\"", "16 bits", "zero points that differ", "one zero point"),
        Case(
            "zero point of another type",
            model(.init("DequantizeLinear", ["x", "s", "z"], name: "q"), type: 3, scale, zero),
            "\"q\"", "input 2", "uint8"),
        Case(
            "scales that do not fit",
            model(
                .init("QuantizeLinear", ["x", "s"], name: "q"), .floats("s", [2], [1, 1])),
            "\"q\"", "[2]", "[2, 3]"),
        Case(
            "a scale a row",
            model(
                .init("QLinearMatMul", ["x", "t", "z", "w", "s", "z", "s", "z"], name: "m"),
                type: 2, scale, zero, .floats("t", [2], [1, 1]),
                bytes("w", [3, 1], [1, 2, 3])), "QLinearMatMul", "\"m\"", "[2]",
            "one for the tensor"),
        Case(
            "64 bits", model(.init("DequantizeLinear", ["x", "s"], name: "q"), type: 7, scale),
            "\"q\"", "int64", "int8"),
        Case(
            "four bits",
            model(
                .init(
                    "QuantizeLinear", ["x", "s"], ["y"], [("output_dtype", .int(22))], name: "q"),
                opset: 21, scale), "\"q\"", "output_dtype", "int4"),
        Case(
            "attribute of a later opset",
            model(
                .init("DequantizeLinear", ["x", "s"], ["y"], [("block_size", .int(0))], name: "q"),
                type: 2, scale), "\"q\"", "block_size"),
        Case(
            "channels last",
            model(
                .init(
                    "QLinearGlobalAveragePool", ["x", "s", "z", "s", "z"], ["y"],
                    [("channels_last", .int(1))], name: "p", domain: "com.microsoft"), type: 2,
                shape: [1, 2, 2, 3], scale, zero), "\"p\"", "channels_last", "axis 1"),
        Case(
            "negative alpha",
            model(
                .init(
                    "QGemm", ["x", "s", "z", "w", "s", "z"], ["y"], [("alpha", .float(-1))],
                    name: "g", domain: "com.microsoft"), type: 2, scale, zero,
                bytes("w", [3, 1], [1, 2, 3])), "QGemm", "\"g\"", "alpha", "weights"),
        Case(
            "onnxruntime's operator in ONNX's domain",
            model(
                .init("QLinearAdd", ["x", "s", "z", "x", "s", "z", "s", "z"], name: "a"), type: 2,
                scale, zero), "QLinearAdd", "\"a\""),
        Case(
            "a domain in the operator's name",
            model(
                .init(
                    "com.microsoft.QLinearAdd", ["x", "s", "z", "x", "s", "z", "s", "z"], name: "a"),
                type: 2, scale, zero), "QLinearAdd", "\"a\""),
        Case(
            "another of onnxruntime's operators",
            model(
                .init(
                    "QLinearSoftmax", ["x", "s", "z", "s", "z"], name: "a", domain: "com.microsoft"),
                type: 2, scale, zero), "QLinearSoftmax", "\"a\"", "com.microsoft"),
        Case(
            "an empty list of zero points",
            model(
                .init("DequantizeLinear", ["e", "t", "u"], ["y"], [("axis", .int(0))], name: "q"),
                bytes("e", [0], []), .floats("t", [0], []), bytes("u", [0], [])), "\"q\"", "[0]"),
    ]
}
