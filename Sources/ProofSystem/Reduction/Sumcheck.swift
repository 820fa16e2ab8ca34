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
    var running = Scalar.zero
    var point: Point<Scalar> = []
    for round in 0..<rounds {
        var degree = 0
        for (instance, weight) in zip(instances, weights) {
            let entry = rounds - instance.variableCount
            if entry == round { running += weight * instance.claim }
            if entry <= round { degree = max(degree, instance.degree) }
        }
        let message = try driver.receive(.sumcheckRound(degree: degree))
        let challenge = driver.draw("sumcheck.challenge")
        driver.begin(.sumcheckChallenge(challenge.value))
        running = RoundPolynomial.evaluate(message, sum: running, at: challenge.value)
        point.append(challenge)
    }
    for (instance, weight) in zip(instances, weights) where instance.variableCount == 0 {
        running += weight * instance.claim
    }
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
        return interpolate(values, at: x)
    }

    /// Lagrange interpolation through (0, v₀), (1, v₁), …; at most 9 values.
    static func interpolate<Scalar: ScalarAlgebra>(_ values: [Scalar], at x: Scalar) -> Scalar {
        let n = values.count
        // Products of x − j before and after each i, so that no division by x − i is needed.
        var before = [Scalar.one]
        var after = [Scalar](repeating: .one, count: n)
        for j in 0..<n - 1 { before.append(before[j] * (x - Scalar(constant: Fr(j)))) }
        for j in (0..<n - 1).reversed() {
            after[j] = after[j + 1] * (x - Scalar(constant: Fr(j + 1)))
        }
        var sum = Scalar.zero
        for i in 0..<n {
            var denominator = 1
            for j in 0..<n where j != i { denominator *= i - j }
            let weight = inverses[abs(denominator)] ?? .one
            let signed = denominator < 0 ? -weight : weight
            sum += values[i] * before[i] * after[i] * Scalar(constant: signed)
        }
        return sum
    }

    /// Inverses of the products i!·(d − i)! that interpolation of degree ≤ 8 divides by.
    private static let inverses: [Int: Fr] = {
        var factorials = [1]
        for k in 1...8 { factorials.append(factorials[k - 1] * k) }
        var inverses: [Int: Fr] = [:]
        for degree in 0...8 {
            for i in 0...degree {
                let product = factorials[i] * factorials[degree - i]
                inverses[product] = Fr(product).inverse()
            }
        }
        return inverses
    }()
}
