import ArgumentParser
import ToolSupport

/// What `verify` is asked to do.
struct VerifyRequest {
    var proof: String
    var key: String
    /// Accept keys on a development SRS.
    var allowsInsecureSRS: Bool
}

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks a proof against a verifying key.",
        discussion: """
            Needs nothing of the bundle but its verifying.key. Exit status 0: valid. 1: not valid, \
            with the reason malformed, false, wrong-key, insecure-srs, version or wrong-input. \
            3: a file is missing, or the key does not decode.

            A valid proof says that the model behind this key gives this output on this input. It \
            does not say that the model is good, nor where the input comes from.

            EXAMPLES:
              zkml verify digit-3.proof --key mlp.bundle/verifying.key
              zkml verify digit-3.proof --key verifying.key --input digit-3.npy --json
            """)

    @Argument(help: "The proof.", completion: .file())
    var proof: String

    @Option(help: ArgumentHelp("The model's verifying key.", valueName: "file"))
    var key: String

    @Option(
        help: ArgumentHelp(
            "Refuse the proof unless it is about this public input.", valueName: "file"))
    var input: String?

    @Flag(
        name: .customLong("allow-insecure-srs"),
        help: "Accept a key on a development SRS, on which anybody can forge proofs.")
    var allowInsecureSRS = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let request = VerifyRequest(
            proof: proof, key: key, allowsInsecureSRS: allowInsecureSRS)
        let report = try verifyProof(request, input: try input.map { try TensorFile.read($0) })
        common.show(json: report.json, text: report.text)
        if !report.isValid { throw ExitStatus.notValid }
    }
}
