/// What an operator sees of a node while it is resolved: operands, outputs and attributes.
///
/// Attributes that are not read are errors, so that no parameter of a model is ignored by
/// accident; see ``finish()``.
struct NodeReader {
    let reference: NodeReference
    let opset: Int
    /// How many outputs something reads; those after the last one do not count.
    let outputCount: Int
    /// How many outputs the node names, whether anything reads them or not.
    var namedOutputCount: Int { reference.outputs.count { !$0.isEmpty } }
    private let inputs: [ModelGraph.Value?]
    private let externalData: ExternalDataReader?
    private var attributes: [String: AttributeProto.Value] = [:]

    init(
        _ reference: NodeReference, opset: Int, inputs: [ModelGraph.Value?], outputCount: Int,
        attributes: [AttributeProto], externalData: ExternalDataReader? = nil
    ) throws(ModelError) {
        self.reference = reference
        self.opset = opset
        self.outputCount = outputCount
        self.externalData = externalData
        self.inputs = Array(inputs[..<((inputs.lastIndex { $0 != nil } ?? -1) + 1)])
        for attribute in attributes {
            guard self.attributes.updateValue(attribute.value, forKey: attribute.name) == nil else {
                throw .attribute(reference, name: attribute.name, .duplicate)
            }
        }
    }

    /// Checks that every attribute has been read.
    func finish() throws(ModelError) {
        guard let name = attributes.keys.min() else { return }
        throw .attribute(reference, name: name, .unknown)
    }
}

// MARK: - Operands

extension NodeReader {
    var inputCount: Int { inputs.count }

    /// Checks the number of inputs and outputs; the first `inputs.lowerBound` inputs must be there.
    func expect(
        inputs range: ClosedRange<Int>, outputs: ClosedRange<Int> = 1...1
    ) throws(ModelError) {
        guard range.contains(inputs.count),
            inputs.prefix(range.lowerBound).allSatisfy({ $0 != nil })
        else {
            throw .inputCount(reference, expected: range, actual: inputs.count { $0 != nil })
        }
        guard outputs.contains(outputCount) else {
            throw .outputCount(reference, expected: outputs, actual: outputCount)
        }
    }

    func has(_ input: Int) -> Bool { input < inputs.count && inputs[input] != nil }

    func type(_ input: Int) throws(ModelError) -> ValueType { try value(input).type }

    /// The shape of a floating-point operand.
    func floatShape(_ input: Int) throws(ModelError) -> [Int] {
        let type = try type(input)
        guard type.elementType.isFloat else {
            throw .elementType(reference, input: input, type.elementType)
        }
        return type.shape
    }

    /// The elements of an operand, nil when they depend on the model's inputs.
    func constant(_ input: Int) throws(ModelError) -> Tensor? { try value(input).constant }

    /// The elements of an operand that must be known now.
    ///
    /// - Parameter role: ONNX's name for the operand, for the error.
    func constant(_ input: Int, role: String) throws(ModelError) -> Tensor {
        guard let constant = try value(input).constant else {
            throw .notConstant(reference, input: input, role: role)
        }
        return constant
    }

    /// The elements of a constant operand of integers, of rank 0 or 1.
    func integers(_ input: Int, role: String) throws(ModelError) -> [Int] {
        switch try constant(input, role: role) {
        case .int(let tensor):
            guard tensor.shape.count <= 1 else {
                throw mismatch(expected: "\(role) of rank 1", actual: "shape \(tensor.shape)")
            }
            return tensor.values
        case .float:
            throw .elementType(reference, input: input, try type(input).elementType)
        }
    }

    /// The elements of a constant operand of floating-point numbers.
    func floats(_ input: Int, role: String) throws(ModelError) -> FloatTensor {
        switch try constant(input, role: role) {
        case .float(let tensor): return tensor
        case .int: throw .elementType(reference, input: input, try type(input).elementType)
        }
    }

    /// The only element of a constant operand.
    func scalar(_ input: Int, role: String) throws(ModelError) -> Double {
        let tensor = try floats(input, role: role)
        guard let value = tensor.values.first, tensor.values.count == 1 else {
            throw mismatch(expected: "one number as \(role)", actual: "shape \(tensor.shape)")
        }
        return value
    }

    private func value(_ input: Int) throws(ModelError) -> ModelGraph.Value {
        guard input < inputs.count, let value = inputs[input] else {
            throw .inputCount(
                reference, expected: input + 1...Int.max, actual: inputs.count { $0 != nil })
        }
        return value
    }
}

// MARK: - Attributes

extension NodeReader {
    func hasAttribute(_ name: String) -> Bool { attributes[name] != nil }

    mutating func int(_ name: String) throws(ModelError) -> Int? {
        guard let value = attributes.removeValue(forKey: name) else { return nil }
        guard case .int(let number) = value else { throw kindError(name, expected: "int", value) }
        return Int(number)
    }

