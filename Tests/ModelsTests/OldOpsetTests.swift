import TestSupport
import Testing

@testable import Models

/// Opsets 6 to 8, which onnxruntime does not run.
@Suite("Old opsets") struct OldOpsetTests {
    /// A [2, 3, 2] and a second operand, b[k] = 10 (k + 1).
    private func binary(
        _ name: String, second shape: [Int], _ attributes: [(String, TestModel.Attribute)],
        opset: Int = 6
    ) throws -> [Double] {
        let count = shape.reduce(1, *)
        let model = TestModel(.init(name, ["x", "b"], ["y"], attributes), opset: opset) {
            $0.inputs[0].shape = [.fixed(2), .fixed(3), .fixed(2)]
            $0.initializers = [.floats("b", shape, (1...count).map { Float(10 * $0) })]
        }
        let graph = try ModelGraph(onnx: model.bytes)
        let x = FloatTensor(shape: [2, 3, 2], values: (0..<12).map(Double.init))
        let output = try FloatInterpreter(graph).run(["x": x])[0]
        guard case .float(let tensor) = output else { return [] }
        #expect(tensor.shape == [2, 3, 2])
        return tensor.values
    }

    private func sums(_ addends: [Double]) -> [Double] {
        addends.enumerated().map { Double($0) + $1 }
    }

    @Test("before opset 7 the second operand's axes begin at `axis`, or are the last")
    func broadcast() throws {
        let on: (String, TestModel.Attribute) = ("broadcast", .int(1))
        #expect(
            try binary("Add", second: [2], [on])
                == sums([10, 20, 10, 20, 10, 20, 10, 20, 10, 20, 10, 20]))
        #expect(
            try binary("Add", second: [2], [on, ("axis", .int(0))])
                == sums([10, 10, 10, 10, 10, 10, 20, 20, 20, 20, 20, 20]))
        #expect(
            try binary("Add", second: [3], [("axis", .int(1)), on])
                == sums([10, 10, 20, 20, 30, 30, 10, 10, 20, 20, 30, 30]))
        #expect(
            try binary("Add", second: [3], [("axis", .int(-2)), on])
                == sums([10, 10, 20, 20, 30, 30, 10, 10, 20, 20, 30, 30]))
        #expect(
            try binary("Sub", second: [2, 3], [on, ("axis", .int(0))])
                == sums([-10, -10, -20, -20, -30, -30, -40, -40, -50, -50, -60, -60]))
        #expect(try binary("Mul", second: [1], [on]) == (0..<12).map { 10 * Double($0) })
        #expect(try binary("Add", second: [2, 3, 2], []) == sums((1...12).map { 10 * Double($0) }))
    }

    @Test("and nothing else broadcasts")
    func mismatch() throws {
        let on: (String, TestModel.Attribute) = ("broadcast", .int(1))
        #expect(throws: ModelError.self) { try binary("Add", second: [2], []) }
        #expect(throws: ModelError.self) { try binary("Add", second: [3], [on]) }
        #expect(throws: ModelError.self) {
            try binary("Add", second: [2], [on, ("axis", .int(1))])
        }
        #expect(throws: ModelError.self) {
            try binary("Add", second: [2], [on, ("axis", .int(3))])
        }
        #expect(throws: ModelError.self) {
            try binary("Add", second: [2], [on, ("axis", .int(-4))])
        }
        #expect(throws: ModelError.self) { try binary("Add", second: [1, 2, 3, 2], [on]) }
        // From opset 7 on the attribute does not exist.
        #expect(throws: ModelError.self) { try binary("Add", second: [2], [on], opset: 7) }
        #expect(try binary("Add", second: [2], [], opset: 7).first == 10)
    }

    @Test("PRelu's slopes stand for the channels before opset 7")
    func slopes() throws {
        let reference = NodeReference(operatorName: "PRelu", name: "p", index: 0, outputs: ["y"])
        func shape(_ slope: [Int], _ data: [Int]) throws -> [Int]? {
            let node = NodeProto(
                operatorName: "PRelu", inputs: ["x", "s"], output: "y", name: "p")
            return try LegacyBroadcast.resolve(node, reference, shapes: [data, slope]).second
        }
        #expect(try shape([3], [2, 3, 4, 5]) == [3, 1, 1])
        #expect(try shape([1], [2, 3, 4, 5]) == nil)
        #expect(try shape([3], [2, 3]) == nil)
        #expect(try shape([3, 1, 1], [2, 3, 4, 5]) == nil)
    }

    @Test("BatchNormalization says that it is not trained, and is by channel")
    func batchNormalization() throws {
        func graph(_ attributes: [(String, TestModel.Attribute)], opset: Int) throws -> ModelGraph {
            let model = TestModel(
                .init("BatchNormalization", ["x", "s", "s", "s", "s"], ["y"], attributes),
                opset: opset
            ) { $0.initializers = [.floats("s", [3], [1, 1, 1])] }
            return try ModelGraph(onnx: model.bytes)
        }
        _ = try graph([("is_test", .int(1))], opset: 6)
        _ = try graph([("is_test", .int(1)), ("spatial", .int(1))], opset: 6)
        _ = try graph([], opset: 7)
        for (attributes, opset) in [
            ([], 6), ([("is_test", .int(0))], 6), ([("spatial", .int(0))], 8),
            ([("is_test", .int(1))], 7), ([("spatial", .int(1))], 9),
        ] as [([(String, TestModel.Attribute)], Int)] {
            let error = try #require(throws: ModelError.self) {
                try graph(attributes, opset: opset)
            }
            #expect(error.category == .unsupported)
        }
    }
}
