import Circuits
import Testing

/// Circuits that a verifier could not check in reasonable time are refused.
@Suite struct VerifierWorkTests {
    private let x = Wire(index: 0)

    /// A public input of the given extents, gadgets, and an output of the last one.
    private func circuit(_ extents: [Int], _ gadgets: [Gadget]) -> Circuit {
        var circuit = Circuit(limbBits: 8)
        circuit.inputs = [
            .init(
                port: Port(name: "x", bits: 8, fractionalBits: 0), shape: TensorShape(extents)!)
        ]
        circuit.gadgets = gadgets
        circuit.outputs = [
            .init(
                port: Port(name: "y", bits: 8, fractionalBits: 0),
                wire: circuit.resultWire(gadgets.count - 1))
        ]
        return circuit
    }

    private func result(_ index: Int) -> Wire { Wire(index: index + 1) }

    private func expectTooMuch(
        at index: Int, _ circuit: Circuit, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            throws: CircuitError.invalidGadget(index: index, .verifierWork),
            sourceLocation: sourceLocation
        ) { try ConstraintSystem(circuit) }
    }

    @Test func doubling() {
        // Tᵢ₊₁ = Tᵢ + Tᵢ: a claim dissolves into 2^i terms.
        let doublings = (0..<64).map { index in
            let source = index == 0 ? x : result(index - 1)
            return Gadget.affine(
                Affine(extents: [3], terms: [.init(1, source, [0]), .init(1, source, [0])]))
        }
        expectTooMuch(at: 11, circuit([3], doublings))
    }

    @Test func deepChain() {
        let chain = (0..<300).map { index in
            Gadget.affine(
                Affine(
                    extents: [3], constant: 1,
                    terms: [.init(1, index == 0 ? x : result(index - 1), [0])]))
        }
        expectTooMuch(at: 256, circuit([3], chain))
        #expect(throws: Never.self) { try ConstraintSystem(circuit([3], Array(chain[..<256]))) }
    }

    @Test func labelCombinations() {
        // One axis indexed by two labels of 2^10 values, and by one value more.
        func window(_ extent: Int) -> Gadget {
            .einsum(
                Einsum(
                    extents: [1 << 10, extent], output: [0],
                    operands: [Operand(x, [AxisIndex([LabelTerm(0), LabelTerm(1)])])]))
        }
        #expect(throws: Never.self) { try ConstraintSystem(circuit([9], [window(1 << 10)])) }
        expectTooMuch(at: 0, circuit([9], [window(1 << 10 + 1)]))
        // Products that would leave 64 bits.
        let labels = (0..<4).map { LabelTerm($0) }
        let huge = Gadget.einsum(
            Einsum(
                extents: [1 << 15, 1 << 15, 1 << 15, 1 << 15], output: [],
                operands: [Operand(x, [AxisIndex(labels)])]))
        expectTooMuch(at: 0, circuit([9], [huge]))
    }

    /// An axis costs its extent even where one index alone is read.
    @Test func longAxes() {
        var gadgets = [Gadget.affine(Affine(extents: [1 << 20], terms: [.init(1, x, [])]))]
        for _ in 0..<8 {
            gadgets.append(
                .view(View(extents: [], operand: Operand(result(0), [AxisIndex([])]))))
        }
        gadgets.append(
            .affine(Affine(extents: [], terms: (1...8).map { .init(1, result($0), []) })))
        // Claims are counted where they are made: by the output.
        #expect(throws: CircuitError.invalidPort(name: "y", .verifierWork)) {
            try ConstraintSystem(circuit([], gadgets))
        }
    }

    /// Each claim on a public input reads all of it.
    @Test func publicValues() {
        let sums = (0..<40).map { _ in
            Gadget.einsum(
                Einsum(
                    extents: [1 << 10, 1 << 11], output: [],
                    operands: [Operand(x, labels: [0, 1])]))
        }
        let total = Gadget.affine(
            Affine(extents: [], terms: (0..<40).map { .init(1, result($0), []) }))
        expectTooMuch(at: 3, circuit([1 << 10, 1 << 11], sums + [total]))
        var committed = circuit([1 << 10, 1 << 11], sums + [total])
        committed.inputs[0].port.visibility = .committed
        #expect(throws: Never.self) { try ConstraintSystem(committed) }
    }

    /// s is the step of u: each claim on it is one on u shifted by a cell, filled with 1.
    @Test func oneHotTensors() {
        func oneHots(_ gadgets: Int, of count: Int) -> Circuit {
            let oneHot = Gadget.oneHot(OneHot(source: x, count: count))
            let sums = (0..<gadgets).map {
                Gadget.einsum(
                    Einsum(
                        extents: [count], output: [], operands: [Operand(result($0), labels: [0])]))
            }
            let total = Gadget.affine(
                Affine(
                    extents: [],
                    terms: (0..<gadgets).map { .init(1, result(gadgets + $0), []) }))
            return circuit([], Array(repeating: oneHot, count: gadgets) + sums + [total])
        }
        #expect(throws: Never.self) { try ConstraintSystem(oneHots(1, of: 1 << 19)) }
        expectTooMuch(at: 0, oneHots(1, of: 1 << 20))
        #expect(throws: Never.self) { try ConstraintSystem(oneHots(4, of: 1 << 17)) }
        expectTooMuch(at: 6, oneHots(8, of: 1 << 17))
    }

    /// So is each claim on a selection, of which an arg-max makes one more.
    @Test func selections() {
        func selection(_ extent: Int) -> Circuit {
            circuit(
                [],
                [
                    .affine(Affine(extents: [extent], terms: [.init(1, x, [])])),
                    .select(Selection(source: result(0), axis: 0, bits: 8)),
                    .einsum(
                        Einsum(
                            extents: [extent], output: [],
                            operands: [Operand(result(1), labels: [0])])),
                ])
        }
        #expect(throws: Never.self) { try ConstraintSystem(selection(1 << 18)) }
        expectTooMuch(at: 1, selection(1 << 20))
    }

    /// Rows that are indexed by two digits cost a step each, and each pair of digits too.
    @Test func gathers() {
        func gathers(_ gadgets: Int, rows: Int, lowCount: Int) -> Circuit {
            var circuit = circuit([2], [])
            circuit.constants = [TensorShape([rows])!]
            circuit.gadgets = Array(
                repeating: .gather(
                    Gather(table: Wire(index: 1), indices: x, lowCount: lowCount)),
                count: gadgets)
            circuit.gadgets.append(
                .affine(
                    Affine(
                        extents: [2],
                        terms: (0..<gadgets).map { .init(1, circuit.resultWire($0), [0]) })))
            circuit.outputs[0].wire = circuit.resultWire(gadgets)
            return circuit
        }
        #expect(throws: Never.self) {
            try ConstraintSystem(gathers(1, rows: 1 << 20, lowCount: 1 << 10))
        }
        expectTooMuch(at: 0, gathers(1, rows: 1 << 20 + 1, lowCount: 1 << 10))
        expectTooMuch(at: 3, gathers(5, rows: 1 << 20, lowCount: 1 << 10))
        expectTooMuch(at: 0, gathers(1, rows: 1 << 24, lowCount: 1))
        expectTooMuch(at: 0, gathers(1, rows: 1 << 24, lowCount: 1 << 24))
    }

    /// Claims on one einsum are compared with each other; a gather's result is one.
    @Test func claimsOnOneResult() {
        func gather(outputs: Int) -> Circuit {
            var circuit = circuit([2], [.gather(Gather(table: x, indices: x, lowCount: 1))])
            let output = circuit.outputs[0]
            circuit.outputs = (0..<outputs).map {
                var output = output
                output.port.name = "y\($0)"
                return output
            }
            return circuit
        }
        #expect(throws: Never.self) {
            try ConstraintSystem(gather(outputs: CircuitLimits.dissolvedTerms))
        }
        expectTooMuch(at: 0, gather(outputs: CircuitLimits.dissolvedTerms + 1))
    }

    /// The kernel of a chain of windows is evaluated anew for each claim behind it.
    @Test func windowChains() {
        // Shifted copies that are filled: each takes the sums of the kernel so far.
        let chain = (0..<200).map { index in
            Gadget.view(
                View(
                    extents: [1 << 12],
                    operand: Operand(
                        index == 0 ? x : result(index - 1),
                        [AxisIndex([LabelTerm(0)], offset: 1)]), fill: 1))
        }
        #expect(throws: CircuitError.invalidPort(name: "y", .verifierWork)) {
            try ConstraintSystem(circuit([1 << 12], chain))
        }
        #expect(throws: Never.self) {
            try ConstraintSystem(circuit([1 << 12], Array(chain[..<20])))
        }
    }
}
