import ArgumentParser
import ToolSupport

struct SRSCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "srs",
        abstract: "Makes, imports and checks powers of tau.",
        discussion: """
            Whoever knows tau can forge proofs. Files from a public ceremony are secure if one of \
            its participants was honest; a development SRS never is. verify relies on the public \
            ceremonies perpetual-powers-of-tau and hermez; of others it wants the digest, which \
            import and check print.

            EXAMPLES:
              zkml srs import powersOfTau28_hez_final_16.ptau -o powers.srs
              zkml srs check powers.srs
              zkml srs new --insecure-dev --log2-size 16 -o dev.srs
            """,
        subcommands: [New.self, Import.self, Check.self])

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new",
            abstract: "Makes a development SRS, whose secret is known to everybody.",
            discussion: """
                EXAMPLE:
                  zkml srs new --insecure-dev --log2-size 16 -o dev.srs
                """)

        @Flag(help: "Say that you know it is insecure; there is no other kind to make.")
        var insecureDev = false

        @Option(
            name: .customLong("log2-size"),
            help: ArgumentHelp("The log2 of the number of powers, 1 to 24.", valueName: "k"))
        var log2Size: Int

        @Option(
            name: .customShort("o"), help: ArgumentHelp("The file to write.", valueName: "file"))
        var output: String

        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard insecureDev else {
                throw ValidationError("Only development SRS are made here; say --insecure-dev.")
            }
            guard (1...24).contains(log2Size) else {
                throw ValidationError("--log2-size is 1 to 24.")
            }
        }

        func run() throws {
            let report = try makeDevelopmentSRS(
                log2Size: log2Size, to: output, progress: Progress())
            common.show(json: report.json, text: report.text)
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Reads a ceremony's file, checks all of it, and writes our format.",
            discussion: """
                Read are snarkjs's .ptau (raw or prepared) and halo2's .srs (as EZKL downloads). \
                Says whether the file is one whose hash EZKL (kzg1.srs to kzg26.srs) or snarkjs \
                (powersOfTau28_hez_final) publishes. Another file can be as good: what counts is \
                tau, which is checked and named too.

                EXAMPLES:
                  zkml srs import powersOfTau28_hez_final_16.ptau -o powers.srs
                  zkml srs import kzg16.srs -o powers.srs
                """)

        @Argument(help: "The ceremony's file.", completion: .file(extensions: ["ptau", "srs"]))
        var file: String

        @Option(
            name: .customShort("o"), help: ArgumentHelp("The file to write.", valueName: "file"))
        var output: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let report = try importSRS(file, to: output, progress: Progress())
            common.show(json: report.json, text: report.text)
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Checks every point of an SRS file, and says where it comes from.",
            discussion: """
                EXAMPLE:
                  zkml srs check powers.srs
                """)

        @Argument(help: "A file of zkml srs.", completion: .file(extensions: ["srs"]))
        var file: String

        @OptionGroup var common: CommonOptions

        func run() throws {
            let report = try checkSRS(file, progress: Progress())
            common.show(json: report.json, text: report.text)
        }
    }
}
