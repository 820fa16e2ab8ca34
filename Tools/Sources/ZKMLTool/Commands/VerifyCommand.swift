import ArgumentParser
import ToolSupport
import Verifier

/// What `verify` is asked to do.
struct VerifyRequest {
    var proof: String
    var key: String
    /// The SRSs to rely on.
    var trust: SRSTrust
}

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks a proof against a verifying key.",
        discussion: """
            Needs nothing of the bundle but its verifying.key. Exit status 0: valid. 1: not valid, \
            with the reason malformed, false, wrong-key, insecure-srs, unknown-srs, version or \
            wrong-input. 3: a file is missing, or the key does not decode.

            A valid proof says that the model behind this key gives this output on this input. It \
            does not say that the model is good, nor where the input comes from.

            --input rounds real numbers as the model does. The key says what becomes of values out \
            of the input's range: where the model saturates them, the answer says how many were; \
            where it refuses them, no proof is about them, and the reason is wrong-input.

            Whoever knows the secret of a key's powers of tau can forge proofs, and a publisher can \
            choose it. So a key must stand on a public ceremony that is known here \
            (perpetual-powers-of-tau, hermez), or on powers that you name.

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

    @Option(
        name: .customLong("srs-digest"), parsing: .singleValue,
        help: ArgumentHelp(
            "Accept powers of tau with this digest, as srs check prints it; may be repeated.",
            valueName: "hex"))
    var srsDigest: [SRSDigest] = []

    @Flag(
        name: .customLong("allow-unknown-srs"),
        help: "Accept any powers of tau but a development SRS: their maker may know the secret.")
    var allowUnknownSRS = false

    @Flag(
        name: .customLong("allow-insecure-srs"),
        help: "Accept a key on a development SRS, on which anybody can forge proofs.")
    var allowInsecureSRS = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let trust = SRSTrust(
            digests: Set(srsDigest.map(\.bytes)), acceptsUnknown: allowUnknownSRS,
            acceptsInsecure: allowInsecureSRS)
        let request = VerifyRequest(proof: proof, key: key, trust: trust)
        let report = try verifyProof(request, input: try input.map { try TensorFile.read($0) })
        common.show(json: report.json, text: report.text)
        if !report.isValid { throw ExitStatus.notValid }
    }
}

/// 32 bytes as 64 hexadecimal digits, of either case.
struct SRSDigest: ExpressibleByArgument {
    let bytes: [UInt8]

    init?(argument: String) {
        let digits = argument.map(\.hexDigitValue)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(16 * high + low))
        }
        self.bytes = bytes
    }
}
