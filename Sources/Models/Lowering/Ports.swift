import Circuits

extension Lowering {
    /// A graph input: as it was calibrated, or in the format that was asked for.
    mutating func addInput(_ index: Int) throws(LoweringError) {
        let value = graph.values[index]
        guard !consumers[index].isEmpty || isOutput[index] else { throw .unusedInput(value.name) }
        let range = range(index)
        var format =
            quantisedInputFormat(index, range)
            ?? refined(FixedPointFormat(fitting: range, bits: bits(index)), index)
        var error = format.unit / 2
        if !value.type.elementType.isFloat {
            let integers = value.type.elementType.integerRange ?? 0...0
            let seen = calibration.ranges[index] ?? 0...0
            let seenIntegers = Int(seen.lowerBound)...Int(seen.upperBound)
            // The type's own range where ports have room for it, else what the samples show.
            let bits = [integers, seenIntegers].map { IntegerBounds($0).signedBits }
                .first { CircuitLimits.portBits.contains($0) }
            guard let bits else {
                throw .inputType(name: value.name, value.type.elementType)
            }
            format = FixedPointFormat(bits: max(2, bits), fractionalBits: 0)
            error = 0
        }
        if let given = options.inputFormats[value.name] {
            format = given
            error = format.unit / 2
        }
        guard CircuitLimits.fractionalBits.contains(format.fractionalBits) else {
            throw .outOfScale(
                value: value.name,
                magnitude: max(range.lowerBound.magnitude, range.upperBound.magnitude))
        }
        let port = Port(
            name: value.name, bits: format.bits, fractionalBits: format.fractionalBits,
            visibility: options.inputVisibility, saturates: options.outOfRange == .saturate)
        guard let shape = TensorShape(value.shape) else {
            throw .port(name: value.name, .tooManyCells)
        }
        builder.currentName = value.name
        note(
            .input, of: index, unit: format.unit, domain: .signed(bits: format.bits),
            isExact: error == 0)
        let input = LoweredTensor(
            wire: builder.input(port, shape: shape), layout: Layout(value.shape),
            unit: format.unit, bounds: IntegerBounds(format.integers), error: error)
        values[index] = .tensor(
            options.inputFormats[value.name] == nil
                ? try limited(input, to: value.type.elementType, value.name) : input)
    }

    /// Ports are signed: one of an unsigned type has twice the type's integers. Where a lookup can
    /// say so, the others have no proof.
    private mutating func limited(
        _ x: LoweredTensor, to type: ElementType, _ name: String
    ) throws(LoweringError) -> LoweredTensor {
        guard let range = type.integerRange, range.lowerBound == 0, x.bounds.low < 0 else {
            return x
        }
        let bits = bitLength(range.upperBound)
        guard CircuitLimits.tableBits.contains(bits) else { return x }
        builder.currentName = name
        var result = x
        let domain = IntegerDomain(lowest: 0, bits: bits)
        result.wire = try add(
            .requantise(
                Requantisation(source: x.wire, shift: 0, domain: domain, function: .identity)))
        result.bounds = IntegerBounds(domain.lowest...domain.highest)
        return result
    }

    /// A graph output, in the shape that the model gives it.
    ///
    /// Accumulators are published as they are where their bounds fit the port; otherwise they are
    /// rounded, to as many bits as the port may have.
    mutating func addOutput(_ index: Int) throws(LoweringError) {
        let value = graph.values[index]
        builder.currentName = value.name
        var tensor = try tensor(index)
        if Rounding.log2Exactly(tensor.unit) == nil
            || tensor.bounds.signedBits > options.outputBits
        {
            tensor = try rounded(
                tensor, to: outputFormat(tensor, index), widest: options.outputBits,
                place: .init(value: index, stage: .output))
        }
        tensor = try inPlainOrder(tensor)
        outputErrors.append(tensor.error)
        let fractionalBits = -Int(tensor.unit.exponent)
        guard tensor.bounds.signedBits <= options.outputBits,
            CircuitLimits.fractionalBits.contains(fractionalBits)
        else {
            throw .outOfScale(value: value.name, magnitude: tensor.realMagnitude)
        }
        let port = Port(
            name: value.name, bits: max(2, tensor.bounds.signedBits),
            fractionalBits: fractionalBits, visibility: options.outputVisibility)
        builder.output(port, tensor.wire)
    }

    /// The format in which an output that has too many bits is published: the finest that holds
    /// its proved bounds; where a table's format for the calibrated range is finer, that, saturated.
    private func outputFormat(_ tensor: LoweredTensor, _ index: Int) -> FixedPointFormat {
        let range = range(index)
        if isInteger(index) { return wholeFormat(index) }
        let calibrated = FixedPointFormat(fitting: range, bits: options.outputBits)
        // No finer than what is rounded; a unit that is no power of two has to be met closely.
        let isExact = Rounding.log2Exactly(tensor.unit) != nil
        let finest = -Int(tensor.unit.exponent) + (isExact ? 0 : bits(index))
        if options.outOfRange == .refuse {
            return FixedPointFormat(
                bits: options.outputBits, fractionalBits: min(finest, calibrated.fractionalBits))
        }
        // One bit for what rounding can add.
        let magnitude = tensor.realMagnitude
        let proved = FixedPointFormat(fitting: -magnitude...magnitude, bits: options.outputBits - 1)
        let table = FixedPointFormat(
            fitting: range, bits: min(options.outputBits, CircuitLimits.tableBits.upperBound))
        if proved.fractionalBits >= table.fractionalBits {
            return FixedPointFormat(
                bits: options.outputBits, fractionalBits: min(finest, proved.fractionalBits))
        }
        return table
    }

    /// The tensor on a wire whose axes are those of the model.
    mutating func inPlainOrder(
        _ tensor: LoweredTensor
    ) throws(LoweringError) -> LoweredTensor {
        var tensor = tensor
        let shape = tensor.shape
        for axis in shape.indices { tensor = try merged(tensor, axis: axis) }
        tensor = try split(tensor)
        guard tensor.layout != Layout(shape) else { return tensor }
        // Axes of extent 1 go with each other as far as there are; those that the wire lacks are
        // broadcast, those that the model lacks stay at index 0.
        var free = shape.indices.filter { shape[$0] == 1 }[...]
        let labels = tensor.layout.extents.indices.map { physical in
            tensor.layout.axes.firstIndex { $0.first?.axis == physical } ?? free.popFirst()
        }
        if labels.contains(nil) {
            let axes = labels.map { $0.map(AxisIndex.label) ?? AxisIndex([]) }
            tensor.wire = try add(
                .view(View(extents: shape, operand: Operand(tensor.wire, axes))))
        } else {
            tensor.wire = try add(
                .affine(
                    Affine(
                        extents: shape, terms: [.init(1, tensor.wire, labels.compactMap { $0 })])))
        }
        tensor.layout = Layout(shape)
        return tensor
    }
}
