import Circuits
import TestSupport
import Testing

@testable import Models
@testable import ProofSystem

/// Every operator with all its attributes: the compiled circuit against the float interpreter and
/// against onnxruntime.
@Suite("Lowering, operator by operator") struct LoweringFixtureTests {
    @Test("stays within its own bound of the float model", arguments: Fixture.names)
    func agreement(name: String) throws {
        let (graph, sample) = try Self.load(name)
        let model = try ModelCompiler.compile(graph, samples: [sample])
        let report = try CalibrationReport(model, of: graph, on: [sample])
        #expect(report.refusedCount == 0)
        for output in report.outputs {
            #expect(output.maxAbsError <= output.errorBound * (1 + 1e-9) + 1e-12)
        }
        try Self.compareWithRuntime(name, model, sample)
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

    /// What the circuit computes, read as reals, against onnxruntime's own answer: within the bound
    /// that the compiler states and what onnxruntime's float32 may be off.
    private static func compareWithRuntime(
        _ name: String, _ model: CompiledModel, _ sample: [String: FloatTensor]
    ) throws {
        let fixture = try Fixture(name)
        let inputs = try model.circuit.inputs.map {
            try $0.port.quantised(sample[$0.port.name]?.values ?? [])
        }
        let outputs = try model.interpreter().outputs(inputs)
        try #require(outputs.count == fixture.outputs.count)
        for (index, expected) in fixture.outputs.enumerated() {
            let reals = model.circuit.outputs[index].port.reals(outputs[index])
            try #require(reals.count == expected.values.count)
            let bound = model.errorBounds[index] * (1 + 1e-9)
            for (real, (value, slack)) in zip(reals, zip(expected.values, expected.float32Slack)) {
                #expect((real - value).magnitude <= bound + slack)
            }
        }
    }

    /// Bounds that are proved hold for every input: nothing leaves its range.
    @Test("accepts any input when it saturates", arguments: Fixture.names)
    func completeness(name: String) throws {
        let (graph, sample) = try Self.load(name)
        var options = CompileOptions()
        options.limbBits = 8
        let model = try ModelCompiler.compile(graph, samples: [sample], options: options)
        let interpreter = try model.interpreter()
        var rng = SeededGenerator(seed: UInt64(name.count))
        var types: [String: ElementType] = [:]
        for index in graph.inputs {
            types[graph.values[index].name] = graph.values[index].type.elementType
        }
        for round in 0..<5 {
            let inputs = model.circuit.inputs.map { input in
                let port = input.port.domain.lowest...input.port.domain.highest
                // Ports have more integers than unsigned types.
                let domain = (types[input.port.name]?.integerRange ?? port).clamped(to: port)
                return (0..<input.shape.cellCount).map { _ -> Int64 in
                    switch round {
                    case 0: Int64(domain.lowerBound)
                    case 1: Int64(domain.upperBound)
                    case 2: 0
                    case 3:
                        Int64(
                            Bool.random(using: &rng) ? domain.lowerBound : domain.upperBound)
                    default: Int64(Int.random(in: domain, using: &rng))
                    }
                }
            }
            do throws(WitnessError) {
                _ = try interpreter.witness(inputs)
            } catch {
                // An index outside its table, or a divisor 0, has no proof.
                guard case .operand = error,
                    graph.nodes.contains(where: {
                        $0.operation is RowGather || $0.operation is OneHotEncoding
                            || $0.operation is FloorQuotient
                    })
                else {
                    Issue.record(error)
                    continue
                }
            }
        }
    }

    @Test("proves the calibrated input when it refuses others", arguments: Fixture.names)
    func refusing(name: String) throws {
        let (graph, sample) = try Self.load(name)
        var options = CompileOptions()
        options.limbBits = 8
        options.outOfRange = .refuse
        let model = try ModelCompiler.compile(graph, samples: [sample], options: options)
        let report = try CalibrationReport(model, of: graph, on: [sample])
        #expect(report.refusedCount == 0)
        for output in report.outputs {
            #expect(output.maxAbsError <= output.errorBound * (1 + 1e-9) + 1e-12)
        }
    }

    private static func load(
        _ name: String
    ) throws -> (graph: ModelGraph, sample: [String: FloatTensor]) {
        let fixture = try Fixture(name)
        let graph = try fixture.graph()
        var sample: [String: FloatTensor] = [:]
        for (index, tensor) in zip(graph.inputs, fixture.inputs) {
            sample[graph.values[index].name] = tensor
        }
        return (graph, sample)
    }
}
