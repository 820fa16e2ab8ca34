import ToolSupport

/// Verifies a proof.
///
/// - Parameter input: The file of `--input`; to be bound with `samples: .forbidden`.
/// - Returns: A report with a refusal for a proof that is not valid.
/// - Throws: Where a file is missing or the key does not decode (exit status 3), or the input
///   does not fit the model (5). Never for what the proof's bytes say.
func verifyProof(_ request: VerifyRequest, input: NamedTensors?) throws -> VerifyReport {
    throw ToolFailure.notBuilt("verify")
}
