import Circuits
import Field

/// e(left, [1]_2) = e(right, [tau]_2), each side a combination of points.
public struct PairingEquation<Scalar: ScalarAlgebra>: Sendable {
    public var left: [(scalar: Scalar, point: PointReference)]
    public var right: [(scalar: Scalar, point: PointReference)]
}

/// Runs the protocol of protocol.md sections 3 to 5 from the lookup challenges on.
///
/// The statement and the commitments have been absorbed. Everything after that is here, once, for
/// prover and verifier: which messages there are, their order, and every equation but the last,
/// which is returned.
/// - Returns: The one equation in the group that is left; the caller **must** check it.
/// - Throws: ``VerificationError`` for a relation that does not hold.
public func reduce<Driver: ReductionDriver>(
    _ system: ConstraintSystem, plan: ReductionPlan, statement: Statement<Driver.Scalar>,
    driver: inout Driver
) throws(VerificationError) -> PairingEquation<Driver.Scalar> {
    var ledger = ClaimLedger<Driver>(system: system, statement: statement)
    if let tree = plan.tree {
        try reduceFractionTree(tree, ledger: &ledger, driver: &driver)
    }
    try addOutputClaims(system, statement: statement, ledger: &ledger, driver: &driver)
    for level in 0..<plan.levels.count {
        try reduceLevel(level, plan: plan, ledger: &ledger, driver: &driver)
    }
    let claim = try reduceFinalBatch(ledger, layout: plan.layout, driver: &driver)
    return try HyperKZG.reduce(claim, driver: &driver)
}

/// A fresh point for each output: the tensor is what the statement says at every true cell.
private func addOutputClaims<Driver: ReductionDriver>(
    _ system: ConstraintSystem, statement: Statement<Driver.Scalar>,
    ledger: inout ClaimLedger<Driver>, driver: inout Driver
) throws(VerificationError) {
    for (index, output) in system.outputs.enumerated() {
        let shape = system.shape(output.tensor)
        let point = driver.drawPoint("output.point", count: shape.variableCount)
        let kernel = Kernel(maskedPoint: point, shape: shape)
        if let committed = output.committed {
            try ledger.addJoint(
                .zero,
                [
                    (output.tensor, kernel, .one),
                    (committed, kernel, .zero - .one),
                ], &driver)
        } else {
            try ledger.add(
                output.tensor, kernel, kernel.contract(statement.outputs[index]), &driver)
        }
    }
}

/// Merges the claims on the level's einsum results, then reduces those einsums, and at level 0
/// the zero constraints, to claims on their operands.
private func reduceLevel<Driver: ReductionDriver>(
    _ level: Int, plan: ReductionPlan, ledger: inout ClaimLedger<Driver>, driver: inout Driver
) throws(VerificationError) {
    let system = ledger.system
    var merges: [SumcheckInstance<Driver.Scalar>] = []
    var pending: [TensorID] = []
    for tensor in plan.einsums(level: level) {
        let claims = ledger.claims[tensor.index]
        if claims.isEmpty { continue }
        pending.append(tensor)
        guard claims.count > 1 || claims[0].kernel.points == nil else { continue }
        let challenge = driver.draw("merge.combine").value
        merges.append(
            .merge(
                tensor, shape: system.shape(tensor), claims: ledger.take(tensor),
                challenge: challenge))
    }
    try sumcheck(merges, kind: .merge(level: level), ledger: &ledger, driver: &driver)
    var instances: [SumcheckInstance<Driver.Scalar>] = []
    for tensor in pending {
        guard let einsum = plan.einsumPlan(tensor),
            let claim = ledger.take(tensor).first, let points = claim.kernel.points
        else { throw .claimsDisagree(tensor) }
        instances.append(.einsum(tensor, plan: einsum, point: points, claim: claim.value))
    }
    if level == 0 {
        for constraint in system.zeroConstraints {
            let point = driver.drawPoint("zero.point", count: constraint.shape.variableCount)
            instances.append(.zero(constraint, point: point))
        }
    }
    try sumcheck(instances, kind: .main(level: level), ledger: &ledger, driver: &driver)
}
