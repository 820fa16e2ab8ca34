/// Operators on quantised tensors: the operator between `DequantizeLinear` and `QuantizeLinear`,
/// which ``GraphDraft`` computes on the integers.
enum QLinearLayers {
    /// A quantised operand followed by its scale and zero point.
    fileprivate static func operand(
        _ input: Int, scale: Int, zeroPoint: Int, axis: Int? = nil, _ node: NodeReader,
        _ steps: inout Decomposition, step: String
    ) throws(ModelError) -> Decomposition.Value {
        let x = try steps.operand(input)
        return try steps.dequantised(
            x,
            node.quantisation(
                scale: scale, zeroPoint: zeroPoint, of: x.type.elementType, shape: x.shape,
                axis: axis), step: step)
    }

    /// The result, quantised with the scale and zero point that are these operands.
    fileprivate static func result(
        _ y: Decomposition.Value, scale: Int, zeroPoint: Int, _ node: NodeReader,
        _ steps: inout Decomposition, type: ElementType? = nil, addsZeroPointFirst: Bool = false
    ) throws(ModelError) -> [Decomposition.Value] {
        let type =
            try node.has(zeroPoint) ? node.type(zeroPoint).elementType : type ?? .uint8
        let parameters = try node.quantisation(
            scale: scale, zeroPoint: zeroPoint, of: type, shape: y.shape)
        return [
            try steps.quantised(y, parameters, addsZeroPointFirst: addsZeroPointFirst)
        ]
    }

    /// A bias of sums, in their scale.
    fileprivate static func bias(
        _ input: Int, scales: [FloatTensor], _ node: NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> Decomposition.Value {
        let bias = try steps.operand(input)
        guard bias.type.elementType == .int32 else {
            throw .elementType(node.reference, input: input, bias.type.elementType)
        }
        let products = scales.reduce(FloatTensor.scalar(1)) { product, scale in
            let flat = FloatTensor(
                shape: scale.values.count == 1 ? [] : [scale.values.count], values: scale.values)
            return product.combined(with: flat) { Double(Float($0) * Float($1)) }
        }
        return try steps.dequantised(
            bias,
            QuantisationParameters(
                scale: products, zeroPoint: IntTensor(shape: [], values: [0]), type: .int32),
            step: "bias")
    }

    // MARK: Layers

    /// x, its scale and zero point, w, its scales and zero points, y's scale and zero point, bias.
    static func decomposeConv(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 8...9)
        let x = try operand(0, scale: 1, zeroPoint: 2, node, &steps, step: "x")
        let w = try operand(3, scale: 4, zeroPoint: 5, axis: 0, node, &steps, step: "w")
        var operands = [x, w]
        if node.has(8) {
            let scales = [try node.floats(1, role: "scale"), try node.floats(4, role: "scale")]
            operands.append(try bias(8, scales: scales, node, &steps))
        }
        let y = try steps.apply("Conv", operands, node.remainingAttributes(), step: "layer")
        return try result(y, scale: 6, zeroPoint: 7, node, &steps)
    }

