import Circuits
import Field
import ProofSystem
import TestSupport
import Testing
import ZKMLTestSupport

/// Row function: (m − x, y, [m − x = 0]) in a table, at least one flag a row; with overshoot
/// m − x = c + f·a, f the flag of the table's last row.
@Suite struct RowFunctionTests {
    private static let main0 = VerificationError.sumcheck(.main(level: 0))

    /// Row 0 has its largest cell once, row 1 twice; with overshoot cells 3 and 6 lie beyond the
    /// table of 8 rows.
    ///
    /// - Parameter isShown: Else nothing shows y but its product with zero.
    static func forge(
        overshoot: Int = 0, cells: [Int64]? = nil, tableBits: Int = 3, isShown: Bool = true,
        value: @escaping (Int) -> Int = { 20 - 2 * $0 }
    ) throws -> Forge {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([2, 5], bits: 6)
        let table = draft.table(IntegerDomain(lowest: 0, bits: tableBits), value)
        var y = draft.add(
            .rowFunction(
                RowFunction(source: x, axes: [1], table: table, overshootBits: overshoot)))
        if !isShown {
            let zero = draft.constant([5], [0, 0, 0, 0, 0])
            y = draft.einsum("a", (y, "ab"), (zero, "b"))
        }
        draft.output(y, extraBits: 3)
        let honest: [Int64] =
            overshoot == 0
            ? [5, 3, 4, 0, -2, 6, -1, 6, 2, 3] : [5, 3, 4, -4, -2, 6, -14, 6, 2, 3]
        return try Forge(draft.finish("row function", inputs: [cells ?? honest]))
    }

    private func maximum(_ forge: Forge) -> TensorID {
        forge.advice(0) { if case .maximum = $0 { true } else { false } }[0]
    }

    /// [position = 0], then, with overshoot, [position is the last row].
    private func flags(_ forge: Forge) -> [TensorID] {
        forge.advice(0) { if case .indicator = $0 { true } else { false } }
    }

    private func distance(_ forge: Forge) -> TensorID {
        forge.tensors(0) { if case .affine = $0 { true } else { false } }[0]
    }

    private func count(_ forge: Forge) -> TensorID {
        forge.tensors(0) { if case .einsum = $0 { true } else { false } }[0]
    }

