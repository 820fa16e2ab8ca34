/// Transcendental functions in IEEE double by additions, multiplications and divisions alone.
///
/// The platform's own functions differ between machines in the last place; these do not, so
/// calibration gives the same graph everywhere. They are within 2 units in the last place of the
/// true value, checked against ``CorrectRounding``; tables are made by the latter.
enum ReproducibleMath {
    /// e^x.
    static func exp(_ x: Double) -> Double {
        if x > 709.782712893384 { return .infinity }
        if x < -745.1332191019412 { return 0 }
        let (k, tail) = reduced(x)
        return Double(sign: .plus, exponent: k, significand: 1 + tail)
    }

    /// 1 / (1 + e^−x).
    static func sigmoid(_ x: Double) -> Double {
        let u = exp(-x.magnitude)
        return x < 0 ? u / (1 + u) : 1 / (1 + u)
    }

    /// tanh x = (e^2|x| − 1) / (e^2|x| + 1) with the sign of x.
    static func tanh(_ x: Double) -> Double {
        let y = 2 * x.magnitude
        // 1 − 2^−57 and more round to 1.
        if y > 40 { return x < 0 ? -1 : 1 }
        let (k, tail) = reduced(y)
        // e^y − 1 = 2^k · tail + (2^k − 1), without cancellation when k = 0.
        let power = Double(sign: .plus, exponent: k, significand: 1)
        let difference = k == 0 ? tail : power * tail + (power - 1)
        let result = difference / (difference + 2)
        return x < 0 ? -result : result
    }

    /// e^x − 1, without cancellation near 0.
    static func expMinusOne(_ x: Double) -> Double {
        if x > 700 || x < -60 { return exp(x) - 1 }
        let (k, tail) = reduced(x)
        let power = Double(sign: .plus, exponent: k, significand: 1)
        return k == 0 ? tail : power * tail + (power - 1)
    }

    /// x = k · ln 2 + r with |r| ≤ ln 2 / 2; returns k and e^r − 1.
    ///
    /// ln 2 is split so that k times its upper part is exact. The series Σ r^i / i! to i = 13 leaves
    /// out less than 2^−57 relative to r.
    private static func reduced(_ x: Double) -> (k: Int, tail: Double) {
        // Of a number that is none, such as a logarithm below 0 within a composed function.
        guard !x.isNaN else { return (0, x) }
        let k = (x * 1.4426950408889634).rounded(.toNearestOrEven)
        let upper = Double(bitPattern: 0x3fe6_2e42_fee0_0000)
        let lower = Double(bitPattern: 0x3dea_39ef_3579_3c76)
        let r = (x - k * upper) - k * lower
        var series = 0.0
        for factorial in inverseFactorials { series = series * r + factorial }
        return (Int(k), r + r * r * series)
    }

    /// 1/13!, …, 1/2!, correctly rounded quotients of exact integers.
    private static let inverseFactorials: [Double] = (2...13).reversed().map { n in
        1 / (1...n).reduce(1.0) { $0 * Double($1) }
    }
}
