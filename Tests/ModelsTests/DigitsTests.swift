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
}
