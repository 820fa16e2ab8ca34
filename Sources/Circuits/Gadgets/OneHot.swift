import Field

/// s[…, a] = 1 where x[…] = a, else 0, for a in 0 ..< count; an x outside has no proof.
///
/// u[…, a] = [x > a]; s is the step of u (``Selection`` says how), and Σ u = x. So no weight of
/// the key enters: the positions count themselves.
public struct OneHot: Sendable, Hashable {
    public var source: Wire
    public var count: Int

    public init(source: Wire, count: Int) {
        self.source = source
        self.count = count
    }
}

extension OneHot: SingleSourceGadget {
    static let kind = 10

    var resultDissolves: Bool { true }

    /// The number of steps is x itself.
    func validatedShape(
        _ shapes: [TensorShape], functionTables: [IntegerDomain]
    ) throws(GadgetFault) -> TensorShape {
        guard (1...CircuitLimits.extent).contains(count) else { throw .extent }
        guard let shape = TensorShape(shapes[source.index].extents + [count]) else {
            throw .tooLarge
        }
        return shape
    }

    func expand(in system: inout ConstraintSystem, _ place: GadgetPlace) -> TensorID {
        let x = system.tensor(source)
        let digit = system.digit(of: x, divisor: 1, count: count, gadget: place.index)
        system.constrainZero([(1, [digit.value]), (-1, [x])], shape: system.shape(x))
        return digit.selector
    }

    func encode(into writer: inout ByteWriter) {
        writer.count(source.index)
        writer.count(count)
    }

    init(decoding reader: inout ByteReader) throws(DecodingError) {
        source = try reader.wire("oneHot.source")
        count = try reader.count(limit: CircuitLimits.extent, "oneHot.count")
    }
}

extension ConstraintSystem {
    /// A digit (x / divisor) mod count: its one-hot tensor, along a new last axis, and its value.
    /// That the digits make up x is for the caller to constrain.
    mutating func digit(
        of x: TensorID, divisor: Int, count: Int, gadget: Int
    ) -> (selector: TensorID, value: TensorID) {
        let axis = shape(x).rank
        let steps = advice(
            .thermometer(x, divisor: divisor, count: count),
            TensorShape(shape(x).extents + [count])!, gadget)
        let selector = oneHot(steps: steps, axis: axis, descending: true, gadget: gadget)
        return (selector, sum(steps, along: [axis], gadget: gadget))
    }
}
