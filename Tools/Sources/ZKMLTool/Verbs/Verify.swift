import Circuits
import Models
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
    let bytes = try readFile(request.proof)
    let keyWatch = Stopwatch()
    let key = try readKey(request.key)
    let verifier = NativeVerifier(key: key)
    let keySeconds = keyWatch.seconds
    let watch = Stopwatch()
    var report = VerifyReport(
        refusal: nil, modelID: hexadecimal(key.digest), inputs: [], outputs: [],
        srs: SRSReport(key.srs, log2Size: key.log2Chunk), keySeconds: keySeconds, seconds: 0)
    do {
        let proof = try verifier.verify(bytes, trusting: request.trust)
        report.seconds = watch.seconds
        (report.inputs, report.outputs) = proof.portReports(key)
        if let input {
            let (refusal, saturated) = try compare(input, with: proof, key: key)
            report.refusal = refusal
            for (index, count) in saturated.enumerated() {
                report.inputs[index].saturatedCount = count
            }
        }
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

/// Compares the proof's public inputs with the integers that reals stand for in this model.
///
/// - Returns: Why the proof is not about these reals, nil if it is; and for each input how many
///   of them saturate, nil where they may not.
private func compare(
    _ input: NamedTensors, with proof: NativeProof, key: VerifyingKey
) throws -> (refusal: VerifyReport.Refusal?, saturated: [Int?]) {
    let specs = key.circuit.inputs.map {
        TensorSpec(name: $0.port.name, shape: $0.shape.extents)
    }
    let tensors = try input.bound(to: specs, samples: .forbidden).samples[0]
    var saturated: [Int?] = []
    for (index, (declared, tensor)) in zip(key.circuit.inputs, tensors).enumerated() {
        let port = declared.port
        guard port.visibility == .public else {
            let detail = "input \(quoted(port.name)) is committed: the proof does not show it"
            return (.init(.wrongInput, detail), saturated)
        }
        let expected: [Int64]
        do {
            expected = try port.quantised(tensor.doubles)
        } catch {
            // Such a value stands for no integer of this model, so no proof is about it.
            let detail = "input \(port.describe(error, values: tensor.doubles))"
            return (.init(.wrongInput, detail), saturated)
        }
        if let cell = expected.indices.first(where: {
            Int(expected[$0]) != proof.statement.inputs[index][$0]
        }) {
            let detail = "the proof is about another \(quoted(port.name)) (cell \(cell))"
            return (.init(.wrongInput, detail), saturated)
        }
        saturated.append(port.saturatedCount(tensor))
    }
    return (nil, saturated)
}
