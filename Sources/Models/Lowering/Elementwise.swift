import Circuits

extension Lowering {
    /// `Add`, `Sub`, `Mul`, `Div` by a constant.
    mutating func lower(
        _ arithmetic: Arithmetic, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let result = node.results[0]
        let shape = shape(result)
        if isInteger(result) { return .tensor(try lowerIntegers(arithmetic, node)) }
        let (a, b) = (try foldable(0, of: node), try foldable(1, of: node))
        switch arithmetic.kind {
        case .add:
            return try added(a, b, value: result)
        case .subtract:
            let negated = try scaled(
                b, node.operands[1], by: .scalar(-1), shape: self.shape(node.operands[1]))
            return try added(a, negated, value: result)
        case .multiply:
            if case .constant(let factor) = b {
                return try scaled(a, node.operands[0], by: factor, shape: shape)
            }
            if case .constant(let factor) = a {
                return try scaled(b, node.operands[1], by: factor, shape: shape)
            }
            var factors = [try narrow(node.operands[0]), try narrow(node.operands[1])]
            // Products of products: what is cheaper to carry than to round away adds up.
            if !(factors[0].bounds * factors[1].bounds).isWithinLimit {
                factors = [try saturated(node.operands[0]), try saturated(node.operands[1])]
            }
            return .tensor(try product(factors, shape: shape))
        case .divide:
            guard case .constant(let divisor) = b else {
                return .tensor(
                    try quotient(
                        node, of: tensor(node.operands[0]), by: node.operands[1], shape: shape))
            }
            return try scaled(
                a, node.operands[0], by: divisor.mapped { 1 / $0 }, shape: shape)
        }
    }

    /// `Neg`.
    mutating func lowerNegation(_ node: ModelGraph.Node) throws(LoweringError) -> LoweredValue {
        try scaled(
            foldable(0, of: node), node.operands[0], by: .scalar(-1), shape: shape(node.results[0]))
    }

    /// `BatchNormalization`: folded into the layer before it, or a layer of its own.
    mutating func lower(
        _ normalization: BatchNormalization, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let shape = shape(node.results[0])
        let channels =
            [normalization.multiplier.count] + shape.dropFirst(2).map { _ in 1 }
        let scaled = try scaled(
            foldable(0, of: node), node.operands[0],
            by: FloatTensor(shape: channels, values: normalization.multiplier), shape: shape)
        let offset = FloatTensor(shape: channels, values: normalization.offset)
        return try added(scaled, .constant(offset), value: node.results[0])
    }

    /// An operand that may be folded into: a layer that nothing else reads stays pending.
    private mutating func foldable(
        _ position: Int, of node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let value = node.operands[position]
        if case .pending = values[value], !isReadOnce(value) { return .tensor(try tensor(value)) }
        return try operand(position, of: node)
    }

    /// What `operand` is known as, times a factor, of the given shape.
    ///
    /// A number that is not 0 only changes the unit; factors by channel become weights.
    mutating func scaled(
        _ value: LoweredValue, _ operand: Int, by factor: FloatTensor, shape: [Int]
    ) throws(LoweringError) -> LoweredValue {
        if factor.values == [1], factor.shape.isEmpty { return value }
        switch value {
        case .constant(let constant):
            return .constant(constant.combined(with: factor, *))
        case .pending(let layer):
            if let folded = layer.multiplied(by: factor) { return .pending(folded) }
            return try scaled(
                .tensor(try emit(layer, for: operand)), operand, by: factor, shape: shape)
        case .tensor(var tensor):
            let number = factor.values[0]
            if factor.values.count == 1, factor.shape.count <= tensor.layout.rank,
                Self.units.contains(tensor.unit * number.magnitude)
            {
                if number == 1 { return value }
                if number < 0 {
                    tensor = try sum([(-1, tensor)], unit: tensor.unit, shape: tensor.shape)
                }
                tensor.unit *= number.magnitude
                tensor.error *= number.magnitude
                return .tensor(tensor)
            }
            let input =
                tensor.bounds.signedBits <= bits(operand) + 8
                ? tensor
                : try rounded(
                    tensor, to: format(of: tensor, bits: bits(operand)),
                    place: .init(value: operand, stage: .narrowed))
            return .pending(
                LinearLayer(
                    identity: .init(node: currentNode, isScaling: true), name: builder.currentName,
                    kind: .scaling, input: input, weights: factor,
                    bias: nil, shape: shape, resultShape: shape))
        }
    }

    /// Units that a factor may lead to; others are rounded to a usual one.
    private static let units = 0x1p-80...0x1p60

    /// The finest format of the usual bits that holds all that the tensor's bounds allow.
    private func format(of tensor: LoweredTensor, bits: Int) -> FixedPointFormat {
        FixedPointFormat(fitting: -tensor.realMagnitude...tensor.realMagnitude, bits: bits)
    }

