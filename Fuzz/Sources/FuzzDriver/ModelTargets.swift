import Circuits
import Curve
import Models
import ProofSystem

let modelTargets = [
    FuzzTarget("onnx") { bytes in
        guard let graph = try? ModelGraph(onnx: bytes), graph.isSmall(operations: 1 << 16) else {
            return
        }
        let samples = Calibration.syntheticSamples(graph, range: -1...1, ranges: [:])
        for sample in samples.prefix(1) { _ = try? FloatInterpreter(graph).run(sample) }
    },
    // Every graph that lowers has a key: the checks of the circuit language are the compiler's.
    FuzzTarget("lowering") { bytes in
        guard let graph = try? ModelGraph(onnx: bytes), graph.isSmall(operations: 1 << 13) else {
            return
        }
        var options = CompileOptions()
        options.bits = 5
        options.limbBits = 8
        options.outOfRange = bytes.count.isMultiple(of: 2) ? .saturate : .refuse
        options.outputVisibility = bytes.count.isMultiple(of: 3) ? .committed : .public
        guard let model = try? ModelCompiler.compile(graph, samples: [], options: options) else {
            return
        }
        do {
            _ = try VerifyingKey(model.circuit, log2Chunk: model.cost.log2Chunk)
        } catch {
            fatalError("a compiled model without a key: \(error)")
        }
        let samples = Calibration.syntheticSamples(graph, range: -1...1, ranges: [:])
        _ = try? CalibrationReport(model, of: graph, on: Array(samples.prefix(1)))
    },
]

extension ModelGraph {
    /// Whether inference takes no more than so many steps.
    fileprivate func isSmall(operations limit: Int) -> Bool {
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

extension VerifyingKey {
    /// A key with as many commitments as the circuit wants, on the development SRS.
    init(_ circuit: Circuit, log2Chunk: Int) throws {
        let system = try ConstraintSystem(circuit)
        let layout = VectorLayout(system, log2Chunk: log2Chunk)
        try self.init(
            circuit: circuit, log2Chunk: log2Chunk, srs: .development,
            constantChunks: Array(
                repeating: .generator, count: min(1 << 12, layout.chunkCount(.constants))))
    }
}
