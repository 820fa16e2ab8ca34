import Circuits
import TestSupport

/// Small random circuits over every gadget, with constants and inputs.
///
/// Whatever the inputs within their ports' bits, honest evaluation stays inside every domain: the
/// draft tracks the integers each wire can hold.
public enum RandomCircuits {
    /// - Parameter gadgets: How many to try; some more may follow to make unread wires outputs.
    public static func make(seed: UInt64, gadgets: Int = 8) -> TestModel {
        var maker = RandomCircuitMaker(seed: seed)
        for _ in 0..<gadgets { maker.addGadget() }
        return maker.finish()
    }
}

struct RandomCircuitMaker {
    let seed: UInt64
    var draft: CircuitDraft
    var generator: SeededGenerator

    static let extents = [1, 2, 3, 4, 5, 7, 8, 9]
    /// Cells of one tensor, and label combinations of one einsum.
    static let cellLimit = 240
    static let workLimit = 1500
    static let rankLimit = 5
    /// Wires that may hold more are not computed with further.
    static let magnitudeLimit = 1 << 36

    init(seed: UInt64) {
        self.seed = seed
        generator = SeededGenerator(seed: seed)
        draft = CircuitDraft(limbBits: generator.integer(1...6))
        for _ in 0..<generator.integer(1...3) {
            _ = draft.input(
                randomExtents(), bits: generator.pick([1, 2, 3, 5, 8]),
                visibility: randomVisibility())
        }
    }

    mutating func randomVisibility() -> Visibility { generator.oneIn(3) ? .committed : .public }

    mutating func randomExtent() -> Int { generator.pick(Self.extents) }

    mutating func randomExtents() -> [Int] {
        var extents: [Int] = []
        for _ in 0..<generator.pick([0, 1, 1, 2, 2, 3, 3]) {
            let extent = randomExtent()
            if extents.reduce(extent, *) <= Self.cellLimit { extents.append(extent) }
        }
        return extents
    }

    /// A wire to compute with: mostly one that nothing reads yet.
    mutating func randomWire(
        where isWanted: (CircuitDraft, Wire) -> Bool = { _, _ in true }
    ) -> Wire? {
        let usable = draft.wires.filter {
            isWanted(draft, $0)
                && max(draft.range($0).upperBound, -draft.range($0).lowerBound)
                    < Self.magnitudeLimit
        }
        let unread = usable.filter { !draft.read.contains($0) }
        if usable.isEmpty { return nil }
        return unread.isEmpty || generator.oneIn(3)
            ? generator.pick(usable) : generator.pick(unread)
    }

    mutating func addGadget() {
        switch generator.integer(0...16) {
        case 0, 1: addEinsum()
        case 2: addConvolution()
        case 3: addView()
        case 4: addMerge()
        case 5, 6: addAffine()
        case 7, 8: addRequantisation()
        case 9: addMaximum()
        case 10: addDivision()
        case 11: addReciprocalRoot()
        case 12: addRowFunction()
        case 13: addSelection()
        case 14: addOneHot()
        case 15: addGather()
        default: addEvenRounding()
        }
    }

    /// Makes every unread wire an output, narrowed to 32 bits first where it must be.
    mutating func finish() -> TestModel {
        if generator.oneIn(2), let wire = randomWire() { makeOutput(wire) }
        for wire in draft.wires where !draft.read.contains(wire) { makeOutput(wire) }
        let inputs = draft.circuit.inputs.map { input in
            let domain = input.port.domain
            return generator.cells(
                input.shape.cellCount, in: domain.lowest...domain.highest)
        }
        return draft.finish("random \(seed)", inputs: inputs)
    }

    private mutating func makeOutput(_ wire: Wire) {
        var wire = wire
        if draft.range(wire).signedBits > 32 {
            let shift = draft.range(wire).signedBits - 24
            wire = draft.add(
                .requantise(
                    Requantisation(
                        source: wire, shift: shift, domain: .signed(bits: 25),
                        function: .identity)))
        }
        draft.output(wire, extraBits: generator.integer(0...2), visibility: randomVisibility())
    }

    // MARK: Requantise and maximum

