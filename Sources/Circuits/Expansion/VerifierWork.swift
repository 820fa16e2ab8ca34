extension ConstraintSystem {
    /// Bounds the verifier's work that no proof byte decides.
    ///
    /// Counted on what gadgets expand into, so that no gadget has to say what it costs.
    ///
    /// - Throws: ``CircuitError`` naming a gadget or an output.
    func checkVerifierWork() throws(CircuitError) {
        var work = VerifierWork()
        for tensor in tensors {
            guard work.add(tensor, of: self) else { throw .invalidGadget(tensor.gadget) }
        }
        for column in lookups.flatMap(\.columns) {
            guard work.claim(column, kernelSteps: 1) else {
                throw .invalidGadget(self[column].gadget)
            }
        }
        for factor in zeroConstraints.flatMap(\.distinctFactors) {
            guard work.claim(factor.tensor, kernelSteps: 1) else {
                throw .invalidGadget(self[factor.tensor].gadget)
            }
        }
        for (output, claim) in zip(circuit.outputs, outputs) {
            guard work.addOutput(claim.tensor, cellCount: shape(claim.tensor).cellCount) else {
                throw .invalidPort(name: output.port.name, .verifierWork)
            }
        }
        if let tensor = overloadedEinsum() { throw .invalidGadget(self[tensor].gadget) }
    }
}

extension CircuitError {
    /// Tensors of ports alone are committed or public: no limit is passed at one of them.
    fileprivate static func invalidGadget(_ gadget: Int?) -> CircuitError {
        .invalidGadget(index: gadget ?? 0, .verifierWork)
    }
}

/// The steps of the verifier on kernels that are not points, and on public values.
///
/// A claim on a tensor dissolves through views, merges and affine tensors into terms on what they
/// are made from, carrying a kernel; lookups, zero constraints, einsums and outputs make claims.
private struct VerifierWork {
    /// What one claim on a tensor costs: `fixed` steps, and the steps of its kernel `evaluations`
    /// times.
    private struct ClaimCost {
        var terms = 1
        var depth = 0
        var evaluations = 1
        var fixed = 1
    }

    private var steps = 0
    private var costs: [ClaimCost] = []

    /// Beyond any limit; sums and products of numbers up to this one stay far below 2^63.
    fileprivate static let tooMuch = CircuitLimits.verifierWork + 1

    private var isWithinLimits: Bool { steps <= CircuitLimits.verifierWork }

    /// Adds the next tensor; false when a limit is passed.
    mutating func add(_ tensor: SystemTensor, of system: ConstraintSystem) -> Bool {
        var cost = ClaimCost()
        switch tensor.role {
        case .publicInput:
            // A claim on public values reads each of them.
            cost.fixed = tensor.shape.cellCount
        case .committedInput, .committedOutput, .constant, .advice, .multiplicity:
            break
        case .einsum(let einsum):
            for operand in einsum.operands {
                let shape = system.shape(operand.source)
                _ = claim(
                    operand.source,
                    kernelSteps: 1 + operand.steps(shape, extents: einsum.extents))
            }
        case .view(let view):
            let source = view.operand.source
            let windows = view.operand.steps(system.shape(source), extents: view.extents)
            cost = through([source], kernelSteps: windows)
            // Filling takes the sum of the kernel on both sides.
            if view.fill != 0 {
                cost.evaluations += 2
                cost.fixed += windows
            }
        case .merge(let merge):
            cost = through(
                [merge.source], kernelSteps: min(tensor.shape.cellCount, Self.tooMuch))
        case .affine(let affine):
            cost = through(affine.terms.map(\.source), kernelSteps: 0)
            // The sums over broadcast axes, and over all axes for the constant.
            cost.evaluations += 1 + affine.terms.count { $0.labels.count < affine.extents.count }
        }
        cost.fixed = min(cost.fixed, Self.tooMuch)
        costs.append(cost)
        return cost.terms <= CircuitLimits.dissolvedTerms
            && cost.depth <= CircuitLimits.dissolvedDepth && isWithinLimits
    }

    /// Adds the claim on an output; false when the limit is passed.
    mutating func addOutput(_ tensor: TensorID, cellCount: Int) -> Bool {
        steps = min(steps + cellCount, Self.tooMuch)
        return claim(tensor, kernelSteps: 1)
    }

    /// Adds a claim; false when the limit is passed.
    mutating func claim(_ tensor: TensorID, kernelSteps: Int) -> Bool {
        let cost = costs[tensor.index]
        steps = min(steps + cost.fixed + cost.evaluations * kernelSteps, Self.tooMuch)
        return isWithinLimits
    }

    /// The cost of a claim that becomes one on each of the sources, with a kernel of that many
    /// steps more.
    private func through(_ sources: [TensorID], kernelSteps: Int) -> ClaimCost {
        var cost = ClaimCost(evaluations: 0)
        for source in sources {
            let part = costs[source.index]
            cost.terms += part.terms
            cost.depth = max(cost.depth, 1 + part.depth)
            cost.evaluations += part.evaluations
            cost.fixed += part.fixed + part.evaluations * kernelSteps
        }
        return cost
    }
}

extension Operand {
    /// The steps of a kernel's vectors on the source's axes that are not indexed by a label of
    /// their own: label combinations, and the axis itself.
    fileprivate func steps(_ shape: TensorShape, extents: [Int]) -> Int {
        var steps = 0
        for (axis, extent) in zip(axes, shape.extents) {
            if let label = axis.plainLabel, extents[label] == extent { continue }
            var combinations = 1
            for term in axis.terms {
                // Both factors are at most 2^24.
                combinations = min(
                    combinations * extents[term.label], CircuitLimits.labelCombinations + 1)
            }
            if combinations > CircuitLimits.labelCombinations { return VerifierWork.tooMuch }
            steps += combinations + extent
        }
        return min(steps, VerifierWork.tooMuch)
    }
}
