import Circuits

extension Lowering {
    /// x on the way to another unit: h = round(x · multiplier / 2^shift).
    struct Rescaling {
        var multiplier: Int128
        var shift: Int
        /// Of h.
        var bounds: IntegerBounds
        /// What the multiplier's own rounding and that of h add to the error, in reals.
        var error: Double
    }

    /// A rescaling to a unit that is a power of two.
    func rescaling(_ x: LoweredTensor, to unit: Double) throws(LoweringError) -> Rescaling {
        let ratio = unit / x.unit
        if let exponent = Rounding.log2Exactly(ratio) {
            guard x.bounds.magnitudeAsDouble < ratio * 0x1p100 else {
                throw .accumulatorOverflow(layer: builder.currentName, bits: 100)
            }
            let multiplier = exponent < 0 ? Int128(1) << Int128(min(-exponent, 100)) : 1
            let shift = max(0, exponent)
            return Rescaling(
                multiplier: multiplier, shift: shift,
                bounds: (x.bounds * multiplier).shifted(right: shift),
                error: shift > 0 ? unit / 2 : 0)
        }
        // As many bits in the multiplier as h has, and two more.
        let magnitude = max(1, x.bounds.magnitudeAsDouble / ratio)
        var shift = max(1, Int(magnitude.exponent) + 3 + Int(ratio.exponent))
        shift = (shift + widths.limbBits - 1) / widths.limbBits * widths.limbBits
        while shift > 1, x.bounds.magnitudeAsDouble * (Rounding.powerOfTwo(shift) / ratio) >= 0x1p61
        {
            shift -= 1
        }
        let exact = Rounding.powerOfTwo(shift) / ratio
        guard exact < 0x1p61, exact >= 1 else {
            throw .accumulatorOverflow(layer: builder.currentName, bits: x.bounds.signedBits)
        }
        let multiplier = Int128(Rounding.halfUp(exact))
        return Rescaling(
            multiplier: multiplier, shift: shift,
            bounds: (x.bounds * multiplier).shifted(right: shift),
            error: unit / 2 + x.realMagnitude * (0.5 / exact + 0x1p-50))
    }

    /// multiplier · x, in the wire's own axes.
    mutating func multiplied(
        _ x: LoweredTensor, by multiplier: Int128
    ) throws(LoweringError) -> Wire {
        guard multiplier != 1 else { return x.wire }
        guard (x.bounds * multiplier).isWithinLimit else {
            throw .accumulatorOverflow(
                layer: builder.currentName, bits: (x.bounds * multiplier).signedBits)
        }
        let extents = x.layout.extents
        return try add(
            .affine(
                Affine(
                    extents: extents,
                    terms: [.init(multiplier, x.wire, Array(extents.indices))])))
    }

    /// How many bits beyond the domain the integers may lie; none when it holds them all.
    func overshoot(_ bounds: IntegerBounds, _ domain: IntegerDomain) -> Int {
        bitLength(
            max(Int128(domain.lowest) - bounds.low, bounds.high - Int128(domain.highest), 0))
    }

    /// y = f(x), one table over the argument's format.
    ///
    /// |y − f(x)| ≤ what f can vary within (error of x + half a unit of h), plus one unit of y where
    /// values are not multiples of it.
    ///
    /// - Parameter range: Of x, as calibrated.
    /// - Parameter value: x, a value of the graph, and the result.
    mutating func apply(
        _ function: any ElementwiseFunction, to x: LoweredTensor, argument: TableArgument,
        result: FixedPointFormat, over range: ClosedRange<Double>, value: (x: Int, result: Int)
    ) throws(LoweringError) -> LoweredTensor {
        let rescaling = try rescaling(x, to: argument.unit)
        var domain = argument.domain
        var overshootBits = 0
        if options.outOfRange == .saturate {
            argumentBits.insert(rescaling.bounds.signedBits)
            domain = argument.widened(to: widths.tableBits)
            overshootBits = overshoot(rescaling.bounds, domain)
        }
        note(
            .argument(node: currentNode), of: value.x, unit: argument.unit, domain: domain,
            isExact: rescaling.shift == 0)
        let table = FunctionTable(function: function, argument: argument, result: result)
        guard table.isWithinScale else {
            throw .outOfScale(
                value: builder.currentName,
                magnitude: max(range.lowerBound.magnitude, range.upperBound.magnitude))
        }
        note(
            .result, of: value.result, unit: result.unit, domain: .signed(bits: result.bits),
            isExact: table.isExact)
        let index = builder.functionTable(domain, key: table.key) { table.values(domain) }
        let wire = try add(
            .requantise(
                Requantisation(
                    source: try multiplied(x, by: rescaling.multiplier), shift: rescaling.shift,
                    domain: domain, function: .table(index), overshootBits: overshootBits)))
        return LoweredTensor(
            wire: wire, layout: x.layout, unit: result.unit,
            bounds: table.bounds(rescaling.bounds.clamped(to: domain)),
            error: table.error(within: x.error + rescaling.error, over: range))
    }

