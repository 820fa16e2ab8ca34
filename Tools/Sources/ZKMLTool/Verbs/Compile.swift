import ToolSupport

/// Compiles a model into a bundle.
///
/// - Parameters:
///   - samples: The file of `--samples`; to be bound with `samples: .required`.
///   - announce: Called once, when the cost is known and before any key is made.
/// - Returns: What was made; without keys after a dry run.
func compileModel(
    _ request: CompileRequest, samples: NamedTensors?, progress: Progress,
    announce: (CostReport) -> Void
) throws -> CompileReport {
    throw ToolFailure.notBuilt("compile")
}
