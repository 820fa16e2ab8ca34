import Circuits
import Curve
import Field
import ProofSystem
import TestSupport
import Testing
import ZKMLTestSupport

@testable import Prover

/// The same witness, key and blindings give the same bytes, on any number of threads.
@Suite struct ReproducibilityTests {
    static let models = StandardCircuits.all(seed: 5) + [ProofBytesTests.model()]

    @Test(arguments: models) func threadIndependence(model: TestModel) throws {
        let forge = try Forge(model)
        let witness = forge.witness()
        let key = forge.key.verifyingKey
        let one = try Threads.with(1) { try forge.prove(witness).encoded(for: key) }
        for count in [2, 3, 8] {
            let many = try Threads.with(count) { try forge.prove(witness).encoded(for: key) }
            #expect(many == one, "\(count) threads")
        }
        #expect(try forge.prove(witness).encoded(for: key) == one)
        // Keys too.
        let keys = [1, 2].map { count in
            Threads.with(count) { try? Forge(model).key.verifyingKey.encoded }
        }
        #expect(keys == [key.encoded, key.encoded])
    }

    /// Integers and padded field elements are two ways to hold one witness.
    @Test(arguments: models) func representationIndependence(model: TestModel) throws {
        let forge = try Forge(model)
        let padded = forge.witness()
        var integers = padded
        for tensor in forge.system.tensorIDs {
            let cells = padded.trueFieldCells(tensor).map { $0.smallInteger.map(Int64.init) }
            guard cells.allSatisfy({ $0 != nil }) else { continue }
            integers[tensor] = .integers(cells.compactMap(\.self))
        }
        // Multiplicities counted by the prover.
        for table in forge.system.tables { integers[table.multiplicity] = nil }
        #expect(try forge.prove(integers) == forge.prove(padded))
    }

    @Test func blindings() throws {
        let forge = try Forge(StatementTests.committedModel())
        let witness = forge.witness()
        let prover = NativeProver(key: forge.key)
        func prove(_ blindings: [Int]) throws -> NativeProof {
            try prover.prove(witness, blindings: blindings.map { Fr($0) })
        }
        let first = try prove([1, 2])
        #expect(try prove([1, 2]) == first)
        for other in [[1, 3], [2, 2], [2, 1]] {
            let proof = try prove(other)
            #expect(forge.refusal(proof) == nil)
            #expect(proof.statement.commitments != first.statement.commitments)
            // Nothing is shared but what the statement and V_a say.
            #expect(proof.elements != first.elements)
            #expect(proof.adviceChunks == first.adviceChunks)
        }
        // A port whose blinding is the same has the same commitment: that is how models chain.
        #expect(try prove([1, 3]).statement.commitments[0] == first.statement.commitments[0])
        #expect(throws: ProverError.blindingCount(expected: 2, actual: 1)) {
            try prove([1])
        }
    }
}
