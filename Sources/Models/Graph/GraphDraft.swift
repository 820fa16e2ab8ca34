/// A graph while it is built: values, and those operations that depend on the model's inputs.
///
/// The one place where operators are resolved, shapes checked and constants folded; the nodes of
/// the file and the steps of a ``Decomposition`` take the same road.
struct GraphDraft {
    /// The model's opset.
    var opset = 0
    private(set) var values: [ModelGraph.Value] = []
    private(set) var nodes: [ModelGraph.Node] = []
    var budget = FoldingBudget()
    /// Where integers stand behind values; see ``Dequantised``.
    var dequantised: [Int: Dequantised] = [:]
    /// Values that are another value and a number.
    var offsets: [Int: (source: Int, by: Int)] = [:]
    /// What is known of integers beyond their element type.
    var integerRanges: [Int: ClosedRange<Int>] = [:]
    /// The positions of the nodes that values come from.
    private var producers: [Int: Int] = [:]
    let externalData: ExternalDataReader?

    init(opset: Int = 0, externalData: ExternalDataReader? = nil) {
        self.opset = opset
        self.externalData = externalData
    }

    /// Gives a value its index.
    mutating func define(_ name: String, _ type: ValueType, constant: Tensor?) -> Int {
        values.append(ModelGraph.Value(name: name, type: type, constant: constant))
        return values.count - 1
    }

    /// Applies an ONNX operator to values.
    ///
    /// - Parameter reference: The node, or the step of a decomposition; its outputs name the results.
    /// - Parameter operands: Nil for an optional input left out.
    /// - Parameter opset: Of the operator; the model's when nil.
    /// - Returns: The values of the results, as many as the operator has or more.
    mutating func apply(
        _ operatorName: String, _ reference: NodeReference, operands: [Int?],
        attributes: [AttributeProto], outputCount: Int, opset: Int? = nil
    ) throws(ModelError) -> [Int] {
        var reader = try NodeReader(
            reference, opset: opset ?? self.opset, inputs: operands.map { $0.map { values[$0] } },
            outputCount: outputCount, attributes: attributes, externalData: externalData)
        if reader.opset < 6, OperatorRegistry.changedBeforeOpset6.contains(operatorName) {
            throw .unsupported(
                reference, what: "\(operatorName) of opset \(reader.opset) is",
                advice: "convert the model to opset 6 or later (onnx.version_converter)")
        }
        if let resolve = OperatorRegistry.resolvers[operatorName],
            try !OperatorRegistry.isDecomposed(operatorName, reader)
        {
            let resolved = try resolve(&reader)
            try reader.finish()
            if let results = try integerResults(resolved, reference, operands) { return results }
            var results = try add(
                resolved.operation, reference,
                operands: resolved.operands.compactMap { operands[$0] },
                results: resolved.results)
            for uniform in resolved.uniformResults {
                let count = uniform.type.shape.saturatingProduct
                do throws(EvaluationError) {
                    try budget.spend(parameters: count)
                } catch {
                    throw .evaluation(reference, error)
                }
                results.append(
                    define(
                        resultName(reference, results.count), uniform.type,
                        constant: Tensor(repeating: uniform.value, uniform.type)))
            }
            return results
        }
        if let decompose = OperatorRegistry.decomposers[operatorName] {
            let first = values.count
            var steps = Decomposition(of: reference, operands: operands, taking: &self)
            let results = try decompose(&reader, &steps)
            try reader.finish()
            steps.giveBack(to: &self)
            return try name(results.map(\.index), after: reference, first: first)
        }
        if let advice = OperatorRegistry.refusals[operatorName] {
            throw .unsupported(reference, what: "the operator \(operatorName) is", advice: advice)
        }
        throw .unknownOperator(reference, domain: "")
    }

    /// The value in another shape, for the sake of a node that reads it.
    mutating func reshaped(
        _ value: Int, to shape: [Int], for reader: NodeReference
    ) throws(ModelError) -> Int {
        let type = values[value].type
        guard type.shape != shape else { return value }
        let name = "\(reader).\(values[value].name)"
        let reference = NodeReference(
            operatorName: "Reshape", name: name, index: reader.index, outputs: [name])
        return try add(
            Reshape(), reference, operands: [value],
            results: [ValueType(type.elementType, shape)])[0]
    }

