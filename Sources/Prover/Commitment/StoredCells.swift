import Circuits
import Field

/// A committed tensor's cells as the prover has them, read stretch by stretch over its padded
/// cells: padding is never stored.
struct StoredCells {
    /// True cells, row-major.
    let cells: CellArray
    /// Axes with their true and padded extents, outermost first; those joined that lie one behind
    /// the other.
    let axes: [(extent: Int, padded: Int)]

    /// Every padded cell.
    init(padded cells: CellArray) {
        (self.cells, axes) = (cells, [(cells.count, cells.count)])
    }

    /// True cells of a shape; zeros in the padding.
    init(_ cells: [Int64], shape: TensorShape) {
        self.cells = .integers(cells)
        var axes: [(extent: Int, padded: Int)] = []
        for (extent, padded) in zip(shape.extents, shape.paddedExtents).reversed() {
            if let inner = axes.last, inner.extent == inner.padded {
                axes[axes.count - 1] = (extent * inner.extent, padded * inner.padded)
            } else {
                axes.append((extent, padded))
            }
        }
        self.axes = axes.reversed()
    }

    var variableCount: Int { axes.reduce(0) { $0 + log2Ceiling($1.padded) } }
    private var isPadded: Bool { axes.contains { $0.extent != $0.padded } }

    /// All of them, zeros in the padding.
    var paddedCells: CellArray {
        cells.gathered(
            extents: axes.map(\.extent), strides: rowMajorStrides(axes.map(\.extent)),
            padded: axes.map(\.padded))
    }

    var areIntegers: Bool {
        if case .integers = cells { true } else { false }
    }

    /// Writes the padded cells of a range.
    ///
    /// - Precondition: ``areIntegers``, and as many places as the range has cells.
    func copy(_ range: Range<Int>, to target: UnsafeMutableBufferPointer<Int64>) {
        guard case .integers(let cells) = cells else {
            preconditionFailure("field elements are not copied as integers")
        }
        precondition(target.count == range.count, "\(target.count) places for \(range)")
        cells.withUnsafeBufferPointer { cells in
            guard isPadded else {
                _ = target.update(fromContentsOf: cells[range])
                return
            }
            target.update(repeating: 0)
            forEachRun(in: range) { run, source in
                _ = UnsafeMutableBufferPointer(rebasing: target[run]).update(
                    fromContentsOf: cells[source..<source + run.count])
            }
        }
    }

    /// Adds coefficient · cell to a padded range of cells.
    func accumulate(
        _ range: Range<Int>, times coefficient: Fr, into target: UnsafeMutableBufferPointer<Fr>
    ) {
        precondition(target.count == range.count, "\(target.count) places for \(range)")
        guard isPadded else {
            cells.accumulate(range, times: coefficient, into: target)
            return
        }
        // Rows may be short: one pass over all of them.
        let padded = [Int64].filled(range.count) {
            $0.initialize(repeating: 0)
            copy(range, to: $0)
        }
        CellArray.integers(padded).accumulate(
            0..<range.count, times: coefficient, into: target)
    }

    /// The runs of true cells in a padded range: where each lies in the range, and its first cell.
    private func forEachRun(in range: Range<Int>, _ body: (Range<Int>, Int) -> Void) {
        let row = axes[axes.count - 1]
        var start = range.lowerBound
        while start < range.upperBound {
            let padded = start / row.padded * row.padded
            let end = min(padded + row.padded, range.upperBound)
            if let source = firstCell(ofRow: start / row.padded) {
                let first = start - padded
                let last = min(end - padded, row.extent)
                if first < last {
                    let offset = start - range.lowerBound
                    body(offset..<offset + last - first, source + first)
                }
            }
            start = end
        }
    }

    /// Where a padded row's true cells begin; nil when the row is padding.
    private func firstCell(ofRow row: Int) -> Int? {
        var rest = row
        var stride = axes[axes.count - 1].extent
        var cell = 0
        for axis in axes.dropLast().reversed() {
            let index = rest % axis.padded
            guard index < axis.extent else { return nil }
            cell += index * stride
            stride *= axis.extent
            rest /= axis.padded
        }
        return cell
    }
}

extension Witness {
    /// The cells of a tensor that has a value.
    func storedCells(_ id: TensorID) -> StoredCells {
        switch values[id.index] {
        case .integers(let cells): return StoredCells(cells, shape: system.shape(id))
        case .padded(let cells): return StoredCells(padded: .elements(cells))
        case nil: preconditionFailure("tensor \(id.index) has no value")
        }
    }
}
