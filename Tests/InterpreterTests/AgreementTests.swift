import Circuits
import Field
import Models
import Testing
import ZKMLTestSupport

/// The interpreter against the reference witness in the field.
@Suite struct AgreementTests {
    static let seeds = Array(UInt64(1)...200)

    @Test(arguments: seeds) func randomCircuit(seed: UInt64) throws {
        try expectAgreement(RandomCircuits.make(seed: seed))
    }

    @Test(arguments: StandardCircuits.all(seed: 5))
    func standardCircuit(model: TestModel) throws {
        try expectAgreement(model)
        try expectAgreement(model.withRandomInputs(seed: 9))
    }

    private func expectAgreement(_ model: TestModel) throws {
        let system = try model.system()
        let interpreter = try IntegerInterpreter(system, constants: model.constants)
        let witness = try interpreter.witness(model.inputs)
        let reference = FieldWitness(
            system: system, constants: model.constants, inputs: model.inputs
        ).compute()
        for tensor in system.tensorIDs {
            if case .multiplicity = system[tensor].role { continue }
            let role = system[tensor].role
            #expect(
                witness.trueFieldCells(tensor) == reference.trueFieldCells(tensor),
                "\(model), tensor \(tensor.index), \(role)")
            // Zero padding is closed under every operation.
            #expect(
                witness.paddedFieldCells(tensor) == reference.paddedFieldCells(tensor),
                "\(model), padding of tensor \(tensor.index), \(role)")
        }
        // Every looked-up tuple is in its table.
        for (index, table) in system.tables.enumerated() {
            let lookedUp = system.lookups.filter { $0.table == index }
                .reduce(0) { $0 + system.shape($1.columns[0]).cellCount }
            let counted = reference.trueFieldCells(table.multiplicity).reduce(.zero, +)
            #expect(counted == Fr(lookedUp), "\(model), table \(index)")
        }
        #expect(
            try interpreter.outputs(model.inputs)
                == system.outputs.map { witness.integers($0.tensor) })
    }
}
