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
    private func step(_ reference: NodeReference, _ name: String) -> NodeReference {
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
        _ value: Int, _ parameters: QuantisationParameters, addsZeroPointFirst: Bool = false,
        _ reference: NodeReference
    ) throws(ModelError) -> Int {
        let zeroPoint = parameters.zeroPoint.values[0]
        guard parameters.zeroPoint.values.allSatisfy({ $0 == zeroPoint }) else {
            throw .unsupported(
                reference, what: "a quantisation by zero points that differ is",
                advice: "quantise activations with one zero point")
        }
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
        return try offset(integers, by: zeroPoint, as: parameters.type, reference)
    }
}

// MARK: - Layers of integers

extension GraphDraft {
    /// The results of a layer of dequantised operands, computed from their integers; nil where that
    /// cannot be done exactly.
    mutating func integerResults(
        _ resolved: ResolvedNode, _ reference: NodeReference, _ inputs: [Int?]
    ) throws(ModelError) -> [Int]? {
        let operands = resolved.operands.compactMap { inputs[$0] }
        let known = operands.map { dequantised[$0] }
        guard let first = known.first, let x = first else { return nil }
        let types = resolved.results
        switch resolved.operation {
        case is Conv, is MatMul, is Gemm:
            guard known.count > 1, let w = known[1],
                var layer = IntegerLayer(resolved.operation, x, w, type: types[0], in: self)
            else { return nil }
            if known.count > 2 {
                guard let bias = known[2], layer.takes(bias: bias) else { return nil }
                layer.operands.append(bias.integers)
            }
            return [
                try real(
                    layer.operation, layer.operands, scale: layer.scale, types[0], reference)
            ]
        case is Arithmetic:
            guard resolved.operation as? Arithmetic == Arithmetic(kind: .multiply),
                known.count == 2, let a = x.number, let other = known[1], let b = other.number
            else { return nil }
            return [
                try real(
                    resolved.operation, [x.integers, other.integers],
                    scale: .scalar(Double(Float(a) * Float(b))), types[0], reference)
            ]
        case let pool as AveragePool:
            guard x.number != nil else { return nil }
            let divisors = pool.divisors.map(Double.init)
            let isUniform = divisors.allSatisfy { $0 == divisors[0] }
            return [
                try real(
                    WindowSum(window: pool.window), [x.integers], scale: x.scale,
                    divisor: isUniform
                        ? .scalar(divisors[0])
                        : FloatTensor(shape: pool.window.outputShape, values: divisors),
                    types[0], reference)
            ]
        case let concat as Concat:
            let parts = known.compactMap { $0?.number == x.number ? $0?.integers : nil }
            guard x.number != nil, parts.count == known.count else { return nil }
            let result = try real(concat, parts, scale: x.scale, types[0], reference)
            if let value = dequantised[result]?.integers {
                integerRanges[value] = parts.map { range($0) }.reduce(range(parts[0])) {
                    min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound)
                }
            }
            return [result]
        default:
            return try moved(resolved, x, reference)
        }
    }

    /// What leaves numbers as they are, in other places.
    private mutating func moved(
        _ resolved: ResolvedNode, _ x: Dequantised, _ reference: NodeReference
    ) throws(ModelError) -> [Int]? {
        var scale = x.scale
        switch resolved.operation {
        case let transpose as Transpose:
            guard x.divisor == nil else { return nil }
            let extents = Shape.padded(scale.shape, to: transpose.permutation.count)
            let shape = transpose.permutation.map { extents[$0] }
            guard
                case .float(let permuted)? = try? transpose.evaluate(
                    [.float(FloatTensor(shape: extents, values: scale.values))],
                    results: [ValueType(.float, shape)])[0]
            else { return nil }
            scale = permuted
        case is MaxPool, is Reshape, is Split:
            guard x.number != nil else { return nil }
        case let movement as any DataMovement:
            guard x.number != nil, movement.padding == 0 else { return nil }
        default:
            return nil
        }
        let source = x.integers
        var names = step(reference, "integers")
        if resolved.results.count > 1 {
            names = NodeReference(
                operatorName: names.operatorName, name: names.name, index: names.index,
                outputs: resolved.results.indices.map { "\(names.layerName).\($0)" })
        }
        let integers = try add(
            resolved.operation, names, operands: [source],
            results: resolved.results.map { ValueType(Self.integers, $0.shape) })
        var results: [Int] = []
        for (position, (value, type)) in zip(integers, resolved.results).enumerated() {
            let padded = range(source)
            integerRanges[value] = min(padded.lowerBound, 0)...max(padded.upperBound, 0)
            let name =
                reference.outputs.indices.contains(position) ? reference.outputs[position] : ""
            let part = NodeReference(
                operatorName: reference.operatorName, name: reference.name, index: reference.index,
                outputs: [name])
            results.append(
                try real(
                    Dequantised(integers: value, scale: scale), as: type.elementType, part))
        }
        return results
    }

    private mutating func real(
        _ operation: any Operator, _ operands: [Int], scale: FloatTensor,
        divisor: FloatTensor? = nil, _ type: ValueType, _ reference: NodeReference
    ) throws(ModelError) -> Int {
        let integers = try add(
            operation, step(reference, "integers"), operands: operands,
            results: [ValueType(Self.integers, type.shape)])[0]
        return try real(
            Dequantised(integers: integers, scale: scale, divisor: divisor), as: type.elementType,
            reference)
    }
}

