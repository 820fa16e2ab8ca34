import Field

/// The values of one tensor.
public enum TensorValues: Sendable, Hashable {
    /// True cells, row-major; what honest witnesses are made of.
    case integers([Int64])
    /// Every padded cell, row-major over padded extents. Field elements, and padding that is not
    /// zero: what a cheating prover may hold.
    case padded([Fr])
}

/// A value for every tensor of a constraint system: constants, inputs, advice, derived tensors.
///
/// Multiplicities are counted by the prover unless they are given here.
public struct Witness: Sendable {
    public let system: ConstraintSystem
    /// One entry a tensor; nil where nothing has been computed (multiplicities).
    public var values: [TensorValues?]

    public init(system: ConstraintSystem) {
        self.system = system
        values = Array(repeating: nil, count: system.tensors.count)
    }

    public subscript(id: TensorID) -> TensorValues? {
        get { values[id.index] }
        set { values[id.index] = newValue }
    }

    /// True cells of a tensor that holds integers.
    public func integers(_ id: TensorID) -> [Int64]? {
        if case .integers(let cells)? = values[id.index] { cells } else { nil }
    }
}
