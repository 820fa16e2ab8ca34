extension NodeProto {
    /// `Sum` of more than two operands as sums of two, from the left; any other node as it is.
    ///
    /// The partial sums bear the name of the output and a number. A model that has such a name too
    /// is refused, as names are defined once.
    func inSumsOfTwo() -> [NodeProto] {
        guard operatorName == "Sum", domain.isEmpty || domain == "ai.onnx", attributes.isEmpty,
            outputs.count == 1, inputs.count > 2, !inputs.contains("")
        else { return [self] }
        var total = inputs[0]
        return inputs.indices.dropFirst().map { position in
            let isLast = position == inputs.count - 1
            let output = isLast ? outputs[0] : "\(outputs[0]).sum\(position)"
            defer { total = output }
            return NodeProto(
                operatorName: operatorName, inputs: [total, inputs[position]], output: output,
                name: name)
        }
    }
}