/// A linear layer of integers, and the scale of its sums.
private struct IntegerLayer {
    let operation: any Operator
    var operands: [Int]
    let scale: FloatTensor

    /// - Returns: Nil where scales differ within a sum.
    init?(
        _ operation: any Operator, _ x: Dequantised, _ w: Dequantised, type: ValueType,
        in draft: GraphDraft
    ) {
        guard let number = x.number, w.divisor == nil else { return nil }
        let extents = draft.values[w.integers].shape
        let scales = Shape.padded(w.scale.shape, to: extents.count)
        /// The axis of the weights along which scales may differ, and that of the result.
        var axes: (weights: Int, result: Int)?
        var alpha = 1.0
        var operation = operation
        switch operation {
        case is Conv:
            axes = (0, 1)
        case is MatMul:
            // A weight of rank 1 is one column.
            axes = extents.count > 1 ? (extents.count - 1, type.shape.count - 1) : nil
        case let gemm as Gemm:
            guard gemm.beta == 1, gemm.alpha > 0 else { return nil }
            axes = (gemm.transposesRight ? 0 : 1, 1)
            alpha = gemm.alpha
            operation = Gemm(
                alpha: 1, beta: 1, transposesLeft: gemm.transposesLeft,
                transposesRight: gemm.transposesRight)
        default:
            return nil
        }
        self.operation = operation
        operands = [x.integers, w.integers]
        let factor = Float(alpha) * Float(number)
        let products = w.scale.values.map { Double(factor * Float($0)) }
        if products.count == 1 {
            scale = .scalar(products[0])
        } else {
            guard let axes,
                scales.enumerated().allSatisfy({ $0.offset == axes.weights || $0.element == 1 })
            else { return nil }
            scale = FloatTensor(
                shape: [products.count] + type.shape[(axes.result + 1)...].map { _ in 1 },
                values: products)
        }
    }

    /// Whether a bias has the scale of the sums, up to how that was rounded.
    func takes(bias: Dequantised) -> Bool {
        guard bias.divisor == nil else { return false }
        let (a, b) = (scale.values, bias.scale.values)
        guard a.count == b.count || a.count == 1 || b.count == 1 else { return false }
        return (0..<max(a.count, b.count)).allSatisfy { index in
            let (x, y) = (a[a.count == 1 ? 0 : index], b[b.count == 1 ? 0 : index])
            return (x - y).magnitude <= 0x1p-20 * x
        }
    }
}
