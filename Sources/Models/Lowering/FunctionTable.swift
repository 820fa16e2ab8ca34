import Circuits

/// The table of an elementwise function between two formats.
struct FunctionTable {
    let function: any ElementwiseFunction
    let argument: TableArgument
    let result: FixedPointFormat
    /// Formats that functions share, and the function that they stand for.
    private let scaled: any ElementwiseFunction
    private let argumentFraction: Int
    private let resultFraction: Int

    init(function: any ElementwiseFunction, argument: TableArgument, result: FixedPointFormat) {
        self.function = function
        self.argument = argument
        self.result = result
        var (x, y) = (argument.fractionalBits, result.fractionalBits)
        // f(h · 2^−x) · 2^y depends on y − x alone, or on bounds that scale along.
        switch function {
        case is Relu, is LeakyRelu, is Absolute:
            let least = min(x, y)
            (x, y) = (x - least, y - least)
            scaled = function
        case let clip as Clip:
            let raise = max(0, -min(x, y))
            (x, y) = (x + raise, y + raise)
            let factor = Rounding.powerOfTwo(-raise)
            scaled = Clip(minimum: clip.minimum * factor, maximum: clip.maximum * factor)
        default:
            scaled = function
        }
        (argumentFraction, resultFraction) = (x, y)
    }

    /// Whether there is such a table: formats reach farther than its exact arithmetic.
    var isWithinScale: Bool {
        TableFormat.fractionBits.contains(argumentFraction)
            && TableFormat.fractionBits.contains(resultFraction)
    }

    /// Equal keys over equal domains mean equal tables.
    var key: String {
        "\(scaled) \(argumentFraction) \(resultFraction) \(result.integers) \(argument.reach as Any)"
    }

    func values(_ domain: IntegerDomain) -> [Int64] {
        values(domain.lowest...domain.highest).map(Int64.init)
    }

    private func values(_ domain: ClosedRange<Int>) -> [Int] {
        let inside = argument.reach.map { domain.clamped(to: $0) } ?? domain
        let values = scaled.table(
            TableFormat(
                domain: inside, inputFractionBits: argumentFraction,
                outputFractionBits: resultFraction, range: result.integers))
        guard inside != domain else { return values }
        return domain.map { values[min(max($0 - inside.lowerBound, 0), values.count - 1)] }
    }

    /// Of the results, for arguments in the domain.
    func bounds(_ arguments: IntegerBounds) -> IntegerBounds {
        let whole = IntegerBounds(result.integers)
        guard let turningPoints = function.turningPoints else { return whole }
        let (low, high) = (Int(arguments.low), Int(arguments.high))
        var places = [low, high]
        for point in turningPoints {
            let place = point / argument.unit
            guard place > Double(low) - 2, place < Double(high) + 2 else { continue }
            let below = Int(place.rounded(.down))
            places += (below - 1...below + 2).map { min(max($0, low), high) }
        }
        let results = places.map { Int128(values($0...$0)[0]) }
        return IntegerBounds(results.min() ?? whole.low, results.max() ?? whole.high)
    }

    /// How far y may lie from f(x), in reals, when h · unit is within `distance` of x.
    ///
    /// - Parameter range: Where x lies.
    func error(within distance: Double, over range: ClosedRange<Double>) -> Double {
        var (range, distance) = (range, distance)
        if let reach = argument.reach {
            let low = Double(reach.lowerBound) * argument.unit
            let high = Double(reach.upperBound) * argument.unit
            // h may have been moved to the nearest end.
            distance = max(distance, low - range.lowerBound, range.upperBound - high)
            range = min(low, range.lowerBound)...max(high, range.upperBound)
        }
        let moved = function.variation(over: range, within: distance)
        let jumped = distance > 0 ? function.largestJump : 0
        return moved + jumped + (isExact ? 0 : result.unit)
    }

    /// Whether results are multiples of the result's unit before they are rounded to it.
    var isExact: Bool {
        switch function {
        case is Relu, is Absolute: result.unit <= argument.unit
        case let threshold as ThresholdedRelu where threshold.alpha >= 0:
            result.unit <= argument.unit
        case is IntegerRounding, is Sign, is IsNonzero, is LogicalNot, is IntegerQuotient:
            result.unit <= 1
        case let remainder as Remainder:
            result.unit <= argument.unit
                && (remainder.divisor / result.unit).truncatingRemainder(dividingBy: 1) == 0
        default: false
        }
    }
}

extension Lowering {
    /// The format in which the functions that share tables take their argument.
    ///
    /// Its bits are those of the domain where nothing saturates.
    func argumentFormat(
        _ function: any ElementwiseFunction, _ argument: Int, _ result: Int
    ) -> FixedPointFormat {
        let range = range(argument)
        var format: FixedPointFormat
        switch function {
        case is Relu, is Clip:
            format = self.format(result)
        case is Sigmoid, is Tanh:
            // e^−x, or e^−2x, below half a unit of the result.
            let flat = Double(bits(result) + 1) * (function is Tanh ? 0.35 : 0.7)
            format = FixedPointFormat(
                fitting: range.clamped(to: -flat...flat), bits: bits(argument))
            format.fractionalBits = max(0, format.fractionalBits)
        default:
            return FixedPointFormat(fitting: range, bits: bits(argument))
        }
        if options.outOfRange == .refuse {
            // The whole argument has to fit: in more bits, or else coarser.
            while !format.represents(range), format.bits < CircuitLimits.tableBits.upperBound {
                format.bits += 1
            }
            if !format.represents(range) {
                format = FixedPointFormat(fitting: range, bits: format.bits)
            }
        }
        return format
    }

    mutating func lower(
        _ function: any ElementwiseFunction, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let (argument, result) = (node.operands[0], node.results[0])
        if isInteger(argument) { return .tensor(try lowerIntegers(function, node)) }
        let x = try tensor(argument)
        return .tensor(
            try apply(
                function, to: x,
                argument: tableArgument(function, argument, result, unit: x.unit),
                result: resultFormat(function, result), over: calibration.ranges[argument] ?? 0...0,
                value: (argument, result))
        )
    }
}
