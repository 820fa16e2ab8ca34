import Circuits

/// A linear map with constant weights, not yet in the circuit.
///
/// While it waits, factors and offsets that follow are folded into weights and bias.
struct LinearLayer {
    enum Kind {
        /// Weights [m, c / groups, k…].
        case convolution(Window, groups: Int)
        /// x [b…, m, k] × weights [b…, k, n].
        case rightMatrix
        /// weights [b…, m, k] × x [b…, k, n].
        case leftMatrix
        /// Weights times x, element by element, broadcast as in numpy.
        case scaling
        /// Any other sum of products; the weights are one of its two operands.
        case einstein(EinsteinSum, weights: Int)
    }

    /// The node that began it, and how many have been folded in since: the same weights whenever
    /// the graph is lowered.
    struct Identity: Hashable {
        var node: Int
        var isScaling = false
        /// Tells apart the layers of a node that has several.
        var part = 0
        var folds = 0
    }

    var identity: Identity
    /// What its gadgets are called.
    var name: String
    var kind: Kind
    var input: LoweredTensor
    var weights: FloatTensor
    /// Broadcasts to the shape.
    var bias: FloatTensor?
    /// Of the linear map's own result: matrices have two axes here even where MatMul drops one.
    var shape: [Int]
    /// What the model sees; the same cells in the same order.
    var resultShape: [Int]
    /// Of integers: weights and bias are whole numbers, and stay as they are.
    var isExact = false

    /// The same cells under another shape.
    func reshaped(to shape: [Int]) -> LinearLayer {
        var result = self
        result.resultShape = shape
        return result
    }

    /// The axis of `shape` along which the rows of the weights lie.
    var channelAxis: Int? {
        switch kind {
        case .convolution: 1
        case .rightMatrix: shape.count - 1
        case .leftMatrix: shape.count - 2
        case .scaling, .einstein: nil
        }
    }

    /// For each weight the row it belongs to: the weights that meet in one sum.
    fileprivate func row(_ index: Int) -> Int {
        let extents = weights.shape
        switch kind {
        case .convolution:
            return index / extents[1...].reduce(1, *)
        case .rightMatrix:
            let (depth, columns) = (extents[extents.count - 2], extents[extents.count - 1])
            return index / (depth * columns) * columns + index % columns
        case .leftMatrix:
            return index / extents[extents.count - 1]
        case .scaling:
            return index
        case .einstein(let sum, let position):
            // The weights' own part of the result's index.
            var (rest, row, stride) = (index, 0, 1)
            for (label, extent) in zip(sum.operands[position], extents).reversed() {
                if sum.output.contains(label) {
                    row += rest % extent * stride
                    stride *= extent
                }
                rest /= extent
            }
            return row
        }
    }

    /// How many positions of the channel axis the weights have.
    private var channelCount: Int { channelAxis.map { shape[$0] } ?? 1 }

    fileprivate func channel(row: Int) -> Int { row % channelCount }
}

// MARK: - Folding

extension LinearLayer {
    /// The layer followed by a multiplication; nil when the factors differ within a row.
    func multiplied(by factor: FloatTensor) -> LinearLayer? {
        guard resultShape == shape || factor.values.count == 1 else { return nil }
        var result = self
        result.identity.folds += 1
        result.isExact = isExact && factor.isWhole(in: 1)
        let rank = shape.count
        if factor.values.count == 1, factor.shape.count <= resultShape.count {
            let value = factor.values[0]
            result.weights = weights.mapped { $0 * value }
            result.bias = bias?.mapped { $0 * value }
            return result
        }
        guard factor.shape.count <= rank else { return nil }
        let extents = Shape.padded(factor.shape, to: rank)
        guard Shape.broadcast(extents, shape) == shape else { return nil }
        switch kind {
        case .scaling:
            result.weights = weights.combined(with: factor, *)
        case .einstein:
            return nil
        case .convolution, .rightMatrix, .leftMatrix:
            guard let axis = channelAxis,
                extents.enumerated().allSatisfy({ $0.offset == axis || $0.element == 1 })
            else { return nil }
            result.weights = FloatTensor(
                shape: weights.shape,
                values: weights.values.enumerated().map {
                    $1 * factor.values[channel(row: row($0))]
                })
        }
        result.bias = bias?.combined(with: factor, *)
        return result
    }

