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

    // MARK: Behind the blocks

    /// V_a, V_c and the polynomial of a port, each with cells that lie in no tensor's block and
    /// that no claim reads: whatever is committed there, the statement is about the blocks.
    @Test(arguments: [CommittedVector.Kind.advice, .constants, .port(0)], [6, 8])
    func cellsBehindTheBlocks(kind: CommittedVector.Kind, log2Chunk: Int) throws {
        var generator = SeededGenerator(seed: 3)
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([3, 5], bits: 4, visibility: .committed)
        let w = draft.constant([3, 5], in: -3...3, using: &generator)
        let y = draft.requantise(x, shift: 1, bits: 4)
        draft.output(
            draft.affine("ab", (1, x, "ab"), (1, w, "ab"), (1, y, "ab")), extraBits: 1)
        let model = draft.finish("behind", inputs: [generator.cells(15, in: -8...7)])

        let clean = try Forge(model, log2Chunk: log2Chunk)
        let honest = clean.statement(clean.witness())
        let layout = clean.key.verifyingKey.plan.layout
        let vector = try #require(layout.vectors.firstIndex { $0.kind == kind })
        let cellCount = layout.vectors[vector].cellCount
        let capacity = layout.chunkCount(kind) << log2Chunk
        try #require(cellCount < capacity)
        let garbage = Dictionary(
            uniqueKeysWithValues: (cellCount..<capacity).map {
                ($0, Fr.random(using: &generator))
            })

        let forge =
            kind == .constants
            ? try Forge(model, log2Chunk: log2Chunk, behindConstants: garbage) : clean
        let witness = forge.witness()
        var polynomial = [Fr](repeating: .zero, count: 1 << log2Chunk)
        for (cell, value) in garbage { polynomial[cell & (1 << log2Chunk - 1)] = value }
        let added = forge.commitment(polynomial)
        func cheat(read: (vector: Int, cell: Int)? = nil) -> Cheat {
            var cheat = Cheat(
                commitments: { statement, chunks in
                    switch kind {
                    case .advice:
                        chunks[chunks.count - 1] = (G1(chunks[chunks.count - 1]) + G1(added)).affine
                    case .port(let port):
                        statement.commitments[port] =
                            (G1(statement.commitments[port]) + G1(added)).affine
                    case .constants: break
                    }
                })
            cheat.batch = ForgedBatch(
                cells: layout.vectors.map {
                    forge.cells($0, witness, behind: $0.kind == kind ? garbage : [:])
                }, read: read)
            cheat.opening = ForgedOpening { claim in
                trueFolds(
                    forge.openedPolynomial(claim, witness, behind: [kind: garbage]), claim.point)
            }
            return cheat
        }
        // Harmless, if the prover knows of it.
        let proof = try forge.prove(witness, cheat())
        #expect(forge.refusal(proof) == nil)
        #expect(proof.statement.outputs == honest.outputs)
        #expect(
            try proof != clean.prove(clean.witness()), "garbage that nobody committed to")
        #expect(
            try forge.refusal(of: witness) == (kind == .constants ? .pairing : nil))
        // A batch that leaves it out, or an opening.
        var (noBatch, noOpening) = (cheat(), cheat())
        noBatch.batch = nil
        noOpening.opening = nil
        #expect(try forge.refusal(of: witness, noBatch) == .openingValue)
        #expect(try forge.refusal(of: witness, noOpening) == .openingValue)
        // Worth nothing: one more in the output, with the sum made up for behind the blocks.
        var statement = forge.statement(witness)
        statement.outputs[0][4] += 1
        let reading = cheat(read: (vector, cellCount))
        #expect(
            try forge.refusal(of: witness, reading, statement: statement) == .openingValue)
        #expect(
            try forge.refusal(of: witness, cheat(), statement: statement) == .openingValue)
    }
}
