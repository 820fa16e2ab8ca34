import Circuits
import Field

/// <T, kernel> = value, for the result of an einsum.
public struct Claim<Scalar: ScalarAlgebra>: Sendable {
    public var kernel: Kernel<Scalar>
    public var value: Scalar
}

/// coefficient · <T, kernel> of one joint claim, T a committed tensor.
public struct JointTerm<Scalar: ScalarAlgebra>: Sendable {
    public var kernel: Kernel<Scalar>
    public var coefficient: Scalar
    public var joint: Int
}

/// The claims still to be proved (protocol.md section 3).
///
/// Claims on views and affine tensors dissolve into claims on what they are made from; what is
/// left are single claims on einsum results, and joint claims Σ c·<T, K> = v on committed tensors.
/// No claim is ever dropped.
struct ClaimLedger<Driver: ReductionDriver> {
    typealias Scalar = Driver.Scalar

    let system: ConstraintSystem
    let statement: Statement<Scalar>
    /// Open claims on einsum results, by tensor.
    private(set) var claims: [[Claim<Scalar>]]
    /// Where a tensor's claim with a kernel is, if there are many: a key may ask for thousands of
    /// claims on one tensor, so that comparing each with all others would take minutes.
    private var places: [[Kernel<Scalar>: Int]]
    /// The sums of kernels over true cells: many claims come with one kernel.
    private var sums: [Kernel<Scalar>: Scalar] = [:]
    /// The right-hand sides of the joint claims.
    private(set) var jointValues: [Scalar] = []
    /// Whether the joint claim has a committed tensor, so that the final batch carries it.
    private(set) var jointIsOpen: [Bool] = []
    /// The terms on each committed tensor.
    private(set) var terms: [[JointTerm<Scalar>]]

    init(system: ConstraintSystem, statement: Statement<Scalar>) {
        self.system = system
        self.statement = statement
        claims = Array(repeating: [], count: system.tensors.count)
        places = Array(repeating: [:], count: system.tensors.count)
        terms = Array(repeating: [], count: system.tensors.count)
    }

    /// Removes and returns the claims on an einsum result.
    mutating func take(_ tensor: TensorID) -> [Claim<Scalar>] {
        defer {
            claims[tensor.index] = []
            if !places[tensor.index].isEmpty { places[tensor.index] = [:] }
        }
        return claims[tensor.index]
    }

    /// The value claimed of an einsum's result under that kernel, if there is one.
    private func known(_ tensor: TensorID, _ kernel: Kernel<Scalar>) -> Scalar? {
        guard claims[tensor.index].count > Self.fewClaims else {
            return claims[tensor.index].first { $0.kernel == kernel }?.value
        }
        return places[tensor.index][kernel].map { claims[tensor.index][$0].value }
    }

    private mutating func append(
        _ value: Scalar, to tensor: TensorID, _ kernel: Kernel<Scalar>
    ) {
        claims[tensor.index].append(Claim(kernel: kernel, value: value))
        let count = claims[tensor.index].count
        guard count > Self.fewClaims else { return }
        // From then on each new one; the earlier ones once.
        for place in count == Self.fewClaims + 1 ? 0..<count : count - 1..<count {
            places[tensor.index][claims[tensor.index][place].kernel] = place
        }
    }

    /// So many claims are compared one by one, sooner than a table of them is made.
    private static var fewClaims: Int { 4 }

    /// Adds <tensor, kernel> = value, the value known.
    mutating func add(
        _ tensor: TensorID, _ kernel: Kernel<Scalar>, _ value: Scalar, _ driver: inout Driver
    ) throws(VerificationError) {
        guard case .einsum = system[tensor].role else {
            return try addJoint(value, [(tensor, kernel, .one)], &driver)
        }
        if let known = known(tensor, kernel) {
            return try driver.requireZero(known - value, .claimsDisagree(tensor))
        }
        append(value, to: tensor, kernel)
    }

