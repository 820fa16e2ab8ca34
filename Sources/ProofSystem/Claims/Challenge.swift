import Field

/// A transcript challenge, with the place in the protocol where it was drawn.
///
/// Two challenges are the same when they were drawn at the same place; values are never compared,
/// so which kernels are equal depends on the circuit alone (protocol.md section 3).
public struct Challenge<Scalar: ScalarAlgebra>: Sendable, Hashable {
    public let slot: Int
    public let value: Scalar

    public init(slot: Int, value: Scalar) {
        self.slot = slot
        self.value = value
    }

    public static func == (a: Self, b: Self) -> Bool { a.slot == b.slot }

    public func hash(into hasher: inout Hasher) { hasher.combine(slot) }
}

/// A point of the hypercube's extension, most significant coordinate first.
public typealias Point<Scalar: ScalarAlgebra> = [Challenge<Scalar>]

extension Array {
    // A closure: a generic key path is looked up anew at every call.
    func values<S>() -> [S] where Element == Challenge<S> { map { $0.value } }

    /// Cut into consecutive pieces of the given lengths.
    func split(_ lengths: [Int]) -> [[Element]] {
        var pieces: [[Element]] = []
        var start = 0
        for length in lengths {
            pieces.append(Array(self[start..<start + length]))
            start += length
        }
        return pieces
    }
}
