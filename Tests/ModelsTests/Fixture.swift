import Foundation
import Models

/// A model of Tests/Vectors/onnx with inputs and onnxruntime's outputs; see onnx_operators.py.
struct Fixture {
    let name: String
    let model: [UInt8]
    let inputs: [FloatTensor]
    let outputs: [FloatTensor]

    static let vectors = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Vectors")

    /// The names of all fixtures, sorted.
    static let names: [String] = {
        let folder = vectors.appending(path: "onnx").path(percentEncoded: false)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".onnx") }.map { String($0.dropLast(5)) }.sorted()
    }()

    init(_ name: String) throws {
        self.name = name
        let folder = Self.vectors.appending(path: "onnx")
        model = [UInt8](try Data(contentsOf: folder.appending(path: "\(name).onnx")))
        let content = try Data(contentsOf: folder.appending(path: "\(name).bin"))
        var words: [UInt32] = []
        for start in stride(from: 0, to: content.count, by: 4) {
            var word: UInt32 = 0
            for byte in content[start..<start + 4].reversed() { word = word << 8 | UInt32(byte) }
            words.append(word)
        }
        words.reverse()
        func tensor() -> FloatTensor {
            let rank = Int(words.removeLast())
            let shape = (0..<rank).map { _ in Int(words.removeLast()) }
            let values = (0..<shape.reduce(1, *)).map { _ in
                Double(Float(bitPattern: words.removeLast()))
            }
            return FloatTensor(shape: shape, values: values)
        }
        let (inputCount, outputCount) = (Int(words.removeLast()), Int(words.removeLast()))
        inputs = (0..<inputCount).map { _ in tensor() }
        outputs = (0..<outputCount).map { _ in tensor() }
    }

    /// The fixture's graph, open extents taken from the inputs.
    func graph() throws -> ModelGraph {
        // The names of the inputs are not known before the graph is: batch only.
        try ModelGraph(onnx: model, bindings: InputBindings(batch: inputs.first?.shape.first ?? 1))
    }
}
