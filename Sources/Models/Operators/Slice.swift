/// `Slice`: from each axis the elements start, start + step, … , count of them.
public struct Slice: DataMovement, Equatable {
    /// One an axis of the operand; steps may be negative, starts lie inside.
    public let starts: [Int]
    public let steps: [Int]
    public let counts: [Int]

    /// Starts, ends and axes are attributes before opset 10, constant operands since.
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        let type = try node.type(0)
        let (first, last): ([Int], [Int])
        var (list, stepList): ([Int]?, [Int]?)
        if node.opset < 10 {
            try node.expect(inputs: 1...1)
            guard let starts = try node.ints("starts"), let ends = try node.ints("ends") else {
                throw .attribute(node.reference, name: "starts and ends", .missing)
            }
            (first, last, list) = (starts, ends, try node.ints("axes"))
        } else {
            try node.expect(inputs: 3...5)
            first = try node.integers(1, role: "starts")
            last = try node.integers(2, role: "ends")
            if node.has(3) { list = try node.integers(3, role: "axes") }
            if node.has(4) { stepList = try node.integers(4, role: "steps") }
        }
        let axes = try node.axes(list ?? Array(first.indices), rank: type.shape.count)
        guard first.count == axes.count, last.count == axes.count,
            stepList == nil || stepList?.count == axes.count
        else {
            throw node.mismatch(
                expected: "starts, ends, axes and steps of one length", actual: "\(first), \(last)")
        }
        var (starts, steps, counts) = (
            type.shape.map { _ in 0 }, type.shape.map { _ in 1 }, type.shape
        )
        for (i, axis) in axes.enumerated() {
            guard stepList?[i] != 0 else { throw node.mismatch(expected: "steps ≠ 0", actual: "0") }
            let range = Self.range(
                first[i], last[i], step: stepList?[i] ?? 1, extent: type.shape[axis])
            (starts[axis], steps[axis], counts[axis]) = (range.start, range.step, range.count)
        }
        return ResolvedNode(
            Slice(starts: starts, steps: steps, counts: counts), operands: [0], type.elementType,
            counts)
    }

    /// One axis, by ONNX's rule: negative positions count from the end, then both are clamped.
    private static func range(
        _ first: Int, _ last: Int, step: Int, extent: Int
    ) -> (start: Int, step: Int, count: Int) {
        // No step reaches further than the extent.
        let step = min(max(step, -extent - 1), extent + 1)
        func clamped(_ position: Int, _ low: Int, _ high: Int) -> Int {
            min(max(position < 0 ? position + extent : position, low), high)
        }
        if step > 0 {
            let (start, end) = (clamped(first, 0, extent), clamped(last, 0, extent))
            return (start, step, max(0, (end - start + step - 1) / step))
        }
        let (start, end) = (clamped(first, 0, extent - 1), clamped(last, -1, extent - 1))
        return (max(start, 0), step, max(0, (start - end - step - 1) / -step))
    }

    public func indexMap(operand: [Int]) -> IndexMap {
        let strides = Shape.strides(operand)
        return IndexMap(
            offsets: operand.indices.map { axis in
                (0..<counts[axis]).map { (starts[axis] + $0 * steps[axis]) * strides[axis] }
            })
    }
}
