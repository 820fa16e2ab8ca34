import Circuits
import Field
import TestSupport
import Testing
import ZKMLTestSupport

/// The expansion of each gadget with advice, exhaustively: for any field element in its source, at
/// most one result satisfies the constraints that the key stands for.
///
/// The constraints are read off the ``ConstraintSystem`` and checked cell by cell, without a proof.
@Suite struct UniquenessTests {
    /// Field elements that a source can hold when constants are garbage: small, huge, fractions.
    static let sources: [Fr] = {
        var values = (-36...36).map { Fr($0) }
        for k in 1...3 {
            let fraction = Fr(1 << k).inverse()!
            for numerator in [-3, -1, 1, 5] { values.append(Fr(numerator) * fraction) }
        }
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<3 { values.append(.random(using: &generator)) }
        return values
    }()

    struct Parameters: Sendable, CustomStringConvertible {
        var shift: Int
        var lowest: Int
        var bits: Int
        var overshoot: Int
        var isTable: Bool
        var limbBits: Int

        var description: String {
            "shift \(shift), \(lowest) + \(bits) bits, overshoot \(overshoot), table \(isTable), limbs \(limbBits)"
        }
    }

    static let parameters: [Parameters] = {
        var all: [Parameters] = []
        for shift in [0, 1, 3] {
            for (lowest, bits) in [(-4, 3), (-1, 1), (5, 2)] {
                for overshoot in [0, 3] {
                    for isTable in [true, false] {
                        all.append(
                            Parameters(
                                shift: shift, lowest: lowest, bits: bits, overshoot: overshoot,
                                isTable: isTable, limbBits: 2))
                    }
                }
            }
        }
        all.append(
            Parameters(shift: 2, lowest: 0, bits: 2, overshoot: 1, isTable: true, limbBits: 1))
        return all
    }()

    @Test(arguments: parameters) func requantise(_ p: Parameters) throws {
        let domain = IntegerDomain(lowest: p.lowest, bits: p.bits)
        var circuit = Circuit(limbBits: p.limbBits)
        circuit.inputs = [
            .init(port: Port(name: "x", bits: 8, fractionalBits: 0), shape: TensorShape([])!)
        ]
        if p.isTable { circuit.functionTables = [domain] }
        circuit.gadgets = [
            .requantise(
                Requantisation(
                    source: Wire(index: 0), shift: p.shift, domain: domain,
                    function: p.isTable ? .table(0) : .identity, overshootBits: p.overshoot))
        ]
        circuit.outputs = [
            .init(
                port: Port(name: "y", bits: 8, fractionalBits: 0), wire: circuit.resultWire(0))
        ]
        let system = try ConstraintSystem(circuit)
        let search = CellSearch(system)
        // Neighbouring rows share a value, others do not: y is no proof of h.
        let column = (0..<1 << p.bits).map { Fr($0 / 2) }
        for source in Self.sources {
            let results = search.results(
                inputs: [[source]], columns: p.isTable ? [column] : [],
                candidates: (-6..<10).map { Fr($0) })
            #expect(results.count <= 1, "x = \(source.smallInteger.map(String.init) ?? "big")")
            guard let x = source.smallInteger else {
                #expect(results.isEmpty)
                continue
            }
            // And the one there is, is the rounded, saturated quotient's.
            let half = p.shift == 0 ? 0 : 1 << (p.shift - 1)
            let h = (x + half) >> p.shift
            let distance = abs(h - domain.clamping(h))
            let isExpressible = p.overshoot == 0 ? distance == 0 : distance < 1 << p.overshoot
            let c = domain.clamping(h)
            #expect(
                results
                    == (isExpressible
                        ? [[p.isTable ? column[c - domain.lowest] : Fr(c)]] : []),
                "x = \(x)")
        }
    }
}