    @Test func honest() throws {
        let plain = try Self.forge()
        #expect(try plain.refusal(of: plain.witness()) == nil)
        #expect(
            plain.statement(plain.witness()).outputs
                == [[20, 16, 18, 10, 6, 20, 6, 20, 12, 14]])
        let saturating = try Self.forge(overshoot: 4)
        #expect(try saturating.refusal(of: saturating.witness()) == nil)
        #expect(
            saturating.statement(saturating.witness()).outputs
                == [[20, 16, 18, 6, 6, 20, 6, 20, 12, 14]])
    }

    /// m that no cell attains: no flag in that row, and one flag is needed.
    @Test(arguments: [0, 4]) func maximumTooLarge(overshoot: Int) throws {
        // Room for the larger distances in the table.
        let forge = try Self.forge(
            overshoot: overshoot, cells: [5, 3, 4, 0, -1, 6, 0, 6, 2, 3])
        #expect(try forge.refusal(of: forge.witness()) == nil)
        for row in 0..<2 {
            let empty = forge.witness([maximum(forge): adding(at: row)])
            #expect(try forge.refusal(of: empty) == .fractionSum)
            // A flag at distance 1: no row of the table.
            let flagged = forge.witness([
                maximum(forge): adding(at: row), flags(forge)[0]: setting([row * 8: Fr(1)]),
            ])
            #expect(try forge.refusal(of: flagged) == .fractionSum)
            // One flag claimed to be counted.
            let counted = forge.witness([
                maximum(forge): adding(at: row), count(forge): setting([row: Fr(1)]),
            ])
            #expect(try forge.refusal(of: counted) == Self.main0)
            // Planted in the padding, behind the five cells of the row.
            let padded = forge.witness([
                maximum(forge): adding(at: row), flags(forge)[0]: setting([row * 8 + 5: Fr(1)]),
            ])
            #expect(try forge.refusal(of: padded) == .fractionSum)
        }
    }

    /// The second largest cell as the maximum: the largest has a negative distance.
    @Test(arguments: [0, 4]) func maximumTooSmall(overshoot: Int) throws {
        let forge = try Self.forge(overshoot: overshoot)
        let attained = forge.witness([maximum(forge): adding(-Fr(1), at: 0)])
        #expect(
            try forge.refusal(of: attained) == (overshoot == 0 ? .fractionSum : Self.main0))
        let unattained = forge.witness([maximum(forge): adding(-Fr(3), at: 1)])
        #expect(
            try forge.refusal(of: unattained) == (overshoot == 0 ? .fractionSum : Self.main0))
        // The distance claimed to be 0 there.
        let claimed = forge.witness([
            maximum(forge): adding(-Fr(1), at: 0), distance(forge): setting([0: .zero]),
        ])
        #expect(try forge.refusal(of: claimed) == .openingValue)
    }

    /// A row of one cell: its flag is 1 by a zero constraint.
    @Test func rowsOfOneCell() throws {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([3, 1], bits: 4)
        let table = draft.table(IntegerDomain(lowest: 0, bits: 1)) { 5 - $0 }
        draft.output(
            draft.add(.rowFunction(RowFunction(source: x, axes: [1], table: table))),
            extraBits: 1)
        let forge = try Forge(draft.finish("one cell", inputs: [[3, -2, 0]]))
        #expect(try forge.refusal(of: forge.witness()) == nil)
        #expect(forge.statement(forge.witness()).outputs == [[5, 5, 5]])
        let witness = forge.witness([maximum(forge): adding(at: 1)])
        #expect(forge.statement(witness).outputs == [[5, 4, 5]])
        #expect(try forge.refusal(of: witness) == Self.main0)
    }

    /// The flag where it is, elsewhere, twice: the tuple is no row.
    @Test(arguments: [0, 4]) func flag(overshoot: Int) throws {
        let forge = try Self.forge(overshoot: overshoot)
        let flag = flags(forge)[0]
        for tamper in [setting([0: .zero]), setting([1: Fr(1)]), setting([0: Fr(2)])] {
            #expect(try forge.refusal(of: forge.witness([flag: tamper])) == .fractionSum)
        }
        let moved = forge.witness([flag: setting([0: .zero, 1: Fr(1)])])
        #expect(try forge.refusal(of: moved) == .fractionSum)
        // One of two largest cells without its flag: the other would be enough.
        let one = forge.witness([flag: setting([8: .zero])])
        #expect(try forge.refusal(of: one) == .fractionSum)
    }

    /// The value of another row, of another cell, of no row.
    @Test(arguments: [0, 4]) func value(overshoot: Int) throws {
        let forge = try Self.forge(overshoot: overshoot)
        for amount in [2, -2, 1] {
            for cell in [0, 1, 4, 9, 12] {
                let witness = forge.witness([
                    forge.tableValue(0): adding(Fr(amount), at: cell)
                ])
                #expect(try forge.refusal(of: witness) == .fractionSum, "cell \(cell)")
            }
        }
        let swapped = forge.witness([forge.tableValue(0): { $0.swapAt(0, 1) }])
        #expect(try forge.refusal(of: swapped) == .fractionSum)
    }

    // MARK: Overshoot

    /// c another row of the table, with that row's value: d = c + f·a is broken.
    @Test func position() throws {
        let forge = try Self.forge(overshoot: 4)
        for (cell, amount) in [(1, 1), (1, -1), (2, 1), (11, -1), (3, -1), (9, -2)] {
            let witness = forge.witness([forge.quotient(0): adding(Fr(amount), at: cell)])
            #expect(try forge.refusal(of: witness) == Self.main0, "cell \(cell)")
        }
    }

    /// The last row's flag anywhere else would make up for any c.
    @Test func lastFlagForged() throws {
        let forge = try Self.forge(overshoot: 4)
        // Cell 1: d = 2 as 1 + 1·1.
        let inside = forge.witness([
            forge.quotient(0): adding(-Fr(1), at: 1), flags(forge)[1]: setting([1: Fr(1)]),
            forge.overshoot(0): setting([1: Fr(1)]),
        ])
        #expect(try forge.refusal(of: inside) == .fractionSum)
        // Cell 1 as the last row: 2 = 7 + 1·(−5).
        let last = forge.witness([
            forge.quotient(0): setting([1: Fr(7)]), forge.overshoot(0): setting([1: -Fr(5)]),
        ])
        #expect(try forge.refusal(of: last) == .fractionSum)
        // At the last row: none, or twice half of the overshoot of 2.
        for (flag, overshoot) in [(0, 2), (2, 1), (-1, -2)] {
            let witness = forge.witness([
                flags(forge)[1]: setting([3: Fr(flag)]),
                forge.overshoot(0): setting([3: Fr(overshoot)]),
            ])
            #expect(try forge.refusal(of: witness) == .fractionSum)
        }
    }

    @Test func overshoot() throws {
        let forge = try Self.forge(overshoot: 4)
        for (cell, amount) in [(3, 1), (3, -1), (9, 1), (9, -1)] {
            let witness = forge.witness([forge.overshoot(0): adding(Fr(amount), at: cell)])
            #expect(try forge.refusal(of: witness) == Self.main0, "cell \(cell)")
        }
        // Free where the flag is 0, within its range; the outputs are the same.
        let free = forge.witness([forge.overshoot(0): setting([0: Fr(15)])])
        #expect(forge.statement(free) == forge.statement(forge.witness()))
        #expect(try forge.refusal(of: free) == nil)
        let outside = forge.witness([forge.overshoot(0): setting([0: Fr(16)])])
        #expect(try forge.refusal(of: outside) == .fractionSum)
    }

    /// Bits are exact: 7 + 15 is the largest distance, and 7 without overshoot.
    @Test func distanceTooLarge() throws {
        for (overshoot, least) in [(4, 6 - 22), (0, 6 - 7)] {
            let fits = try Self.forge(
                overshoot: overshoot,
                cells: [5, 3, 4, 0, -1, 6, Int64(least), 6, 2, 3])
            #expect(try fits.refusal(of: fits.witness()) == nil)
            let witness = fits.witness(
                inputs: [[5, 3, 4, 0, -1, 6, Int64(least - 1), 6, 2, 3]])
            #expect(try fits.refusal(of: witness) == .fractionSum)
        }
    }

    // MARK: Tables of the publisher's choice

    /// Two rows: the first and the last, and nothing between.
    @Test(arguments: [0, 5]) func twoRows(overshoot: Int) throws {
        let forge = try Self.forge(
            overshoot: overshoot,
            cells: overshoot == 0
                ? [5, 4, 5, 4, 4, 6, 6, 6, 6, 6] : [5, 3, 4, -4, -2, 6, -14, 6, 2, 3],
            tableBits: 1)
        #expect(try forge.refusal(of: forge.witness()) == nil)
        for amount in [1, -1] {
            let witness = forge.witness([maximum(forge): adding(Fr(amount), at: 0)])
            #expect(
                try forge.refusal(of: witness)
                    == (overshoot > 0 && amount < 0 ? Self.main0 : .fractionSum))
        }
        for flag in flags(forge) {
            for cell in [0, 1, 3] {
                let value = forge.witness().paddedFieldCells(flag)[cell]
                let witness = forge.witness([flag: setting([cell: .one - value])])
                #expect(try forge.refusal(of: witness) == .fractionSum)
            }
        }
    }

    /// A column of field elements, and one that is constant: y is the cell of d's row, and m is
    /// still proved by columns that the publisher does not choose.
    @Test(arguments: [0, 4]) func garbageColumn(overshoot: Int) throws {
        let honest = try Self.forge(overshoot: overshoot, isShown: false)
        // Behind the zeros.
        let column = honest.tensors(nil) { if case .constant = $0 { true } else { false } }[1]
        var generator = SeededGenerator(seed: 5)
        let garbage = (0..<8).map { _ in Fr.random(using: &generator) }
        for values in [garbage, garbage.map { _ in garbage[0] }] {
            let forge = try Forge(honest.model, constants: [column: { $0 = values }])
            let rows = forge.witness().trueFieldCells(
                overshoot == 0 ? distance(forge) : forge.quotient(0)
            ).map { $0.smallInteger! }
            func witness(
                _ rows: [Int], _ tamper: [TensorID: FieldWitness.Tampering] = [:]
            ) -> Witness {
                forge.witness(
                    tamper.merging([
                        forge.tableValue(0): { cells in
                            for (cell, row) in rows.enumerated() {
                                cells[cell / 5 * 8 + cell % 5] = values[row & 7]
                            }
                        }
                    ]) { $1 })
            }
            #expect(try forge.refusal(of: witness(rows)) == nil)
            let moved = witness(rows.map { $0 + 1 }, [maximum(forge): adding(at: 0)])
            #expect(try forge.refusal(of: moved) == .fractionSum)
            if values[0] != values[1] {
                var wrong = rows
                wrong[1] += 1
                #expect(try forge.refusal(of: witness(wrong)) == .fractionSum)
            }
        }
    }
}
