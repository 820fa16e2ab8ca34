import Foundation
import TestSupport
import Testing

@testable import Models

/// Where output error comes from, on graphs where that is known.
@Suite("Error attribution") struct AttributionTests {
    /// y = 8a + b, for inputs of the same range.
    static func weightedSum() throws -> ModelGraph {
        try ModelGraph(
            onnx: TestModel(
                .init("Mul", ["a", "eight"], ["m"], name: "times"),
                .init("Add", ["m", "b"], ["y"], name: "plus")
            ) {
                $0.inputs = [
                    .init(name: "a", shape: [.fixed(200)]), .init(name: "b", shape: [.fixed(200)]),
                ]
                $0.initializers = [.floats("eight", [], [8])]
            }.bytes)
    }

    static func uniform(
        _ graph: ModelGraph, _ count: Int, seed: UInt64 = 1, magnitude: Double = 1
    ) -> [[String: FloatTensor]] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            var sample: [String: FloatTensor] = [:]
            for input in graph.inputs {
                let value = graph.values[input]
                sample[value.name] = FloatTensor(
                    shape: value.shape,
                    values: (0..<value.shape.reduce(1, *)).map { _ in
                        magnitude * (Double(generator.next() >> 11) * 0x1p-52 - 1)
                    })
            }
            return sample
        }
    }

    @Test("a factor of 8 makes 64 times the square, and a rounding errs by a twelfth of its step")
    func shares() throws {
        let graph = try Self.weightedSum()
        let samples = Self.uniform(graph, 6)
        let model = try ModelCompiler.compile(graph, samples: samples)
        let explanation = try AccuracyExplanation(model, of: graph, on: samples)
        let layers = Dictionary(
            explanation.layers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let (a, b) = (try #require(layers["a"]), try #require(layers["b"]))
        #expect(abs(a.errorShare - 64.0 / 65) < 0.005)
        #expect(abs(b.errorShare - 1.0 / 65) < 0.005)
        #expect(a.bits == 10 && a.fractionalBits == 8)
        let expected = (65.0 / 12).squareRoot() / 256
        #expect(abs(explanation.error / expected - 1) < 0.05)
        #expect(explanation.sampleCount == 6 && explanation.groupSize == 1)
        // A bit for a halves all but b's part; one for b does next to nothing.
        let gain = try #require(a.oneMoreBit)
        #expect(abs(gain.errorRatio - (17.0 / 65).squareRoot()) < 0.02)
        #expect(try #require(b.oneMoreBit).errorRatio > 0.98)
        // And it is what the integer model does.
        let report = try CalibrationReport(model, of: graph, on: samples)
        #expect(report.maxAbsError <= 4.5 / 256 && report.maxAbsError >= 4 / 256)
    }

    @Test("what leaves a percentile range is counted, and its error is limiting, not rounding")
    func saturation() throws {
        let graph = try Self.weightedSum()
        var samples = Self.uniform(graph, 4)
        var values = samples[0]["a"]?.values ?? []
        for index in 0..<5 { values[index] = 4 + Double(index) }
        samples[0]["a"] = FloatTensor(shape: [200], values: values)
        var options = CompileOptions()
        options.rangeMethod = .percentile(98)
        let model = try ModelCompiler.compile(graph, samples: samples, options: options)
        let attribution = try ErrorAttribution(model.roundings, of: graph, on: samples)
        let source = try #require(attribution.sources.first { $0.site.layer == "a" })
        let limit = source.site.limits
        let outside = samples.flatMap { $0["a"]?.values ?? [] }
            .filter { $0 > limit.upperBound + source.site.step / 2 }
        #expect(source.saturatedCount == outside.count && outside.count >= 5)
        let expected =
            outside.reduce(0) { $0 + 64 * ($1 - limit.upperBound) * ($1 - limit.upperBound) } / 800
        #expect(abs(source.limitingSquare / expected - 1) < 1e-9)
        #expect(source.limitingSquare > 100 * source.roundingSquare)
        let explanation = try AccuracyExplanation(model, of: graph, on: samples)
        let layer = try #require(explanation.layers.first { $0.name == "a" })
        #expect(layer.saturatedShare == Double(outside.count) / 800)
    }

    @Test("a large graph is measured on fewer samples, then in groups")
    func budget() throws {
        let graph = try Self.weightedSum()
        let samples = Self.uniform(graph, 8)
        let model = try ModelCompiler.compile(graph, samples: samples)
        let whole = try ErrorAttribution(model.roundings, of: graph, on: samples)
        #expect(whole.sampleCount == 8 && whole.groupSize == 1)
        let fewer = try ErrorAttribution(model.roundings, of: graph, on: samples, budget: 4000)
        #expect((1..<8).contains(fewer.sampleCount) && fewer.groupSize == 1)
        let grouped = try ErrorAttribution(model.roundings, of: graph, on: samples, budget: 1)
        #expect(grouped.sampleCount == 1 && grouped.groupSize > 1)
        // Both inputs are in one group, and so divide its error.
        let (a, b) = (grouped.sources[0], grouped.sources[1])
        #expect(a.meanSquare == b.meanSquare)
        #expect(abs(grouped.meanSquare / whole.meanSquare - 1) < 0.3)
    }

    @Test("a change that one node sees leaves the others alone")
    func perturbedRun() throws {
        let graph = try ModelGraph(
            onnx: TestModel(
                .init("Neg", ["x"], ["n"]), .init("Relu", ["x"], ["r"]),
                .init("Add", ["n", "r"], ["y"])
            ).bytes)
        let x = FloatTensor(shape: [2, 3], values: [-2, -1, 0, 1, 2, 3])
        let run = try PerturbedRun(FloatInterpreter(graph), inputs: ["x": x])
        let relu = try #require(graph.nodes.firstIndex { $0.operation is Relu })
        let add: (Double) -> Double = { $0 + 10 }
        let all = run.outputs(with: [.init(value: graph.inputs[0], node: nil, element: add)])
        #expect(all?[0].reals == [0, 0, 0, 0, 0, 0])
        let one = run.outputs(with: [.init(value: graph.inputs[0], node: relu, element: add)])
        #expect(one?[0].reals == [10, 10, 10, 10, 10, 10])
        #expect(run.outputs(with: [])?[0].reals == [2, 1, 0, 0, 0, 0])
    }

    @Test("what the places add up to is what the integer model errs by")
    func addition() throws {
        let graph = try TransformerBlock.graph()
        try checkSum(graph, TransformerBlock.samples(6, seed: 1))
    }

    @Test("so it is for the digits models", arguments: ["mlp", "cnn"])
    func digits(name: String) throws {
        let folder = Fixture.vectors.deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Examples/digits")
        let graph = try ModelGraph(
            onnx: [UInt8](try Data(contentsOf: folder.appending(path: "\(name).onnx"))))
        let samples = try StoredArchive(folder.appending(path: "samples.npz")).samples("image")
        try checkSum(graph, samples)
    }

    private func checkSum(_ graph: ModelGraph, _ samples: [[String: FloatTensor]]) throws {
        let model = try ModelCompiler.compile(graph, samples: samples)
        let attribution = try ErrorAttribution(model.roundings, of: graph, on: samples)
        let interpreter = try model.interpreter()
        let port = model.circuit.inputs[0].port
        var (square, count) = (0.0, 0)
        for sample in samples {
            let input = try port.quantised(sample[port.name]?.values ?? [])
            let output = model.circuit.outputs[0].port.reals(try interpreter.outputs([input])[0])
            let expected = try FloatInterpreter(graph).run(sample)[0].reals
            for (x, y) in zip(output, expected) { square += (x - y) * (x - y) }
            count += output.count
        }
        let ratio = attribution.meanSquare.squareRoot() / (square / Double(count)).squareRoot()
        #expect((0.85...1.15).contains(ratio), "predicted / measured = \(ratio)")
    }
}
