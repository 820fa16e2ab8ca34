/// A model with every shape known: what an ONNX file means for given input extents.
///
/// Nodes stand in an order in which each one's operands come before it. Whatever depends on
/// constants alone is computed already, and nothing is kept that no output needs, graph inputs
/// excepted. Names are unique.
public struct ModelGraph: Sendable {
    /// Opsets of ONNX's default domain.
    public static let supportedOpsets = 1...28

    /// A tensor: a graph input, a constant, or one result of a node.
    public struct Value: Sendable {
        public internal(set) var name: String
        public let type: ValueType
        /// Its elements, when they do not depend on the model's inputs.
        public let constant: Tensor?

        public var shape: [Int] { type.shape }
    }

    /// One operation on values; operands and results are indices into ``ModelGraph/values``.
    ///
    /// Operands are data only: what ONNX passes as an input but must be known here (axes, pads,
    /// bounds, statistics) is part of `operation`.
    public struct Node: Sendable {
        public let reference: NodeReference
        public let operation: any Operator
        public let operands: [Int]
        public let results: [Int]
        /// The nodes of the file, or steps of one, whose work this one does beside its own.
        public var fused: [NodeReference] = []
    }

    public let name: String
    /// The program that wrote the file, as it calls itself.
    public let producer: String
    public let opset: Int
    public let values: [Value]
    /// Indices of the graph inputs, in the file's order; initialisers are not among them.
    public let inputs: [Int]
    public let outputs: [Int]
    public let nodes: [Node]

    /// Decodes and checks an ONNX file, infers all shapes and folds constants.
    ///
    /// - Parameter bindings: Extents that the file leaves open.
    /// - Parameter externalData: Reads data that the file only refers to; refused when nil.
    /// - Throws: ``ModelError``, for every byte string that is not a model we support; never traps.
    public init(
        onnx bytes: [UInt8], bindings: InputBindings = InputBindings(),
        externalData: ExternalDataReader? = nil
    ) throws(ModelError) {
        let model: ModelProto
        do throws(ONNXDecodingError) {
            model = try ModelProto(decoding: bytes)
        } catch {
            throw .malformed(error)
        }
        var builder = try GraphBuilder(model, bindings: bindings, externalData: externalData)
        try builder.addNodes(of: model.graph)
        self = try builder.finish(model)
    }

    init(
        name: String, producer: String, opset: Int, values: [Value], inputs: [Int], outputs: [Int],
        nodes: [Node]
    ) {
        self.name = name
        self.producer = producer
        self.opset = opset
        self.values = values
        self.inputs = inputs
        self.outputs = outputs
        self.nodes = nodes
    }
}

extension ModelGraph {
    /// The operand types of a node.
    public func operandTypes(of node: Node) -> [ValueType] { node.operands.map { values[$0].type } }

    /// The result types of a node.
    public func resultTypes(of node: Node) -> [ValueType] { node.results.map { values[$0].type } }
}
