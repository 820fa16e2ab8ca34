import Circuits
import Field
import Models
import ProofSystem
import Prover
import ToolSupport

/// Writes what fuzzing starts from: small ONNX models of Tests/Vectors, and what is made of them.
///
/// Deterministic. Seeds are named; what the fuzzer finds is named by its hash and lies beside
/// them.
/// - Parameter root: The clone's folder.
func writeSeeds(root: String) {
    do {
        let writer = SeedWriter(root: root)
        for model in seedModels { try writer.add(model) }
        try writer.addFixture()
        try writer.addSRS()
    } catch {
        fatalError("\(error)")
    }
}

/// One model of each kind of gadget; with everything public, or everything committed.
private let seedModels: [(name: String, visibility: Visibility, outOfRange: OutOfRange)] = [
    ("network_mlp", .public, .saturate), ("network_residual", .public, .refuse),
    ("conv_groups", .committed, .refuse), ("conv_depthwise", .public, .saturate),
    ("averagepool_ceil_pads", .committed, .refuse), ("maxpool_pads_uneven", .public, .refuse),
    ("pad_image", .public, .refuse), ("concat_three", .public, .refuse),
    ("reshape_plain", .committed, .refuse), ("gemm_transposed_both", .public, .refuse),
    ("mul_two_inputs", .public, .refuse), ("sigmoid_plain", .committed, .saturate),
    ("slice_backwards_steps", .public, .refuse), ("transpose_perm", .committed, .refuse),
    ("div_computed", .public, .refuse), ("layernormalization_odd", .committed, .saturate),
    ("softmax_axis", .public, .saturate), ("argmax_axis", .public, .saturate),
    ("topk_one", .committed, .refuse), ("onehot_computed_first", .public, .refuse),
    ("gather_computed_many", .committed, .saturate), ("gather_computed_table", .public, .saturate),
    ("quantizelinear_ties_uint8", .public, .refuse), ("qlinearconv_groups", .committed, .refuse),
    ("where_comparison", .public, .saturate), ("gru_no_bias", .public, .refuse),
    ("network_attention", .committed, .saturate),
]

private struct SeedWriter {
    let root: String
    /// The fixture is small, and has every part that a proof can have.
    static let fixture = ("network_cnn", Visibility.committed, OutOfRange.saturate)

    func add(_ seed: (name: String, visibility: Visibility, outOfRange: OutOfRange)) throws {
        let path = "\(root)/Tests/Vectors/onnx/\(seed.name).onnx"
        guard fileExists(path) else { return print("no \(path)") }
        let bytes = try readFile(path)
        try write(bytes, "onnx", seed.name)
        try write(bytes, "lowering", seed.name)
        let (model, key) = try compile(seed.name, bytes, seed.visibility, seed.outOfRange)
        let file = circuitFile(model)
        try write(file, "circuit", seed.name)
        try write(file, "inference", seed.name)
        try write(key.verifyingKey.encoded, "verifying-key", seed.name)
    }

    /// Key and proof of the fixture, weights and openings that belong to it.
    func addFixture() throws {
        let (name, visibility, outOfRange) = Self.fixture
        let bytes = try readFile("\(root)/Tests/Vectors/onnx/\(name).onnx")
        try write(bytes, "onnx", name)
        try write(bytes, "lowering", name)
        let (model, key) = try compile(name, bytes, visibility, outOfRange)
        let interpreter = try model.interpreter()
        let inputs = model.circuit.inputs.map { input in
            (0..<input.shape.cellCount).map { Int64($0 % 9 - 4) }
        }
        let witness = try interpreter.witness(inputs)
        let blindings = interpreter.system.committedPorts.indices.map { Fr(UInt64(1000 + $0)) }
        let prover = NativeProver(key: key)
        let proof = try prover.prove(witness, blindings: blindings)
        let encoded = proof.encoded(for: key.verifyingKey)
        let folder = "\(root)/Fuzz/Sources/FuzzDriver/Fixture"
        try writeFile(key.verifyingKey.encoded, to: "\(folder)/fixture.key")
        try writeFile(encoded, to: "\(folder)/fixture.proof")
        try write(circuitFile(model), "circuit", name)
        try write(circuitFile(model), "inference", name)
        try write(key.verifyingKey.encoded, "verifying-key", name)
        try write(encoded, "proof", name)
        try write(WeightsFile.encoded(model.constants), "weights", name)
        let openings = OpeningsFile(
            srsDigest: key.verifyingKey.srs.digest,
            openings: prover.openings(of: proof, witness: witness, blindings: blindings))
        try write(openings.encoded(), "openings", name)
        var elements: [UInt8] = []
        for element in proof.elements { elements += [255] + element.canonicalBytes }
        try write(elements, "reduction", name)
    }

    func addSRS() throws {
        for log2Size in 1...3 {
            let srs = StructuredReferenceString.generate(log2Size: log2Size)
            try write(srs.encoded(), "srs", "development-\(log2Size)")
        }
        let files = [
            ("ptau", "dev3_raw.ptau"), ("ptau", "dev3_prepared.ptau"), ("ptau", "dev3_pruned.ptau"),
            ("halo2-srs", "dev3.srs"), ("halo2-srs", "kzg1.srs"),
        ]
        for (target, file) in files {
            try write(try readFile("\(root)/Tests/Vectors/\(file)"), target, file)
        }
    }

    private func compile(
        _ name: String, _ bytes: [UInt8], _ visibility: Visibility, _ outOfRange: OutOfRange
    ) throws -> (CompiledModel, ProvingKey) {
        var options = CompileOptions()
        options.bits = 6
        options.limbBits = 8
        options.inputVisibility = visibility
        options.outputVisibility = visibility
        options.outOfRange = outOfRange
        // The inputs that onnxruntime was given: not every number is an index, or a divisor.
        let inputs = try tensors(name)
        let graph = try ModelGraph(
            onnx: bytes, bindings: InputBindings(batch: inputs.first?.shape.first ?? 1))
        let names = graph.inputs.map { graph.values[$0].name }
        let model = try ModelCompiler.compile(
            graph, samples: [Dictionary(uniqueKeysWithValues: zip(names, inputs))],
            options: options)
        let srs = StructuredReferenceString.generate(log2Size: model.cost.log2Chunk)
        let key = try ProvingKey(
            circuit: model.circuit, constants: model.constants, log2Chunk: model.cost.log2Chunk,
            srs: srs.identity, powers: srs.powers)
        return (model, key)
    }

    /// The inputs in NAME.bin; onnx_operators.py says how they lie there.
    private func tensors(_ name: String) throws -> [FloatTensor] {
        var reader = ByteReader(try readFile("\(root)/Tests/Vectors/onnx/\(name).bin"))
        func next() throws -> Int { Int(try reader.unsigned(byteCount: 4, name)) }
        let inputCount = try next()
        _ = try next()
        return try (0..<inputCount).map { _ in
            let shape = try (0..<next()).map { _ in try next() }
            let values = try (0..<shape.reduce(1, *)).map { _ in
                Double(Float(bitPattern: UInt32(try next())))
            }
            return FloatTensor(shape: shape, values: values)
        }
    }

    private func circuitFile(_ model: CompiledModel) -> [UInt8] {
        CircuitFile(circuit: model.circuit, gadgetNames: model.gadgetNames).encoded()
    }

    private func write(_ bytes: [UInt8], _ target: String, _ name: String) throws {
        try writeFile(bytes, to: "\(root)/Fuzz/Corpus/\(target)/seed-\(name)")
    }
}