    mutating func addRequantisation() {
        guard let wire = randomWire() else { return }
        let isTable = generator.oneIn(2)
        let saturates = generator.oneIn(2)
        let width = draft.circuit.limbBits
        // A table's domain is small, so the shift must make the quotients small; saturation
        // allows any.
        let needed = max(0, draft.range(wire).sizeBits - 5)
        let shifts = [0, 1, 2, width - 1, width, width + 1, 2 * width + 1, needed, needed + 1]
        let shift = generator.pick(
            isTable && !saturates ? shifts.filter { $0 >= needed } : shifts)
        let quotients = draft.quotients(wire, shift: shift)
        var domain: IntegerDomain
        var overshoot = 0
        if saturates {
            let bits = generator.integer(1...6)
            domain = IntegerDomain(
                lowest: generator.pick([
                    -(1 << (bits - 1)), 0, quotients.lowerBound, quotients.lowerBound - 1,
                    quotients.upperBound - (1 << bits) + 1, -1,
                ]), bits: bits)
            let outside = max(
                quotients.upperBound - domain.highest, domain.lowest - quotients.lowerBound, 0)
            overshoot = max(log2Ceiling(outside + 1), 1)
        } else {
            let least = max(quotients.sizeBits, 1)
            let near = [width - 1, width, width + 1, 2 * width, 2 * width + 1]
            let bits =
                isTable
                ? least
                : generator.pick([least, least + 1] + near.filter { $0 >= least })
            let slack = (1 << bits) - (quotients.upperBound - quotients.lowerBound + 1)
            domain = IntegerDomain(
                lowest: quotients.lowerBound - generator.integer(0...slack), bits: bits)
            let signed = IntegerDomain.signed(bits: bits)
            if signed.contains(quotients.lowerBound), signed.contains(quotients.upperBound) {
                domain = signed
            }
        }
        var function = Requantisation.Function.identity
        if isTable {
            let values = generator.cells(1 << domain.bits, in: -40...40)
            let lowest = domain.lowest
            let old = draft.circuit.functionTables.firstIndex(of: domain)
            if let old, generator.oneIn(2) {
                function = .table(old)
            } else {
                function = .table(draft.table(domain) { Int(values[$0 - lowest]) })
            }
        }
        _ = draft.add(
            .requantise(
                Requantisation(
                    source: wire, shift: shift, domain: domain, function: function,
                    overshootBits: overshoot)))
    }

    mutating func addMaximum() {
        guard let wire = randomWire(where: { $0.shape($1).rank > 0 }) else { return }
        var axes = draft.extents(wire).indices.filter { _ in generator.oneIn(2) }
        if axes.isEmpty { axes = [generator.integer(0...draft.shape(wire).rank - 1)] }
        let bits = max(draft.range(wire).sizeBits, 1) + generator.integer(0...1)
        _ = draft.add(.maximum(Maximum(source: wire, axes: axes, bits: bits)))
    }

    // MARK: Merge and affine

    /// Merges only tensors at which claims end, so that no view or broadcast meets merged axes.
    mutating func addMerge() {
        let wire = randomWire { draft, wire in
            guard draft.shape(wire).rank > 1 else { return false }
            switch draft.gadget(wire) {
            case .view, .affine: return false
            case .select, .oneHot, .roundEven: return false
            default: return true
            }
        }
        guard let wire else { return }
        var groups = [1]
        for _ in 1..<draft.shape(wire).rank {
            if generator.oneIn(3) { groups.append(1) } else { groups[groups.count - 1] += 1 }
        }
        _ = draft.add(.merge(Merge(source: wire, groups: groups)))
    }

    mutating func addAffine() {
        guard let wire = randomWire() else { return }
        var extents = draft.extents(wire).shuffled(using: &generator)
        if generator.oneIn(3) {
            let extra = randomExtent()
            if extents.count < Self.rankLimit, extents.reduce(extra, *) <= Self.cellLimit {
                extents.insert(extra, at: generator.integer(0...extents.count))
            }
        }
        var terms: [Affine<Wire>.Term] = []
        for source in [wire] + draft.wires.shuffled(using: &generator).prefix(12) {
            guard terms.count < 4, let labels = labels(of: source, in: extents) else { continue }
            terms.append(.init(randomCoefficient(), source, labels))
        }
        if generator.oneIn(3), let axis = extents.indices.randomElement(using: &generator) {
            let bias = draft.constant([extents[axis]], in: -50...50, using: &generator)
            terms.append(.init(1, bias, [axis]))
        }
        let affine = Affine(
            extents: extents, constant: Int128(generator.pick([0, 0, 1, -7, 100])),
            terms: terms.shuffled(using: &generator))
        guard isSmall(.affine(affine)) else { return }
        _ = draft.add(.affine(affine))
    }

    private mutating func randomCoefficient() -> Int128 {
        Int128(generator.pick([1, 1, -1, 2, -3, 16]))
    }

    /// Different output labels with the extents of the source's axes; nil when there are none.
    private mutating func labels(of source: Wire, in extents: [Int]) -> [Label]? {
        var labels: [Label] = []
        for extent in draft.extents(source) {
            let free = extents.indices.filter { extents[$0] == extent && !labels.contains($0) }
            guard let label = free.randomElement(using: &generator) else { return nil }
            labels.append(label)
        }
        return labels
    }

    /// Whether a result is worth computing with: below 2^44.
    func isSmall(_ gadget: Gadget) -> Bool {
        guard let range = draft.range(of: gadget) else { return false }
        return max(range.upperBound, -range.lowerBound) < 1 << 44
    }
}
