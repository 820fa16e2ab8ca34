import Circuits
import Curve
import Field
import ProofSystem
import TestSupport
import Testing
import Verifier
import ZKMLTestSupport

@testable import Prover

/// The rule above all rules: for any verifying key, however it was made, the relation is a partial
/// function from input to output.
///
/// The publisher commits to what it likes: garbage in the padding of constants, weights that are no
/// integers, tables that are no functions anybody meant. The proof may become impossible; it may
/// not become ambiguous.
@Suite struct MaliciousKeyTests {
    // MARK: Constants

    /// Garbage planted in the padding of weights so that a prover with garbage in its advice could
    /// use it.
    @Test func paddingOfConstants() throws {
        var generator = SeededGenerator(seed: 2)
        var draft = CircuitDraft(limbBits: 4)
        let x = draft.input([3, 5], bits: 5)
        let w = draft.constant([6, 5], in: -3...3, using: &generator)
        let bias = draft.constant([6], in: -3...3, using: &generator)
        let p = draft.requantise(x, shift: 1, bits: 4)
        let product = draft.einsum("nm", (p, "nk"), (w, "mk"))
        let sum = draft.affine("nm", (1, product, "nm"), (1, bias, "m"))
        draft.output(draft.einsum("n", (sum, "nm")), extraBits: 4)
        let model = draft.finish("padding", inputs: [generator.cells(15, in: -9...9)])
        let honest = try Forge(model)
        let weights = honest.system.wireTensors[1]
        let biasTensor = honest.system.wireTensors[2]
        // w[0, 5] and w[6, *], bias[6].
        let forge = try Forge(
            model,
            constants: [
                weights: setting([5: Fr(7), 48: Fr(1), 49: Fr(2)]),
                biasTensor: setting([6: Fr(1000)]),
            ])
        #expect(
            forge.key.verifyingKey.constantChunks != honest.key.verifyingKey.constantChunks)
        let planted: [TensorID: FieldWitness.Tampering] = [
            forge.quotient(0): setting([5: Fr(3)])
        ]
        let outputs = honest.statement(honest.witness()).outputs
        #expect(forge.statement(forge.witness(planted)).outputs == outputs)
        #expect(try forge.refusal(of: forge.witness()) == nil)
        #expect(try forge.refusal(of: forge.witness(planted)) == nil)
        // Counted: the contraction over the padded label, then the sum over padded rows.
        let contraction = forge.witness(
            planted.merging([forge.result(1): adding(Fr(21), at: 0)]) { $1 })
        #expect(forge.statement(contraction).outputs[0][0] == outputs[0][0] + 21)
        #expect(try forge.refusal(of: contraction) == .sumcheck(.main(level: 1)))
        let rows = forge.witness([forge.result(3): adding(Fr(1000), at: 0)])
        #expect(try forge.refusal(of: rows) == .sumcheck(.main(level: 0)))
    }

    /// Value columns that are random field elements: y is still the cell of the row of h.
    @Test func garbageTables() throws {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([5], bits: 6)
        let y = draft.requantise(x, shift: 1, bits: 5) { $0 }
        let z = draft.affine("a", (1, y, "a"))
        // Nothing shows the garbage but its product with zero.
        let zero = draft.constant([5], [0, 0, 0, 0, 0])
        draft.output(draft.einsum("a", (z, "a"), (zero, "a")), extraBits: 4)
        let model = draft.finish("garbage table", inputs: [[3, -4, 30, -31, 0]])
        let honest = try Forge(model)
        let column = honest.system.lookups.lazy.compactMap { lookup -> TensorID? in
            for case .constant(let id) in honest.system.tables[lookup.table].columns { return id }
            return nil
        }.first!
        var generator = SeededGenerator(seed: 77)
        let garbage = (0..<32).map { _ in Fr.random(using: &generator) }
        let forge = try Forge(model, constants: [column: { $0 = garbage }])
        // The reference witness knows small integers only: y by hand.
        let rows = honest.witness().trueFieldCells(forge.quotient(0)).map {
            $0.smallInteger! + 16
        }
        func witness(_ values: [Fr]) -> Witness {
            forge.witness([forge.tableValue(0): { $0.replaceSubrange(0..<5, with: values) }])
        }
        let right = rows.map { garbage[$0] }
        #expect(try forge.refusal(of: witness(right)) == nil)
        for cell in 0..<5 {
            for other in [garbage[(rows[cell] + 1) % 32], right[cell] + .one, .zero] {
                var wrong = right
                wrong[cell] = other
                #expect(try forge.refusal(of: witness(wrong)) == .fractionSum)
            }
        }
        // A column of one value repeated is a function too: no row but h's own is free.
        let constant = try Forge(model, constants: [column: { $0 = $0.map { _ in Fr(9) } }])
        let nine = constant.witness([
            constant.tableValue(0): {
                $0.replaceSubrange(0..<5, with: $0.prefix(5).map { _ in Fr(9) })
            }
        ])
        #expect(try constant.refusal(of: nine) == nil)
        let moved = constant.witness([
            constant.quotient(0): adding(at: 0),
            constant.tableValue(0): {
                $0.replaceSubrange(0..<5, with: $0.prefix(5).map { _ in Fr(9) })
            },
        ])
        #expect(try constant.refusal(of: moved) == .fractionSum)
    }

    /// Weights that are field elements: the quotient they lead to is no integer in the domain, and
    /// there is no proof; where it is, there is one.
    @Test func weightsThatAreNoIntegers() throws {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([2], bits: 4)
        let w = draft.constant([2], [4, 4])
        let sum = draft.einsum("", (x, "a"), (w, "a"))
        draft.output(draft.requantise(sum, shift: 2, bits: 5), extraBits: 2)
        let model = draft.finish("halves", inputs: [[3, 5]])
        let weights = try Forge(model).system.wireTensors[1]
        let half = Fr(2).inverse()!
        let forge = try Forge(model, constants: [weights: setting([0: half, 1: half])])
        // (3 + 5)/2 = 4: h = 1 by hand, since the reference witness sees an integer.
        #expect(try forge.refusal(of: forge.witness()) == nil)
        #expect(forge.statement(forge.witness()).outputs == [[1]])
        // (3 + 4)/2 is (r + 7)/2: every quotient in the domain leaves a remainder out of range.
        for h in -16..<16 {
            let witness = forge.witness(
                [forge.quotient(1): setting([0: Fr(h)])], inputs: [[3, 4]])
            #expect(try forge.refusal(of: witness) == .fractionSum, "h = \(h)")
        }
    }

    /// For every witness a cheater could try, two outputs for one input are refused: random
    /// circuits with garbage in every constant's padding, one advice cell moved at a time.
    @Test(arguments: UInt64(300)..<312) func oneOutputForOneInput(seed: UInt64) throws {
        let model = RandomCircuits.make(seed: seed, gadgets: 4)
        var generator = SeededGenerator(seed: seed)
        let forge = try Forge(model, garbageSeed: seed)
        let outputs = forge.statement(forge.witness()).outputs
        for tensor in forge.system.tensorIDs where forge.system[tensor].isAdvice {
            let position = generator.pick(forge.truePositions(tensor))
            for amount in [Fr(1), -Fr(1), Fr(2).inverse()!, Fr.random(using: &generator)] {
                let witness = forge.witness([tensor: adding(amount, at: position)])
                let proof = try forge.prove(witness)
                if forge.refusal(proof) == nil {
                    #expect(proof.statement.outputs == outputs, "tensor \(tensor.index)")
                }
            }
        }
    }

    // MARK: Extents and other parameters that lie

    /// A proof made for the same circuit with other extents is not one for this key: the key's
    /// digest is the first thing the proof names and the transcript absorbs.
    @Test func otherExtents() throws {
        func model(_ extent: Int) -> TestModel {
            var draft = CircuitDraft(limbBits: 3)
            let x = draft.input([8], bits: 4)
            // Reads `extent` of the eight cells.
            let y = draft.view("a", x, "a", extents: ["a": extent])
            let z = draft.requantise(y, shift: 1, bits: 4)
            draft.output(draft.einsum("", (z, "a")), extraBits: 3)
            return draft.finish("extent \(extent)", inputs: [[1, 2, 3, 4, 5, 6, 7, 0]])
        }
        let five = try Forge(model(5))
        let six = try Forge(model(6))
        let bytes = try five.prove(five.witness()).encoded(for: five.key.verifyingKey)
        var renamed = bytes
        renamed.replaceSubrange(20..<52, with: six.key.verifyingKey.digest)
        #expect(
            rejection(six, bytes) == .wrongKey(modelID: five.key.verifyingKey.digest))
        // The same shape of proof: only the transcript and the kernels tell.
        #expect(five.key.verifyingKey.proofShape == six.key.verifyingKey.proofShape)
        #expect(rejection(six, renamed).map(isFalse) == true)
        // A prover for five cells that absorbs the key for six.
        let proof = try NativeProver(key: six.key).prove(
            Witness(six.system, values: five.witness().values), blindings: [],
            transcript: KeccakTranscript(), tamper: nil,
            statement: five.statement(five.witness()))
        #expect(six.refusal(proof) == .fractionSum)
    }

    private func rejection(_ forge: Forge, _ bytes: [UInt8]) -> ProofRejection? {
        do throws(ProofRejection) {
            _ = try forge.verifier.verify(bytes, trusting: .development)
            return nil
        } catch {
            return error
        }
    }

    private func isFalse(_ rejection: ProofRejection) -> Bool {
        if case .false = rejection { true } else { false }
    }

    // MARK: What a key cannot say

    /// Every parameter that a gadget's uniqueness rests on has its bound.
    @Test func uniquenessBounds() throws {
        let x = Circuit.Input(
            port: Port(name: "x", bits: 8, fractionalBits: 0), shape: TensorShape([3])!)
        func fault(_ gadget: Gadget, tables: [IntegerDomain] = []) -> CircuitError? {
            var circuit = Circuit(limbBits: 4)
            circuit.inputs = [x]
            circuit.functionTables = tables
            circuit.gadgets = [gadget]
            circuit.outputs = [
                .init(port: Port(name: "y", bits: 8, fractionalBits: 0), wire: Wire(index: 1))
            ]
            do throws(CircuitError) {
                _ = try ConstraintSystem(circuit)
                return nil
            } catch {
                return error
            }
        }
        func requantise(
            shift: Int = 1, bits: Int = 8, lowest: Int = 0, overshoot: Int = 0,
            _ function: Requantisation.Function = .identity
        ) -> Gadget {
            .requantise(
                Requantisation(
                    source: Wire(index: 0), shift: shift,
                    domain: IntegerDomain(lowest: lowest, bits: bits), function: function,
                    overshootBits: overshoot))
        }
        func invalid(_ fault: GadgetFault) -> CircuitError { .invalidGadget(index: 0, fault) }
        #expect(fault(requantise()) == nil)
        // The largest numbers that are let through, one more, and many more.
        #expect(fault(requantise(shift: 100, bits: 60)) == nil)
        #expect(fault(requantise(shift: 100, bits: 16, lowest: -1 << 60, overshoot: 100)) == nil)
        #expect(fault(requantise(shift: 101)) == invalid(.shift))
        #expect(fault(requantise(overshoot: 101)) == invalid(.shift))
        #expect(fault(requantise(shift: -1)) == invalid(.shift))
        #expect(fault(requantise(bits: 61)) == invalid(.domain))
        #expect(fault(requantise(bits: 0)) == invalid(.domain))
        #expect(fault(requantise(lowest: 1 << 60 + 1)) == invalid(.domain))
        #expect(fault(requantise(lowest: .min)) == invalid(.domain))
        #expect(fault(requantise(bits: 17, overshoot: 3)) == invalid(.domain))
        #expect(fault(requantise(.table(0))) == invalid(.table))
        #expect(fault(requantise(.table(-1))) == invalid(.table))
        let domain = IntegerDomain(lowest: 0, bits: 7)
        #expect(fault(requantise(.table(0)), tables: [domain]) == invalid(.domain))
        func maximum(_ bits: Int) -> Gadget {
            .maximum(Maximum(source: Wire(index: 0), axes: [0], bits: bits))
        }
        #expect(fault(maximum(62)) == nil)
        #expect(fault(maximum(63)) == invalid(.notUnique))
        #expect(fault(maximum(250)) == invalid(.notUnique))
        #expect(fault(maximum(0)) == invalid(.notUnique))
        #expect(
            fault(.maximum(Maximum(source: Wire(index: 0), axes: [], bits: 8)))
                == invalid(.axes))
        // The right shift of a range check's top limb is not for gadgets.
        #expect(
            fault(
                .affine(
                    Affine(
                        extents: [3], terms: [.init(1, Wire(index: 0), [0])], rightShift: 1)))
                == invalid(.shift))
        // Nor may a gadget read itself or what comes after it.
        for index in [1, 2, -1, .max] {
            #expect(
                fault(.maximum(Maximum(source: Wire(index: index), axes: [0], bits: 8)))
                    == invalid(.forwardReference))
        }
    }

    /// A set-up whose τ everybody knows is refused by name, unless it says so itself.
    @Test func placeholderSetup() throws {
        func error(_ srs: SRSIdentity) -> SRSIdentityError? {
            var draft = CircuitDraft(limbBits: 3)
            draft.output(draft.input([3], bits: 4))
            do throws(KeyError) {
                _ = try VerifyingKey(
                    circuit: draft.finish("plain", inputs: []).circuit, log2Chunk: 4, srs: srs,
                    constantChunks: [])
                return nil
            } catch {
                if case .srs(let error) = error { return error }
                return nil
            }
        }
        let development = SRSIdentity.development
        #expect(error(development) == nil)
        #expect(
            error(
                SRSIdentity(
                    tauG1: development.tauG1, tauG2: development.tauG2, isInsecure: false))
                == .unmarkedDevelopmentSRS)
        for insecure in [true, false] {
            #expect(
                error(
                    SRSIdentity(
                        tauG1: .generator, tauG2: .generator, isInsecure: insecure)) == .tauIsOne)
            #expect(
                error(
                    SRSIdentity(tauG1: .infinity, tauG2: .infinity, isInsecure: insecure))
                    == .tauIsZero)
            #expect(
                error(
                    SRSIdentity(
                        tauG1: development.tauG1, tauG2: .generator, isInsecure: insecure))
                    == .tauIsOne)
            #expect(
                error(
                    SRSIdentity(
                        tauG1: Forge.srs.powers[2], tauG2: development.tauG2,
                        isInsecure: insecure)) == .inconsistent)
        }
    }

    /// Merged axes that meet an index map or a partial broadcast have no cheap kernel: such a
    /// key is refused, never one of its proofs.
    @Test func mergedAxesSplit() throws {
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([3, 5], bits: 4)
        let y = draft.view("ab", x, "a b-1", extents: ["b": 5])
        let merged = draft.add(.merge(Merge(source: y, groups: [2])))
        draft.output(merged)
        // The claim on `merged` is one on a group of y's axes, which y indexes by a window.
        #expect(keyError(draft.finish("split", inputs: [])) == .mergedAxesSplit)
        var plain = CircuitDraft(limbBits: 3)
        let z = plain.input([3, 5], bits: 4)
        plain.output(plain.add(.merge(Merge(source: z, groups: [2]))))
        #expect(keyError(plain.finish("plain", inputs: [])) == nil)
    }

    private func keyError(_ model: TestModel) -> CircuitError? {
        do throws(KeyError) {
            _ = try VerifyingKey(
                circuit: model.circuit, log2Chunk: 4, srs: Forge.srs.identity,
                constantChunks: [])
            return nil
        } catch {
            if case .circuit(let error) = error { return error }
            return nil
        }
    }
}

extension Witness {
    fileprivate init(_ system: ConstraintSystem, values: [TensorValues?]) {
        self.init(system: system)
        self.values = values
    }
}
