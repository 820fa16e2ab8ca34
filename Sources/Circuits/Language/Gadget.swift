/// A tensor of a circuit: inputs first, then constants, then each gadget's result.
public struct Wire: Sendable, Hashable {
    public let index: Int

    public init(index: Int) { self.index = index }
}

/// The integers lowest ..< lowest + 2^bits.
public struct IntegerDomain: Sendable, Hashable {
    public var lowest: Int
    public var bits: Int

    public init(lowest: Int, bits: Int) {
        self.lowest = lowest
        self.bits = bits
    }

    /// The B-bit signed integers.
    public static func signed(bits: Int) -> IntegerDomain {
        IntegerDomain(lowest: -(1 << (bits - 1)), bits: bits)
    }

    public var highest: Int { lowest + (1 << bits) - 1 }
    public func contains(_ value: Int) -> Bool { lowest <= value && value <= highest }
    public func clamping(_ value: Int) -> Int { min(max(value, lowest), highest) }
}

/// An operation of the circuit language; each has one result, a function of its operands.
///
/// This list is closed: a key names gadgets and their parameters and can express neither a bare
/// advice tensor nor a bare constraint, so every key describes a partial function.
public enum Gadget: Sendable, Hashable {
    case einsum(Einsum<Wire>)
    case view(View<Wire>)
    case merge(Merge<Wire>)
    case affine(Affine<Wire>)
    case requantise(Requantisation)
    case maximum(Maximum)
    case divide(Division)
    case reciprocalRoot(ReciprocalRoot)
    case rowFunction(RowFunction)
    case select(Selection)
    case oneHot(OneHot)
    case gather(Gather)
    case roundEven(EvenRounding)

    /// The tensors it reads, in order, repeated as often as they are read.
    public var sources: [Wire] {
        switch self {
        case .einsum(let einsum): einsum.operands.map(\.source)
        case .view(let view): [view.operand.source]
        case .merge(let merge): [merge.source]
        case .affine(let affine): affine.terms.map(\.source)
        default: advised?.sources ?? []
        }
    }

    /// Itself, if it has advice of its own.
    var advised: (any AdvisedGadget)? {
        switch self {
        case .einsum, .view, .merge, .affine: nil
        case .requantise(let gadget): gadget
        case .maximum(let gadget): gadget
        case .divide(let gadget): gadget
        case .reciprocalRoot(let gadget): gadget
        case .rowFunction(let gadget): gadget
        case .select(let gadget): gadget
        case .oneHot(let gadget): gadget
        case .gather(let gadget): gadget
        case .roundEven(let gadget): gadget
        }
    }

    /// The function table it looks up.
    var functionTable: Int? {
        switch self {
        case .requantise(let requantisation):
            if case .table(let table) = requantisation.function { table } else { nil }
        case .rowFunction(let function): function.table
        default: nil
        }
    }

    /// The same gadget on other wires.
    public func renumbered(_ wire: (Wire) -> Wire) -> Gadget {
        switch self {
        case .einsum(let einsum): .einsum(einsum.mapped(wire))
        case .view(let view):
            .view(
                View(extents: view.extents, operand: view.operand.mapped(wire), fill: view.fill))
        case .merge(let merge): .merge(Merge(source: wire(merge.source), groups: merge.groups))
        case .affine(let affine): .affine(affine.mapped(wire))
        case .requantise(let gadget): .requantise(gadget.renumbered(wire))
        case .maximum(let gadget): .maximum(gadget.renumbered(wire))
        case .divide(let gadget): .divide(gadget.renumbered(wire))
        case .reciprocalRoot(let gadget): .reciprocalRoot(gadget.renumbered(wire))
        case .rowFunction(let gadget): .rowFunction(gadget.renumbered(wire))
        case .select(let gadget): .select(gadget.renumbered(wire))
        case .oneHot(let gadget): .oneHot(gadget.renumbered(wire))
        case .gather(let gadget): .gather(gadget.renumbered(wire))
        case .roundEven(let gadget): .roundEven(gadget.renumbered(wire))
        }
    }
}
