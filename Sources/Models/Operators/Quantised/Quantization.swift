/// `QuantizeLinear` without its zero point: round(x / scale), halves to even, limited to a range.
///
/// Evaluated as float32 runtimes do: x and the quotient are rounded to float32.
public struct Quantization: Operator, Equatable {
    /// Float32 numbers, in a shape that broadcasts to the operand's.
    public let scale: FloatTensor
    public let range: ClosedRange<Int>

    public var parameterCount: Int { scale.values.count }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        guard case .float(let tensor) = operands[0] else {
            preconditionFailure("resolved for floating-point operands")
        }
        var indices = BroadcastIndices(scale.shape, to: tensor.shape)
        let values = tensor.values.map { x in
            range.quantised(Float(x) / Float(scale.values[indices.next()]))
        }
        return [.int(IntTensor(shape: tensor.shape, values: values))]
    }
}

extension ClosedRange<Int> {
    /// The nearest integer, of two the even one, limited to the range.
    ///
    /// - Precondition: The range is one of at most 32 bits; x is a number.
    func quantised(_ x: Float) -> Int {
        Int(
            Swift.min(
                Swift.max(Double(x).rounded(.toNearestOrEven), Double(lowerBound)),
                Double(upperBound)))
    }
}

/// `DequantizeLinear` without its zero point: x · scale.
public struct Dequantization: Operator, Equatable {
    /// In a shape that broadcasts to the operand's.
    public let scale: FloatTensor

    public var parameterCount: Int { scale.values.count }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        guard case .int(let tensor) = operands[0] else {
            preconditionFailure("resolved for integers")
        }
        var indices = BroadcastIndices(scale.shape, to: tensor.shape)
        let values = tensor.values.map { Double($0) * scale.values[indices.next()] }
        return [.float(FloatTensor(shape: tensor.shape, values: values))]
    }
}

/// The sum over each window of [n, c, d…]: an average pool of integers before it divides.
public struct WindowSum: FloatOperator, Equatable {
    public let window: Window

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        results[0].shape.saturatingProduct.saturatingProduct(window.tapCount)
    }

    public func evaluate(_ operands: [FloatTensor], shape: [Int]) -> FloatTensor {
        Pooling.reduce(operands[0], window: window, shape: shape, from: 0) {
            $0 + $1
        } finish: {
            sum, _ in
            sum
        }
    }
}
