import Circuits
import Foundation
import Testing

@testable import Models

/// The shipped classifiers of handwritten digits: real data.
@Suite("Digits") struct DigitsTests {
    private static let folder = Fixture.vectors.deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Examples/digits")

    @Test(
        "integer inference agrees with the float model on the test split",
        arguments: ["mlp", "cnn"], OutOfRange.allCases)
    func agreement(name: String, outOfRange: OutOfRange) throws {
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: "\(name).onnx")))
        let graph = try ModelGraph(onnx: bytes)
        let samples = try StoredArchive(Self.folder.appending(path: "samples.npz"))
            .samples("image")
        let test = try StoredArchive(Self.folder.appending(path: "test.npz")).samples("image")
        var options = CompileOptions()
        options.outOfRange = outOfRange
        let model = try ModelCompiler.compile(graph, samples: samples, options: options)
        // A tiny model does not pay for large tables.
        #expect(model.cost.tableBits.allSatisfy { $0 <= options.bits })
        #expect(model.cost.proofBytes < 12_000)
        let report = try CalibrationReport(model, of: graph, on: test)
        #expect(report.sampleCount == 450)
        let agreement = try #require(report.topClassAgreement)
        #expect(agreement >= 0.995)
        #expect(Double(report.refusedCount) <= 0.005 * Double(report.sampleCount))
        #expect(report.maxAbsError <= 0.2)
    }

    /// Quantised by onnxruntime: its own integers, all 4,500 of them.
    @Test("quantised models give onnxruntime's logits", arguments: ["mlp-int8", "cnn-int8"])
    func quantised(name: String) throws {
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: "\(name).onnx")))
        let graph = try ModelGraph(onnx: bytes)
        let samples = try StoredArchive(Self.folder.appending(path: "samples.npz"))
            .samples("image")
        let test = try StoredArchive(Self.folder.appending(path: "test.npz")).samples("image")
        let expected = try StoredArchive(Self.folder.appending(path: "\(name)-float.npz"))
            .samples("logits")
        let model = try ModelCompiler.compile(graph, samples: samples)
        #expect(model.cost.proofBytes < 12_000)
        let dequantization = try #require(graph.nodes.last?.operation as? Dequantization)
        let scale = dequantization.scale.values[0]
        let interpreter = try model.interpreter()
        var differences = QuantisedModelTests.Differences()
        for (image, logits) in zip(test, expected) {
            let input = try model.circuit.inputs[0].port.quantised(image["image"]?.values ?? [])
            let reals = model.circuit.outputs[0].port.reals(try interpreter.outputs([input])[0])
            differences.add(
                reals.map { Int(($0 / scale).rounded()) },
                (logits["logits"]?.values ?? []).map { Int(($0 / scale).rounded()) })
        }
        #expect(differences == .init(outputs: 4500, differing: 0, largest: 0))
    }
}
