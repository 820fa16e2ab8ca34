import Circuits
import Testing

/// Every refusal of a circuit as a whole: ``CircuitError`` and ``PortFault``.
@Suite struct CircuitValidationTests {
    /// x [3, 5] and a weight [5], summed up; the product with the weight is output.
    static func circuit() -> Circuit {
        var circuit = Circuit(limbBits: 8)
        circuit.inputs = [.init(port: Port(name: "x", bits: 8, fractionalBits: 0), shape: [3, 5])]
        circuit.constants = [[5]]
        circuit.gadgets = [
            .einsum(
                Einsum(
                    extents: [3, 5], output: [0],
                    operands: [
                        Operand(Wire(index: 0), labels: [0, 1]),
                        Operand(Wire(index: 1), labels: [1]),
                    ]))
        ]
        circuit.outputs = [
            .init(
                port: Port(name: "y", bits: 32, fractionalBits: 0), wire: Wire(index: 2))
        ]
        return circuit
    }

    func expect(
        _ error: CircuitError, sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout Circuit) -> Void
    ) {
        var circuit = Self.circuit()
        change(&circuit)
        #expect(throws: error, sourceLocation: sourceLocation) { try circuit.validatedShapes() }
        #expect(throws: error, sourceLocation: sourceLocation) { try ConstraintSystem(circuit) }
    }

    @Test func validCircuit() throws {
        var circuit = Self.circuit()
        #expect(try circuit.validatedShapes() == [[3, 5], [5], [3]])
        circuit.inputs[0].port.saturates = true
        #expect(try circuit.validatedShapes() == [[3, 5], [5], [3]])
    }

    @Test(arguments: [-1, 0, 17, 64, 255]) func limbBits(bits: Int) {
        expect(.invalidLimbBits(bits)) { $0.limbBits = bits }
    }

    @Test(arguments: [
        IntegerDomain(lowest: 0, bits: 0), IntegerDomain(lowest: 0, bits: 17),
        IntegerDomain(lowest: 0, bits: 255), IntegerDomain(lowest: 1 << 41, bits: 8),
        IntegerDomain(lowest: .min, bits: 8), IntegerDomain(lowest: .max, bits: 8),
    ]) func table(domain: IntegerDomain) {
        expect(.invalidTable(index: 1)) {
            $0.functionTables = [.signed(bits: 8), domain]
        }
    }

    @Test func unread() {
        expect(.unreadInput("z")) {
            // The wires behind it move by one.
            $0.inputs.insert(
                .init(port: Port(name: "z", bits: 8, fractionalBits: 0), shape: [2]), at: 0)
            $0.gadgets = [
                .einsum(
                    Einsum(
                        extents: [3, 5], output: [0],
                        operands: [
                            Operand(Wire(index: 1), labels: [0, 1]),
                            Operand(Wire(index: 2), labels: [1]),
                        ]))
            ]
            $0.outputs[0].wire = Wire(index: 3)
        }
        expect(.unreadConstant(1)) {
            $0.constants.append([4])
            $0.outputs[0].wire = Wire(index: 3)
        }
        expect(.unreadTable(0)) { $0.functionTables = [.signed(bits: 4)] }
        expect(.unreadGadget(1)) {
            $0.gadgets.append(.maximum(Maximum(source: Wire(index: 0), axes: [0], bits: 8)))
        }
        expect(.noOutputs) { $0.outputs = [] }
        // An output may be an input or a constant.
        var circuit = Self.circuit()
        circuit.gadgets = []
        circuit.outputs = [0, 1].map {
            .init(port: Port(name: "\($0)", bits: 8, fractionalBits: 0), wire: Wire(index: $0))
        }
        #expect(throws: Never.self) { try ConstraintSystem(circuit) }
    }

    @Test func ports() {
        for bits in [-1, 0, 33, 255] {
            expect(.invalidPort(name: "x", .bits)) { $0.inputs[0].port.bits = bits }
            expect(.invalidPort(name: "y", .bits)) { $0.outputs[0].port.bits = bits }
        }
        for bits in [-65, 65, .min, .max] {
            expect(.invalidPort(name: "x", .fractionalBits)) {
                $0.inputs[0].port.fractionalBits = bits
            }
            expect(.invalidPort(name: "y", .fractionalBits)) {
                $0.outputs[0].port.fractionalBits = bits
            }
        }
        expect(.invalidPort(name: "y", .saturation)) { $0.outputs[0].port.saturates = true }
        expect(.invalidPort(name: "", .emptyName)) { $0.inputs[0].port.name = "" }
        let long = String(repeating: "a", count: 257)
        expect(.invalidPort(name: long, .emptyName)) { $0.outputs[0].port.name = long }
        expect(.invalidPort(name: "y", .duplicateName)) { $0.outputs.append($0.outputs[0]) }
        expect(.invalidPort(name: "x", .duplicateName)) { $0.inputs.append($0.inputs[0]) }
        for index in [-1, 3, .max] {
            expect(.invalidPort(name: "y", .unknownWire)) {
                $0.outputs[0].wire = Wire(index: index)
            }
        }
    }

    @Test func portCells() {
        // One port of more than 2^22 cells.
        expect(.invalidPort(name: "x", .tooManyCells)) {
            $0.inputs[0].shape = TensorShape([(1 << 22) / 5 + 1, 5])!
            $0.gadgets = [sum($0.inputs[0].shape)]
        }
        // Many that together have more than 2^23.
        expect(.invalidPort(name: "y3", .tooManyCells)) { circuit in
            circuit.inputs[0].shape = TensorShape([1 << 19, 5])!
            circuit.gadgets = [sum(circuit.inputs[0].shape)]
            circuit.outputs += (1...3).map {
                .init(
                    port: Port(name: "y\($0)", bits: 8, fractionalBits: 0), wire: Wire(index: 0))
            }
        }
    }

    /// All of the input and the weight, in one number.
    private func sum(_ shape: TensorShape) -> Gadget {
        .einsum(
            Einsum(
                extents: shape.extents, output: [],
                operands: [
                    Operand(Wire(index: 0), labels: [0, 1]), Operand(Wire(index: 1), labels: [1]),
                ]))
    }

    /// Committed inputs of 32 bits with limbs of one bit: 64 tensors each.
    @Test func tooManyTensors() throws {
        func circuit(_ count: Int) -> Circuit {
            var circuit = Circuit(limbBits: 1)
            for index in 0..<count {
                let port = Port(
                    name: "\(index)", bits: 32, fractionalBits: 0, visibility: .committed)
                circuit.inputs.append(.init(port: port, shape: [1]))
                circuit.outputs.append(.init(port: port, wire: Wire(index: index)))
                circuit.outputs[index].port.visibility = .public
            }
            return circuit
        }
        let few = try ConstraintSystem(circuit(10)).tensors.count
        let each = try ConstraintSystem(circuit(11)).tensors.count - few
        let most = 10 + (CircuitLimits.tensors - few) / each
        #expect(throws: Never.self) { _ = try ConstraintSystem(circuit(most)) }
        #expect(throws: CircuitError.tooManyTensors) { _ = try ConstraintSystem(circuit(most + 1)) }
    }
}

extension TensorShape: ExpressibleByArrayLiteral {
    /// - Precondition: the extents are valid.
    public init(arrayLiteral extents: Int...) { self.init(extents)! }
}