    /// The layer followed by an addition; nil when that would broadcast the layer's result.
    func adding(_ offset: FloatTensor) -> LinearLayer? {
        guard resultShape == shape, offset.shape.count <= shape.count,
            Shape.broadcast(offset.shape, shape) == shape
        else { return nil }
        var result = self
        result.identity.folds += 1
        result.bias = bias?.combined(with: offset, +) ?? offset
        return result
    }
}

extension FloatTensor {
    func mapped(_ transform: (Double) -> Double) -> FloatTensor {
        FloatTensor(shape: shape, values: values.map(transform))
    }

    /// Element by element, broadcast as in numpy.
    ///
    /// - Precondition: The shapes broadcast.
    func combined(with other: FloatTensor, _ operation: (Double, Double) -> Double) -> FloatTensor {
        guard let shape = Shape.broadcast(shape, other.shape) else {
            preconditionFailure("\(shape) and \(other.shape) do not broadcast")
        }
        var left = BroadcastIndices(self.shape, to: shape)
        var right = BroadcastIndices(other.shape, to: shape)
        return FloatTensor(
            shape: shape,
            values: (0..<shape.reduce(1, *)).map { _ in
                operation(values[left.next()], other.values[right.next()])
            })
    }
}

// MARK: - Bounds

/// What follows from constants and calibration alone, kept from one set of table widths to the next.
final class LoweringCache {
    private var sums: [LinearLayer.Identity: WeightSums] = [:]
    private var transposes: [Int: FloatTensor] = [:]
    private var masks: [Int: SoftmaxMask]?
    /// See ``Lowering/findWantedFractionalBits()``; of the last precision alone.
    var wantedFractionalBits: [Precision: [Int]] = [:]

    func sums(of layer: LinearLayer) -> WeightSums {
        // One number is summed faster than found, and a node may scale by several.
        guard layer.weights.values.count > 1 else { return WeightSums(layer) }
        if let known = sums[layer.identity] { return known }
        let new = WeightSums(layer)
        sums[layer.identity] = new
        return new
    }

    /// Of the one graph that the cache serves.
    func masks(of graph: ModelGraph, isReadOnce: (Int) -> Bool) -> [Int: SoftmaxMask] {
        if let masks { return masks }
        let found = SoftmaxMask.all(in: graph, isReadOnce: isReadOnce)
        masks = found
        return found
    }

    /// The transpose of a matrix, a constant value of the graph.
    func transposed(_ value: Int, _ matrix: FloatTensor) -> FloatTensor {
        if let known = transposes[value] { return known }
        let new = matrix.transposed
        transposes[value] = new
        return new
    }
}

/// What bounds and error of a layer follow from, in reals; row by row.
struct WeightSums {
    struct Row {
        /// Sums of the positive and of the negative weights.
        var positive = 0.0
        var negative = 0.0
        var count = 0
        /// The bias of the row's sums.
        var bias = 0.0...0.0
    }

    let rows: [Row]
    let largestWeight: Double
    let hasBias: Bool
    private let isWhole: Bool
    /// The fewest fractional bits in which every weight is exact, where they are few, as those of
    /// selections and interpolations are.
    let exactFraction: Int?

    /// Weights with more fractional bits are rounded as any.
    private static let exactFractions = 0...8

