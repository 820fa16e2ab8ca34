import Circuits

/// ONNX graph → calibrated integer circuit.
///
/// Deterministic: the same graph, samples and options give the same circuit and constants, byte for
/// byte, on every machine.
public enum ModelCompiler {
    /// Compiles a graph.
    ///
    /// - Parameter samples: Inputs that the model will meet, each a tensor for every graph input;
    ///   when empty, random ones in the declared ranges take their place.
    /// - Throws: ``LoweringError``.
    public static func compile(
        _ graph: ModelGraph, samples: [[String: FloatTensor]],
        options: CompileOptions = CompileOptions()
    ) throws(LoweringError) -> CompiledModel {
        try check(options)
        let calibration = try calibrate(graph, samples: samples, options: options)
        let best = try cheapest(graph, calibration: calibration, options: options)
        let built: BuiltCircuit
        do throws(CircuitError) {
            built = try best.lowering.builder.build()
        } catch {
            throw named(error, best.lowering)
        }
        return CompiledModel(
            circuit: built.circuit, constants: built.constants, gadgetNames: built.gadgetNames,
            cost: best.cost, calibration: calibration, errorBounds: best.lowering.outputErrors,
            outputShapes: graph.outputs.map { graph.values[$0].shape })
    }

    private static func check(_ options: CompileOptions) throws(LoweringError) {
        func check(_ name: String, _ value: Int, _ allowed: ClosedRange<Int>) throws(LoweringError)
        {
            guard allowed.contains(value) else {
                throw .option(name: name, value: value, allowed: allowed)
            }
        }
        try check("bits", options.bits, CompileOptions.bitsRange)
        try check("outputBits", options.outputBits, 2...32)
        if let limbBits = options.limbBits {
            try check("limbBits", limbBits, CompileOptions.limbBitsRange)
        }
    }

    private static func calibrate(
        _ graph: ModelGraph, samples: [[String: FloatTensor]], options: CompileOptions
    ) throws(LoweringError) -> Calibration {
        do throws(ModelError) {
            let samples =
                samples.isEmpty
                ? Calibration.syntheticSamples(
                    graph, range: options.inputRange, ranges: options.inputRanges) : samples
            return try Calibration(graph, samples: samples)
        } catch {
            throw .model(error)
        }
    }

    /// Lowers with each choice of table sizes that can matter and keeps the cheapest, ties going to
    /// the smaller.
    private static func cheapest(
        _ graph: ModelGraph, calibration: Calibration, options: CompileOptions
    ) throws(LoweringError) -> (lowering: Lowering, cost: CircuitCost) {
        let cache = LoweringCache()
        var best: (lowering: Lowering, cost: CircuitCost)?
        for limbBits in options.limbBits.map({ $0...$0 }) ?? CompileOptions.limbBitsRange {
            var tableBits = [options.bits]
            var next = 0
            while next < tableBits.count {
                let widths = TableWidths(limbBits: limbBits, tableBits: tableBits[next])
                var lowering = Lowering(
                    graph, calibration: calibration, options: options, widths: widths, cache: cache)
                try lowering.run()
                let cost = CostModel.estimate(try expanded(lowering))
                if best.map({ CostModel.objective(cost) < CostModel.objective($0.cost) }) ?? true {
                    best = (lowering, cost)
                }
                if next == 0 {
                    // Only a width at which one more function stops saturating is worth trying.
                    tableBits += lowering.argumentBits.sorted().filter {
                        $0 > options.bits && $0 <= CircuitLimits.tableBits.upperBound
                    }
                }
                next += 1
            }
        }
        guard let best else { preconditionFailure("some width was tried") }
        return best
    }

    private static func expanded(_ lowering: Lowering) throws(LoweringError) -> ConstraintSystem {
        do throws(CircuitError) {
            return try ConstraintSystem(lowering.builder.circuit())
        } catch {
            throw named(error, lowering)
        }
    }

    private static func named(_ error: CircuitError, _ lowering: Lowering) -> LoweringError {
        switch error {
        case .invalidGadget(let index, let fault):
            .gadget(layer: lowering.builder.gadgetNames[index], fault)
        case .invalidPort(let name, let fault):
            .port(name: name, fault)
        default:
            .circuit(error)
        }
    }
}
