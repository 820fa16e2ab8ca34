import Circuits
import Field
import Models
import Prover
import Testing
import Verifier

/// The whole road for every operator: ONNX bytes, circuit, keys, witness, proof, verification.
@Suite("Every operator proved and verified") struct OperatorProofTests {
    static let srs = StructuredReferenceString.generate(log2Size: 13)

    @Test("fixture", arguments: Fixture.names)
    func fixture(name: String) throws {
        let fixture = try Fixture(name)
        let graph = try fixture.graph()
        var sample: [String: FloatTensor] = [:]
        for (index, tensor) in zip(graph.inputs, fixture.inputs) {
            sample[graph.values[index].name] = tensor
        }
        try Self.prove(graph, samples: [sample])
    }

    static let seeds: Range<UInt64> = 100..<140

    /// Public and committed ports, values out of range saturated and refused.
    @Test("random model", arguments: seeds)
    func randomModel(seed: UInt64) throws {
        let random = RandomModel(seed: seed)
        var options = CompileOptions()
        if seed & 1 != 0 { options.inputVisibility = .committed }
        if seed & 2 != 0 { options.outputVisibility = .committed }
        options.outOfRange = seed & 4 != 0 ? .refuse : .saturate
        try Self.prove(
            try ModelGraph(onnx: random.model.bytes), samples: random.samples(3, seed: seed),
            options)
    }

    /// Small tables: what is tested is the road, not the rounding.
    private static func prove(
        _ graph: ModelGraph, samples: [[String: FloatTensor]],
        _ given: CompileOptions = CompileOptions()
    ) throws {
        var options = given
        options.bits = 8
        options.limbBits = 8
        let model = try ModelCompiler.compile(graph, samples: samples, options: options)
        let key = try ProvingKey(
            circuit: model.circuit, constants: model.constants, log2Chunk: model.cost.log2Chunk,
            srs: srs.identity, powers: srs.powers)
        let inputs = try model.circuit.inputs.map {
            try $0.port.quantised(samples[0][$0.port.name]?.values ?? [])
        }
        let interpreter = try model.interpreter()
        let witness = try interpreter.witness(inputs)
        let blindings = interpreter.system.committedPorts.indices.map { Fr(1000 + $0) }
        let prover = NativeProver(key: key)
        let proof = try prover.prove(witness, blindings: blindings)
        let verified = try NativeVerifier(key: key.verifyingKey).verify(
            proof.encoded(for: key.verifyingKey), trusting: .development)
        // Of what is committed, the values that open the commitments.
        let openings = prover.openings(of: verified, witness: witness, blindings: blindings)
        let committedInputs = options.inputVisibility == .committed ? inputs.count : 0
        #expect(
            openings.prefix(committedInputs).map(\.values)
                == Array(inputs.prefix(committedInputs)))
        let outputs =
            options.outputVisibility == .committed
            ? openings.dropFirst(committedInputs).map(\.values)
            : verified.statement.outputs.map { $0.map(Int64.init) }
        #expect(outputs == (try interpreter.outputs(inputs)))
    }
}
