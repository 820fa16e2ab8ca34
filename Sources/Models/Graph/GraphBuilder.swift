/// Turns a decoded file into a ``ModelGraph``: checks names and sorts; ``GraphDraft`` does the rest.
struct GraphBuilder {
    private var draft: GraphDraft
    private var indices: [String: Int] = [:]
    private var inputs: [Int] = []
    private var outputs: [Int] = []

    /// Takes in initialisers and graph inputs.
    init(
        _ model: ModelProto, bindings: InputBindings, externalData: ExternalDataReader?
    ) throws(ModelError) {
        draft = GraphDraft(opset: try Self.defaultOpset(model), externalData: externalData)
        let graph = model.graph
        guard !model.hasTrainingInfo else {
            throw .unsupportedFeature(.trainingInfo, name: graph.name)
        }
        let operators = Set(graph.nodes.map(\.operatorName))
        for function in model.functions
        where Self.isDefault(function.domain) && operators.contains(function.name) {
            throw .unsupportedFeature(.function, name: function.name)
        }
        try addInitializers(of: graph)
        try addInputs(graph, bindings: bindings)
    }

    private static func isDefault(_ domain: String) -> Bool {
        domain.isEmpty || domain == "ai.onnx"
    }

    private static func defaultOpset(_ model: ModelProto) throws(ModelError) -> Int {
        let versions = model.operatorSets.filter { isDefault($0.domain) }.map { Int($0.version) }
        guard let version = versions.first else {
            // A model of other domains alone needs no opset of this one, and has none of our operators.
            let nodes = model.graph.nodes
            if let index = nodes.firstIndex(where: { !isDefault($0.domain) }) {
                throw .unknownOperator(
                    NodeReference(
                        operatorName: nodes[index].operatorName, name: nodes[index].name,
                        index: index, outputs: nodes[index].outputs), domain: nodes[index].domain)
            }
            throw .invalidGraph(.missingOpset)
        }
        for other in versions where other != version {
            throw .invalidGraph(.duplicateName("opset of the default domain"))
        }
        guard ModelGraph.supportedOpsets.contains(version) else { throw .unsupportedOpset(version) }
        return version
    }

    private mutating func addInitializers(of graph: GraphProto) throws(ModelError) {
        guard !graph.hasSparseInitializers else {
            throw .unsupportedFeature(.sparseInitializer, name: graph.name)
        }
        for initializer in graph.initializers {
            guard !initializer.name.isEmpty else { throw .invalidGraph(.unnamed("an initialiser")) }
            let (elementType, tensor) = try initializer.tensor(external: draft.externalData)
            draft.budget.allow(elements: tensor.elementCount)
            try define(initializer.name, ValueType(elementType, tensor.shape), constant: tensor)
        }
    }

    private mutating func addInputs(
        _ graph: GraphProto, bindings: InputBindings
    ) throws(ModelError) {
        var declarations: [InputBindings.Declaration] = []
        var elementTypes: [ElementType] = []
        // Before IR version 4 every initialiser was listed as a graph input too.
        let constants = Set(graph.initializers.map(\.name))
        for input in graph.inputs where !constants.contains(input.name) {
            guard !input.name.isEmpty else { throw .invalidGraph(.unnamed("a graph input")) }
            guard case .tensor(let code, let dimensions) = input.type else {
                throw .unsupportedFeature(.inputType, name: input.name)
            }
            guard let elementType = ElementType(rawValue: code) else {
                throw .unsupportedFeature(.inputElementType, name: input.name)
            }
            declarations.append(.init(name: input.name, dimensions: dimensions))
            elementTypes.append(elementType)
        }
        let shapes = try bindings.resolve(declarations)
        for (input, (elementType, shape)) in zip(declarations, zip(elementTypes, shapes)) {
            // An input without elements (a cache that is empty at first) says nothing: it is known.
            let type = ValueType(elementType, shape)
            let empty = Tensor(empty: type)
            let value = try define(input.name, type, constant: empty)
            if empty == nil { inputs.append(value) }
        }
    }

    /// Gives a value its index.
    @discardableResult
    private mutating func define(
        _ name: String, _ type: ValueType, constant: Tensor?
    ) throws(ModelError) -> Int {
        guard indices[name] == nil else { throw .invalidGraph(.duplicateName(name)) }
        let index = draft.define(name, type, constant: constant)
        indices[name] = index
        return index
    }
}

