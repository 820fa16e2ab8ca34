import Circuits

extension Lowering {
    /// `Normalization`: c = n·x − Σx exactly, V = Σc², v = round(V / 2^s) + epsilon in V's unit,
    /// r = ⌊2^30 / √v⌋ and y = c · r.
    ///
    /// s, even and perhaps negative, leaves v with 28 bits at most. x is held to its calibrated range:
    /// what V could be otherwise would leave no bits for what it is. |y − float| ≤ 2√n, and
    /// ≤ (2 + √n) · (input error) / √epsilon + √n · 2^−14.
    mutating func lower(
        _ normalization: Normalization, _ node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        var x = try tensor(node.operands[0])
        if x.bounds.signedBits > bits(node.operands[0]) + 2 {
            let format = FixedPointFormat(
                fitting: range(node.operands[0]),
                bits: min(bits(node.operands[0]) + 2, CircuitLimits.tableBits.upperBound))
            x = try rounded(
                x, to: format, widest: format.bits,
                place: .init(value: node.operands[0], stage: .argument(node: currentNode)))
        }
        let count = normalization.axes.reduce(1) { $0 * x.shape[$1] }
        let n = Double(count)
        var centred = x
        if normalization.isCentred, count > 1 {
            let total = try rowSum(
                [x], along: normalization.axes, bounds: x.bounds * Int128(count), unit: x.unit,
                error: 0)
            let unit = x.unit / n
            centred = try sum([(Int128(count), x), (-1, total)], unit: unit, shape: x.shape)
            let span = (x.bounds.high - x.bounds.low) * Int128(count - 1)
            centred.bounds = IntegerBounds(-span, span)
        } else if normalization.isCentred {
            centred = try sum([(1, x), (-1, x)], unit: x.unit, shape: x.shape)
            centred.bounds = IntegerBounds(0, 0)
        }
        // Σ c² must stay below 2^60.
        let widest = (60 - log2Ceiling(count)) / 2
        if centred.bounds.signedBits - 1 > widest {
            let unit = centred.unit * Rounding.powerOfTwo(centred.bounds.signedBits - 1 - widest)
            let exponent = -Int(unit.exponent) - (Rounding.log2Exactly(unit) == nil ? 1 : 0)
            centred = try rounded(
                centred, to: FixedPointFormat(bits: widest + 1, fractionalBits: exponent))
        }
        let magnitude = centred.bounds.magnitude
        let squares = try rowSum(
            [centred, centred], along: normalization.axes,
            bounds: IntegerBounds(0, magnitude * magnitude * Int128(count)), unit: 1, error: 0)
        // n · epsilon in the unit of V.
        let epsilon = n * normalization.epsilon / (centred.unit * centred.unit)
        let (value, shift, valueBits) = try rootArgument(squares, epsilon: epsilon)
        let precision = ReciprocalRoot.precisions.upperBound
        let root = try add(
            .reciprocalRoot(
                ReciprocalRoot(source: value, precision: precision, valueBits: valueBits)))
        let row = LoweredTensor(
            wire: root, layout: squares.layout,
            unit: n.squareRoot() / centred.unit * Rounding.powerOfTwo(-precision - shift / 2),
            bounds: IntegerBounds(0, Int128(1) << Int128(precision)), error: 0)
        // r ≤ 2^precision · 2^(s/2) / √V and |c| ≤ √V.
        let largest = Int128(1) << Int128(max(0, precision + shift / 2))
        let slope =
            normalization.epsilon > 0
            ? (2 + n.squareRoot()) / normalization.epsilon.squareRoot() : .infinity
        let inputError = x.error + centred.error
        let error = min(
            2 * n.squareRoot(),
            (inputError > 0 ? slope * inputError : 0) + n.squareRoot() * 0x1p-14)
        let product = try product(
            centred, row: row,
            bounds: IntegerBounds(-largest, largest)
                .intersection(centred.bounds * row.bounds.high), error: error)
        // Its calibrated format knows more than |y| ≤ √n; a mere output is published as it is.
        let result = node.results[0]
        if consumers[result].isEmpty { return .tensor(product) }
        return .tensor(
            try rounded(
                product, to: format(result), place: .init(value: result, stage: .result)))
    }

    /// v = round(V / 2^shift) + max(1, epsilon / 2^shift), at most 2^28.
    private mutating func rootArgument(
        _ squares: LoweredTensor, epsilon: Double
    ) throws(LoweringError) -> (wire: Wire, shift: Int, bits: Int) {
        let most = 28
        let largest = max(1, squares.bounds.magnitudeAsDouble + epsilon)
        guard largest < 0x1p80 else {
            throw .accumulatorOverflow(layer: builder.currentName, bits: 80)
        }
        // Even, so that its root is a power of two.
        var shift = Int(largest.exponent) + 2 - most
        shift += shift & 1
        var v = squares
        if shift > 0 {
            v = try rounded(squares, to: FixedPointFormat(bits: most + 2, fractionalBits: -shift))
        }
        let extents = v.layout.extents
        let offset = max(1, Rounding.halfUp(epsilon * Rounding.powerOfTwo(-shift)))
        let wire = try add(
            .affine(
                Affine(
                    extents: extents, constant: Int128(offset),
                    terms: [
                        .init(
                            Int128(1) << Int128(max(0, -shift)), v.wire, Array(extents.indices))
                    ])))
        return (wire, shift, most)
    }
}

extension IntegerBounds {
    /// What lies in both; they must overlap.
    func intersection(_ other: IntegerBounds) -> IntegerBounds {
        IntegerBounds(max(low, other.low), min(high, other.high))
    }
}
