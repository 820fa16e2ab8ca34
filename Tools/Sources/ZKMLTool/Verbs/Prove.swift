import ToolSupport

/// Proves one inference and writes the proof and the openings.
///
/// - Parameter inputs: The file of `--input`; to be bound with `samples: .forbidden`.
func proveInference(
    _ request: ProveRequest, inputs: NamedTensors, progress: Progress
) throws -> ProveReport {
    throw ToolFailure.notBuilt("prove")
}
