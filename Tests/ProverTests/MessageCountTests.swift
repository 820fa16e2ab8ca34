import Circuits
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

/// Field elements by kind of message, against the executable model that the protocol was designed
/// with: another implementation (Python, idealised commitments), in which these numbers were counted
/// by running it. Docs/message-counts.md has the table, and why two kinds differ.
@Suite("Message counts") struct MessageCountTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var model: TestModel
        var log2Chunk: Int
        /// The executable model's counts.
        var expected: [MessageKind: Int]
        /// Ours, where they differ.
        var ours: [MessageKind: Int] = [:]

        var testDescription: String { model.name }
    }

    static let cases = [
        Case(
            model: CountedCircuits.mlp(), log2Chunk: 14,
            expected: [
                .treeLayer: 40, .treeRound: 90, .value: 3, .mergeRound: 8, .mergeEvaluation: 1,
                .levelRound: 15, .levelEvaluation: 6, .batchRound: 28,
            ]),
        Case(
            model: CountedCircuits.convNet(), log2Chunk: 14,
            expected: [
                .treeLayer: 48, .treeRound: 132, .value: 9, .mergeRound: 14, .mergeEvaluation: 5,
                .levelRound: 35, .levelEvaluation: 23, .batchRound: 28,
            ]),
        Case(
            model: CountedCircuits.leNet(limbBits: 8), log2Chunk: 14, expected: leNet,
            ours: ourLeNet),
        Case(
            model: CountedCircuits.leNet(limbBits: 12), log2Chunk: 14, expected: leNet,
            ours: ourLeNet),
    ]

    static let leNet: [MessageKind: Int] = [
        .treeLayer: 64, .treeRound: 240, .value: 5, .mergeRound: 26, .mergeEvaluation: 3,
        .levelRound: 43, .levelEvaluation: 18, .batchRound: 34,
    ]

    /// Level rounds: selectors are summed over windows of 2×2, two rounds for both pools. An extent
    /// that is a power of two needs no mask, so these rounds have degree 1; the executable model
    /// masks whatever is not zero-padded by construction, and has degree 2.
    ///
    /// Batch rounds: two elements a variable. We batch over packed vectors, and all weights together
    /// have 2^18 cells; the executable model batches over tensors, of which the largest has 2^17.
    static let ourLeNet: [MessageKind: Int] = [.levelRound: 41, .batchRound: 36]

    @Test("as in the executable model", arguments: cases)
    func counts(of example: Case) throws {
        let system = try example.model.system()
        let plan = ReductionPlan(system, log2Chunk: example.log2Chunk)
        var driver = MessageCounter()
        _ = try reduce(
            system, plan: plan, statement: .zeros(of: system), driver: &driver)
        var expected = example.expected.merging(example.ours) { $1 }
        #expect(plan.layout.variableCount * 2 == expected[.batchRound])
        // A blinding, and evaluations of c polynomials at two points and of one at a third; Nova's
        // HyperKZG, by which the executable model counts, sends three evaluations each.
        expected[.opening] = 2 * example.log2Chunk + 2
        #expect(driver.counts == expected)
        #expect(driver.pointCount == example.log2Chunk + 1)
    }

    /// protocol.md, "Sizes to expect": L layers of the tree send L(L + 3) elements.
    @Test("the tree's depth decides its size", arguments: cases)
    func treeSize(of example: Case) throws {
        let plan = ReductionPlan(try example.model.system(), log2Chunk: example.log2Chunk)
        let depth = try #require(plan.tree).depth
        let expected =
            example.expected[.treeLayer, default: 0]
            + example.expected[.treeRound, default: 0]
        #expect(depth * (depth + 3) == expected)
    }
}

enum MessageKind: Hashable, Sendable {
    case treeLayer, treeRound, value, mergeRound, mergeEvaluation, levelRound, levelEvaluation
    case batchRound, opening
}

/// Runs the protocol without values and counts what is sent.
private struct MessageCounter: ReductionDriver {
    private enum Phase { case merge, level, batch }

    private(set) var counts: [MessageKind: Int] = [:]
    private(set) var pointCount = 0
    private var phase = Phase.level
    private var slot = 0

    mutating func draw(_ label: StaticString) -> Challenge<Fr> {
        slot += 1
        return Challenge(slot: slot, value: .zero)
    }

    mutating func begin(_ step: ReductionStep<Fr>) {
        switch step {
        case .sumcheck(let instances, _):
            phase = .level
            if case .merge = instances.first?.content { phase = .merge }
        case .batch: phase = .batch
        default: break
        }
    }

    mutating func receive(_ message: ReductionMessage<Fr>) throws(VerificationError) -> [Fr] {
        let kind: MessageKind
        switch message {
        case .value: kind = .value
        case .treeRound: kind = .treeRound
        case .treeLayer: kind = .treeLayer
        case .sumcheckRound:
            kind =
                switch phase {
                case .merge: .mergeRound
                case .level: .levelRound
                case .batch: .batchRound
                }
        case .factorValues: kind = phase == .merge ? .mergeEvaluation : .levelEvaluation
        case .blinding, .foldEvaluations: kind = .opening
        }
        counts[kind, default: 0] += message.elementCount
        return Array(repeating: .zero, count: message.elementCount)
    }

    mutating func receivePoints(
        _ label: StaticString, count: Int
    ) throws(VerificationError) -> [PointReference] {
        pointCount += count
        return (pointCount - count..<pointCount).map(PointReference.opening)
    }

    mutating func requireZero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) {}

    mutating func requireNonzero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) {}
}

extension Statement<Fr> {
    fileprivate static func zeros(of system: ConstraintSystem) -> Statement<Fr> {
        Statement(
            inputs: system.circuit.inputs.map {
                Array(repeating: .zero, count: $0.shape.cellCount)
            },
            outputs: system.outputs.map {
                Array(repeating: .zero, count: system.shape($0.tensor).cellCount)
            })
    }
}
