/// The true extents of a tensor; no extent is 0, rank 0 is a scalar.
///
/// As a polynomial each axis is padded to a power of two: an axis of extent d has
/// ⌈log2 d⌉ variables, none when d = 1. Cells are row-major; the first axis is the most
/// significant.
public struct TensorShape: Sendable, Hashable {
    public let extents: [Int]

    /// The largest number of variables of one tensor: its padded cells stay below 2^40.
    public static let variableLimit = 40
    public static let rankLimit = 16

    /// - Returns: nil for an extent below 1 or above 2^24, a rank above 16, or more than 2^40 padded
    ///   cells.
    public init?(_ extents: [Int]) {
        guard extents.count <= Self.rankLimit else { return nil }
        var variables = 0
        for extent in extents {
            guard extent >= 1, extent <= CircuitLimits.extent else { return nil }
            variables += log2Ceiling(extent)
        }
        guard variables <= Self.variableLimit else { return nil }
        self.extents = extents
    }

    public var rank: Int { extents.count }
    /// The number of true cells.
    public var cellCount: Int { extents.reduce(1, *) }
    /// The number of variables of each axis.
    public var axisVariableCounts: [Int] { extents.map(log2Ceiling) }
    public var variableCount: Int { extents.reduce(0) { $0 + log2Ceiling($1) } }
    public var paddedExtents: [Int] { extents.map { 1 << log2Ceiling($0) } }
    public var paddedCellCount: Int { 1 << variableCount }
    public var isPadded: Bool { paddedCellCount != cellCount }

    /// Without some of its axes.
    func removing(_ axes: [Int]) -> TensorShape {
        guard let shape = TensorShape(keptAxes(without: axes).map { extents[$0] }) else {
            preconditionFailure("no fewer axes have more cells")
        }
        return shape
    }

    func keptAxes(without axes: [Int]) -> [Int] { extents.indices.filter { !axes.contains($0) } }

    /// Row-major strides over true extents.
    public var strides: [Int] { rowMajorStrides(extents) }
    /// Row-major strides over padded extents.
    public var paddedStrides: [Int] { rowMajorStrides(paddedExtents) }
}

/// ⌈log2 n⌉ for n ≥ 1.
public func log2Ceiling(_ n: Int) -> Int {
    n <= 1 ? 0 : bitLength(n - 1)
}

/// The number of binary digits of n ≥ 0; none for 0.
public func bitLength<Integer: FixedWidthInteger>(_ n: Integer) -> Int {
    Integer.bitWidth - n.leadingZeroBitCount
}

public func rowMajorStrides(_ extents: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: extents.count)
    for axis in extents.indices.dropLast().reversed() {
        strides[axis] = strides[axis + 1] * extents[axis + 1]
    }
    return strides
}

extension TensorShape: CustomStringConvertible {
    public var description: String { "[" + extents.map(String.init).joined(separator: ", ") + "]" }
}
