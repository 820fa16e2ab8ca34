/// Turns a decoded file into a ``ModelGraph``: checks names, sorts, infers shapes, folds constants.
struct GraphBuilder {
    private let opset: Int
    private var values: [ModelGraph.Value] = []
    private var indices: [String: Int] = [:]
    private var inputs: [Int] = []
    private var outputs: [Int] = []
    private var nodes: [ModelGraph.Node] = []
    private var budget: FoldingBudget

    /// Takes in initialisers and graph inputs.
    init(_ model: ModelProto, bindings: InputBindings) throws(ModelError) {
        opset = try Self.defaultOpset(model)
        let graph = model.graph
        guard !model.hasTrainingInfo else {
            throw .unsupportedFeature(.trainingInfo, name: graph.name)
        }
        guard !graph.hasSparseInitializers else {
            throw .unsupportedFeature(.sparseInitializer, name: graph.name)
        }
        let operators = Set(graph.nodes.map(\.operatorName))
        for function in model.functions
        where Self.isDefault(function.domain) && operators.contains(function.name) {
            throw .unsupportedFeature(.function, name: function.name)
        }
        budget = FoldingBudget()
        for initializer in graph.initializers {
            guard !initializer.name.isEmpty else { throw .invalidGraph(.unnamed("an initialiser")) }
            let (elementType, tensor) = try initializer.tensor()
            budget.allow(elements: tensor.elementCount)
            try define(initializer.name, ValueType(elementType, tensor.shape), constant: tensor)
        }
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
        indices[name] = values.count
        values.append(ModelGraph.Value(name: name, type: type, constant: constant))
        return values.count - 1
    }
}

// MARK: - Nodes

extension GraphBuilder {
    /// Takes in the nodes, in an order in which operands come first.
    mutating func addNodes(of graph: GraphProto) throws(ModelError) {
        let order = try NodeOrder.sorted(graph, defined: Set(indices.keys))
        var used = Set(graph.outputs.map(\.name))
        for node in graph.nodes { used.formUnion(node.inputs) }
        for index in order { try add(graph.nodes[index], index: index, used: used) }
        var isOutput = Set<Int>()
        for output in graph.outputs {
            guard let value = indices[output.name] else {
                throw .invalidGraph(
                    .undefinedName(output.name, usedBy: "the list of graph outputs"))
            }
            guard isOutput.insert(value).inserted else {
                throw .invalidGraph(.duplicateName(output.name))
            }
            guard !values[value].shape.contains(0) else {
                throw .extent(value: output.name, values[value].shape)
            }
            outputs.append(value)
        }
        guard !outputs.isEmpty else { throw .invalidGraph(.noOutputs) }
    }

    private mutating func add(
        _ proto: NodeProto, index: Int, used: Set<String>
    ) throws(ModelError) {
        let reference = NodeReference(
            operatorName: proto.operatorName, name: proto.name, index: index, outputs: proto.outputs
        )
        guard Self.isDefault(proto.domain) else {
            throw .unknownOperator(reference, domain: proto.domain)
        }
        guard let resolve = OperatorRegistry.resolvers[proto.operatorName] else {
            throw .unknownOperator(reference, domain: "")
        }
        var operands = proto.inputs.map { $0.isEmpty ? nil : indices[$0] }
        var attributes = proto.attributes
        if opset < LegacyBroadcast.endOpset {
            let shapes = operands.map { $0.map { values[$0].shape } ?? [] }
            let legacy = try LegacyBroadcast.resolve(proto, reference, shapes: shapes)
            attributes = legacy.attributes
            if let shape = legacy.second, let second = operands[1] {
                operands[1] = try reshaped(second, to: shape, for: reference)
            }
        }
        // An output that nothing reads is as good as left out.
        let lastUsed = proto.outputs.lastIndex { !$0.isEmpty && used.contains($0) }
        var reader = try NodeReader(
            reference, opset: opset, inputs: operands.map { $0.map { values[$0] } },
            outputCount: lastUsed.map { $0 + 1 } ?? 1, attributes: attributes)
        let resolved = try resolve(&reader)
        try reader.finish()
        try append(resolved, reference, operands: resolved.operands.compactMap { operands[$0] })
    }

