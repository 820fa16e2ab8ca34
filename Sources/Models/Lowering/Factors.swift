/// Factorisations of an extent into mixed-radix digits, most significant first; no factor is 1.
enum Factors {
    /// The coarsest factorisation that refines both; nil when digits overlap without nesting, as
    /// those of 3 · 5 and 5 · 3 do.
    ///
    /// - Precondition: Both have the same product.
    static func refine(_ a: [Int], _ b: [Int]) -> [Int]? {
        var (left, right) = (a, b)
        var refined: [Int] = []
        while let x = left.popLast(), let y = right.popLast() {
            let (small, large) = (min(x, y), max(x, y))
            guard large % small == 0 else { return nil }
            refined.append(small)
            if x > small { left.append(x / small) }
            if y > small { right.append(y / small) }
        }
        precondition(left.isEmpty && right.isEmpty, "factorisations of one extent expected")
        return refined.reversed()
    }

    /// A refinement cut into the pieces that make up each of the given extents.
    ///
    /// - Precondition: The extents, multiplied in order, refine no further than `factors`.
    static func pieces(_ factors: [Int], of extents: [Int]) -> [[Int]] {
        var rest = factors[...]
        return extents.map { extent in
            var piece: [Int] = []
            var product = 1
            while product < extent {
                let factor = rest.removeFirst()
                piece.append(factor)
                product *= factor
            }
            return piece
        }
    }

    /// Positions at which both factorisations can be cut so that the pieces before have equal
    /// products; always includes the end.
    static func commonCuts(_ a: [Int], _ b: [Int]) -> [(a: Int, b: Int)] {
        var cuts: [(a: Int, b: Int)] = []
        var (i, j, x, y) = (0, 0, 1, 1)
        while i < a.count || j < b.count {
            if x <= y, i < a.count {
                x *= a[i]
                i += 1
            } else {
                y *= b[j]
                j += 1
            }
            if x == y {
                cuts.append((i, j))
                (x, y) = (1, 1)
            }
        }
        return cuts
    }
}
