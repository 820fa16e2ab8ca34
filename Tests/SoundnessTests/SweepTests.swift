import Circuits
import Field
import ProofSystem
import TestSupport
import Testing
import ZKMLTestSupport

/// Every committed and derived tensor of a model: one true cell changed, one padded cell changed,
/// with and without what is computed from it following the change.
///
/// A proof is accepted exactly when the constraints hold, checked directly in the field; then it
/// has the outputs of its inputs.
@Suite struct SweepTests {
    @Test(arguments: StandardCircuits.all(seed: 5))
    func standardCircuit(model: TestModel) throws { try sweep(model, seed: 21) }

    @Test(arguments: UInt64(100)..<130)
    func randomCircuit(seed: UInt64) throws {
        try sweep(RandomCircuits.make(seed: seed, gadgets: 5), seed: seed)
    }

    private func sweep(_ model: TestModel, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let forge = try Forge(model)
        let honest = forge.witness()
        let proof = try forge.prove(honest)
        #expect(forge.refusal(proof) == nil)
        for tensor in forge.system.tensorIDs {
            switch forge.system[tensor].role {
            case .publicInput, .committedInput, .constant: continue
            default: break
            }
            var positions = [(generator.pick(forge.truePositions(tensor)), isTrue: true)]
            let padding = forge.paddingPositions(tensor)
            if !padding.isEmpty { positions.append((generator.pick(padding), isTrue: false)) }
            for (position, isTrue) in positions {
                for follows in [true, false] {
                    let changed: Witness
                    if follows {
                        changed = forge.witness([tensor: adding(at: position)])
                    } else {
                        var cells = honest.paddedFieldCells(tensor)
                        cells[position] += .one
                        var witness = honest
                        witness[tensor] = .padded(cells)
                        changed = witness
                    }
                    let broken = ConstraintCheck(
                        changed, inputs: model.inputs
                    ).brokenConstraints()
                    let forged = try forge.prove(changed)
                    let refusal = forge.refusal(forged)
                    let place: Comment = """
                        \(model), tensor \(tensor.index) \(forge.system[tensor].role), \
                        cell \(position), true: \(isTrue), follows: \(follows), \
                        \(String(describing: refusal)), broken: \(broken)
                        """
                    if refusal == nil {
                        #expect(forged.statement.outputs == proof.statement.outputs, place)
                        // A derived tensor may differ where the prover never uses it.
                        #expect(broken.isEmpty || forged == proof, place)
                    } else {
                        #expect(!broken.isEmpty, place)
                    }
                    // Padding of what is committed may hold anything, if what is computed from
                    // it follows.
                    if !isTrue, follows, isCommitted(tensor, forge.system) {
                        #expect(refusal == nil, place)
                    }
                }
            }
        }
    }

    private func isCommitted(_ tensor: TensorID, _ system: ConstraintSystem) -> Bool {
        switch system[tensor].role {
        case .advice, .committedOutput: true
        default: false
        }
    }
}
