import Testing

@testable import Models

/// The float interpreter against onnxruntime, operator by operator.
@Suite("Agreement with onnxruntime") struct ONNXRuntimeAgreementTests {
    @Test("there are fixtures") func fixturesAreThere() {
        #expect(Fixture.names.count > 500)
    }

    @Test("computes what onnxruntime does", arguments: Fixture.names)
    func agreement(name: String) throws {
        let fixture = try Fixture(name)
        let graph = try fixture.graph()
        try #require(graph.inputs.count == fixture.inputs.count)
        var inputs: [String: FloatTensor] = [:]
        for (index, tensor) in zip(graph.inputs, fixture.inputs) {
            inputs[graph.values[index].name] = tensor
        }
        let outputs = try FloatInterpreter(graph).run(inputs)
        try #require(outputs.count == fixture.outputs.count)
        for (output, expected) in zip(outputs, fixture.outputs) {
            #expect(output.shape == expected.shape)
            guard case .float(let tensor) = output else {
                #expect(output.integers.map(Double.init) == expected.values)
                continue
            }
            for (actual, (value, slack)) in zip(
                tensor.values, zip(expected.values, expected.float32Slack))
            {
                #expect((actual - value).magnitude <= slack)
            }
        }
    }

    @Test("every supported operator has a fixture") func coverage() throws {
        var seen: Set<String> = []
        for name in Fixture.names {
            seen.formUnion(
                try ModelProto(decoding: Fixture(name).model).graph.nodes.map { node in
                    node.domain.isEmpty ? node.operatorName : "\(node.domain).\(node.operatorName)"
                })
        }
        let registered = Set(OperatorRegistry.resolvers.keys).union(
            OperatorRegistry.decomposers.keys)
        // Whichever branch is taken takes the place of an If.
        #expect(seen == registered.union(["If"]))
    }
}

extension FloatTensor {
    /// How far each element may lie from the true one when it was computed in float32.
    var float32Slack: [Double] {
        let scale = values.map(\.magnitude).max() ?? 0
        return values.map { 1e-4 * max($0.magnitude, 0.1 * scale, 1e-3) }
    }
}

extension Tensor {
    /// Empty for floating point.
    fileprivate var integers: [Int] {
        if case .int(let tensor) = self { tensor.values } else { [] }
    }
}
