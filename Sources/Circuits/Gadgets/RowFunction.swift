import Field

/// y = f(m − x), m the largest cell of each row of x: the exponentials of a softmax,
/// quantization.md "Softmax".
///
/// A row runs over `axes`. d = m − x; (d, y, [d = 0]) is in a table whose rows are 0, 1, 2, …, and
/// the flags of a row add up to 1 or more, which makes m one of its cells and the table's range
/// makes it the largest. With `overshootBits` = k > 0, d = c + f·a with f 1 at the table's last
/// row and 0 elsewhere, a in [0, 2^k), and (c, y, [c = 0], f) is in the table.
public struct RowFunction: Sendable, Hashable {
    public var source: Wire
    /// Ascending, at least one.
    public var axes: [Int]
    /// A function table over 0 ..< 2^bits.
    public var table: Int
    public var overshootBits: Int

    public init(source: Wire, axes: [Int], table: Int, overshootBits: Int = 0) {
        self.source = source
        self.axes = axes
        self.table = table
        self.overshootBits = overshootBits
    }
}

extension RowFunction: SingleSourceGadget {
    static let kind = 8

    /// m is x_j for some cell j, and m − x_i is in [0, 2^101): two such m differ by numbers whose
    /// sum is 0 and that cannot wrap. c and f follow from d, and y from c.
    func validatedShape(
        _ shapes: [TensorShape], functionTables: [IntegerDomain]
    ) throws(GadgetFault) -> TensorShape {
        guard CircuitLimits.shifts.contains(overshootBits) else { throw .shift }
        guard functionTables.indices.contains(table) else { throw .table }
        guard functionTables[table].lowest == 0 else { throw .domain }
        let shape = shapes[source.index]
        _ = try shape.reduced(along: axes)
        return shape
    }

    func expand(in system: inout ConstraintSystem, _ place: GadgetPlace) -> TensorID {
        let (shape, gadget) = (place.shape, place.index)
        let x = system.tensor(source)
        let domain = system.circuit.functionTables[table]
        let rows = shape.removing(axes)
        let largest = system.advice(.maximum(x, axes: axes), rows, gadget)
        let distance = system.difference(largest, x, along: axes, gadget: gadget)
        let saturates = overshootBits > 0
        var position = distance
        if saturates {
            position = system.advice(.rounded(distance, shift: 0, domain: domain), shape, gadget)
        }
        let value = system.advice(.tableValue(position, table: table), shape, gadget)
        let isLargest = system.advice(.indicator(position, of: 0), shape, gadget)
        var columns = [position, value, isLargest]
        var tableColumns: [TableColumn] = [
            .index(lowest: 0), .constant(place.valueColumns[table]), .firstRow,
        ]
        if saturates {
            let isLast = system.advice(.indicator(position, of: domain.highest), shape, gadget)
            let overshoot = system.advice(
                .overshoot(distance, shift: 0, domain: domain), shape, gadget)
            columns.append(isLast)
            tableColumns.append(.lastRow)
            system.constrainRange(overshoot, bits: overshootBits, gadget: gadget)
            system.constrainZero(
                [(1, [distance]), (-1, [position]), (-1, [isLast, overshoot])], shape: shape)
        }
        system.constrainTuple(columns, bits: domain.bits, tableColumns)
        let count = system.sum(isLargest, along: axes, gadget: gadget)
        let length = axes.reduce(1) { $0 * shape.extents[$1] }
        if length == 1 {
            system.constrainZero([(1, [count]), (-1, [])], shape: rows)
        } else {
            let others = system.affine(
                shape: rows, constant: -1, terms: [(1, count)], gadget: gadget)
            system.constrainRange(others, bits: log2Ceiling(length), gadget: gadget)
        }
        return value
    }

    func encode(into writer: inout ByteWriter) {
        writer.count(source.index)
        writer.labels(axes)
        writer.count(table)
        writer.count(overshootBits, byteCount: 1)
    }

    init(decoding reader: inout ByteReader) throws(DecodingError) {
        source = try reader.wire("rowFunction.source")
        axes = try reader.labels("rowFunction.axes")
        table = try reader.count(limit: 1 << 30, "rowFunction.table")
        overshootBits = try reader.count(byteCount: 1, limit: 255, "rowFunction.overshoot")
    }
}
