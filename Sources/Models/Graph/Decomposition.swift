/// How an operator is written in terms of others: a small graph that takes the place of one node.
///
/// A decomposer reads the node's attributes, adds steps, and returns the values that are the node's
/// results. Each step is an operation of the graph like any other: constants are folded, every
/// intermediate value is calibrated on its own, and the step's layer is called "node/step".
///
///     static func decompose(
///         _ node: inout NodeReader, _ steps: inout Decomposition
///     ) throws(ModelError) -> [Decomposition.Value] {
///         try node.expect(inputs: 1...1)
///         let x = try steps.operand(0)
///         let mean = try steps.apply("ReduceMean", [x, steps.integers([1])], step: "mean")
///         return [try steps.apply("Sub", [x, mean], step: "centred")]
///     }
///
/// Operators are applied as of ``operatorOpset``, whatever the model's opset; what is in the
/// registry may be applied, decomposed operators too. A step that is no operator of ONNX goes
/// through ``add(_:to:_:step:)``. Steps that no result needs are dropped with all dead nodes.
struct Decomposition {
    /// A value of the graph: an operand of the node, a constant, or the result of a step.
    struct Value {
        fileprivate(set) var index: Int
        let type: ValueType
        /// Its elements, when they do not depend on the model's inputs.
        let constant: Tensor?

        var shape: [Int] { type.shape }
    }

    /// The opset whose operators the steps are: the newest.
    static let operatorOpset = ModelGraph.supportedOpsets.upperBound

    /// The node that is decomposed.
    let reference: NodeReference
    private let operands: [Int?]
    private(set) var draft: GraphDraft

    /// Takes over the draft, which is empty until ``giveBack(to:)``.
    init(of reference: NodeReference, operands: [Int?], taking draft: inout GraphDraft) {
        self.reference = reference
        self.operands = operands
        self.draft = GraphDraft()
        swap(&self.draft, &draft)
    }

    mutating func giveBack(to draft: inout GraphDraft) { swap(&self.draft, &draft) }

    /// Works on the draft itself; values go in and out by index.
    mutating func withDraft(
        _ body: (inout GraphDraft) throws(ModelError) -> Int
    ) throws(ModelError) -> Value {
        let index = try body(&draft)
        return value(index)
    }

    private func value(_ index: Int) -> Value {
        let value = draft.values[index]
        return Value(index: index, type: value.type, constant: value.constant)
    }
}

// MARK: - Values

extension Decomposition {
    /// An input of the node that `NodeReader.expect` found to be there.
    func operand(_ input: Int) throws(ModelError) -> Value {
        guard input < operands.count, let index = operands[input] else {
            throw .inputCount(
                reference, expected: input + 1...Int.max, actual: operands.count { $0 != nil })
        }
        return value(index)
    }

    /// A constant of the decomposition's own.
    ///
    /// - Parameter type: Of the kind that the tensor is.
    mutating func constant(_ tensor: Tensor, _ type: ElementType) -> Value {
        let index = draft.define(
            "\(reference.layerName)/constant", ValueType(type, tensor.shape), constant: tensor)
        return value(index)
    }

    mutating func constant(_ shape: [Int], _ values: [Double]) -> Value {
        constant(.float(FloatTensor(shape: shape, values: values)), .float)
    }

    mutating func scalar(_ number: Double) -> Value { constant([], [number]) }

    /// A list of integers, as axes and shapes are given.
    mutating func integers(_ values: [Int]) -> Value {
        constant(.int(IntTensor(shape: [values.count], values: values)), .int64)
    }
}

extension Decomposition {
    /// A constant tensor of zeros and ones, of the element type of another value.
    ///
    /// - Parameter isOne: Called with the index along each axis, in row-major order.
    mutating func zeroOne(
        _ shape: [Int], like x: Value, isOne: ([Int]) -> Bool
    ) throws(ModelError) -> Value {
        let count = try reserved(shape)
        var index = shape.map { _ in 0 }
        var flags: [Bool] = []
        flags.reserveCapacity(count)
        for _ in 0..<count {
            flags.append(isOne(index))
            for axis in shape.indices.reversed() {
                index[axis] += 1
                if index[axis] < shape[axis] { break }
                index[axis] = 0
            }
        }
        guard !x.type.elementType.isFloat else {
            return constant(shape, flags.map { $0 ? 1 : 0 })
        }
        let tensor = IntTensor(shape: shape, values: flags.map { $0 ? 1 : 0 })
        return constant(.int(tensor), x.type.elementType)
    }

