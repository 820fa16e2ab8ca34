/// Multilinear polynomials that the verifier evaluates by itself.
///
/// A point's first coordinate pairs with the most significant index bit.
public enum StructuredPolynomials {
    /// eq(point, ·): the 2^n values `Π (point_k if bit k of i else 1 − point_k)`, row-major.
    ///
    /// 2^n multiplications; allocates the result.
    @inlinable public static func eqTable<S: ScalarAlgebra>(_ point: [S]) -> [S] {
        var table = [S.one]
        table.reserveCapacity(1 << point.count)
        // The last coordinate is the lowest bit: doubling from the first keeps the order.
        for x in point {
            var next: [S] = []
            next.reserveCapacity(table.count * 2)
            for value in table {
                let high = value * x
                next.append(value - high)
                next.append(high)
            }
            table = next
        }
        return table
    }

    /// eq(point, i) for `i < count` only, in about `count` multiplications.
    @inlinable public static func eqPrefix<S: ScalarAlgebra>(_ point: [S], count: Int) -> [S] {
        var table = count > 0 ? [S.one] : []
        for (k, x) in point.enumerated() {
            // How many nodes of the next layer lead to an index below `count`.
            let shift = point.count - 1 - k
            let needed = min((count + (1 << shift) - 1) >> shift, table.count * 2)
            var next: [S] = []
            next.reserveCapacity(needed)
            for value in table where next.count < needed {
                let high = value * x
                next.append(value - high)
                if next.count < needed { next.append(high) }
            }
            table = next
        }
        return table
    }

    /// eq(a, b) = Π (1 − a_k − b_k + 2 a_k b_k).
    @inlinable public static func eq<S: ScalarAlgebra>(_ a: [S], _ b: [S]) -> S {
        var result = S.one
        for (x, y) in zip(a, b) {
            let xy = x * y
            result *= S.one - x - y + xy + xy
        }
        return result
    }

    /// lt_d(point): the multilinear polynomial that is 1 at indices below `extent` and 0 at the
    /// others; 1 where `extent` fills the axis. O(n).
    @inlinable public static func lessThan<S: ScalarAlgebra>(_ extent: Int, _ point: [S]) -> S {
        guard extent < 1 << point.count else { return S.one }
        var sum = S.zero
        var prefix = S.one
        for (k, x) in point.enumerated() {
            let high = prefix * x
            if extent >> (point.count - 1 - k) & 1 == 1 {
                sum += prefix - high
                prefix = high
            } else {
                prefix = prefix - high
            }
        }
        return sum
    }

    /// Σ of eq(a, i) · eq(b, i) over i < extent, in O(n): eq restricted to the true indices.
    @inlinable public static func maskedEq<S: ScalarAlgebra>(
        _ extent: Int, _ a: [S], _ b: [S]
    ) -> S {
        guard extent < 1 << a.count else { return eq(a, b) }
        // From the last coordinate: `full` sums over all tails, `below` over tails under the
        // extent's.
        var full = S.one
        var below = S.zero
        for k in a.indices.reversed() {
            let one = a[k] * b[k]
            let zero = S.one - a[k] - b[k] + one
            if extent >> (a.count - 1 - k) & 1 == 1 {
                below = zero * full + one * below
            } else {
                below = zero * below
            }
            full = (zero + one) * full
        }
        return below
    }

    /// The index itself as a multilinear polynomial: Σ 2^(n−1−k) x_k.
    @inlinable public static func index<S: ScalarAlgebra>(_ point: [S]) -> S {
        var result = S.zero
        for x in point { result = result + result + x }
        return result
    }

    /// Π (1 − x_k): 1 at row 0, else 0.
    @inlinable public static func firstRow<S: ScalarAlgebra>(_ point: [S]) -> S {
        point.reduce(.one) { $0 * (.one - $1) }
    }

    /// Π x_k: 1 at the last row, else 0.
    @inlinable public static func lastRow<S: ScalarAlgebra>(_ point: [S]) -> S {
        point.reduce(.one) { $0 * $1 }
    }

    /// 1 at the last row, −1 at row 0, 0 between (one row: 0).
    @inlinable public static func saturationFlag<S: ScalarAlgebra>(_ point: [S]) -> S {
        lastRow(point) - firstRow(point)
    }
}

/// eq(bits of an index, the first coordinates of a point), for one index after the other.
///
/// Products of first coordinates are kept: an index costs a multiplication for each bit behind those
/// that it shares with the index before. So a walk over aligned blocks in order takes about two a
/// block.
public struct EqWalk<S: ScalarAlgebra> {
    @usableFromInline let point: [S]
    /// At k, the product over the first k coordinates.
    @usableFromInline var products: [S] = [.one]
    @usableFromInline var index = 0

    @inlinable public init(_ point: [S]) { self.point = point }

    /// Π (point_k if bit k of `index` else 1 − point_k) over the first `count` coordinates.
    ///
    /// - Precondition: `0 ≤ index < 2^count`, `count` at most the point's coordinates.
    @inlinable public mutating func selector(_ index: Int, count: Int) -> S {
        let last = products.count - 1
        let shorter = min(last, count)
        // The bits in front, as far as both have them, and the first in which they differ.
        let difference = (self.index >> (last - shorter)) ^ (index >> (count - shorter))
        let shared = shorter - (Int.bitWidth - difference.leadingZeroBitCount)
        products.removeLast(last - shared)
        for k in shared..<count {
            let x = point[k]
            products.append(products[k] * (index >> (count - 1 - k) & 1 == 1 ? x : .one - x))
        }
        self.index = index
        return products[count]
    }
}
