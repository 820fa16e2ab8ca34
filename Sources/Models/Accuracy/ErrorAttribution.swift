/// Where a compiled model's output error comes from, measured on samples.
///
/// Every place where the integer model rounds is tried alone: the float model runs with that
/// rounding and no other, and its outputs are compared with those of the float model itself. Small
/// errors that come from different places add up as independent ones do, in squares.
struct ErrorAttribution {
    /// What one place does to the outputs.
    struct Source {
        var site: RoundingSite
        /// Of all elements of all outputs, over the samples: from rounding, and from limiting.
        var roundingSquare = 0.0
        var limitingSquare = 0.0
        /// Elements of the value that are limited.
        var saturatedCount = 0
        var elementCount = 0

        var meanSquare: Double { roundingSquare + limitingSquare }
        /// The error's mean square for a step of 1.
        var sensitivity: Double {
            site.step > 0 ? roundingSquare / (site.step * site.step) : 0
        }
    }

    /// In the order of the circuit.
    private(set) var sources: [Source]
    /// Of the samples these were measured on.
    private(set) var sampleCount = 0
    /// How many places were measured together at most, their error divided evenly.
    private(set) var groupSize = 1

    /// Scalar operations that measuring may take: some ten seconds.
    static let budget = 1 << 33
    /// Elements of all values of a graph, kept for one sample at a time.
    private static let elementLimit = 1 << 27

    var meanSquare: Double { sources.reduce(0) { $0 + $1.meanSquare } }

    /// - Parameter budget: About how many scalar operations to spend. Samples are left out first,
    ///   then neighbouring places are measured together.
    /// - Throws: ``ModelError`` when a sample does not fit the graph.
    init(
        _ sites: [RoundingSite], of graph: ModelGraph, on samples: [[String: FloatTensor]],
        budget: Int = ErrorAttribution.budget
    ) throws(ModelError) {
        sources = Self.distinct(sites).map { Source(site: $0) }
        let elements = graph.values.reduce(0) { $0.saturatingSum($1.shape.saturatingProduct) }
        guard !sources.isEmpty, !samples.isEmpty, elements <= Self.elementLimit else { return }
        var operations = Self.operations(of: sources, in: graph, groupSize: 1)
        while operations > budget, groupSize < sources.count {
            groupSize *= 2
            operations = Self.operations(of: sources, in: graph, groupSize: groupSize)
        }
        let wholeRun = graph.nodes.reduce(0) {
            $0.saturatingSum(
                $1.operation.operationCount(
                    operands: graph.operandTypes(of: $1), results: graph.resultTypes(of: $1)))
        }
        let count = min(samples.count, max(1, budget / max(1, operations.saturatingSum(wholeRun))))
        let interpreter = FloatInterpreter(graph)
        // Spread over all samples, which may be sorted.
        for index in 0..<count {
            let sample = samples[index * samples.count / count]
            measure(try PerturbedRun(interpreter, inputs: sample), graph)
        }
        sampleCount = count
        for index in sources.indices {
            sources[index].roundingSquare /= Double(count)
            sources[index].limitingSquare /= Double(count)
        }
    }

    /// One site a place, the coarsest.
    private static func distinct(_ sites: [RoundingSite]) -> [RoundingSite] {
        var result: [RoundingSite] = []
        var positions: [RoundingSite.Place: Int] = [:]
        for site in sites {
            if let position = positions[site.place] {
                if result[position].step < site.step { result[position] = site }
            } else {
                positions[site.place] = result.count
                result.append(site)
            }
        }
        return result
    }

    private static func operations(
        of sources: [Source], in graph: ModelGraph, groupSize: Int
    ) -> Int {
        stride(from: 0, to: sources.count, by: groupSize).reduce(0) { count, start in
            let group = sources[start..<min(start + groupSize, sources.count)]
            return count.saturatingSum(
                PerturbedRun.operationCount(
                    graph, changing: group.map { ($0.site.place.value, $0.site.node) }))
        }
    }

    private mutating func measure(_ run: PerturbedRun, _ graph: ModelGraph) {
        let expected = graph.outputs.compactMap { run.tensors[$0] }
        func meanSquare(_ changes: [PerturbedRun.Change]) -> Double {
            guard let outputs = run.outputs(with: changes) else { return 0 }
            return Tensor.meanSquareDifference(outputs, expected)
        }
        for start in stride(from: 0, to: sources.count, by: groupSize) {
            let group = start..<min(start + groupSize, sources.count)
            let rounding = sources[group].filter { $0.site.step > 0 }.map { source in
                PerturbedRun.Change(value: source.site.place.value, node: source.site.node) {
                    source.site.rounded($0)
                }
            }
            if !rounding.isEmpty {
                let square = meanSquare(rounding) / Double(rounding.count)
                for index in group where sources[index].site.step > 0 {
                    sources[index].roundingSquare += square
                }
            }
            for index in group {
                let site = sources[index].site
                guard case .float(let tensor)? = run.tensors[site.place.value] else { continue }
                let saturated = tensor.values.count { site.saturates($0) }
                sources[index].saturatedCount += saturated
                sources[index].elementCount += tensor.values.count
                guard saturated > 0 else { continue }
                sources[index].limitingSquare += meanSquare([
                    PerturbedRun.Change(value: site.place.value, node: site.node) {
                        site.limited($0)
                    }
                ])
            }
        }
    }
}

extension RoundingSite {
    /// The node that alone takes the value so.
    var node: Int? {
        if case .argument(let node) = place.stage { node } else { nil }
    }
}

extension Tensor {
    /// Of all elements of some tensors and of others of the same shapes.
    static func meanSquareDifference(_ tensors: [Tensor], _ others: [Tensor]) -> Double {
        var (sum, count) = (0.0, 0)
        for (tensor, other) in zip(tensors, others) {
            for (x, y) in zip(tensor.reals, other.reals) { sum += (x - y) * (x - y) }
            count += tensor.elementCount
        }
        return count == 0 ? 0 : sum / Double(count)
    }
}
