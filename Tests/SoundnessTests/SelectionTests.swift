import Circuits
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

/// Selection: s the step of u, s² = s, u ends at 0, s·(m − x) = 0, m − x − u in range.
///
/// Rows are mirrored where ties go to the last cell: each attack is the same from the other end.
@Suite struct SelectionTests {
    private static let main0 = VerificationError.sumcheck(.main(level: 0))

    /// Row 0 has its largest cell once, row 1 twice, row 2 everywhere.
    static let rows: [[Int64]] = [[4, -3, 9, 0, 8], [-8, 7, 7, 6, 0], [-5, -5, -5, -5, -5]]

    static func forge(selectsLast: Bool) throws -> Forge {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([3, 5], bits: 6)
        let s = draft.add(
            .select(Selection(source: x, axis: 1, selectsLast: selectsLast, bits: 7)))
        draft.output(s, extraBits: 3)
        let cells = rows.flatMap { selectsLast ? $0.reversed() : $0 }
        return try Forge(draft.finish("selection", inputs: [cells]))
    }

    private func maximum(_ forge: Forge) -> TensorID {
        forge.advice(0) { if case .maximum = $0 { true } else { false } }[0]
    }

    private func steps(_ forge: Forge) -> TensorID {
        forge.advice(0) {
            switch $0 {
            case .beforeFirstZero, .afterLastZero: true
            default: false
            }
        }[0]
    }

    /// The five cells of a row, from the end that wins ties.
    private func row(_ row: Int, _ cells: [Fr], _ selectsLast: Bool) -> FieldWitness.Tampering {
        { values in
            for (place, cell) in cells.enumerated() {
                values[row * 8 + (selectsLast ? 4 - place : place)] = cell
            }
        }
    }

    private func row(
        _ index: Int, _ cells: [Int], _ selectsLast: Bool
    ) -> FieldWitness.Tampering { row(index, cells.map { Fr($0) }, selectsLast) }

