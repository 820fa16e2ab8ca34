import Circuits

/// level(T) = the maximum over derived tensors U made from T of level(U), plus 1 if U is an
/// einsum; 0 if there is none; operands of zero constraints have level ≥ 1.
///
/// Claims flow from level 0 upwards: an einsum of level l leaves claims on tensors above l only.
public struct Levels: Sendable {
    public let levels: [Int]
    /// The levels that have einsums, and level 0 if there are zero constraints, are 0 ..< count.
    public let count: Int

    public init(_ system: ConstraintSystem) {
        var levels = [Int](repeating: 0, count: system.tensors.count)
        for factor in system.zeroConstraints.flatMap({ $0.terms.flatMap(\.factors) }) {
            levels[factor.tensor.index] = 1
        }
        var count = system.zeroConstraints.isEmpty ? 0 : 1
        for index in system.tensors.indices.reversed() {
            let level = levels[index]
            func raise(_ source: TensorID, _ to: Int) {
                levels[source.index] = max(levels[source.index], to)
            }
            switch system.tensors[index].role {
            case .einsum(let einsum):
                for operand in einsum.operands { raise(operand.source, level + 1) }
                count = max(count, level + 1)
            case .view(let view): raise(view.operand.source, level)
            case .merge(let merge): raise(merge.source, level)
            case .affine(let affine):
                for term in affine.terms { raise(term.source, level) }
            case .publicInput, .committedInput, .committedOutput, .constant, .advice, .multiplicity:
                break
            }
        }
        self.levels = levels
        self.count = count
    }
}
