import Circuits
import Testing
import ZKMLTestSupport

/// What holds of every expanded circuit.
@Suite struct ConstraintSystemTests {
    static let models =
        StandardCircuits.all(seed: 5) + (1...60).map { RandomCircuits.make(seed: 2000 + $0) }

    /// The tensors that a tensor is made from, or that its advice is computed from.
    private func sources(_ tensor: SystemTensor) -> [TensorID] {
        switch tensor.role {
        case .publicInput, .committedInput, .constant, .multiplicity: []
        case .committedOutput(_, let original): [original]
        case .advice(let rule): [rule.source]
        case .einsum(let einsum): einsum.operands.map(\.source)
        case .view(let view): [view.operand.source]
        case .merge(let merge): [merge.source]
        case .affine(let affine): affine.terms.map(\.source)
        }
    }

    @Test(arguments: models) func sourcesComeFirst(model: TestModel) throws {
        let system = try model.system()
        for (index, tensor) in system.tensors.enumerated() {
            #expect(sources(tensor).allSatisfy { $0.index < index })
        }
    }

    @Test(arguments: models) func everyTensorIsConstrained(model: TestModel) throws {
        let system = try model.system()
        var read: Set<TensorID> = []
        for tensor in system.tensors where tensor.isDerived { read.formUnion(sources(tensor)) }
        for lookup in system.lookups { read.formUnion(lookup.columns) }
        for table in system.tables {
            read.insert(table.multiplicity)
            for case .constant(let column) in table.columns { read.insert(column) }
        }
        for constraint in system.zeroConstraints {
            read.formUnion(constraint.distinctFactors.map(\.tensor))
        }
        for output in system.outputs {
            read.insert(output.tensor)
            if let copy = output.committed { read.insert(copy) }
        }
        #expect(system.tensorIDs.allSatisfy(read.contains))
    }

    @Test(arguments: models) func shapesAgree(model: TestModel) throws {
        let system = try model.system()
        let shapes = try model.circuit.validatedShapes()
        #expect(system.wireTensors.map(system.shape) == shapes)
        for lookup in system.lookups {
            let table = system.tables[lookup.table]
            #expect(lookup.columns.count == table.columns.count && lookup.columns.count <= 4)
            #expect(Set(lookup.columns.map(system.shape)).count == 1)
        }
        for table in system.tables {
            #expect(system.shape(table.multiplicity).extents == [1 << table.bits])
            for case .constant(let column) in table.columns {
                #expect(system.shape(column).extents == [1 << table.bits])
            }
        }
        // No two tables are the same.
        #expect(Set(system.tables.map { "\($0.bits) \($0.columns)" }).count == system.tables.count)
        for constraint in system.zeroConstraints {
            #expect(constraint.degree <= 4)
            for factor in constraint.distinctFactors {
                #expect(
                    factor.labels.map { constraint.extents[$0] }
                        == system.shape(factor.tensor).extents)
            }
        }
        for (output, claim) in zip(model.circuit.outputs, system.outputs) {
            #expect((output.port.visibility == .committed) == (claim.committed != nil))
        }
    }

    /// Nobody else's tensors carry a gadget's index.
    @Test(arguments: models) func gadgetsAreNamed(model: TestModel) throws {
        let system = try model.system()
        for (index, wire) in system.wireTensors.enumerated()
            .dropFirst(model.circuit.inputs.count + model.circuit.constants.count)
        {
            let gadget = index - model.circuit.inputs.count - model.circuit.constants.count
            #expect(system[wire].gadget == gadget)
        }
        for tensor in system.tensors {
            if let gadget = tensor.gadget {
                #expect(model.circuit.gadgets.indices.contains(gadget))
            }
        }
    }
}
