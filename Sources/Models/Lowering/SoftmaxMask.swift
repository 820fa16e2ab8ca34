/// A constant mask added to the argument of a softmax: what transformers write for causal
/// attention, x + C with C = −∞, or a number as good, where nothing may be attended to.
///
/// The sum is not lowered as such: its range would leave no bits for x.
struct SoftmaxMask {
    /// x, a value of the graph.
    let argument: Int
    /// C; broadcasts to the argument of the softmax.
    let offsets: FloatTensor

    /// An offset this low makes e^(x + C) nothing beside a row's largest.
    static let threshold = -1e4

    /// The masked arguments among the values of a graph.
    ///
    /// - Parameter isReadOnce: Whether one operation alone reads a value.
    static func all(in graph: ModelGraph, isReadOnce: (Int) -> Bool) -> [Int: SoftmaxMask] {
        var arguments = Set<Int>()
        for node in graph.nodes where node.operation is Softmax {
            arguments.insert(node.operands[0])
        }
        var masks: [Int: SoftmaxMask] = [:]
        for node in graph.nodes {
            guard let result = node.results.first, arguments.contains(result), isReadOnce(result),
                let mask = SoftmaxMask(of: node, in: graph)
            else { continue }
            masks[result] = mask
        }
        return masks
    }

    private init?(of node: ModelGraph.Node, in graph: ModelGraph) {
        switch node.operation {
        case let arithmetic as Arithmetic where arithmetic.kind == .add:
            self.init(sum: node, in: graph)
        case is Selection: self.init(selection: node, in: graph)
        default: return nil
        }
    }

    /// x + C.
    private init?(sum node: ModelGraph.Node, in graph: ModelGraph) {
        for (constant, argument) in [(1, 0), (0, 1)] {
            guard case .float(let offsets)? = graph.values[node.operands[constant]].constant,
                graph.values[node.operands[argument]].shape
                    == graph.values[node.results[0]].shape,
                offsets.values.contains(where: { $0 <= Self.threshold })
            else { continue }
            self.argument = node.operands[argument]
            self.offsets = offsets
            return
        }
        return nil
    }

    /// Where(condition, x, c) and the other way round, the condition and c constant.
    private init?(selection node: ModelGraph.Node, in graph: ModelGraph) {
        guard case .int(let condition)? = graph.values[node.operands[0]].constant else {
            return nil
        }
        for (argument, constant, kept) in [(1, 2, 1), (2, 1, 0)] {
            guard case .float(let masked)? = graph.values[node.operands[constant]].constant,
                masked.values.allSatisfy({ $0 <= Self.threshold }),
                graph.values[node.operands[argument]].shape
                    == graph.values[node.results[0]].shape
            else { continue }
            self.argument = node.operands[argument]
            offsets = FloatTensor(
                shape: condition.shape,
                values: condition.values.map { ($0 != 0 ? 1 : 0) == kept ? 0 : 2 * Self.threshold })
            return
        }
        return nil
    }
}
