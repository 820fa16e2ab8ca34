import ArgumentParser
import ToolSupport

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs the bundle's integer model, without a proof.",
        discussion: """
            The input may have one more leading axis; then each part along it is an inference of \
            its own, and the outputs have that axis too. Values are real numbers: what the \
            integers stand for.

            --expect names a file with the outputs of a reference, such as the float model, by \
            output name and of the same shapes (sample axis included). The answer then says the \
            largest and the mean absolute difference over all values, and on how many rows (along \
            the last axis, of two values or more) the largest value stands in the same place, ties \
            going to the first; in JSON: "agreement": {"maxAbsError", "meanAbsError", \
            "topClassAgreement", "rows", "agreeingRows", "disagreements": [row, …]}.

            EXAMPLES:
              zkml run mlp.bundle --input digit-3.npy
              zkml run mlp.bundle --input test.npz -o outputs.npz
              zkml run mlp.bundle --input test.npz --expect mlp-float.npz --json
            """)

    @Argument(help: "The bundle, as compile wrote it.", completion: .directory)
    var bundle: String

    @Option(help: inputHelp)
    var input: String

    @Option(name: .customShort("o"), help: ArgumentHelp("Write the outputs.", valueName: "npz"))
    var output: String?

    @Option(help: ArgumentHelp("Compare the outputs with these.", valueName: "file"))
    var expect: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let inputs = try TensorFile.read(input)
        let expected = try expect.map { try TensorFile.read($0) }
        let watch = Stopwatch()
        let model = try IntegerModel(bundle: bundle)
        let result = try inferAll(inputs, with: model, expected: expected, progress: Progress())
        if let output { try TensorFile.writeNpz(result.outputs, to: output) }

        let reports = zip(model.outputs, result.outputs.entries).map {
            TensorReport(
                name: $0.spec.name, tensor: $1.tensor, bits: $0.bits,
                fractionalBits: $0.fractionalBits)
        }
        let report = RunReport(
            outputs: reports, sampleCount: result.sampleCount, agreement: result.agreement,
            saturatedCount: result.saturatedCount, seconds: watch.seconds,
            peakMemoryBytes: peakMemoryBytes())
        common.show(json: report.json, text: report.text)
    }
}

/// The outputs of one inference, or of one for each sample under one more leading axis.
struct InferenceResult {
    var outputs: NamedTensors
    var sampleCount: Int?
    var agreement: Agreement?
    /// Input values out of range that saturated, over all samples.
    var saturatedCount: Int
}

/// Runs the model on a file's tensors.
func inferAll(
    _ inputs: NamedTensors, with model: IntegerModel, expected: NamedTensors?,
    progress: Progress
) throws -> InferenceResult {
    let bound = try inputs.bound(to: model.inputs, samples: .allowed)
    var outputs: [[TensorData]] = []
    for (i, sample) in bound.samples.enumerated() {
        progress.update("running", fraction: Double(i) / Double(bound.samples.count))
        do {
            outputs.append(try model.run(sample))
        } catch let failure where bound.isBatch {
            throw ToolFailure(exitStatus(of: failure), "sample \(i): \(failure)")
        }
    }
    progress.finish()

    let columns = model.outputs.indices.map { k in
        bound.isBatch ? TensorData.stacked(outputs.map { $0[k] }) : outputs[0][k]
    }
    let specs = zip(model.outputs, columns).map { TensorSpec(name: $0.spec.name, shape: $1.shape) }
    return InferenceResult(
        outputs: NamedTensors(zip(specs, columns).map { .init(name: $0.name, tensor: $1) }),
        sampleCount: bound.isBatch ? bound.samples.count : nil,
        agreement: try expected.map {
            let reference = try $0.bound(to: specs, samples: .forbidden).samples[0]
            return Agreement(of: columns, with: reference)
        },
        saturatedCount: bound.samples.reduce(0) { $0 + model.saturatedCount($1) })
}
