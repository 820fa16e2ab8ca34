import Circuits
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

/// Saturation: h = c + flag·a, flag −1 at the domain's first integer, 1 at its last.
@Suite struct SaturationTests {
    /// Quotients −64 … 63, domain −8 … 7: cells 3 to 5 saturate, the others do not.
    static func forge(isTable: Bool = true, shift: Int = 1) throws -> Forge {
        try Forge(
            LookupTests.model(
                shift: shift, bits: 4, overshoot: 7, isTable: isTable,
                inputs: [5, -9, 0, 100, -128, 127, 13]))
    }

    private static func cells(saturated: Bool) -> [Int] { saturated ? [3, 4, 5] : [0, 1, 2] }

    @Test(arguments: [true, false]) func honest(isTable: Bool) throws {
        let forge = try Self.forge(isTable: isTable)
        let witness = forge.witness()
        #expect(try forge.refusal(of: witness) == nil)
        let flags = witness.trueFieldCells(forge.flag(0))
        for cell in Self.cells(saturated: true) { #expect(!flags[cell].isZero) }
        for cell in Self.cells(saturated: false) { #expect(flags[cell].isZero) }
    }

    /// A flag inside the domain frees a: any h would do.
    @Test(arguments: [true, false]) func flagForgedInside(isTable: Bool) throws {
        let forge = try Self.forge(isTable: isTable)
        for cell in Self.cells(saturated: false) {
            for flag in [1, -1] {
                // c + flag·a is the true quotient: only the row (c, y, flag) does not exist.
                let witness = forge.witness([
                    forge.quotient(0): adding(-Fr(flag), at: cell),
                    forge.flag(0): setting([cell: Fr(flag)]),
                    forge.overshoot(0): setting([cell: Fr(1)]),
                ])
                #expect(try forge.refusal(of: witness) == .fractionSum, "cell \(cell)")
            }
        }
    }

    /// The flag of the other end, or none, at a saturated cell.
    @Test(arguments: [true, false]) func flagForgedAtTheEnd(isTable: Bool) throws {
        let forge = try Self.forge(isTable: isTable)
        let flags = forge.witness().trueFieldCells(forge.flag(0))
        for cell in Self.cells(saturated: true) {
            for flag in [Fr.zero, -flags[cell], Fr(2)] {
                let witness = forge.witness([forge.flag(0): setting([cell: flag])])
                #expect(try forge.refusal(of: witness) == .fractionSum, "cell \(cell)")
            }
        }
    }

    /// a one off at a saturated cell: the remainder leaves [0, 2^s).
    @Test(arguments: [true, false], [1, -1]) func overshoot(isTable: Bool, amount: Int) throws {
        let forge = try Self.forge(isTable: isTable)
        for cell in Self.cells(saturated: true) {
            let witness = forge.witness([forge.overshoot(0): adding(Fr(amount), at: cell)])
            #expect(try forge.refusal(of: witness) == .fractionSum, "cell \(cell)")
        }
    }

    /// Without a shift the zero constraint x = c + flag·a refuses it.
    @Test func overshootWithoutShift() throws {
        let forge = try Self.forge(shift: 0)
        for amount in [1, -1] {
            let witness = forge.witness([forge.overshoot(0): adding(Fr(amount), at: 4)])
            #expect(try forge.refusal(of: witness) == .sumcheck(.main(level: 0)))
        }
    }

    /// Saturating where it must not: c at the end, a negative.
    @Test(arguments: [true, false]) func saturatedInside(isTable: Bool) throws {
        let forge = try Self.forge(isTable: isTable)
        // h = 3 as 7 − 4: a = −4 is in no range table.
        let witness = forge.witness([
            forge.quotient(0): setting([0: Fr(7)]), forge.flag(0): setting([0: Fr(1)]),
            forge.overshoot(0): setting([0: -Fr(4)]),
        ])
        #expect(try forge.refusal(of: witness) == .fractionSum)
    }

    /// An overshoot of 2^k and more cannot be proved: bits are exact.
    @Test func overshootTooLarge() throws {
        let model = LookupTests.model(
            shift: 1, bits: 4, overshoot: 5, inputs: [5, -9, 0, 70, -79, 76, 13])
        let forge = try Forge(model)
        #expect(try forge.refusal(of: forge.witness()) == nil)
        // 39 = 7 + 32, 32 = 2^5.
        let inputs: [Int64] = [5, -9, 0, 78, -79, 76, 13]
        #expect(try forge.refusal(of: forge.witness(inputs: [inputs])) == .fractionSum)
    }

    /// a is free where the flag is 0; nothing reads it there, so the output is the same.
    @Test(arguments: [true, false]) func overshootIsFreeInside(isTable: Bool) throws {
        let forge = try Self.forge(isTable: isTable)
        let honest = forge.statement(forge.witness())
        for cell in Self.cells(saturated: false) {
            let witness = forge.witness([forge.overshoot(0): setting([cell: Fr(101)])])
            #expect(forge.statement(witness) == honest)
            #expect(try forge.refusal(of: witness) == nil, "cell \(cell)")
        }
        // Free within its range.
        let outside = forge.witness([forge.overshoot(0): setting([0: Fr(128)])])
        #expect(try forge.refusal(of: outside) == .fractionSum)
    }
}
