import Circuits
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

/// Division: rem = n − d·y and d − 1 − rem in range, y in its domain; n / d is (2a + b) / 2b half
/// up, a / b down.
@Suite struct DivisionTests {
    private static let product = VerificationError.sumcheck(.main(level: 0))

    static func forge(
        _ rounding: Division.Rounding = .halfUp,
        a: [Int64] = [17, -17, 0, 100, -128, 127, 7], b: [Int64] = [5, 5, 3, 7, 64, 1, 2],
        bits: Int = 9
    ) throws -> Forge {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([a.count], bits: 8)
        let z = draft.input([b.count], bits: 8)
        let y = draft.add(
            .divide(
                Division(
                    dividend: .tensor(x), divisor: z, rounding: rounding, remainderBits: 7,
                    domain: .signed(bits: bits))))
        draft.output(y, extraBits: 8)
        return try Forge(draft.finish("division", inputs: [a, b]))
    }

    private func quotient(_ forge: Forge) -> TensorID {
        forge.advice(0) { if case .quotient = $0 { true } else { false } }[0]
    }

    private func product(_ forge: Forge) -> TensorID {
        forge.tensors(0) { if case .einsum = $0 { true } else { false } }[0]
    }

    /// The two affine tensors made from the product.
    private func remainderAndSlack(_ forge: Forge) -> [TensorID] {
        let product = product(forge)
        return forge.tensors(0) {
            if case .affine(let affine) = $0 {
                affine.terms.contains { $0.source == product }
            } else {
                false
            }
        }
    }

    @Test func honest() throws {
        let halfUp = try Self.forge()
        #expect(try halfUp.refusal(of: halfUp.witness()) == nil)
        // −3.4, −2.0 (a tie goes up), 3.5.
        #expect(halfUp.statement(halfUp.witness()).outputs == [[3, -3, 0, 14, -2, 127, 4]])
        let down = try Self.forge(.down)
        #expect(try down.refusal(of: down.witness()) == nil)
        #expect(down.statement(down.witness()).outputs == [[3, -4, 0, 14, -2, 127, 3]])
    }

    /// One more or less: the remainder is negative, or the slack is.
    @Test(arguments: [Division.Rounding.halfUp, .down], [1, -1])
    func quotient(rounding: Division.Rounding, amount: Int) throws {
        let forge = try Self.forge(rounding)
        for cell in 0..<7 {
            let witness = forge.witness([quotient(forge): adding(Fr(amount), at: cell)])
            #expect(try forge.refusal(of: witness) == .fractionSum, "cell \(cell)")
        }
    }

    /// One off breaks one of the two; claimed to be in range, it is a false affine tensor.
    @Test(arguments: [Division.Rounding.halfUp, .down], [1, -1])
    func remainderAndSlack(rounding: Division.Rounding, amount: Int) throws {
        let forge = try Self.forge(rounding)
        // Cell 0: 17/5. The broken one of the two is set to 0, which is in range.
        let broken = remainderAndSlack(forge)[amount == 1 ? 0 : 1]
        let witness = forge.witness([
            quotient(forge): adding(Fr(amount), at: 0), broken: setting([0: .zero]),
        ])
        #expect(try forge.refusal(of: witness) == .openingValue)
    }

    /// y one off, with the product of the right one: an einsum that is not what it is made from.
    @Test(arguments: [Division.Rounding.halfUp, .down]) func product(
        rounding: Division.Rounding
    ) throws {
        let forge = try Self.forge(rounding)
        let products = forge.witness().trueFieldCells(product(forge))
        for cell in 0..<7 {
            let witness = forge.witness([
                quotient(forge): adding(at: cell), product(forge): setting([cell: products[cell]]),
            ])
            #expect(try forge.refusal(of: witness) == Self.product, "cell \(cell)")
        }
    }

    /// A fraction that makes the remainder another small integer is no quotient.
    @Test func quotientThatIsNoInteger() throws {
        let forge = try Self.forge()
        for amount in [-2, -1, 1, 2] {
            // 2b·y moves by that.
            let witness = forge.witness([
                quotient(forge): adding(Fr(amount) * Fr(10).inverse()!, at: 0)
            ])
            #expect(try forge.refusal(of: witness) == .fractionSum)
        }
    }

    /// The right quotient outside the domain, or the domain's end in its place.
    @Test(arguments: [(-9, 1), (8, 1), (127, 2)]) func domain(a: Int64, b: Int64) throws {
        let forge = try Self.forge(a: [a], b: [b], bits: 4)
        #expect(try forge.refusal(of: forge.witness()) == .fractionSum)
        let right = Fr(Int((Double(a) / Double(b) + 0.5).rounded(.down)))
        let witness = forge.witness([quotient(forge): setting([0: right])])
        #expect(try forge.refusal(of: witness) == .fractionSum)
    }

    /// No y at all for a divisor of zero or below, or one that is too large.
    @Test(arguments: [Division.Rounding.halfUp, .down], [0, -1, -3, -128] as [Int64])
    func divisorsThatAreNotPositive(rounding: Division.Rounding, divisor: Int64) throws {
        for dividend in [0, 1, -3] as [Int64] {
            let forge = try Self.forge(rounding, a: [dividend], b: [divisor], bits: 3)
            for y in -4...3 {
                let witness = forge.witness([quotient(forge): setting([0: Fr(y)])])
                #expect(try forge.refusal(of: witness) == .fractionSum, "y = \(y)")
            }
        }
    }

    /// Divisors up to 64 always fit; −128 / 127 would leave a slack of 2^7.
    @Test func divisorTooLarge() throws {
        let forge = try Self.forge(a: [-128], b: [127], bits: 3)
        for y in -4...3 {
            let witness = forge.witness([quotient(forge): setting([0: Fr(y)])])
            #expect(try forge.refusal(of: witness) == .fractionSum, "y = \(y)")
        }
    }

    /// One number divided for all cells.
    @Test func number() throws {
        var draft = CircuitDraft(limbBits: 3)
        let z = draft.input([3], bits: 5)
        draft.output(
            draft.add(
                .divide(
                    Division(
                        dividend: .number(100), divisor: z, remainderBits: 5,
                        domain: IntegerDomain(lowest: 0, bits: 7)))), extraBits: 1)
        let forge = try Forge(draft.finish("number", inputs: [[1, 8, 15]]))
        #expect(try forge.refusal(of: forge.witness()) == nil)
        #expect(forge.statement(forge.witness()).outputs == [[100, 13, 7]])
        for (cell, amount) in [(0, 1), (0, -1), (1, -1), (2, 1)] {
            let witness = forge.witness([quotient(forge): adding(Fr(amount), at: cell)])
            #expect(try forge.refusal(of: witness) == .fractionSum)
        }
    }
}
