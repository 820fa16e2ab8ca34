import Circuits

/// Runs a circuit on integers: the semantics of quantization.md, cell by cell.
///
/// Sequential and deterministic. Time is linear in the multiply-adds of the einsums and the cells
/// of the other tensors.
public struct IntegerInterpreter: Sendable {
    public let system: ConstraintSystem
    private let evaluation: TensorEvaluation
    private let constants: [[Int64]]
    private let constantMagnitudes: [UInt64]
    private let einsums: [EinsumLoops?]

    /// - Parameter constants: The weights, then the value columns of the function tables: the true
    ///   cells of ``Circuit/constantShapes``, row-major.
    /// - Throws: ``WitnessError`` when they do not have these shapes.
    public init(_ system: ConstraintSystem, constants: [[Int64]]) throws(WitnessError) {
        let shapes = system.circuit.constantShapes
        guard constants.count == shapes.count else {
            throw .constantCount(expected: shapes.count, actual: constants.count)
        }
        for (index, shape) in shapes.enumerated() {
            guard constants[index].count == shape.cellCount else {
                throw .constantCells(
                    index: index, expected: shape.cellCount, actual: constants[index].count)
            }
        }
        self.system = system
        self.constants = constants
        constantMagnitudes = constants.map(\.largestMagnitude)
        evaluation = TensorEvaluation(system: system)
        einsums = system.tensors.map { tensor in
            guard case .einsum(let einsum) = tensor.role else { return nil }
            return EinsumLoops(einsum, shapes: einsum.operands.map { system.shape($0.source) })
        }
    }

    /// Every tensor but the multiplicities, on true cells.
    ///
    /// - Parameter inputs: The true cells of each input of the circuit, row-major.
    /// - Throws: ``WitnessError`` when a value leaves what the circuit can express.
    public func witness(_ inputs: [[Int64]]) throws(WitnessError) -> Witness {
        let values = try evaluate(inputs, keeping: nil)
        var witness = Witness(system: system)
        for (index, cells) in values.enumerated() {
            witness.values[index] = cells.map(TensorValues.integers)
        }
        return witness
    }

    /// The outputs alone: computes what they depend on and drops it after its last use.
    ///
    /// - Throws: ``WitnessError``; also where ``witness(_:)`` does, except for a value beyond 64 bits in
    ///   what is left out here.
    public func outputs(_ inputs: [[Int64]]) throws(WitnessError) -> [[Int64]] {
        let values = try evaluate(inputs, keeping: Set(system.outputs.map(\.tensor)))
        return system.outputs.compactMap { values[$0.tensor.index] }
    }

    /// - Parameter kept: The tensors wanted; nil for all.
    private func evaluate(
        _ inputs: [[Int64]], keeping kept: Set<TensorID>?
    ) throws(WitnessError) -> [[Int64]?] {
        try checkInputs(inputs)
        let uses = lastUses(of: kept)
        var values = [[Int64]?](repeating: nil, count: system.tensors.count)
        for tensor in system.tensorIDs where uses[tensor.index] != nil {
            switch system[tensor].role {
            case .publicInput(let index), .committedInput(let index):
                values[tensor.index] = inputs[index]
            case .constant(let index):
                values[tensor.index] = constants[index]
            case .multiplicity:
                break
            case .einsum(let einsum):
                values[tensor.index] = try cells(of: tensor, einsum, from: values)
            case .advice, .committedOutput, .view, .merge, .affine:
                values[tensor.index] = try evaluation.cells(of: tensor, from: values)
            }
            for source in evaluation.sources(of: tensor) where uses[source.index] == tensor.index {
                values[source.index] = nil
            }
        }
        try checkOutputs(values)
        return values
    }

    private func cells(
        of tensor: TensorID, _ einsum: Einsum<TensorID>, from values: [[Int64]?]
    ) throws(WitnessError) -> [Int64] {
        guard let loops = einsums[tensor.index] else {
            preconditionFailure("tensor \(tensor.index) has no loops")
        }
        var operands: [[Int64]] = []
        var magnitudes: [UInt64] = []
        for operand in einsum.operands {
            guard let cells = values[operand.source.index] else {
                preconditionFailure("tensor \(operand.source.index) is not computed")
            }
            operands.append(cells)
            if case .constant(let index) = system[operand.source].role {
                magnitudes.append(constantMagnitudes[index])
            } else {
                magnitudes.append(cells.largestMagnitude)
            }
        }
        guard let cells = loops.evaluated(on: operands, magnitudes: magnitudes) else {
            throw .overflow(tensor: tensor, gadget: system[tensor].gadget)
        }
        return cells
    }

    /// For each tensor the last one computed from it, `Int.max` for those that are kept, nil for
    /// those that nothing wanted depends on.
    private func lastUses(of kept: Set<TensorID>?) -> [Int?] {
        guard let kept else { return Array(repeating: .max, count: system.tensors.count) }
        var uses = [Int?](repeating: nil, count: system.tensors.count)
        for tensor in kept { uses[tensor.index] = .max }
        for tensor in system.tensorIDs.reversed() where uses[tensor.index] != nil {
            for source in evaluation.sources(of: tensor) where uses[source.index] == nil {
                uses[source.index] = tensor.index
            }
        }
        return uses
    }

    private func checkInputs(_ inputs: [[Int64]]) throws(WitnessError) {
        let circuit = system.circuit
        guard inputs.count == circuit.inputs.count else {
            throw .inputCount(expected: circuit.inputs.count, actual: inputs.count)
        }
        for (input, cells) in zip(circuit.inputs, inputs) {
            let name = input.port.name
            guard cells.count == input.shape.cellCount else {
                throw .inputCells(
                    port: name, expected: input.shape.cellCount, actual: cells.count)
            }
            let allowed = input.port.range
            if let cell = cells.firstIndex(where: { !allowed.contains($0) }) {
                throw .input(port: name, cell: cell, value: cells[cell], allowed: allowed)
            }
        }
    }

    private func checkOutputs(_ values: [[Int64]?]) throws(WitnessError) {
        for (output, claim) in zip(system.circuit.outputs, system.outputs) {
            guard let cells = values[claim.tensor.index] else { continue }
            let allowed = output.port.range
            if let cell = cells.firstIndex(where: { !allowed.contains($0) }) {
                throw .output(
                    port: output.port.name, cell: cell, value: cells[cell], allowed: allowed)
            }
        }
    }
}

extension Port {
    /// The B-bit signed integers.
    fileprivate var range: ClosedRange<Int64> { Int64(domain.lowest)...Int64(domain.highest) }
}
