/// An element c0 + c1 w of F_q¹² = F_q⁶[w] / (w² − v): the values of the pairing.
public struct Fq12: FieldElement {
    public var c0, c1: Fq6

    public init(_ c0: Fq6, _ c1: Fq6 = .zero) { (self.c0, self.c1) = (c0, c1) }

    public static var zero: Fq12 { Fq12(.zero) }
    public static var one: Fq12 { Fq12(.one) }
    public var isZero: Bool { c0.isZero && c1.isZero }

    public static func + (a: Fq12, b: Fq12) -> Fq12 { Fq12(a.c0 + b.c0, a.c1 + b.c1) }
    public static func - (a: Fq12, b: Fq12) -> Fq12 { Fq12(a.c0 - b.c0, a.c1 - b.c1) }

    public static func * (a: Fq12, b: Fq12) -> Fq12 {
        let low = a.c0 * b.c0
        let high = a.c1 * b.c1
        return Fq12(low + high.timesV(), (a.c0 + a.c1) * (b.c0 + b.c1) - low - high)
    }

    /// (c0 + c1)(c0 + v c1) − (1 + v) c0 c1 + 2 c0 c1 w.
    public func squared() -> Fq12 {
        let product = c0 * c1
        return Fq12(
            (c0 + c1) * (c0 + c1.timesV()) - product - product.timesV(), product.doubled())
    }

    /// self · (1 + (b0 + b1 v) w), the shape of a line through two points.
    public func multiplied(byLine b0: Fq2, _ b1: Fq2) -> Fq12 {
        Fq12(c0 + c1.multiplied(by: b0, b1).timesV(), c1 + c0.multiplied(by: b0, b1))
    }

    /// c0 − c1 w, the q⁶-th power; the inverse where that is unitary (after the easy part).
    public var conjugate: Fq12 { Fq12(c0, -c1) }

    public func inverse() -> Fq12? {
        (c0.squared() - c1.squared().timesV()).inverse().map { Fq12(c0 * $0, -(c1 * $0)) }
    }

    /// The q-th power: conjugates the coefficient of w^i and multiplies it by ξ^(i (q − 1)/6).
    public func frobenius() -> Fq12 {
        let gamma = Fq12.frobeniusCoefficients
        return Fq12(
            Fq6(c0.c0.conjugate, c0.c1.conjugate * gamma.2, c0.c2.conjugate * gamma.4),
            Fq6(c1.c0.conjugate * gamma.1, c1.c1.conjugate * gamma.3, c1.c2.conjugate * gamma.5))
    }

    /// ξ^(i (q − 1)/6) for i = 0 … 5.
    public static let frobeniusCoefficients: (Fq2, Fq2, Fq2, Fq2, Fq2, Fq2) = {
        let first = Fq2.nonResidue.power(sixthExponent)
        let second = first.squared()
        let third = second * first
        return (.one, first, second, third, second.squared(), second * third)
    }()

    /// (q − 1)/6.
    private static var sixthExponent: [UInt64] {
        let q = Fq.modulus
        var remainder: UInt64 = 0
        let quotient = [q.l3, q.l2, q.l1, q.l0 &- 1].map { limb in
            let (digit, rest) = UInt64(6).dividingFullWidth((remainder, limb))
            remainder = rest
            return digit
        }
        return quotient.reversed()
    }

    /// The square of an element of the cyclotomic subgroup (order dividing q⁴ − q² + 1).
    ///
    /// Reference: Granger, Scott, "Faster squaring in the cyclotomic subgroup of sixth degree
    /// extensions" (PKC 2010), section 3.2: three squarings in F_q⁴, of (z0, z1), (z2, z3), (z4, z5).
    public func cyclotomicSquared() -> Fq12 {
        func square(_ a: Fq2, _ b: Fq2) -> (Fq2, Fq2) {
            let product = a * b
            return (
                (a + b) * (a + b.timesNonResidue()) - product - product.timesNonResidue(),
                product.doubled()
            )
        }
        let (a0, a1) = square(c0.c0, c1.c1)
        let (b0, b1) = square(c1.c0, c0.c2)
        let (d0, d1) = square(c0.c1, c1.c2)
        func minus(_ t: Fq2, _ z: Fq2) -> Fq2 { (t - z).doubled() + t }
        func plus(_ t: Fq2, _ z: Fq2) -> Fq2 { (t + z).doubled() + t }
        return Fq12(
            Fq6(minus(a0, c0.c0), minus(b0, c0.c1), minus(d0, c0.c2)),
            Fq6(plus(d1.timesNonResidue(), c1.c0), plus(a1, c1.c1), plus(b1, c1.c2)))
    }

    /// `self` to a public power, for an element of the cyclotomic subgroup.
    public func cyclotomicPower(_ exponent: UInt64) -> Fq12 {
        let inverse = conjugate
        var result = Fq12.one
        for digit in SignedBinary(UInt128(exponent)) {
            result = result.cyclotomicSquared()
            if digit != 0 { result *= digit > 0 ? self : inverse }
        }
        return result
    }
}

/// The non-adjacent form of an integer below 2^126: digits −1, 0, 1, most significant first.
///
/// With n, the digits of 3n − n are those of (3n) and n compared bit by bit, shifted by one.
public struct SignedBinary: Sequence, IteratorProtocol {
    private let plus: UInt128
    private let minus: UInt128
    private var bit: Int

    public init(_ value: UInt128) {
        let triple = value &* 3
        plus = (triple & ~value) >> 1
        minus = (value & ~triple) >> 1
        bit = 128 - (plus | minus).leadingZeroBitCount
    }

    public mutating func next() -> Int? {
        guard bit > 0 else { return nil }
        bit -= 1
        return Int(plus >> UInt128(bit) & 1) - Int(minus >> UInt128(bit) & 1)
    }
}
