import Circuits
import Field
import ProofSystem

/// The tables of an einsum's sum-check: one for each distinct operand, over the plan's variables.
///
/// Labels that are fixed at the point are summed away axis by axis with eq vectors, so a
/// contraction costs the cells of its operands once, and a convolution's input is read through
/// its window without being unfolded (protocol.md section 3).
struct EinsumTables {
    let plan: EinsumPlan
    /// The output's point, an axis each.
    let point: [[Fr]]
    let witness: Witness

    /// The eq and lt factors over all variables; nil when there are none.
    func structuredFactor() -> [Fr]? {
        guard plan.hasStructuredFactor else { return nil }
        var table = [Fr.one]
        for (index, extent) in plan.variableExtents.enumerated() {
            let size = 1 << log2Ceiling(extent)
            let vector: [Fr]
            if !plan.hasFactor(variable: index) {
                vector = Array(repeating: .one, count: size)
            } else if index < plan.sharedCount {
                vector = FieldKernels.eq(fixedPoint(plan.variables[index]) ?? [])
            } else {
                vector = (0..<size).map { $0 < extent ? .one : .zero }
            }
            table = outerProduct(table, vector)
        }
        return table
    }

    /// The operand's table over all variables, padded.
    func table(_ operand: Operand<TensorID>) -> CellArray {
        let shape = witness.system.shape(operand.source)
        let isPlain = operand.isPlain(source: shape, extents: plan.einsum.extents)
        var cells: CellArray
        var extents: [Int]
        switch witness.values[operand.source.index] {
        case .integers(let integers):
            cells = .integers(integers)
            extents = shape.extents
        case .padded(let elements):
            // A view never reads padding; a plain operand is the whole polynomial.
            extents = shape.paddedExtents
            cells = .elements(elements)
            if !isPlain {
                cells = cells.gathered(
                    extents: shape.extents, strides: shape.paddedStrides, padded: shape.extents)
                extents = shape.extents
            }
        case nil:
            preconditionFailure("tensor \(operand.source.index) has no value")
        }
        var axes = operand.axes.indices.map { axis in
            ReadAxis(
                index: operand.axes[axis], extent: extents[axis],
                isPlain: isPlain,
                variables: operand.axes[axis].terms.map(\.label).filter(plan.variables.contains))
        }
        // Axes that vanish first, the longest of them first: later steps have fewer cells.
        let order = axes.indices.sorted { a, b in
            let (x, y) = (axes[a].rowCount(plan), axes[b].rowCount(plan))
            return (x * axes[b].extent, a) < (y * axes[a].extent, b)
        }
        var labels: [[Label]] = axes.map { _ in [] }
        for axis in order {
            let read = axes[axis]
            if let label = read.index.plainLabel, plan.variables.contains(label),
                isPlain || plan.einsum.extents[label] == read.extent
            {
                labels[axis] = [label]
                continue
            }
            cells = contract(cells, extents: extents, axis: axis, rows: rows(read))
            extents[axis] = read.rowCount(plan)
            axes[axis].extent = extents[axis]
            labels[axis] = read.variables
        }
        return spread(cells, extents: extents, labels: labels)
    }

    /// One axis of an operand: how it is indexed, and which of its labels are variables.
    private struct ReadAxis {
        var index: AxisIndex
        var extent: Int
        /// Whether the whole operand is: then eq runs over the padded axis.
        var isPlain: Bool
        var variables: [Label]

        func rowCount(_ plan: EinsumPlan) -> Int {
            variables.reduce(1) { $0 * plan.einsum.extents[$1] }
        }
    }

    private func fixedPoint(_ label: Label) -> [Fr]? {
        zip(plan.einsum.output, point).first { $0.0 == label }?.1
    }

    /// The weights on an axis's cells for each value of its variables: the same ones, shifted.
    private struct Rows {
        /// On the cells from `first` on, where no variable shifts them; nil where few cells with
        /// weights lie far apart, as those of a key's large strides.
        var weights: [Fr]?
        var first: Int
        /// The cells that have weights, in any order and perhaps more than once.
        var reached: [(position: Int, weight: Fr)]
        var shifts: [Int]

