import Circuits
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

/// Rounding to even: h = lowest + 2u + o, o a bit, and 2^(s−1) ± (x − h·2^s) − o in range.
@Suite struct EvenRoundingTests {
    private static let main0 = VerificationError.sumcheck(.main(level: 0))

    /// x / 4: 1.5, 2.5, −1.5, −2.5, 1.25, 0.75, 7.
    static func forge(_ cells: [Int64] = [6, 10, -6, -10, 5, 3, 28]) throws -> Forge {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([cells.count], bits: 8)
        draft.output(
            draft.add(
                .roundEven(EvenRounding(source: x, shift: 2, domain: .signed(bits: 4)))),
            extraBits: 3)
        return try Forge(draft.finish("even", inputs: [cells]))
    }

    private func half(_ forge: Forge) -> TensorID {
        forge.advice(0) { if case .evenHalf = $0 { true } else { false } }[0]
    }

    private func parity(_ forge: Forge) -> TensorID {
        forge.advice(0) { if case .evenParity = $0 { true } else { false } }[0]
    }

    /// u and o of any h.
    private func rounding(_ forge: Forge, _ h: Int, at cell: Int) -> Witness {
        forge.witness([
            half(forge): setting([cell: Fr((h + 8) >> 1)]),
            parity(forge): setting([cell: Fr(h & 1)]),
        ])
    }

    @Test func honest() throws {
        let forge = try Self.forge()
        #expect(try forge.refusal(of: forge.witness()) == nil)
        #expect(forge.statement(forge.witness()).outputs == [[2, 2, -2, -2, 1, 1, 7]])
    }

    /// Every other integer of the domain: the odd neighbour of a tie is one of them.
    @Test func otherIntegers() throws {
        let forge = try Self.forge()
        let outputs = forge.statement(forge.witness()).outputs[0]
        for cell in 0..<7 {
            for h in -8...7 where h != outputs[cell] {
                #expect(
                    try forge.refusal(of: rounding(forge, h, at: cell)) == .fractionSum,
                    "cell \(cell), h = \(h)")
            }
        }
    }

    /// The odd neighbour of a tie with a parity that says even: h = lowest + 2u + o still.
    @Test func parityThatIsNoBit() throws {
        let forge = try Self.forge()
        let outputs = forge.statement(forge.witness()).outputs[0]
        for (cell, odd) in [(0, 1), (1, 3), (2, -1), (3, -3)] {
            // o = −1 leaves room for one more than half a unit; u is the half of h + 1.
            let witness = forge.witness([
                half(forge): setting([cell: Fr((odd + 9) >> 1)]),
                parity(forge): setting([cell: -Fr(1)]),
            ])
            #expect(forge.statement(witness).outputs[0][cell] == odd)
            #expect(try forge.refusal(of: witness) == Self.main0)
        }
        // The same result from another u, with o = −1.
        for cell in 4..<6 {
            let witness = forge.witness([
                half(forge): adding(at: cell), parity(forge): adding(-Fr(2), at: cell),
            ])
            #expect(forge.statement(witness).outputs[0] == outputs)
            #expect(try forge.refusal(of: witness) == Self.main0)
        }
    }

    /// A parity without the u that belongs to it, or with a u that is no integer.
    @Test func parityForged() throws {
        let forge = try Self.forge()
        let parities = forge.witness().trueFieldCells(parity(forge))
        for cell in 0..<7 {
            let flipped = forge.witness([
                parity(forge): setting([cell: .one - parities[cell]])
            ])
            #expect(try forge.refusal(of: flipped) == .fractionSum)
            // h unchanged: u moves by a half.
            let shift = (parities[cell] + parities[cell] - .one) * Fr(2).inverse()!
            let fraction = forge.witness([
                parity(forge): setting([cell: .one - parities[cell]]),
                half(forge): adding(shift, at: cell),
            ])
            #expect(forge.statement(fraction) == forge.statement(forge.witness()))
            #expect(try forge.refusal(of: fraction) == .fractionSum)
        }
    }

    /// 7.5 and 8.25 are 8, −8.75 is −9: neither is in the domain.
    @Test(arguments: [30, 33, -35, 127] as [Int64]) func domain(x: Int64) throws {
        let forge = try Self.forge([x])
        #expect(try forge.refusal(of: forge.witness()) == .fractionSum)
        for h in [7, 8, -8, -9] {
            #expect(try forge.refusal(of: rounding(forge, h, at: 0)) == .fractionSum)
        }
    }

    /// The result is the affine tensor of u and o: one more than they say is refused as such where
    /// it is the odd neighbour of a tie, by its distance everywhere else.
    @Test func result() throws {
        let forge = try Self.forge()
        for cell in 0..<7 {
            let witness = forge.witness([forge.result(0): adding(at: cell)])
            let isTie = cell == 1 || cell == 2
            #expect(
                try forge.refusal(of: witness) == (isTie ? .openingValue : .fractionSum),
                "cell \(cell)")
        }
    }
}
