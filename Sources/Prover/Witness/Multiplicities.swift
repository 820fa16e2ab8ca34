import Circuits
import Field

/// How often each row of each table is looked up, over true cells.
enum Multiplicities {
    /// Counts, except for tables whose multiplicities the witness brings along.
    ///
    /// A tuple that is no row is not counted; the proof of such a witness does not verify.
    static func count(_ witness: Witness) -> [TensorID: CellArray] {
        let system = witness.system
        var counts = system.tables.map { [Int64](repeating: 0, count: 1 << $0.bits) }
        for lookup in system.lookups {
            let table = system.tables[lookup.table]
            guard case .index(let lowest)? = table.columns.first else { continue }
            let rows = counts[lookup.table].count
            switch witness.values[lookup.columns[0].index] {
            case .integers(let cells):
                counts[lookup.table].withUnsafeMutableBufferPointer { counts in
                    for cell in cells {
                        let row = Int(cell) &- lowest
                        if row >= 0, row < rows { counts[row] += 1 }
                    }
                }
            case .padded(let elements):
                let shape = system.shape(lookup.columns[0])
                let cells = CellArray.elements(elements).gathered(
                    extents: shape.extents, strides: shape.paddedStrides, padded: shape.extents)
                for cell in cells.asElements() {
                    let limbs = (cell - Fr(lowest)).canonicalLimbs
                    if limbs < Limbs256(UInt64(rows), 0, 0, 0) {
                        counts[lookup.table][Int(limbs.l0)] += 1
                    }
                }
            case nil: preconditionFailure("tensor \(lookup.columns[0].index) has no value")
            }
        }
        var result: [TensorID: CellArray] = [:]
        for (table, count) in zip(system.tables, counts) {
            switch witness.values[table.multiplicity.index] {
            case nil: result[table.multiplicity] = .integers(count)
            case .integers(let given): result[table.multiplicity] = .integers(given)
            case .padded(let given): result[table.multiplicity] = .elements(given)
            }
        }
        return result
    }
}
