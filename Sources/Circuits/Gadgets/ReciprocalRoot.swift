import Field

/// r = ⌊2^precision / √v⌋ for v in [1, 2^valueBits], quantization.md "LayerNorm".
///
/// Proved by r²·v ≤ 2^(2·precision) < (r + 1)²·v, both differences ranged, with r in
/// [0, 2^(precision + 1)) and v − 1 in [0, 2^valueBits).
public struct ReciprocalRoot: Sendable, Hashable {
    public var source: Wire
    public var precision: Int
    public var valueBits: Int

    public init(source: Wire, precision: Int, valueBits: Int) {
        self.source = source
        self.precision = precision
        self.valueBits = valueBits
    }

    /// 2^(2·precision) is a 64-bit integer.
    public static let precisions = 1...30
    public static let valueBitsRange = 1...60
}

extension ReciprocalRoot: SingleSourceGadget {
    static let kind = 7

    /// Both differences are below (2r + 1)·v for the right r, and r·√v ≤ 2^precision.
    private var differenceBits: Int { max(precision + 1 + (valueBits + 1) / 2, valueBits) + 1 }

    /// (r + 1)²·v ≤ 2^(2·precision + 4 + valueBits) < 2^250 cannot wrap, and it grows with r.
    func validatedShape(
        _ shapes: [TensorShape], functionTables: [IntegerDomain]
    ) throws(GadgetFault) -> TensorShape {
        guard Self.precisions.contains(precision), Self.valueBitsRange.contains(valueBits) else {
            throw .notUnique
        }
        return shapes[source.index]
    }

    func expand(in system: inout ConstraintSystem, _ place: GadgetPlace) -> TensorID {
        let (shape, gadget) = (place.shape, place.index)
        let v = system.tensor(source)
        let root = system.advice(.inverseRoot(v, precision: precision), shape, gadget)
        system.constrainRange(root, bits: precision + 1, gadget: gadget)
        let below = system.affine(shape: shape, constant: -1, terms: [(1, v)], gadget: gadget)
        system.constrainRange(below, bits: valueBits, gadget: gadget)
        let square = system.product([root, root, v], gadget: gadget)
        let linear = system.product([root, v], gadget: gadget)
        let one = Int128(1) << Int128(2 * precision)
        let lower = system.affine(
            shape: shape, constant: one, terms: [(-1, square)], gadget: gadget)
        let upper = system.affine(
            shape: shape, constant: -1 - one, terms: [(1, square), (2, linear), (1, v)],
            gadget: gadget)
        for tensor in [lower, upper] {
            system.constrainRange(tensor, bits: differenceBits, gadget: gadget)
        }
        return root
    }

    func encode(into writer: inout ByteWriter) {
        writer.count(source.index)
        writer.count(precision, byteCount: 1)
        writer.count(valueBits, byteCount: 1)
    }

    init(decoding reader: inout ByteReader) throws(DecodingError) {
        source = try reader.wire("reciprocalRoot.source")
        precision = try reader.count(byteCount: 1, limit: 255, "reciprocalRoot.precision")
        valueBits = try reader.count(byteCount: 1, limit: 255, "reciprocalRoot.valueBits")
    }
}
