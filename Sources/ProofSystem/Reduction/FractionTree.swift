import Circuits
import Field

/// The leaves of the one LogUp-GKR tree: every lookup and every table as an aligned block.
///
/// Reference: Papini, Haböck, "Improving logarithmic derivative lookups using GKR" (eprint
/// 2023/1284); protocol.md section 4. Largest blocks first, ties in declaration order (lookups,
/// then tables); leaves behind the last block are the fraction 0/1.
public struct FractionTree: Sendable {
    public enum Source: Sendable {
        /// Numerator: the mask. Denominator: alpha − (tag + Σ beta^j · column_j).
        case lookup(Int)
        /// Numerator: −multiplicity. Denominator: alpha − (tag + Σ beta^j · table column_j).
        case table(Int)
    }

    public struct Block: Sendable {
        public var source: Source
        /// The table whose tag the block carries.
        public var table: Int
        public var offset: Int
        /// log2 of its leaves.
        public var variableCount: Int
    }

    public let blocks: [Block]
    /// L: there are 2^L leaves, L ≥ 1.
    public let depth: Int

    /// nil for a circuit without lookups.
    public init?(_ system: ConstraintSystem) {
        guard !system.lookups.isEmpty else { return nil }
        var blocks: [Block] = []
        for (index, lookup) in system.lookups.enumerated() {
            blocks.append(
                Block(
                    source: .lookup(index), table: lookup.table, offset: 0,
                    variableCount: system.shape(lookup.columns[0]).variableCount))
        }
        for (index, table) in system.tables.enumerated() {
            blocks.append(
                Block(
                    source: .table(index), table: index, offset: 0, variableCount: table.bits))
        }
        // A stable sort: ties keep declaration order.
        blocks = blocks.enumerated().sorted {
            ($1.element.variableCount, $0.offset) < ($0.element.variableCount, $1.offset)
        }.map(\.element)
        var end = 0
        for index in blocks.indices {
            blocks[index].offset = end
            end += 1 << blocks[index].variableCount
        }
        self.blocks = blocks
        depth = max(1, log2Ceiling(end))
    }

    /// The tag of a table: its number, counted from 1, so that no table answers for another.
    public static func tag(table: Int) -> Fr { Fr(table + 1) }
}

/// Proves that all fractions add up to zero and leaves two joint claims on columns,
/// multiplicities and committed table columns.
///
/// Soundness error: at most 4 · 2^depth / r for the lookup challenges, 2 / r a round.
func reduceFractionTree<Driver: ReductionDriver>(
    _ tree: FractionTree, ledger: inout ClaimLedger<Driver>, driver: inout Driver
) throws(VerificationError) {
    typealias Scalar = Driver.Scalar
    let alpha = driver.draw("lookup.alpha").value
    let beta = driver.draw("lookup.beta").value
    driver.begin(.tree(tree, alpha: alpha, beta: beta))
    var z: Point<Scalar> = []
    var numerator = Scalar.zero
    var denominator = Scalar.zero
    for layer in 0..<tree.depth {
        var point: Point<Scalar> = []
        var lambda = Scalar.zero
        var running = Scalar.zero
        if layer > 0 {
            lambda = driver.draw("tree.lambda").value
            running = numerator + lambda * denominator
        }
        driver.begin(
            .treeLayer(index: layer, lambda: lambda, point: z.values(), claim: running))
        for round in 0..<layer {
            let message = try driver.receive(.treeRound)
            let challenge = driver.draw("tree.challenge")
            driver.begin(.treeChallenge(challenge.value))
            // h(X) without its eq factor: the constant is claim − z_j·(b + c).
            let (linear, quadratic) = (message[0], message[1])
            let x = challenge.value
            let constant = running - z[round].value * (linear + quadratic)
            running = constant + linear * x + quadratic * (x * x)
            point.append(challenge)
        }
        let values = try driver.receive(.treeLayer)
        let (p0, p1, q0, q1) = (values[0], values[1], values[2], values[3])
        let sum = p0 * q1 + p1 * q0
        if layer == 0 {
            // The root is not sent: its numerator must be zero, its denominator must not.
            try driver.requireZero(sum, .fractionSum)
            try driver.requireNonzero(q0 * q1, .fractionDenominator)
        } else {
            try driver.requireZero(sum + lambda * (q0 * q1) - running, .treeLayer(layer))
        }
        let tau = driver.draw("tree.tau")
        numerator = p0 + tau.value * (p1 - p0)
        denominator = q0 + tau.value * (q1 - q0)
        z = [tau] + point
    }
    try addLeafClaims(
        tree, at: z, numerator: numerator, denominator: denominator, alpha: alpha, beta: beta,
        ledger: &ledger, driver: &driver)
}

