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

    /// The tensors it reads, in order, repeated as often as they are read.
    public var sources: [Wire] {
        switch self {
        case .einsum(let einsum): einsum.operands.map(\.source)
        case .view(let view): [view.operand.source]
        case .merge(let merge): [merge.source]
        case .affine(let affine): affine.terms.map(\.source)
        case .requantise(let requantisation): [requantisation.source]
        case .maximum(let maximum): [maximum.source]
        }
    }
}
