import Testing
import ToolSupport

/// The JSON members that programs rely on.
@Suite("Reports")
struct ReportTests {
    let srs = SRSReport(source: "development", isSecure: false, log2Size: 10, digest: "ab")
    let cost = CostReport(
        cells: 1000, tables: 2, tableBits: 12, log2Chunk: 11, proofBytes: 9000,
        verifyingKeyBytes: 700, bundleBytes: 90_000, compileSeconds: 1, proveSeconds: 0.5,
        compileMemoryBytes: 1, proveMemoryBytes: 2)
    let output = TensorReport(
        name: "logits", tensor: TensorData(shape: [1, 3], reals: [0.5, 2, -1]), bits: 16,
        fractionalBits: 8)

    @Test("tensors: values or a commitment")
    func tensors() {
        #expect(
            output.json.text
                == #"{"shape": [1, 3], "topClass": 1, "bits": 16, "fractionalBits": 8, "#
                + #""values": [0.5, 2, -1]}"#)
        let hidden = TensorReport(
            name: "x", shape: [2], content: .commitment("0a0b"), bits: 8, fractionalBits: 4)
        #expect(
            hidden.json.text
                == #"{"shape": [2], "bits": 8, "fractionalBits": 4, "commitment": "0a0b"}"#)
        #expect(output.text == "logits [1, 3]: 0.5 2 -1  (top class 1)")
        let batch = TensorReport(
            name: "y", tensor: TensorData(shape: [2, 2], reals: [1, 2, 3, 4]))
        #expect(batch.topClass == nil)
        #expect(batch.json["topClass"] == nil)
    }

    @Test("compile, after a dry run and with keys")
    func compile() {
        var report = CompileReport(
            cost: cost, srs: srs, keys: nil, calibration: nil, seconds: 0.25, peakMemoryBytes: 5)
        #expect(report.json["modelID"] == .null)
        #expect(report.json["dryRun"] == true)
        #expect(report.json["calibration"] == .null)
        #expect(report.json["srs"]?["secure"] == false)
        #expect(report.text.contains("INSECURE"))

        report.keys = .init(bundle: "b", modelID: "00ff")
        let agreement = Agreement(
            of: [TensorData(shape: [1, 2], reals: [1, 2])],
            with: [TensorData(shape: [1, 2], reals: [1, 2.5])])
        report.calibration = .init(
            sampleCount: 1, isSynthetic: false, refusedCount: 0,
            maxAbsError: agreement.maxAbsError, meanAbsError: agreement.meanAbsError,
            errorBound: 1, topClassAgreement: agreement.topClassAgreement)
        let json = report.json
        #expect(json["modelID"] == "00ff")
        #expect(json["cells"] == 1000)
        #expect(json["log2Chunk"] == 11)
        #expect(json["tableBits"] == 12)
        #expect(json["seconds"] == 0.25)
        #expect(json["peakMemoryBytes"] == 5)
        #expect(json["calibration"]?["samples"] == 1)
        #expect(json["calibration"]?["maxAbsError"] == 0.5)
        #expect(json["calibration"]?["meanAbsError"] == 0.25)
        #expect(json["calibration"]?["topClassAgreement"] == .number(1))
        #expect(json["srs"]?["secure"] == false)
        #expect(report.text.contains("INSECURE"))
    }

