/// `Relu`: max(x, 0).
public struct Relu: ElementwiseFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(Relu(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { x > 0 ? x : 0 }

    public func table(_ format: TableFormat) -> [Int] {
        format.domain.map { format.rounded(max($0, 0)) }
    }
}

/// `LeakyRelu`: x where x ≥ 0, else alpha · x.
public struct LeakyRelu: ElementwiseFunction, Equatable {
    public let alpha: Double

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(LeakyRelu(alpha: try node.float("alpha") ?? Double(Float(0.01))), node)
    }

    public func callAsFunction(_ x: Double) -> Double { x < 0 ? alpha * x : x }

    public func table(_ format: TableFormat) -> [Int] {
        let slope = Dyadic(alpha)
        return format.domain.map { format.rounded($0, times: $0 < 0 ? slope : .one) }
    }
}

/// `Clip`: min(max(x, minimum), maximum); the maximum wins where they cross.
public struct Clip: ElementwiseFunction, Equatable {
    /// Infinite where ONNX leaves the bound out.
    public let minimum: Double
    public let maximum: Double

    /// Bounds are attributes before opset 11, constant operands since.
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        var bounds: (minimum: Double?, maximum: Double?)
        if node.opset < 11 {
            try node.expect(inputs: 1...1)
            bounds = (try node.float("min"), try node.float("max"))
        } else {
            try node.expect(inputs: 1...3)
            if node.has(1) { bounds.minimum = try node.scalar(1, role: "min") }
            if node.has(2) { bounds.maximum = try node.scalar(2, role: "max") }
        }
        return try resolved(
            Clip(minimum: bounds.minimum ?? -.infinity, maximum: bounds.maximum ?? .infinity), node)
    }

    public func callAsFunction(_ x: Double) -> Double {
        let bounded = x < minimum ? minimum : x
        return bounded > maximum ? maximum : bounded
    }

    /// Rounding is monotone, so the rounded argument is clipped to the rounded bounds.
    public func table(_ format: TableFormat) -> [Int] {
        let low = minimum.isFinite ? format.rounded(minimum) : format.range.lowerBound
        let high = maximum.isFinite ? format.rounded(maximum) : format.range.upperBound
        return format.domain.map { min(max(format.rounded($0), low), high) }
    }
}

/// `Sigmoid`: 1 / (1 + e^−x).
public struct Sigmoid: ElementwiseFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(Sigmoid(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { ReproducibleMath.sigmoid(x) }

    public func table(_ format: TableFormat) -> [Int] { CorrectRounding.table(.sigmoid, format) }
}

/// `Tanh`.
public struct Tanh: ElementwiseFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(Tanh(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { ReproducibleMath.tanh(x) }

    public func table(_ format: TableFormat) -> [Int] { CorrectRounding.table(.tanh, format) }
}

/// `Neg`: −x. Linear too; constant integers are negated when the graph is built.
public struct Negation: ElementwiseFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        let type = try node.type(0)
        let isConstant = try node.constant(0) != nil
        guard type.elementType.isFloat || isConstant else {
            throw .elementType(node.reference, input: 0, type.elementType)
        }
        return ResolvedNode(Negation(), operands: [0], results: [type])
    }

    public func callAsFunction(_ x: Double) -> Double { -x }

    public func table(_ format: TableFormat) -> [Int] {
        format.domain.map { format.rounded($0, times: Dyadic(-1)) }
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        switch operands[0] {
        case .float(let tensor): return [.float(evaluate([tensor], shape: tensor.shape))]
        case .int(let tensor):
            let range = results[0].elementType.integerRange ?? Int.min...Int.max
            guard tensor.values.allSatisfy({ $0 != .min && range.contains(-$0) }) else {
                throw .integerOverflow
            }
            return [.int(IntTensor(shape: tensor.shape, values: tensor.values.map { -$0 }))]
        }
    }
}
