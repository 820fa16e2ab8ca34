import Circuits
import Field
import ZKMLTestSupport

/// All assignments of advice cells that satisfy a constraint system, by depth-first search.
///
/// The constraints are read off the ``ConstraintSystem`` as polynomials in true cells; a derived
/// cell is computed, and a constraint checked, as soon as the cells it needs are known.
struct CellSearch {
    private struct Monomial {
        var coefficient: Fr
        var cells: [Int]

        init(_ coefficient: Fr, _ cells: [Int]) {
            (self.coefficient, self.cells) = (coefficient, cells)
        }
    }

    private struct Polynomial {
        var terms: [Monomial] = []

        func evaluate(_ cells: [Fr]) -> Fr {
            terms.reduce(.zero) { sum, term in
                sum + term.cells.reduce(term.coefficient) { $0 * cells[$1] }
            }
        }
    }

    private enum Step {
        case advice(cell: Int, table: (index: Int, column: Int)?)
        case derived(cell: Int, Polynomial)
        case lookup(table: Int, cells: [Int])
        case zero(Polynomial)
    }

    let system: ConstraintSystem
    private let offsets: [Int]
    private var steps: [Step] = []

    init(_ system: ConstraintSystem) {
        self.system = system
        var offsets = [0]
        for tensor in system.tensors { offsets.append(offsets.last! + tensor.shape.cellCount) }
        self.offsets = offsets
        steps = schedule()
    }

    /// Every value of a gadget's result that the constraints let through.
    ///
    /// - Parameters:
    ///   - columns: The values of each function table.
    ///   - candidates: Tried for advice that is no column of a lookup; columns take every value
    ///     that their table has.
    func results(
        of gadget: Int = 0, inputs: [[Fr]], columns: [[Fr]] = [], candidates: [Fr]
    ) -> Set<[Fr]> {
        var cells = [Fr](repeating: .zero, count: offsets.last!)
        var constants = columns.makeIterator()
        for tensor in system.tensorIDs {
            switch system[tensor].role {
            case .publicInput(let index): place(inputs[index], tensor, in: &cells)
            case .constant: place(constants.next()!, tensor, in: &cells)
            default: break
            }
        }
        let rows = system.tables.map { table in
            (0..<1 << table.bits).map { row in
                table.columns.map { column in
                    switch column {
                    case .index(let lowest): Fr(lowest + row)
                    case .saturationFlag:
                        Fr((row == 0 ? -1 : 0) + (row == (1 << table.bits) - 1 ? 1 : 0))
                    case .firstRow: Fr(row == 0 ? 1 : 0)
                    case .lastRow: Fr(row == (1 << table.bits) - 1 ? 1 : 0)
                    case .constant(let tensor): cells[offsets[tensor.index] + row]
                    }
                }
            }
        }
        let result = system.wireTensors[system.circuit.resultWire(gadget).index]
        var search = Search(
            steps: steps, rows: rows.map(Set.init), candidates: candidates,
            result: offsets[result.index]..<offsets[result.index + 1], cells: cells)
        search.run(0)
        return search.results
    }

    private func place(_ values: [Fr], _ tensor: TensorID, in cells: inout [Fr]) {
        precondition(values.count == system.shape(tensor).cellCount)
        for (index, value) in values.enumerated() { cells[offsets[tensor.index] + index] = value }
    }

    private struct Search {
        let steps: [Step]
        let rows: [Set<[Fr]>]
        let candidates: [Fr]
        let result: Range<Int>
        var cells: [Fr]
        var results: Set<[Fr]> = []

        mutating func run(_ next: Int) {
            guard next < steps.count else {
                results.insert(Array(cells[result]))
                return
            }
            switch steps[next] {
            case .advice(let cell, let table):
                let choices = table.map { place in
                    Array(Set(rows[place.index].map { $0[place.column] }))
                }
                for choice in choices ?? candidates {
                    cells[cell] = choice
                    run(next + 1)
                }
            case .derived(let cell, let polynomial):
                cells[cell] = polynomial.evaluate(cells)
                run(next + 1)
            case .lookup(let table, let columns):
                if rows[table].contains(columns.map { cells[$0] }) { run(next + 1) }
            case .zero(let polynomial):
                if polynomial.evaluate(cells).isZero { run(next + 1) }
            }
        }
    }
}

// MARK: The constraints cell by cell