    /// Adds Σ coefficient · <tensor, kernel> = value.
    mutating func addJoint(
        _ value: Scalar, _ parts: [(TensorID, Kernel<Scalar>, Scalar)], _ driver: inout Driver
    ) throws(VerificationError) {
        let joint = jointValues.count
        jointValues.append(value)
        jointIsOpen.append(false)
        for (tensor, kernel, coefficient) in parts {
            try dissolve(tensor, kernel, coefficient, into: joint, &driver)
        }
        if !jointIsOpen[joint] { try driver.requireZero(jointValues[joint], .publicClaim) }
    }

    private mutating func sum(_ kernel: Kernel<Scalar>) -> Scalar {
        if let known = sums[kernel] { return known }
        let sum = kernel.factors.reduce(.one) { $0 * $1.sum() }
        sums[kernel] = sum
        return sum
    }

    /// Moves coefficient · <tensor, kernel> to the tensors it is made from.
    private mutating func dissolve(
        _ tensor: TensorID, _ kernel: Kernel<Scalar>, _ coefficient: Scalar, into joint: Int,
        _ driver: inout Driver
    ) throws(VerificationError) {
        switch system[tensor].role {
        case .publicInput(let index):
            jointValues[joint] -= coefficient * kernel.contract(statement.inputs[index])
        case .committedInput, .committedOutput, .constant, .advice, .multiplicity:
            terms[tensor.index].append(
                JointTerm(kernel: kernel, coefficient: coefficient, joint: joint))
            jointIsOpen[joint] = true
        case .einsum:
            let value: Scalar
            if let known = known(tensor, kernel) {
                value = known
            } else {
                value = try driver.receive(.value(tensor, kernel))[0]
                append(value, to: tensor, kernel)
            }
            jointValues[joint] -= coefficient * value
        case .view(let view):
            let source = view.operand.source
            let pulled = try view.operand.pullBack(
                kernel, extents: view.extents, shape: system.shape(source))
            if view.fill != 0 {
                let everywhere = sum(kernel)
                let inside = pulled.factors.reduce(.one) { $0 * $1.sum() }
                jointValues[joint] -=
                    coefficient * Scalar(constant: Fr(view.fill)) * (everywhere - inside)
            }
            try dissolve(source, pulled, coefficient, into: joint, &driver)
        case .merge(let merge):
            let pulled = merge.pullBack(kernel, shape: system.shape(merge.source))
            try dissolve(merge.source, pulled, coefficient, into: joint, &driver)
        case .affine(let affine):
            let scaled =
                affine.rightShift == 0
                ? coefficient : coefficient * Scalar(constant: affine.scale)
            if affine.constant != 0 {
                jointValues[joint] -= scaled.times(affine.constant) * sum(kernel)
            }
            for term in affine.terms {
                let (part, broadcast) = try kernel.restricted(to: term.labels)
                var weight = scaled.times(term.coefficient)
                if let broadcast { weight *= broadcast }
                try dissolve(term.source, part, weight, into: joint, &driver)
            }
        }
    }
}

extension ScalarAlgebra {
    /// self · constant: most constants of circuits are 1 and −1.
    fileprivate func times(_ constant: Int128) -> Self {
        switch constant {
        case 1: self
        case -1: .zero - self
        default: self * Self(constant: Fr(constant))
        }
    }
}

extension Affine {
    /// 2^−rightShift.
    public var scale: Fr {
        inversePowersOfTwo.indices.contains(rightShift)
            ? inversePowersOfTwo[rightShift] : Fr.half.power(UInt64(max(0, rightShift)))
    }
}

/// 2^0, 2^−1, …: shifts are those of limbs in integers of at most 128 bits.
private let inversePowersOfTwo: [Fr] = {
    var powers = [Fr.one]
    for _ in 0..<128 { powers.append(powers[powers.count - 1] * .half) }
    return powers
}()
