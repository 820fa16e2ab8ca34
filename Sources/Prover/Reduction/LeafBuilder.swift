import Circuits
import Field
import ProofSystem

/// The leaves of the fraction tree, block by block.
struct LeafBuilder {
    let tree: FractionTree
    let alpha: Fr
    let beta: Fr
    let witness: Witness
    let multiplicities: [TensorID: CellArray]

    /// Numerators (masks, negated multiplicities, zeros in the gaps), denominators, and where both
    /// repeat: there only the first of a run is given.
    func build() -> (numerators: CellArray, denominators: [Fr], runs: TableRuns) {
        let count = 1 << tree.depth
        var numerators = [Int64](repeating: 0, count: count)
        var fieldNumerators: [(offset: Int, cells: [Fr])] = []
        // Runs in a small tree save nothing.
        var flags = [UInt8](repeating: 0, count: count < 64 ? 0 : count / TableRuns.length)
        let denominators: [Fr] = .filled(count) { denominators in
            var end = 0
            for block in tree.blocks {
                let range = block.offset..<block.offset + (1 << block.variableCount)
                end = range.upperBound
                let columns: [CellArray]
                var runs = TableRuns()
                switch block.source {
                case .lookup(let index):
                    let tensors = witness.system.lookups[index].columns
                    columns = tensors.map(witness.paddedCells)
                    mask(&numerators, range, witness.system.shape(tensors[0]))
                    // Integers have zeros in their padding.
                    if !flags.isEmpty, range.count >= TableRuns.length,
                        columns.allSatisfy({ if case .integers = $0 { true } else { false } })
                    {
                        let zeros = zeroRuns(numerators[range])
                        runs = TableRuns(flags: zeros)
                        flags.replaceSubrange(flagRange(range), with: zeros)
                    }
                case .table(let index):
                    let table = witness.system.tables[index]
                    columns = table.columns.map { self.column($0, bits: table.bits) }
                    switch multiplicities[table.multiplicity] {
                    case .integers(let counts):
                        numerators.replaceSubrange(range, with: counts.map { -$0 })
                    case .elements(let counts):
                        fieldNumerators.append((block.offset, counts.map { -$0 }))
                    case nil:
                        preconditionFailure("table \(index) has no multiplicities")
                    }
                }
                fill(
                    UnsafeMutableBufferPointer(rebasing: denominators[range]),
                    constant: alpha - FractionTree.tag(table: block.table), columns: columns,
                    runs: runs)
            }
            // Gaps are 0/1.
            let gap = flags.isEmpty ? count : roundedUp(end, to: TableRuns.length)
            denominators[end..<gap].update(repeating: .one)
            for run in stride(from: gap, to: count, by: TableRuns.length) {
                denominators[run] = .one
                flags[run / TableRuns.length] = 1
            }
        }
        let runs = TableRuns(flags: flags)
        guard !fieldNumerators.isEmpty else { return (.integers(numerators), denominators, runs) }
        var elements = FieldKernels.convert(numerators)
        for (offset, cells) in fieldNumerators {
            elements.replaceSubrange(offset..<offset + cells.count, with: cells)
        }
        return (.elements(elements), denominators, runs)
    }

    /// 1 in true cells.
    private func mask(_ numerators: inout [Int64], _ range: Range<Int>, _ shape: TensorShape) {
        let ones = CellArray.integers(Array(repeating: 1, count: shape.cellCount)).gathered(
            extents: shape.extents, strides: shape.strides, padded: shape.paddedExtents)
        if case .integers(let cells) = ones { numerators.replaceSubrange(range, with: cells) }
    }

    /// A flag for every run of cells: whether all are zero.
    private func zeroRuns(_ cells: ArraySlice<Int64>) -> [UInt8] {
        cells.withUnsafeBufferPointer { cells in
            stride(from: 0, to: cells.count, by: TableRuns.length).map { run in
                cells[run..<run + TableRuns.length].allSatisfy { $0 == 0 } ? 1 : 0
            }
        }
    }

    private func flagRange(_ leaves: Range<Int>) -> Range<Int> {
        leaves.lowerBound / TableRuns.length..<leaves.upperBound / TableRuns.length
    }

    private func roundedUp(_ value: Int, to multiple: Int) -> Int {
        (value + multiple - 1) / multiple * multiple
    }

    /// A table's column over its rows.
    private func column(_ column: TableColumn, bits: Int) -> CellArray {
        let rows = 1 << bits
        switch column {
        case .index(let lowest): return .integers((0..<rows).map { Int64(lowest + $0) })
        case .saturationFlag, .firstRow, .lastRow:
            var flags = [Int64](repeating: 0, count: rows)
            if column == .firstRow { flags[0] = 1 } else { flags[rows - 1] = 1 }
            if column == .saturationFlag { flags[0] -= 1 }
            return .integers(flags)
        case .constant(let tensor): return witness.paddedCells(tensor)
        }
    }

    /// constant − Σ beta^(j+1) · column_j.
    private func fill(
        _ denominators: UnsafeMutableBufferPointer<Fr>, constant: Fr, columns: [CellArray],
        runs: TableRuns
    ) {
        var weights = [beta]
        for _ in 1..<columns.count { weights.append(weights[weights.count - 1] * beta) }
        let integers = columns.compactMap { column -> [Int64]? in
            if case .integers(let cells) = column { cells } else { nil }
        }
        if integers.count == columns.count {
            withBuffers(integers) {
                FractionTreeKernels.leafDenominators(
                    constant: constant, columns: $0, weights: weights, into: denominators,
                    runs: runs)
            }
            return
        }
        denominators.update(repeating: constant)
        for (column, weight) in zip(columns, weights) {
            column.asElements().withUnsafeBufferPointer {
                FieldKernels.accumulate(-weight, times: $0, into: denominators)
            }
        }
    }
}
