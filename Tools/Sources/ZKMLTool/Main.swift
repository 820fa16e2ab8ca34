import ArgumentParser
import ToolSupport

/// The process: parses, runs, and turns every error into its exit status.
@main
enum Main {
    static func main() {
        let status = run(Array(CommandLine.arguments.dropFirst()))
        exitProcess(status.rawValue)
    }

    private static func run(_ arguments: [String]) -> ExitStatus {
        var command: any ParsableCommand
        do {
            command = try ZKML.parseAsRoot(arguments)
        } catch {
            // --help and --version come here too, and end well.
            return ended(error, arguments)
                ?? failed(.usage, ZKML.fullMessage(for: error), arguments)
        }
        do {
            try command.run()
            return .done
        } catch {
            return ended(error, arguments)
                ?? failed(exitStatus(of: error), "Error: \(error)", arguments)
        }
    }

    /// Handles what is thrown to end the process, rather than to report a failure.
    private static func ended(_ error: any Error, _ arguments: [String]) -> ExitStatus? {
        if let status = error as? ExitStatus { return status }
        guard ZKML.exitCode(for: error) == .success else { return nil }
        standardOutput(line: ZKML.fullMessage(for: error))
        return .done
    }

    /// Says what went wrong: on standard error, and with --json as an object too.
    private static func failed(
        _ status: ExitStatus, _ message: String, _ arguments: [String]
    ) -> ExitStatus {
        standardError(message + "\n")
        if arguments.contains("--json") {
            let lines = message.split(separator: "\n")
            let first = lines.first.map { $0.hasPrefix("Error: ") ? $0.dropFirst(7) : $0 } ?? ""
            let object: JSONValue = [
                "error": .string(String(first)), "exitStatus": .integer(Int(status.rawValue)),
            ]
            standardOutput(line: object.text)
        }
        return status
    }
}

/// Thrown by a command that has said all there is to say.
extension ExitStatus: Error {}
