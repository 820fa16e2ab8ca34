/// y = values[x − lowest]: a function of quantised numbers, whatever it stands for; x beyond the table
/// takes its end.
public struct IntegerTable: Operator, Equatable {
    public let lowest: Int
    public let values: [Int]

    public var parameterCount: Int { values.count }

    func callAsFunction(_ x: Int) -> Int { values[min(max(x, lowest) - lowest, values.count - 1)] }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        guard case .int(let tensor) = operands[0] else {
            preconditionFailure("resolved for integers")
        }
        return [.int(IntTensor(shape: tensor.shape, values: tensor.values.map { self($0) }))]
    }
}

/// x + number, for integers; so that taking a zero point away again finds x.
public struct IntegerOffset: Operator, Equatable {
    public let number: Int

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        guard case .int(let tensor) = operands[0] else {
            preconditionFailure("resolved for integers")
        }
        var values: [Int] = []
        for value in tensor.values {
            let (sum, overflow) = value.addingReportingOverflow(number)
            guard !overflow else { throw .integerOverflow }
            values.append(sum)
        }
        return [.int(IntTensor(shape: tensor.shape, values: values))]
    }
}
