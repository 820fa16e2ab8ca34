/// More functions in IEEE double by additions, multiplications, divisions and square roots alone.
extension ReproducibleMath {
    /// ln x: x = 2^k · z with z in [√½, √2), ln z = 2 artanh((z − 1) / (z + 1)).
    static func log(_ x: Double) -> Double {
        guard x > 0 else { return x == 0 ? -.infinity : .nan }
        guard x < .infinity else { return x }
        var (z, k) = (x.significand, Double(x.exponent))
        if z > 1.4142135623730951 {
            z /= 2
            k += 1
        }
        let s = (z - 1) / (z + 1)
        let square = s * s
        // Leaves out less than 2^−58 of the result, as |s| < 0.172.
        var series = 0.0
        for n in (1...10).reversed() { series = (series + 1 / Double(2 * n + 1)) * square }
        let upper = Double(bitPattern: 0x3fe6_2e42_fee0_0000)
        let lower = Double(bitPattern: 0x3dea_39ef_3579_3c76)
        return k * upper + (2 * s + (2 * s * series + k * lower))
    }

    /// ln(1 + x) for x ≥ 0, exact to the last places for small x too (Kahan).
    static func logOnePlus(_ x: Double) -> Double {
        let y = 1 + x
        return y == 1 ? x : log(y) * (x / (y - 1))
    }

    /// ln(1 + e^x).
    static func softplus(_ x: Double) -> Double {
        (x > 0 ? x : 0) + logOnePlus(exp(-x.magnitude))
    }

    /// erf x by the series whose terms are all positive, e^(−x²) from an exact square; within 2^−47.
    static func erf(_ x: Double) -> Double {
        let a = x.magnitude
        // erfc 6 < 2^−55.
        guard a < 6 else { return x.isNaN ? x : x < 0 ? -1 : 1 }
        let square = a * a
        // Dekker's product: the square's rounding error.
        let split = 134_217_729 * a
        let high = split - (split - a)
        let low = a - high
        let rest = ((high * high - square) + 2 * high * low) + low * low
        var (term, sum) = (a, a)
        var n = 0
        while n < inverseOdds.count, term > sum * 0x1p-56 {
            term *= 2 * square * inverseOdds[n]
            sum += term
            n += 1
        }
        let result = 1.1283791670955126 * sum * exp(-square) * (1 - rest)
        return x < 0 ? -min(result, 1) : min(result, 1)
    }

    /// 1/3, 1/5, 1/7, …
    private static let inverseOdds: [Double] = (1...200).map { 1 / Double(2 * $0 + 1) }

    /// x^y for finite numbers; NaN where there is no real result.
    static func power(_ x: Double, _ y: Double) -> Double {
        if y == 0 { return 1 }
        if y == 0.5 { return x.squareRoot() }
        if let n = Int(exactly: y), n.magnitude <= 64 {
            var result = 1.0
            for _ in 0..<n.magnitude { result *= x }
            return n < 0 ? 1 / result : result
        }
        if x == 0 { return y > 0 ? 0 : .infinity }
        let magnitude = exp(y * log(x.magnitude))
        guard x < 0 else { return magnitude }
        guard y == y.rounded() else { return .nan }
        return (y / 2) == (y / 2).rounded() ? magnitude : -magnitude
    }

    static func sin(_ x: Double) -> Double { sine(x, quarterTurns: 0) }

    static func cos(_ x: Double) -> Double { sine(x, quarterTurns: 1) }

    /// sin(x + quarterTurns · π/2).
    ///
    /// x = n · π/2 + r with |r| ≤ π/4; π/2 in parts of 33 bits, of which the first three times
    /// n < 2^20 are exact. Larger arguments go through ball arithmetic.
    private static func sine(_ x: Double, quarterTurns: Int) -> Double {
        guard x.magnitude < 1e6 else {
            guard x.isFinite else { return .nan }
            let reals = BallArithmetic(precision: 960)
            let angle = reals.number(x)
            return reals.approximation(quarterTurns == 0 ? reals.sin(angle) : reals.cos(angle))
        }
        let n = (x * 0.6366197723675814).rounded(.toNearestOrEven)
        let parts: [UInt64] = [
            0x3ff9_21fb_5440_0000, 0x3dd0_b461_1a60_0000, 0x3ba3_198a_2e00_0000,
            0x397b_839a_2520_49c1,
        ]
        var r = x
        for part in parts { r -= n * Double(bitPattern: part) }
        let quadrant = (Int(n) + quarterTurns) & 3
        let square = r * r
        var series = 0.0
        if quadrant % 2 == 0 {
            for n in (1...9).reversed() {
                series = -square / Double(2 * n * (2 * n + 1)) * (1 + series)
            }
            series = r + r * series
        } else {
            for n in (1...9).reversed() {
                series = -square / Double((2 * n - 1) * 2 * n) * (1 + series)
            }
            series = 1 + series
        }
        return quadrant >= 2 ? -series : series
    }
}
