import Field

/// y[i…, k…] = T[x[i…], k…]: rows of a table, constant or computed, by computed indices; an index
/// outside the table has no proof. protocol.md section 2, "Gather".
///
/// x = lowCount·a + b with one-hot tensors A and B of the two digits (``OneHot``), so that about
/// √rows cells an index are committed, and y = Σ A·B·T[lowCount·a + b].
public struct Gather: Sendable, Hashable {
    public var table: Wire
    public var indices: Wire
    /// How many values the low digit has; 1 for a single one-hot tensor over all rows.
    public var lowCount: Int

    public init(table: Wire, indices: Wire, lowCount: Int) {
        self.table = table
        self.indices = indices
        self.lowCount = lowCount
    }
}

extension Gather: AdvisedGadget {
    static let kind = 11

    var sources: [Wire] { [table, indices] }

    /// The digits are in range, so lowCount·a + b is x in one way only.
    func validatedShape(
        _ shapes: [TensorShape], functionTables: [IntegerDomain]
    ) throws(GadgetFault) -> TensorShape {
        let (table, indices) = (shapes[table.index], shapes[indices.index])
        guard let rows = table.extents.first else { throw .axes }
        guard (1...rows).contains(lowCount) else { throw .extent }
        guard let shape = TensorShape(indices.extents + table.extents.dropFirst()) else {
            throw .tooLarge
        }
        let (highCount, digits) = digitCounts(rows: rows)
        guard highCount * lowCount <= CircuitLimits.labelCombinations else { throw .verifierWork }
        guard shape.rank + digits <= 2 * TensorShape.rankLimit,
            TensorShape(indices.extents + [highCount]) != nil,
            TensorShape(indices.extents + [lowCount]) != nil,
            (shape.extents + [highCount, lowCount]).reduce(0, { $0 + log2Ceiling($1) }) <= 62
        else { throw .tooLarge }
        return shape
    }

    private func digitCounts(rows: Int) -> (high: Int, digits: Int) {
        ((rows + lowCount - 1) / lowCount, lowCount == 1 ? 1 : 2)
    }

    func expand(in system: inout ConstraintSystem, _ place: GadgetPlace) -> TensorID {
        let gadget = place.index
        let (t, x) = (system.tensor(table), system.tensor(indices))
        let (tableExtents, shape) = (system.shape(t).extents, system.shape(x))
        let rows = tableExtents[0]
        let highCount = digitCounts(rows: rows).high
        // Labels: the indices' axes, the digits, the table's other axes.
        var extents = shape.extents + [highCount]
        let outer = Array(shape.extents.indices)
        let high = system.digit(of: x, divisor: lowCount, count: highCount, gadget: gadget)
        var operands = [Operand(high.selector, labels: outer + [shape.rank])]
        var rowIndex = [LabelTerm(shape.rank, lowCount)]
        var value: [(Int, [TensorID])] = [(lowCount, [high.value]), (-1, [x])]
        if lowCount > 1 {
            let low = system.digit(of: x, divisor: 1, count: lowCount, gadget: gadget)
            operands.append(Operand(low.selector, labels: outer + [extents.count]))
            rowIndex.append(LabelTerm(extents.count))
            value.append((1, [low.value]))
            extents.append(lowCount)
        }
        system.constrainZero(value, shape: shape)
        if highCount * lowCount > rows {
            let room = system.affine(
                shape: shape, constant: Int128(rows - 1), terms: [(-1, x)], gadget: gadget)
            system.constrainRange(room, bits: log2Ceiling(highCount * lowCount), gadget: gadget)
        }
        let inner = (1..<tableExtents.count).map { extents.count + $0 - 1 }
        extents += tableExtents.dropFirst()
        operands.append(Operand(t, [AxisIndex(rowIndex)] + inner.map(AxisIndex.label)))
        return system.add(
            .einsum(Einsum(extents: extents, output: outer + inner, operands: operands)),
            place.shape, gadget: gadget)
    }

    func renumbered(_ wire: (Wire) -> Wire) -> Self {
        Gather(table: wire(table), indices: wire(indices), lowCount: lowCount)
    }

    func encode(into writer: inout ByteWriter) {
        writer.count(table.index)
        writer.count(indices.index)
        writer.count(lowCount)
    }

    init(decoding reader: inout ByteReader) throws(DecodingError) {
        table = try reader.wire("gather.table")
        indices = try reader.wire("gather.indices")
        lowCount = try reader.count(limit: CircuitLimits.extent, "gather.lowCount")
    }
}
