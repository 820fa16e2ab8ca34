import Circuits
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

/// Maximum: y − x in range everywhere, s·(y − x) = 0, Σ s = 1.
@Suite struct MaximumTests {
    private static let zeroConstraints = VerificationError.sumcheck(.main(level: 0))

    static func forge() throws -> Forge {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([3, 5], bits: 6)
        draft.output(draft.add(.maximum(Maximum(source: x, axes: [1], bits: 7))), extraBits: 3)
        // Row 0 has its maximum once, row 1 twice, row 2 everywhere.
        return try Forge(
            draft.finish(
                "maximum",
                inputs: [[4, -3, 9, 0, 8] + [7, -32, 7, 6, 0] + [-5, -5, -5, -5, -5]]))
    }

    @Test func honest() throws {
        let forge = try Self.forge()
        #expect(try forge.refusal(of: forge.witness()) == nil)
        #expect(forge.statement(forge.witness()).outputs == [[9, 7, -5]])
    }

    /// No cell attains it: the selector cannot both sum to 1 and vanish where y ≠ x.
    @Test func tooLarge() throws {
        let forge = try Self.forge()
        for row in 0..<3 {
            // The selector follows: zero everywhere in that row, so Σ s = 0.
            let empty = forge.witness([forge.result(0): adding(at: row)])
            #expect(try forge.refusal(of: empty) == Self.zeroConstraints)
            // A selector that sums to 1 but points at a cell below y.
            let pointing = forge.witness([
                forge.result(0): adding(at: row),
                forge.selector(0): setting([row * 8 + 2: Fr(1)]),
            ])
            #expect(try forge.refusal(of: pointing) == Self.zeroConstraints)
        }
    }

    /// The second largest cell: y − x is negative at the largest.
    @Test func tooSmall() throws {
        let forge = try Self.forge()
        let attained = forge.witness([forge.result(0): adding(-Fr(1), at: 0)])
        #expect(forge.statement(attained).outputs[0][0] == 8)
        #expect(try forge.refusal(of: attained) == .fractionSum)
        let unattained = forge.witness([forge.result(0): adding(-Fr(2), at: 0)])
        #expect(try forge.refusal(of: unattained) == .fractionSum)
    }

    /// Not one-hot, sum 1: field elements anywhere but at the maximum are refused.
    @Test func selectorSpread() throws {
        let forge = try Self.forge()
        let random = Fr(0x1234_5678_9abc)
        let witness = forge.witness([
            forge.selector(0): setting([0: random, 1: Fr(1) - random, 2: .zero])
        ])
        #expect(try forge.refusal(of: witness) == Self.zeroConstraints)
        let sum = forge.witness([forge.selector(0): setting([2: Fr(2)])])
        #expect(try forge.refusal(of: sum) == Self.zeroConstraints)
    }

    /// On tied maxima the selector is free as long as it sums to 1; the output is the same.
    @Test func selectorOnTies() throws {
        let forge = try Self.forge()
        let witness = forge.witness([
            forge.selector(0): setting([8: Fr(100), 10: -Fr(99), 16: .zero, 18: Fr(1)])
        ])
        #expect(forge.statement(witness) == forge.statement(forge.witness()))
        #expect(try forge.refusal(of: witness) == nil)
    }

    /// The sum of the selector is an einsum of its own: claimed 1, it is refused there.
    @Test func selectorSum() throws {
        let forge = try Self.forge()
        let sum = forge.tensors(0) { if case .einsum = $0 { true } else { false } }[0]
        #expect(forge.level(sum) == 1)
        let witness = forge.witness([
            forge.result(0): adding(at: 0), sum: setting([0: Fr(1)]),
        ])
        #expect(try forge.refusal(of: witness) == .sumcheck(.main(level: 1)))
    }

    /// The difference is an affine tensor, broadcast along the axis: a false one is refused.
    @Test func difference() throws {
        let forge = try Self.forge()
        let difference = forge.tensors(0) { if case .affine = $0 { true } else { false } }[0]
        // y = 10 in row 0, with a zero difference at a cell of the honest prover's choice.
        let witness = forge.witness([
            forge.result(0): adding(at: 0), difference: setting([2: .zero]),
        ])
        #expect(try forge.refusal(of: witness) == .openingValue)
    }

    /// The fill of a padding view takes part: a pool of negative values is not 0 at the border.
    @Test func pooledWithFill() throws {
        var draft = CircuitDraft(limbBits: 4)
        let x = draft.input([5], bits: 6)
        let windows = draft.view(
            "ab", x, "a*2+b-1", extents: ["a": 3, "b": 3], fill: -32)
        draft.output(
            draft.add(.maximum(Maximum(source: windows, axes: [1], bits: 6))), extraBits: 2)
        let forge = try Forge(draft.finish("pool", inputs: [[-9, -4, -7, -30, -2]]))
        #expect(forge.statement(forge.witness()).outputs == [[-4, -4, -2]])
        #expect(try forge.refusal(of: forge.witness()) == nil)
        // A prover whose view reads 0 outside.
        let zeros = forge.witness([forge.result(0): setting([0: .zero, 10: .zero])])
        #expect(forge.statement(zeros).outputs == [[0, -4, 0]])
        #expect(try forge.refusal(of: zeros) == .openingValue)
    }
}
