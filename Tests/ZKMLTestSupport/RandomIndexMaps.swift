import Circuits

// Einsums, convolutions and views of random circuits.
extension RandomCircuitMaker {
    /// One to three operands; each axis a label, shared or new, a window, or a constant index.
    mutating func addEinsum() {
        var extents: [Int] = []
        var operands: [Operand<Wire>] = []
        var magnitude = 1.0
        for _ in 0..<generator.pick([1, 2, 2, 2, 3, 3]) {
            guard let source = operandSource(sharing: extents) else { continue }
            let range = draft.range(source)
            magnitude *= Double(max(range.upperBound, -range.lowerBound, 1))
            guard magnitude < 0x1p36 || operands.isEmpty else { continue }
            let saved = extents
            let operand = randomOperand(source, &extents)
            if extents.reduce(1, *) > Self.workLimit {
                extents = saved
            } else {
                operands.append(operand)
            }
        }
        guard !operands.isEmpty else { return }
        if operands.count == 2, generator.oneIn(4) { operands.append(operands[0]) }
        // A label that only a discarded operand had must go.
        let used = Set(operands.flatMap(\.labels)).sorted()
        let place = Dictionary(uniqueKeysWithValues: zip(used, used.indices))
        for operand in operands.indices {
            for axis in operands[operand].axes.indices {
                for term in operands[operand].axes[axis].terms.indices {
                    operands[operand].axes[axis].terms[term].label =
                        place[operands[operand].axes[axis].terms[term].label]!
                }
            }
        }
        extents = used.map { extents[$0] }
        var output: [Label] = []
        for label in extents.indices.shuffled(using: &generator)
        where generator.oneIn(2) && output.count < Self.rankLimit {
            let cells = output.reduce(extents[label]) { $0 * extents[$1] }
            if cells <= Self.cellLimit { output.append(label) }
        }
        let einsum = Gadget.einsum(
            Einsum(extents: extents, output: output, operands: operands))
        if isSmall(einsum) { _ = draft.add(einsum) }
    }

    /// A wire, or a new constant that shares some extents.
    private mutating func operandSource(sharing extents: [Int]) -> Wire? {
        guard generator.oneIn(3) else {
            return randomWire { $0.range($1).signedBits <= 20 }
        }
        var shape: [Int] = []
        for _ in 0..<generator.integer(0...3) {
            let extent =
                extents.isEmpty || generator.oneIn(3)
                ? randomExtent() : generator.pick(extents)
            if shape.reduce(extent, *) <= Self.cellLimit { shape.append(extent) }
        }
        return draft.constant(shape, in: -9...9, using: &generator)
    }

    private mutating func randomOperand(
        _ source: Wire, _ extents: inout [Int]
    ) -> Operand<Wire> {
        var used: Set<Label> = []
        /// An unused label of that extent; now and then a new one.
        func label(_ extent: Int) -> Label {
            let old = extents.indices.filter { extents[$0] == extent && !used.contains($0) }
            let label: Label
            if let choice = old.randomElement(using: &generator), !generator.oneIn(4) {
                label = choice
            } else {
                label = extents.count
                extents.append(extent)
            }
            used.insert(label)
            return label
        }
        let isPlain = generator.oneIn(2)
        let axes = draft.extents(source).map { extent in
            if isPlain { return AxisIndex.label(label(extent)) }
            switch generator.integer(0...5) {
            case 0: return AxisIndex([], offset: generator.integer(-1...extent))
            case 1, 2:
                // A window: neighbouring labels, or one label and a stride.
                let inner = generator.pick([1, 2, 3])
                let outer = generator.pick([1, 2, 3, 4, 5])
                return AxisIndex(
                    [
                        LabelTerm(label(outer), generator.pick([1, 1, 2, 3, -1])),
                        LabelTerm(label(inner), generator.pick([1, 1, 2, -1])),
                    ].shuffled(using: &generator), offset: generator.integer(-2...2))
            case 3:
                return AxisIndex(
                    [LabelTerm(label(randomExtent()), generator.pick([1, 2, -1, -2]))],
                    offset: generator.integer(-2...extent))
            default: return AxisIndex.label(label(extent))
            }
        }
        return Operand(source, axes)
    }

    /// W[g, o, i, u] · X[g·i + …, s·y + d·u − p]: groups, strides, dilations and pads, in one or
    /// two dimensions.
    mutating func addConvolution() {
        let source = randomWire {
            (2...3).contains($0.shape($1).rank) && $0.range($1).signedBits <= 20
        }
        guard let source else { return }
        let shape = draft.extents(source)
        let divisors = (1...shape[0]).filter { shape[0] % $0 == 0 }
        let groups = generator.pick(divisors)
        let (output, input) = (generator.integer(1...3), shape[0] / groups)
        // Labels g, o, i, then a window and a position each dimension.
        var extents = [groups, output, input]
        var weights = [AxisIndex.label(0), .label(1), .label(2)]
        var axes = [AxisIndex([LabelTerm(0, input), LabelTerm(2)])]
        var positions: [Label] = []
        for size in shape.dropFirst() {
            let (kernel, stride) = (generator.integer(1...3), generator.integer(1...2))
            let (dilation, pad) = (generator.integer(1...2), generator.integer(0...2))
            let reach = size + 2 * pad - dilation * (kernel - 1) - 1
            guard reach >= 0 else { return }
            let window = extents.count
            extents += [kernel, reach / stride + 1]
            weights.append(.label(window))
            axes.append(
                AxisIndex(
                    [LabelTerm(window + 1, stride), LabelTerm(window, dilation)], offset: -pad))
            positions.append(window + 1)
        }
        let outputLabels = [0, 1] + positions
        guard extents.reduce(1, *) <= 2 * Self.workLimit,
            outputLabels.reduce(1, { $0 * extents[$1] }) <= Self.cellLimit
        else { return }
        let weight = draft.constant(
            weights.compactMap(\.plainLabel).map { extents[$0] }, in: -9...9, using: &generator)
        let einsum = Gadget.einsum(
            Einsum(
                extents: extents, output: outputLabels,
                operands: [Operand(weight, weights), Operand(source, axes)]))
        if isSmall(einsum) { _ = draft.add(einsum) }
    }

    mutating func addView() {
        guard let source = randomWire() else { return }
        var extents: [Int] = []
        let axes = draft.extents(source).map { extent in
            var terms: [LabelTerm] = []
            for _ in 0..<generator.pick([0, 1, 1, 1, 2]) {
                let isWhole = generator.oneIn(2)
                let label = isWhole ? extent : generator.pick([1, 2, 3, 4, 5])
                guard extents.reduce(label, *) <= Self.cellLimit, extents.count < Self.rankLimit
                else { continue }
                terms.append(
                    LabelTerm(extents.count, isWhole ? 1 : generator.pick([1, 1, 2, -1, -2])))
                extents.append(label)
            }
            let isInside = generator.oneIn(2)
            return AxisIndex(
                terms, offset: isInside ? 0 : generator.integer(-2...extent))
        }
        // Labels in any order.
        let order = extents.indices.shuffled(using: &generator)
        let place = order.indices.reduce(into: [Int](repeating: 0, count: order.count)) {
            $0[order[$1]] = $1
        }
        let relabelled = axes.map { axis in
            AxisIndex(
                axis.terms.map { LabelTerm(place[$0.label], $0.coefficient) },
                offset: axis.offset)
        }
        _ = draft.add(
            .view(
                View(
                    extents: order.map { extents[$0] }, operand: Operand(source, relabelled),
                    fill: generator.pick([0, 0, 1, -128, 77]))))
    }
}
