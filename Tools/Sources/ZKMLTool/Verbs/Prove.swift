import Circuits
import Field
import Models
import ProofSystem
import Prover
import ToolSupport
import Verifier

/// Proves one inference and writes the proof and the openings.
///
/// The proof is verified before it is written, so a damaged bundle is found here and not by those
/// the proof is sent to.
/// - Parameter inputs: The file of `--input`; inputs that `--openings-in` opens may be left out.
func proveInference(
    _ request: ProveRequest, inputs: NamedTensors, progress: Progress
) throws -> ProveReport {
    let watch = Stopwatch()
    ProcessMemory.keepFreedBlocks()
    progress.update("reading the bundle")
    let (file, key) = try BundleFiles(folder: request.bundle).readProvingKey()
    let system = key.verifyingKey.system
    let model = try IntegerModel(file: file, system: system, constants: key.constants)
    let given = try request.openingsIn.map { path in
        try GivenOpenings(path: path, key: key.verifyingKey)
    }
    let (integers, saturated) = try inputIntegers(inputs, model: model, given: given)
    progress.update("running the model")
    let witness = try model.witness(integers)
    var generator = SystemRandomNumberGenerator()
    let blindings = system.committedPorts.indices.map { index in
        given?.blinding(committedPort: index) ?? Fr.random(using: &generator)
    }
    progress.update("proving")
    let prover = NativeProver(key: key)
    let proof = try prover.prove(witness, blindings: blindings)
    let seconds = watch.seconds
    progress.update("checking the proof")
    do {
        // Whether anybody should rely on the SRS is for those who verify.
        let trust = SRSTrust(acceptsUnknown: true, acceptsInsecure: true)
        try NativeVerifier(key: key.verifyingKey).verify(proof, trusting: trust)
    } catch {
        throw ToolFailure(
            .unreadableFile,
            "\(request.bundle): its proofs do not verify "
                + "(\(VerifyReport.Refusal(error).detail)), so its weights or powers are not those "
                + "of its key; compile again")
    }
    progress.finish()

    let bytes = proof.encoded(for: key.verifyingKey)
    var written: [String] = []
    let openings = prover.openings(of: proof, witness: witness, blindings: blindings)
    if !openings.isEmpty {
        let path = request.openingsOut ?? request.proof + ".openings"
        let file = OpeningsFile(srsDigest: key.verifyingKey.srs.digest, openings: openings)
        try writeFile(file.encoded(), to: path, privacy: .secret)
        written.append(path)
    }
    try writeFile(bytes, to: request.proof)
    var reports = proof.portReports(key.verifyingKey)
    for index in reports.inputs.indices {
        reports.inputs[index].saturatedCount = saturated[index]
    }
    return ProveReport(
        proof: request.proof, modelID: hexadecimal(key.verifyingKey.digest),
        inputs: reports.inputs, outputs: shownOutputs(reports.outputs, openings: openings),
        srs: SRSReport(key.verifyingKey.srs, log2Size: key.verifyingKey.log2Chunk),
        proofBytes: bytes.count, openings: written, seconds: seconds,
        peakMemoryBytes: peakMemoryBytes())
}

/// The prover sees the values of committed outputs, too.
private func shownOutputs(
    _ reports: [TensorReport], openings: [PortOpening]
) -> [TensorReport] {
    reports.map { report in
        guard case .commitment = report.content,
            let opening = openings.last(where: { $0.port.name == report.name })
        else { return report }
        return opening.port.report(opening.values, shape: opening.shape)
    }
}

/// The integers of every input, from the file or from openings; and of those from the file, how
/// many reals saturated.
private func inputIntegers(
    _ inputs: NamedTensors, model: IntegerModel, given: GivenOpenings?
) throws -> (integers: [[Int64]], saturated: [Int?]) {
    let opened = given?.inputs ?? [:]
    // What is opened need not be in the file; where it is, it must be the same.
    let open = model.inputs.indices.filter {
        opened[$0] == nil || inputs[model.inputs[$0].name] != nil
    }
    let specs = open.map { model.inputs[$0] }
    let bound = specs.isEmpty ? [] : try inputs.bound(to: specs, samples: .forbidden).samples[0]
    var integers = model.inputs.indices.map { opened[$0]?.values ?? [] }
    var saturated = [Int?](repeating: nil, count: integers.count)
    for (index, tensor) in zip(open, bound) {
        let port = model.file.circuit.inputs[index].port
        let values = try port.quantised(tensor)
        if let opening = opened[index], opening.values != values {
            throw ToolFailure(
                .unfitInput, "\(quoted(port.name)) is not what the openings file has committed")
        }
        integers[index] = values
        saturated[index] = port.saturatedCount(tensor)
    }
    return (integers, saturated)
}

/// Openings of `--openings-in`, matched with the committed inputs of a model.
private struct GivenOpenings {
    /// By index of the circuit's input.
    private(set) var inputs: [Int: PortOpening] = [:]
    /// Indices of the committed inputs, in order: the first committed ports.
    private let committed: [Int]

    init(path: String, key: VerifyingKey) throws {
        let file = try decoding(path) { bytes throws(DecodingError) in
            try OpeningsFile(decoding: bytes)
        }
        guard file.srsDigest == key.srs.digest else {
            throw ToolFailure(.unfitInput, "\(path): its commitments are on another SRS")
        }
        committed = key.circuit.inputs.indices.filter {
            key.circuit.inputs[$0].port.visibility == .committed
        }
        for index in committed {
            let input = key.circuit.inputs[index]
            let fitting = file.openings.filter { $0.fits(input.port, shape: input.shape) }
            let named = fitting.filter { $0.port.name == input.port.name }
            guard let opening = named.count == 1 ? named[0] : fitting.first,
                named.count == 1 || fitting.count == 1
            else {
                throw ToolFailure(
                    .unfitInput,
                    "\(path): \(fitting.count) openings have the shape \(input.shape), "
                        + "\(input.port.bits) bits and \(input.port.fractionalBits) fractional "
                        + "bits of input \(quoted(input.port.name)); one is needed")
            }
            inputs[index] = opening
        }
        guard !committed.isEmpty else {
            throw ToolFailure(.usage, "--openings-in: this model has no committed input")
        }
    }

    func blinding(committedPort index: Int) -> Fr? {
        committed.indices.contains(index) ? inputs[committed[index]]?.blinding : nil
    }
}