// MARK: - Nodes

extension GraphBuilder {
    /// Takes in the nodes and finds the outputs.
    mutating func addNodes(of graph: GraphProto) throws(ModelError) {
        try addNodes(of: graph, within: nil)
        var isOutput = Set<Int>()
        for output in graph.outputs {
            guard let value = indices[output.name] else {
                throw .invalidGraph(
                    .undefinedName(output.name, usedBy: "the list of graph outputs"))
            }
            guard isOutput.insert(value).inserted else {
                throw .invalidGraph(.duplicateName(output.name))
            }
            let shape = draft.values[value].shape
            guard !shape.contains(0) else { throw .extent(value: output.name, shape) }
            outputs.append(value)
        }
        guard !outputs.isEmpty else { throw .invalidGraph(.noOutputs) }
    }

    /// Takes in the nodes of a graph or of a branch, in an order in which operands come first.
    private mutating func addNodes(
        of graph: GraphProto, within scope: Scope?
    ) throws(ModelError) {
        var captured: [[String]] = []
        for node in graph.nodes { captured.append(try node.capturedNames()) }
        let order = try NodeOrder.sorted(
            graph, defined: Set(indices.keys), captured: captured)
        var used = Set(graph.outputs.map(\.name))
        for (node, names) in zip(graph.nodes, captured) {
            used.formUnion(node.inputs)
            used.formUnion(names)
        }
        for index in order {
            try add(graph.nodes[index], index: index, used: used, within: scope)
        }
    }

    private mutating func add(
        _ proto: NodeProto, index: Int, used: Set<String>, within scope: Scope?
    ) throws(ModelError) {
        let reference = NodeReference(
            operatorName: proto.operatorName,
            name: scope.map { "\($0.name)/" + proto.layerName(index) } ?? proto.name,
            index: index, outputs: proto.outputs)
        let operatorName =
            Self.isDefault(proto.domain)
            ? proto.operatorName : "\(proto.domain).\(proto.operatorName)"
        // The registry's names of other domains' operators have a point.
        let isPlain = Self.isDefault(proto.domain) && !proto.operatorName.contains(".")
        guard isPlain || !Self.isDefault(proto.domain) && OperatorRegistry.knows(operatorName)
        else {
            throw .unknownOperator(reference, domain: proto.domain)
        }
        guard proto.outputs.contains(where: { !$0.isEmpty }) else {
            throw .invalidGraph(.unnamed("the output of \(reference)"))
        }
        // An output that nothing reads is as good as left out.
        let lastUsed = proto.outputs.lastIndex { !$0.isEmpty && used.contains($0) }
        let outputCount = lastUsed.map { $0 + 1 } ?? 1
        var operands = proto.inputs.map { $0.isEmpty ? nil : indices[$0] }
        var attributes = proto.attributes
        if draft.opset < LegacyBroadcast.endOpset {
            let shapes = operands.map { $0.map { draft.values[$0].shape } ?? [] }
            let legacy = try LegacyBroadcast.resolve(proto, reference, shapes: shapes)
            attributes = legacy.attributes
            if let shape = legacy.second, let second = operands[1] {
                operands[1] = try draft.reshaped(second, to: shape, for: reference)
            }
        }
        let results: [Int]
        if operatorName == "If" {
            results = try inline(
                proto, reference, operands: operands, outputCount: outputCount, within: scope)
        } else {
            results = try draft.apply(
                operatorName, reference, operands: operands, attributes: attributes,
                outputCount: outputCount)
        }
        for (name, result) in zip(proto.outputs, results) where !name.isEmpty {
            guard indices[name] == nil else { throw .invalidGraph(.duplicateName(name)) }
            indices[name] = result
        }
    }
}

// MARK: - Branches

extension GraphBuilder {
    /// A branch that is being inlined.
    private struct Scope {
        let name: String
        /// How many branches deep.
        let depth: Int
    }

