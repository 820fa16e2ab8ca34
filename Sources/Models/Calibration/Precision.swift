/// B of every value of a graph: the bits of its calibrated format.
///
/// What one value may have more of, because a steep function reads it, say, is counted from here.
public struct Precision: Sendable, Hashable {
    /// Of values that are not singled out, and of tensors that stand for none.
    public let uniform: Int
    /// Of some values, by their position in ``ModelGraph/values``.
    private var exceptions: [Int: Int] = [:]

    public init(uniform: Int) { self.uniform = uniform }

    public subscript(value: Int) -> Int {
        get { exceptions[value] ?? uniform }
        set { exceptions[value] = newValue == uniform ? nil : newValue }
    }

    /// Whether every value has the same.
    public var isUniform: Bool { exceptions.isEmpty }
}
