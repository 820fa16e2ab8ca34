/// What a key may ask of the verifier: bounds on work and memory that no proof byte decides.
///
/// A claim on a view, merge or affine tensor dissolves into claims on what it is made from. For
/// every wire this counts into how many claims one claim on it dissolves, how deep, and at how
/// many steps; and adds up the steps of all claims that gadgets and outputs make, and the tensors
/// they expand to.
struct VerifierWork {
    private let circuit: Circuit
    /// Tensors of the expanded circuit.
    private var tensors: Int
    private var steps = 0
    // For a claim on each wire.
    private var claims: [Int]
    private var depths: [Int]
    private var costs: [Int]

    init(circuit: Circuit) {
        self.circuit = circuit
        let given = circuit.inputs.count + circuit.constants.count
        claims = Array(repeating: 1, count: given)
        depths = Array(repeating: 0, count: given)
        // A claim on a public input contracts all its cells.
        costs =
            circuit.inputs.map { $0.port.visibility == .public ? $0.shape.cellCount : 1 }
            + Array(repeating: 1, count: circuit.constants.count)
        tensors = given + circuit.functionTables.count
        for input in circuit.inputs { tensors += rangeTensors(of: input.port) }
    }

    /// Adds the next gadget; false when a limit is passed.
    ///
    /// The gadget is valid and its sources were added before.
    mutating func add(_ gadget: Gadget, cellCount: Int) -> Bool {
        var gadgetClaims = 1
        var depth = 0
        var cost = 1
        switch gadget {
        case .einsum(let einsum):
            tensors += 1
            for operand in einsum.operands {
                steps += self.cost(operand, extents: einsum.extents)
            }
        case .view(let view):
            tensors += 1
            let source = view.operand.source.index
            gadgetClaims += claims[source]
            depth = 1 + depths[source]
            cost = self.cost(view.operand, extents: view.extents)
        case .merge(let merge):
            tensors += 1
            gadgetClaims += claims[merge.source.index]
            depth = 1 + depths[merge.source.index]
            cost = cellCount * (1 + 2 * claims[merge.source.index]) + costs[merge.source.index]
        case .affine(let affine):
            tensors += 1
            for term in affine.terms {
                gadgetClaims += claims[term.source.index]
                depth = max(depth, 1 + depths[term.source.index])
                cost += costs[term.source.index]
                guard gadgetClaims <= CircuitLimits.dissolvedTerms else { return false }
            }
        case .requantise(let requantisation):
            tensors += requantisation.tensorCount(limbBits: circuit.limbBits)
            steps += costs[requantisation.source.index]
        case .maximum(let maximum):
            tensors += 4 + rangeTensors(bits: maximum.bits)
            steps += 2 * costs[maximum.source.index]
        }
        claims.append(gadgetClaims)
        depths.append(depth)
        // Sums of a few thousand of them do not overflow.
        costs.append(min(cost, CircuitLimits.verifierWork + 1))
        return gadgetClaims <= CircuitLimits.dissolvedTerms
            && depth <= CircuitLimits.dissolvedDepth && isWithinLimits
    }

    /// Adds the next output; false when a limit is passed.
    mutating func add(_ output: Circuit.Output, cellCount: Int) -> Bool {
        steps += costs[output.wire.index]
        if output.port.visibility == .public {
            steps += cellCount
        } else {
            tensors += 1 + rangeTensors(of: output.port)
        }
        return isWithinLimits
    }

    private var isWithinLimits: Bool {
        steps <= CircuitLimits.verifierWork && tensors <= CircuitLimits.tensors
    }

    /// The first einsum on which so many claims arrive that comparing and merging them is too much
    /// work; nil for a circuit within the limits.
    func overloadedGadget() -> Int? {
        var arriving = [Int](repeating: 0, count: circuit.wireCount)
        func add(_ count: Int, to wire: Wire) {
            arriving[wire.index] = min(
                arriving[wire.index] + count, CircuitLimits.dissolvedTerms + 1)
        }
        for output in circuit.outputs { add(1, to: output.wire) }
        var overloaded: Int?
        for (index, gadget) in circuit.gadgets.enumerated().reversed() {
            let own = arriving[circuit.resultWire(index).index]
            switch gadget {
            case .view, .merge, .affine:
                for source in gadget.sources { add(own, to: source) }
            case .einsum:
                if own > CircuitLimits.dissolvedTerms { overloaded = index }
                for source in gadget.sources { add(1, to: source) }
            case .requantise(let requantisation):
                add(1, to: requantisation.source)
            case .maximum(let maximum):
                add(2, to: maximum.source)
            }
        }
        return overloaded
    }

    /// Steps of a claim that goes through an index map: its label combinations, which are gone
    /// through again, twice, for every claim below, and the claims on the source.
    private func cost(_ operand: Operand<Wire>, extents: [Int]) -> Int {
        var combinations = 0
        for axis in operand.axes {
            var product = 1
            for term in axis.terms {
                // Both factors are at most 2^26.
                product = min(product * extents[term.label], CircuitLimits.verifierWork)
            }
            combinations += product
        }
        let source = operand.source.index
        return combinations * (1 + 2 * claims[source]) + costs[source]
    }

    private func rangeTensors(bits: Int) -> Int {
        Circuit.rangeTensorCount(bits: bits, limbBits: circuit.limbBits)
    }

    private func rangeTensors(of port: Port) -> Int {
        port.visibility == .public ? 0 : 1 + rangeTensors(bits: port.bits)
    }
}

extension Circuit {
    /// Low limbs, and the top one that is derived from them.
    fileprivate static func rangeTensorCount(bits: Int, limbBits: Int) -> Int {
        let lowLimbs = (bits - 1) / limbBits
        return lowLimbs == 0 ? 0 : lowLimbs + 1
    }
}

extension Requantisation {
    /// At most that many tensors are its expansion.
    fileprivate func tensorCount(limbBits: Int) -> Int {
        func range(_ bits: Int) -> Int {
            bits == 0 ? 0 : 1 + Circuit.rangeTensorCount(bits: bits, limbBits: limbBits)
        }
        return 4 + range(domain.bits) + range(shift) + range(overshootBits)
    }
}
