import Field

// Sums of multiples of points. All of it is variable time in the scalars, for public values.

extension JacobianPoint {
    /// Σ scalars_i · points_i for integers below 2^255, for few points.
    ///
    /// Shared doublings, and each point's odd multiples up to 15 in affine coordinates: about 640
    /// multiplications a point of 254 bits, 8 affine points of memory each.
    /// Reference: Straus 1964; Möller, "Algorithms for multi-exponentiation" (SAC 2001).
    @specialized(where Curve == G1Curve)
    @specialized(where Curve == G2Curve)
    static func sum(_ points: [AffinePoint<Curve>], _ scalars: [Limbs256]) -> Self {
        precondition(
            points.count == scalars.count, "\(points.count) points, \(scalars.count) scalars")
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
    /// Σ scalars_i · points_i: sequential, variable time.
    ///
    /// Each scalar is two of half the length, for the point and its image under the endomorphism.
    /// - Precondition: as many scalars as points.
    public static func multiScalarMultiply(points: [G1Affine], scalars: [Fr]) -> G1 {
        guard points.count >= bucketThreshold else {
            return sum(points, scalars.map(\.canonicalLimbs))
        }
        var halves: [Int128] = []
        var images: [G1Affine] = []
        halves.reserveCapacity(2 * points.count)
        images.reserveCapacity(2 * points.count)
        for (point, scalar) in zip(points, scalars) {
            let (low, high) = G1Endomorphism.split(scalar.canonicalLimbs)
            halves.append(low)
            halves.append(high)
            images.append(point)
            images.append(G1Endomorphism.apply(point))
        }
        return BucketSum.sum(images, halves)
    }

    /// From so many points on buckets are faster.
    private static var bucketThreshold: Int { 8 }
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
