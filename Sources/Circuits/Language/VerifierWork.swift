/// What a key may ask of the verifier: bounds on work that no proof byte decides.
///
/// A claim on a wire dissolves through views, merges and affine tensors into terms on what they
/// are made from, carrying a kernel; each gadget claims its sources a fixed number of times. The
/// steps counted are those of evaluating kernels that are not points, and of reading public
/// values.
struct VerifierWork {
    /// What one claim on a wire costs: `fixed` steps, and the steps of its kernel `evaluations`
    /// times.
    private struct ClaimCost {
        var terms = 1
        var depth = 0
        var evaluations = 1
        var fixed = 1
    }

    private var steps = 0
    private var costs: [ClaimCost]

    /// Beyond any limit; sums and products of numbers up to this one stay far below 2^63.
    fileprivate static let tooMuch = CircuitLimits.verifierWork + 1

    init(circuit: Circuit) {
        costs = circuit.inputs.map { input in
            // A claim on public values reads each of them.
            ClaimCost(
                fixed: input.port.visibility == .public
                    ? min(input.shape.cellCount, Self.tooMuch) : 1)
        }
        costs += circuit.constants.map { _ in ClaimCost() }
    }

    private var isWithinLimits: Bool { steps <= CircuitLimits.verifierWork }

    /// Adds the next gadget; false when a limit is passed.
    ///
    /// The gadget is valid and its sources were added before.
    ///
    /// - Parameter shapes: Of the wires so far.
    /// - Parameter cellCount: Of the gadget's result.
    mutating func add(_ gadget: Gadget, shapes: [TensorShape], cellCount: Int) -> Bool {
        var cost = ClaimCost()
        switch gadget {
        case .einsum(let einsum):
            for operand in einsum.operands {
                let source = operand.source.index
                claim(
                    source,
                    kernelSteps: 1 + operand.steps(shapes[source], extents: einsum.extents))
            }
        case .view(let view):
            let source = view.operand.source.index
            cost = through(
                [source],
                kernelSteps: view.operand.steps(shapes[source], extents: view.extents))
            // Filling takes the sum of the kernel on both sides.
            if view.fill != 0 {
                cost.evaluations += 2
                cost.fixed += view.operand.steps(shapes[source], extents: view.extents)
            }
        case .merge(let merge):
            cost = through([merge.source.index], kernelSteps: min(cellCount, Self.tooMuch))
        case .affine(let affine):
            cost = through(affine.terms.map(\.source.index), kernelSteps: 0)
            // The sums over broadcast axes, and over all axes for the constant.
            cost.evaluations += 1 + affine.terms.count { $0.labels.count < affine.extents.count }
        default:
            for claims in gadget.advised?.claims ?? [] {
                let source = claims.source.index
                for _ in 0..<claims.count {
                    claim(source, kernelSteps: claims.kernelSteps(shapes[source]))
                }
            }
        }
        cost.fixed = min(cost.fixed, Self.tooMuch)
        costs.append(cost)
        return cost.terms <= CircuitLimits.dissolvedTerms
            && cost.depth <= CircuitLimits.dissolvedDepth && isWithinLimits
    }

    /// Adds the claim on an output; false when the limit is passed.
    mutating func addOutput(_ wire: Wire, cellCount: Int) -> Bool {
        claim(wire.index, kernelSteps: 1)
        steps = min(steps + cellCount, Self.tooMuch)
        return isWithinLimits
    }

    private mutating func claim(_ wire: Int, kernelSteps: Int) {
        let cost = costs[wire]
        steps = min(steps + cost.fixed + cost.evaluations * kernelSteps, Self.tooMuch)
    }

    /// The cost of a claim that becomes one on each of the sources, with a kernel of that many
    /// steps more.
    private func through(_ sources: [Int], kernelSteps: Int) -> ClaimCost {
        var cost = ClaimCost(evaluations: 0)
        for source in sources {
            let part = costs[source]
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
