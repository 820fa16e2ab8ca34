import ArgumentParser
import ToolSupport

/// What `prove` is asked to do.
struct ProveRequest {
    var bundle: String
    /// Where to write the proof.
    var proof: String
    /// The openings of inputs that another proof has committed; nil: fresh blindings.
    var openingsIn: String?
    /// Where the openings of what this proof commits go.
    var openingsOut: String?
}

struct ProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Runs the model on one input and proves the result.",
        discussion: """
            Where the bundle commits its input or output, the committed values and their \
            blindings are written to the --openings-out file, mode 0600: whoever has it can open \
            the commitments. It is also how models are chained: the openings of one model's \
            output, given as --openings-in, make the next model's input the same commitment.

            EXAMPLES:
              zkml prove mlp.bundle --input digit-3.npy -o digit-3.proof
              zkml prove head.bundle --input x.npz -o head.proof --openings-out head.secret
              zkml prove tail.bundle --input y.npz -o tail.proof --openings-in head.secret
            """)

    @Argument(help: "The bundle, as compile wrote it.", completion: .directory)
    var bundle: String

    @Option(help: inputHelp)
    var input: String

    @Option(name: .customShort("o"), help: ArgumentHelp("The file to write.", valueName: "proof"))
    var proof: String

    @Option(help: ArgumentHelp("Openings of inputs that are already committed.", valueName: "file"))
    var openingsIn: String?

    @Option(help: ArgumentHelp("Where to write the openings (secret).", valueName: "file"))
    var openingsOut: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let request = ProveRequest(
            bundle: bundle, proof: proof, openingsIn: openingsIn, openingsOut: openingsOut)
        let report = try proveInference(
            request, inputs: try TensorFile.read(input), progress: Progress())
        common.show(json: report.json, text: report.text)
    }
}
