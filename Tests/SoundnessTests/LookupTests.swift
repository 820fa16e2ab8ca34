import Circuits
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

/// Lookups: a tuple that is no row, a wrong count, a row of another table.
///
/// All of them leave the fractions' sum different from zero, and that check refuses them: the
/// cheater recounts every multiplicity after its change, as best it can.
@Suite struct LookupTests {
    /// x of 8 bits through y = f(round(x / 2^shift)).
    static func model(
        shift: Int, bits: Int, overshoot: Int = 0, limbBits: Int = 3, isTable: Bool = true,
        inputs: [Int64] = [5, -9, 0, 100, -128, 127, 63]
    ) -> TestModel {
        var draft = CircuitDraft(limbBits: limbBits)
        let x = draft.input([inputs.count], bits: 8)
        let y =
            isTable
            ? draft.requantise(x, shift: shift, bits: bits, overshoot: overshoot) { 3 * $0 + 1 }
            : draft.requantise(x, shift: shift, bits: bits, overshoot: overshoot)
        draft.output(y, extraBits: 8)
        return draft.finish("requantise", inputs: [inputs])
    }

    @Test func functionTableValue() throws {
        let forge = try Forge(Self.model(shift: 3, bits: 6))
        let value = forge.tableValue(0)
        for amount in [1, -1, 3, -3, 128] {
            let witness = forge.witness([value: adding(Fr(amount), at: 2)])
            #expect(try forge.refusal(of: witness) == .fractionSum)
        }
        // The value of a neighbouring cell.
        let swapped = forge.witness([value: { $0.swapAt(0, 1) }])
        #expect(try forge.refusal(of: swapped) == .fractionSum)
    }

    /// h one too large or small; y, the remainder and its limbs follow.
    @Test(arguments: [true, false], [1, -1]) func requantisedQuotient(
        isTable: Bool, amount: Int
    ) throws {
        let forge = try Forge(Self.model(shift: 4, bits: 6, isTable: isTable))
        for position in 0..<7 {
            let witness = forge.witness([forge.quotient(0): adding(Fr(amount), at: position)])
            #expect(try forge.refusal(of: witness) == .fractionSum, "cell \(position)")
        }
    }

    /// A quotient moved by 1/2^s in the field, so that the remainder moves by 1 and stays small.
    @Test func quotientThatIsNoInteger() throws {
        for isTable in [true, false] {
            let forge = try Forge(Self.model(shift: 4, bits: 6, isTable: isTable))
            var tamper = [forge.quotient(0): adding(Fr(16).inverse()!, at: 0)]
            // y = f(0).
            if isTable { tamper[forge.tableValue(0)] = setting([0: Fr(1)]) }
            let witness = forge.witness(tamper)
            #expect(try forge.refusal(of: witness) == .fractionSum)
        }
    }

    /// The remainder tensor itself is derived: a false one violates its own joint claim.
    @Test func requantisedRemainder() throws {
        let forge = try Forge(Self.model(shift: 4, bits: 6))
        let affine = forge.tensors(0) { if case .affine = $0 { true } else { false } }
        #expect(affine.count == 2, "remainder and its top limb")
        for tensor in affine {
            // The remainder 15 becomes 14, or its top limb 1 becomes 0: in range.
            let witness = forge.witness([tensor: adding(-Fr(1), at: 1)])
            #expect(try forge.refusal(of: witness) == .openingValue)
        }
    }