    /// a, b and y, each with its scale and zero point.
    static func decomposeMatMul(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 8...8)
        let a = try operand(0, scale: 1, zeroPoint: 2, node, &steps, step: "a")
        let b = try operand(
            3, scale: 4, zeroPoint: 5, axis: max(0, node.type(3).shape.count - 1), node, &steps,
            step: "b")
        let y = try steps.apply("MatMul", [a, b], step: "layer")
        return try result(y, scale: 6, zeroPoint: 7, node, &steps)
    }

    /// onnxruntime's: a and b, each with its scale and zero point, c, y's scale and zero point; real
    /// without the latter.
    static func decomposeGemm(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 6...9)
        let transposes = try node.int("transB", default: 0)
        let alpha = try node.float("alpha") ?? 1
        guard alpha > 0 else {
            throw node.invalid(attribute: "alpha", alpha, advice: "put the sign into the weights")
        }
        let a = try operand(0, scale: 1, zeroPoint: 2, node, &steps, step: "a")
        let b = try operand(
            3, scale: 4, zeroPoint: 5, axis: transposes != 0 ? 0 : 1, node, &steps, step: "b")
        var operands = [a, b]
        if node.has(6) {
            let scales = [
                .scalar(alpha), try node.floats(1, role: "scale"),
                try node.floats(4, role: "scale"),
            ]
            operands.append(try bias(6, scales: scales, node, &steps))
        }
        let attributes: [String: AttributeProto.Value] = [
            "alpha": .float(Float(alpha)), "transB": .int(Int64(transposes)),
            "transA": .int(Int64(try node.int("transA", default: 0))),
        ]
        let y = try steps.apply("Gemm", operands, attributes, step: "layer")
        return node.has(7) ? try result(y, scale: 7, zeroPoint: 8, node, &steps) : [y]
    }

    /// `MatMulInteger` and `ConvInteger`: sums of the integers themselves, with zero points only.
    static func sumsDecomposer(_ operatorName: String) -> Decomposer {
        { (node: inout NodeReader, steps: inout Decomposition) throws(ModelError) in
            try node.expect(inputs: 2...4)
            let (a, b) = (try steps.operand(0), try steps.operand(1))
            let axis = operatorName == "Conv" ? 0 : max(0, b.shape.count - 1)
            let left = try steps.dequantised(
                a,
                node.quantisation(
                    scale: nil, zeroPoint: 2, of: a.type.elementType, shape: a.shape), step: "a")
            let right = try steps.dequantised(
                b,
                node.quantisation(
                    scale: nil, zeroPoint: 3, of: b.type.elementType, shape: b.shape, axis: axis),
                step: "b")
            let y = try steps.apply(
                operatorName, [left, right], node.remainingAttributes(), step: "layer")
            // The sums are int32 as they are: scale 1, no zero point.
            return [
                try steps.quantised(
                    y,
                    QuantisationParameters(
                        scale: .scalar(1), zeroPoint: IntTensor(shape: [], values: [0]),
                        type: .int32))
            ]
        }
    }
}

// MARK: - Element by element, pools, concatenation

extension QLinearLayers {
    /// onnxruntime's QLinearAdd and QLinearMul: a, b and c, each with its scale and zero point,
    /// the last of which these two add before they round.
    static func binaryDecomposer(_ operatorName: String) -> Decomposer {
        { (node: inout NodeReader, steps: inout Decomposition) throws(ModelError) in
            try node.expect(inputs: 7...8)
            let a = try operand(0, scale: 1, zeroPoint: 2, node, &steps, step: "a")
            let b = try operand(3, scale: 4, zeroPoint: 5, node, &steps, step: "b")
            let c = try steps.apply(operatorName, [a, b], step: "layer")
            return try result(
                c, scale: 6, zeroPoint: 7, node, &steps, type: node.type(0).elementType,
                addsZeroPointFirst: true)
        }
    }

    /// onnxruntime's operators of x and y, each with its scale and zero point.
    static func unaryDecomposer(_ operatorName: String) -> Decomposer {
        { (node: inout NodeReader, steps: inout Decomposition) throws(ModelError) in
            try node.expect(inputs: 4...5)
            if operatorName.hasSuffix("Pool"), try node.flag("channels_last") {
                throw node.unsupported(
                    "channels_last is", advice: "put channels on axis 1 when the model is exported")
            }
            let x = try operand(0, scale: 1, zeroPoint: 2, node, &steps, step: "x")
            let y = try steps.apply(operatorName, [x], node.remainingAttributes(), step: "layer")
            return try result(
                y, scale: 3, zeroPoint: 4, node, &steps, type: node.type(0).elementType)
        }
    }

    /// onnxruntime's QLinearConcat: y's scale and zero point, then each operand with its own.
    static func decomposeConcat(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 5...1 << 16)
        guard node.inputCount % 3 == 2 else {
            throw node.mismatch(
                expected: "operands in threes after the first two", actual: "\(node.inputCount)")
        }
        var parts: [Decomposition.Value] = []
        for input in stride(from: 2, to: node.inputCount, by: 3) {
            parts.append(
                try operand(
                    input, scale: input + 1, zeroPoint: input + 2, node, &steps,
                    step: "part\(parts.count)"))
        }
        let y = try steps.apply("Concat", parts, node.remainingAttributes(), step: "joined")
        return try result(y, scale: 0, zeroPoint: 1, node, &steps)
    }
}
