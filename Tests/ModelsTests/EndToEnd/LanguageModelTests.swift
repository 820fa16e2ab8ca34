import Circuits
import Models
import Prover
import Testing
import Verifier

/// GPT-2's graph, as Examples/gpt2 writes it, with two layers of width 16.
@Suite("Language model") struct LanguageModelTests {
    /// Token ids to the last position's logits, in integers as in onnxruntime, and proved.
    @Test("logits are onnxruntime's, and proved", arguments: OutOfRange.allCases)
    func logits(outOfRange: OutOfRange) throws {
        let fixture = try Fixture("network_gpt2")
        let graph = try fixture.graph()
        let sample = [graph.values[graph.inputs[0]].name: fixture.inputs[0]]
        var options = CompileOptions()
        options.outOfRange = outOfRange
        let model = try ModelCompiler.compile(graph, samples: [sample], options: options)
        let ids = fixture.inputs[0].values.map { Int64($0) }
        let witness = try model.interpreter().witness([ids])

        let key = try ProvingKey(
            circuit: model.circuit, constants: model.constants, log2Chunk: model.cost.log2Chunk,
            srs: OperatorProofTests.srs.identity,
            powers: OperatorProofTests.srs.powers)
        let proof = try NativeProver(key: key).prove(witness)
        let verified = try NativeVerifier(key: key.verifyingKey).verify(
            proof.encoded(for: key.verifyingKey), trusting: .development)

        let port = model.circuit.outputs[0].port
        let logits = port.reals(verified.statement.outputs[0].map(Int64.init))
        let expected = fixture.outputs[0].values
        let error = zip(logits, expected).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
        #expect(error <= model.errorBounds[0])
        #expect(error <= 0x1p-8)
        #expect(Self.top(logits) == Self.top(expected))
        #expect(verified.statement.inputs[0] == ids.map(Int.init))
    }

    /// An id beyond the vocabulary has no witness.
    @Test("an unknown token is refused")
    func unknownToken() throws {
        let fixture = try Fixture("network_gpt2")
        let graph = try fixture.graph()
        let sample = [graph.values[graph.inputs[0]].name: fixture.inputs[0]]
        let model = try ModelCompiler.compile(graph, samples: [sample])
        var ids = fixture.inputs[0].values.map { Int64($0) }
        ids[3] = 64
        #expect(throws: WitnessError.self) { try model.interpreter().witness([ids]) }
    }

    private static func top(_ values: [Double]) -> Int? {
        values.indices.max { (values[$0], $1) < (values[$1], $0) }
    }
}
