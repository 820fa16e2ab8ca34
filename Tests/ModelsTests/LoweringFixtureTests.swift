import Circuits
import Testing

@testable import Models
@testable import ProofSystem

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
        let system = try ConstraintSystem(model.circuit)
        let shape = try ProofShape(
            system: system, plan: ReductionPlan(system, log2Chunk: model.cost.log2Chunk))
        let ports =
            model.circuit.inputs.map { ($0.port, $0.shape) }
            + zip(model.circuit.outputs, system.outputs).map {
                ($0.port, system.shape($1.tensor))
            }
        let publicBytes = ports.reduce(0) { $0 + ($1.0.bits * $1.1.cellCount + 7) / 8 }
        #expect(model.cost.proofBytes == shape.byteCount + publicBytes)
    }
}
