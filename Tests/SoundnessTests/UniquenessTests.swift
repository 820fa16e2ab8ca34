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
        let result = system.wireTensors[circuit.resultWire(0).index]
        // Neighbouring rows share a value, others do not: y is no proof of h.
        let column = (0..<1 << p.bits).map { Fr($0 / 2) }
        for source in Self.sources {
            var search = ScalarSearch(system: system, column: column, source: source)
            search.run()
            let results = Set(search.solutions.map { $0[result.index] })
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
                        ? [p.isTable ? column[c - domain.lowest] : Fr(c)] : []),
                "x = \(x)")
        }
    }
}

/// All assignments of one-cell tensors that satisfy a constraint system.
private struct ScalarSearch {
    let system: ConstraintSystem
    let column: [Fr]
    let source: Fr
    private(set) var solutions: [[Fr]] = []
    private let rows: [Set<[Fr]>]
    /// The columns of single-column lookups, by tensor.
    private let ranges: [Int: Int]

    init(system: ConstraintSystem, column: [Fr], source: Fr) {
        self.system = system
        self.column = column
        self.source = source
        rows = system.tables.map { table in
            Set(
                (0..<1 << table.bits).map { row in
                    table.columns.map {
                        switch $0 {
                        case .index(let lowest): Fr(lowest + row)
                        case .saturationFlag:
                            Fr((row == 0 ? -1 : 0) + (row == (1 << table.bits) - 1 ? 1 : 0))
                        case .firstRow: Fr(row == 0 ? 1 : 0)
                        case .lastRow: Fr(row == (1 << table.bits) - 1 ? 1 : 0)
                        case .constant: column[row]
                        }
                    }
                })
        }
        var ranges: [Int: Int] = [:]
        for lookup in system.lookups {
            for column in lookup.columns { ranges[column.index] = lookup.table }
        }
        self.ranges = ranges
    }

    mutating func run() {
        extend([])
    }

    /// Values that an advice cell can have: those of its column in its table. A range-checked
    /// cell of several limbs is in no lookup itself: everything its limbs can say, and beyond.
    private func candidates(_ tensor: Int) -> [Fr] {
        guard let table = ranges[tensor] else { return (-6..<10).map { Fr($0) } }
        let place = system.lookups.lazy.compactMap { lookup in
            lookup.columns.firstIndex { $0.index == tensor }
        }.first!
        return Array(Set(rows[table].map { $0[place] }))
    }

    private mutating func extend(_ values: [Fr]) {
        let next = values.count
        guard next < system.tensors.count else {
            if zeroConstraintsHold(values) { solutions.append(values) }
            return
        }
        var choices: [Fr]
        switch system.tensors[next].role {
        case .publicInput: choices = [source]
        case .multiplicity, .constant: choices = [.zero]
        case .advice: choices = candidates(next)
        case .affine(let affine):
            let scale = Fr(1 << affine.rightShift).inverse()!
            let sum = affine.terms.reduce(Fr(affine.constant)) {
                $0 + Fr($1.coefficient) * values[$1.source.index]
            }
            choices = [sum * scale]
        case .einsum(let einsum):
            choices = [einsum.operands.reduce(.one) { $0 * values[$1.source.index] }]
        default: choices = []
        }
        for choice in choices {
            let extended = values + [choice]
            // Lookups whose last column this is.
            let holds = system.lookups.allSatisfy { lookup in
                guard lookup.columns.map(\.index).max() == next else { return true }
                return rows[lookup.table].contains(lookup.columns.map { extended[$0.index] })
            }
            if holds { extend(extended) }
        }
    }

    private func zeroConstraintsHold(_ values: [Fr]) -> Bool {
        system.zeroConstraints.allSatisfy { constraint in
            constraint.terms.reduce(Fr.zero) { sum, term in
                sum
                    + term.factors.reduce(Fr(term.coefficient)) {
                        $0 * values[$1.tensor.index]
                    }
            }.isZero
        }
    }
}
