import Circuits

/// Compiles a graph to a target: predicts which bits will do, compiles with them, runs the integer
/// model on all samples, and corrects the prediction by what that showed.
struct TargetCompilation {
    private let graph: ModelGraph
    private let samples: [[String: FloatTensor]]
    private let options: CompileOptions
    private let target: AccuracyTarget
    private let calibration: Calibration
    private let heldOutCount: Int
    private var search: PrecisionSearch
    /// In the order in which they were made, so that nothing depends on hashing.
    private var trials: [Trial] = []

    private struct Trial {
        var model: CompiledModel
        var report: CalibrationReport
        var heldOut: CalibrationReport
    }

    /// Of the error asked for, what to aim at and what to be content with on the samples.
    private static let (aim, accepted) = (0.8, 0.9)
    private static let roundLimit = 6

    /// - Parameter samples: At least one. Ranges and sensitivities come from the first three
    ///   quarters, where there are four or more.
    init(
        _ graph: ModelGraph, samples: [[String: FloatTensor]], isSynthetic: Bool,
        target: AccuracyTarget, options: CompileOptions
    ) throws(LoweringError) {
        self.graph = graph
        self.samples = samples
        self.options = options
        self.target = target
        heldOutCount = samples.count / 4
        let fitted = Array(samples.dropLast(heldOutCount))
        calibration = try ModelCompiler.calibrate(
            graph, samples: isSynthetic ? samples : fitted, isSynthetic: isSynthetic, options)
        let start = try ModelCompiler.cheapest(
            graph, calibration: calibration, precision: Precision(uniform: options.bits),
            options: options)
        search = PrecisionSearch(
            PrecisionModel(
                graph, calibration: calibration, options: options, widths: start.lowering.widths,
                samples: fitted))
        _ = try search.learn(from: Precision(uniform: options.bits))
    }

    /// The cheapest model found that meets the target.
    ///
    /// - Throws: ``LoweringError/missedTarget(_:)`` when there is none.
    mutating func run() throws(LoweringError) -> CompiledModel {
        switch target {
        case .error(let error): try searchError(error)
        case .agreement: try searchAgreement()
        }
        let met = trials.filter { meets($0, content: Self.accepted) }
        // Sixteen bits may do, if only just.
        let best = Self.cheapest(met) ?? Self.cheapest(trials.filter { meets($0) })
        guard var model = best?.model, let report = best?.report else { throw try missed() }
        model.search = AccuracySearch(
            target: target, maxAbsError: report.maxAbsError,
            topClassAgreement: report.topClassAgreement, heldOutCount: heldOutCount,
            trials: trials.count)
        return model
    }

    private static func cheapest(_ trials: [Trial]) -> Trial? {
        // Of equal prices the one with the smaller error, whatever the order.
        trials.min {
            (CostModel.objective($0.model.cost), $0.report.maxAbsError, $0.report.meanAbsError)
                < (
                    CostModel.objective($1.model.cost), $1.report.maxAbsError,
                    $1.report.meanAbsError
                )
        }
    }

    private func meets(_ trial: Trial, content share: Double = 1) -> Bool {
        switch target {
        case .error(let error): trial.report.maxAbsError <= share * error
        case .agreement(let least):
            [trial.report, heldOutCount > 0 ? trial.heldOut : trial.report].allSatisfy {
                $0.topClassAgreement ?? 0 >= least
            }
        }
    }

    /// Compiles an allocation and runs it on the samples, once.
    private mutating func trial(_ precision: Precision) throws(LoweringError) -> Trial {
        if let known = trials.first(where: { $0.model.precision == precision }) { return known }
        let model = try ModelCompiler.model(
            graph,
            ModelCompiler.cheapest(
                graph, calibration: calibration, precision: precision, options: options),
            calibration)
        let heldOut = Array(samples.suffix(heldOutCount))
        let trial = Trial(
            model: model, report: try CalibrationReport(model, of: graph, on: samples),
            heldOut: try CalibrationReport(model, of: graph, on: heldOut))
        trials.append(trial)
        return trial
    }

    // MARK: - Largest error

    private mutating func searchError(_ error: Double) throws(LoweringError) {
        var precision = Precision(uniform: options.bits)
        for _ in 0..<Self.roundLimit {
            let trial = try trial(precision)
            _ = try search.learn(from: precision)
            let reached = trial.report.maxAbsError
            let predicted = try search.response(precision).meanSquare.squareRoot()
            // The largest error of an allocation against its root mean square.
            let ratio = predicted > 0 ? reached / predicted : 0
            let wanted = ratio > 0 ? Self.aim * error / ratio : Double.infinity
            guard let next = try search.allocations(within: wanted * wanted).first,
                !trials.contains(where: { $0.model.precision == next })
            else { break }
            precision = next
        }
        try raiseUniformly()
    }

    /// Uniform bits until the target is met, where nothing has met it.
    private mutating func raiseUniformly() throws(LoweringError) {
        for bits in CompileOptions.bitsRange
        where bits >= options.bits || bits == CompileOptions.bitsRange.upperBound {
            if trials.contains(where: { meets($0, content: Self.accepted) }) { return }
            // Not all that is predicted can be lowered.
            guard (try? trial(Precision(uniform: bits))) != nil else { return }
        }
    }

    // MARK: - Agreement

    private mutating func searchAgreement() throws(LoweringError) {
        guard try trial(Precision(uniform: options.bits)).report.topClassAgreement != nil else {
            return
        }
        // The coarsest uniform bits that do, and finer ones too: agreement goes up and down.
        var least: Int?
        for bits in CompileOptions.bitsRange.reversed() {
            guard meets(try trial(Precision(uniform: bits))) else { break }
            least = bits
        }
        guard let least else { return }
        var limit = try search.response(Precision(uniform: least)).meanSquare
        for _ in 0..<Self.roundLimit {
            guard let next = try search.allocations(within: limit).first else { return }
            if meets(try trial(next)) { return }
            _ = try search.learn(from: next)
            limit /= 2
        }
    }

    // MARK: - Refusal

    private mutating func missed() throws(LoweringError) -> LoweringError {
        let best = trials.min {
            switch target {
            case .error: $0.report.maxAbsError < $1.report.maxAbsError
            case .agreement:
                ($0.report.topClassAgreement ?? 0, $1.report.maxAbsError)
                    > ($1.report.topClassAgreement ?? 0, $0.report.maxAbsError)
            }
        }
        guard let best else { preconditionFailure("some bits were tried") }
        // On the samples that ranges come from nothing saturates; on the others it may.
        let all: ErrorAttribution
        do throws(ModelError) {
            all = try ErrorAttribution(best.model.roundings, of: graph, on: samples)
        } catch {
            return .model(error)
        }
        let worst = all.sources.max { $0.meanSquare < $1.meanSquare }
        var limit: MissedTarget.Limit?
        if let worst, all.meanSquare > 0 {
            limit =
                worst.limitingSquare > worst.roundingSquare
                ? .saturation(layer: worst.site.layer)
                : .rounding(
                    layer: worst.site.layer, bits: best.model.precision[worst.site.place.value])
        }
        return .missedTarget(
            MissedTarget(
                target: target, maxAbsError: best.report.maxAbsError,
                topClassAgreement: best.report.topClassAgreement, limit: limit))
    }
}
