import Circuits
import Field
import TestSupport

/// The reference witness: every tensor as a padded array of field elements, by the definitions of
/// protocol.md section 1, in the plainest loops there are.
///
/// Shares no code with the interpreter. Unlike it, it can cheat: `tamper` changes a tensor right
/// after it is computed, so that later tensors follow the change, and a garbage seed fills the
/// padding of what the prover commits to with random field elements.
public struct FieldWitness {
    public typealias Tampering = (inout [Fr]) -> Void

    public let system: ConstraintSystem
    /// True cells: weights, then value columns of the function tables.
    public var constants: [[Int64]]
    /// True cells of each input.
    public var inputs: [[Int64]]
    /// Fills the padding of constants, advice, committed inputs and committed outputs; nil leaves
    /// zeros. Public values are zero-padded by the verifier, multiplicities have no padding.
    public var garbageSeed: UInt64?
    /// Changes the padded cells of a tensor, row-major over padded extents.
    public var tamper: [TensorID: Tampering]
    let evaluation: TensorEvaluation

    public init(
        system: ConstraintSystem, constants: [[Int64]], inputs: [[Int64]],
        garbageSeed: UInt64? = nil, tamper: [TensorID: Tampering] = [:]
    ) {
        self.system = system
        self.constants = constants
        self.inputs = inputs
        self.garbageSeed = garbageSeed
        self.tamper = tamper
        evaluation = TensorEvaluation(system: system)
    }

    /// Every tensor, multiplicities too, as padded field elements.
    public func compute() -> Witness {
        var generator = garbageSeed.map(SeededGenerator.init(seed:))
        var values = [[Fr]](repeating: [], count: system.tensors.count)
        func place(_ cells: [Fr], _ tensor: TensorID, zeroPadded: Bool = false) -> [Fr] {
            var padded = PaddedCells(shape: system.shape(tensor))
            if !zeroPadded, generator != nil {
                for index in padded.cells.indices {
                    padded.cells[index] = Fr.random(using: &generator!)
                }
            }
            for (cell, index) in zip(cells, indices(system.shape(tensor).extents)) {
                padded[index] = cell
            }
            return padded.cells
        }
        for tensor in system.tensorIDs {
            var cells: [Fr]
            switch system[tensor].role {
            case .multiplicity: continue
            case .publicInput(let index):
                cells = place(inputs[index].map { Fr(Int($0)) }, tensor, zeroPadded: true)
            case .committedInput(let index):
                cells = place(inputs[index].map { Fr(Int($0)) }, tensor)
            case .committedOutput(_, let original):
                cells = place(trueCells(values[original.index], system.shape(original)), tensor)
            case .constant(let index):
                cells = place(constants[index].map { Fr(Int($0)) }, tensor)
            case .advice(let rule):
                cells = place(advice(rule, values).map { Fr($0) }, tensor)
            case .einsum, .view, .merge, .affine: cells = derivedCells(of: tensor, from: values)
            }
            tamper[tensor]?(&cells)
            values[tensor.index] = cells
        }
        for table in system.tables {
            var counts = multiplicities(table, values)
            tamper[table.multiplicity]?(&counts)
            values[table.multiplicity.index] = counts
        }
        var witness = Witness(system: system)
        witness.values = values.map(TensorValues.padded)
        return witness
    }

    /// The padded cells of a derived tensor, from those of the tensors it is made from.
    func derivedCells(of tensor: TensorID, from values: [[Fr]]) -> [Fr] {
        switch system[tensor].role {
        case .einsum(let einsum): return self.einsum(einsum, values)
        case .view(let view): return self.view(view, values)
        case .merge(let merge):
            var output = PaddedCells(shape: system.shape(tensor))
            let cells = trueCells(values[merge.source.index], system.shape(merge.source))
            for (cell, index) in zip(cells, indices(output.shape.extents)) {
                output[index] = cell
            }
            return output.cells
        case .affine(let affine): return self.affine(affine, values)
        default: preconditionFailure("tensor \(tensor.index) is not derived")
        }
    }

    private func padded(_ tensor: TensorID, _ values: [[Fr]]) -> PaddedCells {
        PaddedCells(shape: system.shape(tensor), cells: values[tensor.index])
    }

    // MARK: Derived tensors

    /// Summed labels run below their extents; output labels over the padded axis.
    private func einsum(_ einsum: Einsum<TensorID>, _ values: [[Fr]]) -> [Fr] {
        let summed = einsum.extents.indices.filter { !einsum.output.contains($0) }
        var output = PaddedCells(shape: TensorShape(einsum.output.map { einsum.extents[$0] })!)
        let sources = einsum.operands.map { padded($0.source, values) }
        let plain = einsum.operands.map {
            $0.isPlain(source: system.shape($0.source), extents: einsum.extents)
        }
        var labels = [Int](repeating: 0, count: einsum.extents.count)
        for outputIndex in indices(output.shape.paddedExtents) {
            for (label, value) in zip(einsum.output, outputIndex) { labels[label] = value }
            var sum = Fr.zero
            for summedIndex in indices(summed.map { einsum.extents[$0] }) {
                for (label, value) in zip(summed, summedIndex) { labels[label] = value }
                var product = Fr.one
                for place in sources.indices where !product.isZero {
                    let operand = einsum.operands[place]
                    let index = operand.index(labels)
                    if plain[place] {
                        product *= sources[place][index]
                    } else {
                        // A view is 0 beyond its labels' extents and outside the source.
                        let inside =
                            operand.labels.allSatisfy { labels[$0] < einsum.extents[$0] }
                            && sources[place].shape.contains(index)
                        product *= inside ? sources[place][index] : .zero
                    }
                }
                sum += product
            }
            output[outputIndex] = sum
        }
        return output.cells
    }

    private func view(_ view: View<TensorID>, _ values: [[Fr]]) -> [Fr] {
        let source = padded(view.operand.source, values)
        var output = PaddedCells(shape: TensorShape(view.extents)!)
        for labels in indices(view.extents) {
            let index = view.operand.index(labels)
            output[labels] = source.shape.contains(index) ? source[index] : Fr(view.fill)
        }
        return output.cells
    }

    private static let half = Fr(2).inverse()!

    /// The constant and broadcast labels are masked to true extents; terms are not.
    private func affine(_ affine: Affine<TensorID>, _ values: [[Fr]]) -> [Fr] {
        let scale = Self.half.power(UInt64(affine.rightShift))
        let constant = Fr(affine.constant) * scale
        let coefficients = affine.terms.map { Fr($0.coefficient) * scale }
        var output = PaddedCells(shape: TensorShape(affine.extents)!)
        let sources = affine.terms.map { padded($0.source, values) }
        for labels in indices(output.shape.paddedExtents) {
            func isTrue(_ label: Label) -> Bool { labels[label] < affine.extents[label] }
            var sum = labels.indices.allSatisfy(isTrue) ? constant : .zero
            for (place, term) in affine.terms.enumerated() {
                let broadcast = labels.indices.filter { !term.labels.contains($0) }
                guard broadcast.allSatisfy(isTrue) else { continue }
                let cell = sources[place][term.labels.map { labels[$0] }]
                if !cell.isZero { sum += coefficients[place] * cell }
            }
            output[labels] = sum
        }
        return output.cells
    }
}

extension Operand {
    /// The source's cell for given values of all labels; it may lie outside.
    fileprivate func index(_ labels: [Int]) -> [Int] {
        axes.map { axis in
            axis.terms.reduce(axis.offset) { $0 + $1.coefficient * labels[$1.label] }
        }
    }
}
