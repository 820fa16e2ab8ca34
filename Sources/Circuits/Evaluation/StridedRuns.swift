/// Walks a row-major index space beside a second array with strides of its own, run by run.
///
/// A run covers the last axes, as many as keep one stride in the second array, so that the loop
/// over its cells needs no index arithmetic.
struct StridedRuns {
    /// Cells of a run: dense positions d, d + 1, … beside s, s + runStride, ….
    let runLength: Int
    let runStride: Int
    private let extents: [Int]
    private let strides: [Int]

    /// - Parameter strides: Of the second array, one an axis; 0 where it lacks the axis.
    init(extents: [Int], strides: [Int]) {
        // Axes joined where the stride continues; axes of extent 1 never move.
        var joined: [(extent: Int, stride: Int)] = []
        for (extent, stride) in zip(extents, strides) where extent > 1 {
            if let last = joined.last, last.stride == stride * extent {
                joined[joined.count - 1] = (last.extent * extent, stride)
            } else {
                joined.append((extent, stride))
            }
        }
        let run = joined.popLast() ?? (1, 0)
        runLength = run.extent
        runStride = run.stride
        self.extents = joined.map(\.extent)
        self.strides = joined.map(\.stride)
    }

    /// Calls `body` with the dense and the strided position of each run's first cell, in dense
    /// order.
    func eachRun<E: Error>(_ body: (Int, Int) throws(E) -> Void) throws(E) {
        var index = [Int](repeating: 0, count: extents.count)
        var strided = 0
        var dense = 0
        while true {
            try body(dense, strided)
            dense += runLength
            var axis = extents.count - 1
            while axis >= 0 {
                index[axis] += 1
                strided += strides[axis]
                if index[axis] < extents[axis] { break }
                strided -= strides[axis] * extents[axis]
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}

/// Which values of a label keep an index inside its axis.
public enum IndexInterval {
    /// The v in 0 ..< count with low ≤ step · v ≤ high, for step ≠ 0.
    @inlinable public static func values(
        step: Int, low: Int, high: Int, count: Int
    ) -> Range<Int> {
        var first: Int
        var last: Int
        switch step {
        case 1: (first, last) = (low, high)
        case -1: (first, last) = (-high, -low)
        case 1...: (first, last) = (ceilingQuotient(low, step), floorQuotient(high, step))
        default: (first, last) = (ceilingQuotient(-high, -step), floorQuotient(-low, -step))
        }
        first = max(first, 0)
        last = min(last, count - 1)
        return first <= last ? first..<last + 1 : 0..<0
    }

    /// ⌊a / b⌋ for b > 0.
    @inlinable static func floorQuotient(_ a: Int, _ b: Int) -> Int {
        a >= 0 ? a / b : -((b - 1 - a) / b)
    }

    /// ⌈a / b⌉ for b > 0.
    @inlinable static func ceilingQuotient(_ a: Int, _ b: Int) -> Int {
        -floorQuotient(-a, b)
    }
}
