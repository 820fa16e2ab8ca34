/// A tensor operation with every parameter known: what a node of a ``ModelGraph`` does.
///
/// An ONNX operator is resolved into one of these when the graph is built: attributes of all
/// opsets, optional inputs, negative axes, automatic padding and the like are settled there, and
/// several ONNX operators share one operation (Flatten, Squeeze and Dropout are all ``Reshape``).
/// So whoever reads a graph, the integer compiler above all, sees few types with plain fields.
///
/// The families, each a protocol that refines this one:
///  - ``ElementwiseFunction``: one real function of each element (Relu, Sigmoid, …);
///  - ``DataMovement``: elements of one operand put in other places (Transpose, Slice, Pad, …).
/// The rest are matched by type (`Conv`, `Gemm`, `MatMul`, `Arithmetic`, `MaxPool`, …).
///
/// To add an operator: a type in this folder with a static resolver, and a line in
/// ``OperatorRegistry``; or, where others make it up, a ``Decomposition``.
public protocol Operator: Sendable {
    /// The results for the given operands.
    ///
    /// Sums run in the order that the type documents, in IEEE double, without fused operations:
    /// the same values on every machine.
    ///
    /// - Parameter operands: Of the types that the operation was resolved for.
    /// - Parameter results: The types of the results, as inferred.
    func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor]

    /// How many numbers the operation holds that it made from constants; they count as constants
    /// against ``FoldingBudget``.
    var parameterCount: Int { get }

    /// About how many scalar operations ``evaluate(_:results:)`` takes, saturating at `Int.max`.
    func operationCount(operands: [ValueType], results: [ValueType]) -> Int
}

extension Operator {
    public var parameterCount: Int { 0 }

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        results.reduce(0) { $0.saturatingSum($1.shape.saturatingProduct) }
    }
}

/// An operation with one result that computes in floating point; integers too, as long as none
/// leaves ±2^53 (quantised layers).
public protocol FloatOperator: Operator {
    /// The result, of shape `shape`.
    func evaluate(_ operands: [FloatTensor], shape: [Int]) -> FloatTensor
}

extension FloatOperator {
    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        var tensors: [FloatTensor] = []
        for operand in operands {
            switch operand {
            case .float(let tensor): tensors.append(tensor)
            case .int(let tensor):
                tensors.append(
                    FloatTensor(shape: tensor.shape, values: tensor.values.map(Double.init)))
            }
        }
        let result = evaluate(tensors, shape: results[0].shape)
        guard !results[0].elementType.isFloat else { return [.float(result)] }
        // Doubles hold sums and products of small integers exactly.
        guard result.values.allSatisfy({ $0.magnitude <= 0x1p53 }) else { throw .integerOverflow }
        return [.int(IntTensor(shape: result.shape, values: result.values.map { Int($0) }))]
    }
}

/// What the resolver of an ONNX operator makes of a node.
struct ResolvedNode {
    let operation: any Operator
    /// Positions of the node's inputs that are data; all others are in `operation` now.
    let operands: [Int]
    let results: [ValueType]
    /// Further results, after `results`, that are the same number everywhere whatever the data.
    var uniformResults: [(type: ValueType, value: Int)] = []

    init(_ operation: any Operator, operands: [Int], results: [ValueType]) {
        self.operation = operation
        self.operands = operands
        self.results = results
    }

    /// A node with one result.
    init(
        _ operation: any Operator, operands: [Int], _ elementType: ElementType, _ shape: [Int]
    ) {
        self.init(operation, operands: operands, results: [ValueType(elementType, shape)])
    }
}

/// Reads a node's attributes and operand types; see ``OperatorRegistry``.
typealias Resolver = @Sendable (inout NodeReader) throws(ModelError) -> ResolvedNode

/// Writes a node as steps and returns the values of its results; see ``Decomposition``.
typealias Decomposer =
    @Sendable (inout NodeReader, inout Decomposition) throws(ModelError) -> [Decomposition.Value]

extension Int {
    func saturatingProduct(_ other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }

    func saturatingSum(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

extension [Int] {
    /// The product of extents, `Int.max` when it overflows.
    var saturatingProduct: Int { reduce(1) { $0.saturatingProduct($1) } }
}
