import Circuits
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

@testable import Prover

extension Forge {
    /// Proves a false statement that is accepted when prover and verifier forget to absorb one
    /// message, and refused otherwise.
    ///
    /// - Parameters:
    ///   - refusal: What refuses that very proof when nothing is forgotten.
    ///   - honestRefusal: What refuses the same attack by a prover who forgets nothing either.
    func expectForgery(
        _ witness: Witness, _ cheat: Cheat = Cheat(), statement: NativeStatement,
        forgetting label: String, refusal: VerificationError, honestRefusal: VerificationError,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(outputs(of: statement) != statement.outputs, sourceLocation: sourceLocation)
        let forged = try prove(
            witness, cheat, statement: statement, transcript: forgetting(label))
        #expect(
            self.refusal(forged, transcript: forgetting(label)) == nil, "\(label)",
            sourceLocation: sourceLocation)
        #expect(self.refusal(forged) == refusal, sourceLocation: sourceLocation)
        let honestTranscript = try prove(witness, cheat, statement: statement)
        #expect(self.refusal(honestTranscript) == honestRefusal, sourceLocation: sourceLocation)
    }

    /// The outputs that the statement's public inputs, with the model's committed ones, have.
    private func outputs(of statement: NativeStatement) -> [[Int]] {
        let inputs = zip(statement.inputs, model.inputs).map { stated, own in
            stated.isEmpty ? own : stated.map(Int64.init)
        }
        return self.statement(witness(inputs: inputs)).outputs
    }

    /// What a prover says who forgets one message.
    func log(
        _ witness: Witness, _ cheat: Cheat = Cheat(), statement: NativeStatement? = nil,
        forgetting label: String
    ) throws -> ProverLog {
        let log = ProverLog()
        _ = try prove(
            witness, cheat, statement: statement, transcript: forgetting(label), log: log)
        return log
    }
}

extension ProverLog {
    var openingChallenges: [OpeningChallenge: Fr] {
        var challenges: [OpeningChallenge: Fr] = [:]
        for case .step(.openingChallenge(let kind, let value)) in events {
            challenges[kind] = value
        }
        return challenges
    }
}

/// Integers c, not all 0 and small, with Σ c_i · weights_i = 0; nil when none are found.
///
/// Differences of neighbours in order of size, over and over (Karmarkar and Karp's differencing):
/// each step takes about log2(n / ln n) bits off the residues and at most doubles the integers. 512
/// random weights lead to integers of about 22 bits.
func smallRelation(_ weights: [Fr]) -> [Int]? {
    var rows = weights.indices.map { index in
        var coefficients = [Int](repeating: 0, count: weights.count)
        coefficients[index] = 1
        return (residue: weights[index], coefficients: coefficients)
    }
    while rows.count > 1 {
        rows.sort { $0.residue.canonicalLimbs < $1.residue.canonicalLimbs }
        if let first = rows.first, first.residue.isZero { return first.coefficients }
        rows = zip(rows.dropFirst(), rows).map { larger, smaller in
            (
                larger.residue - smaller.residue,
                zip(larger.coefficients, smaller.coefficients).map { $0 - $1 }
            )
        }
    }
    return nil
}
