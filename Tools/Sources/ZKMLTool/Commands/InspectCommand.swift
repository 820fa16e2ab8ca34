import ArgumentParser
import ToolSupport

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Says what is in a file: a model, a bundle or any file of ours.",
        discussion: """
            Operators, shapes, cells, tables, cost by layer and digests, as far as the file has \
            them; for a proof, with its key, also where its parts lie.

            EXAMPLES:
              zkml inspect cnn.onnx
              zkml inspect mlp.bundle
              zkml inspect digit-3.proof --key mlp.bundle/verifying.key --json
            """)

    @Argument(help: "The file or bundle.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp(
            "The verifying key of a proof: says where the proof's parts lie.", valueName: "file"))
    var key: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let report = try inspectFile(file, key: key)
        common.show(json: report.json, text: report.text)
    }
}
