import Circuits
import Models
import ModelTestSupport
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
        var options = CompileOptions()
        // Small tables: what is tested is the road, not the rounding.
        options.bits = 8
        options.limbBits = 8
        let model = try ModelCompiler.compile(graph, samples: [sample], options: options)
        let key = try ProvingKey(
            circuit: model.circuit, constants: model.constants, log2Chunk: model.cost.log2Chunk,
            srs: Self.srs.identity, powers: Self.srs.powers)
        let inputs = try model.circuit.inputs.map {
            try $0.port.quantised(sample[$0.port.name]?.values ?? [])
        }
        let interpreter = try model.interpreter()
        let proof = try NativeProver(key: key).prove(try interpreter.witness(inputs))
        let verified = try NativeVerifier(key: key.verifyingKey).verify(
            proof.encoded(for: key.verifyingKey), allowInsecureSRS: true)
        #expect(
            verified.statement.outputs.map { $0.map(Int64.init) }
                == (try interpreter.outputs(inputs)))
    }
}
