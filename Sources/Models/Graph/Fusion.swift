/// Finds nodes that together are one function of one tensor, element by element, and makes one node
/// of them: SiLU, GELU and Mish as exporters write them, chains of activations, and the like.
///
/// That pays where they hold two tables, or a table and a product of two computed tensors. What is
/// computed between must not be read elsewhere.
struct Fusion {
    let values: [ModelGraph.Value]
    let nodes: [ModelGraph.Node]
    private var producers: [Int: Int] = [:]
    private var consumers: [[Int]]
    private var isOutput: [Bool]

    /// More nodes than any of these functions has.
    private static let limit = 16

    init(values: [ModelGraph.Value], nodes: [ModelGraph.Node], outputs: [Int]) {
        (self.values, self.nodes) = (values, nodes)
        consumers = Array(repeating: [], count: values.count)
        isOutput = Array(repeating: false, count: values.count)
        for (position, node) in nodes.enumerated() {
            for result in node.results { producers[result] = position }
            for operand in node.operands { consumers[operand].append(position) }
        }
        for output in outputs { isOutput[output] = true }
    }

    /// The nodes with those that were fused in the place of their last one.
    func fusedNodes() -> [ModelGraph.Node] {
        var isTaken = [Bool](repeating: false, count: nodes.count)
        var result: [ModelGraph.Node] = []
        for root in nodes.indices.reversed() where !isTaken[root] {
            guard let region = region(endingAt: root) else {
                result.append(nodes[root])
                continue
            }
            for node in region.nodes { isTaken[node] = true }
            result.append(
                ModelGraph.Node(
                    reference: nodes[root].reference, operation: composed(region),
                    operands: [region.source], results: nodes[root].results,
                    fused: region.nodes.flatMap {
                        nodes[$0].fused + ($0 == root ? [] : [nodes[$0].reference])
                    }))
        }
        return result.reversed()
    }
}

extension Fusion {
    private struct Region {
        /// In the graph's order.
        var nodes: [Int]
        var source: Int
    }

    /// The largest region that ends at a node and pays; nil when there is none.
    private func region(endingAt root: Int) -> Region? {
        guard isElementwise(root) else { return nil }
        // Whatever could belong to it, and the values it could start from.
        var reached: Set<Int> = [root]
        var rest = [root]
        var sources: Set<Int> = []
        while let node = rest.popLast() {
            for operand in nodes[node].operands where values[operand].constant == nil {
                sources.insert(operand)
                if let producer = producers[operand], isElementwise(producer),
                    reached.count < Self.limit, reached.insert(producer).inserted
                {
                    rest.append(producer)
                }
            }
        }
        guard pays(reached) else { return nil }
        // Early ones first: those of the largest regions.
        let ordered = sources.sorted { (producers[$0] ?? -1, $0) < (producers[$1] ?? -1, $1) }
        for source in ordered {
            if let region = region(from: source, to: root, within: reached), pays(region.nodes) {
                return region
            }
        }
        return nil
    }

    /// The nodes between, when nothing else goes in and nothing but the last value comes out.
    private func region(from source: Int, to root: Int, within reached: Set<Int>) -> Region? {
        var members: Set<Int> = [root]
        var rest = [root]
        while let node = rest.popLast() {
            for operand in nodes[node].operands
            where values[operand].constant == nil && operand != source {
                guard let producer = producers[operand], reached.contains(producer) else {
                    return nil
                }
                if members.insert(producer).inserted { rest.append(producer) }
            }
        }
        let isClosed = members.allSatisfy { node in
            node == root
                || nodes[node].results.allSatisfy { result in
                    !isOutput[result] && consumers[result].allSatisfy(members.contains)
                }
        }
        return isClosed ? Region(nodes: members.sorted(), source: source) : nil
    }

    /// Whether the node works on each element alone, all computed tensors having its result's shape.
    private func isElementwise(_ position: Int) -> Bool {
        let node = nodes[position]
        guard node.operation is any EnclosedFunction || node.operation is Arithmetic,
            let result = node.results.first, values[result].type.elementType.isFloat
        else { return false }
        return node.operands.allSatisfy { operand in
            let value = values[operand]
            guard case .float(let tensor)? = value.constant else {
                return value.constant == nil && value.type.elementType.isFloat
                    && value.shape == values[result].shape
            }
            return tensor.values.count == 1 && tensor.shape.count <= values[result].shape.count
        }
    }

    private func pays(_ region: some Sequence<Int>) -> Bool {
        var tables = 0
        var products = 0
        for position in region {
            let node = nodes[position]
            switch node.operation {
            case let arithmetic as Arithmetic:
                let computed = node.operands.count { values[$0].constant == nil }
                if computed == 2, arithmetic.kind == .multiply || arithmetic.kind == .divide {
                    products += 1
                }
            case is Negation: break
            case let power as Power where [1, 2, 3].contains(power.exponent): products += 1
            default: tables += 1
            }
        }
        return tables >= 2 || tables == 1 && products >= 1
    }

    private func composed(_ region: Region) -> ComposedFunction {
        var steps: [ComposedFunction.Step] = [.argument]
        var positions = [region.source: 0]
        func position(_ value: Int) -> Int {
            if let known = positions[value] { return known }
            guard case .float(let constant)? = values[value].constant else {
                preconditionFailure("operands come before what reads them")
            }
            steps.append(.constant(constant.values[0]))
            positions[value] = steps.count - 1
            return steps.count - 1
        }
        for index in region.nodes {
            let node = nodes[index]
            let operands = node.operands.map(position)
            switch node.operation {
            case let arithmetic as Arithmetic:
                steps.append(.arithmetic(arithmetic.kind, operands[0], operands[1]))
            case let function as any EnclosedFunction:
                steps.append(.function(function, operands[0]))
            default: preconditionFailure("a node of another kind")
            }
            positions[node.results[0]] = steps.count - 1
        }
        return ComposedFunction(steps: steps)
    }
}
