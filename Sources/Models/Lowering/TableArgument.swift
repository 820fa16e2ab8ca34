import Circuits

/// How a table takes its argument: h stands for h · unit.
struct TableArgument: Equatable {
    var fractionalBits: Int
    /// The rows.
    var domain: IntegerDomain
    /// Where the function ends: beyond, its table has the value at the end.
    var reach: ClosedRange<Int>?

    var unit: Double { Rounding.powerOfTwo(-fractionalBits) }

    init(_ format: FixedPointFormat) {
        fractionalBits = format.fractionalBits
        domain = .signed(bits: format.bits)
    }

    /// The table of at least so many bits that holds these integers: signed where that takes no
    /// more rows, so that functions share tables. At most 16 bits, from the lower end on.
    init(fractionalBits: Int, integers: ClosedRange<Int>, leastBits: Int) {
        self.fractionalBits = fractionalBits
        let (low, high) = (integers.lowerBound, integers.upperBound)
        var bits = max(1, bitLength(high - low))
        bits = min(max(bits, leastBits), CircuitLimits.tableBits.upperBound)
        domain = .signed(bits: bits)
        if !(domain.contains(low) && domain.contains(high)) {
            domain = IntegerDomain(lowest: low >= 0 && high >> bits == 0 ? 0 : low, bits: bits)
        }
    }

    /// With room for more arguments, as far as that is the same kind of table.
    func widened(to bits: Int) -> IntegerDomain {
        guard domain == .signed(bits: domain.bits), domain.bits < bits else { return domain }
        return .signed(bits: bits)
    }
}

extension Lowering {
    /// How a function's table takes its argument.
    ///
    /// Relu and Clip need no more of it than their result shows; sigmoid and tanh no more than up
    /// to where they are flat; LeakyRelu has bits enough in the calibrated format. Every other
    /// function gets as many as keep the argument's rounding from moving the result by more than its
    /// unit, up to 2^16 rows; no more than the argument itself has, if `unit` says what that is, and
    /// for functions that jump just those.
    func tableArgument(
        _ function: any ElementwiseFunction, _ argument: Int, _ result: Int, unit: Double? = nil
    ) -> TableArgument {
        switch function {
        case is Relu, is Clip, is Sigmoid, is Tanh, is LeakyRelu, is Negation:
            return TableArgument(argumentFormat(function, argument, result))
        default:
            let finest = unit.flatMap(Rounding.log2Exactly).map { -$0 }
            return fineArgument(
                function, bits: bits(argument), over: tableRange(function, argument, result),
                resultUnit: resultFormat(function, result).unit, finest: finest)
        }
    }

    /// The reals that the table has to hold.
    private func tableRange(
        _ function: any ElementwiseFunction, _ argument: Int, _ result: Int
    ) -> ClosedRange<Double> {
        let seen = calibration.ranges[argument] ?? 0...0
        var range = function.isDefinedEverywhere ? range(argument) : held(argument)
        if options.outOfRange == .refuse, range.lowerBound == range.upperBound {
            // A quarter of no width is no room, and the samples' one number is rounded all the same.
            let room = 0.25 * max(1, range.upperBound.magnitude)
            range = range.lowerBound - room...range.upperBound + room
        }
        let defined = function.definedRange
        var low = range.lowerBound
        // What lies between the last sample and the end of where the function has values.
        if low < defined.lowerBound { low = (seen.lowerBound + defined.lowerBound) / 2 }
        if function is Exponential, options.outOfRange == .saturate {
            // Below a quarter of a unit of the result.
            low = max(low, ReproducibleMath.log(resultFormat(function, result).unit / 4))
        }
        return min(low, range.upperBound)...range.upperBound
    }