    /// a + b, in the shape of the value they make.
    mutating func added(
        _ a: LoweredValue, _ b: LoweredValue, value: Int
    ) throws(LoweringError) -> LoweredValue {
        let shape = shape(value)
        switch (a, b) {
        case (.constant(let x), .constant(let y)):
            return .constant(x.combined(with: y, +))
        case (.pending(let layer), .constant(let offset)),
            (.constant(let offset), .pending(let layer)):
            if let folded = layer.adding(offset) { return .pending(folded) }
            return .tensor(
                try sum(
                    try emit(layer, for: value), plus: offset, value: value, shape: shape))
        case (.tensor(let tensor), .constant(let offset)),
            (.constant(let offset), .tensor(let tensor)):
            return .tensor(try sum(tensor, plus: offset, value: value, shape: shape))
        default:
            let x = try emitted(a, for: value)
            let y = try emitted(b, for: value)
            return .tensor(try sum(x, y, value: value, shape: shape))
        }
    }

    private mutating func emitted(
        _ value: LoweredValue, for result: Int
    ) throws(LoweringError) -> LoweredTensor {
        switch value {
        case .tensor(let tensor): return tensor
        case .pending(let layer): return try emit(layer, for: result)
        case .constant(let constant): return try quantised(constant, unit: constantUnit(constant))
        }
    }

    /// Tensor + constant, with eight bits below the tensor's unit where the constant needs them.
    private mutating func sum(
        _ tensor: LoweredTensor, plus constant: FloatTensor, value: Int, shape: [Int]
    ) throws(LoweringError) -> LoweredTensor {
        let isExact = constant.isWhole(in: tensor.unit)
        let isFine = tensor.bounds.signedBits > bits(value) + 8
        let spare = isExact || isFine ? 0 : 8
        return try sum(
            [(Int128(1) << Int128(spare), tensor)], plus: constant,
            unit: tensor.unit * Rounding.powerOfTwo(-spare), shape: shape)
    }

    /// x + y.
    private mutating func sum(
        _ x: LoweredTensor, _ y: LoweredTensor, value: Int, shape: [Int]
    ) throws(LoweringError) -> LoweredTensor {
        let (terms, unit) = try inOneUnit([x, y], value: value)
        let result = try sum(terms, unit: unit, shape: shape)
        // A stream that many layers add to is committed from time to time, or each claim on it
        // would become claims on all of them.
        guard result.terms > Self.termLimit else { return result }
        return try rounded(
            result, to: format(value), place: .init(value: value, stage: .result))
    }

    /// Tensors on which one claim may become claims before what they make is committed.
    static let termLimit = 12

    /// Integer coefficients that bring tensors to the finest of their units, or, where ratios are no
    /// powers of two, to one 2^16 times as fine; tensors that would take too many bits are rounded
    /// to the format of `value` first, or to one that holds their own bounds.
    mutating func inOneUnit(
        _ tensors: [LoweredTensor], value: Int?
    ) throws(LoweringError) -> (
        terms: [(coefficient: Int128, tensor: LoweredTensor)], unit: Double
    ) {
        func commonUnit(_ tensors: [LoweredTensor]) -> Double {
            let finest = tensors.map(\.unit).min() ?? 1
            let isExact = tensors.allSatisfy { Rounding.log2Exactly($0.unit / finest) != nil }
            return isExact ? finest : finest * 0x1p-16
        }
        var tensors = tensors
        var unit = commonUnit(tensors)
        if tensors.contains(where: { $0.realMagnitude / unit >= 0x1p56 }) {
            let bits = value.map { self.bits($0) } ?? precision.uniform
            for index in tensors.indices where tensors[index].bounds.signedBits > bits + 8 {
                tensors[index] = try rounded(
                    tensors[index],
                    to: value.map { format($0) } ?? format(of: tensors[index], bits: bits),
                    place: value.map { .init(value: $0, stage: .result) })
            }
            unit = commonUnit(tensors)
        }
        var terms: [(coefficient: Int128, tensor: LoweredTensor)] = []
        for tensor in tensors {
            let exact = tensor.unit / unit
            let coefficient = Rounding.halfUp(exact)
            guard coefficient * tensor.bounds.magnitudeAsDouble < 0x1p62 else {
                throw .accumulatorOverflow(layer: builder.currentName, bits: 63)
            }
            var tensor = tensor
            // The coefficient stands for a slightly different unit.
            tensor.error += tensor.realMagnitude * ((coefficient - exact) / exact).magnitude
            terms.append((Int128(coefficient), tensor))
        }
        return (terms, unit)
    }

    /// The product of two or three tensors, element by element, broadcast as in numpy; exact.
    mutating func product(
        _ factors: [LoweredTensor], shape: [Int]
    ) throws(LoweringError) -> LoweredTensor {
        var space = IndexSpace()
        let axes = shape.map { space.dimension($0) }
        var operands: [ContractionOperand] = []
        var result: LoweredTensor?
        for var factor in factors {
            factor.layout = factor.layout.padded(to: shape.count)
            operands.append(
                ContractionOperand(
                    source: .tensor(factor), axes: axes.map { .dimensions([$0]) }))
            guard let product = result else {
                result = factor
                continue
            }
            result?.bounds = try productBounds(product.bounds, factor.bounds, terms: 1)
            result?.error = productError(product, factor)
            result?.unit *= factor.unit
        }
        guard var result else { preconditionFailure("at least one factor") }
        (result.wire, result.layout) = try contract(
            operands, over: space, output: axes.map { [$0] })
        result.terms = 1
        return result
    }
}
