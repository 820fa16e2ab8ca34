import Circuits
import TestSupport

// Divisions, roots, row functions, selections and gathers for random circuits. Where a gadget takes
// only some integers, a table or a modulus brings any wire there.
extension RandomCircuitMaker {
    /// Mostly a wire whose integers lie in a small domain: x itself, or a table of it.
    private mutating func wire(in domain: ClosedRange<Int>, cells: Int) -> Wire? {
        let wire = randomWire { draft, wire in draft.shape(wire).cellCount <= cells }
        guard let wire else { return nil }
        let range = draft.range(wire)
        if domain.contains(range.lowerBound), domain.contains(range.upperBound) { return wire }
        let bits = generator.integer(1...4)
        let table = IntegerDomain.signed(bits: bits)
        let shift = max(0, range.signedBits - bits)
        let quotients = draft.quotients(wire, shift: shift)
        let outside = max(
            quotients.upperBound - table.highest, table.lowest - quotients.lowerBound, 1)
        let values = generator.cells(1 << bits, in: domain)
        let function = draft.table(table) { Int(values[$0 - table.lowest]) }
        return draft.add(
            .requantise(
                Requantisation(
                    source: wire, shift: shift, domain: table, function: .table(function),
                    overshootBits: log2Ceiling(outside + 1))))
    }

    mutating func addDivision() {
        let limit = generator.pick([1, 2, 7, 64, 1000])
        guard let divisor = wire(in: 1...limit, cells: Self.cellLimit) else { return }
        let rounding = generator.pick([Division.Rounding.halfUp, .down])
        let others = draft.wires.filter {
            draft.extents($0) == draft.extents(divisor)
                && max(draft.range($0).upperBound, -draft.range($0).lowerBound) < 1 << 36
        }
        var dividend = Dividend<Wire>.number(generator.integer(-1000...100_000))
        var dividends = -1000...100_000
        if !others.isEmpty, !generator.oneIn(3) {
            let wire = generator.pick(others)
            dividend = .tensor(wire)
            dividends = draft.range(wire)
        }
        let largest = draft.range(divisor).upperBound
        let remainderBits = max(1, log2Ceiling(rounding == .halfUp ? 2 * largest : largest))
        let bits =
            max(abs(dividends.lowerBound), abs(dividends.upperBound)).bitWidth
            - max(abs(dividends.lowerBound), abs(dividends.upperBound)).leadingZeroBitCount + 1
        _ = draft.add(
            .divide(
                Division(
                    dividend: dividend, divisor: divisor, rounding: rounding,
                    remainderBits: remainderBits + generator.integer(0...1),
                    domain: .signed(bits: bits + generator.integer(1...2)))))
    }

    mutating func addReciprocalRoot() {
        let limit = generator.pick([1, 3, 100, 5000])
        guard let wire = wire(in: 1...limit, cells: Self.cellLimit) else { return }
        _ = draft.add(
            .reciprocalRoot(
                ReciprocalRoot(
                    source: wire, precision: generator.pick([1, 2, 9, 16]),
                    valueBits: max(1, log2Ceiling(draft.range(wire).upperBound)))))
    }

    private mutating func randomAxes(_ wire: Wire) -> [Int] {
        let axes = draft.extents(wire).indices.filter { _ in generator.oneIn(2) }
        return axes.isEmpty ? [generator.integer(0...draft.shape(wire).rank - 1)] : axes
    }

    mutating func addRowFunction() {
        guard let wire = randomWire(where: { $0.shape($1).rank > 0 }) else { return }
        let span = draft.range(wire).upperBound - draft.range(wire).lowerBound
        let bits = generator.integer(1...5)
        let values = generator.cells(1 << bits, in: 0...40)
        let table = draft.table(IntegerDomain(lowest: 0, bits: bits)) { Int(values[$0]) }
        let outside = span - (1 << bits) + 1
        _ = draft.add(
            .rowFunction(
                RowFunction(
                    source: wire, axes: randomAxes(wire), table: table,
                    overshootBits: outside > 0
                        ? log2Ceiling(outside + 1) : generator.integer(0...2))))
    }

    mutating func addSelection() {
        guard let wire = randomWire(where: { $0.shape($1).rank > 0 }) else { return }
        _ = draft.add(
            .select(
                Selection(
                    source: wire, axis: generator.integer(0...draft.shape(wire).rank - 1),
                    selectsLast: generator.oneIn(2),
                    bits: max(draft.range(wire).sizeBits, 1) + generator.integer(0...1))))
    }

    mutating func addOneHot() {
        let count = randomExtent()
        guard let wire = wire(in: 0...count - 1, cells: Self.cellLimit / count),
            draft.shape(wire).rank < Self.rankLimit
        else { return }
        _ = draft.add(.oneHot(OneHot(source: wire, count: count)))
    }

    mutating func addGather() {
        let tables = draft.wires.filter {
            draft.shape($0).rank > 0 && draft.range($0).signedBits < 40
        }
        guard let table = tables.randomElement(using: &generator) else { return }
        let rows = draft.extents(table)[0]
        let width = draft.shape(table).cellCount / rows
        guard let indices = wire(in: 0...rows - 1, cells: Self.cellLimit / 4 / width),
            draft.shape(indices).rank + draft.shape(table).rank - 1 <= Self.rankLimit
        else { return }
        _ = draft.add(
            .gather(
                Gather(
                    table: table, indices: indices, lowCount: generator.integer(1...rows))))
    }

    mutating func addEvenRounding() {
        guard let wire = randomWire() else { return }
        let shift = generator.pick([1, 2, 3, draft.circuit.limbBits, 11])
        let bits = max(2, draft.range(wire).signedBits - shift + 2)
        _ = draft.add(
            .roundEven(
                EvenRounding(
                    source: wire, shift: shift,
                    domain: .signed(bits: bits + generator.integer(0...2)))))
    }
}
