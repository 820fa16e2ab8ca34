import Field

/// Σ scalars_i · points_i by buckets, for many points of G1.
///
/// All windows are filled at once, every addition is one of affine points, and a batch of them
/// shares one inversion: 6 multiplications an addition instead of 11. Points and scalars are public.
/// Reference: Bernstein, Doumen, Lange, Oosterwijk, "Faster batch forgery identification" (INDOCRYPT
/// 2012), section 4, for the windows.
struct BucketSum {
    /// Bits of a window: digits are −2^(width − 1) … 2^(width − 1).
    private let width: Int
    private let windowCount: Int
    private var bucketsPerWindow: Int { 1 << (width - 1) }

    /// - Parameter scalars: Of absolute value below 2^127.
    static func sum(_ points: [G1Affine], _ scalars: [Int128]) -> G1 {
        var best = BucketSum(width: 2)
        for width in 3...14 {
            let candidate = BucketSum(width: width)
            if candidate.additions(points.count) < best.additions(points.count) { best = candidate }
        }
        return best.run(points, scalars)
    }

    private init(width: Int) {
        self.width = width
        // One bit for the last carry.
        windowCount = (128 + width - 1) / width
    }

    /// Into buckets, and of buckets into each other.
    private func additions(_ count: Int) -> Int {
        windowCount * (count + bucketsPerWindow)
    }

    private func run(_ points: [G1Affine], _ scalars: [Int128]) -> G1 {
        let (entries, starts) = sorted(points, scalars)
        var groups = PointGroups()
        groups.addNeighbours(starts) { place in
            let entry = Int(entries[place])
            return entry & 1 == 0 ? points[entry >> 1] : -points[entry >> 1]
        }
        return combined(groups.sums())
    }

    /// What is in bucket window · 2^(width − 1) + |digit| − 1: the points with that digit, as twice
    /// their index, plus 1 where the digit is negative.
    private func sorted(
        _ points: [G1Affine], _ scalars: [Int128]
    ) -> (entries: [UInt32], starts: [Int]) {
        var digits: [Int32] = []
        digits.reserveCapacity(points.count * windowCount)
        // Sizes at first, one place late.
        var starts = [Int](repeating: 0, count: windowCount * bucketsPerWindow + 1)
        let mask = 1 << UInt64(width) - 1
        for (point, scalar) in zip(points, scalars) {
            var rest = point.isInfinity ? 0 : scalar.magnitude
            for window in 0..<windowCount {
                // What is left carries the last digit's borrow.
                var digit = Int(truncatingIfNeeded: rest) & mask
                rest >>= UInt128(width)
                if digit > bucketsPerWindow {
                    digit -= 1 << width
                    rest += 1
                }
                digits.append(Int32(truncatingIfNeeded: scalar < 0 ? -digit : digit))
                if digit != 0 { starts[window * bucketsPerWindow + abs(digit)] += 1 }
            }
        }
        for bucket in 1..<starts.count { starts[bucket] += starts[bucket - 1] }
        var entries = [UInt32](repeating: 0, count: starts[starts.count - 1])
        var ends = starts
        for i in points.indices {
            for window in 0..<windowCount {
                let digit = Int(digits[i * windowCount + window])
                guard digit != 0 else { continue }
                let bucket = window * bucketsPerWindow + abs(digit) - 1
                entries[ends[bucket]] = UInt32(truncatingIfNeeded: 2 * i + (digit < 0 ? 1 : 0))
                ends[bucket] += 1
            }
        }
        return (entries, starts)
    }

    /// Σ over windows of 2^(width · window) · Σ k · bucket_k, k from 1.
    ///
    /// Σ k b_k = Σ b_k + Σ k b_k with k from 0; and there Σ k b_k = 2 · Σ k (b_2k + b_2k+1) + Σ b_2k+1: at
    /// each level the odd ones are set aside for a power of two, and the pairs go on. So each bit
    /// of the result's place has one sum, and one chain of doublings takes them all.
    private func combined(_ buckets: [G1Affine]) -> G1 {
        var level = buckets
        var perWindow = bucketsPerWindow
        // For each level and window, the odd ones.
        var odd = PointGroups()
        while perWindow > 1 {
            for window in 0..<windowCount {
                odd.append(
                    stride(from: 1, to: perWindow, by: 2).map { level[window * perWindow + $0] })
            }
            var pairs = PointGroups()
            pairs.addNeighbours(Array(stride(from: 0, through: level.count, by: 2))) { level[$0] }
            level = pairs.points
            perWindow >>= 1
        }
        let oddSums = odd.sums()
        var result = G1.infinity
        for window in (0..<windowCount).reversed() {
            for bit in (0..<width).reversed() {
                result = result.doubled()
                if bit < width - 1 { result += oddSums[bit * windowCount + window] }
            }
            result += level[window]
        }
        return result
    }
}

