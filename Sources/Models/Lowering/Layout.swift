/// Some digits of a physical axis: (index / stride) mod extent. Extents are above 1.
struct AxisPart: Equatable {
    var axis: Int
    var stride: Int
    var extent: Int

    /// The digits separately, most significant first.
    func split(_ factors: [Int]) -> [AxisPart] {
        var stride = stride * extent
        return factors.map { factor in
            stride /= factor
            return AxisPart(axis: axis, stride: stride, extent: factor)
        }
    }
}

/// How the axes that the model speaks of lie in the axes that a wire has.
///
/// Each logical axis is a list of parts, most significant first; one of extent 1 has none. Every
/// physical axis above extent 1 is used up, digit by digit, exactly once. So transposes and
/// reshapes that keep digits whole cost nothing: they only rewrite this value.
struct Layout: Equatable {
    /// Physical extents.
    var extents: [Int]
    var axes: [[AxisPart]]

    /// Logical and physical axes are the same.
    init(_ shape: [Int]) {
        extents = shape
        axes = shape.enumerated().map { $1 == 1 ? [] : [AxisPart(axis: $0, stride: 1, extent: $1)] }
    }

    init(extents: [Int], axes: [[AxisPart]]) {
        self.extents = extents
        self.axes = axes
    }

    /// One physical axis for each factor of each logical axis, in order.
    init(factors: [[Int]]) {
        extents = factors.flatMap { $0 }
        var axis = 0
        axes = factors.map { list in
            list.map { factor in
                defer { axis += 1 }
                return AxisPart(axis: axis, stride: 1, extent: factor)
            }
        }
    }

    var shape: [Int] { axes.map { $0.reduce(1) { $0 * $1.extent } } }
    var rank: Int { axes.count }

    func factors(_ axis: Int) -> [Int] { axes[axis].map(\.extent) }

    func isWhole(_ part: AxisPart) -> Bool { part.stride == 1 && part.extent == extents[part.axis] }

    /// Whether every part is a physical axis.
    var isSplit: Bool { axes.contains { $0.contains { !isWhole($0) } } }

    /// Whether cells lie in row-major order of the logical axes.
    var isRowMajor: Bool {
        let parts = axes.flatMap { $0 }
        return !isSplit && zip(parts, parts.dropFirst()).allSatisfy { $0.axis < $1.axis }
    }

    func transposed(_ permutation: [Int]) -> Layout {
        Layout(extents: extents, axes: permutation.map { axes[$0] })
    }

    /// With logical axes of extent 1 in front.
    func padded(to rank: Int) -> Layout {
        Layout(extents: extents, axes: Array(repeating: [], count: rank - axes.count) + axes)
    }

    /// The same cells, in row-major order of the logical axes, under another shape; nil when that
    /// would cut across digits.
    func reshaped(to shape: [Int]) -> Layout? {
        let parts = axes.flatMap { $0 }
        guard let refined = Factors.refine(parts.map(\.extent), shape.filter { $0 > 1 }) else {
            return nil
        }
        let digits = zip(parts, Factors.pieces(refined, of: parts.map(\.extent))).flatMap {
            $0.split($1)
        }
        var rest = digits[...]
        let axes = Factors.pieces(refined, of: shape).map { piece in
            let taken = Array(rest.prefix(piece.count))
            rest = rest.dropFirst(piece.count)
            return Self.joined(taken)
        }
        return Layout(extents: extents, axes: axes)
    }

    /// Neighbouring digits of one physical axis as one part.
    private static func joined(_ parts: [AxisPart]) -> [AxisPart] {
        var result: [AxisPart] = []
        for part in parts {
            if let last = result.last, last.axis == part.axis,
                last.stride == part.stride * part.extent
            {
                result[result.count - 1] = AxisPart(
                    axis: part.axis, stride: part.stride, extent: last.extent * part.extent)
            } else {
                result.append(part)
            }
        }
        return result
    }
}
