import Circuits
import Field
import Models
import ProofSystem
import Testing
import ZKMLTestSupport

@testable import Prover

/// Vectors too long to be held in the final batch: the same proof, however few cells are held.
@Suite("Streamed batch") struct StreamedBatchTests {
    static func check(_ model: TestModel, garbageSeed: UInt64? = nil) throws {
        let key = try HonestProofTests.key(model, log2Chunk: 3)
        let system = key.verifyingKey.system
        let witness = FieldWitness(
            system: system, constants: model.constants, inputs: model.inputs,
            garbageSeed: garbageSeed
        ).compute()
        let blindings = HonestProofTests.blindings(key, seed: 1)
        func proof(_ residentVariables: Int) throws -> NativeProof {
            try NativeProver(key: key).prove(
                witness, blindings: blindings, transcript: KeccakTranscript(), tamper: nil,
                residentVariables: residentVariables)
        }
        let held = try proof(BatchProver.residentVariables)
        for residentVariables in [0, 1, 4, 9, 10] {
            #expect(try proof(residentVariables) == held, "2^\(residentVariables) cells held")
        }
    }

    @Test("random circuits", arguments: 0..<20 as Range<UInt64>)
    func randomCircuits(seed: UInt64) throws {
        try Self.check(RandomCircuits.make(seed: seed, gadgets: 3 + Int(seed % 9)))
    }

    @Test("field elements in the padding", arguments: 0..<10 as Range<UInt64>)
    func garbagePadding(seed: UInt64) throws {
        try Self.check(RandomCircuits.make(seed: seed, gadgets: 6), garbageSeed: seed + 1)
    }

    @Test("standard circuits")
    func standardCircuits() throws {
        for model in StandardCircuits.all(seed: 3) { try Self.check(model) }
    }

    /// Shapes with every kind of padding: before, between and behind axes that have none.
    @Test(
        "stretches of a vector",
        arguments: [
            [3, 5, 7], [4, 3, 2], [3, 1, 4], [1, 1, 3], [4, 8], [5], [1], [2, 3, 1, 1],
        ])
    func stretches(extents: [Int]) throws {
        let shape = try #require(TensorShape(extents))
        let cells = (0..<shape.cellCount).map { Int64($0 + 1) }
        let stored = StoredCells(cells, shape: shape)
        let padded = CellArray.integers(cells).gathered(
            extents: shape.extents, strides: shape.strides, padded: shape.paddedExtents)
        guard case .integers(let expected) = padded else { return }
        let count = shape.paddedCellCount
        for length in [1, 2, 8, count] where length <= count {
            for start in stride(from: 0, to: count, by: length) {
                let range = start..<start + length
                var copied = [Int64](repeating: -1, count: length)
                copied.withUnsafeMutableBufferPointer { stored.copy(range, to: $0) }
                #expect(copied == Array(expected[range]))
                var sums = [Fr](repeating: .one, count: length)
                sums.withUnsafeMutableBufferPointer {
                    stored.accumulate(range, times: Fr(3), into: $0)
                }
                #expect(sums == expected[range].map { Fr(Int(1 + 3 * $0)) })
            }
        }
    }
}
