/// Finds layer and RMS normalisation as exporters write them with basic operators, and makes one
/// ``Normalization`` of each: one reciprocal root a row takes the place of a table for the root and
/// a division for every element, and no intermediate is rounded.
///
///     d = x − mean(x)        (or d = x)
///     y = d / √(mean(d²) + epsilon), also as d · (1 / √…) and d · (…)^−½
///
/// Means are over constant axes and keep them with extent 1. What is computed between may be read
/// elsewhere too: it stays then.
struct NormalizationPattern {
    let values: [ModelGraph.Value]
    let nodes: [ModelGraph.Node]
    private var producers: [Int: Int] = [:]

    init(values: [ModelGraph.Value], nodes: [ModelGraph.Node]) {
        (self.values, self.nodes) = (values, nodes)
        for (position, node) in nodes.enumerated() {
            for result in node.results { producers[result] = position }
        }
    }

    /// The nodes, the last one of each pattern replaced.
    func fusedNodes() -> [ModelGraph.Node] {
        nodes.enumerated().map { position, node in
            guard let match = normalization(endingAt: position) else { return node }
            return ModelGraph.Node(
                reference: node.reference, operation: match.normalization,
                operands: [match.source], results: node.results,
                fused: match.nodes.sorted().map { nodes[$0].reference })
        }
    }
}

extension NormalizationPattern {
    private struct Match {
        var normalization: Normalization
        /// x.
        var source: Int
        /// Without the last one.
        var nodes: Set<Int>
    }

    /// A value that is some other value's function, and the nodes that make it so.
    private struct Link<Content> {
        var content: Content
        var nodes: Set<Int>
    }

    private func normalization(endingAt position: Int) -> Match? {
        let root = nodes[position]
        guard let arithmetic = root.operation as? Arithmetic else { return nil }
        let (a, b) = (root.operands[0], root.operands[1])
        let candidates: [(difference: Int, variance: Link<Int>?)]
        switch arithmetic.kind {
        case .divide: candidates = [(a, rootArgument(b))]
        case .multiply: candidates = [(a, inverseRootArgument(b)), (b, inverseRootArgument(a))]
        default: return nil
        }
        for (difference, link) in candidates {
            guard let link else { continue }
            let (variance, epsilon, shift) = withoutEpsilon(link.content)
            guard let squares = mean(variance), let square = square(squares.content.source),
                let centred = same(difference, square.content),
                values[difference].shape == values[root.results[0]].shape
            else { continue }
            let nodes = link.nodes.union(shift).union(squares.nodes).union(square.nodes)
            let axes = squares.content.axes
            if let taken = takenMean(centred.content), taken.content.axes == axes {
                return Match(
                    normalization: Normalization(axes: axes, epsilon: epsilon, isCentred: true),
                    source: taken.content.source,
                    nodes: nodes.union(centred.nodes).union(taken.nodes))
            }
            return Match(
                normalization: Normalization(axes: axes, epsilon: epsilon, isCentred: false),
                source: centred.content, nodes: nodes.union(centred.nodes))
        }
        return nil
    }

    private func producer(_ value: Int) -> (position: Int, node: ModelGraph.Node)? {
        producers[value].map { ($0, nodes[$0]) }
    }

    /// The one number of a constant.
    private func number(_ value: Int) -> Double? {
        guard case .float(let tensor)? = values[value].constant, tensor.values.count == 1 else {
            return nil
        }
        return tensor.values[0]
    }

    /// a when the value is √a.
    private func rootArgument(_ value: Int) -> Link<Int>? {
        guard let (position, node) = producer(value) else { return nil }
        let isRoot =
            node.operation is SquareRoot || (node.operation as? Power)?.exponent == 0.5
        return isRoot ? Link(content: node.operands[0], nodes: [position]) : nil
    }

    /// a when the value is 1 / √a.
    private func inverseRootArgument(_ value: Int) -> Link<Int>? {
        guard let (position, node) = producer(value) else { return nil }
        var inner: Link<Int>?
        switch node.operation {
        case let power as Power where power.exponent == -0.5:
            return Link(content: node.operands[0], nodes: [position])
        case is Reciprocal: inner = rootArgument(node.operands[0])
        case let power as Power where power.exponent == -1: inner = rootArgument(node.operands[0])
        case let arithmetic as Arithmetic
        where arithmetic.kind == .divide && number(node.operands[0]) == 1:
            inner = rootArgument(node.operands[1])
        case is SquareRoot:
            // √(1 / a)
            guard let (position, node) = producer(node.operands[0]), node.operation is Reciprocal
            else { return nil }
            inner = Link(content: node.operands[0], nodes: [position])
        default: return nil
        }
        inner?.nodes.insert(position)
        return inner
    }

    /// v and epsilon when the value is v + epsilon; itself and 0 otherwise.
    private func withoutEpsilon(
        _ value: Int
    ) -> (variance: Int, epsilon: Double, nodes: Set<Int>) {
        if let (position, node) = producer(value),
            (node.operation as? Arithmetic)?.kind == .add
        {
            for (variance, constant) in [(0, 1), (1, 0)] {
                guard let epsilon = number(node.operands[constant]), epsilon >= 0,
                    values[node.operands[variance]].shape == values[value].shape
                else { continue }
                return (node.operands[variance], epsilon, [position])
            }
        }
        return (value, 0, [])
    }

    /// d when the value is d².
    private func square(_ value: Int) -> Link<Int>? {
        guard let (position, node) = producer(value) else { return nil }
        switch node.operation {
        case let power as Power where power.exponent == 2:
            return Link(content: node.operands[0], nodes: [position])
        case let arithmetic as Arithmetic where arithmetic.kind == .multiply:
            guard var link = same(node.operands[0], node.operands[1]) else { return nil }
            link.nodes.insert(position)
            return link
        default: return nil
        }
    }

    /// The first of two values that are one, or two differences of the same values.
    private func same(_ a: Int, _ b: Int) -> Link<Int>? {
        if a == b { return Link(content: a, nodes: []) }
        guard let first = takenMean(a), let second = takenMean(b),
            first.content == second.content
        else { return nil }
        return Link(content: a, nodes: first.nodes.union(second.nodes))
    }

    private struct Reduction: Equatable {
        var source: Int
        var axes: [Int]
    }

    /// x when the value is x − mean(x).
    private func takenMean(_ value: Int) -> Link<Reduction>? {
        guard let (position, node) = producer(value),
            (node.operation as? Arithmetic)?.kind == .subtract,
            var mean = mean(node.operands[1]), mean.content.source == node.operands[0]
        else { return nil }
        mean.nodes.insert(position)
        return mean
    }

    /// x when the value is the mean of x over some axes, which stay with extent 1.
    private func mean(_ value: Int) -> Link<Reduction>? {
        guard let (last, reshape) = producer(value), reshape.operation is Reshape,
            let (middle, division) = producer(reshape.operands[0]),
            (division.operation as? Arithmetic)?.kind == .divide,
            let count = number(division.operands[1]),
            let (first, node) = producer(division.operands[0]),
            let sum = node.operation as? EinsteinSum, sum.operands.count == 1,
            sum.operands[0] == Array(sum.extents.indices), Double(sum.depth) == count
        else { return nil }
        let axes = sum.summed
        let shape = sum.extents.indices.map { axes.contains($0) ? 1 : sum.extents[$0] }
        guard sum.output == sum.output.sorted(), values[value].shape == shape,
            values[node.operands[0]].shape == sum.extents
        else { return nil }
        return Link(
            content: Reduction(source: node.operands[0], axes: axes), nodes: [first, middle, last])
    }
}
