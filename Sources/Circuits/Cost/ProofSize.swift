/// How many field elements the reductions of a proof send, counted from the circuit.
///
/// Follows protocol.md section 3 with names in place of kernels: two claims on a tensor are one
/// when they come the same way from the same point. The exact count, made by running the protocol
/// without values, is ProofSystem's `ProofShape`; the two differ by the few kernels that are equal
/// for a subtler reason.
struct ProofSize {
    /// The way by which a claim reaches a tensor.
    private struct ClaimName: Hashable {
        indirect enum Origin: Hashable {
            /// Lookups of one shape share the last coordinates of the tree's point.
            case lookups([Int])
            case output(Int)
            case zero(Int)
            case operand(of: Int, Int)
            case pulledBack(through: Int, Int, Origin)
        }

        var origin: Origin
        /// Whether its kernel is an evaluation point.
        var isPoint: Bool
    }

    /// What one sum-check of a level is made of.
    private struct Instance {
        var variableCount: Int
        var degree: Int
        var valueCount: Int
    }

    private let system: ConstraintSystem
    private var claims: [Set<ClaimName>]
    private var count = 0

    /// Elements of the tree, the levels and the values of einsums.
    static func reductionElements(_ system: ConstraintSystem, leafDepth: Int) -> Int {
        var size = ProofSize(system)
        size.count = leafDepth * (leafDepth + 3)
        size.addFirstClaims()
        size.addLevels()
        return size.count
    }

    private init(_ system: ConstraintSystem) {
        self.system = system
        claims = Array(repeating: [], count: system.tensors.count)
    }

    private mutating func addFirstClaims() {
        for lookup in system.lookups {
            for column in lookup.columns {
                let name = ClaimName(
                    origin: .lookups(system.shape(column).extents), isPoint: true)
                reach(column, name, valueIsKnown: false)
            }
        }
        for (index, output) in system.outputs.enumerated() {
            // The mask is part of its kernel, unless there is nothing to mask.
            let name = ClaimName(
                origin: .output(index), isPoint: system.shape(output.tensor).rank == 0)
            reach(output.tensor, name, valueIsKnown: output.committed == nil)
        }
        for (index, constraint) in system.zeroConstraints.enumerated() {
            for factor in constraint.distinctFactors {
                reach(
                    factor.tensor, ClaimName(origin: .zero(index), isPoint: true),
                    valueIsKnown: true)
            }
        }
    }

    /// A claim dissolves through views and affine tensors and stops at all others.
    private mutating func reach(_ tensor: TensorID, _ name: ClaimName, valueIsKnown: Bool) {
        switch system[tensor].role {
        case .einsum:
            if claims[tensor.index].insert(name).inserted, !valueIsKnown {
                count += 1
            }
        case .view(let view):
            reach(view.operand.source, pulled(name, through: tensor, 0), valueIsKnown: false)
        case .merge(let merge):
            reach(merge.source, pulled(name, through: tensor, 0), valueIsKnown: false)
        case .affine(let affine):
            for (index, term) in affine.terms.enumerated() {
                var next = name
                if term.labels != Array(affine.extents.indices) {
                    next = pulled(name, through: tensor, index)
                    next.isPoint = name.isPoint || term.labels.isEmpty
                }
                reach(term.source, next, valueIsKnown: false)
            }
        case .publicInput, .committedInput, .committedOutput, .constant, .advice, .multiplicity:
            break
        }
    }

    private func pulled(_ name: ClaimName, through tensor: TensorID, _ index: Int) -> ClaimName {
        ClaimName(
            origin: .pulledBack(through: tensor.index, index, name.origin), isPoint: false)
    }

    private mutating func addLevels() {
        let levels = levels()
        var einsumsByLevel = [[TensorID]](repeating: [], count: (levels.max() ?? 0) + 1)
        for tensor in system.tensorIDs.reversed() {
            if case .einsum = system[tensor].role {
                einsumsByLevel[levels[tensor.index]].append(tensor)
            }
        }
        for (level, candidates) in einsumsByLevel.enumerated() {
            let einsums = candidates.filter { !claims[$0.index].isEmpty }
            add(
                einsums.filter { tensor in
                    claims[tensor.index].count > 1 || !claims[tensor.index].allSatisfy(\.isPoint)
                }.map {
                    Instance(
                        variableCount: system.shape($0).variableCount, degree: 2, valueCount: 1)
                })
            var instances = einsums.map(instance)
            if level == 0 { instances += system.zeroConstraints.map(instance) }
            add(instances)
            for tensor in einsums {
                guard case .einsum(let einsum) = system[tensor].role else { continue }
                for (index, operand) in einsum.operands.enumerated() {
                    let isPlain = operand.isPlain(
                        source: system.shape(operand.source), extents: einsum.extents)
                    let name = ClaimName(
                        origin: .operand(of: tensor.index, index), isPoint: isPlain)
                    reach(operand.source, name, valueIsKnown: true)
                }
            }
        }
    }

    /// A batched sum-check: the largest degree of what is active, round by round.
    private mutating func add(_ instances: [Instance]) {
        let rounds = instances.map(\.variableCount).max() ?? 0
        for round in 0..<rounds {
            count +=
                instances.filter { rounds - $0.variableCount <= round }.map(\.degree).max() ?? 0
        }
        count += instances.reduce(0) { $0 + $1.valueCount }
    }

    private func instance(_ tensor: TensorID) -> Instance {
        guard case .einsum(let einsum) = system[tensor].role else {
            return Instance(variableCount: 0, degree: 0, valueCount: 0)
        }
        let variables = einsum.extents.indices.filter { label in
            !einsum.output.contains(label)
                || einsum.operands.count { $0.labels.contains(label) } > 1
        }
        let hasFactor = variables.contains { label in
            let extent = einsum.extents[label]
            return einsum.output.contains(label) ? extent > 1 : extent & (extent - 1) != 0
        }
        return Instance(
            variableCount: variables.reduce(0) { $0 + log2Ceiling(einsum.extents[$1]) },
            degree: einsum.operands.count + (hasFactor ? 1 : 0),
            valueCount: Set(einsum.operands).count)
    }

    private func instance(_ constraint: ZeroConstraint) -> Instance {
        Instance(
            variableCount: constraint.extents.reduce(0) { $0 + log2Ceiling($1) },
            degree: constraint.degree + 1, valueCount: constraint.distinctFactors.count)
    }

    /// As in protocol.md section 3, "Levels".
    private func levels() -> [Int] {
        var levels = [Int](repeating: 0, count: system.tensors.count)
        for factor in system.zeroConstraints.flatMap({ $0.terms.flatMap(\.factors) }) {
            levels[factor.tensor.index] = 1
        }
        for index in system.tensors.indices.reversed() {
            let level = levels[index]
            let (sources, step): ([TensorID], Int) =
                switch system.tensors[index].role {
                case .einsum(let einsum): (einsum.operands.map(\.source), 1)
                case .view(let view): ([view.operand.source], 0)
                case .merge(let merge): ([merge.source], 0)
                case .affine(let affine): (affine.terms.map(\.source), 0)
                default: ([], 0)
                }
            for source in sources {
                levels[source.index] = max(levels[source.index], level + step)
            }
        }
        return levels
    }
}
