import Circuits

/// Values of an integer type, truth values among them: unit 1, exact, never rounded.
extension Lowering {
    func isInteger(_ value: Int) -> Bool { !graph.values[value].type.elementType.isFloat }

    /// An operand of an integer type.
    mutating func exact(_ value: Int) throws(LoweringError) -> LoweredTensor { try tensor(value) }

    /// `Add`, `Sub`, `Mul` of integers.
    mutating func lowerIntegers(
        _ arithmetic: Arithmetic, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredTensor {
        let shape = shape(node.results[0])
        let (a, b) = (try exact(node.operands[0]), try exact(node.operands[1]))
        switch arithmetic.kind {
        case .add: return try sum([(1, a), (1, b)], unit: 1, shape: shape)
        case .subtract: return try sum([(1, a), (-1, b)], unit: 1, shape: shape)
        case .multiply: return try product([a, b], shape: shape)
        case .divide:
            throw .unsupported(
                node.reference, what: "division by computed integers is",
                advice: "divide by a constant")
        }
    }

    /// A function of integers: a table of them all, or, for Relu, Clip and Abs of more than 16 bits,
    /// maxima.
    mutating func lowerIntegers(
        _ function: any ElementwiseFunction, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredTensor {
        let (argument, result) = (node.operands[0], node.results[0])
        let x = try exact(argument)
        let format = wholeFormat(argument)
        if CircuitLimits.tableBits.contains(format.bits) {
            var y = try apply(
                function, to: x, argument: TableArgument(format),
                result: resultFormat(function, result),
                over: calibration.ranges[argument] ?? 0...0, value: (argument, result))
            if x.error == 0 { y.error = 0 }
            return y
        }
        switch function {
        case is Relu: return try clipped(x, minimum: 0, maximum: .infinity)
        case let clip as Clip:
            return try clipped(x, minimum: clip.minimum, maximum: clip.maximum)
        case is Absolute:
            let negated = try sum([(-1, x)], unit: x.unit, shape: x.shape)
            return try extremum([x, negated], isMaximum: true, shape: x.shape)
        default:
            throw .unsupported(
                node.reference, what: "this function of integers of more than 16 bits is",
                advice: "keep them below 2^15, or cast them to float")
        }
    }

    private mutating func clipped(
        _ x: LoweredTensor, minimum: Double, maximum: Double
    ) throws(LoweringError) -> LoweredTensor {
        var result = x
        for (bound, isMaximum) in [(minimum, true), (maximum, false)] where bound.isFinite {
            let constant = try quantised(.scalar(bound), unit: 1)
            result = try extremum([result, constant], isMaximum: isMaximum, shape: x.shape)
        }
        return result
    }
}

/// Functions of a number's sign, exact whatever its bits.
extension Lowering {
    /// `Sign`: of the exact integers, so it errs only where x does.
    mutating func lowerSign(_ node: ModelGraph.Node) throws(LoweringError) -> LoweredValue {
        let x = try tensor(node.operands[0])
        var result = try step(x, key: "sign") { $0.signum() }
        result.error = x.error > 0 ? 2 : 0
        return .tensor(result)
    }

    /// `Cast` to bool.
    mutating func lowerIsNonzero(_ node: ModelGraph.Node) throws(LoweringError) -> LoweredValue {
        .tensor(try isNonzero(try tensor(node.operands[0])))
    }

    mutating func isNonzero(_ x: LoweredTensor) throws(LoweringError) -> LoweredTensor {
        if x.bounds == IntegerBounds(0, 1), x.unit == 1 { return x }
        var result = try step(x, key: "nonzero") { $0 == 0 ? 0 : 1 }
        result.error = x.error > 0 ? 1 : 0
        return result
    }
}
