extension Circuit {
    /// The first einsum on which more claims arrive than ``CircuitLimits/dissolvedTerms``; nil for a
    /// circuit within the limit.
    ///
    /// Each is a kernel that the verifier keeps until it can merge them all.
    func overloadedEinsum() -> Int? {
        var arriving = [Int](repeating: 0, count: wireCount)
        func add(_ count: Int, to wire: Wire) {
            arriving[wire.index] = min(
                arriving[wire.index] + count, CircuitLimits.dissolvedTerms + 1)
        }
        for output in outputs { add(1, to: output.wire) }
        var overloaded: Int?
        for (index, gadget) in gadgets.enumerated().reversed() {
            let own = arriving[resultWire(index).index]
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
}
