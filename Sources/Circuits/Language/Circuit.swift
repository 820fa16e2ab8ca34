import Field

/// Whether the verifier sees a tensor or only a commitment to it.
public enum Visibility: UInt8, Sendable, Hashable {
    /// The values are part of the statement.
    case `public` = 0
    /// The statement carries a blinded commitment; the values are range-checked in the circuit.
    case committed = 1
}

/// What the outside knows of an input or output: a name and how integers stand for reals.
public struct Port: Sendable, Hashable {
    public var name: String
    /// B: values are B-bit signed integers.
    public var bits: Int
    /// f: the integer q stands for q · 2^−f.
    public var fractionalBits: Int
    public var visibility: Visibility
    /// Of inputs: whether a real outside the B bits stands for the nearest end of their range. If
    /// not, it stands for no integer, and no proof is about it. The circuit does not read this; it
    /// is here because a verifier who has reals must know which integers they are.
    public var saturates: Bool

    public init(
        name: String, bits: Int, fractionalBits: Int, visibility: Visibility = .public,
        saturates: Bool = false
    ) {
        self.name = name
        self.bits = bits
        self.fractionalBits = fractionalBits
        self.visibility = visibility
        self.saturates = saturates
    }

    public var domain: IntegerDomain { .signed(bits: bits) }
}

/// A model as the verifying key states it: tensors, and gadgets that compute them.
///
/// Sizes, and nothing about values: weights and table values are constants whose commitments stand
/// beside the circuit in the key. Everything a proof needs is derived from this value by
/// ``ConstraintSystem``, for prover and verifier alike.
public struct Circuit: Sendable, Hashable {
    public struct Input: Sendable, Hashable {
        public var port: Port
        public var shape: TensorShape

        public init(port: Port, shape: TensorShape) {
            self.port = port
            self.shape = shape
        }
    }

    public struct Output: Sendable, Hashable {
        public var port: Port
        public var wire: Wire

        public init(port: Port, wire: Wire) {
            self.port = port
            self.wire = wire
        }
    }

    /// w: range checks use tables of at most 2^w rows.
    public var limbBits: Int
    public var inputs: [Input] = []
    /// Committed in the key.
    public var constants: [TensorShape] = []
    /// The domain of each function table; its 2^bits values are committed in the key.
    public var functionTables: [IntegerDomain] = []
    public var gadgets: [Gadget] = []
    public var outputs: [Output] = []

    public init(limbBits: Int) { self.limbBits = limbBits }

    public var wireCount: Int { inputs.count + constants.count + gadgets.count }

    public func input(_ wire: Wire) -> Int? { wire.index < inputs.count ? wire.index : nil }

    public func constantWire(_ index: Int) -> Wire { Wire(index: inputs.count + index) }

    public func resultWire(_ gadget: Int) -> Wire {
        Wire(index: inputs.count + constants.count + gadget)
    }

    /// The shapes of all committed constants: weights, then the value columns of the tables.
    public var constantShapes: [TensorShape] {
        constants + functionTables.compactMap { TensorShape([1 << $0.bits]) }
    }
}

/// Why a circuit is refused.
public enum CircuitError: Error, Equatable, Sendable {
    /// A gadget's parameters do not fit its operands.
    case invalidGadget(index: Int, GadgetFault)
    case invalidPort(name: String, PortFault)
    case invalidTable(index: Int)
    case invalidLimbBits(Int)
    /// A tensor that nothing reads, so nothing would be proved about it.
    case unreadInput(String)
    case unreadConstant(Int)
    case unreadTable(Int)
    case unreadGadget(Int)
    case noOutputs
    /// It expands into more tensors than ``CircuitLimits/tensors``.
    case tooManyTensors
    /// Merged axes meet an operation that treats them differently.
    case mergedAxesSplit
}

public enum PortFault: Sendable, Hashable {
    case bits, fractionalBits, duplicateName, emptyName, unknownWire, tooManyCells
    /// An output that says how reals become integers.
    case saturation
    /// The verifier would have to do too much.
    case verifierWork
}

public enum GadgetFault: Sendable, Hashable {
    case forwardReference, operandCount, unknownLabel, repeatedLabel, missingLabel, extentMismatch,
        extent, coefficient, axes, table, domain, tooLarge, shift
    /// The parameters would let two results satisfy the relation.
    case notUnique
    case mergeLimit
    /// The verifier would have to do too much.
    case verifierWork
}