    /// Without a shift there is no remainder but a zero constraint.
    @Test func requantisedWithoutShift() throws {
        let forge = try Forge(Self.model(shift: 0, bits: 8))
        for position in [0, 6] {
            let witness = forge.witness([forge.quotient(0): adding(at: position)])
            #expect(
                try forge.refusal(of: witness) == .sumcheck(.main(level: 0)), "cell \(position)")
        }
    }

    // MARK: Range limbs

    /// shift 8 with limbs of 3 bits: low limbs 0 and 1 committed, a top one of 2 bits derived.
    static let limbModel = model(
        shift: 8, bits: 2, isTable: false, inputs: [5, -9, 0, 100, -128, 127, 63])

    @Test(arguments: [0, 1]) func lowLimbWrong(limb: Int) throws {
        let forge = try Forge(Self.limbModel)
        let tensor = forge.limbs(0)[limb]
        for amount in [1, -1] {
            // The top limb follows and is no integer.
            let witness = forge.witness([tensor: adding(Fr(amount), at: 3)])
            #expect(try forge.refusal(of: witness) == .fractionSum)
        }
    }

    /// One taken from the next limb: the sum is right, the limb is 2^w too large.
    @Test func limbTooWide() throws {
        let forge = try Forge(Self.limbModel)
        let limbs = forge.limbs(0)
        #expect(limbs.count == 2)
        // Limb 0 takes from limb 1, limb 1 from the derived top.
        let first = forge.witness([
            limbs[0]: adding(Fr(8), at: 3), limbs[1]: adding(-Fr(1), at: 3),
        ])
        #expect(try forge.refusal(of: first) == .fractionSum)
        let second = forge.witness([limbs[1]: adding(Fr(8), at: 3)])
        #expect(try forge.refusal(of: second) == .fractionSum)
        let negative = forge.witness([limbs[1]: adding(-Fr(8), at: 3)])
        #expect(try forge.refusal(of: negative) == .fractionSum)
    }

    /// The top limb's table has exactly the bits that are left: a remainder of 2^s would still fit
    /// its limbs if the top table were as wide as the others.
    @Test func topLimbTooWide() throws {
        let forge = try Forge(Self.limbModel)
        let witness = forge.witness([forge.quotient(0): adding(-Fr(1), at: 0)])
        #expect(try forge.refusal(of: witness) == .fractionSum)
        // The overflow counted in the limbs' own, wider table: tags tell the tables apart.
        let wide = forge.rangeTable(bits: 3)!
        let counted = forge.witness([
            forge.quotient(0): adding(-Fr(1), at: 0),
            forge.multiplicity(wide): adding(at: 4),
        ])
        // rem(5) = 5 + 128 = 133 = 0b10'000'101; with h one less it is 389: top limb 6.
        let exact = forge.witness([
            forge.quotient(0): adding(-Fr(1), at: 0),
            forge.multiplicity(wide): adding(at: 6),
        ])
        #expect(try forge.refusal(of: counted) == .fractionSum)
        #expect(try forge.refusal(of: exact) == .fractionSum)
    }

    // MARK: Multiplicities and tags

    @Test func multiplicities() throws {
        let forge = try Forge(Self.model(shift: 3, bits: 6))
        for table in forge.system.tables.indices {
            let counts = forge.multiplicity(table)
            for amount in [Fr(1), -Fr(1), Fr(2).inverse()!] {
                let witness = forge.witness([counts: adding(amount, at: 1)])
                #expect(try forge.refusal(of: witness) == .fractionSum, "table \(table)")
            }
            // The total is right, the rows are not.
            let moved = forge.witness([
                counts: {
                    $0[0] += .one
                    $0[1] -= .one
                }
            ])
            #expect(try forge.refusal(of: moved) == .fractionSum, "table \(table)")
        }
    }

    /// 9 passes as a 2-bit integer if the row 9 of a 4-bit table answers for it.
    @Test func tags() throws {
        var draft = CircuitDraft(limbBits: 4)
        let x = draft.input([4], bits: 6)
        let y = draft.requantise(x, shift: 2, bits: 5)
        let z = draft.requantise(x, shift: 4, bits: 3)
        draft.output(y, extraBits: 8)
        draft.output(z, extraBits: 8)
        let forge = try Forge(draft.finish("tags", inputs: [[1, 13, -7, 5]]))
        let narrow = try #require(forge.rangeTable(bits: 2))
        let wide = try #require(forge.rangeTable(bits: 4))
        // Gadget 0's remainder has 2 bits: h − 2 makes it 8 larger.
        let remainder = forge.witness().trueFieldCells(
            forge.tensors(0) { if case .affine = $0 { true } else { false } }.last!)
        let out = Int(remainder[0].smallInteger! + 8)
        let cheat = forge.witness([
            forge.quotient(0): adding(-Fr(2), at: 0),
            forge.multiplicity(wide): adding(at: out),
        ])
        #expect(forge.system.tables[narrow].bits == 2)
        #expect(try forge.refusal(of: cheat) == .fractionSum)
        // The same with the tuple (h, y) of one function table counted in another's.
        var twoTables = CircuitDraft(limbBits: 4)
        let input = twoTables.input([3], bits: 4)
        let a = twoTables.requantise(input, shift: 0, bits: 4) { $0 + 1 }
        let b = twoTables.requantise(input, shift: 0, bits: 4) { $0 + 2 }
        twoTables.output(a, extraBits: 3)
        twoTables.output(b, extraBits: 3)
        let other = try Forge(twoTables.finish("two tables", inputs: [[3, -8, 7]]))
        let position = 3 + 8
        let forged = other.witness([
            other.tableValue(0): adding(at: 0),
            other.multiplicity(1): adding(at: position),
        ])
        #expect(try other.refusal(of: forged) == .fractionSum)
    }

    /// Tables of two rows, one column cell a block of the fraction tree as small as it gets.
    @Test func smallestTable() throws {
        let forge = try Forge(
            Self.model(shift: 7, bits: 1, overshoot: 1, limbBits: 1, inputs: [-128]))
        #expect(try forge.refusal(of: forge.witness()) == nil)
        let witness = forge.witness([forge.tableValue(0): adding(at: 0)])
        #expect(try forge.refusal(of: witness) == .fractionSum)
    }
}
