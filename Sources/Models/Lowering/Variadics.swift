import Circuits

extension Lowering {
    /// `Sum`, `Mean`, `Max`, `Min` of any number of operands.
    mutating func lower(
        _ variadic: Variadic, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let shape = shape(node.results[0])
        guard node.operands.count > 1 else { return try operand(0, of: node) }
        switch variadic.kind {
        case .sum, .mean:
            let total = try total(node, shape: shape)
            guard variadic.kind == .mean else { return .tensor(total) }
            return try scaled(
                .tensor(total), node.results[0], by: .scalar(1 / Double(node.operands.count)),
                shape: shape)
        case .maximum, .minimum:
            var tensors: [LoweredTensor] = []
            var constant: FloatTensor?
            let isMaximum = variadic.kind == .maximum
            for value in node.operands {
                if case .constant(let next)? = values[value] {
                    constant =
                        constant?.combined(with: next) { isMaximum ? max($0, $1) : min($0, $1) }
                        ?? next
                } else {
                    tensors.append(try narrow(value))
                }
            }
            if let constant {
                let unit = tensors.reduce(.infinity) { min($0, $1.unit) }
                let isExact = constant.isWhole(in: unit)
                tensors.append(try quantised(constant, unit: isExact ? unit : unit / 16))
            }
            return .tensor(try extremum(tensors, isMaximum: isMaximum, shape: shape))
        }
    }

    /// The sum of all operands in one affine gadget.
    private mutating func total(
        _ node: ModelGraph.Node, shape: [Int]
    ) throws(LoweringError) -> LoweredTensor {
        var tensors: [LoweredTensor] = []
        var constant: FloatTensor?
        for value in node.operands {
            if case .constant(let next)? = values[value] {
                constant = constant?.combined(with: next, +) ?? next
            } else {
                tensors.append(try tensor(value))
            }
        }
        let (terms, unit) = try inOneUnit(tensors, value: node.results[0])
        let isExact = constant?.isWhole(in: unit) ?? true
        let isFine = tensors.contains { $0.bounds.signedBits > bits(node.results[0]) + 8 }
        let spare = isExact || isFine ? 0 : 8
        return try sum(
            terms.map { ($0.coefficient << Int128(spare), $0.tensor) }, plus: constant,
            unit: unit * Rounding.powerOfTwo(-spare), shape: shape)
    }

    /// The largest or smallest of some tensors, element by element, broadcast as in numpy; exact.
    ///
    /// They are laid side by side along one more axis, and the maximum gadget goes over that.
    /// |result − float| ≤ the largest error.
    mutating func extremum(
        _ tensors: [LoweredTensor], isMaximum: Bool, shape: [Int]
    ) throws(LoweringError) -> LoweredTensor {
        let sign: Int128 = isMaximum ? 1 : -1
        let (terms, unit) = try inOneUnit(tensors, value: nil)
        let rank = shape.count
        var placed: [(coefficient: Int128, tensor: LoweredTensor)] = []
        var bounds: IntegerBounds?
        for (position, term) in terms.enumerated() {
            var x = term.tensor
            let own = x.bounds * (sign * term.coefficient)
            bounds = bounds?.union(own) ?? own
            x.layout = x.layout.padded(to: rank)
            x.layout.axes.append([])
            x = try self.placed(x, at: position, axis: rank, extent: terms.count)
            placed.append((sign * term.coefficient, x))
        }
        var stacked = try sum(placed, unit: unit, shape: shape + [terms.count])
        stacked.bounds = bounds ?? stacked.bounds
        var result = try maximum(stacked, keeping: rank)
        result.error = terms.reduce(0) { max($0, $1.tensor.error) }
        result.terms = 1
        guard !isMaximum else { return result }
        return try sum([(-1, result)], unit: unit, shape: shape)
    }

    /// `PRelu`: slope · x + (1 − slope) · relu(x), from x rounded once.
    mutating func lowerPRelu(_ node: ModelGraph.Node) throws(LoweringError) -> LoweredValue {
        let (value, shape) = (node.operands[0], shape(node.results[0]))
        let x = try narrow(value)
        let range = range(value)
        var format = FixedPointFormat(bits: 2, fractionalBits: 0)
        if let exponent = Rounding.log2Exactly(x.unit) {
            format.fractionalBits = -exponent
            while format.bits < CircuitLimits.tableBits.upperBound, !format.represents(range) {
                format.bits += 1
            }
        }
        if Rounding.log2Exactly(x.unit) == nil || !format.represents(range) {
            format = self.format(value)
        }
        let positive = try apply(
            Relu(), to: x, argument: TableArgument(format), result: format,
            over: calibration.ranges[value] ?? 0...0, value: (value, node.results[0]))
        if case .constant(let slope)? = values[node.operands[1]] {
            let below = try scaled(.tensor(x), value, by: slope, shape: shape)
            var above = try scaled(
                .tensor(positive), value, by: slope.mapped { 1 - $0 }, shape: shape)
            if case .pending(var layer) = above {
                layer.identity.part = 1
                above = .pending(layer)
            }
            return try added(below, above, value: node.results[0])
        }
        let (terms, unit) = try inOneUnit([x, positive], value: value)
        let negative = try sum(
            [terms[0], (-terms[1].coefficient, terms[1].tensor)], unit: unit, shape: shape)
        let bent = try product([try narrow(node.operands[1]), negative], shape: shape)
        let (parts, finest) = try inOneUnit([bent, positive], value: node.results[0])
        return .tensor(try sum(parts, unit: finest, shape: shape))
    }

    /// `Pow`: squares and cubes are products, as are all powers of integers; others are tables.
    mutating func lower(
        _ power: Power, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let value = node.operands[0]
        let shape = shape(value)
        if power.exponent == 1 { return try operand(0, of: node) }
        if power.exponent == 0 || !isInteger(value) && ![2, 3].contains(power.exponent) {
            return try lower(power as any ElementwiseFunction, node)
        }
        let x = try narrow(value)
        var rest = Int(power.exponent)
        var result = x
        rest -= 1
        while rest > 0 {
            let count = min(2, rest)
            result = try product([result] + Array(repeating: x, count: count), shape: shape)
            rest -= count
        }
        if Int(power.exponent) % 2 == 0 { result.bounds.low = max(result.bounds.low, 0) }
        return .tensor(result)
    }

    /// `Floor` and `Ceil` by the rounding of a shift, exact for numbers of any size; the others by
    /// table.
    mutating func lower(
        _ rounding: IntegerRounding, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let x = try tensor(node.operands[0])
        if let exponent = Rounding.log2Exactly(x.unit), exponent >= 0 { return .tensor(x) }
        let sign: Int128
        switch rounding.direction {
        case .down: sign = 1
        case .up: sign = -1
        case .nearestEven, .towardZero:
            return try lower(rounding as any ElementwiseFunction, node)
        }
        // ⌊x⌋ = ⌊(x − 1/2) + 1/2⌋, ⌈x⌉ = −⌊−x⌋.
        let moved = try sum([(sign, x)], plus: .scalar(-0.5), unit: x.unit, shape: x.shape)
        var format = wholeFormat(node.results[0])
        // −2^k is in the format, 2^k is not.
        format.bits = min(format.bits + 1, 62)
        let isExact = moved.error == 0 && Rounding.log2Exactly(x.unit) != nil
        var result = try rounded(moved, to: format)
        result.error = isExact ? 0 : result.error + 1
        guard sign < 0 else { return .tensor(result) }
        return .tensor(try sum([(-1, result)], unit: 1, shape: result.shape))
    }
}
