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
    }

    /// What does not change with what is learnt.
    private struct Lowered {
        var price: Double
        var adviceCells: Int
        /// Of each place, in the circuit's order.
        var steps: [(place: RoundingSite.Place, step: Double)]
    }

    let graph: ModelGraph
    let calibration: Calibration
    let options: CompileOptions
    let widths: TableWidths
    private let samples: [[String: FloatTensor]]
    private let cache = LoweringCache()
    private var sensitivities: [RoundingSite.Place: Double] = [:]
    private var limitings: [RoundingSite.Place: Double] = [:]
    private var known: [Precision: Lowered] = [:]
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

    /// Whose bits the roundings depend on.
    func values(of sites: [RoundingSite]) -> Set<Int> {
        var values = Set(sites.map(\.place.value))
        for site in sites {
            if let node = site.node { values.formUnion(graph.nodes[node].results) }
        }
        return values
    }

    private mutating func findKnobs(_ sites: [RoundingSite]) {
        let ordered = values(of: sites).sorted()
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
        let lowered: Lowered
        if let known = known[precision] { lowered = known } else { lowered = try taken(precision) }
        var meanSquare = 0.0
        for (place, step) in lowered.steps {
            meanSquare += (sensitivities[place] ?? 0) * step * step + (limitings[place] ?? 0)
        }
        return Response(
            meanSquare: meanSquare, price: lowered.price, adviceCells: lowered.adviceCells)
    }

    /// Lowers with an allocation, and measures places that are new.
    private mutating func taken(_ precision: Precision) throws(LoweringError) -> Lowered {
        let lowering = try lowered(precision)
        let unknown = lowering.roundings.filter { sensitivities[$0.place] == nil }
        if !unknown.isEmpty { _ = try measured(unknown) }
        var largest: [RoundingSite.Place: Double] = [:]
        var places: [RoundingSite.Place] = []
        for site in lowering.roundings {
            if largest[site.place] == nil { places.append(site.place) }
            largest[site.place] = max(largest[site.place] ?? 0, site.step)
        }
        let cost = try ModelCompiler.estimate(lowering)
        let result = Lowered(
            price: CostModel.objective(cost), adviceCells: cost.adviceCells,
            steps: places.map { ($0, largest[$0] ?? 0) })
        known[precision] = result
        return result
    }
}