extension CellSearch {
    /// Advice cell by cell, the tensors of one cell together; everything else right behind the
    /// advice it needs.
    private func schedule() -> [Step] {
        var time = [Int](repeating: 0, count: offsets.last!)
        var timed: [(time: Int, order: Int, step: Step)] = []
        let advice = system.tensorIDs.filter {
            if case .advice = system[$0].role { true } else { false }
        }
        let places = advice.flatMap { tensor in
            (0..<system.shape(tensor).cellCount).map { (position: $0, tensor: tensor) }
        }.sorted { ($0.position, $0.tensor.index) < ($1.position, $1.tensor.index) }
        for (position, tensor) in places {
            let cell = offsets[tensor.index] + position
            time[cell] = timed.count + 1
            timed.append(
                (time[cell], timed.count, .advice(cell: cell, table: place(of: tensor))))
        }
        func add(_ step: Step, needing cells: [Int]) -> Int {
            let at = cells.map { time[$0] }.max() ?? 0
            timed.append((at, timed.count, step))
            return at
        }
        for tensor in system.tensorIDs {
            let cells = offsets[tensor.index]..<offsets[tensor.index + 1]
            switch system[tensor].role {
            case .publicInput, .constant, .multiplicity, .advice: continue
            case .committedInput, .committedOutput: preconditionFailure("public ports only")
            case .einsum, .view, .merge, .affine:
                for (cell, polynomial) in zip(cells, polynomials(tensor)) {
                    time[cell] = add(
                        .derived(cell: cell, polynomial),
                        needing: polynomial.terms.flatMap(\.cells))
                }
            }
        }
        for lookup in system.lookups {
            for cell in 0..<system.shape(lookup.columns[0]).cellCount {
                let cells = lookup.columns.map { offsets[$0.index] + cell }
                _ = add(.lookup(table: lookup.table, cells: cells), needing: cells)
            }
        }
        for constraint in system.zeroConstraints {
            for labels in indices(constraint.extents) {
                let polynomial = Polynomial(
                    terms: constraint.terms.map { term in
                        Monomial(
                            Fr(term.coefficient),
                            term.factors.map { cell($0.tensor, $0.labels.map { labels[$0] })! })
                    })
                _ = add(.zero(polynomial), needing: polynomial.terms.flatMap(\.cells))
            }
        }
        return timed.sorted { ($0.time, $0.order) < ($1.time, $1.order) }.map(\.step)
    }

    private func place(of tensor: TensorID) -> (index: Int, column: Int)? {
        for lookup in system.lookups {
            if let column = lookup.columns.firstIndex(of: tensor) { return (lookup.table, column) }
        }
        return nil
    }

    /// nil outside the true extents.
    private func cell(_ tensor: TensorID, _ index: [Int]) -> Int? {
        let shape = system.shape(tensor)
        guard zip(index, shape.extents).allSatisfy({ $0 >= 0 && $0 < $1 }) else { return nil }
        return offsets[tensor.index] + zip(index, shape.strides).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private func cell(_ operand: Operand<TensorID>, _ labels: [Int]) -> Int? {
        cell(
            operand.source,
            operand.axes.map { axis in
                axis.terms.reduce(axis.offset) { $0 + $1.coefficient * labels[$1.label] }
            })
    }

    /// Each cell of a derived tensor.
    private func polynomials(_ tensor: TensorID) -> [Polynomial] {
        let shape = system.shape(tensor)
        switch system[tensor].role {
        case .einsum(let einsum):
            let summed = einsum.extents.indices.filter { !einsum.output.contains($0) }
            return indices(shape.extents).map { output in
                var labels = [Int](repeating: 0, count: einsum.extents.count)
                for (label, value) in zip(einsum.output, output) { labels[label] = value }
                var polynomial = Polynomial()
                for values in indices(summed.map { einsum.extents[$0] }) {
                    for (label, value) in zip(summed, values) { labels[label] = value }
                    let cells = einsum.operands.compactMap { cell($0, labels) }
                    if cells.count == einsum.operands.count {
                        polynomial.terms.append(Monomial(.one, cells))
                    }
                }
                return polynomial
            }
        case .view(let view):
            return indices(shape.extents).map { labels in
                let inside = cell(view.operand, labels)
                return Polynomial(
                    terms: [inside.map { Monomial(.one, [$0]) } ?? Monomial(Fr(view.fill), [])])
            }
        case .merge(let merge):
            return (0..<shape.cellCount).map {
                Polynomial(terms: [Monomial(.one, [offsets[merge.source.index] + $0])])
            }
        case .affine(let affine):
            let scale = Fr(2).power(UInt64(affine.rightShift)).inverse()!
            return indices(affine.extents).map { labels in
                var polynomial = Polynomial(terms: [Monomial(Fr(affine.constant) * scale, [])])
                for term in affine.terms {
                    let source = cell(term.source, term.labels.map { labels[$0] })!
                    polynomial.terms.append(Monomial(Fr(term.coefficient) * scale, [source]))
                }
                return polynomial
            }
        default: preconditionFailure("tensor \(tensor.index) is not derived")
        }
    }
}
