import Circuits
import Field
import TestSupport
import Testing
import ZKMLTestSupport

/// Divisions, roots, row functions, selections, one-hot tensors, gathers and roundings to even,
/// exhaustively: for any field elements in their sources at most one result satisfies the
/// constraints, and where the sources are integers it is the right one.
@Suite struct GadgetUniquenessTests {
    private static let half = Fr(2).inverse()!
    private static let big: Fr = {
        var generator = SeededGenerator(seed: 3)
        return .random(using: &generator)
    }()
    /// Advice that no table bounds: integers around, fractions, and what is neither.
    private static let candidates =
        (-5...9).map { Fr($0) } + [half, -half, Fr(3) * half, big, .one - big]

    /// Sources are public inputs, so that a test can put any field element there.
    private static func search(
        limbBits: Int, _ extents: [[Int]], tables: [IntegerDomain] = [],
        _ gadget: ([Wire]) -> Gadget
    ) throws -> CellSearch {
        var circuit = Circuit(limbBits: limbBits)
        circuit.inputs = extents.enumerated().map { index, extents in
            .init(
                port: Port(name: "x\(index)", bits: 8, fractionalBits: 0),
                shape: TensorShape(extents)!)
        }
        circuit.functionTables = tables
        circuit.gadgets = [gadget(extents.indices.map { Wire(index: $0) })]
        circuit.outputs = [
            .init(
                port: Port(name: "y", bits: 8, fractionalBits: 0), wire: circuit.resultWire(0))
        ]
        return CellSearch(try ConstraintSystem(circuit))
    }

    /// Every row of `count` of the values.
    private static func rows(_ values: [Fr], count: Int) -> [[Fr]] {
        indices(Array(repeating: values.count, count: count)).map { $0.map { values[$0] } }
    }

    /// a − b, if it is a small integer.
    private static func distance(_ a: Fr, _ b: Fr) -> Int? { (a - b).smallInteger }

    // MARK: Division

    @Test(arguments: [Division.Rounding.halfUp, .down], [true, false])
    func division(rounding: Division.Rounding, isNumber: Bool) throws {
        let bits = 3
        let domain = IntegerDomain(lowest: -4, bits: 3)
        let divisors =
            (-9...9).map { Fr($0) }
            + [Self.half, -Self.half, Fr(3) * Self.half, Fr(5) * Fr(4).inverse()!, Self.big]
        let dividends =
            (-14...14).map { Fr($0) }
            + [Self.half, Fr(-3) * Self.half, Fr(3) * Fr(4).inverse()!, Self.big]
        for number in isNumber ? [-7, 0, 1, 5, 12] : [0] {
            let search = try Self.search(limbBits: 2, isNumber ? [[]] : [[], []]) { wires in
                .divide(
                    Division(
                        dividend: isNumber ? .number(number) : .tensor(wires[1]),
                        divisor: wires[0], rounding: rounding, remainderBits: bits,
                        domain: domain))
            }
            for divisor in divisors {
                for dividend in isNumber ? [Fr(number)] : dividends {
                    let results = search.results(
                        inputs: isNumber ? [[divisor]] : [[divisor], [dividend]],
                        candidates: Self.candidates)
                    #expect(results.count <= 1, "\(dividend) / \(divisor)")
                    guard let a = dividend.smallInteger, let b = divisor.smallInteger else {
                        continue
                    }
                    let (n, d) = rounding == .halfUp ? (2 * a + b, 2 * b) : (a, b)
                    var expected: Set<[Fr]> = []
                    if d > 0 {
                        let y = Int((Double(n) / Double(d)).rounded(.down))
                        let remainder = n - y * d
                        if remainder < 1 << bits, d - 1 - remainder < 1 << bits,
                            domain.contains(y)
                        {
                            expected = [[Fr(y)]]
                        }
                    }
                    #expect(results == expected, "\(a) / \(b)")
                }
            }
        }
    }

    /// Divisors that are no integers: with half-up rounding 2b may be odd. Dividends that make any
    /// candidate quotient exact are tried against all of them.
    @Test func divisionOfFractions() throws {
        let search = try Self.search(limbBits: 2, [[], []]) { wires in
            .divide(
                Division(
                    dividend: .tensor(wires[1]), divisor: wires[0], rounding: .halfUp,
                    remainderBits: 2, domain: IntegerDomain(lowest: -1, bits: 2)))
        }
        var found = 0
        for twice in 1...9 {
            let divisor = Fr(twice) * Self.half
            for quarter in -40...40 {
                let results = search.results(
                    inputs: [[divisor], [Fr(quarter) * Self.half * Self.half]],
                    candidates: Self.candidates)
                #expect(results.count <= 1, "\(quarter)/4 / \(twice)/2")
                found += results.count
            }
        }
        #expect(found > 0)
    }

    // MARK: Reciprocal root

    @Test(arguments: [(1, 1), (2, 3), (3, 4)])
    func reciprocalRoot(precision: Int, valueBits: Int) throws {
        let search = try Self.search(limbBits: 2, [[]]) { wires in
            .reciprocalRoot(
                ReciprocalRoot(source: wires[0], precision: precision, valueBits: valueBits))
        }
        let sources =
            (-3...20).map { Fr($0) }
            + [Self.half, Fr(4).inverse()!, Fr(9).inverse()!, Fr(16) * Fr(9).inverse()!, Self.big]
        for source in sources {
            let results = search.results(inputs: [[source]], candidates: Self.candidates)
            #expect(results.count <= 1)
            guard let v = source.smallInteger, v >= 1, v <= 1 << valueBits else {
                #expect(results.isEmpty)
                continue
            }
            let root = (0...(1 << precision)).last { $0 * $0 * v <= 1 << (2 * precision) }!
            #expect(results == [[Fr(root)]], "v = \(v)")
        }
    }

