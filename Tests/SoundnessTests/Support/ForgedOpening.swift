import Curve
import Field
import ProofSystem

@testable import Prover

/// An opening whose polynomials the cheater chose: commitments, values and quotients are those of
/// the chosen polynomials, so that nothing but the fold relation is violated.
final class ForgedOpening {
    /// From the claim, P₀, P₁, ….
    let choose: (OpeningClaim<Fr>) -> [[Fr]]
    /// Changes the evaluations before they are sent.
    var evaluations: ((inout [Fr]) -> Void)?
    private(set) var folds: [[Fr]] = []
    private(set) var claim: OpeningClaim<Fr>?
    private var prover: OpeningProver?
    private var challenge = Fr.zero
    private var pointMessages = 0

    init(_ choose: @escaping (OpeningClaim<Fr>) -> [[Fr]]) { self.choose = choose }

    func step(_ step: ReductionStep<Fr>) {
        switch step {
        case .opening(let claim):
            self.claim = claim
            folds = choose(claim)
            prover = OpeningProver(folds: folds, powers: Forge.srs.powers)
            pointMessages = 0
        case .openingChallenge(_, let value): challenge = value
        default: break
        }
    }

    func replace(_ message: ReductionMessage<Fr>, _ values: inout [Fr]) {
        guard case .foldEvaluations = message else { return }
        values = prover?.evaluations(at: challenge) ?? values
        evaluations?(&values)
    }

    func replace(_ points: inout [G1Affine]) {
        switch pointMessages {
        case 0: points = prover?.foldCommitments() ?? points
        case 1: points = [prover?.quotientCommitment(combination: challenge) ?? .infinity]
        default: points = [prover?.witnessCommitment(quotientPoint: challenge) ?? .infinity]
        }
        pointMessages += 1
    }
}

/// (1 − u)·even + u·odd coefficients.
func evenOddFold(_ p: [Fr], by u: Fr) -> [Fr] { UnivariateKernels.evenOddFold(p, by: u) }

/// G and its true folds.
func trueFolds(_ polynomial: [Fr], _ coordinates: [Fr]) -> [[Fr]] {
    coordinates.dropFirst().reversed().reduce(into: [polynomial]) { folds, u in
        folds.append(evenOddFold(folds[folds.count - 1], by: u))
    }
}
