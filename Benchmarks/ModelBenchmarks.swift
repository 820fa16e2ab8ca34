import Foundation

/// Whole models, from ONNX file to verified proof, with public input and output.
///
/// Calibrated on random inputs: what a proof costs depends on shapes, not on what was learned.
struct ModelBenchmark: Sendable {
    var name: String
    var inputRange = -1.0...1.0
    /// The ONNX file.
    var file: @Sendable () throws -> [UInt8]

    static let all =
        [
            inRepository("digits MLP", "Examples/digits/mlp.onnx"),
            inRepository("digits CNN", "Examples/digits/cnn.onnx"),
            inRepository("digits transformer", "Examples/digits/transformer.onnx"),
            inRepository("LeNet-5", "Benchmarks/Models/lenet5.onnx"),
            ModelBenchmark(name: "transformer block") {
                BuiltModels.transformerBlock(positions: 16, width: 64, heads: 4, hidden: 256)
            },
            ModelBenchmark(name: "CIFAR CNN", inputRange: 0...1) {
                BuiltModels.cifarCNN()
            },
            ModelBenchmark(name: "MLP 1024") {
                BuiltModels.mlp([1024, 1024, 1024, 10])
            },
        ]

    /// The program's own file of that name, or a path.
    static func named(_ name: String) -> ModelBenchmark {
        (all + GrowthTable.models.map(\.model)).first { $0.name == name }
            ?? ModelBenchmark(name: name, inputRange: 0...1) {
                [UInt8](try Data(contentsOf: URL(filePath: name)))
            }
    }

    static func inRepository(_ name: String, _ path: String) -> ModelBenchmark {
        ModelBenchmark(name: name, inputRange: 0...1) {
            [UInt8](try Data(contentsOf: repository.appending(path: path)))
        }
    }

    static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Measures the model in a process of its own.
    ///
    /// - Throws: ``ModelProcessError``.
    func measureApart(_ options: BenchmarkOptions) throws -> ModelFigures {
        let process = Process()
        process.executableURL = Bundle.main.executableURL
        process.arguments = [
            "--measure-model", name, "--samples", "\(options.samples)", "--threads",
            "\(options.threadCount)",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ModelProcessError(status: process.terminationStatus)
        }
        var figures = try JSONDecoder().decode(ModelFigures.self, from: bytes)
        figures.name = name
        return figures
    }
}

/// The model's own process has said why.
struct ModelProcessError: Error, CustomStringConvertible {
    var status: Int32
    var description: String { "failed with status \(status)" }
}
