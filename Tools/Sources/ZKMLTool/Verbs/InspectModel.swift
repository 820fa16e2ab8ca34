import Circuits
import Field
import Models
import ToolSupport

/// An ONNX model: its graph, and what it costs when it is compiled as it stands.
///
/// The cost is that of default options and random samples, which is near enough for a look;
/// `compile --dry-run` says it for real ones.
func inspectModel(_ path: String, _ bytes: [UInt8]) throws -> InspectReport {
    let graph = try readModel(path)
    func tensors(_ values: [Int]) -> JSONValue {
        .object(
            values.map {
                .init(
                    graph.values[$0].name,
                    .array(graph.values[$0].shape.map { .integer($0) }))
            })
    }
    let nodes = graph.nodes.map { node in
        (
            name: node.reference.name, operatorName: node.reference.operatorName,
            shapes: graph.resultTypes(of: node).map(\.shape),
            fused: node.fused.map { "\($0.operatorName) \($0.name)" }
        )
    }
    let weights = graph.values.reduce(0) {
        $0 + ($1.constant == nil ? 0 : $1.shape.reduce(1, *))
    }
    let digest = hexadecimal(Keccak256.hash(bytes))
    let (cost, costLines) = costOf(graph)
    return InspectReport(
        kind: "onnx",
        contents: ([
            "keccak256": .string(digest), "name": .string(graph.name),
            "producer": .string(graph.producer),
            "opset": .integer(graph.opset), "weights": .integer(weights),
            "inputs": tensors(graph.inputs), "outputs": tensors(graph.outputs),
            "nodes": .array(
                nodes.map {
                    [
                        "name": .string($0.name), "operator": .string($0.operatorName),
                        "shapes": .array($0.shapes.map { .array($0.map { .integer($0) }) }),
                        "fused": .array($0.fused.map { .string($0) }),
                    ]
                }),
        ] as JSONValue).adding(["compiled": cost]),
        lines: [
            "Keccak-256 \(digest)",
            "opset \(graph.opset), \(graph.nodes.count) nodes, \(humanCount(weights)) constants",
        ] + graph.inputs.map { "input \(graph.values[$0].name) \(graph.values[$0].shape)" }
            + nodes.map { node in
                let shapes = node.shapes.map { "\($0)" }.joined(separator: ", ")
                let fused = node.fused.isEmpty ? "" : "; with " + node.fused.joined(separator: ", ")
                return "\(node.operatorName) \(node.name): \(shapes)\(fused)"
            }
            + graph.outputs.map { "output \(graph.values[$0].name) \(graph.values[$0].shape)" }
            + costLines)
}

/// A circuit's account under `compiled`; the reason where the model cannot be one.
private func costOf(_ graph: ModelGraph) -> (JSONValue, [String]) {
    let progress = Progress()
    progress.update("compiling, to say what it costs")
    defer { progress.finish() }
    do {
        let samples = Calibration.syntheticSamples(
            graph, range: CompileOptions().inputRange, count: 2)
        // Made up, as where compile is given none: they show nothing beyond themselves.
        var options = CompileOptions()
        options.rangeMethod = .minMax(margin: 0)
        let model = try ModelCompiler.compile(graph, samples: samples, options: options)
        let account = CircuitAccount(
            try ConstraintSystem(model.circuit), names: model.gadgetNames,
            log2Chunk: model.cost.log2Chunk)
        return (
            account.json,
            ["compiled with default options, on random inputs; compile --dry-run is exact"]
                + account.lines
        )
    } catch {
        return (["refused": .string("\(error)")], ["cannot be compiled: \(error)"])
    }
}
