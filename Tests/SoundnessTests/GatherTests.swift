import Circuits
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

/// One-hot tensors and gathers: s the step of u along a new axis, s² = s, u ends at 0, and the
/// steps count to the index.
@Suite struct GatherTests {
    private static let main0 = VerificationError.sumcheck(.main(level: 0))

    private func steps(_ forge: Forge) -> [TensorID] {
        forge.advice(0) { if case .thermometer = $0 { true } else { false } }
    }

    /// Replaces the cells of an index's axis, `width` of them padded.
    private func axis(_ index: Int, width: Int, _ cells: [Fr]) -> FieldWitness.Tampering {
        { values in
            for (place, cell) in cells.enumerated() { values[index * width + place] = cell }
        }
    }

    // MARK: One-hot

    private func oneHot(_ cells: [Int64], count: Int = 5) throws -> Forge {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([cells.count], bits: 5)
        draft.output(draft.add(.oneHot(OneHot(source: x, count: count))), extraBits: 3)
        return try Forge(draft.finish("one-hot", inputs: [cells]))
    }

    @Test func honestOneHot() throws {
        let forge = try oneHot([0, 4, 2])
        #expect(try forge.refusal(of: forge.witness()) == nil)
        #expect(
            forge.statement(forge.witness()).outputs
                == [[1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0]])
    }

    /// The steps of another index, with the count that they have or the count that they should.
    @Test func otherIndex() throws {
        let forge = try oneHot([0, 4, 2])
        let count = forge.tensors(0) { if case .einsum = $0 { true } else { false } }[0]
        #expect(forge.level(count) == 1)
        for index in [0, 1, 3, 4] {
            let cells = (0..<5).map { Fr($0 < index ? 1 : 0) }
            let steps = [steps(forge)[0]: axis(2, width: 8, cells)]
            #expect(try forge.refusal(of: forge.witness(steps)) == Self.main0)
            let counted = forge.witness(steps.merging([count: setting([2: Fr(2)])]) { $1 })
            #expect(try forge.refusal(of: counted) == .sumcheck(.main(level: 1)))
        }
    }

    /// Steps that count to 2 and are no steps: the step is no bit somewhere.
    @Test func stepsThatAreNone() throws {
        let forge = try oneHot([0, 4, 2])
        let half = Fr(2).inverse()!
        let wrong: [[Fr]] = [
            [Fr(2), .zero, .zero, .zero, .zero], [.zero, .one, .one, .zero, .zero],
            [.one, .zero, .one, .zero, .zero], [.one, half, half, .zero, .zero],
            [Fr(3) * half, half, .zero, .zero, .zero], [.zero, .zero, .zero, Fr(2), .zero],
        ]
        for cells in wrong {
            let witness = forge.witness([steps(forge)[0]: axis(2, width: 8, cells)])
            #expect(try forge.refusal(of: witness) == Self.main0, "\(cells)")
        }
    }

    /// x = count: u = 1 everywhere counts to it, but u must end at 0. −1 and more: no steps count.
    @Test func indexOutside() throws {
        let forge = try oneHot([5])
        let all = [Fr](repeating: .one, count: 5)
        let witness = forge.witness([steps(forge)[0]: axis(0, width: 8, all)])
        #expect(forge.statement(witness).outputs == [[0, 0, 0, 0, 0]])
        #expect(try forge.refusal(of: witness) == Self.main0)
        for x in [-1, -16, 6, 15] as [Int64] {
            let forge = try oneHot([x])
            for index in 0..<5 {
                let cells = (0..<5).map { Fr($0 < index ? 1 : 0) }
                let witness = forge.witness([steps(forge)[0]: axis(0, width: 8, cells)])
                #expect(try forge.refusal(of: witness) == Self.main0)
            }
        }
    }

    // MARK: Gather

    /// Five rows of three cells; digits of 3 and 2 values, of 5, or of 1 and 5.
    private func gather(_ index: [Int64], lowCount: Int) throws -> Forge {
        var draft = CircuitDraft(limbBits: 3)
        // 10·row² + column.
        let cells: [Int64] = [0, 1, 2, 10, 11, 12, 40, 41, 42, 90, 91, 92, 160, 161, 162]
        let table = draft.constant([5, 3], cells)
        let x = draft.input([index.count], bits: 5)
        draft.output(
            draft.add(.gather(Gather(table: table, indices: x, lowCount: lowCount))),
            extraBits: 3)
        return try Forge(draft.finish("gather", inputs: [index]), log2Chunk: 7)
    }

    @Test(arguments: [1, 2, 3, 4, 5]) func honest(lowCount: Int) throws {
        let forge = try gather([3, 0, 4, 4], lowCount: lowCount)
        #expect(try forge.refusal(of: forge.witness()) == nil)
        #expect(
            forge.statement(forge.witness()).outputs
                == [[90, 91, 92, 0, 1, 2, 160, 161, 162, 160, 161, 162]])
    }

    /// The digits of another index; both digits exchanged.
    @Test func otherDigits() throws {
        let forge = try gather([2, 0, 4, 4], lowCount: 2)
        let (high, low) = (steps(forge)[0], steps(forge)[1])
        // 2 = 2·1 + 0.
        for (a, b) in [(0, 1), (1, 1), (2, 0), (0, 0)] {
            let witness = forge.witness([
                high: axis(0, width: 4, (0..<3).map { Fr($0 < a ? 1 : 0) }),
                low: axis(0, width: 2, (0..<2).map { Fr($0 < b ? 1 : 0) }),
            ])
            #expect(forge.statement(witness).outputs[0][0] == 10 * (2 * a + b) * (2 * a + b))
            #expect(try forge.refusal(of: witness) == Self.main0, "\(a), \(b)")
        }
    }

    /// Rows mixed with field elements: digits that add up to the index and are none.
    @Test func mixedRows() throws {
        let half = Fr(2).inverse()!
        let forge = try gather([3, 0, 2, 4], lowCount: 2)
        let (high, low) = (steps(forge)[0], steps(forge)[1])
        // 2 = 2·½ + 1: half of row 1 and half of row 3.
        let halves = forge.witness([
            high: axis(2, width: 4, [half, .zero, .zero]), low: axis(2, width: 2, [.one, .zero]),
        ])
        #expect(forge.statement(halves).outputs[0][6] == (10 + 90) / 2)
        #expect(try forge.refusal(of: halves) == Self.main0)
        // 3 = 2·½ + 2 and 2·3/2 + 0.
        for (a, b) in [(half, Fr(2)), (Fr(3) * half, Fr.zero)] {
            let witness = forge.witness([
                high: axis(0, width: 4, [a, .zero, .zero]), low: axis(0, width: 2, [b, .zero]),
            ])
            #expect(try forge.refusal(of: witness) == Self.main0)
        }
        // One digit of five values: 2 as 1 + ½ + ½.
        let single = try gather([2], lowCount: 1)
        let mixed = single.witness([
            steps(single)[0]: axis(0, width: 8, [.one, half, half, .zero, .zero])
        ])
        #expect(try single.refusal(of: mixed) == Self.main0)
    }

    /// Index 5 has digits, 2·2 + 1, but the table has five rows.
    @Test func indexBehindTheTable() throws {
        let forge = try gather([3, 5], lowCount: 2)
        let digits = forge.witness([
            steps(forge)[0]: axis(1, width: 4, [.one, .one, .zero]),
            steps(forge)[1]: axis(1, width: 2, [.one, .zero]),
        ])
        // Row 5 reads as zeros.
        #expect(forge.statement(digits).outputs == [[90, 91, 92, 0, 0, 0]])
        #expect(try forge.refusal(of: digits) == .fractionSum)
        // With as many digit values as rows u would not end at 0.
        for lowCount in [1, 5] {
            let exact = try gather([3, 5], lowCount: lowCount)
            let all = exact.witness([
                steps(exact)[lowCount == 1 ? 0 : 1]: axis(
                    1, width: 8, [Fr](repeating: .one, count: 5))
            ])
            #expect(try exact.refusal(of: all) == Self.main0)
        }
    }

    /// Below zero, or beyond all digits.
    @Test(arguments: [-1, -2, 6, 15] as [Int64], [1, 2, 3]) func indexOutside(
        x: Int64, lowCount: Int
    ) throws {
        let forge = try gather([x], lowCount: lowCount)
        let refusal = try forge.refusal(of: forge.witness())
        // The room behind the index is looked up before zero constraints are summed.
        #expect(refusal == (lowCount > 1 && x > 4 ? .fractionSum : Self.main0))
    }

    /// The padding of the table, planted by the publisher: rows 5 to 7, and the fourth column.
    @Test(arguments: [1, 2, 5]) func plantedRows(lowCount: Int) throws {
        let model = try gather([3, 5], lowCount: lowCount).model
        let plain = try Forge(model, log2Chunk: 7)
        let table = plain.tensors(nil) { if case .constant = $0 { true } else { false } }[0]
        let forge = try Forge(
            model, log2Chunk: 7,
            constants: [table: setting([3: Fr(9), 15: Fr(9), 20: Fr(6), 21: Fr(7), 22: Fr(8)])])
        // Index 5 with steps that run into the padding, and the planted row as the result.
        var tamper: [TensorID: FieldWitness.Tampering] = [
            forge.result(0): setting([4: Fr(6), 5: Fr(7), 6: Fr(8)])
        ]
        let digits = [1: [5], 2: [2, 1], 5: [0, 5]][lowCount]!
        for (tensor, digit) in zip(steps(forge), digits) {
            let width = forge.system.shape(tensor).paddedExtents[1]
            tamper[tensor] = axis(
                1, width: width, (0..<width).map { Fr($0 < digit ? 1 : 0) })
        }
        let witness = forge.witness(tamper)
        #expect(forge.statement(witness).outputs[0][3...] == [6, 7, 8])
        #expect(
            try forge.refusal(of: witness) == (lowCount == 2 ? .fractionSum : Self.main0))
        // For an index of the table nothing reads them.
        let honest = forge.witness(inputs: [[3, 4]])
        #expect(forge.statement(honest).outputs == [[90, 91, 92, 160, 161, 162]])
        #expect(try forge.refusal(of: honest) == nil)
    }

    /// The result is an einsum of both digits and the table.
    @Test(arguments: [1, 2]) func result(lowCount: Int) throws {
        let forge = try gather([3, 0, 4, 4], lowCount: lowCount)
        for position in forge.truePositions(forge.result(0)) {
            let witness = forge.witness([forge.result(0): adding(at: position)])
            #expect(try forge.refusal(of: witness) == Self.main0)
        }
    }
}
