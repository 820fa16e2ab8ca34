// The honest prover's advice on true cells, quantization.md.

/// round half up (x / 2^shift) for any 64-bit x, without overflow:
/// ⌊x / 2^s⌋ plus bit s − 1 of x.
struct RoundingShift {
    private let whole: Int64
    private let half: Int64
    private let halfMask: Int64

    init(_ shift: Int) {
        // From 64 on the quotient is 0: the sign −1 plus the sign bit 1, or 0 + 0.
        whole = Int64(min(shift, 63))
        half = Int64(min(max(shift - 1, 0), 63))
        halfMask = shift == 0 ? 0 : 1
    }

    func callAsFunction(_ x: Int64) -> Int64 { (x &>> whole) &+ ((x &>> half) & halfMask) }
}

extension IntegerDomain {
    var range: ClosedRange<Int64> { Int64(lowest)...Int64(highest) }

    /// How far a value lies outside; 0 inside.
    func distance(_ value: Int64) -> UInt64 {
        let range = self.range
        // The differences are below 2^64; as unsigned integers they do not wrap.
        if value > range.upperBound { return UInt64(bitPattern: value &- range.upperBound) }
        if value < range.lowerBound { return UInt64(bitPattern: range.lowerBound &- value) }
        return 0
    }
}

enum AdviceEvaluation {
    /// Quotients clamped to the domain.
    ///
    /// - Parameter tooFar: Called for the first quotient more than `slack` outside the domain.
    static func rounded(
        _ cells: [Int64], shift: Int, domain: IntegerDomain, slack: UInt64,
        tooFar: (_ cell: Int, _ quotient: Int64) -> WitnessError
    ) throws(WitnessError) -> [Int64] {
        let round = RoundingShift(shift)
        let range = domain.range
        var quotients = cells
        for cell in quotients.indices {
            let quotient = round(quotients[cell])
            if range.contains(quotient) {
                quotients[cell] = quotient
            } else {
                guard domain.distance(quotient) <= slack else { throw tooFar(cell, quotient) }
                quotients[cell] = min(max(quotient, range.lowerBound), range.upperBound)
            }
        }
        return quotients
    }

    /// Distances of quotients from the domain; nil where one is no 64-bit integer.
    static func overshoot(_ cells: [Int64], shift: Int, domain: IntegerDomain) -> [Int64]? {
        let round = RoundingShift(shift)
        var distances = cells
        for cell in distances.indices {
            let distance = domain.distance(round(distances[cell]))
            guard distance >> 63 == 0 else { return nil }
            distances[cell] = Int64(distance)
        }
        return distances
    }

    static func saturationFlag(_ cells: [Int64], domain: IntegerDomain) -> [Int64] {
        let range = domain.range
        return cells.map { $0 == range.upperBound ? 1 : $0 == range.lowerBound ? -1 : 0 }
    }

    /// - Precondition: every cell is in the domain, whose size the column has.
    static func tableValue(
        _ cells: [Int64], domain: IntegerDomain, column: [Int64]
    ) -> [Int64] {
        let lowest = Int64(domain.lowest)
        return cells.map { column[Int($0 - lowest)] }
    }

    static func limb(_ cells: [Int64], shift: Int, bits: Int) -> [Int64] {
        let mask: Int64 = (1 << bits) - 1
        return cells.map { ($0 >> shift) & mask }
    }

    /// The largest cell along `axes`, and how far the smallest lies below it.
    static func maximum(
        _ cells: [Int64], shape: TensorShape, axes: [Int]
    ) -> (largest: [Int64], spread: [UInt64]) {
        let runs = keptRuns(shape, reducing: axes)
        let count = shape.removing(axes).cellCount
        var largest = [Int64](repeating: .min, count: count)
        var smallest = [Int64](repeating: .max, count: count)
        runs.eachRun { dense, kept in
            var position = kept
            for i in dense..<dense + runs.runLength {
                largest[position] = Swift.max(largest[position], cells[i])
                smallest[position] = Swift.min(smallest[position], cells[i])
                position += runs.runStride
            }
        }
        return (largest, zip(largest, smallest).map { UInt64(bitPattern: $0 &- $1) })
    }

    /// 1 at the first cell along `axes` that is 0, else 0.
    static func firstZero(_ cells: [Int64], shape: TensorShape, axes: [Int]) -> [Int64] {
        let runs = keptRuns(shape, reducing: axes)
        var found = [Bool](repeating: false, count: shape.removing(axes).cellCount)
        var selector = [Int64](repeating: 0, count: cells.count)
        // Row-major order over all axes is row-major order over those that are reduced.
        runs.eachRun { dense, kept in
            var position = kept
            for i in dense..<dense + runs.runLength {
                if cells[i] == 0, !found[position] {
                    found[position] = true
                    selector[i] = 1
                }
                position += runs.runStride
            }
        }
        return selector
    }

    /// Runs over a tensor beside the tensor without `axes`.
    static func keptRuns(_ shape: TensorShape, reducing axes: [Int]) -> StridedRuns {
        let kept = shape.keptAxes(without: axes)
        var strides = [Int](repeating: 0, count: shape.rank)
        for (axis, stride) in zip(kept, rowMajorStrides(kept.map { shape.extents[$0] })) {
            strides[axis] = stride
        }
        return StridedRuns(extents: shape.extents, strides: strides)
    }
}
