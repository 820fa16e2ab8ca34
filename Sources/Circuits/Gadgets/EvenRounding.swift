import Field

/// h = x / 2^shift rounded to the nearest integer, halves to the even one: what models quantised
/// by others expect (quantization.md).
///
/// h = lowest + 2u + o with lowest even, u in [0, 2^(bits−1)), o a bit, and with
/// e = x − h·2^shift both e and −e plus 2^(shift−1) − o in [0, 2^(shift+1)): half a unit off is
/// allowed to even h alone.
public struct EvenRounding: Sendable, Hashable {
    public var source: Wire
    public var shift: Int
    /// Where h lies.
    public var domain: IntegerDomain

    public init(source: Wire, shift: Int, domain: IntegerDomain) {
        self.source = source
        self.shift = shift
        self.domain = domain
    }
}

extension EvenRounding: SingleSourceGadget {
    static let kind = 12

    var resultDissolves: Bool { true }

    /// |h|·2^shift < 2^(61 + shift) cannot wrap, and u and o are the digits of h − lowest.
    func validatedShape(
        _ shapes: [TensorShape], functionTables: [IntegerDomain]
    ) throws(GadgetFault) -> TensorShape {
        guard CircuitLimits.shifts.contains(shift), shift >= 1 else { throw .shift }
        guard CircuitLimits.isDomain(domain), domain.bits >= 2, domain.lowest % 2 == 0 else {
            throw .domain
        }
        return shapes[source.index]
    }

    func expand(in system: inout ConstraintSystem, _ place: GadgetPlace) -> TensorID {
        let (shape, gadget) = (place.shape, place.index)
        let x = system.tensor(source)
        let half = system.advice(.evenHalf(x, shift: shift, domain: domain), shape, gadget)
        let isOdd = system.advice(.evenParity(x, shift: shift), shape, gadget)
        system.constrainRange(half, bits: domain.bits - 1, gadget: gadget)
        system.constrainZero([(1, [isOdd, isOdd]), (-1, [isOdd])], shape: shape)
        let result = system.affine(
            shape: shape, constant: Int128(domain.lowest), terms: [(2, half), (1, isOdd)],
            gadget: gadget)
        let unit = Int128(1) << Int128(shift)
        for sign: Int128 in [1, -1] {
            let distance = system.affine(
                shape: shape, constant: unit >> 1,
                terms: [(sign, x), (-sign * unit, result), (-1, isOdd)], gadget: gadget)
            system.constrainRange(distance, bits: shift + 1, gadget: gadget)
        }
        return result
    }

    func encode(into writer: inout ByteWriter) {
        writer.count(source.index)
        writer.count(shift, byteCount: 1)
        writer.domain(domain)
    }

    init(decoding reader: inout ByteReader) throws(DecodingError) {
        source = try reader.wire("roundEven.source")
        shift = try reader.count(byteCount: 1, limit: 255, "roundEven.shift")
        domain = try reader.domain("roundEven.domain")
    }
}
