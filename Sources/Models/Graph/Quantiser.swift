/// Finds the integers that `QuantizeLinear` rounds a value to from those that the value is made of.
struct Quantiser {
    let scale: FloatTensor
    /// The results, zero point taken away.
    let range: ClosedRange<Int>
    /// See ``ScaledSum/tiesToOdd``.
    let tiesToOdd: Bool
    let reference: NodeReference

    /// - Returns: Nil where the value is not made of dequantised ones in a way that is known here.
    func integers(
        for value: Int, in draft: inout GraphDraft
    ) throws(ModelError) -> Int? {
        guard scale.values.count == 1 else { return nil }
        let (value, range) = clamped(value, in: draft)
        if let known = draft.dequantised[value] {
            return try sum([known], range, like: value, in: &draft)
        }
        guard let node = draft.producer(of: value) else { return nil }
        if let terms = addends(of: node, in: draft) {
            return try sum(terms, range, like: value, in: &draft)
        }
        if node.operation is Concat { return try concatenation(node, range, in: &draft) }
        return try table(value, range, in: &draft)
    }

    /// Rounding and limiting are monotone: what limits the reals before limits the integers.
    private func clamped(_ value: Int, in draft: GraphDraft) -> (Int, ClosedRange<Int>) {
        var (value, range) = (value, range)
        while draft.dequantised[value] == nil, let node = draft.producer(of: value) {
            var inner: ClosedRange<Int>
            switch node.operation {
            case is Relu:
                inner = min(0, range.upperBound)...max(0, range.upperBound)
            case let clip as Clip where clip.minimum <= clip.maximum:
                let scale = Float(scale.values[0])
                let wide = -(1 << 40)...1 << 40
                func bound(_ x: Double) -> Int { wide.quantised(Float(x) / scale) }
                inner = bound(clip.minimum)...bound(clip.maximum)
            case is Reshape
            where draft.dequantised[node.operands[0]] == nil
                && draft.values[node.operands[0]].shape == draft.values[value].shape:
                inner = range
            default:
                return (value, range)
            }
            inner = inner.clamped(to: range)
            (value, range) = (node.operands[0], inner)
        }
        return (value, range)
    }

    /// The operands of a sum, all of them dequantised.
    private func addends(of node: ModelGraph.Node, in draft: GraphDraft) -> [Dequantised]? {
        switch node.operation {
        case let arithmetic as Arithmetic where arithmetic.kind == .add: break
        case let variadic as Variadic where variadic.kind == .sum: break
        default: return nil
        }
        let terms = node.operands.compactMap { draft.dequantised[$0] }
        return terms.count == node.operands.count ? terms : nil
    }

    /// Σ scale_i / scale · integers_i, quotients rounded to float32 as onnxruntime has them.
    private func sum(
        _ terms: [Dequantised], _ range: ClosedRange<Int>, like value: Int,
        in draft: inout GraphDraft
    ) throws(ModelError) -> Int? {
        let own = Float(scale.values[0])
        let factors = terms.map { term in
            term.divisor.map { divisor in
                divisor.mapped { Double(Float(term.scale.values[0]) / (own * Float($0))) }
            } ?? term.scale.mapped { Double(Float($0) / own) }
        }
        guard factors.allSatisfy({ $0.values.allSatisfy(\.isFinite) }),
            let operation = ScaledSum(factors, range: range, tiesToOdd: tiesToOdd)
        else { return nil }
        let shape = draft.values[value].shape
        // The same scale again: the integers themselves.
        if terms.count == 1, operation.shift == 0, operation.multipliers[0].values == [1],
            draft.range(terms[0].integers).isContained(in: range)
        {
            return terms[0].integers
        }
        let result = try draft.add(
            operation, reference, operands: terms.map(\.integers),
            results: [ValueType(GraphDraft.integers, shape)])[0]
        draft.integerRanges[result] = range
        return result
    }

    private func concatenation(
        _ node: ModelGraph.Node, _ range: ClosedRange<Int>, in draft: inout GraphDraft
    ) throws(ModelError) -> Int? {
        var parts: [Int] = []
        for (index, operand) in node.operands.enumerated() {
            guard let known = draft.dequantised[operand] else { return nil }
            let name = "\(reference.layerName).\(index)"
            let quantiser = Quantiser(
                scale: scale, range: range, tiesToOdd: tiesToOdd,
                reference: NodeReference(
                    operatorName: reference.operatorName, name: name, index: reference.index,
                    outputs: [name]))
            guard let part = try quantiser.sum([known], range, like: operand, in: &draft) else {
                return nil
            }
            parts.append(part)
        }
        let shape = draft.values[node.results[0]].shape
        return try draft.add(
            node.operation, reference, operands: parts,
            results: [ValueType(GraphDraft.integers, shape)])[0]
    }
}

