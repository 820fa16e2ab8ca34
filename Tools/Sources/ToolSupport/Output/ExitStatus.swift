/// What the process says to the shell.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Done; for `verify`, the proof is valid.
    case done = 0
    /// The proof is not valid.
    case notValid = 1
    /// The command line is wrong.
    case usage = 2
    /// A file is missing, unreadable, unwritable or malformed.
    case unreadableFile = 3
    /// The model has something that is not supported, or cannot be as accurate as was asked for.
    case unsupportedModel = 4
    /// The input does not fit the model, or leaves its range where that is refused.
    case unfitInput = 5
}

/// An error that knows its exit status.
public protocol ExitStatusError: Error {
    var exitStatus: ExitStatus { get }
}

extension FileError: ExitStatusError {
    public var exitStatus: ExitStatus { .unreadableFile }
}

extension TensorFileError: ExitStatusError {
    public var exitStatus: ExitStatus { problem.exitStatus }
}

extension TensorProblem {
    /// A file with a NaN or an infinity is well-formed, but no model takes it.
    fileprivate var exitStatus: ExitStatus {
        switch self {
        case .notFinite: .unfitInput
        case .inEntry(_, let problem): problem.exitStatus
        default: .unreadableFile
        }
    }
}

extension InputFitError: ExitStatusError {
    public var exitStatus: ExitStatus { .unfitInput }
}
