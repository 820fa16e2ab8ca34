/// A circuit with the values that its key commits to, and names for its gadgets.
public struct BuiltCircuit: Sendable {
    public var circuit: Circuit
    /// True cells, row-major, one array for each of ``Circuit/constantShapes``.
    public var constants: [[Int64]]
    /// What each gadget stands for, usually a layer of the model; not part of the circuit.
    public var gadgetNames: [String]

    public init(circuit: Circuit, constants: [[Int64]], gadgetNames: [String]) {
        self.circuit = circuit
        self.constants = constants
        self.gadgetNames = gadgetNames
    }
}

/// Puts a ``Circuit`` together step by step.
///
/// Wires are provisional: inputs and constants may be added at any time, and ``build()`` numbers
/// everything in the circuit's own order. Values of constants and tables are computed by closures,
/// in ``build()`` alone, so that a circuit can be laid out, measured and thrown away for little.
public struct CircuitBuilder {
    public typealias Values = () -> [Int64]

    private struct Constant {
        var shape: TensorShape
        var values: Values
    }

    private struct FunctionTable {
        var key: String
        var domain: IntegerDomain
        var values: Values
    }

    private var limbBits: Int
    private var inputs: [Circuit.Input] = []
    private var constants: [Constant] = []
    private var functionTables: [FunctionTable] = []
    private var gadgets: [Gadget] = []
    private var gadgetShapes: [TensorShape] = []
    private var outputs: [Circuit.Output] = []
    public private(set) var gadgetNames: [String] = []
    /// What gadgets added from now on are called.
    public var currentName = ""

    public init(limbBits: Int) { self.limbBits = limbBits }
}

// MARK: - Parts

extension CircuitBuilder {
    public mutating func input(_ port: Port, shape: TensorShape) -> Wire {
        inputs.append(Circuit.Input(port: port, shape: shape))
        return Region.input.wire(inputs.count - 1)
    }

    /// - Parameter values: True cells, row-major, as many as the shape has.
    public mutating func constant(_ shape: TensorShape, values: @escaping Values) -> Wire {
        constants.append(Constant(shape: shape, values: values))
        return Region.constant.wire(constants.count - 1)
    }

    /// The number of a function table, for ``Requantisation/Function/table(_:)``.
    ///
    /// - Parameter key: Tables with one key and one domain are the same table.
    /// - Parameter values: f(h) for each h of the domain, in order.
    public mutating func functionTable(
        _ domain: IntegerDomain, key: String, values: @escaping Values
    ) -> Int {
        if let index = functionTables.firstIndex(where: { $0.key == key && $0.domain == domain }) {
            return index
        }
        functionTables.append(FunctionTable(key: key, domain: domain, values: values))
        return functionTables.count - 1
    }

    public mutating func output(_ port: Port, _ wire: Wire) {
        outputs.append(Circuit.Output(port: port, wire: wire))
    }

    /// Adds a gadget under ``currentName``.
    ///
    /// - Throws: ``GadgetFault`` when its result has no shape or a parameter is out of bounds; what
    ///   concerns the whole circuit is left to ``build()``.
    public mutating func add(_ gadget: Gadget) throws(GadgetFault) -> Wire {
        gadgetShapes.append(try resultShape(of: gadget))
        gadgets.append(gadget)
        gadgetNames.append(currentName)
        return Region.gadget.wire(gadgets.count - 1)
    }

    public func shape(of wire: Wire) -> TensorShape {
        let (region, index) = Region.place(of: wire)
        return switch region {
        case .input: inputs[index].shape
        case .constant: constants[index].shape
        case .gadget: gadgetShapes[index]
        }
    }

    /// Whether the wire is a gadget's result that is derived without an einsum: a claim on it
    /// becomes a claim on what it is made from.
    public func dissolves(_ wire: Wire) -> Bool {
        let (region, index) = Region.place(of: wire)
        guard region == .gadget else { return false }
        return switch gadgets[index] {
        case .view, .merge, .affine: true
        case .einsum: false
        default: gadgets[index].advised?.resultDissolves ?? false
        }
    }

    private func resultShape(of gadget: Gadget) throws(GadgetFault) -> TensorShape {
        let extents: [Int]
        switch gadget {
        case .einsum(let einsum): extents = einsum.output.map { einsum.extents[$0] }
        case .view(let view): extents = view.extents
        case .affine(let affine): extents = affine.extents
        case .merge(let merge): return try merge.validatedShape(source: shape(of: merge.source))
        default:
            guard let advised = gadget.advised else { throw .operandCount }
            // Provisional wires are no indices: those of its sources stand in for them.
            let sources = advised.sources
            let local = advised.renumbered { wire in
                Wire(index: sources.firstIndex(of: wire) ?? 0)
            }
            return try local.validatedShape(
                sources.map { shape(of: $0) }, functionTables: functionTables.map(\.domain))
        }
        guard let shape = TensorShape(extents) else { throw .extent }
        return shape
    }
}

// MARK: - Result

extension CircuitBuilder {
    /// The circuit without its values; not validated.
    public func circuit() -> Circuit {
        let given = (inputs.count, constants.count)
        func final(_ wire: Wire) -> Wire {
            let (region, index) = Region.place(of: wire)
            return switch region {
            case .input: Wire(index: index)
            case .constant: Wire(index: given.0 + index)
            case .gadget: Wire(index: given.0 + given.1 + index)
            }
        }
        var circuit = Circuit(limbBits: limbBits)
        circuit.inputs = inputs
        circuit.constants = constants.map(\.shape)
        circuit.functionTables = functionTables.map(\.domain)
        circuit.gadgets = gadgets.map { $0.renumbered(final) }
        circuit.outputs = outputs.map { Circuit.Output(port: $0.port, wire: final($0.wire)) }
        return circuit
    }

    /// The finished circuit, validated, with the values of its constants.
    ///
    /// - Throws: ``CircuitError``; ``gadgetNames`` says which gadget the index in it means.
    /// - Precondition: Every closure returns as many values as its shape has cells.
    public func build() throws(CircuitError) -> BuiltCircuit {
        let circuit = circuit()
        _ = try ConstraintSystem(circuit)
        let constants = constants.map { $0.values() } + functionTables.map { $0.values() }
        for (values, shape) in zip(constants, circuit.constantShapes) {
            precondition(
                values.count == shape.cellCount, "\(values.count) values for shape \(shape)")
        }
        return BuiltCircuit(circuit: circuit, constants: constants, gadgetNames: gadgetNames)
    }
}

/// Provisional wires: each kind counts from its own first index.
private enum Region: Int {
    case input
    case constant
    case gadget

    private static let shift = 40

    func wire(_ index: Int) -> Wire { Wire(index: rawValue << Self.shift | index) }

    static func place(of wire: Wire) -> (region: Region, index: Int) {
        guard let region = Region(rawValue: wire.index >> shift) else {
            preconditionFailure("wire \(wire.index) is not of a builder")
        }
        return (region, wire.index & (1 << shift - 1))
    }
}
