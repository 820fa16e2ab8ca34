import Circuits
import Curve
import Models
import ProofSystem
import Prover
import ToolSupport

/// Compiles a model into a bundle.
///
/// - Parameter announce: Called once, when the cost is known and before any key is made.
/// - Returns: What was made; without keys after a dry run.
func compileModel(
    _ request: CompileRequest, progress: Progress, announce: (CostReport) -> Void
) throws -> CompileReport {
    let watch = Stopwatch()
    if let bundle = request.bundle { try checkFolder(bundle, holdsOnly: BundleFiles.names) }
    progress.update("reading the model")
    let graph = try readModel(request.model)
    // A model that is refused is refused whatever its samples.
    let bound = try request.samples.map { try floatSamples(TensorFile.read($0), of: graph) }
    progress.update("calibrating and lowering")
    var options = CompileOptions(request)
    if let path = request.inputFrom {
        options.inputFormats = try outputFormats(of: path, for: graph)
    }
    let model: CompiledModel
    do {
        model = try ModelCompiler.compile(graph, samples: bound ?? [], options: options)
    } catch {
        throw ToolFailure(exitStatus(of: error), "\(request.model): \(error)")
    }
    let cost = CostReport(model)
    announce(cost)
    let srs = try referenceString(
        request.srs, log2Size: model.cost.log2Chunk, isDryRun: request.isDryRun, progress)
    var report = CompileReport(
        cost: cost,
        srs: SRSReport(srs?.identity ?? .development, log2Size: model.cost.log2Chunk), keys: nil,
        calibration: nil, seconds: 0, peakMemoryBytes: 0)
    report.target = model.search.map { CompileReport.Target($0, graph: graph, model) }
    if request.explains {
        progress.update("measuring where the error comes from")
        report.explanation = ExplanationReport(
            try AccuracyExplanation(model, of: graph, on: usedSamples(bound, graph)))
    }
    if let srs, !request.isDryRun, let bundle = request.bundle {
        progress.update("comparing with the float model")
        report.calibration = try calibrationReport(model, graph: graph, samples: bound)
        progress.update("making keys")
        let key = try makeKey(model, srs: srs)
        try write(model, key: key, srs: srs, to: bundle)
        report.keys = .init(
            bundle: bundle, modelID: hexadecimal(key.verifyingKey.digest))
    }
    progress.finish()
    report.seconds = watch.seconds
    report.peakMemoryBytes = peakMemoryBytes()
    return report
}

/// The formats that another model's outputs give the inputs of `graph`.
private func outputFormats(
    of path: String, for graph: ModelGraph
) throws -> [String: FixedPointFormat] {
    let key = try readKey(path)
    let outputs = zip(key.circuit.outputs, key.system.outputs).map {
        (port: $0.port, extents: key.system.shape($1.tensor).extents)
    }
    var formats: [String: FixedPointFormat] = [:]
    for input in graph.inputs {
        let value = graph.values[input]
        let named = outputs.first { $0.port.name == value.name }
        let only = outputs.count == 1 && graph.inputs.count == 1 ? outputs[0] : nil
        guard let output = named ?? only else { continue }
        guard output.extents == value.shape else {
            throw ToolFailure(
                .unfitInput,
                "input \(quoted(value.name)) has shape \(value.shape), output "
                    + "\(quoted(output.port.name)) of \(path) has \(output.extents)")
        }
        formats[value.name] = output.port.format
    }
    guard !formats.isEmpty else {
        throw ToolFailure(.usage, "--input-from: no input has the name of an output of \(path)")
    }
    return formats
}

private func floatSamples(
    _ samples: NamedTensors, of graph: ModelGraph
) throws -> [[String: FloatTensor]] {
    let specs = graph.inputs.map {
        TensorSpec(name: graph.values[$0].name, shape: graph.values[$0].shape)
    }
    return try samples.bound(to: specs, samples: .required).samples.map { sample in
        Dictionary(
            zip(specs, sample).map {
                ($0.name, FloatTensor(shape: $1.shape, values: $1.doubles))
            }, uniquingKeysWith: { first, _ in first })
    }
}

/// The samples, or what stands in for them.
private func usedSamples(
    _ samples: [[String: FloatTensor]]?, _ graph: ModelGraph
) -> [[String: FloatTensor]] {
    samples ?? Calibration.syntheticSamples(graph, range: CompileOptions().inputRange)
}

private func calibrationReport(
    _ model: CompiledModel, graph: ModelGraph, samples: [[String: FloatTensor]]?
) throws -> CompileReport.Calibration {
    let report = try CalibrationReport(model, of: graph, on: usedSamples(samples, graph))
    return .init(
        sampleCount: report.sampleCount, isSynthetic: samples == nil,
        refusedCount: report.refusedCount, maxAbsError: report.maxAbsError,
        meanAbsError: report.meanAbsError,
        errorBound: model.errorBounds.max() ?? 0, topClassAgreement: report.topClassAgreement)
}

