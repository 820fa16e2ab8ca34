import Field

/// y = the largest cell along some axes of x, quantization.md "Max over an axis".
///
/// Proved by y − x in [0, 2^bits) at every cell, s·(y − x) = 0 and Σ s = 1 along the axes.
public struct Maximum: Sendable, Hashable {
    public var source: Wire
    /// The axes that are reduced, ascending, at least one.
    public var axes: [Int]
    public var bits: Int

    public init(source: Wire, axes: [Int], bits: Int) {
        self.source = source
        self.axes = axes
        self.bits = bits
    }
}

extension Maximum: SingleSourceGadget {
    static let kind = 5

    /// 2^bits far below r/2: y − x and x − y cannot both be in range unless they are equal.
    func validatedShape(
        _ shapes: [TensorShape], functionTables: [IntegerDomain]
    ) throws(GadgetFault) -> TensorShape {
        guard CircuitLimits.differenceBits.contains(bits) else { throw .notUnique }
        return try shapes[source.index].reduced(along: axes)
    }

    func expand(in system: inout ConstraintSystem, _ place: GadgetPlace) -> TensorID {
        let (shape, gadget) = (place.shape, place.index)
        let x = system.tensor(source)
        let full = system.shape(x)
        let largest = system.advice(.maximum(x, axes: axes), shape, gadget)
        let difference = system.difference(largest, x, along: axes, gadget: gadget)
        system.constrainRange(difference, bits: bits, gadget: gadget)
        let selector = system.advice(.firstZero(difference, axes: axes), full, gadget)
        let sum = system.sum(selector, along: axes, gadget: gadget)
        system.constrainZero([(1, [selector, difference])], shape: full)
        system.constrainZero([(1, [sum]), (-1, [])], shape: shape)
        return largest
    }

    func encode(into writer: inout ByteWriter) {
        writer.count(source.index)
        writer.labels(axes)
        writer.count(bits, byteCount: 1)
    }

    init(decoding reader: inout ByteReader) throws(DecodingError) {
        source = try reader.wire("maximum.source")
        axes = try reader.labels("maximum.axes")
        bits = try reader.count(byteCount: 1, limit: 255, "maximum.bits")
    }
}

extension TensorShape {
    /// Without some axes: ascending, at least one.
    func reduced(along axes: [Int]) throws(GadgetFault) -> TensorShape {
        guard !axes.isEmpty, axes.allSatisfy(extents.indices.contains),
            zip(axes, axes.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw .axes }
        return removing(axes)
    }
}
