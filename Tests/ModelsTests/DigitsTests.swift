import Circuits
import Foundation
import Testing

@testable import Models
@testable import ProofSystem

/// The shipped classifiers of handwritten digits: real data.
@Suite("Digits") struct DigitsTests {
    private static let folder = Fixture.vectors.deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Examples/digits")

    @Test(
        "integer inference agrees with the float model on the test split",
        arguments: [("mlp", 12_000), ("cnn", 12_000), ("transformer", 40_000)],
        OutOfRange.allCases)
    func agreement(classifier: (name: String, proofBytes: Int), outOfRange: OutOfRange) throws {
        let name = classifier.name
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: "\(name).onnx")))
        let graph = try ModelGraph(onnx: bytes)
        let samples = try StoredArchive(Self.folder.appending(path: "samples.npz"))
            .samples("image")
        let test = try StoredArchive(Self.folder.appending(path: "test.npz")).samples("image")
        var options = CompileOptions()
        options.outOfRange = outOfRange
        let model = try ModelCompiler.compile(graph, samples: samples, options: options)
        // A tiny model does not pay for large tables.
        if name != "transformer" {
            #expect(model.cost.tableBits.allSatisfy { $0 <= options.bits })
        }
        #expect(model.cost.proofBytes < classifier.proofBytes)
        let report = try CalibrationReport(model, of: graph, on: test)
        #expect(report.sampleCount == 450)
        let agreement = try #require(report.topClassAgreement)
        #expect(agreement >= 0.995)
        #expect(Double(report.refusedCount) <= 0.005 * Double(report.sampleCount))
        #expect(report.maxAbsError <= (name == "transformer" ? 0.5 : 0.2))
    }

    /// LeNet-5 on 28×28, for scale: what is predicted is what the key's proofs have, as
    /// ``LoweringFixtureTests`` checks of every fixture.
    @Test("a proof of LeNet-5 has less than 25 KB", arguments: OutOfRange.allCases)
    func lenet(outOfRange: OutOfRange) throws {
        let folder = Fixture.vectors.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Benchmarks/Models")
        let graph = try ModelGraph(
            onnx: [UInt8](try Data(contentsOf: folder.appending(path: "lenet5.onnx"))))
        let samples = Calibration.syntheticSamples(graph, range: 0...1, ranges: [:])
        var options = CompileOptions()
        options.outOfRange = outOfRange
        let model = try ModelCompiler.compile(graph, samples: samples, options: options)
        #expect(model.cost.proofBytes < 25_000)
        let system = try ConstraintSystem(model.circuit)
        let shape = try ProofShape(
            system: system, plan: ReductionPlan(system, log2Chunk: model.cost.log2Chunk))
        // The image and ten outputs of at most 32 bits come on top.
        #expect(shape.byteCount < model.cost.proofBytes)
        #expect(model.cost.proofBytes <= shape.byteCount + 4 * (28 * 28 + 10))
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
