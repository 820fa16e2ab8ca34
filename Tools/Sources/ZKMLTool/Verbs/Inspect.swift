import ToolSupport

/// Describes a file or bundle.
///
/// For a proof, the sections are named; `inputs` and `outputs` are where public values lie.
func inspectFile(_ path: String) throws -> InspectReport {
    throw ToolFailure.notBuilt("inspect")
}
