import Circuits

/// The table of an elementwise function between two formats.
struct FunctionTable {
    let function: any ElementwiseFunction
    /// Formats with fractional bits that tables allow, and the function that they stand for.
    private let scaled: any ElementwiseFunction
    private let argumentFraction: Int
    private let resultFraction: Int
    private let range: ClosedRange<Int>

    init(
        function: any ElementwiseFunction, argument: FixedPointFormat, result: FixedPointFormat
    ) {
        self.function = function
        range = result.integers
        var (x, y) = (argument.fractionalBits, result.fractionalBits)
        // f(h · 2^−x) · 2^y depends on y − x alone, or on bounds that scale along.
        switch function {
        case is Relu, is LeakyRelu:
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

    /// Equal keys over equal domains mean equal tables.
    var key: String { "\(scaled) \(argumentFraction) \(resultFraction) \(range)" }

    func values(_ domain: IntegerDomain) -> [Int64] {
        values(domain.lowest...domain.highest).map(Int64.init)
    }

    private func values(_ domain: ClosedRange<Int>) -> [Int] {
        scaled.table(
            TableFormat(
                domain: domain, inputFractionBits: argumentFraction,
                outputFractionBits: resultFraction, range: range))
    }

    /// Of the results; the functions are monotone on either side of 0.
    func bounds(_ arguments: IntegerBounds) -> IntegerBounds {
        var ends = [Int(arguments.low), Int(arguments.high)]
        if ends[0] < 0, ends[1] > 0 { ends.append(0) }
        let results = ends.map { Int128(values($0...$0)[0]) }
        return IntegerBounds(results.min() ?? 0, results.max() ?? 0)
    }

    /// The largest slope of the function.
    var slope: Double {
        switch function {
        case let leaky as LeakyRelu: max(1, leaky.alpha.magnitude)
        case is Sigmoid: 0.25
        default: 1
        }
    }
}

extension Lowering {
    /// The format in which a function takes its argument.
    ///
    /// Relu and Clip need no more of it than their result shows; sigmoid and tanh no more than up
    /// to where they are flat. Its bits are those of the domain where nothing saturates.
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
            let flat = Double(options.bits + 1) * (function is Tanh ? 0.35 : 0.7)
            format = FixedPointFormat(
                fitting: range.clamped(to: -flat...flat), bits: options.bits)
            format.fractionalBits = max(0, format.fractionalBits)
        default:
            return FixedPointFormat(fitting: range, bits: options.bits)
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
        let x = try tensor(argument)
        return .tensor(
            try apply(
                function, to: x, argument: argumentFormat(function, argument, result),
                result: format(result)))
    }
}
