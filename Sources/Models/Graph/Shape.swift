/// Arithmetic on extents, outermost first.
enum Shape {
    /// More elements than this in one tensor are refused: far above anything that can be proved, and
    /// index arithmetic cannot overflow.
    static let elementLimit = 1 << 31

    /// More axes than this are refused, as numpy does: every node costs memory for each.
    static let rankLimit = 64

    /// The product of the extents; nil when one is negative or the tensor is too large,
    /// in elements or in axes.
    ///
    /// A zero does not excuse the other extents: their product is held to the limit too.
    static func elementCount(_ shape: [Int]) -> Int? {
        guard shape.count <= rankLimit else { return nil }
        var size = 1
        for extent in shape {
            guard extent >= 0 else { return nil }
            let (product, overflow) = size.multipliedReportingOverflow(by: max(extent, 1))
            guard !overflow, product <= elementLimit else { return nil }
            size = product
        }
        return shape.contains(0) ? 0 : size
    }

    /// How far apart neighbours along each axis lie in row-major order; a zero extent counts as 1.
    ///
    /// - Precondition: The shape's element count is within the limit.
    static func strides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * max(shape[axis + 1], 1)
        }
        return strides
    }

    /// The shape that two operands broadcast to, or nil: numpy's rule.
    static func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
        let rank = max(a.count, b.count)
        var result: [Int] = []
        for (x, y) in zip(padded(a, to: rank), padded(b, to: rank)) {
            guard x == y || x == 1 || y == 1 else { return nil }
            result.append(x == 1 ? y : x)
        }
        return result
    }

    /// The strides with which an operand is read when broadcast to `shape`: 0 along repeated axes.
    static func broadcastStrides(_ operand: [Int], to shape: [Int]) -> [Int] {
        let extents = padded(operand, to: shape.count)
        return zip(extents, strides(extents)).map { $0 == 1 ? 0 : $1 }
    }

    /// The shape with ones put in front.
    static func padded(_ shape: [Int], to rank: Int) -> [Int] {
        [Int](repeating: 1, count: max(0, rank - shape.count)) + shape
    }
}
