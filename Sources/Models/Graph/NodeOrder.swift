/// An order of a graph's nodes in which operands come first.
enum NodeOrder {
    /// Indices of all nodes; a file that is in order already keeps its order.
    ///
    /// Depth first from each node in turn, with an explicit stack: linear in the file, and no depth
    /// of graph can exhaust the call stack.
    ///
    /// - Parameter defined: Names of initialisers and graph inputs.
    /// - Parameter captured: What each node's bodies read, names of their own too.
    /// - Throws: ``ModelError/invalidGraph(_:)`` for names defined twice or never, and for cycles.
    static func sorted(
        _ graph: GraphProto, defined: Set<String>, captured: [[String]]
    ) throws(ModelError) -> [Int] {
        var producers: [String: Int] = [:]
        for (index, node) in graph.nodes.enumerated() {
            for name in node.outputs where !name.isEmpty {
                guard producers[name] == nil, !defined.contains(name) else {
                    throw .invalidGraph(.duplicateName(name))
                }
                producers[name] = index
            }
        }
        let reads = zip(graph.nodes, captured).map { node, names in
            node.inputs + names.filter { producers[$0] != nil }
        }

        enum State {
            case untouched
            case open
            case done
        }
        var states = [State](repeating: .untouched, count: graph.nodes.count)
        var order: [Int] = []
        // A node that waits for its operands, and the first operand not looked at yet.
        var stack: [(node: Int, nextInput: Int)] = []
        for root in graph.nodes.indices where states[root] == .untouched {
            states[root] = .open
            stack.append((root, 0))
            while let (index, nextInput) = stack.popLast() {
                let node = graph.nodes[index]
                guard nextInput < reads[index].count else {
                    states[index] = .done
                    order.append(index)
                    continue
                }
                stack.append((index, nextInput + 1))
                let name = reads[index][nextInput]
                guard !name.isEmpty, !defined.contains(name) else { continue }
                guard let producer = producers[name] else {
                    throw .invalidGraph(
                        .undefinedName(
                            name, usedBy: "\(node.operatorName) node #\(index) \"\(node.name)\""))
                }
                switch states[producer] {
                case .done: break
                case .open:
                    let cycle = stack.drop { $0.node != producer }.map(\.node)
                    throw .invalidGraph(
                        .cycle(cycle.prefix(8).compactMap { graph.nodes[$0].outputs.first }))
                case .untouched:
                    states[producer] = .open
                    stack.append((producer, 0))
                }
            }
        }
        return order
    }
}
