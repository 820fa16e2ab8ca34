import Circuits
import Testing

/// Circuits that nobody can prove still have a cost: `zkml inspect` reads anybody's key.
@Suite struct HugeCostTests {
    private func circuit(constants: [[Int]], _ gadgets: [Gadget]) throws -> ConstraintSystem {
        var circuit = Circuit(limbBits: 1)
        circuit.constants = try constants.map { try #require(TensorShape($0)) }
        circuit.gadgets = gadgets
        circuit.outputs = [
            .init(
                port: Port(name: "y", bits: 8, fractionalBits: 0),
                wire: circuit.resultWire(gadgets.count - 1))
        ]
        return try ConstraintSystem(circuit)
    }

    private func check(_ system: ConstraintSystem) {
        for cost in [CostModel.estimate(system), CostModel.estimate(system, log2Chunk: 28)] {
            #expect(cost.peakMemoryBytes > 1 << 40)
            #expect(cost.proveSeconds > 1000)
        }
    }

    @Test func multiplyAdds() throws {
        // 2^62 products of three factors each.
        let (a, b, c) = (1 << 24, 1 << 24, 1 << 14)
        let einsum = Gadget.einsum(
            Einsum(
                extents: [a, b, c], output: [],
                operands: [
                    Operand(Wire(index: 0), labels: [0, 2]), Operand(Wire(index: 1), labels: [1]),
                    Operand(Wire(index: 1), labels: [1]),
                ]))
        check(try circuit(constants: [[a, c], [b]], [einsum]))
    }

    /// As many levels as a circuit can have: going through all tensors for each took minutes once.
    @Test(.timeLimit(.minutes(1))) func levels() throws {
        let chain = (0..<250_000).map { index in
            Gadget.einsum(
                Einsum(
                    extents: [2], output: [0],
                    operands: [Operand(Wire(index: index), labels: [0])]))
        }
        let cost = CostModel.estimate(try circuit(constants: [[2]], chain), log2Chunk: 1)
        // One factor a level, and a first claim of no point.
        #expect(cost.proofBytes > 32 * chain.count)
    }

    @Test func leaves() throws {
        // Each of 1024 maxima looks 62 limbs of 2^40 cells up.
        let maximum = Gadget.maximum(Maximum(source: Wire(index: 0), axes: [0, 1], bits: 62))
        let sum = Gadget.affine(
            Affine(extents: [], terms: (1...1024).map { .init(1, Wire(index: $0), []) }))
        let constants = [[1 << 20, 1 << 20]]
        check(
            try circuit(constants: constants, Array(repeating: maximum, count: 1024) + [sum]))
    }
}
