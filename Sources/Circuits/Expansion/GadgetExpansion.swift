extension ConstraintSystem {
    /// Expands `circuit`, which is validated first.
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
    }

    private mutating func add(
        _ role: TensorRole, _ shape: TensorShape, gadget: Int? = nil
    ) -> TensorID {
        tensors.append(SystemTensor(shape: shape, role: role, gadget: gadget))
        return TensorID(index: tensors.count - 1)
    }

    private func tensor(_ wire: Wire) -> TensorID { wireTensors[wire.index] }

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
        case .requantise(let requantisation):
            return expand(requantisation, shape: shape, index: index, valueColumns: valueColumns)
        case .maximum(let maximum):
            return expand(maximum, shape: shape, index: index)
        }
    }

    private mutating func expand(
        _ r: Requantisation, shape: TensorShape, index: Int, valueColumns: [TensorID]
    ) -> TensorID {
        let source = tensor(r.source)
        let saturates = r.overshootBits > 0
        let quotient = add(
            .advice(.rounded(source, shift: r.shift, domain: r.domain)), shape, gadget: index)
        var columns = [quotient]
        var tableColumns = [TableColumn.index(lowest: r.domain.lowest)]
        var result = quotient
        if case .table(let table) = r.function {
            result = add(.advice(.tableValue(quotient, table: table)), shape, gadget: index)
            columns.append(result)
            tableColumns.append(.constant(valueColumns[table]))
        }
        // terms of x − h·2^shift
        let unit = Int128(1) << Int128(r.shift)
        var terms: [(Int128, TensorID)] = [(1, source), (-unit, quotient)]
        if saturates {
            let flag = add(
                .advice(.saturationFlag(quotient, domain: r.domain)), shape, gadget: index)
            let overshoot = add(
                .advice(.overshoot(source, shift: r.shift, domain: r.domain)), shape, gadget: index)
            columns.append(flag)
            tableColumns.append(.saturationFlag)
            constrainRange(overshoot, bits: r.overshootBits, gadget: index)
            terms.append((-unit, product(flag, overshoot, shape: shape, gadget: index)))
        }
        if columns.count == 1 {
            constrain(quotient, to: r.domain, gadget: index)
        } else {
            let table = self.table(bits: r.domain.bits, columns: tableColumns)
            lookups.append(Lookup(columns: columns, table: table))
        }
        if r.shift > 0 {
            let remainder = affine(
                shape: shape, constant: unit >> 1, terms: terms, gadget: index)
            constrainRange(remainder, bits: r.shift, gadget: index)
        } else {
            constrainZero(terms.map { (Int($0.0), [$0.1]) }, shape: shape)
        }
        return result
    }

    private mutating func expand(
        _ maximum: Maximum, shape: TensorShape, index: Int
    ) -> TensorID {
        let source = tensor(maximum.source)
        let full = self.shape(source)
        let all = Array(full.extents.indices)
        let kept = all.filter { !maximum.axes.contains($0) }
        let largest = add(.advice(.maximum(source, axes: maximum.axes)), shape, gadget: index)
        let difference = add(
            .affine(
                Affine(
                    extents: full.extents,
                    terms: [.init(1, largest, kept), .init(-1, source, all)])), full, gadget: index)
        constrainRange(difference, bits: maximum.bits, gadget: index)
        let selector = add(
            .advice(.firstZero(difference, axes: maximum.axes)), full, gadget: index)
        let sum = add(
            .einsum(
                Einsum(
                    extents: full.extents, output: kept,
                    operands: [Operand(selector, labels: all)])), shape, gadget: index)
        constrainZero([(1, [selector, difference])], shape: full)
        constrainZero([(1, [sum]), (-1, [])], shape: shape)
        return largest
    }

    private mutating func product(
        _ a: TensorID, _ b: TensorID, shape: TensorShape, gadget: Int
    ) -> TensorID {
        let labels = Array(shape.extents.indices)
        return add(
            .einsum(
                Einsum(
                    extents: shape.extents, output: labels,
                    operands: [Operand(a, labels: labels), Operand(b, labels: labels)])),
            shape, gadget: gadget)
    }

    /// constant + Σ coefficient · tensor, all of one shape, times 2^−rightShift.
    private mutating func affine(
        shape: TensorShape, constant: Int128, terms: [(Int128, TensorID)], rightShift: Int = 0,
        gadget: Int?
    ) -> TensorID {
        let labels = Array(shape.extents.indices)
        return add(
            .affine(
                Affine(
                    extents: shape.extents, constant: constant,
                    terms: terms.map { .init($0.0, $0.1, labels) }, rightShift: rightShift)),
            shape, gadget: gadget)
    }

    private mutating func constrainZero(
        _ terms: [(Int, [TensorID])], shape: TensorShape
    ) {
        let labels = Array(shape.extents.indices)
        zeroConstraints.append(
            ZeroConstraint(
                extents: shape.extents,
                terms: terms.map { coefficient, tensors in
                    .init(
                        coefficient: coefficient,
                        factors: tensors.map { .init(tensor: $0, labels: labels) })
                }))
    }

    /// tensor in [lowest, lowest + 2^bits).
    private mutating func constrain(_ tensor: TensorID, to domain: IntegerDomain, gadget: Int?) {
        var shifted = tensor
        if domain.lowest != 0 {
            shifted = affine(
                shape: shape(tensor), constant: -Int128(domain.lowest), terms: [(1, tensor)],
                gadget: gadget)
        }
        constrainRange(shifted, bits: domain.bits, gadget: gadget)
    }

    /// tensor in exactly [0, 2^bits): ⌈bits/w⌉ limbs, of which the low ones are committed and the
    /// top one is derived, in a table of exactly the bits that are left.
    private mutating func constrainRange(_ tensor: TensorID, bits: Int, gadget: Int?) {
        let width = circuit.limbBits
        let lowLimbs = (bits - 1) / width
        var terms: [(Int128, TensorID)] = [(1, tensor)]
        for limb in 0..<lowLimbs {
            let advice = add(
                .advice(.limb(tensor, shift: limb * width, bits: width)), shape(tensor),
                gadget: gadget)
            lookups.append(Lookup(columns: [advice], table: rangeTable(bits: width)))
            terms.append((-(Int128(1) << Int128(limb * width)), advice))
        }
        var top = tensor
        if lowLimbs > 0 {
            top = affine(
                shape: shape(tensor), constant: 0, terms: terms, rightShift: lowLimbs * width,
                gadget: gadget)
        }
        let topBits = bits - lowLimbs * width
        lookups.append(Lookup(columns: [top], table: rangeTable(bits: topBits)))
    }

    private mutating func rangeTable(bits: Int) -> Int {
        table(bits: bits, columns: [.index(lowest: 0)])
    }

    /// The table with these columns; made, with its multiplicities, at its first use.
    private mutating func table(bits: Int, columns: [TableColumn]) -> Int {
        let key = TableKey(bits: bits, columns: columns)
        if let index = tableIndices[key] { return index }
        let rows = TensorShape([1 << bits])!
        let multiplicity = add(.multiplicity(table: tables.count), rows)
        tableIndices[key] = tables.count
        tables.append(LookupTable(bits: bits, columns: columns, multiplicity: multiplicity))
        return tables.count - 1
    }
}