    // MARK: Rounding to even

    @Test(arguments: [1, 2, 3], [(-4, 3), (0, 2), (-2, 4)])
    func evenRounding(shift: Int, domain: (lowest: Int, bits: Int)) throws {
        let domain = IntegerDomain(lowest: domain.lowest, bits: domain.bits)
        let search = try Self.search(limbBits: 2, [[]]) { wires in
            .roundEven(EvenRounding(source: wires[0], shift: shift, domain: domain))
        }
        for source in UniquenessTests.sources {
            let results = search.results(inputs: [[source]], candidates: Self.candidates)
            guard let x = source.smallInteger else {
                #expect(results.isEmpty)
                continue
            }
            let h = Int((Double(x) / Double(1 << shift)).rounded(.toNearestOrEven))
            #expect(results == (domain.contains(h) ? [[Fr(h)]] : []), "x = \(x)")
        }
    }

    // MARK: Row function

    /// Value columns are the publisher's: here with repeated values, and one that is no integer.
    @Test(arguments: [1, 2], [0, 1, 2]) func rowFunction(tableBits: Int, overshoot: Int) throws {
        let column = [Fr(7), Self.half, Fr(7), Fr(1)].prefix(1 << tableBits)
        let last = column.count - 1
        let limit = last + (overshoot == 0 ? 0 : (1 << overshoot) - 1)
        let values = [-1, 0, 1, 3, 7].map { Fr($0) } + [Self.big, Self.big + Fr(2), Self.half]
        for length in [1, 2, 3] {
            let search = try Self.search(
                limbBits: 4, [[length]], tables: [IntegerDomain(lowest: 0, bits: tableBits)]
            ) { wires in
                .rowFunction(
                    RowFunction(
                        source: wires[0], axes: [0], table: 0, overshootBits: overshoot))
            }
            let few = length == 3 ? Array(values[1...4] + values[5...6]) : values
            for row in Self.rows(few, count: length) {
                // The largest cell and everything near enough below it.
                let candidates = Self.candidates.prefix(8) + row + row.map { $0 + .one }
                let results = search.results(
                    inputs: [row], columns: [Array(column)],
                    candidates: Array(Set(candidates)))
                let largest = row.first { m in
                    row.allSatisfy { (0...limit).contains(Self.distance(m, $0) ?? -1) }
                }
                let expected = largest.map { m in
                    row.map { column[min(Self.distance(m, $0)!, last)] }
                }
                #expect(results == (expected.map { [$0] } ?? []), "\(row)")
            }
        }
    }

    // MARK: Selection

    @Test(arguments: [false, true]) func selection(selectsLast: Bool) throws {
        let values = [-1, 0, 1, 3].map { Fr($0) } + [Self.big, Self.big + .one, Self.half]
        for length in [1, 2, 3] {
            let search = try Self.search(limbBits: 4, [[length]]) { wires in
                .select(
                    Selection(source: wires[0], axis: 0, selectsLast: selectsLast, bits: 2))
            }
            for row in Self.rows(length == 3 ? Array(values[1...5]) : values, count: length) {
                let candidates = Self.candidates.prefix(8) + [Self.half] + row
                let results = search.results(
                    inputs: [row], candidates: Array(Set(candidates)))
                let isExpressible = { (place: Int) in
                    row.indices.allSatisfy { other in
                        let isBefore = selectsLast ? other > place : other < place
                        let least = isBefore ? 1 : 0
                        return (least...least + 3).contains(
                            Self.distance(row[place], row[other]) ?? -1)
                    }
                }
                let selected = row.indices.filter(isExpressible)
                #expect(selected.count <= 1)
                #expect(
                    results
                        == Set(
                            selected.map { place in
                                row.indices.map { Fr($0 == place ? 1 : 0) }
                            }), "\(row)")
            }
        }
    }

    // MARK: One-hot tensors and gathers

    @Test(arguments: [1, 2, 3, 4]) func oneHot(count: Int) throws {
        let search = try Self.search(limbBits: 4, [[]]) { wires in
            .oneHot(OneHot(source: wires[0], count: count))
        }
        for source in Self.candidates {
            let results = search.results(inputs: [[source]], candidates: Self.candidates)
            guard let x = source.smallInteger, (0..<count).contains(x) else {
                #expect(results.isEmpty)
                continue
            }
            #expect(results == [(0..<count).map { Fr($0 == x ? 1 : 0) }])
        }
    }

    @Test(arguments: [1, 2, 3, 5], [1, 2, 3, 4, 5]) func gather(rows: Int, lowCount: Int) throws {
        guard lowCount <= rows else { return }
        let search = try Self.search(limbBits: 4, [[rows], [2]]) { wires in
            .gather(Gather(table: wires[0], indices: wires[1], lowCount: lowCount))
        }
        let table = Array([Fr(5), Self.big, Self.half, Fr(5), Fr(-1)].prefix(rows))
        let candidates = [0, 1, -1, 2].map { Fr($0) } + [Self.half, Self.big]
        for index in Self.candidates {
            for other in [0, rows - 1] {
                let results = search.results(
                    inputs: [table, [index, Fr(other)]], candidates: candidates)
                guard let x = index.smallInteger, (0..<rows).contains(x) else {
                    #expect(results.isEmpty)
                    continue
                }
                #expect(results == [[table[x], table[other]]])
            }
        }
    }
}