// MARK: - Functions

extension Quantiser {
    /// A table of round(f(scale_x · x) / scale), each entry exact, where the value is a function f of
    /// one dequantised tensor, element by element.
    private func table(
        _ value: Int, _ range: ClosedRange<Int>, in draft: inout GraphDraft
    ) throws(ModelError) -> Int? {
        var finder = FunctionFinder(draft: draft)
        guard let position = finder.position(of: value, depth: 0), let source = finder.source,
            let known = draft.dequantised[source], let number = known.number
        else { return nil }
        let domain = draft.range(known.integers)
        guard domain.count <= 1 << 16 else { return nil }
        // The first two steps are the integer and its scale.
        var steps = finder.steps
        steps[1] = .constant(number)
        steps.append(.constant(scale.values[0]))
        steps.append(.arithmetic(.divide, position, steps.count - 1))
        let function = ComposedFunction(steps: steps)
        guard domain.allSatisfy({ function(Double($0)).isFinite }) else { return nil }
        steps.append(.constant(0))
        steps.append(.arithmetic(.subtract, steps.count - 1, steps.count - 2))
        let negated = ComposedFunction(steps: steps)
        do throws(EvaluationError) {
            try draft.budget.spend(parameters: domain.count)
        } catch {
            throw .evaluation(reference, error)
        }
        // Halves go up in one and down in the other; nothing else differs.
        let up = function.table(
            TableFormat(domain: domain, inputFractionBits: 0, outputFractionBits: 0, range: range))
        let down = negated.table(
            TableFormat(
                domain: domain, inputFractionBits: 0, outputFractionBits: 0,
                range: -range.upperBound...(-range.lowerBound)))
        let values = zip(up, down).map { $0 % 2 == 0 ? $0 : -$1 }
        let result = try draft.add(
            IntegerTable(lowest: domain.lowerBound, values: values), reference,
            operands: [known.integers],
            results: [ValueType(GraphDraft.integers, draft.values[value].shape)])[0]
        draft.integerRanges[result] = range
        return result
    }
}

/// The steps of a function of one dequantised tensor.
private struct FunctionFinder {
    let draft: GraphDraft
    /// The integer, its scale (to be filled in), and their product.
    var steps: [ComposedFunction.Step] = [
        .argument, .constant(1), .arithmetic(.multiply, 0, 1),
    ]
    /// The one tensor that all is made of.
    var source: Int?
    private var positions: [Int: Int] = [:]

    init(draft: GraphDraft) { self.draft = draft }

    /// The step that gives a value; nil where it is no such function.
    mutating func position(of value: Int, depth: Int) -> Int? {
        if let position = positions[value] { return position }
        guard depth < 16, steps.count < 64 else { return nil }
        if draft.dequantised[value] != nil, draft.values[value].constant == nil {
            guard source == nil || source == value else { return nil }
            source = value
            positions[value] = 2
            return 2
        }
        if case .float(let constant)? = draft.values[value].constant, constant.values.count == 1 {
            steps.append(.constant(constant.values[0]))
        } else {
            guard let node = draft.producer(of: value) else { return nil }
            let shape = draft.values[value].shape
            var operands: [Int] = []
            for operand in node.operands {
                let other = draft.values[operand]
                guard
                    other.shape == shape
                        || other.constant != nil && other.shape.count <= shape.count,
                    let position = position(of: operand, depth: depth + 1)
                else { return nil }
                operands.append(position)
            }
            switch node.operation {
            case let arithmetic as Arithmetic:
                steps.append(.arithmetic(arithmetic.kind, operands[0], operands[1]))
            case let function as any EnclosedFunction:
                steps.append(.function(function, operands[0]))
            default:
                return nil
            }
        }
        positions[value] = steps.count - 1
        return steps.count - 1
    }
}

extension ClosedRange<Int> {
    fileprivate func isContained(in other: ClosedRange<Int>) -> Bool {
        lowerBound >= other.lowerBound && upperBound <= other.upperBound
    }
}
