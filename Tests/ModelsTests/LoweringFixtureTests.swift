import Circuits
import ModelTestSupport
import Testing

@testable import Models

/// Every operator with all its attributes: the compiled circuit against the float interpreter.
@Suite("Lowering, operator by operator") struct LoweringFixtureTests {
    @Test("stays within its own bound of the float model", arguments: Fixture.names)
    func agreement(name: String) throws {
        let fixture = try Fixture(name)
        let graph = try fixture.graph()
        var sample: [String: FloatTensor] = [:]
        for (index, tensor) in zip(graph.inputs, fixture.inputs) {
            sample[graph.values[index].name] = tensor
        }
        let model = try ModelCompiler.compile(graph, samples: [sample])
        let report = try CalibrationReport(model, of: graph, on: [sample])
        #expect(report.refusedCount == 0)
        for output in report.outputs {
            #expect(output.maxAbsError <= output.errorBound * (1 + 1e-9) + 1e-12)
        }
    }
}
