import Circuits

/// What the protocol needs of a circuit beyond its tensors: a pure function of the key.
public struct ReductionPlan: Sendable {
    public let tree: FractionTree?
    public let levels: Levels
    public let layout: VectorLayout
    /// The einsum results of each level, last made first.
    private let einsumsByLevel: [[TensorID]]
    private let einsumPlans: [EinsumPlan?]

    public init(_ system: ConstraintSystem, log2Chunk: Int) {
        tree = FractionTree(system)
        levels = Levels(system)
        layout = VectorLayout(system, log2Chunk: log2Chunk)
        einsumPlans = system.tensors.map { tensor in
            if case .einsum(let einsum) = tensor.role { EinsumPlan(einsum) } else { nil }
        }
        var byLevel = [[TensorID]](repeating: [], count: levels.count)
        for tensor in system.tensorIDs.reversed() where einsumPlans[tensor.index] != nil {
            byLevel[levels.levels[tensor.index]].append(tensor)
        }
        einsumsByLevel = byLevel
    }

    func einsums(level: Int) -> [TensorID] { einsumsByLevel[level] }

    public func einsumPlan(_ tensor: TensorID) -> EinsumPlan? { einsumPlans[tensor.index] }
}