    @Test("what a target and --explain add to compile")
    func accuracy() {
        var report = CompileReport(
            cost: cost, srs: srs, keys: nil, calibration: nil, seconds: 0.25, peakMemoryBytes: 5)
        #expect(report.json["target"] == nil && report.json["explanation"] == nil)
        report.target = .init(
            maxAbsError: 0.02, topClassAgreement: nil, reachedError: 0.015,
            reachedAgreement: 0.75, heldOutCount: 5, trials: 3, bits: 9...13)
        #expect(
            report.json["target"]?.text
                == #"{"error": 0.02, "maxAbsError": 0.015, "topClassAgreement": 0.75, "#
                + #""heldOut": 5, "trials": 3, "leastBits": 9, "mostBits": 13}"#)
        #expect(report.text.contains("error 0.015, at most 0.02 wanted; 9 to 13 bits"))
        report.target?.maxAbsError = nil
        report.target?.topClassAgreement = 0.5
        #expect(report.json["target"]?["agreement"] == 0.5)
        #expect(report.text.contains("agreement 75 %, 50 % wanted"))

        report.explanation = ExplanationReport(
            layers: [
                .init(
                    name: "dense", bits: 10, fractionalBits: 7, range: -1.5...2,
                    saturatedShare: 0.001, errorShare: 0.75, cells: 4096,
                    oneMoreBit: (0.6, 1024)),
                .init(
                    name: "flatten", bits: nil, fractionalBits: nil, range: nil,
                    saturatedShare: 0, errorShare: 0, cells: 0, oneMoreBit: nil),
            ], error: 0.004, sampleCount: 1, groupSize: 2)
        let json = report.json["explanation"]
        #expect(
            json?.text == #"{"rmsError": 0.004, "samples": 1, "groupSize": 2, "layers": ["#
                + #"{"name": "dense", "bits": 10, "fractionalBits": 7, "range": [-1.5, 2], "#
                + #""saturatedShare": 0.001, "errorShare": 0.75, "cells": 4096, "#
                + #""oneMoreBit": {"errorRatio": 0.6, "cells": 1024}}, "#
                + #"{"name": "flatten", "bits": null, "fractionalBits": null, "range": null, "#
                + #""saturatedShare": 0, "errorShare": 0, "cells": 0, "oneMoreBit": null}]}"#)
        let lines = report.text.split(separator: "\n")
        #expect(lines[0].hasPrefix("layer    bits"))
        #expect(lines[1].hasPrefix("dense      10"))
        #expect(lines[1].hasSuffix("0.1 %   75 %  4 096  error -40 %, +1 024 cells"))
        #expect(lines[3].contains("from 1 sample, roundings measured up to 2 together"))
    }

    @Test("run and prove")
    func inference() {
        let run = RunReport(
            outputs: [output], sampleCount: nil, agreement: nil, seconds: 1, peakMemoryBytes: 2)
        #expect(run.json["outputs"]?["logits"]?["values"] == .numbers([0.5, 2, -1]))
        #expect(run.json["samples"] == nil)
        #expect(run.json["agreement"] == nil)
        let prove = ProveReport(
            proof: "p", modelID: "00", inputs: [], outputs: [output], srs: srs, proofBytes: 9,
            openings: ["s"], seconds: 1, peakMemoryBytes: 2)
        #expect(prove.json["proofBytes"] == 9)
        #expect(prove.json["openings"] == ["s"])
        #expect(prove.json["outputs"]?["logits"]?["topClass"] == 1)
        #expect(prove.text.contains("INSECURE"))
    }

    @Test("verify, both ways")
    func verify() {
        var report = VerifyReport(
            refusal: nil, modelID: "00", inputs: [], outputs: [output], srs: srs,
            keySeconds: 0.5, seconds: 0.01)
        #expect(report.json["valid"] == true)
        #expect(report.json["keySeconds"] == 0.5 && report.json["seconds"] == 0.01)
        #expect(report.json["reason"] == nil)
        #expect(report.text.hasPrefix("VALID"))
        report.refusal = .init(.wrongKey, "the proof names another key")
        #expect(report.json["valid"] == false)
        #expect(report.json["reason"] == "wrong-key")
        #expect(
            report.text
                == "NOT VALID (wrong-key): the proof names another key\nSRS: \(srs.text)")
        #expect(
            RefusalReason.allCases.map(\.rawValue) == [
                "malformed", "false", "wrong-key", "insecure-srs", "unknown-srs", "version",
                "wrong-input",
            ])
    }

    @Test("inspect and srs")
    func files() {
        let inspect = InspectReport(
            kind: "proof", contents: ["modelID": "00"], lines: ["of model 00"],
            sections: [.init(name: "outputs", offset: 12, byteCount: 20)])
        #expect(
            inspect.json.text == #"{"kind": "proof", "modelID": "00", "#
                + #""sections": [{"name": "outputs", "offset": 12, "bytes": 20}]}"#)
        #expect(inspect.text == "proof\nof model 00\noutputs: 20 bytes at 12")
        let file = SRSFileReport(
            file: "f", srs: srs, byteCount: 3, checks: ["pairings"], seconds: 1)
        #expect(file.json["secure"] == false)
        #expect(file.json["log2Size"] == 10)
        #expect(file.json["imported"] == nil)
        var imported = file
        imported.imported = .init(algorithm: "SHA-256", digest: "00ff", published: nil)
        #expect(imported.json["imported"]?["published"] == .null)
        #expect(imported.text.contains("no published file known here has its SHA-256 00ff"))
        imported.imported?.published = .init(name: "kzg1.srs", publisher: "EZKL")
        #expect(imported.json["imported"]?["published"] == "kzg1.srs")
        #expect(imported.json["imported"]?["publisher"] == "EZKL")
        #expect(imported.text.contains("kzg1.srs, as EZKL publishes it by SHA-256 00ff"))
        #expect(imported != file)
        #expect(file.text.contains("INSECURE"))
    }
}
