/// Evaluates a graph in IEEE double: the reference that calibration and error reports go by.
///
/// Each operation documents the order of its sums; nothing is fused or reordered, and
/// transcendental functions are ``ReproducibleMath``. The same inputs give the same bits on every
/// machine.
public struct FloatInterpreter: Sendable {
    /// Results of more elements are refused: 2 GiB each.
    public static let elementLimit = 1 << 28

    public let graph: ModelGraph
    /// For each value, the position of the last node that reads it; values that stay have none.
    private let lastUses: [Int?]

    public init(_ graph: ModelGraph) {
        self.graph = graph
        var lastUses = [Int?](repeating: nil, count: graph.values.count)
        for (position, node) in graph.nodes.enumerated() {
            for operand in node.operands where graph.values[operand].constant == nil {
                lastUses[operand] = position
            }
        }
        for output in graph.outputs { lastUses[output] = nil }
        self.lastUses = lastUses
    }

    /// The graph's outputs, in its order.
    ///
    /// - Parameter inputs: One tensor for each graph input, by name, of its shape; whole numbers for
    ///   inputs of an integer type.
    /// - Parameter observe: Called with the index of each value and its tensor: first the inputs,
    ///   then results in the order of the nodes. Constants are not reported.
    /// - Throws: ``ModelError`` when an input does not fit, or a result is not finite.
    public func run(
        _ inputs: [String: FloatTensor], observe: (_ value: Int, Tensor) -> Void = { _, _ in }
    ) throws(ModelError) -> [Tensor] {
        var tensors = graph.values.map(\.constant)
        try place(inputs, into: &tensors)
        for index in graph.inputs {
            if let tensor = tensors[index] { observe(index, tensor) }
        }
        for (position, node) in graph.nodes.enumerated() {
            let results = try results(of: node, node.operands.compactMap { tensors[$0] })
            for (index, tensor) in zip(node.results, results) {
                observe(index, tensor)
                tensors[index] = tensor
            }
            for operand in node.operands where lastUses[operand] == position {
                tensors[operand] = nil
            }
        }
        return graph.outputs.compactMap { tensors[$0] }
    }

    /// What a node of the graph makes of its operands.
    func results(
        of node: ModelGraph.Node, _ operands: [Tensor]
    ) throws(ModelError) -> [Tensor] {
        let types = graph.resultTypes(of: node)
        do throws(EvaluationError) {
            for type in types {
                guard let count = Shape.elementCount(type.shape), count <= Self.elementLimit else {
                    throw .tooLarge
                }
            }
            let results = try node.operation.evaluate(operands, results: types)
            guard results.allSatisfy(\.isFinite) else { throw .notFinite }
            return results
        } catch {
            throw .evaluation(node.reference, error)
        }
    }

    /// Checks the inputs and puts them in their places.
    private func place(
        _ inputs: [String: FloatTensor], into tensors: inout [Tensor?]
    ) throws(ModelError) {
        let names = Set(graph.inputs.map { graph.values[$0].name })
        if let name = inputs.keys.filter({ !names.contains($0) }).min() {
            throw .inputUnknown(name)
        }
        for index in graph.inputs {
            let value = graph.values[index]
            guard let tensor = inputs[value.name] else { throw .inputMissing(value.name) }
            guard tensor.shape == value.shape else {
                throw .inputShape(
                    input: value.name, expected: "\(value.shape)", actual: "\(tensor.shape)")
            }
            if let position = tensor.values.firstIndex(where: { !$0.isFinite }) {
                throw .inputValue(input: value.name, index: position)
            }
            guard let range = value.type.elementType.integerRange else {
                tensors[index] = .float(tensor)
                continue
            }
            var integers: [Int] = []
            for (position, number) in tensor.values.enumerated() {
                guard let integer = Int(exactly: number), range.contains(integer) else {
                    throw .inputValue(input: value.name, index: position)
                }
                integers.append(integer)
            }
            tensors[index] = .int(IntTensor(shape: tensor.shape, values: integers))
        }
    }
}
