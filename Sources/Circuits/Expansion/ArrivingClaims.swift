extension ConstraintSystem {
    /// The first einsum on which more claims arrive than ``CircuitLimits/dissolvedTerms``; nil for a
    /// circuit within the limit.
    ///
    /// Each is a kernel that the verifier keeps until it can merge them all.
    func overloadedEinsum() -> TensorID? {
        var arriving = [Int](repeating: 0, count: tensors.count)
        func add(_ count: Int, to tensor: TensorID) {
            arriving[tensor.index] = min(
                arriving[tensor.index] + count, CircuitLimits.dissolvedTerms + 1)
        }
        for output in outputs { add(1, to: output.tensor) }
        for column in lookups.flatMap(\.columns) { add(1, to: column) }
        for factor in zeroConstraints.flatMap(\.distinctFactors) { add(1, to: factor.tensor) }
        var overloaded: TensorID?
        for tensor in tensorIDs.reversed() {
            let own = arriving[tensor.index]
            switch self[tensor].role {
            case .view(let view): add(own, to: view.operand.source)
            case .merge(let merge): add(own, to: merge.source)
            case .affine(let affine):
                for term in affine.terms { add(own, to: term.source) }
            case .einsum(let einsum):
                if own > CircuitLimits.dissolvedTerms { overloaded = tensor }
                for operand in einsum.operands { add(1, to: operand.source) }
            case .publicInput, .committedInput, .committedOutput, .constant, .advice, .multiplicity:
                break
            }
        }
        return overloaded
    }
}
