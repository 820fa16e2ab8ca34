import Field

/// A gadget with advice of its own, which its own constraints tie down.
///
/// One file each in this folder: the statement, what makes its result unique, the tensors and
/// constraints it stands for, and its bytes. ``Gadget`` closes the list.
protocol AdvisedGadget: Sendable, Hashable {
    /// The byte that names it in a key.
    static var kind: Int { get }

    /// The tensors it reads.
    var sources: [Wire] { get }

    /// Whether a claim on the result is one on advice, through views and affine tensors alone.
    var resultDissolves: Bool { get }

    /// Checks that the result is unique whatever the operands hold, field elements that are no
    /// small integers included.
    ///
    /// - Parameter shapes: Of the wires before it; its sources are among them.
    /// - Returns: The shape of the result.
    func validatedShape(
        _ shapes: [TensorShape], functionTables: [IntegerDomain]
    ) throws(GadgetFault) -> TensorShape

    /// Adds its tensors and constraints; returns the result.
    func expand(in system: inout ConstraintSystem, _ place: GadgetPlace) -> TensorID

    func renumbered(_ wire: (Wire) -> Wire) -> Self

    /// Everything after the kind.
    func encode(into writer: inout ByteWriter)
    init(decoding reader: inout ByteReader) throws(DecodingError)
}

extension AdvisedGadget {
    var resultDissolves: Bool { false }
}

/// A gadget that reads one tensor.
protocol SingleSourceGadget: AdvisedGadget {
    var source: Wire { get set }
}

extension SingleSourceGadget {
    var sources: [Wire] { [source] }

    func renumbered(_ wire: (Wire) -> Wire) -> Self {
        var copy = self
        copy.source = wire(source)
        return copy
    }
}

/// What the expansion of a gadget needs besides the gadget.
struct GadgetPlace {
    /// Position among the circuit's gadgets.
    var index: Int
    /// Of the result.
    var shape: TensorShape
    /// The value columns of the function tables.
    var valueColumns: [TensorID]
}
