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
        let isSynthetic = samples.isEmpty
        let samples =
            isSynthetic
            ? Calibration.syntheticSamples(
                graph, range: options.inputRange, ranges: options.inputRanges) : samples
        if let target = options.target {
            var compilation = try TargetCompilation(
                graph, samples: samples, isSynthetic: isSynthetic, target: target,
                options: options)
            return try compilation.run()
        }
        let calibration = try calibrate(graph, samples: samples, isSynthetic: isSynthetic, options)
        let best = try cheapest(
            graph, calibration: calibration, precision: Precision(uniform: options.bits),
            options: options)
        return try model(graph, best, calibration)
    }

    /// The finished circuit.
    static func model(
        _ graph: ModelGraph, _ best: (lowering: Lowering, cost: CircuitCost),
        _ calibration: Calibration
    ) throws(LoweringError) -> CompiledModel {
        let lowering = best.lowering
        let built: BuiltCircuit
        do throws(CircuitError) {
            built = try lowering.builder.build()
        } catch {
            throw named(error, lowering)
        }
        return CompiledModel(
            circuit: built.circuit, constants: built.constants, gadgetNames: built.gadgetNames,
            cost: best.cost, calibration: calibration, precision: lowering.precision,
            errorBounds: lowering.outputErrors,
            outputShapes: graph.outputs.map { graph.values[$0].shape },
            roundings: lowering.roundings, widths: lowering.widths, options: lowering.options)
    }

    private static func check(_ options: CompileOptions) throws(LoweringError) {
        func check<Value>(
            _ name: String, _ value: Value, _ allowed: ClosedRange<Value>
        ) throws(LoweringError) {
            guard allowed.contains(value) else {
                throw .option(
                    name: name, value: "\(value)",
                    allowed: "\(allowed.lowerBound) to \(allowed.upperBound)")
            }
        }
        try check("bits", options.bits, CompileOptions.bitsRange)
        try check("outputBits", options.outputBits, 2...32)
        if let limbBits = options.limbBits {
            try check("limbBits", limbBits, CompileOptions.limbBitsRange)
        }
        switch options.rangeMethod {
        case .minMax(let margin): try check("margin", margin, RangeMethod.margins)
        case .percentile(let percentile):
            try check("percentile", percentile, RangeMethod.percentiles)
        }
        switch options.target {
        case .error(let error): try check("target error", error, AccuracyTarget.errors)
        case .agreement(let share):
            try check("target agreement", share, AccuracyTarget.agreements)
        case nil: break
        }
    }

    /// Nothing follows about inputs from samples that were made up, ends included.
    static func calibrate(
        _ graph: ModelGraph, samples: [[String: FloatTensor]], isSynthetic: Bool,
        _ options: CompileOptions
    ) throws(LoweringError) -> Calibration {
        do throws(ModelError) {
            return try Calibration(
                graph, samples: samples,
                method: isSynthetic ? .minMax(margin: 0) : options.rangeMethod)
        } catch {
            throw .model(error)
        }
    }

    /// Lowers with each choice of table sizes that can matter and keeps the cheapest, ties going to
    /// the smaller.
    static func cheapest(
        _ graph: ModelGraph, calibration: Calibration, precision: Precision,
        options: CompileOptions
    ) throws(LoweringError) -> (lowering: Lowering, cost: CircuitCost) {
        let cache = LoweringCache()
        var best: (lowering: Lowering, cost: CircuitCost)?
        for limbBits in options.limbBits.map({ $0...$0 }) ?? CompileOptions.limbBitsRange {
            var tableBits = [precision.uniform]
            var next = 0
            while next < tableBits.count {
                let widths = TableWidths(limbBits: limbBits, tableBits: tableBits[next])
                var lowering = Lowering(
                    graph, calibration: calibration, precision: precision, options: options,
                    widths: widths, cache: cache)
                try lowering.run()
                let cost = try estimate(lowering)
                if best.map({ CostModel.objective(cost) < CostModel.objective($0.cost) }) ?? true {
                    best = (lowering, cost)
                }
                if next == 0 {
                    // Only a width at which one more function stops saturating is worth trying.
                    tableBits += lowering.argumentBits.sorted().filter {
                        $0 > precision.uniform && $0 <= CircuitLimits.tableBits.upperBound
                    }
                }
                next += 1
            }
        }
        guard let best else { preconditionFailure("some width was tried") }
        return best
    }

    static func estimate(_ lowering: Lowering) throws(LoweringError) -> CircuitCost {
        do throws(CircuitError) {
            return CostModel.estimate(try ConstraintSystem(lowering.builder.circuit()))
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
