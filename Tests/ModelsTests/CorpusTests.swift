import Circuits
import Foundation
import Testing

@testable import Models

/// What fuzzing the reader of models and the compiler has kept, once more: an error or a model, never
/// a trap.
@Suite("Fuzzing corpus of models") struct CorpusTests {
    @Test("is read and compiled, or refused", arguments: ["onnx", "lowering"])
    func models(target: String) throws {
        let folder = Fixture.vectors.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fuzz/Corpus/\(target)")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        var compiled = 0
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: file))
            guard let graph = try? ModelGraph(onnx: bytes), graph.isSmall else { continue }
            var options = CompileOptions()
            options.bits = 5
            options.limbBits = 8
            // The target's own choice.
            options.outOfRange = bytes.count.isMultiple(of: 2) ? .saturate : .refuse
            options.outputVisibility = bytes.count.isMultiple(of: 3) ? .committed : .public
            guard let model = try? ModelCompiler.compile(graph, samples: [], options: options)
            else { continue }
            #expect(throws: Never.self) { try ConstraintSystem(model.circuit) }
            compiled += 1
        }
        // The seeds are models.
        #expect(compiled >= 25)
    }
}

extension ModelGraph {
    /// As the target has it: no more than 2^13 steps of inference.
    fileprivate var isSmall: Bool {
        let limit = 1 << 13
        let cells = values.lazy.map { $0.shape.reduce(1) { min($0 * $1, limit) } }
        let steps = nodes.lazy.map {
            min(
                limit,
                $0.operation.operationCount(
                    operands: operandTypes(of: $0), results: resultTypes(of: $0)))
        }
        return nodes.count < 100 && cells.reduce(0, +) + steps.reduce(0, +) < limit
    }
}
