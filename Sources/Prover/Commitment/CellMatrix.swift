import Circuits
import Field

/// The padded cells of a tensor as a matrix, contracted where they lie: a row for each index of the
/// first variables, a column for each of the last ones.
struct CellMatrix {
    /// The padded axes that rows or columns run over.
    struct Side {
        /// True and padded extents, outermost first.
        fileprivate var axes: [(extent: Int, padded: Int)]

        fileprivate var trueCount: Int { axes.reduce(1) { $0 * $1.extent } }
        var variableCount: Int { axes.reduce(0) { $0 + log2Ceiling($1.padded) } }

        /// The true places of a padded vector.
        fileprivate func compressed(_ vector: [Fr]) -> [Fr] {
            FieldKernels.check(vector.count, 1 << variableCount)
            return CellArray.elements(vector).gathered(
                extents: axes.map(\.extent), strides: rowMajorStrides(axes.map(\.padded)),
                padded: axes.map(\.extent)
            ).asElements()
        }

        /// The vector with zeros in its padding.
        fileprivate func expanded(_ vector: [Fr]) -> [Fr] {
            FieldKernels.check(vector.count, trueCount)
            return CellArray.elements(vector).gathered(
                extents: axes.map(\.extent), strides: rowMajorStrides(axes.map(\.extent)),
                padded: axes.map(\.padded)
            ).asElements()
        }
    }

    private let cells: CellArray
    let rows: Side
    let columns: Side
    /// Cells of the last true row, which ends early where rows cut the outermost axis.
    private let lastRowCount: Int

    /// - Returns: nil when true cells, cut there, are no matrix.
    init?(_ stored: StoredCells, columnVariables: Int) {
        var rows = stored.axes
        var columns: [(extent: Int, padded: Int)] = []
        var missing = columnVariables
        while missing > 0, let axis = rows.last, log2Ceiling(axis.padded) <= missing {
            missing -= log2Ceiling(axis.padded)
            columns.append(rows.removeLast())
        }
        var lastRowCount = columns.reduce(1) { $0 * $1.extent } << missing
        if missing > 0 {
            guard let axis = rows.popLast() else { return nil }
            let rest = axis.extent & (1 << missing - 1)
            guard rest == 0 || rows.isEmpty else { return nil }
            // Rows are cut where memory is one behind the other: columns may have padding.
            columns.append((1 << missing, 1 << missing))
            rows.append(((axis.extent + 1 << missing - 1) >> missing, axis.padded >> missing))
            if rest > 0 { lastRowCount = lastRowCount >> missing * rest }
        }
        cells = stored.cells
        self.rows = Side(axes: rows)
        self.columns = Side(axes: columns.reversed())
        self.lastRowCount = lastRowCount
    }

    private var wholeRows: Int {
        lastRowCount == columns.trueCount ? rows.trueCount : rows.trueCount - 1
    }

    /// Σ_row weights[row] · V[row, ·], on padded columns.
    func combinedRows(_ weights: [Fr]) -> [Fr] {
        let weights = rows.compressed(weights)
        let (count, width) = (wholeRows, columns.trueCount)
        var sums = cells.contracted(
            .init(
                kept: (.init(extent: 1, stride: 0), .init(extent: width, stride: 1)),
                summed: .init(extent: count, stride: width)),
            from: 0, with: Array(weights[..<count]))
        if count < weights.count {
            let last = count * width..<count * width + lastRowCount
            sums.withUnsafeMutableBufferPointer {
                cells.accumulate(
                    last, times: weights[count], into: .init(rebasing: $0[..<lastRowCount]))
            }
        }
        return columns.expanded(sums)
    }

    /// Σ_column weights[column] · V[·, column], on padded rows.
    func combinedColumns(_ weights: [Fr]) -> [Fr] {
        let weights = columns.compressed(weights)
        let (count, width) = (wholeRows, columns.trueCount)
        var sums = cells.contracted(
            ContractionKernels.layout(before: count, extent: width, after: 1), from: 0,
            with: weights)
        if count < rows.trueCount {
            sums += cells.contracted(
                ContractionKernels.layout(before: 1, extent: lastRowCount, after: 1),
                from: count * width, with: Array(weights[..<lastRowCount]))
        }
        return rows.expanded(sums)
    }
}
