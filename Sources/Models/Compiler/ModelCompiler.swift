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
        let cache = WeightSumsCache()
        var best: (lowering: Lowering, cost: CircuitCost)?
        for widths in candidates(options) {
            var lowering = Lowering(
                graph, calibration: calibration, options: options, widths: widths,
                cache: cache)
            try lowering.run()
            let cost = CostModel.estimate(try expanded(lowering))
            if let known = best, CostModel.objective(cost) >= CostModel.objective(known.cost) {
                continue
            }
            best = (lowering, cost)
        }
        guard let best else { preconditionFailure("there is a candidate") }
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

    /// Table sizes to try, smallest first, so that ties go to the smaller.
    private static func candidates(_ options: CompileOptions) -> [TableWidths] {
        let limbs = options.limbBits.map { $0...$0 } ?? CompileOptions.limbBitsRange
        let tables =
            options.outOfRange == .saturate ? options.bits...16 : options.bits...options.bits
        return limbs.flatMap { limb in
            tables.map { TableWidths(limbBits: limb, tableBits: $0) }
        }
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
