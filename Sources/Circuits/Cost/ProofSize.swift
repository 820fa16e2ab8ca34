/// How many field elements the reductions of a proof send, counted from the circuit.
///
/// Follows protocol.md section 3 with names in place of kernels: two claims on a tensor are one
/// when they come the same way from the same point. The exact count, made by running the protocol
/// without values, is ProofSystem's `ProofShape`; the two differ by the few kernels that are equal
/// for a subtler reason.
struct ProofSize {
    /// The way by which a claim reaches a tensor.
    private struct ClaimName: Hashable {
        enum Origin: Hashable {
            /// Lookups of one shape share the last coordinates of the tree's point.
            case lookups([Int])
            case output(Int)
            case zero(Int)
            /// A merge leaves the last coordinates of its level's point.
            case merge(level: Int, [Int])
            /// An operand that is a whole tensor, axis by axis.
            case operand(level: Int, [OperandAxis])
            case window(of: Int, Int)
            /// The claim it was before, by number.
            case pulledBack(through: Int, Int, Int)
        }

        var origin: Origin
        /// Whether its kernel is an evaluation point.
        var isPoint: Bool
    }

    /// Where the coordinates of one axis of an einsum's operand come from.
    private enum OperandAxis: Hashable {
        /// The level's sum-check, counted from its last round.
        case rounds(fromEnd: Int, extent: Int)
        /// The claim on the einsum's result.
        case fixed(claim: Int, axis: Int)
    }

    /// What one sum-check of a level is made of.
    private struct Instance {
        var variableCount: Int
        var degree: Int
        var valueCount: Int
    }

    private let system: ConstraintSystem
    /// Origins that others are named after are numbered, so that no name grows.
    private var numbers: [ClaimName.Origin: Int] = [:]
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
            // A number has one kernel, wherever the claim comes from.
            let name =
                system.shape(tensor).rank == 0
                ? ClaimName(origin: .output(-1), isPoint: true) : name
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

    private mutating func number(_ origin: ClaimName.Origin) -> Int {
        if let known = numbers[origin] { return known }
        numbers[origin] = numbers.count
        return numbers.count - 1
    }

    private mutating func pulled(
        _ name: ClaimName, through tensor: TensorID, _ index: Int
    ) -> ClaimName {
        ClaimName(
            origin: .pulledBack(through: tensor.index, index, number(name.origin)),
            isPoint: false)
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
            let merged = einsums.filter { tensor in
                claims[tensor.index].count > 1 || !claims[tensor.index].allSatisfy(\.isPoint)
            }
            add(
                merged.map {
                    Instance(
                        variableCount: system.shape($0).variableCount, degree: 2, valueCount: 1)
                })
            for tensor in merged {
                claims[tensor.index] = [
                    ClaimName(
                        origin: .merge(level: level, system.shape(tensor).extents), isPoint: true)
                ]
            }
            var instances = einsums.map(instance)
            if level == 0 { instances += system.zeroConstraints.map(instance) }
            add(instances)
            for tensor in einsums {
                guard case .einsum(let einsum) = system[tensor].role else { continue }
                for (index, operand) in einsum.operands.enumerated() {
                    let isPlain = operand.isPlain(
                        source: system.shape(operand.source), extents: einsum.extents)
                    let origin =
                        isPlain
                        ? plainOrigin(operand, of: einsum, tensor, level: level)
                        : .window(of: tensor.index, index)
                    reach(
                        operand.source, ClaimName(origin: origin, isPoint: isPlain),
                        valueIsKnown: true)
                }
            }
        }
    }

    /// The labels that an einsum's sum-check sums over, in its order.
    private func variables(_ einsum: Einsum<TensorID>) -> [Label] {
        let shared = einsum.output.filter { label in
            einsum.operands.count { $0.labels.contains(label) } > 1
        }
        var variables = shared
        for label in einsum.operands.flatMap(\.labels)
        where !einsum.output.contains(label) && !variables.contains(label) {
            variables.append(label)
        }
        return variables
    }

    private mutating func plainOrigin(
        _ operand: Operand<TensorID>, of einsum: Einsum<TensorID>, _ tensor: TensorID, level: Int
    ) -> ClaimName.Origin {
        let variables = variables(einsum)
        let result = number(claims[tensor.index].first?.origin ?? .output(-1))
        let axes = operand.labels.map { label -> OperandAxis in
            if let position = variables.firstIndex(of: label) {
                let after = variables[position...].reduce(0) {
                    $0 + log2Ceiling(einsum.extents[$1])
                }
                return .rounds(fromEnd: after, extent: einsum.extents[label])
            }
            return .fixed(claim: result, axis: einsum.output.firstIndex(of: label) ?? 0)
        }
        return .operand(level: level, axes)
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
        let variables = variables(einsum)
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
            variableCount: constraint.shape.variableCount,
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