/// Points in groups, each of which is to be added up.
private struct PointGroups {
    private(set) var points: [G1Affine] = []
    /// Where each group starts in `points`, and the end of the last.
    private var starts = [0]

    mutating func append(_ group: [G1Affine]) {
        points += group
        starts.append(points.count)
    }

    /// The sum of each group: neighbours are added, all groups together, until each has one.
    consuming func sums() -> [G1Affine] {
        var groups = self
        while zip(groups.starts, groups.starts.dropFirst()).contains(where: { $1 - $0 > 1 }) {
            let points = groups.points
            var next = PointGroups()
            next.addNeighbours(groups.starts) { points[$0] }
            groups = next
        }
        return zip(groups.starts, groups.starts.dropFirst()).map { start, end in
            start < end ? groups.points[start] : .infinity
        }
    }

    /// Appends the groups of other points, with neighbours added two by two.
    @inline(__always)
    mutating func addNeighbours(_ starts: [Int], _ point: (Int) -> G1Affine) {
        var batch = AdditionBatch()
        points.reserveCapacity(points.count + (starts[starts.count - 1] + starts.count) / 2)
        for group in 0..<starts.count - 1 {
            var i = starts[group]
            let end = starts[group + 1]
            while i + 1 < end {
                // The first point waits in the place of the sum.
                batch.append(point(i), point(i + 1), to: points.count)
                points.append(point(i))
                i += 2
                if batch.isFull { batch.finish(&points) }
            }
            if i < end { points.append(point(i)) }
            self.starts.append(points.count)
        }
        batch.finish(&points)
    }
}

/// Additions of affine points that share one inversion.
private struct AdditionBatch {
    private struct Addition {
        var b: G1Affine
        /// The slope's denominator; zero where there is no slope.
        var run: Fq
        /// The product of the denominators before.
        var prefix: Fq
        /// Where the first point is and the sum goes.
        var target: Int
    }

    private var additions: [Addition] = []
    private var product = Fq.one

    init() { additions.reserveCapacity(Self.size) }

    /// An inversion takes as long as 100 multiplications.
    private static var size: Int { 512 }
    var isFull: Bool { additions.count == Self.size }

    @inline(__always)
    mutating func append(_ a: G1Affine, _ b: G1Affine, to target: Int) {
        var run = b.x - a.x
        if run.isZero { run = a.y == b.y ? a.y.doubled() : .zero }
        if a.isInfinity || b.isInfinity { run = .zero }
        additions.append(Addition(b: b, run: run, prefix: product, target: target))
        if !run.isZero { product *= run }
    }

    mutating func finish(_ points: inout [G1Affine]) {
        guard !additions.isEmpty else { return }
        var inverse = product.inverse() ?? .zero  // a product of non-zeros
        for i in additions.indices.reversed() {
            let (b, run, target) = (additions[i].b, additions[i].run, additions[i].target)
            let a = points[target]
            guard !run.isZero else {
                // Infinity changes nothing; two opposite points give it.
                points[target] = a.isInfinity ? b : b.isInfinity ? a : .infinity
                continue
            }
            var rise = b.y - a.y
            if rise.isZero && a.x == b.x {
                let square = a.x.squared()
                rise = square.doubled() + square
            }
            let slope = rise * (inverse * additions[i].prefix)
            inverse *= run
            let x = slope.squared() - a.x - b.x
            points[target] = G1Affine(x: x, y: slope * (a.x - x) - a.y)
        }
        additions.removeAll(keepingCapacity: true)
        product = .one
    }
}
