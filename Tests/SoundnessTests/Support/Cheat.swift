import Circuits
import Curve
import Field
import ProofSystem

@testable import Prover

/// What a cheating prover says instead of what it computed.
struct Cheat {
    /// Added to elements of the proof, by index, before they are absorbed.
    var added: [Int: Fr] = [:]
    /// Added to points of the opening, by index.
    var addedPoints: [Int: G1Affine] = [:]
    var commitments: ((inout NativeStatement, inout [G1Affine]) -> Void)?
    /// Replaces the rounds of the final batch.
    var batch: ForgedBatch?
    /// Replaces messages of the opening.
    var opening: ForgedOpening?

    func tamper(log: ProverLog?) -> MessageTamper {
        MessageTamper(
            commitments: commitments,
            step: {
                batch?.step($0)
                opening?.step($0)
                log?.events.append(.step($0))
            },
            elements: { first, message, values in
                batch?.replace(message, &values)
                opening?.replace(message, &values)
                for index in values.indices { values[index] += added[first + index] ?? .zero }
                log?.events.append(.elements(first..<first + values.count, message))
                log?.elements += values
            },
            points: { first, points in
                opening?.replace(&points)
                for index in points.indices {
                    guard let extra = addedPoints[first + index] else { continue }
                    points[index] = (G1(points[index]) + G1(extra)).affine
                }
                log?.points += points
            },
            relation: { log?.events.append(.relation($0, $1)) })
    }
}

/// Everything a prover said, in order, and the relations the verifier will check.
final class ProverLog {
    enum Event {
        case step(ReductionStep<Fr>)
        /// Indices among the proof's elements.
        case elements(Range<Int>, ReductionMessage<Fr>)
        case relation(VerificationError, Fr)
    }

    var events: [Event] = []
    var elements: [Fr] = []
    var points: [G1Affine] = []

    var relations: [(relation: VerificationError, residual: Fr)] {
        events.compactMap { if case .relation(let r, let v) = $0 { (r, v) } else { nil } }
    }

    /// The first violated relation: what the verifier will say, the pairing aside.
    var violated: VerificationError? { relations.first { !$0.residual.isZero }?.relation }

    /// The residuals of the given relations, in order.
    func residuals(_ wanted: [VerificationError]) -> [Fr] {
        wanted.map { relation in relations.first { $0.relation == relation }?.residual ?? .zero }
    }

    /// Rounds and private factors (one range an instance) of one sum-check.
    func sumcheck(_ kind: SumcheckKind) -> (rounds: [Range<Int>], factors: [Range<Int>]) {
        var rounds: [Range<Int>] = []
        var factors: [Range<Int>] = []
        for event in events {
            switch event {
            case .step(.sumcheck): (rounds, factors) = ([], [])
            case .elements(let range, .sumcheckRound): rounds.append(range)
            case .elements(let range, .factorValues): factors.append(range)
            case .relation(.sumcheck(kind), _): return (rounds, factors)
            default: break
            }
        }
        return ([], [])
    }

    var sumcheckKinds: [SumcheckKind] {
        relations.compactMap { if case .sumcheck(let kind) = $0.relation { kind } else { nil } }
    }

    var batchRounds: [Range<Int>] {
        var started = false
        var rounds: [Range<Int>] = []
        for event in events {
            if case .step(.batch) = event { started = true }
            if started, case .elements(let range, .sumcheckRound) = event { rounds.append(range) }
        }
        return rounds
    }

    /// For each layer of the fraction tree its rounds and its four values.
    var treeLayers: [(rounds: [Range<Int>], values: Range<Int>)] {
        var layers: [(rounds: [Range<Int>], values: Range<Int>)] = []
        var rounds: [Range<Int>] = []
        for case .elements(let range, let message) in events {
            if case .treeRound = message { rounds.append(range) }
            if case .treeLayer = message {
                layers.append((rounds, range))
                rounds = []
            }
        }
        return layers
    }

    /// Values of einsum results that joint claims asked for.
    var values: [(tensor: TensorID, index: Int)] {
        events.compactMap {
            if case .elements(let range, .value(let tensor, _)) = $0 {
                (tensor, range.lowerBound)
            } else {
                nil
            }
        }
    }

    var blinding: Int { index { if case .blinding = $0 { true } else { false } }.lowerBound }

    var evaluations: Range<Int> {
        index { if case .foldEvaluations = $0 { true } else { false } }
    }

    private func index(_ isWanted: (ReductionMessage<Fr>) -> Bool) -> Range<Int> {
        for case .elements(let range, let message) in events where isWanted(message) {
            return range
        }
        return 0..<0
    }

