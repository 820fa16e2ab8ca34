extension AdviceRule {
    /// The tensor whose cells it runs over.
    public var source: TensorID {
        switch self {
        case .rounded(let source, _, _), .overshoot(let source, _, _),
            .saturationFlag(let source, _), .tableValue(let source, _), .limb(let source, _, _),
            .maximum(let source, _), .firstZero(let source, _), .beforeFirstZero(let source, _),
            .afterLastZero(let source, _), .indicator(let source, _),
            .thermometer(let source, _, _), .quotient(_, let source, _, _),
            .inverseRoot(let source, _), .evenHalf(let source, _, _), .evenParity(let source, _):
            source
        }
    }

    /// The tensors it is computed from, value columns of tables aside.
    public var sources: [TensorID] {
        if case .quotient(.tensor(let dividend), let divisor, _, _) = self {
            return [dividend, divisor]
        }
        return [source]
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
        case .advice(let rule): rule.sources
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
            let (index, gadget) = gadget(of: tensor)
            let bits: Int
            switch gadget {
            case .maximum(let maximum): bits = maximum.bits
            case .select(let selection): bits = selection.bits
            case .rowFunction(let function) where function.overshootBits == 0:
                bits = system.circuit.functionTables[function.table].bits
            // An overshoot bounds the distances where it is computed.
            default: bits = 63
            }
            if let cell = spread.firstIndex(where: { $0 >> UInt64(bits) != 0 }) {
                throw .spread(gadget: index, cell: cell, distance: spread[cell], bits: bits)
            }
            return largest
        case .firstZero(let id, let axes):
            return AdviceEvaluation.firstZero(source, shape: system.shape(id), axes: axes)
        case .beforeFirstZero(let id, let axis):
            return AdviceEvaluation.beforeFirstZero(source, shape: system.shape(id), axis: axis)
        case .afterLastZero(let id, let axis):
            return AdviceEvaluation.afterLastZero(source, shape: system.shape(id), axis: axis)
        case .indicator(_, let number):
            return source.map { $0 == Int64(number) ? 1 : 0 }
        case .thermometer(_, let divisor, let count):
            try check(source, of: tensor, in: 0...Int64(positionCount(of: tensor) - 1))
            return AdviceEvaluation.thermometer(source, divisor: divisor, count: count)
        case .quotient(let dividend, _, let rounding, let domain):
            let largest = Int64(1) << Int64(remainderBits(of: tensor))
            try check(source, of: tensor, in: 1...(rounding == .halfUp ? largest / 2 : largest))
            var dividends: [Int64]?
            var number: Int64 = 0
            switch dividend {
            case .tensor(let id): dividends = values[id.index]
            case .number(let value): number = Int64(value)
            }
            let quotients = AdviceEvaluation.quotients(
                dividends, or: number, by: source, rounding: rounding)
            try check(quotients, of: tensor, in: domain.range, isResult: true)
            return quotients
        case .inverseRoot(_, let precision):
            try check(source, of: tensor, in: 1...valueLimit(of: tensor))
            return source.map { AdviceEvaluation.inverseRoot($0, precision: precision) }
        case .evenHalf(_, let shift, let domain):
            let rounded = source.map { AdviceEvaluation.roundedToEven($0, shift: shift) }
            try check(rounded, of: tensor, in: domain.range, isResult: true)
            return rounded.map { ($0 - Int64(domain.lowest)) >> 1 }
        case .evenParity(_, let shift):
            return source.map { AdviceEvaluation.roundedToEven($0, shift: shift) & 1 }
        }
    }

    /// - Throws: ``WitnessError`` for the first cell that is out of bounds.
    private func check(
        _ cells: [Int64], of tensor: TensorID, in allowed: ClosedRange<Int64>,
        isResult: Bool = false
    ) throws(WitnessError) {
        guard let cell = cells.firstIndex(where: { !allowed.contains($0) }) else { return }
        let gadget = system[tensor].gadget ?? 0
        throw isResult
            ? .outOfRange(gadget: gadget, cell: cell, value: cells[cell], allowed: allowed)
            : .operand(gadget: gadget, cell: cell, value: cells[cell], allowed: allowed)
    }

    private func gadget(of tensor: TensorID) -> (index: Int, gadget: Gadget) {
        guard let index = system[tensor].gadget else {
            preconditionFailure("tensor \(tensor.index) belongs to no gadget")
        }
        return (index, system.circuit.gadgets[index])
    }

    /// k of the gadget that made a tensor, and that gadget's index.
    private func overshootBits(of tensor: TensorID) -> (gadget: Int, bits: Int) {
        let (index, gadget) = gadget(of: tensor)
        switch gadget {
        case .requantise(let requantisation): return (index, requantisation.overshootBits)
        case .rowFunction(let function): return (index, function.overshootBits)
        default: preconditionFailure("gadget \(index) saturates nothing")
        }
    }

    private func remainderBits(of tensor: TensorID) -> Int {
        guard case .divide(let division) = gadget(of: tensor).gadget else {
            preconditionFailure("quotients are made by divisions")
        }
        return division.remainderBits
    }

    private func valueLimit(of tensor: TensorID) -> Int64 {
        guard case .reciprocalRoot(let root) = gadget(of: tensor).gadget else {
            preconditionFailure("roots are made by reciprocal roots")
        }
        return 1 << Int64(root.valueBits)
    }

    /// How many values an index may have.
    private func positionCount(of tensor: TensorID) -> Int {
        switch gadget(of: tensor).gadget {
        case .oneHot(let oneHot): return oneHot.count
        case .gather(let gather):
            return system.shape(system.tensor(gather.table)).extents[0]
        default: preconditionFailure("indices are read by one-hot tensors and gathers")
        }
    }
}
