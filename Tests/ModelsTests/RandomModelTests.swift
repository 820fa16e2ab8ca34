import Circuits
import TestSupport
import Testing

@testable import Models
@testable import ProofSystem

/// Random graphs, shapes, weights and inputs through the compiler.
@Suite("Random models") struct RandomModelTests {
    static let seeds: Range<UInt64> = 0..<40

    private static func options(_ seed: UInt64) -> CompileOptions {
        var rng = SeededGenerator(seed: seed ^ 0xabcd)
        var options = CompileOptions()
        options.bits = Int.random(in: 6...14, using: &rng)
        options.limbBits = Int.random(in: 8...16, using: &rng)
        if Bool.random(using: &rng) { options.inputVisibility = .committed }
        if Bool.random(using: &rng) { options.outputVisibility = .committed }
        return options
    }

    /// Seeds of all tests that use random models.
    private static let allSeeds = Array(seeds) + Array(OperatorProofTests.seeds)

    @Test("have every operator but these") func coverage() {
        let made = Set(
            Self.allSeeds.flatMap { RandomModel(seed: $0).model.nodes.map(\.type) })
        #expect(made.isSubset(of: Self.known))
        #expect(Self.known.subtracting(made) == Self.fixturesOnly)
    }

    /// Operators that fixtures alone have, and why.
    private static let fixturesOnly = Set([
        // Constants, of which nothing is left in a circuit.
        "ConstantOfShape", "Shape", "Size", "Range", "NonZero", "EyeLike",
        // Infinite and undefined numbers that no sample has.
        "IsNaN", "IsInf",
        // A row of zeros has no norm, one of equal numbers no deviation.
        "LpNormalization", "MeanVarianceNormalization",
        // Older or newer than the opsets here.
        "Upsample", "Scatter", "Swish", "RMSNormalization",
        // Elements in other places that constants name.
        "Compress", "CenterCropPad", "Col2Im", "GatherND", "ReverseSequence", "ScatterElements",
        "ScatterND", "LpPool", "GlobalLpPool",
        // Layers on integers: networks of them are in QuantisedModelTests.
        "ConvInteger", "MatMulInteger", "QLinearConv", "QLinearMatMul",
    ]).union(known.filter { $0.hasPrefix("com.microsoft.") })

    private static let known = Set(OperatorRegistry.resolvers.keys)
        .union(OperatorRegistry.decomposers.keys)

    @Test("stay within their bound of the float model", arguments: seeds)
    func agreement(seed: UInt64) throws {
        let random = RandomModel(seed: seed)
        let graph = try ModelGraph(onnx: random.model.bytes)
        let samples = random.samples(6, seed: seed)
        let options = Self.options(seed)
        let model = try ModelCompiler.compile(graph, samples: samples, options: options)
        let report = try CalibrationReport(model, of: graph, on: samples)
        #expect(report.refusedCount == 0)
        for output in report.outputs {
            #expect(output.maxAbsError <= output.errorBound * (1 + 1e-9) + 1e-12, "\(output.name)")
        }
        let system = try ConstraintSystem(model.circuit)
        let plan = ReductionPlan(system, log2Chunk: model.cost.log2Chunk)
        #expect(throws: Never.self) { try ProofShape(system: system, plan: plan) }
    }

    /// Bounds that are proved hold for every input: nothing leaves its range.
    @Test("accept any input when they saturate", arguments: seeds)
    func completeness(seed: UInt64) throws {
        let random = RandomModel(seed: seed)
        let graph = try ModelGraph(onnx: random.model.bytes)
        var options = Self.options(seed)
        options.limbBits = 8
        let model = try ModelCompiler.compile(
            graph, samples: random.samples(2, seed: seed), options: options)
        let interpreter = try model.interpreter()
        var rng = SeededGenerator(seed: seed)
        for round in 0..<6 {
            let inputs = model.circuit.inputs.map { input in
                let domain = input.port.domain
                return (0..<input.shape.cellCount).map { _ -> Int64 in
                    switch round {
                    case 0: Int64(domain.lowest)
                    case 1: Int64(domain.highest)
                    case 2: Bool.random(using: &rng) ? Int64(domain.lowest) : Int64(domain.highest)
                    default: Int64(Int.random(in: domain.lowest...domain.highest, using: &rng))
                    }
                }
            }
            #expect(throws: Never.self) { try interpreter.witness(inputs) }
        }
    }

    /// Scales from 1e-25 to 1e25: compiled within the bound, or refused by a typed error.
    @Test("never trap, whatever their scale", arguments: seeds)
    func extremeScales(seed: UInt64) throws {
        let random = RandomModel(seed: seed, exponents: -25...25)
        guard let graph = try? ModelGraph(onnx: random.model.bytes) else { return }
        let samples = random.samples(2, seed: seed)
        do throws(LoweringError) {
            let model = try ModelCompiler.compile(graph, samples: samples)
            let report = try CalibrationReport(model, of: graph, on: samples)
            #expect(report.refusedCount == 0)
            for output in report.outputs {
                #expect(output.maxAbsError <= output.errorBound * (1 + 1e-9))
            }
        } catch {
            #expect(!error.description.isEmpty)
        }
    }

    @Test("are compiled the same way every time", arguments: seeds.prefix(6))
    func determinism(seed: UInt64) throws {
        let random = RandomModel(seed: seed)
        let graph = try ModelGraph(onnx: random.model.bytes)
        let samples = random.samples(3, seed: seed)
        let first = try ModelCompiler.compile(graph, samples: samples)
        let second = try ModelCompiler.compile(
            ModelGraph(onnx: random.model.bytes), samples: samples)
        #expect(first.circuit == second.circuit)
        #expect(first.constants == second.constants)
        #expect(first.gadgetNames == second.gadgetNames)
    }

    @Test("prove calibrated inputs when they refuse others", arguments: seeds.prefix(25))
    func refusing(seed: UInt64) throws {
        let random = RandomModel(seed: seed)
        let graph = try ModelGraph(onnx: random.model.bytes)
        let samples = random.samples(6, seed: seed)
        var options = Self.options(seed)
        options.bits = max(8, options.bits)
        options.outOfRange = .refuse
        let model = try ModelCompiler.compile(graph, samples: samples, options: options)
        let report = try CalibrationReport(model, of: graph, on: samples)
        #expect(report.refusedCount == 0)
        for output in report.outputs {
            #expect(output.maxAbsError <= output.errorBound * (1 + 1e-9) + 1e-12, "\(output.name)")
        }
    }
}
