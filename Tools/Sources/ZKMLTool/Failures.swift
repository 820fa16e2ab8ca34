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
    case let error as ModelError: error.isMalformedFile ? .unreadableFile : .unsupportedModel
    case LoweringError.model(let error): exitStatus(of: error)
    case LoweringError.option: .usage
    case is LoweringError: .unsupportedModel
    default: .unreadableFile
    }
}

func exitProcess(_ code: Int32) -> Never { exit(code) }

extension ModelError {
    /// Whether the file breaks ONNX's own rules, rather than asking for what is not supported.
    var isMalformedFile: Bool {
        switch self {
        case .malformed, .invalidGraph, .inputCount, .outputCount, .mismatch: true
        case .tensor(_, let problem):
            switch problem {
            case .externalData, .segment, .elementType: false
            default: true
            }
        default: false
        }
    }
}
