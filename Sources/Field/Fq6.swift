/// An element c0 + c1 v + c2 v² of F_q⁶ = F_q²[v] / (v³ − ξ).
public struct Fq6: FieldElement {
    public var c0, c1, c2: Fq2

    public init(_ c0: Fq2, _ c1: Fq2 = .zero, _ c2: Fq2 = .zero) {
        (self.c0, self.c1, self.c2) = (c0, c1, c2)
    }

    public static var zero: Fq6 { Fq6(.zero) }
    public static var one: Fq6 { Fq6(.one) }
    public var isZero: Bool { c0.isZero && c1.isZero && c2.isZero }

    public static func + (a: Fq6, b: Fq6) -> Fq6 { Fq6(a.c0 + b.c0, a.c1 + b.c1, a.c2 + b.c2) }
    public static func - (a: Fq6, b: Fq6) -> Fq6 { Fq6(a.c0 - b.c0, a.c1 - b.c1, a.c2 - b.c2) }

    /// By Karatsuba: 6 multiplications in F_q².
    public static func * (a: Fq6, b: Fq6) -> Fq6 {
        let p0 = a.c0 * b.c0
        let p1 = a.c1 * b.c1
        let p2 = a.c2 * b.c2
        let p12 = (a.c1 + a.c2) * (b.c1 + b.c2) - p1 - p2
        let p01 = (a.c0 + a.c1) * (b.c0 + b.c1) - p0 - p1
        let p02 = (a.c0 + a.c2) * (b.c0 + b.c2) - p0 - p2
        return Fq6(p0 + p12.timesNonResidue(), p01 + p2.timesNonResidue(), p02 + p1)
    }

    /// self · (b0 + b1 v): 5 multiplications in F_q².
    func multiplied(by b0: Fq2, _ b1: Fq2) -> Fq6 {
        let p0 = c0 * b0
        let p1 = c1 * b1
        return Fq6(
            p0 + (c2 * b1).timesNonResidue(),
            (c0 + c1) * (b0 + b1) - p0 - p1,
            c2 * b0 + p1)
    }

    /// v · self.
    func timesV() -> Fq6 { Fq6(c2.timesNonResidue(), c0, c1) }

    /// The adjugate over the norm, which lies in F_q².
    public func inverse() -> Fq6? {
        let t0 = c0.squared() - (c1 * c2).timesNonResidue()
        let t1 = c2.squared().timesNonResidue() - c0 * c1
        let t2 = c1.squared() - c0 * c2
        let norm = c0 * t0 + (c2 * t1 + c1 * t2).timesNonResidue()
        return norm.inverse().map { Fq6(t0 * $0, t1 * $0, t2 * $0) }
    }
}
