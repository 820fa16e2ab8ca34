import Circuits
import Field

/// One factor of a kernel: a vector over one axis of a tensor, or over a group of merged axes.
public enum KernelFactor<Scalar: ScalarAlgebra>: Sendable, Hashable {
    /// eq(point, ·) over the padded axis.
    case eq(Point<Scalar>, extent: Int)
    /// eq(point, ·) on indices below the extent, 0 beyond.
    case maskedEq(Point<Scalar>, extent: Int)
    /// k[a] = Σ Π labelKernel(i) over label values, below their extents, with
    /// Σ coefficient · i + offset = a; 0 beyond the axis's extent.
    case window(extent: Int, offset: Int, terms: [WindowTerm<Scalar>])
    /// The factor of a merged axis m, read at m = Σ index · stride over the axes it joins.
    indirect case merged(extents: [Int], KernelFactor)

    /// How many axes of the tensor it covers.
    public var axisCount: Int {
        if case .merged(let extents, _) = self { extents.count } else { 1 }
    }

    public var point: Point<Scalar>? {
        if case .eq(let point, _) = self { point } else { nil }
    }
}

extension KernelFactor {
    /// By the ends of points only: an axis has a run of challenges that were drawn one after the
    /// other, and a kernel is looked up for every claim.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .eq(let point, let extent), .maskedEq(let point, let extent):
            hasher.combine(extent)
            hasher.combine(point.first?.slot)
            hasher.combine(point.last?.slot)
        case .window(let extent, let offset, let terms):
            hasher.combine(extent)
            hasher.combine(offset)
            hasher.combine(terms)
        case .merged(let extents, let factor):
            hasher.combine(extents)
            factor.hash(into: &hasher)
        }
    }
}

public struct WindowTerm<Scalar: ScalarAlgebra>: Sendable, Hashable {
    public var coefficient: Int
    public var extent: Int
    public var factor: KernelFactor<Scalar>
}

extension KernelFactor {
    /// The vector on true indices (merged: on true cells of the group, row-major).
    ///
    /// O(extents of the axis and its labels).
    @_specialize(where Scalar == Fr)
    public func values() -> [Scalar] {
        switch self {
        case .eq(let point, let extent), .maskedEq(let point, let extent):
            return StructuredPolynomials.eqPrefix(point.values(), count: extent)
        case .window(let extent, let offset, let terms):
            var vector = [Scalar](repeating: .zero, count: extent)
            // Positions reached by all terms but the last, with their weights.
            var reached: [(position: Int, weight: Scalar)] = [(offset, .one)]
            for term in terms.dropLast() {
                let weights = term.factor.values()
                var next: [(position: Int, weight: Scalar)] = []
                next.reserveCapacity(reached.count * term.extent)
                for (position, weight) in reached {
                    for i in 0..<term.extent {
                        next.append((position + term.coefficient * i, weight * weights[i]))
                    }
                }
                reached = next
            }
            guard let last = terms.last else {
                if vector.indices.contains(offset) { vector[offset] = .one }
                return vector
            }
            let weights = last.factor.values()
            for (position, weight) in reached {
                let inside = IndexInterval.values(
                    step: last.coefficient, low: -position, high: extent - 1 - position,
                    count: last.extent)
                for i in inside { vector[position + last.coefficient * i] += weight * weights[i] }
            }
            return vector
        case .merged(_, let factor):
            return factor.values()
        }
    }

    /// Σ of the vector over true indices.
    @_specialize(where Scalar == Fr)
    public func sum() -> Scalar {
        switch self {
        case .eq(let point, let extent), .maskedEq(let point, let extent):
            return StructuredPolynomials.lessThan(extent, point.values())
        case .window, .merged:
            return values().reduce(.zero, +)
        }
    }

    /// The number of variables of the axes it covers.
    public var variableCount: Int {
        switch self {
        case .eq(let point, _), .maskedEq(let point, _): point.count
        case .window(let extent, _, _): log2Ceiling(extent)
        case .merged(let extents, _): extents.reduce(0) { $0 + log2Ceiling($1) }
        }
    }

    /// The factor's multilinear extension at `z`, of `variableCount` coordinates.
    @_specialize(where Scalar == Fr)
    public func evaluate(at z: ArraySlice<Scalar>) -> Scalar {
        switch self {
        case .eq(let point, _):
            // As StructuredPolynomials.eq, without arrays: most factors of most claims are these.
            var result = Scalar.one
            for (challenge, y) in zip(point, z) {
                let xy = challenge.value * y
                result *= Scalar.one - challenge.value - y + xy + xy
            }
            return result
        case .maskedEq(let point, let extent):
            return StructuredPolynomials.maskedEq(extent, point.values(), Array(z))
        case .window(let extent, let offset, let terms):
            // The vector's steps: those that a circuit is allowed.
            let combinations = terms.reduce(1) { min($0 * $1.extent, 1 << 30) }
            if let value = Self.windowByDigits(
                extent: extent, offset: offset, terms: terms, at: Array(z),
                limit: combinations + 2 * extent)
            {
                return value
            }
            return inner(values(), StructuredPolynomials.eqPrefix(Array(z), count: extent))
        case .merged(let extents, let factor):
            let axes = Array(z).split(extents.map(log2Ceiling))
            var weights = [Scalar.one]
            for (extent, coordinates) in zip(extents, axes) {
                let axis = StructuredPolynomials.eqPrefix(coordinates, count: extent)
                weights = weights.flatMap { weight in axis.map { weight * $0 } }
            }
            return inner(factor.values(), weights)
        }
    }

