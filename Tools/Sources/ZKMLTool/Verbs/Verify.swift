import Circuits
import ProofSystem
import ToolSupport
import Verifier

/// Verifies a proof.
///
/// - Parameter input: The file of `--input`; to be bound with `samples: .forbidden`.
/// - Returns: A report with a refusal for a proof that is not valid.
/// - Throws: Where a file is missing or the key does not decode (exit status 3), or the input
///   does not fit the model (5). Never for what the proof's bytes say.
func verifyProof(_ request: VerifyRequest, input: NamedTensors?) throws -> VerifyReport {
    let key = try readKey(request.key)
    let bytes = try readFile(request.proof)
    let watch = Stopwatch()
    var report = VerifyReport(
        refusal: nil, modelID: hexadecimal(key.digest), inputs: [], outputs: [],
        srs: SRSReport(key.srs, log2Size: key.log2Chunk), seconds: 0)
    do {
        let proof = try NativeVerifier(key: key).verify(bytes, trusting: request.trust)
        (report.inputs, report.outputs) = proof.portReports(key)
        report.seconds = watch.seconds
        if let input { report.refusal = try refusal(of: proof, key: key, unlessAbout: input) }
    } catch let rejection as ProofRejection {
        report.seconds = watch.seconds
        report.refusal = VerifyReport.Refusal(rejection)
    }
    return report
}

extension VerifyReport.Refusal {
    init(_ rejection: ProofRejection) {
        switch rejection {
        case .malformed(let error): self.init(.malformed, describe(error))
        case .unsupportedVersion(let version):
            self.init(.version, "proof format version \(version) is not known to this program")
        case .wrongKey(let modelID):
            self.init(.wrongKey, "the proof is about model \(hexadecimal(modelID))")
        case .insecureSRS:
            self.init(
                .insecureSRS,
                "the key stands on a development SRS, on which anybody can forge proofs; "
                    + "--allow-insecure-srs accepts it for trials")
        case .unknownSRS(let digest):
            self.init(
                .unknownSRS,
                "the key's powers of tau are of no public ceremony that is known here, so their "
                    + "maker may be able to forge proofs; if you know who made them, accept them by "
                    + "--srs-digest \(hexadecimal(digest))")
        case .false(let error): self.init(.notTrue, describe(error))
        }
    }
}

/// nil when the proof's public inputs are the integers that these reals become.
private func refusal(
    of proof: NativeProof, key: VerifyingKey, unlessAbout input: NamedTensors
) throws -> VerifyReport.Refusal? {
    let specs = key.circuit.inputs.map {
        TensorSpec(name: $0.port.name, shape: $0.shape.extents)
    }
    let tensors = try input.bound(to: specs, samples: .forbidden).samples[0]
    for (index, (declared, tensor)) in zip(key.circuit.inputs, tensors).enumerated() {
        let port = declared.port
        guard port.visibility == .public else {
            return .init(
                .wrongInput, "input \(quoted(port.name)) is committed: the proof does not show it")
        }
        let expected = try port.quantised(tensor, saturating: true).map(Int.init)
        if let cell = expected.indices.first(where: {
            expected[$0] != proof.statement.inputs[index][$0]
        }) {
            return .init(
                .wrongInput, "the proof is about another \(quoted(port.name)) (cell \(cell))")
        }
    }
    return nil
}