    /// The branch that a constant condition of `If` selects takes the node's place.
    private mutating func inline(
        _ proto: NodeProto, _ reference: NodeReference, operands: [Int?], outputCount: Int,
        within scope: Scope?
    ) throws(ModelError) -> [Int] {
        var reader = try NodeReader(
            reference, opset: draft.opset, inputs: operands.map { $0.map { draft.values[$0] } },
            outputCount: outputCount, attributes: proto.attributes)
        try reader.expect(inputs: 1...1, outputs: 1...Int.max)
        let branches = (try reader.graph("then_branch"), try reader.graph("else_branch"))
        try reader.finish()
        guard case .int(let condition)? = try reader.constant(0), condition.values.count == 1 else {
            throw .unsupported(
                reference, what: "a condition that depends on the model's input is",
                advice: "compute both branches and select with Where")
        }
        let branch = condition.values[0] != 0 ? branches.0 : branches.1
        let depth = (scope?.depth ?? 0) + 1
        guard depth <= NodeProto.nestingLimit, branch.inputs.isEmpty,
            branch.outputs.count >= outputCount
        else {
            throw reader.mismatch(
                expected: "a branch without inputs and with \(outputCount) outputs",
                actual: "\(branch.inputs.count) inputs, \(branch.outputs.count) outputs")
        }
        // Names of the branch are its own.
        let outer = indices
        let first = draft.values.count
        try addInitializers(of: branch)
        try addNodes(of: branch, within: Scope(name: reference.layerName, depth: depth))
        var results: [Int] = []
        for output in branch.outputs {
            guard let value = indices[output.name] else {
                throw .invalidGraph(.undefinedName(output.name, usedBy: "\(reference)"))
            }
            results.append(value)
        }
        indices = outer
        return try draft.name(results, after: reference, first: first)
    }
}

extension NodeProto {
    /// Graphs nested deeper than this are refused.
    static let nestingLimit = 16

    /// All names that the node's bodies read, names of their own too.
    fileprivate func capturedNames(depth: Int = 0) throws(ModelError) -> [String] {
        var names: [String] = []
        for attribute in attributes {
            guard case .graph(let message) = attribute.value else { continue }
            guard depth < Self.nestingLimit else {
                throw .unsupportedFeature(.nesting, name: name)
            }
            let graph: GraphProto
            do throws(ONNXDecodingError) {
                graph = try GraphProto(decoding: message)
            } catch {
                throw .malformed(error)
            }
            names += graph.outputs.map(\.name)
            for node in graph.nodes {
                names += node.inputs
                names += try node.capturedNames(depth: depth + 1)
            }
        }
        return names
    }

    fileprivate func layerName(_ index: Int) -> String {
        name.isEmpty ? "\(operatorName)#\(index)" : name
    }
}

// MARK: - Result

extension GraphBuilder {
    /// The graph, without nodes and constants that no output needs.
    func finish(_ model: ModelProto) throws(ModelError) -> ModelGraph {
        let values = draft.values
        var isNeeded = [Bool](repeating: false, count: values.count)
        for index in inputs + outputs { isNeeded[index] = true }
        let normalized = NormalizationPattern(values: values, nodes: draft.nodes).fusedNodes()
        let nodes = Fusion(
            values: values, nodes: needed(normalized), outputs: outputs
        ).fusedNodes()
        let kept = needed(nodes)
        for node in kept {
            for index in node.operands + node.results { isNeeded[index] = true }
        }
        var positions = [Int](repeating: 0, count: values.count)
        var remaining: [ModelGraph.Value] = []
        for index in values.indices where isNeeded[index] {
            positions[index] = remaining.count
            remaining.append(values[index])
        }
        return ModelGraph(
            name: model.graph.name, producer: model.producer, opset: draft.opset, values: remaining,
            inputs: inputs.map { positions[$0] }, outputs: outputs.map { positions[$0] },
            nodes: kept.map { node in
                ModelGraph.Node(
                    reference: node.reference, operation: node.operation,
                    operands: node.operands.map { positions[$0] },
                    results: node.results.map { positions[$0] }, fused: node.fused)
            })
    }

    /// Without nodes that no output needs: these read values, too, and would keep others apart.
    private func needed(_ nodes: [ModelGraph.Node]) -> [ModelGraph.Node] {
        var isNeeded = [Bool](repeating: false, count: draft.values.count)
        for index in outputs { isNeeded[index] = true }
        var kept: [ModelGraph.Node] = []
        for node in nodes.reversed() where node.results.contains(where: { isNeeded[$0] }) {
            for index in node.operands { isNeeded[index] = true }
            kept.append(node)
        }
        return kept.reversed()
    }
}
