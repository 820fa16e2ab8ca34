import Field

/// y = f(h), h = round half up (x / 2^shift), quantization.md "Rounding" and "Saturation".
///
/// Proved by x + 2^(shift−1) = h·2^shift + rem with rem in [0, 2^shift) and (h, y) in a table.
/// With `overshootBits` = k > 0, h may lie up to 2^k − 1 outside the domain: then
/// h = c + flag·a, c in the domain, flag −1 at its first integer, 1 at its last, a in [0, 2^k),
/// and y = f(c): f saturates.
public struct Requantisation: Sendable, Hashable {
    public enum Function: Sendable, Hashable {
        /// y = h; no value column.
        case identity
        /// y = the cell of that function table.
        case table(Int)
    }

    public var source: Wire
    public var shift: Int
    /// Where h lies; the domain of the table, if there is one.
    public var domain: IntegerDomain
    public var function: Function
    public var overshootBits: Int

    public init(
        source: Wire, shift: Int, domain: IntegerDomain, function: Function, overshootBits: Int = 0
    ) {
        self.source = source
        self.shift = shift
        self.domain = domain
        self.function = function
        self.overshootBits = overshootBits
    }
}

extension Requantisation: SingleSourceGadget {
    static let kind = 4

    /// (h − h′) · 2^shift is below 2 to this number for any two quotients h, h′ that the constraints
    /// allow: |h − h′| < 2^bits + 2 · 2^k, of which neither summand exceeds 2^(max(bits, k) + 1).
    var differenceBits: Int { max(domain.bits, overshootBits) + 2 + shift }

    /// Two solutions for one cell have (h − h′) · 2^shift = rem′ − rem in the field. Where both sides
    /// are integers far below r, the equation is one of integers, and 2^shift, which is more than
    /// |rem′ − rem|, leaves h = h′ only.
    func validatedShape(
        _ shapes: [TensorShape], functionTables: [IntegerDomain]
    ) throws(GadgetFault) -> TensorShape {
        guard CircuitLimits.shifts.contains(shift), CircuitLimits.shifts.contains(overshootBits)
        else { throw .shift }
        guard CircuitLimits.isDomain(domain) else { throw .domain }
        guard differenceBits < CircuitLimits.uniquenessBits else { throw .notUnique }
        if case .table(let index) = function {
            guard functionTables.indices.contains(index) else { throw .table }
            guard functionTables[index] == domain else { throw .domain }
        } else if overshootBits > 0 {
            // The flag is read from a table over the whole domain.
            guard CircuitLimits.tableBits.contains(domain.bits) else { throw .domain }
        }
        return shapes[source.index]
    }

    func expand(in system: inout ConstraintSystem, _ place: GadgetPlace) -> TensorID {
        let (shape, gadget) = (place.shape, place.index)
        let x = system.tensor(source)
        let quotient = system.advice(.rounded(x, shift: shift, domain: domain), shape, gadget)
        var columns = [quotient]
        var tableColumns = [TableColumn.index(lowest: domain.lowest)]
        var result = quotient
        if case .table(let table) = function {
            result = system.advice(.tableValue(quotient, table: table), shape, gadget)
            columns.append(result)
            tableColumns.append(.constant(place.valueColumns[table]))
        }
        // terms of x − h·2^shift
        let unit = Int128(1) << Int128(shift)
        var terms: [(Int128, TensorID)] = [(1, x), (-unit, quotient)]
        if overshootBits > 0 {
            let flag = system.advice(.saturationFlag(quotient, domain: domain), shape, gadget)
            let overshoot = system.advice(
                .overshoot(x, shift: shift, domain: domain), shape, gadget)
            columns.append(flag)
            tableColumns.append(.saturationFlag)
            system.constrainRange(overshoot, bits: overshootBits, gadget: gadget)
            terms.append((-unit, system.product([flag, overshoot], gadget: gadget)))
        }
        if columns.count == 1 {
            system.constrain(quotient, to: domain, gadget: gadget)
        } else {
            system.constrainTuple(columns, bits: domain.bits, tableColumns)
        }
        if shift > 0 {
            let remainder = system.affine(
                shape: shape, constant: unit >> 1, terms: terms, gadget: gadget)
            system.constrainRange(remainder, bits: shift, gadget: gadget)
        } else {
            system.constrainZero(terms.map { (Int($0.0), [$0.1]) }, shape: shape)
        }
        return result
    }

    func encode(into writer: inout ByteWriter) {
        writer.count(source.index)
        writer.count(shift, byteCount: 1)
        writer.domain(domain)
        switch function {
        case .identity: writer.count(0)
        case .table(let index): writer.count(index + 1)
        }
        writer.count(overshootBits, byteCount: 1)
    }

    init(decoding reader: inout ByteReader) throws(DecodingError) {
        source = try reader.wire("requantise.source")
        shift = try reader.count(byteCount: 1, limit: 255, "requantise.shift")
        domain = try reader.domain("requantise.domain")
        let table = try reader.count(limit: 1 << 30, "requantise.table")
        function = table == 0 ? .identity : .table(table - 1)
        overshootBits = try reader.count(byteCount: 1, limit: 255, "requantise.overshoot")
    }
}
