/// round(Σ_i M_i · x_i), halves to even, limited to a range: where quantised operators round.
///
/// Operands are integers and broadcast as in numpy. M_i = multipliers[i] / 2^shift exactly, each
/// multiplier a tensor that broadcasts to the result. Evaluated exactly.
public struct ScaledSum: Operator, Equatable {
    public let multipliers: [IntTensor]
    public let shift: Int
    public let range: ClosedRange<Int>
    /// Halves go to the odd integer, as they do to even ones after an odd zero point is added.
    public let tiesToOdd: Bool

    /// - Parameter factors: M_i, each a float32.
    /// - Returns: Nil when a factor is not a positive number, or they are too far apart or too small
    ///   for integers that can be proved.
    init?(_ factors: [FloatTensor], range: ClosedRange<Int>, tiesToOdd: Bool) {
        let exact = factors.map { $0.values.map(Dyadic.init) }
        let shift = exact.joined().reduce(0) { max($0, -$1.exponent) }
        guard shift <= 96, factors.count <= 1 << 10 else { return nil }
        var multipliers: [IntTensor] = []
        for (factor, numbers) in zip(factors, exact) {
            var values: [Int] = []
            for number in numbers {
                let raise = number.exponent + shift
                guard number.significand > 0, raise <= 58,
                    number.significand.leadingZeroBitCount > raise + 2
                else { return nil }
                values.append(number.significand << raise)
            }
            multipliers.append(IntTensor(shape: factor.shape, values: values))
        }
        self.multipliers = multipliers
        self.shift = shift
        self.range = range
        self.tiesToOdd = tiesToOdd
    }

    public var parameterCount: Int { multipliers.reduce(0) { $0 + $1.values.count } }

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        results[0].shape.saturatingProduct.saturatingProduct(operands.count)
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let shape = results[0].shape
        var sums = [Int128](repeating: 0, count: shape.reduce(1, *))
        for (operand, multiplier) in zip(operands, multipliers) {
            guard case .int(let tensor) = operand else {
                preconditionFailure("resolved for integers")
            }
            guard tensor.values.allSatisfy({ $0.magnitude <= 1 << 53 }) else {
                throw .integerOverflow
            }
            var (source, factor) = (
                BroadcastIndices(tensor.shape, to: shape),
                BroadcastIndices(multiplier.shape, to: shape)
            )
            for index in sums.indices {
                // Below 2^53 · 2^62 · 2^10.
                sums[index] +=
                    Int128(tensor.values[source.next()])
                    * Int128(multiplier.values[factor.next()])
            }
        }
        let (low, high) = (Int128(range.lowerBound), Int128(range.upperBound))
        let parity: Int128 = tiesToOdd ? 1 : 0
        let values = sums.map { sum in
            let rounded =
                Rounding.halfToEven(sum + parity << Int128(shift), shift: shift) - parity
            return Int(min(max(rounded, low), high))
        }
        return [.int(IntTensor(shape: shape, values: values))]
    }
}

extension Rounding {
    /// The integer nearest to x / 2^shift, of two the even one.
    ///
    /// - Precondition: `shift` is below 127.
    static func halfToEven(_ x: Int128, shift: Int) -> Int128 {
        guard shift > 0 else { return x }
        let quotient = x >> Int128(shift)
        let remainder = x - quotient << Int128(shift)
        let half = Int128(1) << Int128(shift - 1)
        return remainder > half || remainder == half && quotient & 1 == 1 ? quotient + 1 : quotient
    }
}
