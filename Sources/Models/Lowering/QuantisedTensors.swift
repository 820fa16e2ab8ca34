import Circuits

/// Models that arrive quantised: their own integers, exact, rounded where they round.
extension Lowering {
    /// Σ M_i · x_i, rounded once. Factors by channel go into the weights of the layer before.
    mutating func lower(
        _ sum: ScaledSum, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let shape = shape(node.results[0])
        var terms: [(coefficient: Int128, tensor: LoweredTensor)] = []
        // Of x_i, before it is multiplied.
        var bounds: [IntegerBounds] = []
        var error = 0.0
        let scale = Rounding.powerOfTwo(-sum.shift)
        for (operand, multiplier) in zip(node.operands, sum.multipliers) {
            let term = try product(operand, multiplier, shape: shape)
            terms.append((term.coefficient, term.tensor))
            bounds.append(term.bounds)
            error += Double(multiplier.values.max() ?? 1) * scale * term.error
        }
        let total = try self.sum(terms, unit: 1, shape: shape)
        let numbers = sum.multipliers.map(\.values)
        let canTie =
            switch terms.count {
            case 1: Self.canTie(numbers[0], shift: sum.shift, bounds[0])
            case 2 where numbers[0].count == 1 && numbers[1].count == 1:
                Self.canTie(
                    numbers[0][0], bounds[0], numbers[1][0], bounds[1], shift: sum.shift)
            default: true
            }
        let tie: Tie = canTie ? (sum.tiesToOdd ? .toOdd : .toEven) : .none
        var result = try rounded(total, shift: sum.shift, to: sum.range, tie)
        // Rounding moves integers that differ at all by up to one more.
        result.error = error > 0 ? error + 1 : 0
        return .tensor(result)
    }

    private struct Product {
        var coefficient: Int128 = 1
        var tensor: LoweredTensor
        /// Bounds and error of the operand.
        var bounds: IntegerBounds
        var error: Double
    }

    /// An operand of integers times a constant.
    private mutating func product(
        _ operand: Int, _ multiplier: IntTensor, shape: [Int]
    ) throws(LoweringError) -> Product {
        if multiplier.values.count == 1 {
            let x = try tensor(operand)
            return Product(
                coefficient: Int128(multiplier.values[0]), tensor: x, bounds: x.bounds,
                error: x.error)
        }
        let factor = FloatTensor(
            shape: multiplier.shape, values: multiplier.values.map(Double.init))
        if case .pending(let layer)? = values[operand], isReadOnce(operand), layer.isExact,
            layer.shape.count == layer.resultShape.count,
            let folded = layer.multiplied(by: factor), folded.isDouble
        {
            let tensor = try emit(folded, for: operand)
            let error = cache.sums(of: layer).error(input: layer.input, unit: layer.input.unit)
            return Product(
                tensor: tensor, bounds: bounds(of: layer, unit: layer.input.unit), error: error)
        }
        let x = try tensor(operand)
        let layer = LinearLayer(
            identity: .init(node: currentNode, isScaling: true), name: builder.currentName,
            kind: .scaling, input: x, weights: factor, bias: nil, shape: shape, resultShape: shape,
            isExact: true)
        guard layer.isDouble else {
            throw .accumulatorOverflow(layer: builder.currentName, bits: 63)
        }
        return Product(
            tensor: try emit(layer, for: operand), bounds: x.bounds, error: x.error)
    }

    /// A function of quantised numbers: one lookup.
    mutating func lower(
        _ table: IntegerTable, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let x = try tensor(node.operands[0])
        let span = table.values.count - 1
        let domain = IntegerDomain(
            lowest: table.lowest, bits: max(1, bitLength(span)))
        let index = builder.functionTable(domain, key: "integer table \(currentNode)") {
            (domain.lowest...domain.highest).map { Int64(table($0)) }
        }
        let wire = try add(
            .requantise(
                Requantisation(
                    source: x.wire, shift: 0, domain: domain, function: .table(index),
                    overshootBits: overshoot(x.bounds, domain))))
        let reached = x.bounds.clamped(to: domain)
        let results = (Int(reached.low)...Int(reached.high)).map { table($0) }
        let (low, high) = (results.min() ?? 0, results.max() ?? 0)
        return .tensor(
            LoweredTensor(
                wire: wire, layout: x.layout, unit: 1,
                bounds: IntegerBounds(Int128(low), Int128(high)),
                error: table.variation(within: x.error)))
    }

    /// x + number, exact.
    mutating func offset(_ x: LoweredTensor, by number: Int) throws(LoweringError) -> LoweredTensor
    {
        guard number != 0 else { return x }
        var result = try sum([(1, x)], plus: .scalar(Double(number)), unit: 1, shape: x.shape)
        result.error = x.error
        return result
    }

