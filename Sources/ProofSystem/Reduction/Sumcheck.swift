import Circuits
import Field

/// Runs one sum-check for many instances, combined by powers of one challenge.
///
/// An instance of n' < n variables enters at round n − n', where its weighted claim joins the
/// running claim; its point is the last n' coordinates. Round messages are the values at
/// 0, 2, 3, …, degree; the value at 1 is the running claim minus the value at 0. Soundness error:
/// at most rounds · degree / r, and instances / r for the combination.
func sumcheck<Driver: ReductionDriver>(
    _ instances: [SumcheckInstance<Driver.Scalar>], kind: SumcheckKind,
    ledger: inout ClaimLedger<Driver>, driver: inout Driver
) throws(VerificationError) {
    typealias Scalar = Driver.Scalar
    guard !instances.isEmpty else { return }
    var weights = [Scalar.one]
    if instances.count > 1 {
        let rho = driver.draw("sumcheck.combine").value
        for _ in instances.dropFirst() { weights.append(weights[weights.count - 1] * rho) }
    }
    driver.begin(.sumcheck(instances, weights: weights))
    let rounds = instances.map(\.variableCount).max() ?? 0
    // What enters at each round, and after the last: weighted claims, and the largest degree.
    var entering = [(claim: Scalar, degree: Int)](repeating: (.zero, 0), count: rounds + 1)
    for (instance, weight) in zip(instances, weights) {
        let entry = rounds - instance.variableCount
        entering[entry].claim += weight * instance.claim
        entering[entry].degree = max(entering[entry].degree, instance.degree)
    }
    var running = Scalar.zero
    var degree = 0
    var point: Point<Scalar> = []
    for round in 0..<rounds {
        running += entering[round].claim
        degree = max(degree, entering[round].degree)
        let message = try driver.receive(.sumcheckRound(degree: degree))
        let challenge = driver.draw("sumcheck.challenge")
        driver.begin(.sumcheckChallenge(challenge.value))
        running = RoundPolynomial.evaluate(message, sum: running, at: challenge.value)
        point.append(challenge)
    }
    running += entering[rounds].claim
    var total = Scalar.zero
    for (index, instance) in instances.enumerated() {
        let z = Array(point[(rounds - instance.variableCount)...])
        let factors = try driver.receive(
            .factorValues(instance: index, count: instance.privateCount))
        total += weights[index] * instance.evaluate(at: z, factors: factors)
        for (tensor, kernel, value) in try instance.claims(
            at: z, factors: factors, system: ledger.system)
        {
            try ledger.add(tensor, kernel, value, &driver)
        }
    }
    try driver.requireZero(total - running, .sumcheck(kind))
}

/// A round's univariate polynomial, sent without its value at 1.
public enum RoundPolynomial {
    /// The polynomial with values m₀ at 0, sum − m₀ at 1, m₁ at 2, m₂ at 3, …, at x.
    public static func evaluate<Scalar: ScalarAlgebra>(
        _ message: [Scalar], sum: Scalar, at x: Scalar
    ) -> Scalar {
        let values = [message[0], sum - message[0]] + message.dropFirst()
        return UnivariatePolynomial.interpolate(values, at: x)
    }
}
