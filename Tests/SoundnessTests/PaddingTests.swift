import Circuits
import Curve
import Field
import ProofSystem
import TestSupport
import Testing
import ZKMLTestSupport

/// Padding: what lies beyond the true extents may be anything and changes nothing.
@Suite struct PaddingTests {
    static let standard = StandardCircuits.all(seed: 5)
    static let random = (UInt64(1)...24).map { RandomCircuits.make(seed: $0) }

    /// Random field elements in the padding of the key's constants, of advice, of committed inputs
    /// and outputs.
    @Test(arguments: standard + random) func garbageIsHarmless(model: TestModel) throws {
        let clean = try Forge(model)
        let honest = clean.statement(clean.witness())
        #expect(try clean.refusal(of: clean.witness()) == nil)
        for seed in [UInt64(7), 8] {
            let forge = try Forge(model, garbageSeed: seed)
            let witness = forge.witness()
            let statement = forge.statement(witness)
            #expect(statement.outputs == honest.outputs)
            #expect(try forge.refusal(of: witness) == nil, "seed \(seed)")
        }
    }

    /// Chunks smaller and larger than the vectors.
    @Test(arguments: [1, 3, 9, 11]) func chunkSizes(log2Chunk: Int) throws {
        for model in Self.standard.prefix(1) + Self.random.prefix(4) {
            let forge = try Forge(model, log2Chunk: log2Chunk, garbageSeed: 3)
            #expect(try forge.refusal(of: forge.witness()) == nil, "\(model)")
        }
    }

    // MARK: Planted to change the output

    /// p·v over an odd contraction, both activations: 1 planted at the same padded index of both,
    /// and the product counted over the padding.
    @Test func contractionOfTwoActivations() throws {
        var draft = CircuitDraft(limbBits: 4)
        let x = draft.input([3, 5], bits: 5)
        let z = draft.input([5, 3], bits: 5)
        let p = draft.requantise(x, shift: 1, bits: 4)
        let v = draft.requantise(z, shift: 1, bits: 4)
        let product = draft.einsum("ij", (p, "ik"), (v, "kj"))
        draft.output(product, extraBits: 4)
        var generator = SeededGenerator(seed: 2)
        let forge = try Forge(
            draft.finish(
                "attention",
                inputs: [generator.cells(15, in: -9...9), generator.cells(15, in: -9...9)]))
        let planted: [TensorID: FieldWitness.Tampering] = [
            // p[0, 5] and v[5, 0].
            forge.quotient(0): setting([5: Fr(3)]), forge.quotient(1): setting([20: Fr(7)]),
        ]
        let honest = forge.statement(forge.witness())
        let harmless = forge.witness(planted)
        #expect(forge.statement(harmless) == honest)
        #expect(try forge.refusal(of: harmless) == nil)
        let counted = forge.witness(
            planted.merging([forge.result(2): adding(Fr(21), at: 0)]) { $1 })
        #expect(forge.statement(counted).outputs[0][0] == honest.outputs[0][0] + 21)
        #expect(try forge.refusal(of: counted) == .sumcheck(.main(level: 0)))
    }

    /// A window that leaves the true extent but not the padded one reads 0, or the fill, and not
    /// the padded cell.
    @Test(arguments: [0, -8]) func windowOverTheEdge(fill: Int) throws {
        var draft = CircuitDraft(limbBits: 4)
        let x = draft.input([5], bits: 5)
        let y = draft.requantise(x, shift: 1, bits: 4)
        let window = draft.view("ab", y, "a+b", extents: ["a": 5, "b": 2], fill: fill)
        draft.output(draft.einsum("a", (window, "ab")), extraBits: 4)
        let forge = try Forge(draft.finish("window", inputs: [[1, -2, 3, -4, 5]]))
        let planted: [TensorID: FieldWitness.Tampering] = [
            forge.quotient(0): setting([5: Fr(3)])
        ]
        let honest = forge.statement(forge.witness())
        #expect(forge.statement(forge.witness(planted)) == honest)
        #expect(try forge.refusal(of: forge.witness(planted)) == nil)
        // window[4, 1] = y[5].
        let read = forge.witness(
            planted.merging([forge.result(1): setting([9: Fr(3)])]) { $1 })
        #expect(forge.statement(read).outputs[0][4] == honest.outputs[0][4] + 3 - fill)
        #expect(try forge.refusal(of: read) == .openingValue)
    }

    /// The same as an einsum's own view, without a tensor between.
    @Test func convolutionOverTheEdge() throws {
        var draft = CircuitDraft(limbBits: 4)
        let x = draft.input([5], bits: 5)
        let y = draft.requantise(x, shift: 1, bits: 4)
        let w = draft.constant([3], [1, 2, 3])
        draft.output(
            draft.einsum("a", (w, "u"), (y, "a+u-1"), extents: ["a": 5]), extraBits: 4)
        let forge = try Forge(draft.finish("convolution", inputs: [[1, -2, 3, -4, 5]]))
        let planted: [TensorID: FieldWitness.Tampering] = [
            forge.quotient(0): setting([5: Fr(3)])
        ]
        #expect(try forge.refusal(of: forge.witness(planted)) == nil)
        let read = forge.witness(
            planted.merging([forge.result(1): adding(Fr(9), at: 4)]) { $1 })
        #expect(try forge.refusal(of: read) == .sumcheck(.main(level: 0)))
    }

