import Glibc
import ToolSupport

/// An error that a verb words itself.
struct ToolFailure: ExitStatusError, CustomStringConvertible {
    var exitStatus: ExitStatus
    var description: String

    init(_ exitStatus: ExitStatus, _ description: String) {
        self.exitStatus = exitStatus
        self.description = description
    }

    /// For a verb whose library is not linked.
    static func notBuilt(_ verb: String) -> ToolFailure {
        ToolFailure(.unsupportedModel, "\(verb) is not built into this binary")
    }
}

/// The exit status that an error of any layer stands for; the only place that knows.
func exitStatus(of error: any Error) -> ExitStatus {
    switch error {
    case let error as any ExitStatusError: error.exitStatus
    default: .unreadableFile
    }
}

func exitProcess(_ code: Int32) -> Never { exit(code) }
