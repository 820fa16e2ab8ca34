import Circuits
import Field

/// One side of the protocol: verifier, prover, or a circuit that contains the verifier.
///
/// ``reduce(_:statement:driver:)`` fixes every message, its length and its place; a driver says
/// where messages come from. The verifier reads them from the proof, the prover computes them;
/// both absorb them before returning, so the two cannot disagree on the order.
public protocol ReductionDriver<Scalar> {
    associatedtype Scalar: ScalarAlgebra

    /// Draws the next challenge.
    mutating func draw(_ label: StaticString) -> Challenge<Scalar>

    /// Tells the prover what the coming messages are about; the verifier does nothing.
    mutating func begin(_ step: ReductionStep<Scalar>)

    /// The next message: `message.elementCount` elements, already absorbed.
    mutating func receive(
        _ message: ReductionMessage<Scalar>
    ) throws(VerificationError) -> [Scalar]

    /// The next group elements, already absorbed.
    mutating func receivePoints(
        _ label: StaticString, count: Int
    ) throws(VerificationError) -> [PointReference]

    /// Refuses the proof unless the value is zero.
    mutating func requireZero(
        _ value: Scalar, _ relation: VerificationError
    ) throws(VerificationError)

    /// Refuses the proof if the value is zero.
    mutating func requireNonzero(
        _ value: Scalar, _ relation: VerificationError
    ) throws(VerificationError)
}

extension ReductionDriver {
    mutating func drawPoint(_ label: StaticString, count: Int) -> Point<Scalar> {
        var point: Point<Scalar> = []
        for _ in 0..<count { point.append(draw(label)) }
        return point
    }
}

/// A message of the prover: what it is, and so how long.
public enum ReductionMessage<Scalar: ScalarAlgebra>: Sendable {
    /// <tensor, kernel>.
    case value(TensorID, Kernel<Scalar>)
    /// Coefficients of X and X² of a layer's round polynomial, without its eq factor.
    case treeRound
    /// p(0,·), p(1,·), q(0,·), q(1,·) at the layer's point.
    case treeLayer
    /// The round polynomial at 0, 2, 3, …, degree.
    case sumcheckRound(degree: Int)
    /// The private factors of one instance at its point.
    case factorValues(instance: Int, count: Int)
    /// The combined blinding of the opened commitment.
    case blinding
    /// Folded polynomials at ±r, and G at r².
    case foldEvaluations(count: Int)

    public var elementCount: Int {
        switch self {
        case .value, .blinding: 1
        case .treeRound: 2
        case .treeLayer: 4
        case .sumcheckRound(let degree): degree
        case .factorValues(_, let count), .foldEvaluations(let count): count
        }
    }

    public var label: StaticString {
        switch self {
        case .value: "value"
        case .treeRound: "tree.round"
        case .treeLayer: "tree.layer"
        case .sumcheckRound: "sumcheck.round"
        case .factorValues: "sumcheck.factors"
        case .blinding: "opening.blinding"
        case .foldEvaluations: "opening.evaluations"
        }
    }
}

/// What the prover must know before it can answer the next messages.
public enum ReductionStep<Scalar: ScalarAlgebra>: Sendable {
    /// Build the fraction tree.
    case tree(FractionTree, alpha: Scalar, beta: Scalar)
    /// Layer `index` (2^index nodes): numerator + lambda · denominator at `point` is `claim`.
    case treeLayer(index: Int, lambda: Scalar, point: [Scalar], claim: Scalar)
    case treeChallenge(Scalar)
    case sumcheck([SumcheckInstance<Scalar>], weights: [Scalar])
    case sumcheckChallenge(Scalar)
    case batch(FinalBatch<Scalar>)
    case batchChallenge(Scalar)
    case opening(OpeningClaim<Scalar>)
    /// Fold G at the point: r for the evaluations, then the challenges of the batched opening.
    case openingChallenge(OpeningChallenge, Scalar)
}

public enum OpeningChallenge: Sendable, Hashable {
    case evaluationPoint, combination, quotientPoint
}

/// A commitment, as the verifier's last equations name it.
public enum PointReference: Sendable, Hashable {
    /// [1]_1.
    case generator
    /// H.
    case blindingGenerator
    /// A chunk of V_c, in the key.
    case constantChunk(Int)
    /// A chunk of V_a, in the proof.
    case adviceChunk(Int)
    /// A committed input or output, in the statement: index among the committed ports.
    case committedPort(Int)
    /// A point of the opening, in the order sent.
    case opening(Int)
}

/// Why a well-formed proof is refused: the relation that does not hold.
public enum VerificationError: Error, Equatable, Sendable {
    /// Two reductions fixed different values for one claim.
    case claimsDisagree(TensorID)
    /// A claim on public values alone is wrong.
    case publicClaim
    /// The lookups' fractions do not add up to zero.
    case fractionSum
    /// A denominator of the fraction tree is zero.
    case fractionDenominator
    case treeLayer(Int)
    /// The last value of a sum-check.
    case sumcheck(SumcheckKind)
    /// The folds of the opened polynomial do not end in the claimed value.
    case openingValue
    /// An opening challenge for which two of its points coincide.
    case openingChallenge
    case pairing
    /// The proof is not as long as the key says.
    case proofLength
    /// The proof says that it is about another model.
    case wrongKey
    /// A circuit whose merged axes meet another view; refused when a key is decoded.
    case mergedAxesSplit
}

public enum SumcheckKind: Sendable, Hashable {
    /// Several claims on one tensor, reduced to one evaluation.
    case merge(level: Int)
    /// The einsums of a level, and at level 0 the zero constraints.
    case main(level: Int)
}
