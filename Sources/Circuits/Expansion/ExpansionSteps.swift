// The steps that expansions of gadgets are made of.

extension ConstraintSystem {
    mutating func add(
        _ role: TensorRole, _ shape: TensorShape, gadget: Int? = nil
    ) -> TensorID {
        tensors.append(SystemTensor(shape: shape, role: role, gadget: gadget))
        return TensorID(index: tensors.count - 1)
    }

    mutating func advice(_ rule: AdviceRule, _ shape: TensorShape, _ gadget: Int?) -> TensorID {
        add(.advice(rule), shape, gadget: gadget)
    }

    func tensor(_ wire: Wire) -> TensorID { wireTensors[wire.index] }

    // MARK: Derived tensors

    /// The product, cell by cell, of two or three tensors of one shape.
    mutating func product(_ factors: [TensorID], gadget: Int) -> TensorID {
        let shape = shape(factors[0])
        let labels = Array(shape.extents.indices)
        return add(
            .einsum(
                Einsum(
                    extents: shape.extents, output: labels,
                    operands: factors.map { Operand($0, labels: labels) })),
            shape, gadget: gadget)
    }

    /// The sum along some axes.
    mutating func sum(_ tensor: TensorID, along axes: [Int], gadget: Int) -> TensorID {
        let shape = shape(tensor)
        let all = Array(shape.extents.indices)
        return add(
            .einsum(
                Einsum(
                    extents: shape.extents, output: shape.keptAxes(without: axes),
                    operands: [Operand(tensor, labels: all)])),
            shape.removing(axes), gadget: gadget)
    }

    /// row − tensor, the row repeated along the axes that it lacks.
    mutating func difference(
        _ row: TensorID, _ tensor: TensorID, along axes: [Int], gadget: Int
    ) -> TensorID {
        let shape = shape(tensor)
        let all = Array(shape.extents.indices)
        return add(
            .affine(
                Affine(
                    extents: shape.extents,
                    terms: [
                        .init(1, row, shape.keptAxes(without: axes)), .init(-1, tensor, all),
                    ])), shape, gadget: gadget)
    }

    /// constant + Σ coefficient · tensor, all of one shape, times 2^−rightShift.
    mutating func affine(
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

    // MARK: Constraints

    /// Σ coefficient · product of tensors = 0, all of one shape.
    mutating func constrainZero(_ terms: [(Int, [TensorID])], shape: TensorShape) {
        let labels = Array(shape.extents.indices)
        zeroConstraints.append(
            ZeroConstraint(
                shape: shape,
                terms: terms.map { coefficient, tensors in
                    .init(
                        coefficient: coefficient,
                        factors: tensors.map { .init(tensor: $0, labels: labels) })
                }))
    }

    /// The tuple of the tensors is a row of the table with these columns.
    mutating func constrainTuple(_ tensors: [TensorID], bits: Int, _ columns: [TableColumn]) {
        let table = table(bits: bits, columns: columns)
        lookups.append(Lookup(columns: tensors, table: table))
    }

    /// tensor in [lowest, lowest + 2^bits).
    mutating func constrain(_ tensor: TensorID, to domain: IntegerDomain, gadget: Int?) {
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
    mutating func constrainRange(_ tensor: TensorID, bits: Int, gadget: Int?) {
        let width = circuit.limbBits
        let lowLimbs = (bits - 1) / width
        var terms: [(Int128, TensorID)] = [(1, tensor)]
        for limb in 0..<lowLimbs {
            let limbTensor = advice(
                .limb(tensor, shift: limb * width, bits: width), shape(tensor), gadget)
            constrainTuple([limbTensor], bits: width, [.index(lowest: 0)])
            terms.append((-(Int128(1) << Int128(limb * width)), limbTensor))
        }
        var top = tensor
        if lowLimbs > 0 {
            top = affine(
                shape: shape(tensor), constant: 0, terms: terms, rightShift: lowLimbs * width,
                gadget: gadget)
        }
        constrainTuple([top], bits: bits - lowLimbs * width, [.index(lowest: 0)])
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