    /// Adds a node that gives a value another shape for the sake of a node that reads it.
    private mutating func reshaped(
        _ value: Int, to shape: [Int], for reader: NodeReference
    ) throws(ModelError) -> Int {
        let type = values[value].type
        guard type.shape != shape else { return value }
        let name = "\(reader).\(values[value].name)"
        try append(
            ResolvedNode(Reshape(), operands: [0], type.elementType, shape),
            NodeReference(
                operatorName: "Reshape", name: name, index: reader.index, outputs: [name]),
            operands: [value])
        return values.count - 1
    }

    /// Adds a node, or its results when they follow from constants.
    private mutating func append(
        _ resolved: ResolvedNode, _ reference: NodeReference, operands: [Int]
    ) throws(ModelError) {
        let names = reference.outputs
        guard names.first(where: { !$0.isEmpty }) != nil else {
            throw .invalidGraph(.unnamed("the output of \(reference)"))
        }
        let constants = operands.compactMap { values[$0].constant }
        let isConstant = constants.count == operands.count
        for (name, type) in zip(names, resolved.results) {
            // A constant may be empty, as the shape of a scalar is; data may not.
            guard let count = Shape.elementCount(type.shape), isConstant || count > 0 else {
                throw .extent(value: name, type.shape)
            }
        }
        if isConstant {
            let tensors = try fold(resolved, reference, operands: operands, constants: constants)
            for (name, (type, tensor)) in zip(names, zip(resolved.results, tensors))
            where !name.isEmpty {
                try define(name, type, constant: tensor)
            }
        } else {
            do throws(EvaluationError) {
                try budget.spend(parameters: resolved.operation.parameterCount)
            } catch {
                throw .evaluation(reference, error)
            }
            var results: [Int] = []
            for (position, type) in resolved.results.enumerated() {
                let name = position < names.count ? names[position] : ""
                // A result that the model leaves unnamed gets a name no model can collide with unnoticed.
                results.append(
                    try define(
                        name.isEmpty ? "\(reference).\(position)" : name, type, constant: nil))
            }
            nodes.append(
                ModelGraph.Node(
                    reference: reference, operation: resolved.operation, operands: operands,
                    results: results
                ))
        }
        for (name, uniform) in zip(names.dropFirst(resolved.results.count), resolved.uniformResults)
        where !name.isEmpty {
            let count = uniform.type.shape.saturatingProduct
            do throws(EvaluationError) {
                try budget.spend(parameters: count)
            } catch {
                throw .evaluation(reference, error)
            }
            try define(
                name, uniform.type, constant: Tensor(repeating: uniform.value, uniform.type))
        }
    }

    private mutating func fold(
        _ resolved: ResolvedNode, _ reference: NodeReference, operands: [Int], constants: [Tensor]
    ) throws(ModelError) -> [Tensor] {
        // Empty tensors can have other extents of any size: nothing is to be computed for them.
        let empty = resolved.results.compactMap(Tensor.init(empty:))
        if empty.count == resolved.results.count { return empty }
        do throws(EvaluationError) {
            try budget.spend(
                resolved.operation, operands: operands.map { values[$0].type },
                results: resolved.results)
            let tensors = try resolved.operation.evaluate(constants, results: resolved.results)
            guard tensors.allSatisfy(\.isFinite) else { throw .notFinite }
            return tensors
        } catch {
            throw .evaluation(reference, error)
        }
    }
}

// MARK: - Result

extension GraphBuilder {
    /// The graph, without nodes and constants that no output needs.
    func finish(_ model: ModelProto) throws(ModelError) -> ModelGraph {
        var isNeeded = [Bool](repeating: false, count: values.count)
        for index in inputs + outputs { isNeeded[index] = true }
        let nodes = Fusion(values: values, nodes: nodes, outputs: outputs).fusedNodes()
        var kept: [ModelGraph.Node] = []
        for node in nodes.reversed() where node.results.contains(where: { isNeeded[$0] }) {
            for index in node.operands + node.results { isNeeded[index] = true }
            kept.append(node)
        }
        var positions = [Int](repeating: 0, count: values.count)
        var remaining: [ModelGraph.Value] = []
        for index in values.indices where isNeeded[index] {
            positions[index] = remaining.count
            remaining.append(values[index])
        }
        return ModelGraph(
            name: model.graph.name, producer: model.producer, opset: opset, values: remaining,
            inputs: inputs.map { positions[$0] }, outputs: outputs.map { positions[$0] },
            nodes: kept.reversed().map { node in
                ModelGraph.Node(
                    reference: node.reference, operation: node.operation,
                    operands: node.operands.map { positions[$0] },
                    results: node.results.map { positions[$0] })
            })
    }
}
