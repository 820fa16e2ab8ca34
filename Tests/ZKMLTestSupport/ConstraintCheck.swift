import Circuits
import Field

/// A constraint that a witness breaks. Positions are among true cells, but for derived tensors,
/// which are determined in their padding too.
public enum BrokenConstraint: Sendable, Hashable {
    /// A tuple that is no row of its table.
    case lookup(Int, cell: Int)
    /// A row that is not looked up as often as its multiplicity says.
    case multiplicity(table: Int, row: Int)
    case zero(Int, cell: Int)
    /// A derived tensor that is not what it is made from.
    case derived(TensorID, position: Int)
    /// A public input that is not the statement's, zero-padded.
    case publicInput(TensorID, position: Int)
    /// A committed output that is not a copy.
    case committedOutput(TensorID, cell: Int)
}

/// Checks a witness directly against the constraints of protocol.md section 2: what a proof about
/// it has to be accepted or refused for.
public struct ConstraintCheck {
    public let system: ConstraintSystem
    private let reference: FieldWitness
    private let values: [[Fr]]

    /// - Precondition: the witness has a value for every tensor, multiplicities too.
    public init(_ witness: Witness, inputs: [[Int64]]) {
        system = witness.system
        reference = FieldWitness(system: witness.system, constants: [], inputs: inputs)
        values = witness.system.tensorIDs.map(witness.paddedFieldCells)
    }

    /// The first constraint of each kind and place that is broken; empty for a valid witness.
    public func brokenConstraints() -> [BrokenConstraint] {
        var broken: [BrokenConstraint] = []
        for tensor in system.tensorIDs {
            switch system[tensor].role {
            case .publicInput(let index):
                var padded = PaddedCells(shape: system.shape(tensor))
                for (cell, position) in zip(
                    reference.inputs[index], indices(system.shape(tensor).extents))
                { padded[position] = Fr(Int(cell)) }
                if let position = firstDifference(padded.cells, values[tensor.index]) {
                    broken.append(.publicInput(tensor, position: position))
                }
            case .committedOutput(_, let original):
                let shape = system.shape(original)
                if let cell = firstDifference(
                    trueCells(values[original.index], shape),
                    trueCells(values[tensor.index], shape))
                {
                    broken.append(.committedOutput(tensor, cell: cell))
                }
            case .einsum, .view, .merge, .affine:
                let cells = reference.derivedCells(of: tensor, from: values)
                if let position = firstDifference(cells, values[tensor.index]) {
                    broken.append(.derived(tensor, position: position))
                }
            case .committedInput, .constant, .advice, .multiplicity: break
            }
        }
        broken += brokenZeroConstraints()
        for index in system.tables.indices { broken += brokenLookups(table: index) }
        return broken
    }

    private func firstDifference(_ a: [Fr], _ b: [Fr]) -> Int? {
        zip(a, b).enumerated().first { $1.0 != $1.1 }?.offset
    }

    private func brokenZeroConstraints() -> [BrokenConstraint] {
        system.zeroConstraints.enumerated().compactMap { number, constraint in
            let first = indices(constraint.extents).firstIndex { labels in
                var sum = Fr.zero
                for term in constraint.terms {
                    var product = Fr(term.coefficient)
                    for factor in term.factors {
                        let cells = PaddedCells(
                            shape: system.shape(factor.tensor),
                            cells: values[factor.tensor.index])
                        product *= cells[factor.labels.map { labels[$0] }]
                    }
                    sum += product
                }
                return !sum.isZero
            }
            return first.map { .zero(number, cell: $0) }
        }
    }

    private func brokenLookups(table index: Int) -> [BrokenConstraint] {
        var broken: [BrokenConstraint] = []
        let table = system.tables[index]
        let counts = reference.multiplicities(table, values)
        if let row = firstDifference(counts, values[table.multiplicity.index]) {
            broken.append(.multiplicity(table: index, row: row))
        }
        let rows = reference.rows(of: table, values)
        for (number, lookup) in system.lookups.enumerated() where lookup.table == index {
            let columns = lookup.columns.map { trueCells(values[$0.index], system.shape($0)) }
            let cell = columns[0].indices.first { cell in
                rows[columns.map { $0[cell] }] == nil
            }
            if let cell { broken.append(.lookup(number, cell: cell)) }
        }
        return broken
    }
}