    private func fineArgument(
        _ function: any ElementwiseFunction, bits: Int, over range: ClosedRange<Double>,
        resultUnit: Double, finest: Int?
    ) -> TableArgument {
        let allowed = FixedPointFormat.fractionalBitsRange
        func integers(_ fractionalBits: Int) -> ClosedRange<Int>? {
            let scale = Rounding.powerOfTwo(fractionalBits)
            var low = (range.lowerBound * scale).rounded(.down)
            let high = (range.upperBound * scale).rounded(.up)
            if low / scale < function.definedRange.lowerBound { low += 1 }
            guard max(low.magnitude, high.magnitude) < 0x1p40 else { return nil }
            return Int(low)...max(Int(low), Int(high))
        }
        func fits(_ fractionalBits: Int) -> Bool {
            guard let integers = integers(fractionalBits) else { return false }
            return integers.count <= 1 << CircuitLimits.tableBits.upperBound
        }
        let width = max(range.upperBound - range.lowerBound, 0x1p-60)
        var fractionalBits = bits - 1 - Int(width.exponent)
        fractionalBits = min(max(fractionalBits, allowed.lowerBound), allowed.upperBound)
        let jumps = function.largestJump > 0
        let finest = finest.map { min(max($0, allowed.lowerBound), allowed.upperBound) }
        if let finest {
            fractionalBits = jumps ? finest : min(fractionalBits, finest)
        }
        while !fits(fractionalBits), fractionalBits > allowed.lowerBound { fractionalBits -= 1 }
        let limit = finest ?? allowed.upperBound
        while fractionalBits < limit, fits(fractionalBits + 1),
            jumps
                || function.variation(
                    over: range, within: Rounding.powerOfTwo(-fractionalBits - 1)) > resultUnit
        {
            fractionalBits += 1
        }
        var reach = integers(fractionalBits) ?? 0...0
        if function is ComposedFunction, reach.count > 2 {
            // Nothing is known of it beyond the samples.
            reach = reach.lowerBound + 1...reach.upperBound - 1
        }
        var result = TableArgument(
            fractionalBits: fractionalBits, integers: reach,
            leastBits: options.outOfRange == .saturate ? widths.tableBits : 1)
        if function.endsAtCalibratedRange { result.reach = reach }
        return result
    }

    /// The calibrated format of a function's result, finer where what reads it is steep; whole numbers
    /// where those are all it gives.
    func resultFormat(_ function: any ElementwiseFunction, _ result: Int) -> FixedPointFormat {
        if function is IntegerRounding || function is Sign { return wholeFormat(result) }
        return refined(format(result), result)
    }

    /// The format with as many fractional bits as the steepest function that reads the value wants,
    /// up to 16 bits in all.
    func refined(_ format: FixedPointFormat, _ value: Int) -> FixedPointFormat {
        guard !isInteger(value) else { return format }
        let range = range(value)
        var format = format
        let wanted = wantedFractionalBits[value]
        while format.fractionalBits < wanted, format.bits < CircuitLimits.tableBits.upperBound {
            format.bits += 1
            format.fractionalBits += 1
        }
        // A bit may have been spare.
        var finer = format
        finer.fractionalBits += 1
        return finer.fractionalBits <= wanted && finer.represents(range) ? finer : format
    }

    /// Finds for each value the most fractional bits in which a table or a comparison wants it; the
    /// same for all table widths.
    mutating func findWantedFractionalBits() {
        if let known = cache.wantedFractionalBits[precision] {
            wantedFractionalBits = known
            return
        }
        defer { cache.wantedFractionalBits = [precision: wantedFractionalBits] }
        wantedFractionalBits = Array(repeating: .min, count: graph.values.count)
        // What reads a result comes after what makes it.
        for node in graph.nodes.reversed() {
            for operand in node.operands where graph.values[operand].constant == nil {
                let wanted = max(
                    wantedFractionalBits[operand], fractionalBits(wanted: operand, by: node))
                wantedFractionalBits[operand] = wanted
            }
        }
    }

    private func fractionalBits(wanted value: Int, by node: ModelGraph.Node) -> Int {
        switch node.operation {
        case is Relu, is Clip, is LeakyRelu:
            return .min
        case let quantization as Quantization:
            return quantization.wantedFractionalBits
        case let power as Power where power.exponent == 2 || power.exponent == 3:
            return .min
        case is Negation, is Reshape, is any DataMovement, is Transpose:
            return wantedFractionalBits[node.results[0]]
        case is Comparison, is Sign, is IsNonzero:
            return FixedPointFormat.fractionalBitsRange.upperBound
        case let function as any ElementwiseFunction:
            return tableArgument(function, value, node.results[0]).fractionalBits
        default:
            return .min
        }
    }

    /// The integers that hold a value's calibrated range, which has no fractions.
    func wholeFormat(_ value: Int) -> FixedPointFormat {
        let range = range(value)
        var format = FixedPointFormat(bits: 2, fractionalBits: 0)
        while format.bits < 62, !format.represents(range) { format.bits += 1 }
        return format
    }
}
