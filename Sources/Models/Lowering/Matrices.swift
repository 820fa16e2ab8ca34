import Circuits

extension Lowering {
    /// `Gemm`: alpha is folded into the weights, beta into the bias.
    mutating func lower(
        _ gemm: Gemm, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        var left = try matrixOperand(0, of: node, isTransposed: gemm.transposesLeft)
        let right = try matrixOperand(1, of: node, isTransposed: gemm.transposesRight)
        let shape = shape(node.results[0])
        // alpha belongs to a constant where there is one.
        var product: LoweredValue
        if case .constant(let weights) = left, case .tensor = right {
            if gemm.alpha != 1 { left = .constant(weights.mapped { $0 * gemm.alpha }) }
            product = try multiply(
                left, right, node: currentNode, shape: shape, resultShape: shape)
        } else {
            product = try multiply(
                left, right, node: currentNode, shape: shape, resultShape: shape)
            product = try scaled(
                product, node.results[0], by: .scalar(gemm.alpha), shape: shape)
        }
        guard node.operands.count > 2, gemm.beta != 0 else { return product }
        let addend = try scaled(
            operand(2, of: node), node.operands[2], by: .scalar(gemm.beta),
            shape: self.shape(node.operands[2]))
        return try added(product, addend, value: node.results[0])
    }

    /// `MatMul` of any ranks.
    mutating func lower(
        _ operation: MatMul, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let batch = operation.batch
        let left = try withShape(
            matrixOperand(0, of: node, isTransposed: false),
            operation.leftBatch + [operation.rows, operation.depth])
        let right = try withShape(
            matrixOperand(1, of: node, isTransposed: false),
            operation.rightBatch + [operation.depth, operation.columns])
        return try multiply(
            left, right, node: currentNode,
            shape: batch + [operation.rows, operation.columns],
            resultShape: shape(node.results[0]))
    }

    /// A constant, or a tensor of few bits.
    private mutating func matrixOperand(
        _ position: Int, of node: ModelGraph.Node, isTransposed: Bool
    ) throws(LoweringError) -> LoweredValue {
        if case .constant(let constant) = try operand(position, of: node) {
            guard isTransposed else { return .constant(constant) }
            return .constant(cache.transposed(node.operands[position], constant))
        }
        var tensor = try narrow(node.operands[position])
        if isTransposed { tensor.layout = tensor.layout.transposed([1, 0]) }
        return .tensor(tensor)
    }

    /// The same cells under a shape that differs by axes of extent 1.
    mutating func withShape(
        _ value: LoweredValue, _ shape: [Int]
    ) throws(LoweringError) -> LoweredValue {
        switch value {
        case .constant(let constant):
            .constant(FloatTensor(shape: shape, values: constant.values))
        case .tensor(let tensor):
            .tensor(try reshaped(tensor, to: shape))
        case .pending(let layer):
            .pending(layer.reshaped(to: shape))
        }
    }

    /// A product of matrices; linear where one of them is constant.
    private mutating func multiply(
        _ left: LoweredValue, _ right: LoweredValue, node: Int, shape: [Int], resultShape: [Int]
    ) throws(LoweringError) -> LoweredValue {
        let name = builder.currentName
        let isExact = isInteger(graph.nodes[node].results[0])
        switch (left, right) {
        case (.tensor(let x), .constant(let weights)):
            return .pending(
                LinearLayer(
                    identity: .init(node: node), name: name, kind: .rightMatrix, input: x,
                    weights: weights, bias: nil,
                    shape: shape, resultShape: resultShape, isExact: isExact))
        case (.constant(let weights), .tensor(let x)):
            return .pending(
                LinearLayer(
                    identity: .init(node: node), name: name, kind: .leftMatrix, input: x,
                    weights: weights, bias: nil,
                    shape: shape, resultShape: resultShape, isExact: isExact))
        case (.tensor(let a), .tensor(let b)):
            let depth = a.shape[a.shape.count - 1]
            let (wire, layout) = try multiply(
                .tensor(a), a.shape, .tensor(b), b.shape, shape)
            let bounds = try productBounds(a.bounds, b.bounds, terms: depth)
            let product = LoweredTensor(
                wire: wire, layout: layout, unit: a.unit * b.unit, bounds: bounds,
                error: Double(depth) * productError(a, b))
            return .tensor(try reshaped(product, to: resultShape))
        default:
            preconditionFailure("operands are constants or tensors, not both constants")
        }
    }

    /// |a·b − a'·b'| where a' and b' are the float model's.
    func productError(_ a: LoweredTensor, _ b: LoweredTensor) -> Double {
        a.realMagnitude * b.error + b.realMagnitude * a.error + a.error * b.error
    }
}

extension FloatTensor {
    static func scalar(_ value: Double) -> FloatTensor { FloatTensor(shape: [], values: [value]) }
}