    init(_ layer: LinearLayer) {
        var rows: [Row] = []
        var largest = 0.0
        for (index, weight) in layer.weights.values.enumerated() {
            let row = layer.row(index)
            if row >= rows.count {
                rows += Array(repeating: Row(), count: row + 1 - rows.count)
            }
            if weight > 0 { rows[row].positive += weight } else { rows[row].negative += weight }
            rows[row].count += 1
            largest = max(largest, weight.magnitude)
        }
        isWhole = layer.isExact
        hasBias = layer.bias.map { $0.values.contains { $0 != 0 } } ?? false
        if let bias = layer.bias, hasBias {
            let extents = Shape.padded(bias.shape, to: layer.shape.count)
            let isByChannel = extents.enumerated().allSatisfy {
                $0.offset == layer.channelAxis || $0.element == 1
            }
            let everywhere = (bias.values.min() ?? 0)...(bias.values.max() ?? 0)
            for row in rows.indices {
                if isByChannel, bias.values.count > 1 {
                    let value = bias.values[layer.channel(row: row)]
                    rows[row].bias = value...value
                } else {
                    rows[row].bias = everywhere
                }
            }
        }
        self.rows = rows
        largestWeight = largest
        exactFraction =
            largest >= 0x1p16
            ? nil
            : Self.exactFractions.first { fraction in
                let scale = Rounding.powerOfTwo(fraction)
                return layer.weights.values.allSatisfy { ($0 * scale).rounded() == $0 * scale }
            }
    }

    /// The largest number of terms of a sum.
    var depth: Int { rows.reduce(1) { max($0, $1.count) } }

    /// Whether weights in multiples of 1 / scale are not rounded.
    func isExact(scale: Double) -> Bool {
        if isWhole { return true }
        guard let exactFraction, let bits = Rounding.log2Exactly(scale) else { return false }
        return bits >= exactFraction
    }

    /// Proved bounds of the accumulators when weights are rounded to multiples of
    /// unit / inputUnit and the bias to multiples of `unit`.
    ///
    /// Computed in doubles and widened by more than their rounding, 2^−40 of the terms.
    func bounds(input: IntegerBounds, inputUnit: Double, unit: Double) -> IntegerBounds {
        let scale = inputUnit / unit
        let (low, high) = (Double(input.low), Double(input.high))
        let magnitude = max(low.magnitude, high.magnitude)
        let isExact = isExact(scale: scale)
        var result = (low: 0.0, high: 0.0)
        for (index, row) in rows.enumerated() {
            let reach = scale * (row.positive - row.negative) * magnitude
            // Small integers are exact in doubles.
            let slack =
                isExact && (isWhole || !hasBias) && reach + row.bias.magnitude < 0x1p50
                ? 0
                : Double(row.count) / 2 * magnitude + 2 + 0x1p-40 * reach
                    + 0x1p-40 * row.bias.magnitude / unit
            let rowLow =
                (row.positive * low + row.negative * high) * scale + row.bias.lowerBound / unit
                - slack
            let rowHigh =
                (row.positive * high + row.negative * low) * scale + row.bias.upperBound / unit
                + slack
            result =
                index == 0
                ? (rowLow, rowHigh) : (min(result.low, rowLow), max(result.high, rowHigh))
        }
        return IntegerBounds(
            Self.integer(result.low.rounded(.down)), Self.integer(result.high.rounded(.up)))
    }

    /// Saturates far beyond any bound that is accepted.
    private static func integer(_ x: Double) -> Int128 {
        x >= 0x1p100 ? 1 << 100 : x <= -0x1p100 ? -(1 << 100) : Int128(x)
    }

    /// How far an accumulator may lie from the float layer's sum, in reals.
    func error(input: LoweredTensor, unit: Double) -> Double {
        let isExact = isExact(scale: input.unit / unit)
        return rows.reduce(0) { largest, row in
            let fromInput = (row.positive - row.negative) * input.error
            let fromWeights =
                isExact ? 0 : Double(row.count) / 2 * input.bounds.magnitudeAsDouble * unit
            return max(largest, fromInput + fromWeights + (hasBias && !isWhole ? unit / 2 : 0))
        }
    }
}

extension ClosedRange<Double> {
    fileprivate var magnitude: Double { Swift.max(lowerBound.magnitude, upperBound.magnitude) }
}
