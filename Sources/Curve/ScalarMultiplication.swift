import Field

// Sums of multiples of points. All of it is variable time in the scalars, for public values.

extension JacobianPoint {
    /// Σ scalars_i · points_i for integers below 2^255.
    @specialized(where Curve == G1Curve)
    @specialized(where Curve == G2Curve)
    static func sum(_ points: [AffinePoint<Curve>], _ scalars: [Limbs256]) -> Self {
        precondition(
            points.count == scalars.count, "\(points.count) points, \(scalars.count) scalars")
        return points.count < 192 ? straus(points, scalars) : pippenger(points, scalars)
    }

    /// Shared doublings, and each point's odd multiples up to 15 in affine coordinates.
    ///
    /// About 640 multiplications a point of 254 bits, 8 affine points of memory each.
    /// Reference: Straus 1964; Möller, "Algorithms for multi-exponentiation" (SAC 2001).
    private static func straus(_ points: [AffinePoint<Curve>], _ scalars: [Limbs256]) -> Self {
        let width = 5
        let tableSize = 1 << (width - 2)
        var multiples: [Self] = []
        multiples.reserveCapacity(points.count * tableSize)
        for point in points {
            var multiple = Self(point)
            let twice = multiple.doubled()
            for _ in 0..<tableSize {
                multiples.append(multiple)
                multiple += twice
            }
        }
        let table = normalize(multiples)
        let digits = scalars.map { $0.nonAdjacentForm(width: width) }
        var result = Self.infinity
        for bit in (0..<Limbs256.bitWidth).reversed() {
            result = result.doubled()
            for i in points.indices where digits[i][bit] != 0 {
                let digit = Int(digits[i][bit])
                let multiple = table[i * tableSize + digit.magnitudeIndex]
                result += digit > 0 ? multiple : -multiple
            }
        }
        return result
    }

    /// Buckets for signed windows; for many points.
    ///
    /// Reference: Bernstein, Doumen, Lange, Oosterwijk, "Faster batch forgery identification"
    /// (INDOCRYPT 2012), section 4.
    private static func pippenger(_ points: [AffinePoint<Curve>], _ scalars: [Limbs256]) -> Self {
        let width = max(2, points.count.bitWidth - points.count.leadingZeroBitCount - 3)
        let bitCount = scalars.reduce(0) { max($0, $1.significantBitCount) }
        var carries = [Int](repeating: 0, count: points.count)
        var windowSums: [Self] = []
        // One bit more than the scalars have, for the last carry.
        for start in stride(from: 0, through: bitCount, by: width) {
            var buckets = [Self](repeating: .infinity, count: 1 << (width - 1))
            for i in points.indices {
                var digit = Int(scalars[i].bits(from: start, count: width)) + carries[i]
                carries[i] = digit > buckets.count ? 1 : 0
                digit -= carries[i] << width
                if digit != 0 {
                    buckets[abs(digit) - 1] += digit > 0 ? points[i] : -points[i]
                }
            }
            // Σ k · bucket_k as a sum of suffix sums.
            var (suffix, sum) = (Self.infinity, Self.infinity)
            for bucket in buckets.reversed() {
                suffix += bucket
                sum += suffix
            }
            windowSums.append(sum)
        }
        var result = Self.infinity
        for sum in windowSums.reversed() {
            for _ in 0..<width { result = result.doubled() }
            result += sum
        }
        return result
    }
}

extension AffinePoint {
    /// scalar · point. Variable time in the scalar.
    public static func * (scalar: Fr, point: Self) -> JacobianPoint<Curve> {
        .sum([point], [scalar.canonicalLimbs])
    }
}

extension JacobianPoint {
    /// scalar · point. Variable time in the scalar.
    public static func * (scalar: Fr, point: Self) -> Self { scalar * point.affine }
}

extension G1 {
    /// Σ scalars_i · points_i, for the verifier's short sums: sequential, variable time.
    ///
    /// - Precondition: as many scalars as points.
    public static func multiScalarMultiply(points: [G1Affine], scalars: [Fr]) -> G1 {
        sum(points, scalars.map(\.canonicalLimbs))
    }

    /// Σ scalars_i · points_i for integers below 2^128: half the work.
    public static func multiScalarMultiply(points: [G1Affine], scalars: [UInt128]) -> G1 {
        sum(points, scalars.map { Limbs256($0) })
    }
}

extension Limbs256 {
    /// Odd digits below 2^(width − 1) in absolute value, at least `width` apart, one a bit.
    ///
    /// - Precondition: the integer is below 2^255.
    func nonAdjacentForm(width: Int) -> [Int8] {
        var digits = [Int8](repeating: 0, count: Self.bitWidth)
        var carry: UInt64 = 0
        var i = 0
        while i < Self.bitWidth {
            guard bits(from: i, count: 1) != carry else {
                i += 1
                continue
            }
            let window = Int(bits(from: i, count: width) + carry)
            carry = UInt64(window >> (width - 1))
            digits[i] = Int8(window - Int(carry) << width)
            i += width
        }
        return digits
    }
}

extension Int {
    /// The place of an odd digit ±1, ±3, ±5, … in the table of odd multiples.
    fileprivate var magnitudeIndex: Int { abs(self) >> 1 }
}
