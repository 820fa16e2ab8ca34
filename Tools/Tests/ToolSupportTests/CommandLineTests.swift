import Foundation
import Testing
import ToolSupport

/// The built `zkml`, from outside: exit statuses, and what goes to which stream.
@Suite("Command line")
struct CommandLineTests {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    private func zkml(_ arguments: String...) throws -> Result { try zkml(arguments) }

    private func zkml(_ arguments: [String]) throws -> Result {
        // The executable is built into the folder of the test bundle.
        let folder = (CommandLine.arguments[0] as NSString).deletingLastPathComponent
        let process = Process()
        process.executableURL = URL(fileURLWithPath: joinPath(folder, "zkml"))
        process.arguments = arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let outputData = output.fileHandleForReading.readDataToEndOfFile()
        let errorData = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: outputData, as: UTF8.self),
            errors: String(decoding: errorData, as: UTF8.self))
    }

    @Test("help and version end well")
    func help() throws {
        for verb in ["compile", "run", "prove", "verify", "inspect", "srs"] {
            let result = try zkml(verb, "--help")
            #expect(result.status == 0)
            #expect(result.output.contains("EXAMPLE"), "\(verb)")
            #expect(result.errors.isEmpty)
        }
        #expect(try zkml("--version").status == 0)
        #expect(try zkml().output.contains("EXIT STATUS"))
    }

    @Test("usage errors are 2")
    func usage() throws {
        let wrong = [
            ["bogus"], ["compile"], ["compile", "x.onnx"], ["compile", "x.onnx", "-o"],
            ["compile", "x.onnx", "-o", "b", "--bits", "99"],
            ["compile", "x.onnx", "-o", "b", "--input", "secret"],
            ["verify", "p"], ["verify", "p", "--key", "k", "--srs-digest"],
            ["verify", "p", "--key", "k", "--srs-digest", "00ff"],
            [
                "verify", "p", "--key", "k", "--srs-digest",
                String(repeating: "0", count: 63) + "g",
            ],
            ["srs", "new", "--log2-size", "4", "-o", "f"],
            ["srs", "new", "--insecure-dev", "--log2-size", "29", "-o", "f"],
        ]
        for arguments in wrong {
            let result = try zkml(arguments)
            #expect(result.status == 2, "\(arguments)")
            #expect(result.output.isEmpty)
            #expect(result.errors.hasPrefix("Error: "))
        }
    }

    @Test("missing and malformed files are 3")
    func files() throws {
        let missing = try zkml("run", "bundle", "--input", "/no/such.npz")
        #expect(missing.status == 3)
        #expect(missing.errors == "Error: /no/such.npz: no such file or folder\n")
    }

    @Test("a file of good form with a NaN is 5")
    func notFinite() throws {
        let nan = try zkml("prove", "b", "--input", Vectors.path("refused-nan.npy"), "-o", "p")
        #expect(nan.status == 5)
        #expect(nan.errors.contains("nan at index [1, 1]"))
        #expect(
            TensorFileError(file: "x", problem: .inEntry("a", .notFinite(index: [], value: "nan")))
                .exitStatus == .unfitInput)
        #expect(
            TensorFileError(file: "x", problem: .inEntry("a", .trailingBytes(1))).exitStatus
                == .unreadableFile)
    }

    @Test("with --json standard output has exactly one object, also for errors")
    func json() throws {
        let usage = try zkml("compile", "--json")
        #expect(usage.status == 2)
        #expect(
            usage.output == "{\"error\": \"Missing expected argument '<model>'\", "
                + "\"exitStatus\": 2}\n")
        let missing = try zkml("run", "bundle", "--input", "/no/such.npz", "--json")
        #expect(
            missing.output == "{\"error\": \"/no/such.npz: no such file or folder\", "
                + "\"exitStatus\": 3}\n")
        #expect(!missing.errors.isEmpty)
    }
}
