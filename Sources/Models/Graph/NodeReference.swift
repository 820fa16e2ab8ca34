/// Enough of a node to find it in the model.
public struct NodeReference: Sendable, Equatable {
    /// ONNX's name of the operator.
    public let operatorName: String
    /// The node's own name, often empty.
    public let name: String
    /// Its position in the file.
    public let index: Int
    public let outputs: [String]
}

extension NodeReference: CustomStringConvertible {
    public var description: String {
        guard name.isEmpty else { return "\(operatorName) node \"\(name)\"" }
        let results = outputs.map { "\"\($0)\"" }.joined(separator: ", ")
        return "\(operatorName) node #\(index) (output \(results))"
    }
}

extension NodeReference {
    /// The node's name, or one made from its operator and place.
    var layerName: String { name.isEmpty ? "\(operatorName)#\(index)" : name }
}