        /// The weights of a row that lie on an axis of a length, and the first cell that has one.
        func row(shift: Int, length: Int) -> (first: Int, weights: ArraySlice<Fr>) {
            guard let weights else {
                let inside = reached.map { ($0.position + shift, $0.weight) }
                    .filter { (0..<length).contains($0.0) }
                let first = inside.reduce(length) { min($0, $1.0) }
                let last = inside.reduce(-1) { max($0, $1.0) }
                var dense = [Fr](repeating: .zero, count: max(0, last - first + 1))
                for (position, weight) in inside { dense[position - first] += weight }
                return (first, dense[...])
            }
            // Only the weights' support is read: a window touches a part of the axis.
            let start = first + shift
            let support = (start..<start + weights.count).clamped(to: 0..<length)
            guard !support.isEmpty else { return (0, []) }
            return (
                support.lowerBound, weights[support.lowerBound - start..<support.upperBound - start]
            )
        }
    }

    private func rows(_ axis: ReadAxis) -> Rows {
        let extents = plan.einsum.extents
        // Positions that the fixed labels reach, with their eq weights.
        var reached: [(position: Int, weight: Fr)] = [(axis.index.offset, .one)]
        for term in axis.index.terms where !axis.variables.contains(term.label) {
            let weights = FieldKernels.eq(
                fixedPoint(term.label) ?? [],
                count: axis.isPlain ? axis.extent : extents[term.label])
            reached = reached.flatMap { position, weight in
                weights.enumerated().map { i, w in
                    (position + term.coefficient * i, weight == .one ? w : weight * w)
                }
            }
        }
        let first = reached.reduce(Int.max) { min($0, $1.position) }
        let last = reached.reduce(Int.min) { max($0, $1.position) }
        var weights: [Fr]?
        if last - first < 2 * (axis.extent + reached.count) {
            var dense = [Fr](repeating: .zero, count: last - first + 1)
            for (position, weight) in reached { dense[position - first] += weight }
            weights = dense
        }
        var shifts = [0]
        for term in axis.index.terms where axis.variables.contains(term.label) {
            shifts = shifts.flatMap { shift in
                (0..<extents[term.label]).map { shift + term.coefficient * $0 }
            }
        }
        return Rows(weights: weights, first: first, reached: reached, shifts: shifts)
    }

    /// out[.., row, ..] = Σ_k cells[.., k, ..] · weight of the row on k.
    private func contract(
        _ cells: CellArray, extents: [Int], axis: Int, rows: Rows
    ) -> CellArray {
        let outer = extents[..<axis].reduce(1, *)
        let inner = extents[(axis + 1)...].reduce(1, *)
        let length = extents[axis]
        if rows.weights == [.one] {
            return cells.selected(
                outer: outer, extent: length, inner: inner,
                positions: rows.shifts.map { $0 + rows.first })
        }
        let count = rows.shifts.count
        var result = [Fr](repeating: .zero, count: outer * count * inner)
        for (row, shift) in rows.shifts.enumerated() {
            let (start, weights) = rows.row(shift: shift, length: length)
            guard !weights.isEmpty else { continue }
            let part = cells.contracted(
                .init(
                    kept: (
                        .init(extent: outer, stride: length * inner),
                        .init(extent: inner, stride: 1)
                    ), summed: .init(extent: weights.count, stride: inner)),
                from: start * inner, with: Array(weights))
            if count == 1 { return .elements(part) }
            for a in 0..<outer {
                let target = (a * count + row) * inner
                result.replaceSubrange(
                    target..<target + inner, with: part[a * inner..<(a + 1) * inner])
            }
        }
        return .elements(result)
    }

    /// Reorders axes (each a row-major group of variables) into the plan's order, pads every
    /// variable to a power of two and repeats the table along variables it lacks.
    private func spread(
        _ cells: CellArray, extents: [Int], labels: [[Label]]
    ) -> CellArray {
        var flatLabels: [Label] = []
        var flatExtents: [Int] = []
        for (axis, group) in labels.enumerated() {
            flatLabels += group
            // A plain axis may be read over its padding.
            flatExtents +=
                group.count == 1 ? [extents[axis]] : group.map { plan.einsum.extents[$0] }
        }
        let strides = rowMajorStrides(flatExtents)
        var readExtents: [Int] = []
        var readStrides: [Int] = []
        for (label, extent) in zip(plan.variables, plan.variableExtents) {
            if let position = flatLabels.firstIndex(of: label) {
                readExtents.append(flatExtents[position])
                readStrides.append(strides[position])
            } else {
                readExtents.append(1 << log2Ceiling(extent))
                readStrides.append(0)
            }
        }
        return cells.gathered(
            extents: readExtents, strides: readStrides,
            padded: plan.variableExtents.map { 1 << log2Ceiling($0) })
    }
}