    /// A merged axis joins true cells only: 3 · 5 = 15 of them, at 40 padded places.
    @Test func mergedAxes() throws {
        var draft = CircuitDraft(limbBits: 4)
        let x = draft.input([3, 5], bits: 5)
        let y = draft.requantise(x, shift: 1, bits: 4)
        let merged = draft.add(.merge(Merge(source: y, groups: [2])))
        draft.output(draft.einsum("", (merged, "a"), (merged, "a")), extraBits: 4)
        var generator = SeededGenerator(seed: 2)
        let forge = try Forge(draft.finish("merge", inputs: [generator.cells(15, in: -9...9)]))
        let planted: [TensorID: FieldWitness.Tampering] = [
            forge.quotient(0): setting([5: Fr(3), 13: Fr(2), 24: Fr(1)])
        ]
        #expect(
            forge.statement(forge.witness(planted)) == forge.statement(forge.witness()))
        #expect(try forge.refusal(of: forge.witness(planted)) == nil)
        // The padding cell in place of the true one behind it.
        let read = forge.witness(
            planted.merging([forge.result(1): setting([5: Fr(3)])]) { $1 })
        #expect(forge.statement(read) != forge.statement(forge.witness()))
        #expect(try forge.refusal(of: read) == .openingValue)
    }

    /// A broadcast axis and the constant of an affine tensor stop at the true extent: summed over
    /// five cells, not eight.
    @Test func broadcast() throws {
        var draft = CircuitDraft(limbBits: 4)
        let x = draft.input([3], bits: 5)
        let y = draft.requantise(x, shift: 1, bits: 4)
        let wide = draft.add(
            .affine(Affine(extents: [3, 5], constant: 2, terms: [.init(1, y, [0])])))
        draft.output(draft.einsum("a", (wide, "ab")), extraBits: 4)
        let forge = try Forge(draft.finish("broadcast", inputs: [[1, -2, 3]]))
        let honest = forge.statement(forge.witness())
        #expect(honest.outputs == [[5 * 3, 5 * 1, 5 * 4]])
        let padding = forge.paddingPositions(forge.result(1))
        let eight = forge.witness([
            forge.result(1): { values in
                for position in padding where position < 8 { values[position] = Fr(3) }
            },
            forge.result(2): setting([0: Fr(24)]),
        ])
        #expect(try forge.refusal(of: eight) == .sumcheck(.main(level: 0)))
        // Only the tensor's padding, which nothing should read.
        let tensor = forge.witness([forge.result(1): setting([5: Fr(3)])])
        #expect(try forge.refusal(of: tensor) == .openingValue)
    }

    /// Public values are zero-padded by the verifier, whatever the prover's tables hold.
    @Test func publicInput() throws {
        var draft = CircuitDraft(limbBits: 4)
        let x = draft.input([3, 5], bits: 5)
        let w = draft.constant([5], [1, 2, 3, 4, 5])
        draft.output(draft.einsum("a", (x, "ab"), (w, "b")), extraBits: 4)
        var generator = SeededGenerator(seed: 2)
        let forge = try Forge(draft.finish("public", inputs: [generator.cells(15, in: -9...9)]))
        let input = forge.system.wireTensors[0]
        let witness = forge.witness([input: setting([5: Fr(3)])])
        #expect(try forge.refusal(of: witness) == .publicClaim)
    }

    /// Cells of V_a, V_c and of a port's polynomial that lie in no tensor's block are read by no
    /// claim: whatever is committed there, the statement is about the blocks.
    @Test func cellsBehindTheBlocks() throws {
        let forge = try Forge(StatementTests.committedModel(), log2Chunk: 8)
        let witness = forge.witness()
        // X^40 is behind the port's 32 cells, X^255 behind V_a's last block.
        let cheat = Cheat(commitments: { statement, chunks in
            statement.commitments[0] =
                (G1(statement.commitments[0]) + Fr(9) * Forge.srs.powers[40]).affine
        })
        // The prover must open what it committed to.
        #expect(try forge.refusal(of: witness, cheat) == .pairing)
        var opened = cheat
        opened.opening = ForgedOpening { claim in
            var polynomial = forge.openedPolynomial(claim, witness)
            for (coefficient, reference) in claim.coefficients
            where reference == .committedPort(0) {
                polynomial[40] += Fr(9) * coefficient
            }
            return trueFolds(polynomial, claim.point)
        }
        // The batch must know of it too, or its last value is another.
        #expect(try forge.refusal(of: witness, opened) == .openingValue)
    }
}
