/// An element c0 + c1 u of F_q² = F_q[u] / (u² + 1): the coordinates of G2 points.
@frozen
public struct Fq2: FieldElement {
    public var c0: Fq
    public var c1: Fq

    @inlinable public init(_ c0: Fq, _ c1: Fq = .zero) { (self.c0, self.c1) = (c0, c1) }

    @inlinable public static var zero: Fq2 { Fq2(.zero) }
    @inlinable public static var one: Fq2 { Fq2(.one) }
    @inlinable public var isZero: Bool { c0.isZero && c1.isZero }

    /// ξ = 9 + u, the cubic and quadratic non-residue that the tower and the twist are built on.
    public static var nonResidue: Fq2 { Fq2(Fq(9), .one) }

    @inlinable public static func + (a: Fq2, b: Fq2) -> Fq2 { Fq2(a.c0 + b.c0, a.c1 + b.c1) }
    @inlinable public static func - (a: Fq2, b: Fq2) -> Fq2 { Fq2(a.c0 - b.c0, a.c1 - b.c1) }

    /// By Karatsuba: 3 multiplications. The sums stay unreduced, below 2q.
    @inlinable public static func * (a: Fq2, b: Fq2) -> Fq2 {
        let low = a.c0 * b.c0
        let high = a.c1 * b.c1
        let both = Fq.montgomeryProduct(
            Limbs256.adding(a.c0.limbs, a.c1.limbs), Limbs256.adding(b.c0.limbs, b.c1.limbs))
        return Fq2(low - high, both - low - high)
    }

    @inlinable public static func * (a: Fq2, b: Fq) -> Fq2 { Fq2(a.c0 * b, a.c1 * b) }

    /// (c0 + c1)(c0 − c1) + 2 c0 c1 u.
    @inlinable public func squared() -> Fq2 {
        // The sum stays unreduced, below 2q.
        Fq2(
            Fq.montgomeryProduct((c0 - c1).limbs, Limbs256.adding(c0.limbs, c1.limbs)),
            (c0 * c1).doubled())
    }

    /// c0 − c1 u, which is also the q-th power.
    @inlinable public var conjugate: Fq2 { Fq2(c0, -c1) }

    /// c0² + c1².
    @inlinable public var norm: Fq { c0.squared() + c1.squared() }

    /// ξ · self = (9 c0 − c1) + (9 c1 + c0) u.
    @inlinable public func timesNonResidue() -> Fq2 {
        let nine = doubled().doubled().doubled() + self
        return Fq2(nine.c0 - c1, nine.c1 + c0)
    }

    public func inverse() -> Fq2? {
        norm.inverse().map { conjugate * $0 }
    }
}
