import Circuits

extension Lowering {
    /// Puts a layer into the circuit: one einsum and the bias; exact accumulators.
    ///
    /// Weights are rounded to integers W_q = round(W · inputUnit / unit) of at most 24 bits, with
    /// unit = 2^−s of the unit in which the result is wanted. s is a multiple of the limb width,
    /// because a remainder of fewer bits costs the same, and at least ⌊log2(max |x_q| · √terms)⌋:
    /// then, on data whose mean square is a quarter of its range, rounding the weights errs about
    /// half as much as rounding the result. |result − float| ≤ Σ|W| · input error +
    /// terms / 2 · max |x_q| · unit + unit / 2.
    mutating func emit(
        _ layer: LinearLayer, for value: Int
    ) throws(LoweringError) -> LoweredTensor {
        let name = builder.currentName
        builder.currentName = layer.name
        defer { builder.currentName = name }
        let sums = cache.sums(of: layer)
        let unit =
            layer.isExact ? layer.input.unit : accumulatorUnit(layer, sums, for: value)
        let bounds = bounds(of: layer, unit: unit)
        try check(bounds)
        if !sums.isExact(scale: layer.input.unit / unit) {
            // Of normally distributed numbers the largest is about four standard deviations.
            let noise = layer.input.bounds.magnitudeAsDouble / 4
            note(.weights, of: value, unit: unit * max(1, noise * Double(sums.depth).squareRoot()))
        }
        let scale = layer.input.unit / unit
        let reals = layer.weights.values
        let values: CircuitBuilder.Values = {
            reals.map { Int64(Rounding.halfUp($0 * scale)) }
        }
        let (wire, layout) = try contract(layer, weights: values)
        let sum = LoweredTensor(
            wire: wire, layout: layout, unit: unit, bounds: bounds,
            error: sums.error(input: layer.input, unit: unit))
        var result = sum
        if sums.hasBias, let bias = layer.bias {
            result = try self.sum([(1, sum)], plus: bias, unit: unit, shape: layer.shape)
            // These know which bias meets which row.
            result.bounds = bounds
            result.error = sum.error
        }
        return try reshaped(result, to: layer.resultShape)
    }

    /// Of the accumulators.
    func bounds(of layer: LinearLayer, unit: Double) -> IntegerBounds {
        var input = layer.input.bounds
        if case .convolution(let window, _) = layer.kind, window.hasPadding {
            input = input.union(IntegerBounds(0, 0))
        }
        return cache.sums(of: layer).bounds(
            input: input, inputUnit: layer.input.unit, unit: unit)
    }

    /// The unit of the accumulators; a power of two, or one times the input's unit.
    private func accumulatorUnit(
        _ layer: LinearLayer, _ sums: WeightSums, for value: Int
    ) -> Double {
        let input = layer.input
        // Without rounding at all where that takes few bits.
        if let fraction = sums.exactFraction, !sums.hasBias {
            return input.unit * Rounding.powerOfTwo(-fraction)
        }
        func bounds(_ unit: Double) -> IntegerBounds {
            sums.bounds(
                input: input.bounds.union(IntegerBounds(0, 0)), inputUnit: input.unit, unit: unit)
        }
        func fits(_ unit: Double, bits: Int) -> Bool {
            sums.largestWeight * input.unit / unit < 0x1p23 - 1 && bounds(unit).signedBits <= bits
        }
        /// The finest unit, at most 2^−finest, in which sums have so many bits.
        func finestUnit(_ finest: Int, bits: Int) -> Double {
            var exponent = min(finest, FixedPointFormat.fractionalBitsRange.upperBound)
            while exponent > FixedPointFormat.fractionalBitsRange.lowerBound,
                !fits(Rounding.powerOfTwo(-exponent), bits: bits)
            {
                exponent -= 1
            }
            return Rounding.powerOfTwo(-exponent)
        }
        let fractionalBits = preferredFractionalBits(value)
        let noise = input.bounds.magnitudeAsDouble * Double(sums.depth).squareRoot()
        if isOutput[value], consumers[value].isEmpty {
            // Published as it is where weights rounded that coarsely do no harm.
            let unit = finestUnit(.max, bits: options.outputBits)
            if noise * unit <= Rounding.powerOfTwo(-fractionalBits) { return unit }
        }
        var shift = max(1, noise > 1 ? Int(noise.exponent) : 1)
        shift = (shift + widths.limbBits - 1) / widths.limbBits * widths.limbBits
        return finestUnit(fractionalBits + shift, bits: 62)
    }

    private mutating func contract(
        _ layer: LinearLayer, weights: @escaping CircuitBuilder.Values
    ) throws(LoweringError) -> (wire: Wire, layout: Layout) {
        let constant = ContractionOperand.Source.constant(layer.weights.shape, weights)
        switch layer.kind {
        case .convolution(let window, let groups):
            return try convolve(layer.input, constant, window, groups: groups, layer.shape)
        case .rightMatrix:
            return try multiply(
                .tensor(layer.input), layer.input.shape, constant, layer.weights.shape, layer.shape)
        case .leftMatrix:
            return try multiply(
                constant, layer.weights.shape, .tensor(layer.input), layer.input.shape, layer.shape)
        case .scaling:
            var space = IndexSpace()
            let dimensions = layer.shape.map { space.dimension($0) }
            var input = layer.input
            input.layout = input.layout.padded(to: layer.shape.count)
            let extents = Shape.padded(layer.weights.shape, to: layer.shape.count)
            return try contract(
                [
                    ContractionOperand(
                        source: .tensor(input), axes: dimensions.map { .dimensions([$0]) }),
                    ContractionOperand(
                        source: .constant(extents, weights),
                        axes: dimensions.map { .dimensions([$0]) }),
                ], over: space, output: dimensions.map { [$0] })
        case .einstein(let sum, let position):
            var sources = [constant, .tensor(layer.input)]
            if position == 1 { sources.reverse() }
            return try contract(sum, sources)
        }
    }

    /// [b…, m, k] × [b…, k, n] → [b…, m, n]; batch axes broadcast.
    mutating func multiply(
        _ left: ContractionOperand.Source, _ leftShape: [Int], _ right: ContractionOperand.Source,
        _ rightShape: [Int], _ shape: [Int]
    ) throws(LoweringError) -> (wire: Wire, layout: Layout) {
        var space = IndexSpace()
        let result = shape.map { space.dimension($0) }
        let batch = result.count - 2
        let depth = space.dimension(leftShape[leftShape.count - 1])
        func operand(
            _ source: ContractionOperand.Source, _ shape: [Int], _ last: [Int]
        ) -> ContractionOperand {
            let axes = result[..<batch].suffix(shape.count - 2) + last
            return ContractionOperand(source: source, axes: axes.map { .dimensions([$0]) })
        }
        return try contract(
            [
                operand(left, leftShape, [result[batch], depth]),
                operand(right, rightShape, [depth, result[batch + 1]]),
            ], over: space, output: result.map { [$0] })
    }
}
