import Circuits
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

/// The LogUp-GKR tree: root, every layer, and the leaves' joint claims.
@Suite struct FractionTreeTests {
    let forge: Forge
    let witness: Witness
    let log = ProverLog()

    init() throws {
        forge = try Forge(LookupTests.model(shift: 3, bits: 4, overshoot: 4))
        witness = forge.witness()
        _ = try forge.prove(witness, log: log)
    }

    @Test func honest() throws {
        #expect(log.violated == nil)
        #expect(try forge.refusal(of: witness) == nil)
        #expect(log.treeLayers.count == forge.key.verifyingKey.plan.tree?.depth)
        for (index, layer) in log.treeLayers.enumerated() {
            #expect(layer.rounds.count == index)
        }
    }

    /// The first layer's four values: p0·q1 + p1·q0 = 0.
    @Test func root() throws {
        for index in log.treeLayers[0].values {
            #expect(try forge.refusal(of: witness, Cheat(added: [index: .one])) == .fractionSum)
        }
    }

    /// Every message of every further layer.
    @Test func layers() throws {
        for (layer, messages) in log.treeLayers.enumerated().dropFirst() {
            for index in Array(messages.rounds.joined()) + Array(messages.values) {
                #expect(
                    try forge.refusal(of: witness, Cheat(added: [index: .one]))
                        == .treeLayer(layer), "layer \(layer), element \(index)")
            }
        }
    }

    /// A false root made good in the first layer, then in the next, and so on: the lie reaches the
    /// leaves, and there the opening refuses it.
    @Test func lieFollowedToTheLeaves() throws {
        // A value in no row of its table.
        let forged = forge.witness([forge.tableValue(0): adding(at: 1)])
        #expect(try forge.refusal(of: forged) == .fractionSum)
        var cheat = Cheat()
        for (layer, messages) in log.treeLayers.enumerated() {
            let relation: VerificationError = layer == 0 ? .fractionSum : .treeLayer(layer)
            cheat = try #require(
                try forge.adapt(forged, cheat, unknowns: [messages.values.lowerBound]) {
                    $0.residuals([relation])
                })
            let expected: VerificationError =
                layer + 1 < log.treeLayers.count ? .treeLayer(layer + 1) : .openingValue
            #expect(try forge.refusal(of: forged, cheat) == expected)
        }
    }

    /// 0/0: with a denominator of zero any sum of fractions is zero.
    @Test func zeroDenominator() throws {
        let values = log.treeLayers[0].values
        let honest = log.elements[values]
        func replacing(_ p0: Fr, _ p1: Fr, _ q0: Fr, _ q1: Fr) -> Cheat {
            var cheat = Cheat()
            for (index, (value, old)) in zip(values, zip([p0, p1, q0, q1], honest)) {
                cheat.added[index] = value - old
            }
            return cheat
        }
        for cheat in [
            replacing(.zero, Fr(5), .zero, Fr(7)), replacing(Fr(5), .zero, Fr(7), .zero),
            replacing(.zero, .zero, .zero, .zero), replacing(Fr(5), Fr(3), .zero, .zero),
        ] {
            let cheated = ProverLog()
            _ = try forge.prove(witness, cheat, log: cheated)
            #expect(cheated.residuals([.fractionSum]) == [.zero])
            #expect(try forge.refusal(of: witness, cheat) == .fractionDenominator)
        }
    }

    /// Everything is about a true witness, but not the one that is committed to.
    @Test func columnsOfTheTreeAreTheCommittedOnes() throws {
        let others = forge.witness(inputs: [[6, -9, 0, 100, -128, 127, 63]])
        let committed = try forge.prove(others).adviceChunks
        #expect(try forge.refusal(of: others) == nil)
        let cheat = Cheat(commitments: { $1 = committed })
        #expect(try forge.refusal(of: witness, cheat) == .pairing)
    }

    /// A circuit without lookups has no tree.
    @Test func noLookups() throws {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([3], bits: 4)
        draft.output(draft.affine("a", (2, x, "a")), extraBits: 1)
        let forge = try Forge(draft.finish("no lookups", inputs: [[1, 2, 3]]))
        let log = ProverLog()
        _ = try forge.prove(forge.witness(), log: log)
        #expect(log.treeLayers.isEmpty)
        #expect(try forge.refusal(of: forge.witness()) == nil)
    }

    /// One lookup of one cell and one table of two rows: the smallest tree.
    @Test func smallestTree() throws {
        var draft = CircuitDraft(limbBits: 1)
        let x = draft.input([], bits: 1)
        draft.output(draft.requantise(x, shift: 0, bits: 1), extraBits: 1)
        let forge = try Forge(draft.finish("bit", inputs: [[-1]]), log2Chunk: 1)
        let witness = forge.witness()
        #expect(try forge.refusal(of: witness) == nil)
        let log = ProverLog()
        _ = try forge.prove(witness, log: log)
        for (layer, messages) in log.treeLayers.enumerated() {
            for index in Array(messages.rounds.joined()) + Array(messages.values) {
                // Both nodes are 0/q: any denominators have the sum 0 and fail one layer on.
                let isDenominator = index > messages.values.lowerBound + 1
                let expected: VerificationError =
                    layer == 0 && !isDenominator ? .fractionSum : .treeLayer(max(1, layer))
                #expect(
                    try forge.refusal(of: witness, Cheat(added: [index: .one])) == expected)
            }
        }
        let forged = forge.witness([forge.quotient(0): adding(at: 0)])
        #expect(try forge.refusal(of: forged) == .sumcheck(.main(level: 0)))
        let outside = forge.witness([forge.quotient(0): adding(-Fr(1), at: 0)])
        #expect(try forge.refusal(of: outside) == .fractionSum)
    }
}