    /// `DequantizeLinear`: one scale only changes the unit.
    mutating func lower(
        _ dequantization: Dequantization, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let (operand, scale) = (node.operands[0], dequantization.scale)
        if scale.values.count == 1 {
            return try scaled(
                .tensor(tensor(operand)), operand, by: .scalar(scale.values[0]),
                shape: shape(node.results[0]))
        }
        var value = try self.operand(0, of: node)
        if case .pending = value, !isReadOnce(operand) { value = .tensor(try tensor(operand)) }
        return try scaled(value, operand, by: scale, shape: shape(node.results[0]))
    }
}

extension LinearLayer {
    /// Whether doubles hold weights and bias exactly.
    fileprivate var isDouble: Bool {
        let limit = 0x1p53
        return weights.values.allSatisfy { $0.magnitude < limit }
            && bias?.values.allSatisfy { $0.magnitude < limit } ?? true
    }
}

extension IntegerTable {
    /// How far results can lie from each other whose arguments are at most so far apart.
    fileprivate func variation(within distance: Double) -> Double {
        guard distance > 0 else { return 0 }
        let whole = Double((values.max() ?? 0) - (values.min() ?? 0))
        guard distance <= 16 else { return whole }
        let steps = Int(distance.rounded(.up))
        var largest = 0
        for index in values.indices {
            for other in index..<min(index + steps + 1, values.count) {
                largest = max(largest, abs(values[other] - values[index]))
            }
        }
        return Double(largest)
    }
}

// MARK: - From reals

extension Quantization {
    /// Reals that are to be quantised err little beside a step if they are this fine.
    var wantedFractionalBits: Int {
        let finest = scale.values.min() ?? 1
        return min(60, max(-60, 4 - Int(finest.exponent)))
    }
}

extension Lowering {
    /// The fractional bits and range of a quantiser's input: fine beside its steps, and as wide as
    /// its range, so that what saturates saturates there.
    func quantisedInputFormat(
        _ value: Int, _ range: ClosedRange<Double>
    ) -> FixedPointFormat? {
        guard let quantization = quantiser(of: value) else { return nil }
        let steps = Double(max(abs(quantization.range.lowerBound), quantization.range.upperBound))
        let reach = max(
            (quantization.scale.values.max() ?? 1) * steps, range.lowerBound.magnitude,
            range.upperBound.magnitude)
        return FixedPointFormat(fitting: -reach...reach, bits: Self.quantisedInputBits)
    }

    /// As many as a float32 has.
    private static let quantisedInputBits = 24

    private func quantiser(of value: Int) -> Quantization? {
        for position in consumers[value] {
            let node = graph.nodes[position]
            switch node.operation {
            case let quantization as Quantization: return quantization
            case is Reshape, is Transpose, is any DataMovement:
                if let found = quantiser(of: node.results[0]) { return found }
            default: continue
            }
        }
        return nil
    }

    /// `QuantizeLinear` of reals that are no quantised tensor's: x / scale by a factor of 36 bits or
    /// more, rounded once.
    ///
    /// |result − float| ≤ input error / scale + 1.
    mutating func lower(
        _ quantization: Quantization, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let x = try tensor(node.operands[0])
        let scales = quantization.scale
        let finest = scales.values.min() ?? 1
        let ratios = scales.values.map { x.unit / $0 }
        let largest = x.unit / finest
        // The sum of both stays below 2^61.
        let bits = min(40, 60 - x.bounds.signedBits)
        guard bits >= 12 else {
            throw .accumulatorOverflow(layer: builder.currentName, bits: x.bounds.signedBits)
        }
        var shift = max(0, bits - 1 - Int(largest.exponent))
        var factors = ratios.map { Int(Rounding.halfUp($0 * Rounding.powerOfTwo(shift))) }
        guard factors.allSatisfy({ $0 > 0 && $0 < 1 << 60 }) else {
            throw .outOfScale(value: graph.values[node.operands[0]].name, magnitude: finest)
        }
        let isExact = zip(factors, ratios).allSatisfy {
            Double($0) == $1 * Rounding.powerOfTwo(shift)
        }
        let zeros = min(shift, factors.map(\.trailingZeroBitCount).min() ?? 0)
        factors = factors.map { $0 >> zeros }
        shift -= zeros
        var integers = x
        integers.unit = 1
        let shape = shape(node.results[0])
        var total: LoweredTensor
        if factors.count == 1 {
            total = try sum([(Int128(factors[0]), integers)], unit: 1, shape: shape)
        } else {
            total = try emit(
                LinearLayer(
                    identity: .init(node: currentNode, isScaling: true),
                    name: builder.currentName, kind: .scaling, input: integers,
                    weights: FloatTensor(shape: scales.shape, values: factors.map(Double.init)),
                    bias: nil, shape: shape, resultShape: shape, isExact: true),
                for: node.results[0])
        }
        var result = try rounded(
            total, shift: shift, to: quantization.range,
            isExact && Self.canTie(factors, shift: shift, x.bounds) ? .toEven : .none)
        result.error =
            x.error / finest + 1
            + (isExact ? 0 : x.bounds.magnitudeAsDouble * largest * Rounding.powerOfTwo(2 - bits))
        return .tensor(result)
    }
}
