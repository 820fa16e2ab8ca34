import Circuits
import Field

/// One sum Σ_x f(x) = claim of a batched sum-check.
public struct SumcheckInstance<Scalar: ScalarAlgebra>: Sendable {
    public enum Content: Sendable {
        /// Σ T(x) · Σ_i g^i K_i(x): several claims on one tensor.
        case merge(TensorID, kernels: [(weight: Scalar, kernel: Kernel<Scalar>)])
        /// The einsum that makes a tensor, at a point of it.
        case einsum(TensorID, EinsumPlan, point: [Point<Scalar>])
        /// Σ eq(point, x) · mask(x) · expression(x) = 0.
        case zero(ZeroConstraint, Kernel<Scalar>)
    }

    public var content: Content
    public var variableCount: Int
    /// Of the summed polynomial in each variable.
    public var degree: Int
    public var claim: Scalar
    /// How many factors the verifier does not know: their values are sent at the end.
    public var privateCount: Int
}

extension SumcheckInstance {
    static func merge(
        _ tensor: TensorID, shape: TensorShape, claims: [Claim<Scalar>], challenge: Scalar
    ) -> SumcheckInstance {
        var weight = Scalar.one
        var sum = Scalar.zero
        var kernels: [(weight: Scalar, kernel: Kernel<Scalar>)] = []
        for claim in claims {
            kernels.append((weight, claim.kernel))
            sum += weight * claim.value
            weight *= challenge
        }
        return SumcheckInstance(
            content: .merge(tensor, kernels: kernels), variableCount: shape.variableCount,
            degree: 2, claim: sum, privateCount: 1)
    }

    static func einsum(
        _ tensor: TensorID, plan: EinsumPlan, point: [Point<Scalar>], claim: Scalar
    ) -> SumcheckInstance {
        SumcheckInstance(
            content: .einsum(tensor, plan, point: point), variableCount: plan.variableCount,
            degree: plan.degree, claim: claim, privateCount: plan.distinctOperands.count)
    }

    static func zero(_ constraint: ZeroConstraint, point: Point<Scalar>) -> SumcheckInstance {
        let shape = constraint.shape
        return SumcheckInstance(
            content: .zero(constraint, Kernel(maskedPoint: point, shape: shape)),
            variableCount: shape.variableCount, degree: constraint.degree + 1, claim: .zero,
            privateCount: constraint.distinctFactors.count)
    }

    /// The summed polynomial at `z`, from the values of its private factors there.
    func evaluate(at z: Point<Scalar>, factors: [Scalar]) -> Scalar {
        switch content {
        case .merge(_, let kernels):
            let coordinates: [Scalar] = z.values()
            return factors[0]
                * kernels.reduce(.zero) {
                    $0 + $1.weight * $1.kernel.evaluate(at: coordinates[...])
                }
        case .einsum(_, let plan, let point):
            let product = plan.operandIndices.reduce(.one) { $0 * factors[$1] }
            return product * plan.structuredFactor(point: point, at: z)
        case .zero(let constraint, let kernel):
            var sum = Scalar.zero
            for (term, indices) in zip(constraint.terms, constraint.factorIndices) {
                sum += indices.reduce(Scalar(constant: Fr(term.coefficient))) { $0 * factors[$1] }
            }
            let coordinates: [Scalar] = z.values()
            return sum * kernel.evaluate(at: coordinates[...])
        }
    }

    /// The claims that the factors' values leave behind: tensor, kernel, value.
    func claims(
        at z: Point<Scalar>, factors: [Scalar], system: ConstraintSystem
    ) throws(VerificationError) -> [(TensorID, Kernel<Scalar>, Scalar)] {
        var claims: [(TensorID, Kernel<Scalar>, Scalar)] = []
        switch content {
        case .merge(let tensor, _):
            claims.append((tensor, Kernel(point: z, shape: system.shape(tensor)), factors[0]))
        case .einsum(_, let plan, let point):
            let points = plan.labelPoints(output: point, at: z)
            for (operand, value) in zip(plan.distinctOperands, factors) {
                let shape = system.shape(operand.source)
                let kernel: Kernel<Scalar>
                if operand.isPlain(source: shape, extents: plan.einsum.extents) {
                    kernel = Kernel(point: operand.labels.flatMap { points[$0] }, shape: shape)
                } else {
                    kernel = try operand.pullBack(
                        Kernel(zip(points, plan.einsum.extents).map { .eq($0, extent: $1) }),
                        extents: plan.einsum.extents, shape: shape)
                }
                claims.append((operand.source, kernel, value))
            }
        case .zero(let constraint, _):
            let axes = z.split(constraint.extents.map(log2Ceiling))
            let whole = Kernel(point: z, shape: constraint.shape)
            for (factor, value) in zip(constraint.distinctFactors, factors) {
                let shape = system.shape(factor.tensor)
                let isWhole =
                    shape == constraint.shape && factor.labels.elementsEqual(axes.indices)
                claims.append(
                    (
                        factor.tensor,
                        isWhole
                            ? whole
                            : Kernel(point: factor.labels.flatMap { axes[$0] }, shape: shape),
                        value
                    ))
            }
        }
        return claims
    }
}
