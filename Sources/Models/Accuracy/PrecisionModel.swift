import Circuits

/// Predicts error and price of any allocation of bits, from what each rounding did once.
///
/// The error of a place grows with the square of its step; limiting stays as it is. Steps and price
/// are those of the graph lowered with the allocation.
struct PrecisionModel {
    struct Response {
        /// Of the outputs' errors.
        var meanSquare: Double
        /// See ``CostModel/objective(_:)``.
        var price: Double
        var adviceCells: Int
        var sites: [RoundingSite]
    }

    let graph: ModelGraph
    let calibration: Calibration
    let options: CompileOptions
    let widths: TableWidths
    private let samples: [[String: FloatTensor]]
    private let cache = LoweringCache()
    private var sensitivities: [RoundingSite.Place: Double] = [:]
    private var limitings: [RoundingSite.Place: Double] = [:]
    private var responses: [Precision: Response] = [:]
    /// Values whose bits are chosen together.
    private(set) var knobs: [[Int]] = []

    /// More are put together with their neighbours, so that a search stays short.
    private static let knobLimit = 24

    init(
        _ graph: ModelGraph, calibration: Calibration, options: CompileOptions,
        widths: TableWidths, samples: [[String: FloatTensor]]
    ) {
        self.graph = graph
        self.calibration = calibration
        self.options = options
        self.widths = widths
        self.samples = samples
    }

    /// Takes in what the places do with an allocation; the larger figure counts where there are
    /// several, since numbers can happen to be multiples of a step.
    mutating func learn(from precision: Precision) throws(LoweringError) -> ErrorAttribution {
        let sites = try lowered(precision).roundings
        let attribution = try measured(sites)
        responses = [:]
        if knobs.isEmpty { findKnobs(sites) }
        return attribution
    }

    private mutating func measured(
        _ sites: [RoundingSite]
    ) throws(LoweringError) -> ErrorAttribution {
        let attribution: ErrorAttribution
        do throws(ModelError) {
            attribution = try ErrorAttribution(sites, of: graph, on: samples)
        } catch {
            throw .model(error)
        }
        for source in attribution.sources {
            let place = source.site.place
            sensitivities[place] = max(sensitivities[place] ?? 0, source.sensitivity)
            limitings[place] = source.limitingSquare
        }
        return attribution
    }

    private mutating func findKnobs(_ sites: [RoundingSite]) {
        var values = Set(sites.map(\.place.value))
        for site in sites {
            if let node = site.node { values.formUnion(graph.nodes[node].results) }
        }
        let ordered = values.sorted()
        let size = (ordered.count + Self.knobLimit - 1) / Self.knobLimit
        knobs = stride(from: 0, to: ordered.count, by: max(1, size)).map {
            Array(ordered[$0..<min($0 + size, ordered.count)])
        }
    }

    private func lowered(_ precision: Precision) throws(LoweringError) -> Lowering {
        var lowering = Lowering(
            graph, calibration: calibration, precision: precision, options: options,
            widths: widths, cache: cache)
        try lowering.run()
        return lowering
    }

    /// What an allocation leads to.
    mutating func response(_ precision: Precision) throws(LoweringError) -> Response {
        if let known = responses[precision] { return known }
        let lowering = try lowered(precision)
        let cost = try ModelCompiler.estimate(lowering)
        let unknown = lowering.roundings.filter { sensitivities[$0.place] == nil }
        if !unknown.isEmpty { _ = try measured(unknown) }
        var steps: [RoundingSite.Place: Double] = [:]
        var places: [RoundingSite.Place] = []
        for site in lowering.roundings {
            if steps[site.place] == nil { places.append(site.place) }
            steps[site.place] = max(steps[site.place] ?? 0, site.step)
        }
        var meanSquare = 0.0
        for place in places {
            let step = steps[place] ?? 0
            meanSquare += (sensitivities[place] ?? 0) * step * step + (limitings[place] ?? 0)
        }
        let response = Response(
            meanSquare: meanSquare, price: CostModel.objective(cost),
            adviceCells: cost.adviceCells, sites: lowering.roundings)
        responses[precision] = response
        return response
    }
}
