import Circuits
import Field
import ProofSystem

/// The prover's side of one batched sum-check: the tables of its instances, folded round by round.
///
/// An instance's tables are made at the round it enters, and stay integers until the first fold.
struct SumcheckProver {
    fileprivate struct Running {
        let instance: SumcheckInstance<Fr>
        let weight: Fr
        /// The round at which it enters.
        let entry: Int
        /// Its own running claim.
        var claim: Fr
        /// Values at 0, 2, …, degree of the round in progress.
        var message: [Fr] = []
        /// nil before it enters.
        var tables: InstanceTables?
    }

    private let witness: Witness
    private var instances: [Running]
    private var round = 0

    init(_ instances: [SumcheckInstance<Fr>], weights: [Fr], witness: Witness) {
        self.witness = witness
        let rounds = instances.map(\.variableCount).max() ?? 0
        self.instances = zip(instances, weights).map { instance, weight in
            Running(
                instance: instance, weight: weight, entry: rounds - instance.variableCount,
                claim: instance.claim)
        }
    }

    /// The round polynomial at 0, 2, 3, …, degree.
    mutating func message(degree: Int) -> [Fr] {
        var sum = [Fr](repeating: .zero, count: degree)
        for index in instances.indices where instances[index].entry <= round {
            let values = instances[index].roundValues(witness)
            instances[index].message = values
            for (position, point) in ([0] + Array(2...max(2, degree))).prefix(degree).enumerated() {
                // Beyond its own degree an instance's values follow from the others.
                let value =
                    position < values.count
                    ? values[position]
                    : RoundPolynomial.evaluate(values, sum: instances[index].claim, at: Fr(point))
                sum[position] += instances[index].weight * value
            }
        }
        return sum
    }

    mutating func bind(_ challenge: Fr) {
        for index in instances.indices where instances[index].entry <= round {
            instances[index].bind(challenge)
        }
        round += 1
    }

    /// The values of one instance's private factors at its point.
    mutating func factorValues(instance: Int) -> [Fr] {
        instances[instance].entered(witness).privateValues
    }
}

extension SumcheckProver.Running {
    /// An instance without variables enters after the last round.
    fileprivate mutating func entered(_ witness: Witness) -> InstanceTables {
        if let tables { return tables }
        let new = InstanceTables(instance, witness: witness)
        tables = new
        return new
    }

    fileprivate mutating func roundValues(_ witness: Witness) -> [Fr] {
        entered(witness).roundValues(degree: instance.degree)
    }

    fileprivate mutating func bind(_ challenge: Fr) {
        claim = RoundPolynomial.evaluate(message, sum: claim, at: challenge)
        tables?.fold(by: challenge)
    }
}