    var openingClaim: OpeningClaim<Fr>? {
        for case .step(.opening(let claim)) in events { return claim }
        return nil
    }
}

extension Forge {
    /// G of an opening claim: the combination of chunks that the witness has.
    ///
    /// - Parameter behind: Cells behind the blocks, by vector and index.
    func openedPolynomial(
        _ claim: OpeningClaim<Fr>, _ witness: Witness,
        behind: [CommittedVector.Kind: [Int: Fr]] = [:]
    ) -> [Fr] {
        let layout = key.verifyingKey.plan.layout
        let size = 1 << layout.log2Chunk
        var polynomial = [Fr](repeating: .zero, count: size)
        var coefficients = claim.coefficients.makeIterator()
        for vector in layout.vectors {
            let cells = self.cells(vector, witness, behind: behind[vector.kind] ?? [:])
            for chunk in 0..<vector.chunkCount(log2Chunk: layout.log2Chunk) {
                guard let (coefficient, _) = coefficients.next() else { return polynomial }
                for (index, cell) in cells.dropFirst(chunk * size).prefix(size).enumerated() {
                    polynomial[index] += coefficient * cell
                }
            }
        }
        return polynomial
    }

    /// A vector's cells, up to the end of its last chunk.
    func cells(_ vector: CommittedVector, _ witness: Witness, behind: [Int: Fr] = [:]) -> [Fr] {
        var cells = vector.blocks.flatMap { witness.paddedFieldCells($0.tensor) }
        let log2Chunk = key.verifyingKey.log2Chunk
        let capacity = vector.chunkCount(log2Chunk: log2Chunk) << log2Chunk
        cells += [Fr](repeating: .zero, count: capacity - cells.count)
        for (cell, value) in behind { cells[cell] += value }
        return cells
    }

    /// The claimed value of the opening minus the true one: 0 when all joint claims hold.
    func openingResidual(_ log: ProverLog, _ witness: Witness) -> Fr {
        guard let claim = log.openingClaim else { return .zero }
        let weights = StructuredPolynomials.eqTable(claim.point)
        return zip(openedPolynomial(claim, witness), weights).reduce(claim.value) {
            $0 - $1.0 * $1.1
        }
    }

    /// Chooses what to add to the elements `unknowns` so that all residuals vanish.
    ///
    /// The residuals must be affine in the elements: the challenges between may not move.
    /// Runs the prover once more than there are unknowns.
    /// - Returns: nil when no choice does it.
    func adapt(
        _ witness: Witness, _ cheat: Cheat = Cheat(), statement: NativeStatement? = nil,
        transcript: some ProofTranscript = KeccakTranscript(), unknowns: [Int],
        residuals: (ProverLog) -> [Fr]
    ) throws -> Cheat? {
        func run(_ cheat: Cheat) throws -> [Fr] {
            let log = ProverLog()
            _ = try prove(
                witness, cheat, statement: statement, transcript: transcript, log: log)
            return residuals(log)
        }
        let base = try run(cheat)
        var rows = base.map { [-$0] }
        for unknown in unknowns {
            var moved = cheat
            moved.added[unknown, default: .zero] += .one
            for (row, (value, old)) in zip(try run(moved), base).enumerated() {
                rows[row].append(value - old)
            }
        }
        guard let solution = solve(rows.map { Array($0.dropFirst()) }, rows.map { $0[0] }) else {
            return nil
        }
        var adapted = cheat
        for (unknown, value) in zip(unknowns, solution) {
            adapted.added[unknown, default: .zero] += value
        }
        return adapted
    }
}

/// One solution x of A·x = b, unknowns that are free set to 0; nil when there is none.
func solve(_ matrix: [[Fr]], _ right: [Fr]) -> [Fr]? {
    var rows = zip(matrix, right).map { $0 + [$1] }
    let width = matrix.first?.count ?? 0
    var pivots: [(row: Int, column: Int)] = []
    for column in 0..<width {
        let next = pivots.count
        guard let pivot = rows.indices.dropFirst(next).first(where: { !rows[$0][column].isZero })
        else { continue }
        rows.swapAt(next, pivot)
        let inverse = rows[next][column].inverse()!
        rows[next] = rows[next].map { $0 * inverse }
        for row in rows.indices where row != next {
            let factor = rows[row][column]
            rows[row] = zip(rows[row], rows[next]).map { $0 - factor * $1 }
        }
        pivots.append((next, column))
    }
    guard rows.dropFirst(pivots.count).allSatisfy({ $0[width].isZero }) else { return nil }
    var solution = [Fr](repeating: .zero, count: width)
    for (row, column) in pivots { solution[column] = rows[row][width] }
    return solution
}
