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
    var inputs: Visibility
    var outputs: Visibility
    /// The verifying key of the model whose outputs become this one's inputs.
    var inputFrom: String?
    var outOfRange: OutOfRange
    /// Nil: a development SRS from the user's cache.
    var srs: String?
    var isDryRun: Bool
}

struct CompileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile",
        abstract: "Turns an ONNX model into a bundle: circuit, weights and keys.",
        discussion: """
            Says what the model will cost (cells, tables, sizes, predicted time and memory) before \
            it makes keys; --dry-run stops there. Samples calibrate the integer model, and are \
            what its agreement with the float model is measured on.

            Without --srs a development SRS is made once and kept in the user's cache folder \
            ($XDG_CACHE_HOME/zkml or ~/.cache/zkml). Its secret is known to everybody, so proofs \
            on it show nothing: verify refuses them unless it is told otherwise.

            EXAMPLES:
              zkml compile cnn.onnx -o cnn.bundle --samples samples.npz
              zkml compile cnn.onnx --dry-run --json
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
    }

    func run() throws {
        let request = CompileRequest(
            model: model, bundle: bundle, samples: samples, bits: bits, inputs: input,
            outputs: output,
            inputFrom: inputFrom, outOfRange: outOfRange, srs: srs, isDryRun: dryRun)
        let isJSON = common.json
        let report = try compileModel(request, progress: Progress()) { cost in
            if !isJSON { standardOutput(line: cost.text) }
        }
        common.show(json: report.json, text: report.text)
    }
}
