// Views, merges and affine tensors on true cells. Einsums are evaluated by the interpreter.

extension View {
    /// The view's cells, from those of its source.
    ///
    /// One pass over the cells of the view; the range of the last label that stays inside the
    /// source is found once a run.
    func evaluated(on source: [Int64], shape: TensorShape) -> [Int64] {
        let cellCount = extents.reduce(1, *)
        var cells = [Int64](repeating: Int64(fill), count: cellCount)
        let strides = shape.strides
        // For each label the axis it moves along, and how far.
        var axisOfLabel = [Int](repeating: 0, count: extents.count)
        var coefficients = [Int](repeating: 0, count: extents.count)
        for (axis, index) in operand.axes.enumerated() {
            for term in index.terms {
                axisOfLabel[term.label] = axis
                coefficients[term.label] = term.coefficient
            }
        }
        var position = operand.axes.map(\.offset)
        let runLabel = extents.count - 1
        let runLength = extents.last ?? 1
        var label = [Int](repeating: 0, count: extents.count)
        var cell = 0
        while true {
            // Axes that the run does not move along must be inside.
            var inside = true
            var start = 0
            for axis in position.indices {
                start &+= position[axis] &* strides[axis]
                if runLabel >= 0, axisOfLabel[runLabel] == axis { continue }
                inside = inside && position[axis] >= 0 && position[axis] < shape.extents[axis]
            }
            if inside, runLabel < 0 {
                cells[cell] = source[start]
            } else if inside {
                let axis = axisOfLabel[runLabel]
                let values = IndexInterval.values(
                    step: coefficients[runLabel], low: -position[axis],
                    high: shape.extents[axis] - 1 - position[axis], count: runLength)
                let stride = coefficients[runLabel] * strides[axis]
                for value in values { cells[cell + value] = source[start &+ value &* stride] }
            }
            cell += runLength
            var outer = runLabel - 1
            while outer >= 0 {
                label[outer] += 1
                position[axisOfLabel[outer]] += coefficients[outer]
                if label[outer] < extents[outer] { break }
                position[axisOfLabel[outer]] -= coefficients[outer] * extents[outer]
                label[outer] = 0
                outer -= 1
            }
            if outer < 0 { return cells }
        }
    }
}

/// Why an affine sum is no 64-bit integer.
enum AffineFault: Error {
    case overflow
    case inexactShift
}

extension Affine {
    /// (constant + Σ coefficient · source) · 2^−rightShift, from the sources' cells in term order.
    ///
    /// 64-bit arithmetic where the largest cells show that no sum can leave it, else 128-bit
    /// arithmetic that reports overflow.
    func evaluated(on sources: [[Int64]]) throws(AffineFault) -> [Int64] {
        let cells = fitsInt64(sources) ? wrappingSum(sources) : try checkedSum(sources)
        guard rightShift > 0 else { return cells }
        // A sum of 64 bits that is a multiple of 2^64 or more is 0.
        let shift = Int64(min(rightShift, 63))
        let low: Int64 = rightShift > 63 ? -1 : (1 << shift) &- 1
        var residue: Int64 = 0
        var shifted = cells
        for cell in shifted.indices {
            residue |= shifted[cell] & low
            shifted[cell] >>= shift
        }
        guard residue == 0 else { throw .inexactShift }
        return shifted
    }

    /// Whether |constant| + Σ |coefficient| · largest |cell| < 2^63.
    private func fitsInt64(_ sources: [[Int64]]) -> Bool {
        var bound = constant.magnitude
        for (term, cells) in zip(terms, sources) {
            let (product, overflow) = term.coefficient.magnitude.multipliedReportingOverflow(
                by: UInt128(cells.largestMagnitude))
            // Both summands are below 2^63 + 2^100 when nothing is refused.
            guard !overflow, product < 1 << 63 else { return false }
            bound += product
        }
        return bound < 1 << 63
    }

    private func wrappingSum(_ sources: [[Int64]]) -> [Int64] {
        var sums = [Int64](
            repeating: Int64(truncatingIfNeeded: constant), count: extents.reduce(1, *))
        for (term, cells) in zip(terms, sources) {
            // A coefficient of more than 64 bits meets only cells that are 0.
            let coefficient = Int64(truncatingIfNeeded: term.coefficient)
            let runs = runs(of: term)
            let stride = runs.runStride
            runs.eachRun { dense, start in
                if stride == 1 {
                    for i in 0..<runs.runLength {
                        sums[dense + i] &+= coefficient &* cells[start + i]
                    }
                } else {
                    var position = start
                    for i in 0..<runs.runLength {
                        sums[dense + i] &+= coefficient &* cells[position]
                        position += stride
                    }
                }
            }
        }
        return sums
    }

    private func checkedSum(_ sources: [[Int64]]) throws(AffineFault) -> [Int64] {
        var sums = [Int128](repeating: constant, count: extents.reduce(1, *))
        for (term, cells) in zip(terms, sources) {
            let runs = runs(of: term)
            try runs.eachRun { dense, start throws(AffineFault) in
                for i in 0..<runs.runLength {
                    let (product, o1) = term.coefficient.multipliedReportingOverflow(
                        by: Int128(cells[start + i * runs.runStride]))
                    let (sum, o2) = sums[dense + i].addingReportingOverflow(product)
                    guard !o1, !o2 else { throw .overflow }
                    sums[dense + i] = sum
                }
            }
        }
        var cells: [Int64] = []
        cells.reserveCapacity(sums.count)
        for sum in sums {
            guard let cell = Int64(exactly: sum) else { throw .overflow }
            cells.append(cell)
        }
        return cells
    }

    private func runs(of term: Term) -> StridedRuns {
        var strides = [Int](repeating: 0, count: extents.count)
        let sourceStrides = rowMajorStrides(term.labels.map { extents[$0] })
        for (label, stride) in zip(term.labels, sourceStrides) { strides[label] = stride }
        return StridedRuns(extents: extents, strides: strides)
    }
}

extension [Int64] {
    /// A number at least as large as every |cell| and at most twice the largest.
    public var largestMagnitude: UInt64 {
        // Bits in which some cell differs from its sign: those of |v|, or of |v| − 1 for v < 0.
        var bits: UInt64 = 0
        var signs: Int64 = 0
        for cell in self {
            bits |= UInt64(bitPattern: cell ^ (cell >> 63))
            signs |= cell
        }
        return bits + (signs < 0 ? 1 : 0)
    }
}