    @Test(arguments: [false, true]) func honest(selectsLast: Bool) throws {
        let forge = try Self.forge(selectsLast: selectsLast)
        #expect(try forge.refusal(of: forge.witness()) == nil)
        let expected = [[0, 0, 1, 0, 0], [0, 1, 0, 0, 0], [1, 0, 0, 0, 0]]
        #expect(
            forge.statement(forge.witness()).outputs
                == [expected.flatMap { selectsLast ? $0.reversed() : $0 }])
    }

    /// Another cell with the right maximum; the second largest as the maximum.
    @Test(arguments: [false, true]) func notTheLargest(selectsLast: Bool) throws {
        let forge = try Self.forge(selectsLast: selectsLast)
        for selected in [0, 1, 3, 4] {
            let steps = row(0, (0..<5).map { $0 < selected ? 1 : 0 }, selectsLast)
            let pointing = forge.witness([self.steps(forge): steps])
            // Behind the largest cell the steps also say that it is below m.
            #expect(
                try forge.refusal(of: pointing) == (selected < 2 ? Self.main0 : .fractionSum))
        }
        let second = forge.witness([
            maximum(forge): adding(-Fr(1), at: 0),
            steps(forge): row(0, [1, 1, 1, 1, 0], selectsLast),
        ])
        #expect(try forge.refusal(of: second) == .fractionSum)
    }

    /// The second of two equal cells, and any later one of five.
    @Test(arguments: [false, true]) func ties(selectsLast: Bool) throws {
        let forge = try Self.forge(selectsLast: selectsLast)
        let second = forge.witness([steps(forge): row(1, [1, 1, 0, 0, 0], selectsLast)])
        #expect(try forge.refusal(of: second) == .fractionSum)
        for selected in 1..<5 {
            let steps = row(2, (0..<5).map { $0 < selected ? 1 : 0 }, selectsLast)
            let witness = forge.witness([self.steps(forge): steps])
            #expect(try forge.refusal(of: witness) == .fractionSum, "\(selected)")
        }
    }

    /// s that is no bit: two cells with −1 between, halves, and field elements that add up to 1.
    @Test(arguments: [false, true]) func severalSelected(selectsLast: Bool) throws {
        let forge = try Self.forge(selectsLast: selectsLast)
        let half = Fr(2).inverse()!
        // u in range at each cell of row 1: m − x − u = 15 − u, −u, −u, 1 − u, 7 − u.
        let witnesses: [[Fr]] = [
            // s = 1, −1, 1 at cells 1, 3, 4.
            [.one, .zero, .zero, .one, .zero],
            // s = −1, 2, 0, 0, 0.
            [Fr(2), .zero, .zero, .zero, .zero],
            // s = 1, 0, 0, −1, 1 is 1 at cells below m too.
            [.zero, .zero, .zero, .one, .zero],
            // s = 4, −3.
            [-Fr(3), .zero, .zero, .zero, .zero],
        ]
        for cells in witnesses {
            let witness = forge.witness([steps(forge): row(1, cells, selectsLast)])
            #expect(try forge.refusal(of: witness) == Self.main0, "\(cells)")
        }
        // Two ties, one half each: u is 1/2 where m − x is 0, so the range refuses it too.
        let halves = forge.witness([
            steps(forge): row(1, [.one, half, .zero, .zero, .zero], selectsLast)
        ])
        #expect(try forge.refusal(of: halves) == .fractionSum)
        // Ties with −u in range: s = 2 and −1 where m − x is 0.
        let shares = forge.witness([
            steps(forge): row(1, [.one, -.one, .zero, .zero, .zero], selectsLast)
        ])
        #expect(try forge.refusal(of: shares) == Self.main0)
    }

    /// No cell at all: u = 1 everywhere, m above every cell. Only the end of u is wrong.
    @Test(arguments: [false, true]) func noneSelected(selectsLast: Bool) throws {
        let forge = try Self.forge(selectsLast: selectsLast)
        for index in 0..<3 {
            let tamper = [
                maximum(forge): adding(at: index),
                steps(forge): row(index, [1, 1, 1, 1, 1], selectsLast),
            ]
            let witness = forge.witness(tamper)
            #expect(
                forge.statement(witness).outputs[0][index * 5..<index * 5 + 5] == [0, 0, 0, 0, 0])
            #expect(try forge.refusal(of: witness) == Self.main0)
            // The end claimed to be 0: a view that is none of u.
            let ends = forge.tensors(0) {
                if case .view(let view) = $0 { view.extents[1] == 1 } else { false }
            }
            #expect(ends.count == 1)
            let claimed = forge.witness(
                tamper.merging([ends[0]: setting([index: .zero])]) { $1 })
            #expect(try forge.refusal(of: claimed) == .openingValue)
        }
    }

    /// The steps from the wrong end: zeros where ones belong.
    @Test(arguments: [false, true]) func mirrored(selectsLast: Bool) throws {
        let forge = try Self.forge(selectsLast: selectsLast)
        let witness = forge.witness([steps(forge): row(0, [0, 0, 0, 1, 1], selectsLast)])
        #expect(try forge.refusal(of: witness) == Self.main0)
    }

    /// s is no tensor of its own but the step of u.
    @Test(arguments: [false, true]) func selector(selectsLast: Bool) throws {
        let forge = try Self.forge(selectsLast: selectsLast)
        // The second of two equal cells: one-hot, and m − x is 0 there.
        let witness = forge.witness([
            forge.result(0): row(1, [0, 0, 1, 0, 0], selectsLast)
        ])
        #expect(try forge.refusal(of: witness) == .openingValue)
    }

    /// Steps and differences in the padding behind the five cells are read by nothing.
    @Test(arguments: [false, true]) func padding(selectsLast: Bool) throws {
        let forge = try Self.forge(selectsLast: selectsLast)
        let planted = forge.witness([
            steps(forge): setting([5: Fr(1), 6: Fr(7), 13: Fr(2), 24: Fr(3)])
        ])
        #expect(forge.statement(planted) == forge.statement(forge.witness()))
        #expect(try forge.refusal(of: planted) == nil)
        // The step that the padding would take: u = 1 up to the last true cell.
        let beyond = forge.witness([
            maximum(forge): adding(at: 0),
            steps(forge): { values in for cell in 0..<8 { values[cell] = .one } },
        ])
        #expect(try forge.refusal(of: beyond) == Self.main0)
    }
}
