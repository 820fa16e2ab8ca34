import Circuits
import Field
import ProofSystem

/// A large block of a vector in the final batch, as a matrix: rows are its first variables'
/// indices, columns its last ones'.
///
/// The kernel is Σ A_g ⊗ B_g over groups of claims with the same A on the rows. While column
/// variables are bound, the sum is Σ_g Σ_columns y_g·B_g with y_g = Aᵍᵀ·V; then it is
/// Σ_rows z·K with z = V·eq(challenges, ·) and K = Σ_g B_g(challenges) · A_g. So all that is done to
/// the cells is one pass a group and one more, each a small-integer multiply-add a true cell, and no
/// table is longer than the matrix is wide or high.
struct FactoredBlock {
    private struct Group {
        /// A on all padded rows.
        var rows: [Fr]
        /// y and B.
        var columns: PairedTables
    }

    private enum Phase {
        case columns([Group])
        case rows(PairedTables)
    }

    private let matrix: CellMatrix
    private var phase: Phase
    private var challenges: [Fr] = []

    /// - Parameter kernels: weight · kernel, added up, of the claims on the block.
    init(_ cells: StoredCells, _ kernels: [(weight: Fr, kernel: Kernel<Fr>)]) {
        let (matrix, parts) = Self.cut(cells, kernels)
        self.matrix = matrix
        guard matrix.columns.variableCount > 0 else {
            var kernel = [Fr](repeating: .zero, count: 1 << matrix.rows.variableCount)
            for (weight, part) in parts {
                part.rows.accumulate(into: &kernel, at: 0, weight: weight)
            }
            phase = .rows(PairedTables(cells.paddedCells, kernel: kernel))
            return
        }
        var columns: [(rows: Kernel<Fr>, kernel: [Fr])] = []
        var groups: [Kernel<Fr>: Int] = [:]
        for (weight, part) in parts {
            let group = groups[part.rows] ?? columns.count
            if group == columns.count {
                groups[part.rows] = group
                columns.append(
                    (part.rows, .init(repeating: .zero, count: 1 << matrix.columns.variableCount)))
            }
            part.columns.accumulate(into: &columns[group].kernel, at: 0, weight: weight)
        }
        phase = .columns(
            columns.map { rows, kernel in
                let rows = rows.paddedVector()
                return Group(
                    rows: rows,
                    columns: PairedTables(
                        .elements(matrix.combinedRows(rows)), kernel: kernel))
            })
    }

    /// Cells and kernels cut at the same place, as near to the middle as there is one; at worst
    /// all is rows.
    private static func cut(
        _ cells: StoredCells, _ kernels: [(weight: Fr, kernel: Kernel<Fr>)]
    ) -> (CellMatrix, [(weight: Fr, parts: (rows: Kernel<Fr>, columns: Kernel<Fr>))]) {
        let count = cells.variableCount
        let candidates = (0..<count).sorted { abs(2 * $0 - count) < abs(2 * $1 - count) }
        for columnVariables in candidates {
            guard let matrix = CellMatrix(cells, columnVariables: columnVariables) else { continue }
            let parts = kernels.compactMap { weight, kernel in
                kernel.cut(columnVariables: columnVariables).map { (weight, $0) }
            }
            if parts.count == kernels.count { return (matrix, parts) }
        }
        preconditionFailure("a block of one cell has no rows")
    }

    /// The last two cells, when no others are left: from here on the block is part of what follows.
    var lastPair: PairedTables? {
        if case .rows(let tables) = phase, tables.count == 2 { tables } else { nil }
    }

    /// Σ V(X)·K(X) at 0 and 2.
    mutating func roundValues() -> (at0: Fr, at2: Fr) {
        switch phase {
        case .columns(var groups):
            var sums = (at0: Fr.zero, at2: Fr.zero)
            for index in groups.indices {
                let values = groups[index].columns.roundValues()
                sums.at0 += values.at0
                sums.at2 += values.at2
            }
            return sums
        case .rows(var tables):
            return tables.roundValues()
        }
    }

    /// Fixes the last variable.
    mutating func bind(_ challenge: Fr) {
        challenges.append(challenge)
        switch phase {
        case .columns(var groups):
            for index in groups.indices { groups[index].columns.bind(challenge) }
            phase = .columns(groups)
            if challenges.count == matrix.columns.variableCount { phase = boundColumns(groups) }
        case .rows(var tables):
            tables.bind(challenge)
            phase = .rows(tables)
        }
    }

    private func boundColumns(_ groups: [Group]) -> Phase {
        var kernel = [Fr](repeating: .zero, count: 1 << matrix.rows.variableCount)
        for group in groups {
            kernel.withUnsafeMutableBufferPointer { kernel in
                group.rows.withUnsafeBufferPointer {
                    FieldKernels.accumulate(group.columns.kernel[0], times: $0, into: kernel)
                }
            }
        }
        let weights = FieldKernels.eq(challenges.reversed())
        return .rows(PairedTables(.elements(matrix.combinedColumns(weights)), kernel: kernel))
    }
}
