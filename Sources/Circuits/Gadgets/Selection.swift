import Field

/// s = 1 at the largest cell along an axis, 0 elsewhere; ties go to the first such cell, or to the
/// last: quantization.md "ArgMax".
///
/// u is 1 before the selected cell and 0 from it on, so that s, the step of u, is derived:
/// s_j = u_{j−1} − u_j with u_{−1} = 1. Proved by s² = s, u = 0 at the last cell, s·(m − x) = 0 and
/// m − x − u in [0, 2^bits). From the other end where ties go to the last cell.
public struct Selection: Sendable, Hashable {
    public var source: Wire
    public var axis: Int
    /// Whether ties go to the last cell.
    public var selectsLast: Bool
    public var bits: Int

    public init(source: Wire, axis: Int, selectsLast: Bool = false, bits: Int) {
        self.source = source
        self.axis = axis
        self.selectsLast = selectsLast
        self.bits = bits
    }
}

extension Selection: SingleSourceGadget {
    static let kind = 9

    var resultDissolves: Bool { true }

    /// s² = s and the ends of u make s one-hot. m is the selected cell and no other cell exceeds
    /// it, nor equals it before the selected one: 2^bits is far below r/2.
    func validatedShape(
        _ shapes: [TensorShape], functionTables: [IntegerDomain]
    ) throws(GadgetFault) -> TensorShape {
        guard CircuitLimits.differenceBits.contains(bits) else { throw .notUnique }
        let shape = shapes[source.index]
        _ = try shape.reduced(along: [axis])
        return shape
    }

    func expand(in system: inout ConstraintSystem, _ place: GadgetPlace) -> TensorID {
        let (shape, gadget) = (place.shape, place.index)
        let x = system.tensor(source)
        let largest = system.advice(
            .maximum(x, axes: [axis]), shape.removing([axis]), gadget)
        let difference = system.difference(largest, x, along: [axis], gadget: gadget)
        let steps = system.advice(
            selectsLast
                ? .afterLastZero(difference, axis: axis) : .beforeFirstZero(difference, axis: axis),
            shape, gadget)
        let selector = system.oneHot(
            steps: steps, axis: axis, descending: !selectsLast, gadget: gadget)
        system.constrainZero([(1, [selector, difference])], shape: shape)
        let beyond = system.affine(
            shape: shape, constant: 0, terms: [(1, difference), (-1, steps)], gadget: gadget)
        system.constrainRange(beyond, bits: bits, gadget: gadget)
        return selector
    }

    func encode(into writer: inout ByteWriter) {
        writer.count(source.index)
        writer.count(axis, byteCount: 1)
        writer.count(selectsLast ? 1 : 0, byteCount: 1)
        writer.count(bits, byteCount: 1)
    }

    init(decoding reader: inout ByteReader) throws(DecodingError) {
        source = try reader.wire("select.source")
        axis = try reader.count(byteCount: 1, limit: 255, "select.axis")
        selectsLast = try reader.count(byteCount: 1, limit: 1, "select.last") == 1
        bits = try reader.count(byteCount: 1, limit: 255, "select.bits")
    }
}

extension ConstraintSystem {
    /// The one-hot tensor whose running sum along an axis is `steps`, constrained to be one.
    ///
    /// - Parameter descending: Steps are 1 before the one, else after it.
    mutating func oneHot(
        steps: TensorID, axis: Int, descending: Bool, gadget: Int
    ) -> TensorID {
        let shape = shape(steps)
        let labels = Array(shape.extents.indices)
        var neighbour = labels.map(AxisIndex.label)
        neighbour[axis].offset = descending ? -1 : 1
        let shifted = add(
            .view(View(extents: shape.extents, operand: Operand(steps, neighbour), fill: 1)),
            shape, gadget: gadget)
        let selector = affine(
            shape: shape, constant: 0, terms: [(1, shifted), (-1, steps)], gadget: gadget)
        constrainZero([(1, [selector, selector]), (-1, [selector])], shape: shape)
        // The steps end at 0, so that exactly one of them is taken.
        let edge = labels.map { label in
            label == axis
                ? AxisIndex([LabelTerm(label)], offset: descending ? shape.extents[axis] - 1 : 0)
                : AxisIndex.label(label)
        }
        var edgeExtents = shape.extents
        edgeExtents[axis] = 1
        let edgeShape = TensorShape(edgeExtents)!
        let last = add(
            .view(View(extents: edgeExtents, operand: Operand(steps, edge))), edgeShape,
            gadget: gadget)
        constrainZero([(1, [last])], shape: edgeShape)
        return selector
    }
}
