/// Where a compiled model's output error comes from, layer by layer, and what a bit would buy there.
public struct AccuracyExplanation: Sendable, Equatable {
    public struct Layer: Sendable, Equatable {
        /// ONNX's node name; an input's or an output's own.
        public let name: String
        /// Of the rounding that errs most; nil for one that nothing limits, or when there is none.
        public let bits: Int?
        public let fractionalBits: Int?
        /// Of the value that is rounded there, as calibrated.
        public let range: ClosedRange<Double>?
        /// Of the value's elements on the samples, those that are limited.
        public let saturatedShare: Double
        /// Of the mean square of the outputs' error.
        public let errorShare: Double
        /// Committed cells, padding included.
        public let adviceCells: Int
        /// What one more bit for the layer's values is predicted to do; nil where it was not tried.
        public let oneMoreBit: OneMoreBit?
    }

    public struct OneMoreBit: Sendable, Equatable {
        /// The outputs' error after, as a share of what it was.
        public let errorRatio: Double
        /// Committed cells that it takes.
        public let adviceCells: Int
    }

    /// In the circuit's order.
    public let layers: [Layer]
    /// Root mean square over all elements of all outputs, as the layers' errors add up to.
    public let error: Double
    /// Of the samples, how many were used: fewer where the model is large.
    public let sampleCount: Int
    /// Neighbouring roundings that were measured together, at most; their error is divided evenly.
    public let groupSize: Int
}

extension AccuracyExplanation {
    /// One more bit is tried for so many layers, those that err most.
    private static let triedLayers = 32

    /// - Parameter samples: At least one.
    /// - Throws: ``LoweringError`` when a sample does not fit the graph.
    public init(
        _ model: CompiledModel, of graph: ModelGraph, on samples: [[String: FloatTensor]]
    ) throws(LoweringError) {
        var predictions = PrecisionModel(
            graph, calibration: model.calibration, options: model.options, widths: model.widths,
            samples: samples)
        let attribution = try predictions.learn(from: model.precision)
        var sources: [String: [ErrorAttribution.Source]] = [:]
        for source in attribution.sources { sources[source.site.layer, default: []].append(source) }
        let costs = Dictionary(
            model.layerCosts.map { ($0.name, $0.cost.adviceCells) }, uniquingKeysWith: +)
        var names = Set<String>()
        let ordered = (model.roundings.map(\.layer) + model.layerCosts.map(\.name)).filter {
            names.insert($0).inserted
        }
        func meanSquare(_ name: String) -> Double {
            (sources[name] ?? []).reduce(0) { $0 + $1.meanSquare }
        }
        let total = attribution.meanSquare
        let ranked = ordered.indices.sorted {
            (-meanSquare(ordered[$0]), $0) < (-meanSquare(ordered[$1]), $1)
        }
        var gains: [String: OneMoreBit] = [:]
        for index in ranked.prefix(Self.triedLayers) {
            let name = ordered[index]
            gains[name] = try predictions.oneMoreBit(
                for: (sources[name] ?? []).map(\.site), beyond: model.precision)
        }
        layers = ordered.map { name in
            let own = sources[name] ?? []
            let worst = own.max { $0.meanSquare < $1.meanSquare }
            return Layer(
                name: name, bits: worst.flatMap { $0.site.bits > 0 ? $0.site.bits : nil },
                fractionalBits: worst?.site.fractionalBits,
                range: worst.flatMap { model.calibration.ranges[$0.site.place.value] },
                saturatedShare: own.reduce(0) {
                    max($0, Double($1.saturatedCount) / Double(max(1, $1.elementCount)))
                },
                errorShare: total > 0 ? meanSquare(name) / total : 0,
                adviceCells: costs[name] ?? 0, oneMoreBit: gains[name])
        }
        error = total.squareRoot()
        sampleCount = attribution.sampleCount
        groupSize = attribution.groupSize
    }
}

extension PrecisionModel {
    /// What one more bit for all values of some sites does; nil where they have 16, where there are
    /// none, and where the model cannot be lowered so.
    fileprivate mutating func oneMoreBit(
        for sites: [RoundingSite], beyond precision: Precision
    ) throws(LoweringError) -> AccuracyExplanation.OneMoreBit? {
        var finer = precision
        for value in values(of: sites) where precision[value] < CompileOptions.bitsRange.upperBound
        {
            finer[value] = precision[value] + 1
        }
        let before = try response(precision)
        guard finer != precision, let after = try? response(finer), before.meanSquare > 0 else {
            return nil
        }
        return AccuracyExplanation.OneMoreBit(
            errorRatio: (after.meanSquare / before.meanSquare).squareRoot(),
            adviceCells: after.adviceCells - before.adviceCells)
    }
}