    /// Accounts for a constant that depends on more than the file's size.
    ///
    /// - Returns: The number of elements.
    mutating func reserved(_ shape: [Int]) throws(ModelError) -> Int {
        do throws(EvaluationError) {
            guard let count = Shape.elementCount(shape) else { throw .tooLarge }
            try draft.budget.spend(parameters: count)
            return count
        } catch {
            throw .evaluation(reference, error)
        }
    }
}

// MARK: - Steps

extension Decomposition {
    /// Applies an ONNX operator.
    ///
    /// - Parameter operands: Nil for an optional input left out.
    /// - Parameter step: What the layer is called, after the node's own name.
    /// - Returns: Its first result.
    mutating func apply(
        _ operatorName: String, _ operands: [Value?],
        _ attributes: [String: AttributeProto.Value] = [:], step: String
    ) throws(ModelError) -> Value {
        try results(of: operatorName, operands, attributes, count: 1, step: step)[0]
    }

    /// Applies an ONNX operator that has several results.
    ///
    /// - Parameter count: How many of them are wanted.
    mutating func results(
        of operatorName: String, _ operands: [Value?],
        _ attributes: [String: AttributeProto.Value] = [:], count: Int, step: String
    ) throws(ModelError) -> [Value] {
        let indices = try draft.apply(
            operatorName, reference(step, outputs: count), operands: operands.map { $0?.index },
            attributes: attributes.keys.sorted().compactMap { name in
                attributes[name].map { AttributeProto(name: name, value: $0) }
            }, outputCount: count, opset: Self.operatorOpset)
        return indices.prefix(count).map(value)
    }

    /// Adds an operation that is resolved already.
    ///
    /// - Parameter types: Of its results.
    mutating func add(
        _ operation: any Operator, to operands: [Value], _ types: [ValueType], step: String
    ) throws(ModelError) -> [Value] {
        try draft.add(
            operation, reference(step, outputs: types.count), operands: operands.map(\.index),
            results: types
        ).map(value)
    }

    /// Adds an operation with one result, of its first operand's element type.
    mutating func add(
        _ operation: any Operator, to operands: [Value], shape: [Int], step: String
    ) throws(ModelError) -> Value {
        let type = ValueType(operands[0].type.elementType, shape)
        return try add(operation, to: operands, [type], step: step)[0]
    }

    func reference(_ step: String, outputs: Int = 1) -> NodeReference {
        let name = "\(reference.layerName)/\(step)"
        return NodeReference(
            operatorName: reference.operatorName, name: name, index: reference.index,
            outputs: outputs == 1 ? [name] : (0..<outputs).map { "\(name).\($0)" })
    }
}

// MARK: - Steps that most decompositions need

extension Decomposition {
    /// The same elements under another shape; no step where that is the shape already.
    mutating func reshape(
        _ x: Value, to shape: [Int], step: String
    ) throws(ModelError) -> Value {
        guard x.shape != shape else { return x }
        guard let count = Shape.elementCount(shape), count == Shape.elementCount(x.shape) else {
            throw .mismatch(
                reference, expected: "elements for shape \(shape)", actual: "shape \(x.shape)")
        }
        return try add(Reshape(), to: [x], shape: shape, step: step)
    }

    /// Axis a of the result is axis permutation[a] of x; no step where nothing changes.
    mutating func transpose(
        _ x: Value, _ permutation: [Int], step: String
    ) throws(ModelError) -> Value {
        guard permutation != Array(permutation.indices) else { return x }
        return try add(
            Transpose(permutation: permutation), to: [x], shape: permutation.map { x.shape[$0] },
            step: step)
    }
}
