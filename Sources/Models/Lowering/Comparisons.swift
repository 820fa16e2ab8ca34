import Circuits

extension Lowering {
    /// `Equal` and the orders: the sign of the exact difference, in the unit that both sides share.
    ///
    /// Equal operands are equal integers wherever neither side has been rounded. A constant that the
    /// other side's unit cannot express lies between two of its integers, and so it does here.
    mutating func lower(
        _ comparison: Comparison, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let (a, b) = (node.operands[0], node.operands[1])
        let shape = shape(node.results[0])
        var sign = 1
        let difference: LoweredTensor
        if case .constant(let constant)? = values[b] {
            difference = try self.difference(try tensor(a), constant, shape: shape)
        } else if case .constant(let constant)? = values[a] {
            difference = try self.difference(try tensor(b), constant, shape: shape)
            sign = -1
        } else {
            let (terms, unit) = try inOneUnit([try tensor(a), try tensor(b)], value: nil)
            difference = try sum(
                [terms[0], (-terms[1].coefficient, terms[1].tensor)], unit: unit, shape: shape)
        }
        var result = try step(difference, key: "\(comparison.kind) \(sign)") {
            comparison.holds(sign: sign * $0.signum()) ? 1 : 0
        }
        result.error = difference.error > 0 ? 1 : 0
        return .tensor(result)
    }

    /// Twice x − constant in the unit of x, a constant between two multiples of the unit taken for
    /// the middle; once where all constants are multiples. The sign is right.
    private mutating func difference(
        _ x: LoweredTensor, _ constant: FloatTensor, shape: [Int]
    ) throws(LoweringError) -> LoweredTensor {
        let isWhole = constant.isWhole(in: x.unit)
        let unit = isWhole ? x.unit : x.unit / 2
        // Beyond the bounds of x one constant is as good as another.
        let (low, high) = (Double(x.bounds.low) - 2, Double(x.bounds.high) + 2)
        let negated = constant.mapped { value in
            let quotient = min(max(value / x.unit, low), high)
            guard !isWhole else { return -quotient * unit }
            let floor = quotient.rounded(.down)
            return -(floor == quotient ? 2 * floor : 2 * floor + 1) * unit
        }
        var result = try sum([(isWhole ? 1 : 2, x)], plus: negated, unit: unit, shape: shape)
        result.error = x.error
        return result
    }

    /// `And`, `Or`, `Xor` of integers that are 0 or 1: products and sums.
    mutating func lower(
        _ logic: Logic, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        let shape = shape(node.results[0])
        let (a, b) = (try exact(node.operands[0]), try exact(node.operands[1]))
        let both = try product([a, b], shape: shape)
        var result: LoweredTensor
        switch logic.kind {
        case .and: result = both
        case .or: result = try sum([(1, a), (1, b), (-1, both)], unit: 1, shape: shape)
        case .xor: result = try sum([(1, a), (1, b), (-2, both)], unit: 1, shape: shape)
        }
        result.bounds = IntegerBounds(0, 1)
        result.error = max(a.error, b.error)
        return .tensor(result)
    }

    /// `Not`: 1 − x.
    mutating func lowerNot(_ node: ModelGraph.Node) throws(LoweringError) -> LoweredValue {
        let x = try exact(node.operands[0])
        return .tensor(try sum([(-1, x)], plus: .scalar(1), unit: 1, shape: x.shape))
    }

    /// `Where`: b + condition · (a − b); with a constant condition each side times its own mask.
    mutating func lowerSelection(_ node: ModelGraph.Node) throws(LoweringError) -> LoweredValue {
        let shape = shape(node.results[0])
        let (a, b) = (node.operands[1], node.operands[2])
        if case .constant(let mask)? = values[node.operands[0]] {
            return .tensor(try masked(mask, a, b, result: node.results[0]))
        }
        let condition = try exact(node.operands[0])
        let (x, y) = (try alike(a, b), try alike(b, a))
        let (terms, unit) = try inOneUnit([x, y], value: node.results[0])
        var bounds = IntegerBounds(0, 0)
        for (index, term) in terms.enumerated() {
            let own = term.tensor.bounds * term.coefficient
            bounds = index == 0 ? own : bounds.union(own)
        }
        let widest = Shape.broadcast(x.shape, y.shape) ?? shape
        let difference = try sum(
            [terms[0], (-terms[1].coefficient, terms[1].tensor)], unit: unit, shape: widest)
        let chosen = try product([condition, difference], shape: shape)
        var result = try sum(
            [(1, chosen), terms[1]], unit: unit, shape: shape)
        result.bounds = bounds
        // A condition in error picks the other side.
        result.error =
            max(terms[0].tensor.error, terms[1].tensor.error)
            + (condition.error > 0 ? difference.realMagnitude : 0)
        return .tensor(result)
    }

    /// An operand with few bits; a constant in a unit somewhat finer than the other operand's.
    private mutating func alike(_ value: Int, _ other: Int) throws(LoweringError) -> LoweredTensor {
        guard case .constant(let constant)? = values[value], !isInteger(value) else {
            return try narrow(value)
        }
        if case .constant? = values[other] { return try tensor(value) }
        let unit = try narrow(other).unit
        return try quantised(constant, unit: constant.isWhole(in: unit) ? unit : unit / 16)
    }

    /// a where the mask is 1, b where it is 0.
    private mutating func masked(
        _ mask: FloatTensor, _ a: Int, _ b: Int, result: Int
    ) throws(LoweringError) -> LoweredTensor {
        let shape = shape(result)
        var constant: FloatTensor?
        var tensors: [LoweredTensor] = []
        for (value, mask) in [(a, mask), (b, mask.mapped { 1 - $0 })] {
            if case .constant(let side)? = values[value] {
                let part = side.combined(with: mask, *)
                constant = constant?.combined(with: part, +) ?? part
                continue
            }
            let side = try narrow(value)
            let own = Shape.broadcast(side.shape, mask.shape) ?? shape
            var part = try product([side, try quantised(mask, unit: 1)], shape: own)
            part.bounds = side.bounds.union(IntegerBounds(0, 0))
            part.error = side.error
            tensors.append(part)
        }
        let (terms, unit) = try inOneUnit(tensors, value: result)
        let isFine = constant?.isWhole(in: unit) ?? true
        let spare = isFine || isInteger(result) ? 0 : 4
        let scaled = terms.map { term in
            (coefficient: term.coefficient << Int128(spare), tensor: term.tensor)
        }
        var chosen = try sum(
            scaled, plus: constant, unit: unit * Rounding.powerOfTwo(-spare), shape: shape)
        // Each cell is one side's.
        chosen.bounds = scaled.reduce(IntegerBounds(0, 0)) {
            $0.union($1.tensor.bounds * $1.coefficient)
        }
        chosen.error = terms.reduce(0) { max($0, $1.tensor.error) }
        if let constant {
            chosen.bounds = chosen.bounds.union(
                try integerBounds(constant, unit: chosen.unit))
            chosen.error = max(chosen.error, chosen.unit / 2)
        }
        return chosen
    }
}
