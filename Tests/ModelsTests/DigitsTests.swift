import Circuits
import Foundation
import ModelTestSupport
import Testing

@testable import Models

/// The shipped classifiers of handwritten digits: real data.
@Suite("Digits") struct DigitsTests {
    static let folder = Fixture.vectors.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Examples/digits")

    @Test("bits study", arguments: ["mlp", "cnn"])
    func study(name: String) throws {
        let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: "\(name).onnx")))
        let graph = try ModelGraph(onnx: bytes)
        let samples = try StoredArchive(Self.folder.appending(path: "samples.npz"))
            .samples("image")
        let test = try StoredArchive(Self.folder.appending(path: "test.npz")).samples("image")
        for outOfRange in OutOfRange.allCases {
            for bits in [4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16] {
                var options = CompileOptions()
                options.bits = bits
                options.outOfRange = outOfRange
                let clock = ContinuousClock()
                let start = clock.now
                let model = try ModelCompiler.compile(graph, samples: samples, options: options)
                let time = clock.now - start
                let report = try CalibrationReport(model, of: graph, on: test)
                let c = model.cost
                print(
                    name, outOfRange, bits, "agree", report.topClassAgreement ?? 0, "max",
                    report.maxAbsError, "mean", report.meanAbsError, "refused",
                    report.refusedCount, "limb", model.circuit.limbBits, "tables", c.tableBits,
                    "advice", c.adviceCells, "leaves", c.leaves, "const", c.constantCells, "c",
                    c.log2Chunk, "proof", c.proofBytes, "prove", c.proveSeconds, "compile", time)
            }
        }
    }
}