/// The file of `--srs`, or the development SRS from the user's cache, made where it is missing; nil
/// for that one in a dry run.
private func referenceString(
    _ path: String?, log2Size: Int, isDryRun: Bool, _ progress: Progress
) throws -> StructuredReferenceString? {
    if let path {
        guard fileExists(path) else { throw FileError(path: path, problem: .missing) }
        do {
            return try StructuredReferenceString(path: path, log2Size: log2Size)
        } catch SRSError.notEnoughPowers(let requested, let available) {
            throw ToolFailure(
                .usage,
                "--srs \(path): the model needs 2^\(requested) powers of tau, the file has "
                    + "2^\(available); give a larger one")
        } catch {
            throw ToolFailure(.unreadableFile, "\(path): \(describe(error))")
        }
    }
    if isDryRun { return nil }
    let cached = try cachedDevelopmentSRS(log2Size: log2Size)
    if fileExists(cached), let srs = try? StructuredReferenceString(path: cached),
        srs.identity == .development, srs.log2Size == log2Size
    {
        return srs
    }
    progress.update("making the development SRS, 2^\(log2Size) powers")
    let srs = StructuredReferenceString.generate(log2Size: log2Size)
    try writeFile(srs.encoded(), to: cached)
    return srs
}

private func makeKey(
    _ model: CompiledModel, srs: StructuredReferenceString
) throws -> ProvingKey {
    do {
        return try ProvingKey(
            circuit: model.circuit, constants: model.constants, log2Chunk: model.cost.log2Chunk,
            srs: srs.identity, powers: srs.powers)
    } catch {
        throw ToolFailure(.unsupportedModel, describe(error))
    }
}

private func write(
    _ model: CompiledModel, key: ProvingKey, srs: StructuredReferenceString, to bundle: String
) throws {
    let circuit = CircuitFile(circuit: model.circuit, gadgetNames: model.gadgetNames)
    try writeFolder(to: bundle, names: BundleFiles.names) { folder in
        let files = BundleFiles(folder: folder)
        try writeFile(circuit.encoded(), to: files.circuit)
        try writeFile(WeightsFile.encoded(model.constants), to: files.weights)
        try writeFile(key.verifyingKey.encoded, to: files.verifyingKey)
        try writeFile(srs.encoded(), to: files.powers)
    }
}

extension CompileOptions {
    init(_ request: CompileRequest) {
        self.init()
        if let bits = request.bits { self.bits = bits }
        switch request.ranges {
        case .minMax: rangeMethod = request.margin.map { .minMax(margin: $0) } ?? .minMax()
        case .percentile(let percentile): rangeMethod = .percentile(percentile)
        }
        target =
            request.targetError.map { .error($0) }
            ?? request.targetAgreement.map { .agreement($0) }
        inputVisibility = request.inputs == .public ? .public : .committed
        outputVisibility = request.outputs == .public ? .public : .committed
        outOfRange = request.outOfRange == .saturate ? .saturate : .refuse
    }
}

extension CostReport {
    init(_ model: CompiledModel) {
        let cost = model.cost
        // Powers at 64 bytes, and weights at up to three bytes. In memory a weight is a real number
        // and an integer, and eight bytes of what is made of it.
        let powers = 64 << cost.log2Chunk
        let weights = model.constants.reduce(0) { $0 + $1.count } * 3
        self.init(
            cells: cost.adviceCells, tables: cost.tableBits.count,
            tableBits: cost.tableBits.max() ?? 0, log2Chunk: cost.log2Chunk,
            proofBytes: cost.proofBytes, verifyingKeyBytes: cost.keyBytes,
            bundleBytes: cost.keyBytes + powers + weights,
            compileSeconds: Double(weights) * 0.2e-6 + 0.05, proveSeconds: cost.proveSeconds,
            compileMemoryBytes: 24 << 20 + 8 * weights + 2 * powers,
            proveMemoryBytes: cost.peakMemoryBytes)
    }
}

extension CompileReport.Target {
    init(_ search: AccuracySearch, graph: ModelGraph, _ model: CompiledModel) {
        var (error, agreement) = (Double?.none, Double?.none)
        switch search.target {
        case .error(let wanted): error = wanted
        case .agreement(let wanted): agreement = wanted
        }
        let bits = graph.values.indices.lazy.filter { graph.values[$0].constant == nil }
            .map { model.precision[$0] }
        self.init(
            maxAbsError: error, topClassAgreement: agreement, reachedError: search.maxAbsError,
            reachedAgreement: search.topClassAgreement, heldOutCount: search.heldOutCount,
            trials: search.trials,
            bits: (bits.min() ?? model.precision.uniform)...(bits.max() ?? model.precision.uniform))
    }
}

extension ExplanationReport {
    init(_ explanation: AccuracyExplanation) {
        self.init(
            layers: explanation.layers.map { layer in
                Layer(
                    name: layer.name, bits: layer.bits, fractionalBits: layer.fractionalBits,
                    range: layer.range, saturatedShare: layer.saturatedShare,
                    errorShare: layer.errorShare, cells: layer.adviceCells,
                    oneMoreBit: layer.oneMoreBit.map { ($0.errorRatio, $0.adviceCells) })
            }, error: explanation.error, sampleCount: explanation.sampleCount,
            groupSize: explanation.groupSize)
    }
}
