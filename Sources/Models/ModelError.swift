/// Why an ONNX file does not become a graph, or why a graph cannot be evaluated.
public enum ModelError: Error, Equatable, Sendable {
    /// The bytes are not an ONNX file.
    case malformed(ONNXDecodingError)
    /// The file decodes but breaks a rule of ONNX's intermediate representation.
    case invalidGraph(GraphProblem)
    /// An opset of the default domain outside ``ModelGraph/supportedOpsets``.
    case unsupportedOpset(Int)
    case unsupportedFeature(ModelFeature, name: String)
    /// A constant tensor, by name.
    case tensor(String, TensorProblem)

    /// An operator that is not known, or one of another domain.
    case unknownOperator(NodeReference, domain: String)
    case inputCount(NodeReference, expected: ClosedRange<Int>, actual: Int)
    case outputCount(NodeReference, expected: ClosedRange<Int>, actual: Int)
    case attribute(NodeReference, name: String, AttributeProblem)
    /// An operand has an element type that the operator does not take.
    case elementType(NodeReference, input: Int, ElementType)
    /// An operand that has to be a constant is computed from the model's input.
    case notConstant(NodeReference, input: Int, role: String)
    /// Operands whose shapes or values do not fit together.
    case mismatch(NodeReference, expected: String, actual: String)
    /// A use of an operator that ONNX allows and we do not.
    case unsupported(NodeReference, what: String, advice: String)
    case evaluation(NodeReference, EvaluationError)
    /// A tensor without elements that is an output or computed from the model's input, or a tensor
    /// with too many elements.
    case extent(value: String, [Int])

    /// A graph input's extent that neither the model nor the caller fixes.
    case unboundDimension(input: String, axis: Int, symbol: String?)
    /// A graph input whose given shape or extent contradicts the model.
    case inputShape(input: String, expected: String, actual: String)
    /// A value for a graph input that is missing, or one for an input that does not exist.
    case inputMissing(String)
    case inputUnknown(String)
    /// A NaN, an infinity, or a value that the input's integer type does not have.
    case inputValue(input: String, index: Int)
}

/// What is wrong with a graph as a whole.
public enum GraphProblem: Error, Equatable, Sendable {
    case missingOpset
    case duplicateName(String)
    case undefinedName(String, usedBy: String)
    /// Nodes that wait for each other; the values they produce.
    case cycle([String])
    case unnamed(String)
    case noOutputs
}

/// A part of ONNX that is refused as a whole.
public enum ModelFeature: String, Sendable, Equatable {
    case function = "a model-local function"
    case trainingInfo = "training information"
    case sparseInitializer = "sparse initialisers"
    case nesting = "a graph within a graph within a graph, and so on,"
    case inputType = "a graph input that is not a tensor"
    case inputElementType = "a graph input's element type"
}

/// What is wrong with a constant tensor.
public enum TensorProblem: Error, Equatable, Sendable {
    case externalData(ExternalDataProblem)
    case segment
    case elementType(String)
    case encoding
    case extent(Int)
    case tooManyElements
    case elementCount(expected: Int, actual: Int)
    case byteCount(expected: Int, actual: Int)
    case notANumber(index: Int)
    case integerOutOfRange(index: Int)
}

/// What is wrong with a node's attribute.
public enum AttributeProblem: Error, Equatable, Sendable {
    case missing
    case duplicate
    /// ONNX has no such attribute for this operator at the model's opset.
    case unknown
    case kind(expected: String, actual: String)
    case value(String, advice: String)
}

/// Why values cannot be computed.
public enum EvaluationError: Error, Equatable, Sendable {
    case integerOverflow
    case divisionByZero
    /// A NaN or infinity came out.
    case notFinite
    case indexOutOfRange
    /// More memory or time than ``FoldingBudget`` or ``FloatInterpreter/elementLimit`` allows.
    case tooLarge
}
