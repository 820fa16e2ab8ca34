/// What a key may ask of the verifier: bounds on work that no proof byte decides.
///
/// Counts, for every wire, into how many terms a claim on it dissolves and how deep, and sums the
/// label combinations of all index maps.
struct VerifierWork {
    private var steps = 0
    private var terms: [Int]
    private var depths: [Int]

    init(circuit: Circuit) {
        let given = circuit.inputs.count + circuit.constants.count
        terms = Array(repeating: 1, count: given)
        depths = Array(repeating: 0, count: given)
    }

    /// Adds the next gadget; false when a limit is passed.
    ///
    /// The gadget is valid and its sources were added before.
    mutating func add(_ gadget: Gadget) -> Bool {
        var gadgetTerms = 1
        var depth = 0
        switch gadget {
        case .einsum(let einsum):
            for operand in einsum.operands { count(operand, extents: einsum.extents) }
        case .view(let view):
            count(view.operand, extents: view.extents)
            gadgetTerms += terms[view.operand.source.index]
            depth = 1 + depths[view.operand.source.index]
        case .merge(let merge):
            gadgetTerms += terms[merge.source.index]
            depth = 1 + depths[merge.source.index]
        case .affine(let affine):
            for term in affine.terms {
                gadgetTerms += terms[term.source.index]
                depth = max(depth, 1 + depths[term.source.index])
            }
        case .requantise, .maximum:
            break
        }
        terms.append(gadgetTerms)
        depths.append(depth)
        steps += gadgetTerms
        return gadgetTerms <= CircuitLimits.dissolvedTerms
            && depth <= CircuitLimits.dissolvedDepth && steps <= CircuitLimits.verifierWork
    }

    private mutating func count(_ operand: Operand<Wire>, extents: [Int]) {
        for axis in operand.axes {
            var combinations = 1
            for term in axis.terms {
                // Both factors are at most 2^26.
                combinations = min(combinations * extents[term.label], CircuitLimits.verifierWork)
            }
            steps += combinations
        }
    }
}
