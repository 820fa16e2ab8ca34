/// What stands behind the result of `DequantizeLinear`: integers · scale / divisor.
///
/// A model that arrives quantised computes on integers between its scales. ``GraphDraft`` keeps
/// track of them, so that layers of dequantised operands become layers of the integers, exact, and
/// `QuantizeLinear` finds what it is to round.
struct Dequantised {
    /// The value of the integers, zero point taken away.
    var integers: Int
    /// Float32 numbers, in a shape that broadcasts to the value's.
    var scale: FloatTensor
    /// Of averages; in a shape that broadcasts to the value's.
    var divisor: FloatTensor?

    /// One scale for the whole tensor; nil where there are several, or a divisor.
    var number: Double? {
        scale.values.count == 1 && divisor == nil ? scale.values[0] : nil
    }
}

/// A zero point and a scale, as an operator has them.
struct QuantisationParameters {
    var scale: FloatTensor
    var zeroPoint: IntTensor
    var type: ElementType

    /// The quantised integers, zero point taken away; as if it were 0 where there are several.
    var range: ClosedRange<Int> {
        let range = type.integerRange ?? 0...0
        let (low, high) = (zeroPoint.values.min() ?? 0, zeroPoint.values.max() ?? 0)
        return range.lowerBound - high...range.upperBound - low
    }
}

// MARK: - In and out of integers

extension GraphDraft {
    /// Integers in between have no type of ONNX's.
    static let integers = ElementType.int64

    /// The reference of a step within a node.
    func step(_ reference: NodeReference, _ name: String) -> NodeReference {
        let name = "\(reference.layerName)/\(name)"
        return NodeReference(
            operatorName: reference.operatorName, name: name, index: reference.index,
            outputs: [name])
    }

    func range(_ integers: Int) -> ClosedRange<Int> {
        if let offset = offsets[integers] {
            let range = range(offset.source)
            let low = range.lowerBound.addingReportingOverflow(offset.by)
            let high = range.upperBound.addingReportingOverflow(offset.by)
            if !low.overflow, !high.overflow { return low.partialValue...high.partialValue }
        }
        return integerRanges[integers] ?? values[integers].type.elementType.integerRange ?? 0...0
    }

    /// x + number, of the given type; what was added before is taken into account.
    mutating func offset(
        _ integers: Int, by number: Int, as type: ElementType, _ reference: NodeReference
    ) throws(ModelError) -> Int {
        let source = offsets[integers]?.source ?? integers
        let (total, overflow) = (offsets[integers]?.by ?? 0).addingReportingOverflow(number)
        guard !overflow else { throw .evaluation(reference, .integerOverflow) }
        if total == 0, type == Self.integers || values[source].type.elementType == type {
            return source
        }
        let result = try add(
            IntegerOffset(number: total), step(reference, total == 0 ? "integers" : "zero_point"),
            operands: [source], results: [ValueType(type, values[source].shape)])[0]
        offsets[result] = (source, total)
        return result
    }

    /// `DequantizeLinear`.
    mutating func dequantised(
        _ quantised: Int, _ parameters: QuantisationParameters, as type: ElementType = .float,
        _ reference: NodeReference
    ) throws(ModelError) -> Int {
        let zeroPoint = parameters.zeroPoint
        let integers: Int
        if zeroPoint.values.allSatisfy({ $0 == zeroPoint.values[0] }) {
            integers = try offset(
                quantised, by: -zeroPoint.values[0], as: Self.integers, reference)
        } else {
            let name = "\(reference.layerName)/zero_points"
            let constant = define(
                name, ValueType(Self.integers, zeroPoint.shape), constant: .int(zeroPoint))
            integers = try add(
                Arithmetic(kind: .subtract), step(reference, "integers"),
                operands: [quantised, constant],
                results: [ValueType(Self.integers, values[quantised].shape)])[0]
            integerRanges[integers] = parameters.range
        }
        return try real(
            Dequantised(integers: integers, scale: parameters.scale), as: type, reference)
    }

    /// The real numbers that integers stand for.
    mutating func real(
        _ value: Dequantised, as type: ElementType, _ reference: NodeReference
    ) throws(ModelError) -> Int {
        let scale = value.divisor.map { value.scale.combined(with: $0, /) } ?? value.scale
        let result = try add(
            Dequantization(scale: scale), reference, operands: [value.integers],
            results: [ValueType(type, values[value.integers].shape)])[0]
        dequantised[result] = value
        return result
    }

    /// `QuantizeLinear`: exact integers where they are known, else a rounding of the reals.
    ///
    /// - Parameter addsZeroPointFirst: Before rounding, so that halves go to what is even with it.
    mutating func quantised(
        _ value: Int, _ parameters: QuantisationParameters, addsZeroPointFirst: Bool,
        _ reference: NodeReference
    ) throws(ModelError) -> Int {
        let zeroPoint = parameters.zeroPoint.values[0]
        let isUniform = parameters.zeroPoint.values.allSatisfy { $0 == zeroPoint }
        let quantiser = Quantiser(
            scale: parameters.scale, range: parameters.range,
            tiesToOdd: addsZeroPointFirst && zeroPoint % 2 != 0,
            reference: step(reference, "rounded"))
        let integers: Int
        if let exact = try quantiser.integers(for: value, in: &self) {
            integers = exact
        } else {
            integers = try add(
                Quantization(scale: parameters.scale, range: parameters.range),
                step(reference, "rounded"), operands: [value],
                results: [ValueType(Self.integers, values[value].shape)])[0]
        }
        if integerRanges[integers] == nil { integerRanges[integers] = parameters.range }
        return isUniform
            ? try offset(integers, by: zeroPoint, as: parameters.type, reference)
            : try offset(integers, by: parameters, reference)
    }

    /// Zero points that differ, added; each has its own limits, which a table sees to.
    private mutating func offset(
        _ integers: Int, by parameters: QuantisationParameters, _ reference: NodeReference
    ) throws(ModelError) -> Int {
        let (own, limits) = (range(integers), parameters.type.integerRange ?? 0...0)
        let zeroPoints = parameters.zeroPoint
        let low = own.lowerBound + (zeroPoints.values.min() ?? 0)
        let high = own.upperBound + (zeroPoints.values.max() ?? 0)
        guard high - low < 1 << 16 else {
            throw .unsupported(
                reference, what: "a quantisation to 16 bits by zero points that differ is",
                advice: "quantise with one zero point, or to 8 bits")
        }
        let constant = define(
            "\(reference.layerName)/zero_points", ValueType(Self.integers, zeroPoints.shape),
            constant: .int(zeroPoints))
        let shape = values[integers].shape
        let sum = try add(
            Arithmetic(kind: .add), step(reference, "zero_point"), operands: [integers, constant],
            results: [ValueType(Self.integers, shape)])[0]
        return try add(
            IntegerTable(
                lowest: low,
                values: (low...high).map {
                    min(max($0, limits.lowerBound), limits.upperBound)
                }), step(reference, "limited"), operands: [sum],
            results: [ValueType(parameters.type, shape)])[0]
    }
}
