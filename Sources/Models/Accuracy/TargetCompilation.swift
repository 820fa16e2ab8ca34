import Circuits

/// Compiles a graph to a target: predicts which bits will do, compiles with them, runs the integer
/// model on all samples, and corrects the prediction by what that showed.
struct TargetCompilation {
    private let graph: ModelGraph
    private let samples: [[String: FloatTensor]]
    private let options: CompileOptions
    private let target: AccuracyTarget
    private let calibration: Calibration
    private let isSynthetic: Bool
    private let heldOutCount: Int
    private var search: PrecisionSearch
    /// In the order in which they were made, so that nothing depends on hashing.
    private var trials: [Trial] = []

    private struct Trial {
        var model: CompiledModel
        var report: CalibrationReport
        /// Of the held-out samples alone, where an agreement is wanted and there are some.
        var heldOut: CalibrationReport?
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
        self.isSynthetic = isSynthetic
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
        let found: Trial?
        switch target {
        case .error(let error): found = try errorTrial(error)
        case .agreement: found = try agreementTrial()
        }
        guard var best = found else { throw try missed() }
        best = try recalibrated(best) ?? best
        best.model.search = AccuracySearch(
            target: target, maxAbsError: best.report.maxAbsError,
            topClassAgreement: best.report.topClassAgreement, heldOutCount: heldOutCount,
            trials: trials.count)
        return best.model
    }

    /// The same bits with the ranges of all samples, which are the better ones for other inputs; nil
    /// where the target is not met so.
    private func recalibrated(_ trial: Trial) throws(LoweringError) -> Trial? {
        guard heldOutCount > 0, !isSynthetic else { return nil }
        let whole = try ModelCompiler.calibrate(
            graph, samples: samples, isSynthetic: false, options)
        guard let result = try? self.trial(trial.model.precision, whole), meets(result) else {
            return nil
        }
        return result
    }

    /// The first of the cheapest.
    private static func cheapest(_ trials: [Trial]) -> Trial? {
        trials.min { CostModel.objective($0.model.cost) < CostModel.objective($1.model.cost) }
    }

    private func meets(_ trial: Trial, content share: Double = 1) -> Bool {
        switch target {
        case .error(let error):
            trial.report.refusedCount == 0 && trial.report.maxAbsError <= share * error
        case .agreement(let least):
            [trial.report, trial.heldOut ?? trial.report].allSatisfy {
                // A sample that is refused agrees on nothing.
                let answered = $0.sampleCount - $0.refusedCount
                let share = Double(answered) / Double(max(1, $0.sampleCount))
                return ($0.topClassAgreement ?? 0) * share >= least
            }
        }
    }

    /// Compiles an allocation and runs it on the samples, once.
    private mutating func trial(_ precision: Precision) throws(LoweringError) -> Trial {
        if let known = trials.first(where: { $0.model.precision == precision }) { return known }
        let trial = try trial(precision, calibration)
        trials.append(trial)
        return trial
    }

    private func trial(
        _ precision: Precision, _ calibration: Calibration
    ) throws(LoweringError) -> Trial {
        let model = try ModelCompiler.model(
            graph,
            ModelCompiler.cheapest(
                graph, calibration: calibration, precision: precision, options: options),
            calibration)
        var trial = Trial(model: model, report: try report(model, on: samples))
        if case .agreement = target, heldOutCount > 0 {
            trial.heldOut = try report(model, on: Array(samples.suffix(heldOutCount)))
        }
        return trial
    }

    private func report(
        _ model: CompiledModel, on samples: [[String: FloatTensor]]
    ) throws(LoweringError) -> CalibrationReport {
        try CalibrationReport(model, of: graph, on: samples)
    }

    // MARK: - Largest error

    private mutating func errorTrial(_ error: Double) throws(LoweringError) -> Trial? {
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
        func best(_ share: Double) -> Trial? {
            Self.cheapest(trials.filter { meets($0, content: share) })
        }
        if let found = best(Self.accepted) { return found }
        for bits in CompileOptions.bitsRange where bits > options.bits {
            // So many bits may not be provable.
            guard let trial = try? trial(Precision(uniform: bits)) else { break }
            if meets(trial, content: Self.accepted) { return trial }
        }
        // If only just.
        return best(1)
    }

    // MARK: - Agreement

    private mutating func agreementTrial() throws(LoweringError) -> Trial? {
        guard try trial(Precision(uniform: options.bits)).report.topClassAgreement != nil else {
            return nil
        }
        // The fewest uniform bits that do, as more do: agreement goes up and down. So many bits may
        // not be provable.
        var least: Int?
        var found: Trial?
        for bits in CompileOptions.bitsRange.reversed() {
            guard let trial = try? trial(Precision(uniform: bits)) else { continue }
            guard meets(trial) else { break }
            // One bit more than that, for inputs nearer a tie than the samples.
            (found, least) = (least == nil ? trial : found, bits)
            if let finer = trials.first(where: {
                $0.model.precision == Precision(uniform: bits + 1)
            }) {
                found = finer
            }
        }
        guard let found, let least else { return nil }
        var limit = try search.response(Precision(uniform: least)).meanSquare / 4
        for _ in 0..<Self.roundLimit {
            guard let next = try search.allocations(within: limit).first else { break }
            let trial = try trial(next)
            if meets(trial) { return Self.cheapest([found, trial]) }
            _ = try search.learn(from: next)
            limit /= 2
        }
        return found
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
