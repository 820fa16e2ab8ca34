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

    /// Numerators (masks, negated multiplicities, zeros in the gaps) and denominators.
    func build() -> (numerators: CellArray, denominators: [Fr]) {
        let count = 1 << tree.depth
        var numerators = [Int64](repeating: 0, count: count)
        var fieldNumerators: [(offset: Int, cells: [Fr])] = []
        var denominators = [Fr](repeating: .one, count: count)
        for block in tree.blocks {
            let range = block.offset..<block.offset + (1 << block.variableCount)
            let columns: [CellArray]
            switch block.source {
            case .lookup(let index):
                let tensors = witness.system.lookups[index].columns
                columns = tensors.map(witness.paddedCells)
                let shape = witness.system.shape(tensors[0])
                CellArray.integers(Array(repeating: 1, count: shape.cellCount)).gathered(
                    extents: shape.extents, strides: shape.strides, padded: shape.paddedExtents
                ).withIntegers { numerators.replaceSubrange(range, with: $0) }
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
            let constant = alpha - FractionTree.tag(table: block.table)
            fill(&denominators, range, constant: constant, columns: columns)
        }
        guard !fieldNumerators.isEmpty else { return (.integers(numerators), denominators) }
        var elements = FieldKernels.convert(numerators)
        for (offset, cells) in fieldNumerators {
            elements.replaceSubrange(offset..<offset + cells.count, with: cells)
        }
        return (.elements(elements), denominators)
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
        _ denominators: inout [Fr], _ range: Range<Int>, constant: Fr, columns: [CellArray]
    ) {
        var weights = [beta]
        for _ in 1..<columns.count { weights.append(weights[weights.count - 1] * beta) }
        let integers = columns.compactMap { column -> [Int64]? in
            if case .integers(let cells) = column { cells } else { nil }
        }
        denominators.withUnsafeMutableBufferPointer { denominators in
            let block = UnsafeMutableBufferPointer(rebasing: denominators[range])
            if integers.count == columns.count {
                withBuffers(integers) {
                    FractionTreeKernels.leafDenominators(
                        constant: constant, columns: $0, weights: weights, into: block)
                }
                return
            }
            block.update(repeating: constant)
            for (column, weight) in zip(columns, weights) {
                column.asElements().withUnsafeBufferPointer {
                    FieldKernels.accumulate(-weight, times: $0, into: block)
                }
            }
        }
    }
}

extension CellArray {
    fileprivate func withIntegers(_ body: ([Int64]) -> Void) {
        if case .integers(let cells) = self { body(cells) }
    }
}
