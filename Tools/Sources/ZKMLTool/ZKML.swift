import ArgumentParser
import ToolSupport

/// The command line's root.
struct ZKML: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zkml",
        abstract: "Proves that a machine-learning model, run on an input, gives an output.",
        discussion: """
            A publisher compiles an ONNX model into a bundle: circuit, weights and keys. Whoever \
            has the bundle proves inferences; whoever has its verifying key checks the proofs. \
            Native proofs are succinct, not zero-knowledge: they do not hide the weights or the \
            input from somebody who can guess them.

            EXAMPLES:
              zkml compile mlp.onnx -o mlp.bundle --samples samples.npz
              zkml prove mlp.bundle --input digit-3.npy -o digit-3.proof
              zkml verify digit-3.proof --key mlp.bundle/verifying.key --allow-insecure-srs

            EXIT STATUS:
              0  done; for verify: the proof is valid
              1  the proof is not valid
              2  the command line is wrong
              3  a file is missing, unreadable or malformed
              4  the model has something that is not supported, or misses its target
              5  the input does not fit the model, or leaves its range where that is refused
            """,
        version: "0.1.0",
        subcommands: [
            CompileCommand.self, RunCommand.self, ProveCommand.self, VerifyCommand.self,
            InspectCommand.self, SRSCommand.self,
        ])
}

/// What every verb takes.
struct CommonOptions: ParsableArguments {
    @Flag(name: .long, help: "Print one JSON object on standard output.")
    var json = false

    /// Prints a verb's report.
    func show(json object: @autoclosure () -> JSONValue, text: @autoclosure () -> String) {
        standardOutput(line: json ? object().text : text())
    }
}

/// Who learns a tensor's values.
enum Visibility: String, ExpressibleByArgument, CaseIterable {
    /// They stand in the proof.
    case `public`
    /// The proof carries a hiding commitment; its opening goes to a secret file.
    case committed
}

/// What happens to an input that leaves the calibrated range.
enum OutOfRange: String, ExpressibleByArgument, CaseIterable {
    /// Values stop at the ends of the range, in the circuit too.
    case saturate
    /// `prove` refuses it by layer name; the circuit is smaller.
    case refuse
}

/// The sentence about inputs that several verbs share.
let inputHelp = ArgumentHelp(
    "The input: .npz, .npy or .json.",
    discussion: """
        JSON is {"name": nested lists} or EZKL's {"input_data": [[flat list], …]}. Tensors are \
        found by the model's input names, or by position where the file has no names; others \
        (labels, say) are left aside.
        """,
    valueName: "file")
