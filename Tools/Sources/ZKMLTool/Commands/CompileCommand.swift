import ArgumentParser
import ToolSupport

/// What `compile` is asked to do.
struct CompileRequest {
    var model: String
    /// Nil for a dry run without `-o`.
    var bundle: String?
    /// A file of sample inputs; nil for synthetic ones.
    var samples: String?
    var bits: Int?
    var ranges: Ranges
    /// Nil: a quarter.
    var margin: Double?
    /// The largest error on the samples, in reals.
    var targetError: Double?
    /// The least share of samples whose top class is the float model's.
    var targetAgreement: Double?
    var explains: Bool
    var inputs: Visibility
    var outputs: Visibility
    /// The verifying key of the model whose outputs become this one's inputs.
    var inputFrom: String?
    var outOfRange: OutOfRange
    /// Nil: a development SRS from the user's cache.
    var srs: String?
    var isDryRun: Bool
}

/// How ranges follow from samples.
enum Ranges: ExpressibleByArgument, Equatable {
    case minMax
    /// What is left of so many percent of the elements.
    case percentile(Double)

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.first {
        case "minmax" where parts.count == 1: self = .minMax
        case "percentile" where parts.count == 2:
            guard let percent = Double(parts[1]), (50...100).contains(percent) else { return nil }
            self = .percentile(percent)
        default: return nil
        }
    }
}

struct CompileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile",
        abstract: "Turns an ONNX model into a bundle: circuit, weights and keys.",
        discussion: """
            Says what the model will cost (cells, tables, sizes, predicted time and memory) before \
            it makes keys; --dry-run stops there. Samples calibrate the integer model, and are \
            what its agreement with the float model is measured on.

            --target-error and --target-agreement choose bits value by value, the cheapest that \
            reach the target on the samples, a quarter of which are held out; where 16 bits are \
            not enough, that is exit status 4. --explain says which layers the error comes from.

            Without --srs a development SRS is made once and kept in the user's cache folder \
            ($XDG_CACHE_HOME/zkml or ~/.cache/zkml). Its secret is known to everybody, so proofs \
            on it show nothing: verify refuses them unless it is told otherwise.

            EXAMPLES:
              zkml compile cnn.onnx -o cnn.bundle --samples samples.npz
              zkml compile cnn.onnx --dry-run --json
              zkml compile cnn.onnx --samples samples.npz --dry-run --explain
              zkml compile cnn.onnx -o cnn.bundle --samples samples.npz --target-error 0.02
              zkml compile cnn.onnx -o cnn.bundle --input committed --srs powers.srs
            """)

    @Argument(help: "The model.", completion: .file(extensions: ["onnx"]))
    var model: String

    @Option(
        name: .customShort("o"), help: ArgumentHelp("The folder to write.", valueName: "bundle"))
    var bundle: String?

    @Option(
        help: ArgumentHelp(
            "Sample inputs for calibration, with one more leading axis.", valueName: "npz"))
    var samples: String?

    @Option(
        help: ArgumentHelp(
            "The width of activations, 4 to 16 (10 unless given).",
            valueName: "n"))
    var bits: Int?

    @Option(
        help: ArgumentHelp(
            "How ranges follow from samples: minmax, or percentile:99.9 (what lies beyond "
                + "saturates).", valueName: "how"))
    var ranges = Ranges.minMax

    @Option(
        help: ArgumentHelp(
            "How much farther than the samples ranges go at most, 0 to 1 (0.25 unless given).",
            valueName: "share"))
    var margin: Double?

    @Option(
        help: ArgumentHelp(
            "The largest error of an output on the samples, in reals.", valueName: "error"))
    var targetError: Double?

    @Option(
        help: ArgumentHelp(
            "The least share of samples, 0 to 1, whose top class is the float model's.",
            valueName: "share"))
    var targetAgreement: Double?

    @Flag(help: "Say for each layer its bits, range and part of the output error.")
    var explain = false

    @Option(help: "Whether inputs stand in the proof or are committed.")
    var input = Visibility.public

    @Option(help: "Whether outputs stand in the proof or are committed.")
    var output = Visibility.public

    @Option(
        help: ArgumentHelp(
            "Give inputs the bits and fractional bits of that model's outputs, to chain the two.",
            discussion: """
                By name; a single input takes a single output's. With both committed, the first \
                proof's openings are the second's --openings-in.
                """, valueName: "key"))
    var inputFrom: String?

    @Option(help: "What to do with an input that leaves the calibrated range; the key says it.")
    var outOfRange = OutOfRange.saturate

    @Option(help: ArgumentHelp("The powers of tau, from zkml srs.", valueName: "file"))
    var srs: String?

    @Flag(help: "Say what it would cost, and write nothing.")
    var dryRun = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard bundle != nil || dryRun else {
            throw ValidationError("Say where to write the bundle (-o), or --dry-run.")
        }
        if let bits, !(4...16).contains(bits) {
            throw ValidationError("--bits is 4 to 16.")
        }
        if let margin {
            guard (0...1).contains(margin) else { throw ValidationError("--margin is 0 to 1.") }
            guard ranges == .minMax else {
                throw ValidationError("--margin goes with --ranges minmax.")
            }
        }
        guard targetError == nil || targetAgreement == nil else {
            throw ValidationError("Ask for an error or for an agreement.")
        }
        if let targetError, !(0x1p-60...0x1p60).contains(targetError) {
            throw ValidationError("--target-error is a positive number.")
        }
        if let targetAgreement, !(0...1).contains(targetAgreement) {
            throw ValidationError("--target-agreement is 0 to 1.")
        }
    }

    func run() throws {
        let request = CompileRequest(
            model: model, bundle: bundle, samples: samples, bits: bits, ranges: ranges,
            margin: margin, targetError: targetError, targetAgreement: targetAgreement,
            explains: explain, inputs: input, outputs: output, inputFrom: inputFrom,
            outOfRange: outOfRange, srs: srs, isDryRun: dryRun)
        let isJSON = common.json
        let report = try compileModel(request, progress: Progress()) { cost in
            if !isJSON { standardOutput(line: cost.text) }
        }
        common.show(json: report.json, text: report.text)
    }
}
