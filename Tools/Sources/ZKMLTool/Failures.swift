import Glibc
import Models
import ToolSupport

/// An error that a verb words itself.
struct ToolFailure: ExitStatusError, CustomStringConvertible {
    var exitStatus: ExitStatus
    var description: String

    init(_ exitStatus: ExitStatus, _ description: String) {
        self.exitStatus = exitStatus
        self.description = description
    }
}

/// The exit status that an error of any layer stands for; the only place that knows.
func exitStatus(of error: any Error) -> ExitStatus {
    switch error {
    case let error as any ExitStatusError: error.exitStatus
    case let error as ModelError:
        switch error.category {
        case .malformed: .unreadableFile
        case .unsupported: .unsupportedModel
        case .input: .unfitInput
        }
    case LoweringError.model(let error): exitStatus(of: error)
    case LoweringError.option: .usage
    case is LoweringError: .unsupportedModel
    default: .unreadableFile
    }
}

func exitProcess(_ code: Int32) -> Never { exit(code) }