    /// y = f(x) for the integers of x themselves, beyond the table the value at its end: for
    /// functions of an integer's sign, which are constant there.
    mutating func step(
        _ x: LoweredTensor, key: String, _ function: @escaping (Int) -> Int
    ) throws(LoweringError) -> LoweredTensor {
        let domain = IntegerDomain.signed(bits: max(2, widths.tableBits))
        let index = builder.functionTable(domain, key: key) {
            (domain.lowest...domain.highest).map { Int64(function($0)) }
        }
        let wire = try add(
            .requantise(
                Requantisation(
                    source: x.wire, shift: 0, domain: domain, function: .table(index),
                    overshootBits: overshoot(x.bounds, domain))))
        let values = [-1, 0, 1].filter { x.bounds.low <= $0 && x.bounds.high >= $0 }.map(function)
        let ends = [x.bounds.low.signum(), x.bounds.high.signum()].map { function(Int($0)) }
        let results = (values + ends).map { Int128($0) }
        return LoweredTensor(
            wire: wire, layout: x.layout, unit: 1,
            bounds: IntegerBounds(results.min() ?? 0, results.max() ?? 0), error: 0)
    }

    /// The value with so few bits that a layer can use it: itself where that is so already, else
    /// rounded to its calibrated format.
    mutating func narrow(_ value: Int) throws(LoweringError) -> LoweredTensor {
        if isInteger(value) { return try exact(value) }
        if let known = narrowed[value] { return known }
        let x = try tensor(value)
        // Integers mean themselves.
        guard graph.values[value].type.elementType.isFloat else { return x }
        let name = builder.currentName
        builder.currentName = layerNames[value]
        defer { builder.currentName = name }
        let result =
            x.bounds.signedBits <= bits(value) + Self.spareBits
            ? x
            : try rounded(
                x, to: format(value), place: .init(value: value, stage: .narrowed))
        narrowed[value] = result
        return result
    }

    /// Bits beyond the calibrated format that are cheaper to carry than to round away.
    private static let spareBits = 6

    /// The value rounded to a format; more bits than the format has where its bounds need them and
    /// that costs less than saturation.
    ///
    /// - Parameter widest: The most bits the result may have, if that matters.
    /// - Parameter place: What of the graph is rounded, if it is something of the graph.
    mutating func rounded(
        _ x: LoweredTensor, to format: FixedPointFormat, widest: Int? = nil,
        place: RoundingSite.Place? = nil
    ) throws(LoweringError) -> LoweredTensor {
        let rescaling = try rescaling(x, to: format.unit)
        var domain = IntegerDomain.signed(bits: format.bits)
        var overshootBits = 0
        if options.outOfRange == .saturate, !rescaling.bounds.isContained(in: domain) {
            let width = widths.limbBits
            func limbs(_ bits: Int) -> Int { (bits + width - 1) / width }
            let bits = rescaling.bounds.signedBits
            let isTable = CircuitLimits.tableBits.contains(format.bits)
            if !isTable || bits <= widest ?? 60 && limbs(bits) <= limbs(format.bits) + 1 {
                domain = .signed(bits: bits)
            } else {
                overshootBits = overshoot(rescaling.bounds, domain)
            }
        }
        if let place {
            note(
                place.stage, of: place.value, unit: format.unit, domain: domain,
                isExact: rescaling.shift == 0)
        }
        let wire = try add(
            .requantise(
                Requantisation(
                    source: try multiplied(x, by: rescaling.multiplier), shift: rescaling.shift,
                    domain: domain, function: .identity, overshootBits: overshootBits)))
        return LoweredTensor(
            wire: wire, layout: x.layout, unit: format.unit,
            bounds: rescaling.bounds.clamped(to: domain), error: x.error + rescaling.error)
    }

    /// The value in its calibrated format, with no bit beyond.
    mutating func saturated(_ value: Int) throws(LoweringError) -> LoweredTensor {
        let (x, format) = (try tensor(value), format(value))
        guard x.bounds.signedBits > format.bits else { return x }
        return try rounded(x, to: format, widest: format.bits)
    }

    /// The fractional bits in which the value will be wanted by what reads it.
    func preferredFractionalBits(_ value: Int) -> Int {
        guard isReadOnce(value) else { return format(value).fractionalBits }
        let node = graph.nodes[consumers[value][0]]
        switch node.operation {
        case is Negation: return preferredFractionalBits(node.results[0])
        case let quantization as Quantization: return quantization.wantedFractionalBits
        case let function as any ElementwiseFunction:
            return tableArgument(function, value, node.results[0]).fractionalBits
        case is Reshape, is any DataMovement, is Cast, is Concat:
            return preferredFractionalBits(node.results[0])
        case let arithmetic as Arithmetic
        where arithmetic.kind == .add || arithmetic.kind == .subtract:
            return preferredFractionalBits(node.results[0])
        default:
            return format(value).fractionalBits
        }
    }
}
