/// `Relu`: max(x, 0).
public struct Relu: ElementwiseFunction, EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try resolvedForNumbers(Relu(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { x > 0 ? x : 0 }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        x.sign > 0 ? Ball(copying: x) : Ball(BigInteger(0), radius: x.radius)
    }

    public func table(_ format: TableFormat) -> [Int] {
        format.domain.map { format.rounded(max($0, 0)) }
    }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 }
}

/// `LeakyRelu`: x where x ≥ 0, else alpha · x.
public struct LeakyRelu: ElementwiseFunction, EnclosedFunction, Equatable {
    public let alpha: Double

    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(LeakyRelu(alpha: try node.float("alpha") ?? Double(Float(0.01))), node)
    }

    public func callAsFunction(_ x: Double) -> Double { x < 0 ? alpha * x : x }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        guard x.sign < 0 else { return Ball(copying: x).widened(by: alpha.magnitude * x.radius) }
        return reals.product(x, reals.number(alpha)).widened(by: x.radius)
    }

    public func table(_ format: TableFormat) -> [Int] {
        let slope = Dyadic(alpha)
        return format.domain.map { format.rounded($0, times: $0 < 0 ? slope : .one) }
    }

    public func slope(over range: ClosedRange<Double>) -> Double { max(1, alpha.magnitude) }
}

/// `Clip`: min(max(x, minimum), maximum); the maximum wins where they cross.
public struct Clip: ElementwiseFunction, EnclosedFunction, Equatable {
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
            if node.has(1) { bounds.minimum = try node.number(1, role: "min") }
            if node.has(2) { bounds.maximum = try node.number(2, role: "max") }
        }
        let clip = Clip(minimum: bounds.minimum ?? -.infinity, maximum: bounds.maximum ?? .infinity)
        let type = try node.type(0)
        guard type.elementType != .bool else {
            throw .elementType(node.reference, input: 0, type.elementType)
        }
        return ResolvedNode(clip, operands: [0], results: [type])
    }

    public func callAsFunction(_ x: Double) -> Double {
        let bounded = x < minimum ? minimum : x
        return bounded > maximum ? maximum : bounded
    }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        var result = Ball(copying: x)
        if minimum.isFinite {
            let bound = reals.number(minimum)
            if reals.difference(result, bound).sign < 0 { result.middle = bound.middle }
        }
        if maximum.isFinite {
            let bound = reals.number(maximum)
            if reals.difference(result, bound).sign > 0 { result.middle = bound.middle }
        }
        return result.widened(by: 2)
    }

    /// Rounding is monotone, so the rounded argument is clipped to the rounded bounds.
    public func table(_ format: TableFormat) -> [Int] {
        let low = minimum.isFinite ? format.rounded(minimum) : format.range.lowerBound
        let high = maximum.isFinite ? format.rounded(maximum) : format.range.upperBound
        return format.domain.map { min(max(format.rounded($0), low), high) }
    }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 }
}

/// `Sigmoid`: 1 / (1 + e^−x).
public struct Sigmoid: EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(Sigmoid(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { ReproducibleMath.sigmoid(x) }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball { reals.sigmoid(x) }

    public func slope(over range: ClosedRange<Double>) -> Double { 0.25 }
}

/// `Tanh`.
public struct Tanh: EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 1...1)
        return try resolved(Tanh(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { ReproducibleMath.tanh(x) }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball { reals.tanh(x) }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 }
}

/// `Neg`: −x. Linear too.
public struct Negation: ElementwiseFunction, EnclosedFunction, Equatable {
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try resolvedForNumbers(Negation(), node)
    }

    public func callAsFunction(_ x: Double) -> Double { -x }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        Ball(copying: x).negated()
    }

    public func table(_ format: TableFormat) -> [Int] {
        format.domain.map { format.rounded($0, times: Dyadic(-1)) }
    }

    public func slope(over range: ClosedRange<Double>) -> Double { 1 }

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
