extension AdviceRule {
    /// The tensor it is computed from.
    public var source: TensorID {
        switch self {
        case .rounded(let source, _, _), .overshoot(let source, _, _),
            .saturationFlag(let source, _), .tableValue(let source, _), .limb(let source, _, _),
            .maximum(let source, _), .firstZero(let source, _):
            source
        }
    }
}

/// Computes the tensors of a constraint system on true cells, as 64-bit integers: advice, views,
/// merges, affine tensors and committed copies. Einsums are left to the caller.
public struct TensorEvaluation: Sendable {
    public let system: ConstraintSystem
    /// Weights, then the value columns of the function tables.
    public let constantTensors: [TensorID]

    public init(system: ConstraintSystem) {
        self.system = system
        constantTensors = system.tensorIDs.filter {
            if case .constant = system[$0].role { true } else { false }
        }
    }

    /// The value column of a function table.
    public func valueColumn(table: Int) -> TensorID {
        constantTensors[system.circuit.constants.count + table]
    }

    /// The tensors that the honest value of a tensor is computed from; none for inputs, constants
    /// and multiplicities.
    public func sources(of tensor: TensorID) -> [TensorID] {
        switch system[tensor].role {
        case .publicInput, .committedInput, .constant, .multiplicity: []
        case .committedOutput(_, let original): [original]
        case .advice(.tableValue(let source, let table)): [source, valueColumn(table: table)]
        case .advice(let rule): [rule.source]
        case .einsum(let einsum): einsum.operands.map(\.source)
        case .view(let view): [view.operand.source]
        case .merge(let merge): [merge.source]
        case .affine(let affine): affine.terms.map(\.source)
        }
    }

    /// The true cells of an advice, view, merge, affine or copied tensor.
    ///
    /// - Parameter values: The cells of each tensor so far, by index.
    /// - Throws: ``WitnessError`` when a value leaves what its gadget can express, or 64 bits.
    /// - Precondition: The tensor is of one of these kinds and its sources are known.
    public func cells(
        of tensor: TensorID, from values: [[Int64]?]
    ) throws(WitnessError) -> [Int64] {
        func known(_ source: TensorID) -> [Int64] {
            guard let cells = values[source.index] else {
                preconditionFailure("tensor \(source.index) is not computed")
            }
            return cells
        }
        let gadget = system[tensor].gadget
        switch system[tensor].role {
        case .advice(let rule):
            return try cells(of: tensor, by: rule, from: known(rule.source), values)
        case .committedOutput(_, let original):
            return known(original)
        case .view(let view):
            let source = view.operand.source
            return view.evaluated(on: known(source), shape: system.shape(source))
        case .merge(let merge):
            // Joining neighbouring axes keeps the order of true cells.
            return known(merge.source)
        case .affine(let affine):
            do throws(AffineFault) {
                return try affine.evaluated(on: affine.terms.map { known($0.source) })
            } catch {
                switch error {
                case .overflow: throw .overflow(tensor: tensor, gadget: gadget)
                case .inexactShift: throw .inexactShift(tensor: tensor, gadget: gadget)
                }
            }
        case .publicInput, .committedInput, .constant, .multiplicity, .einsum:
            preconditionFailure("tensor \(tensor.index) is not evaluated here")
        }
    }

    private func cells(
        of tensor: TensorID, by rule: AdviceRule, from source: [Int64], _ values: [[Int64]?]
    ) throws(WitnessError) -> [Int64] {
        switch rule {
        case .rounded(_, let shift, let domain):
            let (gadget, bits) = overshootBits(of: tensor)
            let slack: UInt64 = bits < 64 ? (1 << UInt64(bits)) - 1 : .max
            return try AdviceEvaluation.rounded(
                source, shift: shift, domain: domain, slack: slack
            ) { cell, quotient in
                bits == 0
                    ? .outOfRange(
                        gadget: gadget, cell: cell, value: quotient, allowed: domain.range)
                    : .overshoot(
                        gadget: gadget, cell: cell, distance: domain.distance(quotient),
                        bits: bits)
            }
        case .overshoot(_, let shift, let domain):
            guard
                let cells = AdviceEvaluation.overshoot(source, shift: shift, domain: domain)
            else { throw .overflow(tensor: tensor, gadget: system[tensor].gadget) }
            return cells
        case .saturationFlag(_, let domain):
            return AdviceEvaluation.saturationFlag(source, domain: domain)
        case .tableValue(_, let table):
            guard let column = values[valueColumn(table: table).index] else {
                preconditionFailure("value column \(table) is not known")
            }
            return AdviceEvaluation.tableValue(
                source, domain: system.circuit.functionTables[table], column: column)
        case .limb(_, let shift, let bits):
            return AdviceEvaluation.limb(source, shift: shift, bits: bits)
        case .maximum(let id, let axes):
            let (largest, spread) = AdviceEvaluation.maximum(
                source, shape: system.shape(id), axes: axes)
            if let gadget = system[tensor].gadget,
                case .maximum(let maximum) = system.circuit.gadgets[gadget],
                let cell = spread.firstIndex(where: { $0 >> UInt64(maximum.bits) != 0 })
            {
                throw .spread(
                    gadget: gadget, cell: cell, distance: spread[cell], bits: maximum.bits)
            }
            return largest
        case .firstZero(let id, let axes):
            return AdviceEvaluation.firstZero(source, shape: system.shape(id), axes: axes)
        }
    }

    /// k of the requantisation that made a tensor, and that gadget's index.
    private func overshootBits(of tensor: TensorID) -> (gadget: Int, bits: Int) {
        guard let gadget = system[tensor].gadget,
            case .requantise(let requantisation) = system.circuit.gadgets[gadget]
        else { preconditionFailure("tensor \(tensor.index) has no requantisation") }
        return (gadget, requantisation.overshootBits)
    }
}