    mutating func int(_ name: String, default fallback: Int) throws(ModelError) -> Int {
        try int(name) ?? fallback
    }

    /// An integer that stands for a truth value.
    mutating func flag(_ name: String, default fallback: Bool = false) throws(ModelError) -> Bool {
        switch try int(name) {
        case nil: return fallback
        case 0: return false
        case 1: return true
        case let value?:
            throw .attribute(reference, name: name, .value("\(value)", advice: "use 0 or 1"))
        }
    }

    mutating func ints(_ name: String) throws(ModelError) -> [Int]? {
        guard let value = attributes.removeValue(forKey: name) else { return nil }
        guard case .ints(let numbers) = value else {
            throw kindError(name, expected: "ints", value)
        }
        return numbers.map { Int($0) }
    }

    /// A number, widened exactly; NaN and infinities are refused.
    mutating func float(_ name: String) throws(ModelError) -> Double? {
        guard let value = attributes.removeValue(forKey: name) else { return nil }
        guard case .float(let number) = value else {
            throw kindError(name, expected: "float", value)
        }
        guard number.isFinite else {
            throw .attribute(
                reference, name: name, .value("\(number)", advice: "use a finite number"))
        }
        return Double(number)
    }

    mutating func floats(_ name: String) throws(ModelError) -> [Double]? {
        guard let value = attributes.removeValue(forKey: name) else { return nil }
        guard case .floats(let numbers) = value else {
            throw kindError(name, expected: "floats", value)
        }
        guard numbers.allSatisfy(\.isFinite) else {
            throw .attribute(
                reference, name: name, .value("\(numbers)", advice: "use finite numbers"))
        }
        return numbers.map(Double.init)
    }

    mutating func string(_ name: String) throws(ModelError) -> String? {
        guard let value = attributes.removeValue(forKey: name) else { return nil }
        guard case .string(let text) = value else {
            throw kindError(name, expected: "string", value)
        }
        return text
    }

    mutating func strings(_ name: String) throws(ModelError) -> [String]? {
        guard let value = attributes.removeValue(forKey: name) else { return nil }
        guard case .strings(let texts) = value else {
            throw kindError(name, expected: "strings", value)
        }
        return texts
    }

    mutating func tensor(_ name: String) throws(ModelError) -> (ElementType, Tensor)? {
        guard let value = attributes.removeValue(forKey: name) else { return nil }
        guard case .tensor(let proto) = value else {
            throw kindError(name, expected: "tensor", value)
        }
        return try proto.tensor(
            owner: "attribute \(name) of \(reference)", external: externalData)
    }

    /// A graph that is a node's body.
    mutating func graph(_ name: String) throws(ModelError) -> GraphProto {
        guard let value = attributes.removeValue(forKey: name) else {
            throw .attribute(reference, name: name, .missing)
        }
        guard case .graph(let message) = value else {
            throw kindError(name, expected: "graph", value)
        }
        do throws(ONNXDecodingError) {
            return try GraphProto(decoding: message)
        } catch {
            throw .malformed(error)
        }
    }

    /// All attributes not read yet, for an operator that the node is made up of.
    mutating func remainingAttributes() -> [String: AttributeProto.Value] {
        defer { attributes = [:] }
        return attributes
    }

    /// Drops an attribute that has no bearing on inference.
    mutating func ignore(_ name: String) { attributes.removeValue(forKey: name) }

    private func kindError(
        _ name: String, expected: String, _ value: AttributeProto.Value
    ) -> ModelError {
        .attribute(reference, name: name, .kind(expected: expected, actual: value.kind))
    }
}

// MARK: - Axes and errors

extension NodeReader {
    /// An axis counted from the front; ONNX counts negative ones from the back.
    ///
    /// - Parameter bound: One more than the largest axis, usually the rank.
    func axis(_ value: Int, bound: Int, name: String) throws(ModelError) -> Int {
        guard value >= -bound, value < bound else {
            throw mismatch(expected: "\(name) in [\(-bound), \(bound - 1)]", actual: "\(value)")
        }
        return value < 0 ? value + bound : value
    }

    /// Axes counted from the front, none of them twice.
    func axes(_ list: [Int], rank: Int, name: String = "axes") throws(ModelError) -> [Int] {
        var result: [Int] = []
        var isTaken = Set<Int>()
        for value in list {
            let axis = try axis(value, bound: rank, name: name)
            guard isTaken.insert(axis).inserted else {
                throw mismatch(expected: "distinct \(name)", actual: "\(list)")
            }
            result.append(axis)
        }
        return result
    }

    func mismatch(expected: String, actual: String) -> ModelError {
        .mismatch(reference, expected: expected, actual: actual)
    }

    func unsupported(_ what: String, advice: String) -> ModelError {
        .unsupported(reference, what: what, advice: advice)
    }

    func invalid(attribute name: String, _ value: some Any, advice: String) -> ModelError {
        .attribute(reference, name: name, .value("\(value)", advice: advice))
    }
}
