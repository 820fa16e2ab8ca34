/// A tensor of a ``ConstraintSystem``.
public struct TensorID: Sendable, Hashable {
    public let index: Int

    public init(index: Int) { self.index = index }
}

/// How a tensor of the expanded circuit comes to be (protocol.md section 2, "Roles").
public enum TensorRole: Sendable, Hashable {
    /// Values in the statement.
    case publicInput(Int)
    /// One blinded polynomial of its own: input or output `index` of the circuit.
    case committedInput(Int)
    case committedOutput(Int, copyOf: TensorID)
    /// A block of V_c: a weight, or behind the weights a value column of a function table.
    case constant(Int)
    /// A block of V_a.
    case advice(AdviceRule)
    case multiplicity(table: Int)
    // Derived: never committed.
    case einsum(Einsum<TensorID>)
    case view(View<TensorID>)
    case merge(Merge<TensorID>)
    case affine(Affine<TensorID>)
}

/// How the honest prover computes an advice tensor from tensors before it.
///
/// Nothing here is trusted: the constraints alone say which values are accepted.
public enum AdviceRule: Sendable, Hashable {
    /// round half up (source / 2^shift), clamped to the domain.
    case rounded(TensorID, shift: Int, domain: IntegerDomain)
    /// The distance of that quotient from the domain.
    case overshoot(TensorID, shift: Int, domain: IntegerDomain)
    /// −1 at the domain's first integer, 1 at its last, else 0.
    case saturationFlag(TensorID, domain: IntegerDomain)
    /// The cell of a function table.
    case tableValue(TensorID, table: Int)
    /// Bits shift ..< shift + bits.
    case limb(TensorID, shift: Int, bits: Int)
    case maximum(TensorID, axes: [Int])
    /// 1 at the first cell along the axes that is 0, else 0.
    case firstZero(TensorID, axes: [Int])
    /// 1 before the first cell along the axis that is 0, else 0.
    case beforeFirstZero(TensorID, axis: Int)
    /// 1 after the last cell along the axis that is 0, else 0.
    case afterLastZero(TensorID, axis: Int)
    /// 1 where the source is the number, else 0.
    case indicator(TensorID, of: Int)
    /// Along a new last axis of `count` cells: 1 at those below (source / divisor) mod count.
    case thermometer(TensorID, divisor: Int, count: Int)
    case quotient(
        Dividend<TensorID>, by: TensorID, rounding: Division.Rounding, domain: IntegerDomain)
    /// ⌊2^precision / √source⌋.
    case inverseRoot(TensorID, precision: Int)
    /// ⌊(h − lowest) / 2⌋ of h = source / 2^shift, halves to the even integer.
    case evenHalf(TensorID, shift: Int, domain: IntegerDomain)
    /// h mod 2.
    case evenParity(TensorID, shift: Int)
}

public struct SystemTensor: Sendable, Hashable {
    public var shape: TensorShape
    public var role: TensorRole
    /// The gadget whose expansion made it; nil for inputs, constants, outputs and multiplicities.
    public var gadget: Int?

    /// Blocks of V_a.
    public var isAdvice: Bool {
        switch role {
        case .advice, .multiplicity: true
        default: false
        }
    }

    public var isDerived: Bool {
        switch role {
        case .einsum, .view, .merge, .affine: true
        default: false
        }
    }
}

/// One column of a lookup table.
public enum TableColumn: Sendable, Hashable {
    /// Row i holds lowest + i. Structured: the verifier evaluates it.
    case index(lowest: Int)
    /// −1 in the first row, 1 in the last, else 0. Structured.
    case saturationFlag
    /// 1 in the first row, else 0. Structured.
    case firstRow
    /// 1 in the last row, else 0. Structured.
    case lastRow
    /// Committed in the key.
    case constant(TensorID)
}

/// A table of exactly 2^bits meaningful rows; its tag is its position counted from 1.
public struct LookupTable: Sendable, Hashable {
    public var bits: Int
    public var columns: [TableColumn]
    public var multiplicity: TensorID
}

/// What makes two lookups use one table.
struct TableKey: Sendable, Hashable {
    var bits: Int
    var columns: [TableColumn]
}

/// At every true cell the tuple of the columns is a row of the table.
public struct Lookup: Sendable, Hashable {
    /// Tensors of one shape, at most four.
    public var columns: [TensorID]
    public var table: Int
}

/// Σ coefficient · Π factors = 0 at every true cell of the label space, which has the shape of a tensor;
/// degree at most 4.
public struct ZeroConstraint: Sendable, Hashable {
    public struct Factor: Sendable, Hashable {
        public var tensor: TensorID
        public var labels: [Label]
    }

    public struct Term: Sendable, Hashable {
        public var coefficient: Int
        public var factors: [Factor]
    }

    public let shape: TensorShape
    public let terms: [Term]
    /// The factors without repetition, in order of first occurrence.
    public let distinctFactors: [Factor]
    /// For each term the places of its factors among the distinct ones.
    public let factorIndices: [[Int]]

    init(shape: TensorShape, terms: [Term]) {
        self.shape = shape
        self.terms = terms
        var distinct: [Factor] = []
        factorIndices = terms.map { term in
            term.factors.map { factor in
                if let known = distinct.firstIndex(of: factor) { return known }
                distinct.append(factor)
                return distinct.count - 1
            }
        }
        distinctFactors = distinct
    }

    public var extents: [Int] { shape.extents }
    public var degree: Int { terms.map(\.factors.count).max() ?? 0 }
}

/// What an output of the circuit is compared with.
public struct OutputClaim: Sendable, Hashable {
    public var tensor: TensorID
    /// The committed copy; nil for a public output.
    public var committed: TensorID?
}

/// A circuit's gadgets expanded into tensors and the constraints of protocol.md section 2.
///
/// A pure function of the circuit, run by prover and verifier alike. A tensor comes after the
/// tensors it is made from.
public struct ConstraintSystem: Sendable {
    public let circuit: Circuit
    public internal(set) var tensors: [SystemTensor] = []
    public internal(set) var lookups: [Lookup] = []
    public internal(set) var tables: [LookupTable] = []
    /// Where each table is in `tables`.
    var tableIndices: [TableKey: Int] = [:]
    public internal(set) var zeroConstraints: [ZeroConstraint] = []
    public internal(set) var outputs: [OutputClaim] = []
    /// The tensor of each wire of the circuit.
    public internal(set) var wireTensors: [TensorID] = []

    @inlinable public subscript(id: TensorID) -> SystemTensor { tensors[id.index] }
    @inlinable public func shape(_ id: TensorID) -> TensorShape { tensors[id.index].shape }

    public var tensorIDs: [TensorID] { tensors.indices.map(TensorID.init(index:)) }

    /// Committed inputs, then committed outputs, in circuit order: one polynomial each.
    public var committedPorts: [TensorID] {
        tensorIDs.filter {
            switch self[$0].role {
            case .committedInput, .committedOutput: true
            default: false
            }
        }
    }
}
