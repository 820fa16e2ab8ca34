import Circuits
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

/// Reciprocal root: r²·v ≤ 2^(2p) < (r + 1)²·v, both differences, r and v − 1 in range.
@Suite struct ReciprocalRootTests {
    static func forge(_ cells: [Int64] = [1, 2, 3, 16, 63, 64]) throws -> Forge {
        var draft = CircuitDraft(limbBits: 4)
        let v = draft.input([cells.count], bits: 8)
        draft.output(
            draft.add(
                .reciprocalRoot(ReciprocalRoot(source: v, precision: 8, valueBits: 6))),
            extraBits: 3)
        return try Forge(draft.finish("root", inputs: [cells]))
    }

    private func root(_ forge: Forge) -> TensorID {
        forge.advice(0) { if case .inverseRoot = $0 { true } else { false } }[0]
    }

    /// r²·v, then r·v.
    private func products(_ forge: Forge) -> [TensorID] {
        forge.tensors(0) { if case .einsum = $0 { true } else { false } }
    }

    @Test func honest() throws {
        let forge = try Self.forge()
        #expect(try forge.refusal(of: forge.witness()) == nil)
        #expect(forge.statement(forge.witness()).outputs == [[256, 181, 147, 64, 32, 32]])
    }

    @Test(arguments: [1, -1, 2, -2, 100]) func root(amount: Int) throws {
        let forge = try Self.forge()
        for cell in 0..<6 {
            let witness = forge.witness([root(forge): adding(Fr(amount), at: cell)])
            #expect(try forge.refusal(of: witness) == .fractionSum, "cell \(cell)")
        }
    }

    /// −r has the same square, and −r − 1 the same upper product.
    @Test func negativeRoot() throws {
        let forge = try Self.forge()
        let roots = forge.witness().trueFieldCells(root(forge))
        for cell in 0..<6 {
            for negative in [-roots[cell], -roots[cell] - .one] {
                let witness = forge.witness([root(forge): setting([cell: negative])])
                #expect(try forge.refusal(of: witness) == .fractionSum, "cell \(cell)")
            }
        }
    }

    /// Zero, negative, and larger than the relation is sized for.
    @Test(arguments: [0, -1, -64, 65, 127] as [Int64]) func value(v: Int64) throws {
        let forge = try Self.forge([v])
        for r in [0, 1, 22, 23, 31, 32, 256, 511] {
            let witness = forge.witness([root(forge): setting([0: Fr(r)])])
            #expect(try forge.refusal(of: witness) == .fractionSum, "r = \(r)")
        }
    }

    /// With everything else claimed to hold, v − 1 in range is what refuses v = 0.
    @Test func valueZeroWithFalseDifferences() throws {
        let forge = try Self.forge([0])
        let products = products(forge)
        let differences = forge.tensors(0) {
            if case .affine(let affine) = $0 {
                affine.terms.contains { products.contains($0.source) }
            } else {
                false
            }
        }
        #expect(differences.count == 2)
        var tamper = [root(forge): setting([0: Fr(7)])]
        for difference in differences { tamper[difference] = setting([0: .zero]) }
        #expect(try forge.refusal(of: forge.witness(tamper)) == .fractionSum)
        // That was v's range: with it claimed too, only the affine tensors are false.
        let below = forge.tensors(0) {
            if case .affine(let affine) = $0 {
                affine.constant == -1 && affine.terms.count == 1
            } else {
                false
            }
        }
        #expect(below.count == 1)
        tamper[below[0]] = setting([0: .zero])
        #expect(try forge.refusal(of: forge.witness(tamper)) == .openingValue)
    }

    /// A root one off whose false product brings the differences into range.
    @Test(arguments: [0, 1]) func products(which: Int) throws {
        let forge = try Self.forge()
        let honest = forge.witness()
        for cell in 0..<6 {
            // r + 1 with the square of r; r − 1 with a linear term that makes up for it.
            let product = products(forge)[which]
            let square = honest.trueFieldCells(products(forge)[0])[cell].smallInteger!
            let linear = honest.trueFieldCells(products(forge)[1])[cell].smallInteger!
            // (r − 1)²·v = square − 2·linear + v: twice the linear term makes up for it.
            let claimed = which == 0 ? square : 2 * linear
            let witness = forge.witness([
                root(forge): adding(Fr(which == 0 ? 1 : -1), at: cell),
                product: setting([cell: Fr(claimed)]),
            ])
            #expect(
                try forge.refusal(of: witness) == .sumcheck(.main(level: 0)), "cell \(cell)")
        }
    }
}
