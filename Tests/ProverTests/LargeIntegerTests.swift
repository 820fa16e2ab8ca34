import Circuits
import Field
import Models
import ProofSystem
import Testing
import Verifier
import ZKMLTestSupport

@testable import Prover

/// Honest circuits whose integers lie at the limits: sums up to 2^62 that the compiler allows, and
/// up to the last of 64 bits that a witness can hold.
@Suite("Large integers") struct LargeIntegerTests {
    /// ±(2^62 − 1), ±2^61 and their neighbours.
    static let sums: [Int64] = {
        let half = Int64(1) << 61
        let limit = 2 * half - 1
        return [limit, -limit, limit - 1, half, -half, half - 1, 1 - half, half + 1, -half - 1]
    }()
    /// The last integers of 64 bits that can also be negated.
    static let last: [Int64] = [.max, -.max, .max - 1, 1 << 62, -(1 << 62), -(1 << 62) - 1]

    /// A proof verifies and is the same bytes for every implementation and number of threads.
    static func check(_ model: TestModel) throws {
        let key = try HonestProofTests.key(model, log2Chunk: 5)
        let interpreter = try IntegerInterpreter(
            key.verifyingKey.system, constants: model.constants)
        let witness = try interpreter.witness(model.inputs)
        let verifier = NativeVerifier(key: key.verifyingKey)
        var proofs: Set<[UInt8]> = []
        for kernels in KernelSet.all {
            for threads in [1, 3] {
                let proof = try KernelSet.$chosen.withValue(kernels) {
                    try Threads.with(threads) { () throws(ProverError) in
                        try NativeProver(key: key).prove(witness)
                    }
                }
                #expect(throws: Never.self, "\(kernels.name)") {
                    try verifier.verify(proof, trusting: .development)
                }
                proofs.insert(proof.encoded(for: key.verifyingKey))
            }
        }
        #expect(proofs.count == 1)
    }

    /// The limits in some order, one after the other.
    static func cells(_ count: Int, of limits: [Int64], from start: Int = 0) -> [Int64] {
        (0..<count).map { limits[($0 * 5 + start) % limits.count] }
    }

    /// −1 and 0, so that sums of one product stay within the limits.
    static func signs(_ count: Int) -> [Int64] { (0..<count).map { $0 % 3 == 1 ? 0 : -1 } }

    /// What is published of large values: their top bits.
    static func publish(_ wire: Wire, in draft: inout CircuitDraft) {
        draft.output(draft.requantise(wire, shift: 44, bits: 21), extraBits: 31)
    }

    /// A draft whose constant of small cells stands for `limits`: the draft's interval arithmetic
    /// knows nothing of the inputs.
    static func finish(
        _ draft: CircuitDraft, constants: [(Int, [Int64])], inputs: [[Int64]]
    ) -> TestModel {
        var model = draft.finish("large", inputs: inputs)
        for (index, cells) in constants { model.constants[index] = cells }
        return model
    }

    @Test("products of each cell", arguments: [sums, last])
    func products(limits: [Int64]) throws {
        var draft = CircuitDraft(limbBits: 8)
        let x = draft.input([5, 6], bits: 1)
        let weights = draft.constant([5, 6], Array(repeating: 1, count: 30))
        // Both operands stay tables over both axes.
        Self.publish(draft.einsum("ab", (x, "ab"), (weights, "ab")), in: &draft)
        try Self.check(
            Self.finish(
                draft, constants: [(0, Self.cells(30, of: limits))], inputs: [Self.signs(30)]))
    }

    @Test("contractions, and a result with several claims", arguments: [sums, last])
    func contractions(limits: [Int64]) throws {
        var draft = CircuitDraft(limbBits: 8)
        let x = draft.input([9], bits: 1)
        let y = draft.input([7], bits: 1)
        let weights = draft.constant([7, 9], Array(repeating: 1, count: 63))
        let large = draft.einsum("ab", (weights, "ab"), (y, "a"))
        Self.publish(large, in: &draft)
        Self.publish(draft.einsum("a", (large, "ab"), (x, "b")), in: &draft)
        Self.publish(draft.einsum("b", (large, "ab"), (y, "a")), in: &draft)
        // One row or column of the product is taken: no sum of two large cells.
        let one = { (count: Int, at: Int) in (0..<count).map { Int64($0 == at ? -1 : 0) } }
        for row in 0..<7 {
            try Self.check(
                Self.finish(
                    draft, constants: [(0, Self.cells(63, of: limits, from: row))],
                    inputs: [one(9, row), one(7, row)]))
        }
    }

    @Test("sums of affine tensors", arguments: [sums, last])
    func affineSums(limits: [Int64]) throws {
        var draft = CircuitDraft(limbBits: 8)
        let x = draft.input([4, 7], bits: 1)
        let zero = draft.input([4, 7], bits: 1)
        let bias = draft.constant([7], Array(repeating: 1, count: 7))
        let sum = draft.affine("ab", (1, bias, "b"), (1, zero, "ab"))
        Self.publish(sum, in: &draft)
        Self.publish(draft.einsum("ab", (sum, "ab"), (x, "ab")), in: &draft)
        try Self.check(
            Self.finish(
                draft, constants: [(0, Self.cells(7, of: limits))],
                inputs: [Self.signs(28), Array(repeating: 0, count: 28)]))
    }

    /// Zero constraints of a maximum and of a saturation without a shift, ranges of 62 bits.
    @Test func zeroConstraints() throws {
        var draft = CircuitDraft(limbBits: 8)
        let limit = Int64(1) << 62 - 1
        let half = Int64(1) << 61
        let rows: [[Int64]] = [
            [0, limit, half, half - 1, 1], [-limit, 0, -half, -1, -half - 1],
            [half - 1, half, -half + 1, 0, 0], [-half, -half, half - 1, 0, -half + 1],
        ]
        let x = draft.input([4, 5], bits: 1)
        let weights = draft.constant([4, 5], rows.flatMap { $0.map(-) })
        let large = draft.einsum("ab", (x, "ab"), (weights, "ab"))
        let largest = draft.add(.maximum(Maximum(source: large, axes: [1], bits: 62)))
        Self.publish(largest, in: &draft)
        draft.output(draft.requantise(large, shift: 0, bits: 8, overshoot: 62))
        draft.output(draft.requantise(large, shift: 1, bits: 8, overshoot: 62) { -$0 })
        try Self.check(
            Self.finish(draft, constants: [], inputs: [Array(repeating: -1, count: 20)]))
    }

    /// Tuples of up to three columns, one of them with values at the limits.
    @Test("lookups", arguments: [sums, last], [0, 9])
    func lookups(limits: [Int64], overshoot: Int) throws {
        var draft = CircuitDraft(limbBits: 8)
        let x = draft.input([40], bits: overshoot > 0 ? 9 : 6)
        let y = draft.requantise(x, shift: 1, bits: 6, overshoot: overshoot) { $0 }
        Self.publish(y, in: &draft)
        try Self.check(
            Self.finish(
                draft, constants: [(0, Self.cells(64, of: limits))],
                inputs: [(0..<40).map { $0 * (overshoot > 0 ? 11 : 1) % 64 - 32 }]))
    }
}
