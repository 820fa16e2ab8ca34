/// The float model with some values changed: what the changes make of the outputs.
///
/// One run keeps every value; others start from it and compute only what a change reaches.
struct PerturbedRun {
    /// What becomes of a value's elements, for all that read it or for one node.
    struct Change {
        var value: Int
        /// The position of the only node that sees the change; nil when all do.
        var node: Int?
        var element: (Double) -> Double

        fileprivate func callAsFunction(_ tensor: Tensor) -> Tensor {
            switch tensor {
            case .float(let floats): .float(floats.mapped(element))
            case .int: tensor
            }
        }
    }

    private let interpreter: FloatInterpreter
    /// Every value.
    let tensors: [Tensor?]

    /// - Throws: ``ModelError`` when the inputs do not fit the graph.
    init(
        _ interpreter: FloatInterpreter, inputs: [String: FloatTensor]
    ) throws(ModelError) {
        self.interpreter = interpreter
        var tensors = interpreter.graph.values.map(\.constant)
        _ = try interpreter.run(inputs) { tensors[$0] = $1 }
        self.tensors = tensors
    }

    /// The graph's outputs; nil when a change leads to something that is not finite.
    func outputs(with changes: [Change]) -> [Tensor]? {
        let graph = interpreter.graph
        var changed: [Int: Tensor] = [:]
        func current(_ value: Int) -> Tensor? { changed[value] ?? tensors[value] }
        func apply(to value: Int, _ node: Int?) -> Tensor? {
            changes.reduce(nil) { result, change in
                guard change.value == value, change.node == node else { return result }
                return (result ?? current(value)).map { change($0) }
            }
        }
        let starts = Set(changes.lazy.filter { $0.node == nil }.map(\.value))
        let readers = Set(changes.lazy.compactMap(\.node))
        for input in graph.inputs where starts.contains(input) {
            changed[input] = apply(to: input, nil)
        }
        for (position, node) in graph.nodes.enumerated() {
            let isReader = readers.contains(position)
            if isReader || node.operands.contains(where: { changed[$0] != nil }) {
                let operands = node.operands.compactMap {
                    (isReader ? apply(to: $0, position) : nil) ?? current($0)
                }
                guard let results = try? interpreter.results(of: node, operands) else {
                    return nil
                }
                for (value, tensor) in zip(node.results, results) { changed[value] = tensor }
            }
            for value in node.results where starts.contains(value) {
                changed[value] = apply(to: value, nil)
            }
        }
        return graph.outputs.compactMap { current($0) }
    }

    /// About how many scalar operations ``outputs(with:)`` takes.
    static func operationCount(_ graph: ModelGraph, changing values: [(value: Int, node: Int?)])
        -> Int
    {
        var isReached = [Bool](repeating: false, count: graph.values.count)
        for (value, node) in values where node == nil { isReached[value] = true }
        let readers = Set(values.compactMap(\.node))
        var count = 0
        for (position, node) in graph.nodes.enumerated()
        where readers.contains(position) || node.operands.contains(where: { isReached[$0] }) {
            count = count.saturatingSum(
                node.operation.operationCount(
                    operands: graph.operandTypes(of: node), results: graph.resultTypes(of: node)))
            for result in node.results { isReached[result] = true }
        }
        return count
    }
}