/// Nothing is sent at the leaves: numerators and denominators are linear in committed columns.
private func addLeafClaims<Driver: ReductionDriver>(
    _ tree: FractionTree, at z: Point<Driver.Scalar>, numerator: Driver.Scalar,
    denominator: Driver.Scalar, alpha: Driver.Scalar, beta: Driver.Scalar,
    ledger: inout ClaimLedger<Driver>, driver: inout Driver
) throws(VerificationError) {
    typealias Scalar = Driver.Scalar
    let system = ledger.system
    var betaPowers = [beta]
    for _ in 1..<4 { betaPowers.append(betaPowers[betaPowers.count - 1] * beta) }
    var numeratorValue = numerator
    // Gaps are 0/1: with 1 taken from everything, only blocks count.
    var denominatorValue = denominator - .one
    var numeratorTerms: [(TensorID, Kernel<Scalar>, Scalar)] = []
    var denominatorTerms: [(TensorID, Kernel<Scalar>, Scalar)] = []
    // Lookups of one shape have one kernel and one mask.
    var kernels: [TensorShape: (kernel: Kernel<Scalar>, mask: Scalar)] = [:]
    var selectors = EqWalk<Scalar>(z.values())
    for block in tree.blocks {
        let tail = Array(z[(tree.depth - block.variableCount)...])
        let selector = selectors.selector(
            block.offset >> block.variableCount, count: tree.depth - block.variableCount)
        let tag = Scalar(constant: FractionTree.tag(table: block.table))
        denominatorValue += selector * (.one - alpha + tag)
        switch block.source {
        case .lookup(let index):
            let columns = system.lookups[index].columns
            let shape = system.shape(columns[0])
            let (kernel, mask) =
                kernels[shape]
                ?? {
                    let kernel = Kernel(point: tail, shape: shape)
                    return (kernel, kernel.factors.reduce(.one) { $0 * $1.sum() })
                }()
            kernels[shape] = (kernel, mask)
            numeratorValue -= selector * mask
            for (column, power) in zip(columns, betaPowers) {
                denominatorTerms.append((column, kernel, .zero - selector * power))
            }
        case .table(let index):
            let table = system.tables[index]
            let shape = system.shape(table.multiplicity)
            numeratorTerms.append(
                (table.multiplicity, Kernel(point: tail, shape: shape), .zero - selector))
            for (column, power) in zip(table.columns, betaPowers) {
                switch column {
                case .constant(let tensor):
                    denominatorTerms.append(
                        (tensor, Kernel(point: tail, shape: shape), .zero - selector * power))
                case .index(let lowest):
                    let value =
                        StructuredPolynomials.index(tail.values())
                        + Scalar(constant: Fr(lowest))
                    denominatorValue += selector * power * value
                case .saturationFlag:
                    denominatorValue +=
                        selector * power * StructuredPolynomials.saturationFlag(tail.values())
                case .firstRow:
                    denominatorValue +=
                        selector * power * StructuredPolynomials.firstRow(tail.values())
                case .lastRow:
                    denominatorValue +=
                        selector * power * StructuredPolynomials.lastRow(tail.values())
                }
            }
        }
    }
    try ledger.addJoint(numeratorValue, numeratorTerms, &driver)
    try ledger.addJoint(denominatorValue, denominatorTerms, &driver)
}
