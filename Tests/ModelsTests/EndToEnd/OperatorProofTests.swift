import Circuits
import Models
import Prover
import Testing
import Verifier

/// The whole road for every operator: ONNX bytes, circuit, keys, witness, proof, verification.
@Suite("Every operator proved and verified") struct OperatorProofTests {
    static let srs = StructuredReferenceString.generate(log2Size: 12)

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

    @Test("random model", arguments: 100..<140 as Range<UInt64>)
    func randomModel(seed: UInt64) throws {
        let random = RandomModel(seed: seed)
        try Self.prove(
            try ModelGraph(onnx: random.model.bytes), samples: random.samples(3, seed: seed))
    }

    /// Small tables: what is tested is the road, not the rounding.
    private static func prove(_ graph: ModelGraph, samples: [[String: FloatTensor]]) throws {
        var options = CompileOptions()
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
        let proof = try NativeProver(key: key).prove(try interpreter.witness(inputs))
        let verified = try NativeVerifier(key: key.verifyingKey).verify(
            proof.encoded(for: key.verifyingKey), trusting: .development)
        #expect(
            verified.statement.outputs.map { $0.map(Int64.init) }
                == (try interpreter.outputs(inputs)))
    }
}