    /// Adds an operation, or its results when they follow from constants.
    mutating func add(
        _ operation: any Operator, _ reference: NodeReference, operands: [Int],
        results: [ValueType]
    ) throws(ModelError) -> [Int] {
        let constants = operands.compactMap { values[$0].constant }
        let isConstant = constants.count == operands.count
        for (position, type) in results.enumerated() {
            guard Shape.elementCount(type.shape) != nil else {
                let name = resultName(reference, position)
                throw .extent(value: name, type.shape)
            }
        }
        let empty = results.compactMap(Tensor.init(empty:))
        if !isConstant, empty.count == results.count {
            // Nothing depends on the model's inputs where there is nothing.
            return zip(results, empty).enumerated().map { position, value in
                define(resultName(reference, position), value.0, constant: value.1)
            }
        }
        if isConstant {
            let types = operands.map { values[$0].type }
            let tensors = try fold(
                operation, reference, operands: types, constants: constants, results: results)
            var indices: [Int] = []
            for (position, (type, tensor)) in zip(results, tensors).enumerated() {
                indices.append(define(resultName(reference, position), type, constant: tensor))
            }
            return indices
        }
        do throws(EvaluationError) {
            try budget.spend(parameters: operation.parameterCount)
        } catch {
            throw .evaluation(reference, error)
        }
        // A result without elements, as a stretch of extent 0 is, is known whatever the data.
        let indices = results.enumerated().map { position, type in
            define(resultName(reference, position), type, constant: Tensor(empty: type))
        }
        for index in indices { producers[index] = nodes.count }
        nodes.append(
            ModelGraph.Node(
                reference: reference, operation: operation, operands: operands, results: indices))
        return indices
    }

    /// The operation that a value comes from; nil for inputs and constants.
    func producer(of value: Int) -> ModelGraph.Node? { producers[value].map { nodes[$0] } }

    /// A result that the model leaves unnamed is called after the node.
    private func resultName(_ reference: NodeReference, _ position: Int) -> String {
        let names = reference.outputs
        return position < names.count && !names[position].isEmpty
            ? names[position] : "\(reference).\(position)"
    }

    private mutating func fold(
        _ operation: any Operator, _ reference: NodeReference, operands: [ValueType],
        constants: [Tensor], results: [ValueType]
    ) throws(ModelError) -> [Tensor] {
        // Empty tensors can have other extents of any size: nothing is to be computed for them.
        let empty = results.compactMap(Tensor.init(empty:))
        if empty.count == results.count { return empty }
        do throws(EvaluationError) {
            try budget.spend(operation, operands: operands, results: results)
            let tensors = try operation.evaluate(constants, results: results)
            guard tensors.allSatisfy(\.isFinite) else { throw .notFinite }
            return tensors
        } catch {
            throw .evaluation(reference, error)
        }
    }

    /// Gives the results of a decomposition, or of a branch, the names that the node has for them.
    ///
    /// A value that was there before, or is a result already, gets a copy to bear the name.
    mutating func name(
        _ results: [Int], after reference: NodeReference, first: Int
    ) throws(ModelError) -> [Int] {
        var taken = Set<Int>()
        var named: [Int] = []
        for (position, index) in results.enumerated() {
            if index >= first, taken.insert(index).inserted {
                values[index].name = resultName(reference, position)
                named.append(index)
            } else {
                let copy = NodeReference(
                    operatorName: reference.operatorName, name: reference.name,
                    index: reference.index, outputs: [resultName(reference, position)])
                let result = try add(
                    Reshape(), copy, operands: [index], results: [values[index].type])[0]
                dequantised[result] = dequantised[index]
                offsets[result] = offsets[index]
                integerRanges[result] = integerRanges[index]
                named.append(result)
            }
        }
        return named
    }
}
