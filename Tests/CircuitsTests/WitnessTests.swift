import Circuits
import Field
import TestSupport
import Testing
import ZKMLTestSupport

/// What the constraints accept: honest witnesses whatever lies in the padding, and nothing else.
@Suite struct WitnessTests {
    static let models =
        StandardCircuits.all(seed: 5) + (1...20).map { RandomCircuits.make(seed: 1000 + $0) }

    @Test(arguments: models) func honestWitness(model: TestModel) throws {
        let system = try model.system()
        let zeros = FieldWitness(
            system: system, constants: model.constants, inputs: model.inputs
        ).compute()
        #expect(ConstraintCheck(zeros, inputs: model.inputs).brokenConstraints() == [])
        let garbage = FieldWitness(
            system: system, constants: model.constants, inputs: model.inputs, garbageSeed: 7
        ).compute()
        #expect(ConstraintCheck(garbage, inputs: model.inputs).brokenConstraints() == [])
        // No true cell depends on padding.
        for tensor in system.tensorIDs {
            #expect(
                zeros.trueFieldCells(tensor) == garbage.trueFieldCells(tensor),
                "tensor \(tensor.index), \(system[tensor].role)")
        }
    }

    /// One more in one true cell of an advice tensor, everything after it following, breaks a
    /// constraint, unless it is the overshoot of a quotient inside its domain, which nothing reads.
    @Test(arguments: models) func changedAdvice(model: TestModel) throws {
        let system = try model.system()
        var generator = SeededGenerator(seed: 3)
        let honest = FieldWitness(
            system: system, constants: model.constants, inputs: model.inputs
        ).compute()
        // A few tensors a model: every kind is met among all models.
        for tensor in system.tensorIDs.shuffled(using: &generator).prefix(10) {
            let trueCells = Set(honest.paddedFieldCells(tensor).indices)
                .subtracting(honest.paddingPositions(tensor)).sorted()
            let position = generator.pick(trueCells)
            switch system[tensor].role {
            case .advice, .einsum, .view, .merge, .affine, .committedOutput, .multiplicity: break
            case .publicInput, .committedInput, .constant: continue
            }
            let witness = FieldWitness(
                system: system, constants: model.constants, inputs: model.inputs,
                tamper: [tensor: { $0[position] += .one }]
            ).compute()
            let broken = ConstraintCheck(witness, inputs: model.inputs).brokenConstraints()
            if broken.isEmpty {
                #expect(isUnreadOvershoot(tensor, position, honest), "tensor \(tensor.index)")
                for output in system.outputs {
                    #expect(
                        witness.trueFieldCells(output.tensor)
                            == honest.trueFieldCells(output.tensor))
                }
            }
        }
    }

    /// Whether the cell is an overshoot, or a limb of one, where the flag is 0.
    private func isUnreadOvershoot(
        _ tensor: TensorID, _ position: Int, _ witness: Witness
    ) -> Bool {
        let system = witness.system
        guard case .advice(let rule) = system[tensor].role else { return false }
        switch rule {
        case .overshoot(let source, _, let domain):
            let flag = system.tensorIDs.first {
                guard case .advice(.saturationFlag(let quotient, domain)) = system[$0].role,
                    case .advice(.rounded(source, _, domain)) = system[quotient].role
                else { return false }
                return system[$0].gadget == system[tensor].gadget
            }
            return flag.map { witness.paddedFieldCells($0)[position].isZero } ?? false
        case .limb(let source, _, _): return isUnreadOvershoot(source, position, witness)
        default: return false
        }
    }
}
