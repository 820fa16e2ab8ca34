extension ConstraintSystem {
    /// Expands `circuit`, which is validated first, and bounds the verifier's work on it.
    ///
    /// - Throws: ``CircuitError``.
    public init(_ circuit: Circuit) throws(CircuitError) {
        let shapes = try circuit.validatedShapes()
        self.circuit = circuit
        for (index, input) in circuit.inputs.enumerated() {
            switch input.port.visibility {
            case .public:
                wireTensors.append(add(.publicInput(index), input.shape))
            case .committed:
                let tensor = add(.committedInput(index), input.shape)
                wireTensors.append(tensor)
                constrain(tensor, to: input.port.domain, gadget: nil)
            }
        }
        for (index, shape) in circuit.constants.enumerated() {
            wireTensors.append(add(.constant(index), shape))
        }
        var valueColumns: [TensorID] = []
        for (index, shape) in circuit.constantShapes.enumerated().dropFirst(circuit.constants.count)
        {
            valueColumns.append(add(.constant(index), shape))
        }
        for (index, gadget) in circuit.gadgets.enumerated() {
            let shape = shapes[wireTensors.count]
            let result = expand(gadget, shape: shape, index: index, valueColumns: valueColumns)
            wireTensors.append(result)
            // Checked in between: one gadget makes hundreds at most, a key names many.
            guard tensors.count <= CircuitLimits.tensors else { throw .tooManyTensors }
        }
        for (index, output) in circuit.outputs.enumerated() {
            let tensor = wireTensors[output.wire.index]
            switch output.port.visibility {
            case .public:
                outputs.append(OutputClaim(tensor: tensor, committed: nil))
            case .committed:
                let copy = add(.committedOutput(index, copyOf: tensor), shape(tensor))
                constrain(copy, to: output.port.domain, gadget: nil)
                outputs.append(OutputClaim(tensor: tensor, committed: copy))
            }
        }
        guard tensors.count <= CircuitLimits.tensors else { throw .tooManyTensors }
        try checkVerifierWork()
    }

    private mutating func expand(
        _ gadget: Gadget, shape: TensorShape, index: Int, valueColumns: [TensorID]
    ) -> TensorID {
        switch gadget {
        case .einsum(let einsum):
            return add(.einsum(einsum.mapped(tensor)), shape, gadget: index)
        case .view(let view):
            let mapped = View(
                extents: view.extents, operand: view.operand.mapped(tensor), fill: view.fill)
            return add(.view(mapped), shape, gadget: index)
        case .merge(let merge):
            let mapped = Merge(source: tensor(merge.source), groups: merge.groups)
            return add(.merge(mapped), shape, gadget: index)
        case .affine(let affine):
            return add(.affine(affine.mapped(tensor)), shape, gadget: index)
        default:
            guard let advised = gadget.advised else {
                preconditionFailure("every other gadget has advice")
            }
            return advised.expand(
                in: &self, GadgetPlace(index: index, shape: shape, valueColumns: valueColumns))
        }
    }
}
