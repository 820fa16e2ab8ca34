import Circuits
import Testing

@testable import Models

/// Bits chosen for a target: met, refused, and the same every time.
@Suite("Accuracy targets") struct TargetTests {
    private func compile(
        _ graph: ModelGraph, _ samples: [[String: FloatTensor]], _ target: AccuracyTarget?,
        bits: Int = 10
    ) throws -> CompiledModel {
        var options = CompileOptions()
        options.target = target
        options.bits = bits
        return try ModelCompiler.compile(graph, samples: samples, options: options)
    }

    private func missed(
        _ graph: ModelGraph, _ samples: [[String: FloatTensor]], _ target: AccuracyTarget
    ) throws -> MissedTarget? {
        do {
            _ = try compile(graph, samples, target)
        } catch LoweringError.missedTarget(let missed) {
            return missed
        }
        Issue.record("met")
        return nil
    }

    @Test("a transformer block errs by at most 0.02 on fresh inputs of unit variance")
    func transformerBlock() throws {
        let graph = try TransformerBlock.graph()
        let samples = TransformerBlock.samples(20, seed: 1)
        let model = try compile(graph, samples, .error(0.02))
        let fresh = try CalibrationReport(
            model, of: graph, on: TransformerBlock.samples(20, seed: 2))
        #expect(fresh.refusedCount == 0)
        #expect(fresh.maxAbsError <= 0.02, "\(fresh.maxAbsError)")
        let search = try #require(model.search)
        #expect(search.maxAbsError <= 0.02 && search.heldOutCount == 5)
        // Mixed bits cost less than the fewest uniform ones that do.
        let price = CostModel.objective(model.cost)
        for bits in 10...12 {
            let uniform = try compile(graph, samples, nil, bits: bits)
            let report = try CalibrationReport(uniform, of: graph, on: samples)
            #expect(report.maxAbsError > 0.018 || CostModel.objective(uniform.cost) >= price)
        }
    }

    @Test("the factor that makes 8 times the error gets three bits more")
    func allocation() throws {
        let graph = try AttributionTests.weightedSum()
        let samples = AttributionTests.uniform(graph, 8)
        for target in [0.5, 0.03, 0.004] {
            let model = try compile(graph, samples, .error(target))
            let (a, b) = (model.circuit.inputs[0].port, model.circuit.inputs[1].port)
            #expect((2...4).contains(a.bits - b.bits), "\(a.bits) and \(b.bits)")
            let report = try CalibrationReport(model, of: graph, on: samples)
            #expect(report.maxAbsError <= target)
            // Half of them would not do: nothing is wasted.
            #expect(report.maxAbsError >= target / 4)
        }
    }

    @Test("where no bits are enough, the layer that limits is named")
    func refusal() throws {
        let graph = try AttributionTests.weightedSum()
        let samples = AttributionTests.uniform(graph, 8)
        let missed = try #require(try missed(graph, samples, .error(1e-7)))
        #expect(missed.limit == .rounding(layer: "a", bits: 16))
        #expect(missed.maxAbsError > 1e-7 && missed.maxAbsError < 1e-3)
        #expect("\(missed)".contains("limited by the rounding of a to 16 bits"))
    }

    @Test("held-out samples that leave the others' range cannot be met, and bits would not help")
    func saturation() throws {
        let graph = try AttributionTests.weightedSum()
        let samples =
            AttributionTests.uniform(graph, 6)
            + AttributionTests.uniform(graph, 2, seed: 5, magnitude: 3)
        let missed = try #require(try missed(graph, samples, .error(0.1)))
        #expect(missed.limit == .saturation(layer: "a"))
        #expect("\(missed)".contains("give more samples"))
    }

    @Test("agreement: as few bits as keep it, or none")
    func agreement() throws {
        let graph = try ModelGraph(
            onnx: TestModel(.init("Gemm", ["x", "w"], ["y"], name: "gemm")) {
                $0.inputs = [.init(shape: [.fixed(50), .fixed(8)])]
                $0.initializers = [
                    .floats("w", [8, 4], (0..<32).map { Float(($0 * 7) % 11) / 11 - 0.4 })
                ]
            }.bytes)
        let samples = AttributionTests.uniform(graph, 8)
        var prices: [Double] = []
        for share in [0.8, 0.97, 1] {
            let model = try compile(graph, samples, .agreement(share))
            let report = try CalibrationReport(model, of: graph, on: samples)
            #expect(try #require(report.topClassAgreement) >= share)
            #expect(model.search?.topClassAgreement == report.topClassAgreement)
            prices.append(CostModel.objective(model.cost))
        }
        #expect(prices[0] < prices[2] && prices == prices.sorted())
        let single = try ModelGraph(
            onnx: TestModel(.init("Relu")) { $0.inputs = [.init(shape: [.fixed(5), .fixed(1)])] }
                .bytes)
        let missed = try #require(
            try missed(single, AttributionTests.uniform(single, 4), .agreement(0.5)))
        #expect("\(missed)".contains("no output has classes"))
    }

    @Test("the same graph, samples and target give the same circuit")
    func determinism() throws {
        let graph = try TransformerBlock.graph()
        let samples = TransformerBlock.samples(6, seed: 3)
        let models = try (0..<2).map { _ in try compile(graph, samples, .error(0.05)) }
        #expect(models[0].precision == models[1].precision && !models[0].precision.isUniform)
        #expect(models[0].circuit == models[1].circuit)
        #expect(models[0].constants == models[1].constants)
    }

    @Test func optionsOutOfRange() throws {
        let graph = try AttributionTests.weightedSum()
        for target in [AccuracyTarget.error(0), .error(-1), .error(.nan), .agreement(1.1)] {
            #expect {
                _ = try compile(graph, [], target)
            } throws: { error in
                if case LoweringError.option = error { true } else { false }
            }
        }
    }
}