    /// The vector over the padded cells of the axes it covers: the polynomial that
    /// ``evaluate(at:)`` evaluates.
    public func paddedValues() -> [Scalar] {
        switch self {
        case .eq(let point, _):
            return StructuredPolynomials.eqTable(point.values())
        case .maskedEq(_, let extent), .window(let extent, _, _):
            return values()
                + [Scalar](repeating: .zero, count: (1 << log2Ceiling(extent)) - extent)
        case .merged(let extents, let factor):
            let padded = rowMajorStrides(extents.map { 1 << log2Ceiling($0) })
            let strides = rowMajorStrides(extents)
            var table = [Scalar](repeating: .zero, count: 1 << variableCount)
            for (cell, value) in factor.values().enumerated() {
                var index = 0
                for (axis, extent) in extents.enumerated() {
                    index += cell / strides[axis] % extent * padded[axis]
                }
                table[index] = value
            }
            return table
        }
    }

    private func inner(_ a: [Scalar], _ b: [Scalar]) -> Scalar {
        zip(a, b).reduce(.zero) { $0 + $1.0 * $1.1 }
    }
}

/// K of a claim <T, K> = Σ T(x)·K(x): a product of factors, in axis order.
public struct Kernel<Scalar: ScalarAlgebra>: Sendable, Hashable {
    public var factors: [KernelFactor<Scalar>]

    public init(_ factors: [KernelFactor<Scalar>]) { self.factors = factors }

    /// Evaluation at a point: K = eq(point, ·).
    public init(point: Point<Scalar>, shape: TensorShape) {
        factors = zip(point.split(shape.axisVariableCounts), shape.extents).map {
            .eq($0, extent: $1)
        }
    }

    /// mask · eq(point, ·).
    public init(maskedPoint point: Point<Scalar>, shape: TensorShape) {
        factors = zip(point.split(shape.axisVariableCounts), shape.extents).map {
            .maskedEq($0, extent: $1)
        }
    }

    /// The point of each axis, when the claim is an evaluation.
    public var points: [Point<Scalar>]? {
        var points: [Point<Scalar>] = []
        for factor in factors {
            guard let point = factor.point else { return nil }
            points.append(point)
        }
        return points
    }

    /// K's multilinear extension at `z`. At most O(sum of extents).
    @_specialize(where Scalar == Fr)
    public func evaluate(at z: ArraySlice<Scalar>) -> Scalar {
        var result = Scalar.one
        var start = z.startIndex
        for factor in factors {
            let end = start + factor.variableCount
            result *= factor.evaluate(at: z[start..<end])
            start = end
        }
        return result
    }

    /// <T, K> for a tensor of public integers, its true cells row-major. O(cells).
    @_specialize(where Scalar == Fr)
    public func contract(_ cells: [Scalar.PublicInteger]) -> Scalar {
        guard let last = factors.last else { return .innerProduct([.one], cells[...]) }
        var values = last.contractRows(cells)
        // From the last factor: each step sums a contiguous run.
        for factor in factors.dropLast().reversed() {
            let vector = factor.values()
            let rows = values.count / vector.count
            values = (0..<rows).map { row in
                var sum = Scalar.zero
                for (i, weight) in vector.enumerated() {
                    sum += values[row * vector.count + i] * weight
                }
                return sum
            }
        }
        return values[0]
    }
}

extension KernelFactor {
    /// The inner products of the vector with each run of as many integers.
    ///
    /// eq's vector is the product of two short ones, of its high and of its low coordinates; a
    /// multiplication of two elements is left for each run of the low one.
    @_specialize(where Scalar == Fr)
    fileprivate func contractRows(_ cells: [Scalar.PublicInteger]) -> [Scalar] {
        let lowCount: Int
        let high: [Scalar]
        let low: [Scalar]
        let extent: Int
        switch self {
        case .eq(let point, let axis), .maskedEq(let point, let axis):
            extent = axis
            lowCount = 1 << min(8, point.count)
            let split = point.count - min(8, point.count)
            low = StructuredPolynomials.eqPrefix(point[split...].map(\.value), count: extent)
            high = StructuredPolynomials.eqPrefix(
                point[..<split].map(\.value), count: (extent + lowCount - 1) / lowCount)
        case .window, .merged:
            low = values()
            high = [.one]
            extent = low.count
            lowCount = extent
        }
        return stride(from: 0, to: cells.count, by: extent).map { row in
            var sum = Scalar.zero
            for (run, weight) in high.enumerated() {
                let start = run * lowCount
                let end = min(start + lowCount, extent)
                sum += weight * Scalar.innerProduct(low, cells[row + start..<row + end])
            }
            return sum
        }
    }
}
