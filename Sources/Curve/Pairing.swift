import Field

/// The optimal ate pairing e: G1 × G2 → GT of BN254.
///
/// Points are taken to be on their curves, G2 points in the subgroup: decoding checks that.
/// A pair with a point at infinity counts as 1.
/// Reference: Vercauteren, "Optimal pairings" (eprint 2008/096).
public enum Pairing {
    /// Whether Π e(P_i, Q_i) = 1: one final exponentiation for all.
    public static func isOne(_ pairs: [(G1Affine, G2Affine)]) -> Bool { product(pairs) == .one }

    /// Whether Π e(P_i, Q_i) = 1, with lines prepared beforehand.
    public static func isOne(_ pairs: [(G1Affine, G2Prepared)]) -> Bool { product(pairs) == .one }

    /// Π e(P_i, Q_i).
    public static func product(_ pairs: [(G1Affine, G2Affine)]) -> Gt {
        product(pairs.map { ($0, G2Prepared($1)) })
    }

    /// Π e(P_i, Q_i), with lines prepared beforehand.
    public static func product(_ pairs: [(G1Affine, G2Prepared)]) -> Gt {
        Gt(finalExponentiation(millerLoop(pairs)))
    }

    /// 6x + 2.
    static var loopCount: UInt128 { 6 * UInt128(BN254.parameter) + 2 }

    /// Π f_{6x+2, Q_i}(P_i) and the last two lines: squarings shared by all pairs.
    ///
    /// The untwist sends (x', y') to (w² x', w³ y'), so the line through T with slope λ is
    /// y_P − λ x_P w + (λ x_T − y_T) w³ at P; it is divided by y_P, which the final
    /// exponentiation forgets, and w³ = v w.
    private static func millerLoop(_ pairs: [(G1Affine, G2Prepared)]) -> Fq12 {
        let active = pairs.filter { !$0.isInfinity && !$1.lines.isEmpty }
        var inverses = active.map(\.0.y)
        Fq.batchInvert(&inverses)
        let slopeFactors = zip(active, inverses).map { -($0.0.x * $1) }

        var f = Fq12.one
        var step = 0
        func multiplyByLines() {
            for i in active.indices {
                let line = active[i].1.lines[step]
                f = f.multiplied(byLine: line.slope * slopeFactors[i], line.intercept * inverses[i])
            }
            step += 1
        }
        for digit in SignedBinary(loopCount).dropFirst() {
            f = f.squared()
            multiplyByLines()
            if digit != 0 { multiplyByLines() }
        }
        multiplyByLines()
        multiplyByLines()
        return f
    }

    /// f^((q¹² − 1)/r); zero, which no Miller loop of valid points yields, stays zero.
    ///
    /// (q⁴ − q² + 1)/r = λ0 + λ1 q + λ2 q² + q³ with λ2 = 6x² + 1, λ1 = −36x³ − 18x² − 12x + 1,
    /// λ0 = −36x³ − 30x² − 18x − 2; the seven values y_i are raised to 1, 2, 6, 12, 18, 30, 36.
    /// Reference: Scott, Benger, Charlemagne, Dominguez Perez, Kachisa, "On the final
    /// exponentiation for calculating pairings on ordinary elliptic curves" (eprint 2008/490).
    private static func finalExponentiation(_ f: Fq12) -> Fq12 {
        guard let inverse = f.inverse() else { return .zero }
        var m = f.conjugate * inverse
        m = m.frobenius().frobenius() * m

        let x = BN254.parameter
        let (q, q2) = (m.frobenius(), m.frobenius().frobenius())
        let mx = m.cyclotomicPower(x)
        let mx2 = mx.cyclotomicPower(x)
        let mx3 = mx2.cyclotomicPower(x)
        let y0 = q * q2 * q2.frobenius()
        let y1 = m.conjugate
        let y2 = mx2.frobenius().frobenius()
        let y3 = mx.frobenius().conjugate
        let y4 = (mx * mx2.frobenius()).conjugate
        let y5 = mx2.conjugate
        let y6 = (mx3 * mx3.frobenius()).conjugate

        // y0 · y1² · y2⁶ · y3¹² · y4¹⁸ · y5³⁰ · y6³⁶ by a vectorial addition chain.
        let a = y6.cyclotomicSquared() * y4 * y5
        let b = (y3 * y5 * a).cyclotomicSquared() * (a * y2)
        let c = b.cyclotomicSquared()
        return (c * y1).cyclotomicSquared() * (c * y0)
    }
}

/// The lines of the Miller loop of one G2 point; made once for a point that stays.
public struct G2Prepared: Sendable, Hashable {
    /// y = slope · x − intercept on the twist.
    struct Line: Sendable, Hashable {
        var slope, intercept: Fq2
    }

    /// In the loop's order; empty for infinity.
    let lines: [Line]

    /// Walks the loop in the group, then finds all slopes at once: three inversions.
    ///
    /// Where a slope is vertical, which does not happen in the subgroup, it is taken as 0.
    public init(_ point: G2Affine) {
        guard !point.isInfinity else {
            lines = []
            return
        }
        // Each step is a doubling of its start (no other point), or the addition of a point.
        var starts: [G2] = []
        var added: [G2Affine?] = []
        var current = G2(point)
        func step(adding other: G2Affine?) {
            starts.append(current)
            added.append(other)
            current = other.map { current + $0 } ?? current.doubled()
        }
        for digit in SignedBinary(Pairing.loopCount).dropFirst() {
            step(adding: nil)
            if digit != 0 { step(adding: digit > 0 ? point : -point) }
        }
        step(adding: point.endomorphism)
        step(adding: -point.endomorphism.endomorphism)

        let tangents = G2.normalize(starts)
        var inverses = zip(tangents, added).map { start, other in
            other.map { $0.x - start.x } ?? start.y.doubled()
        }
        Fq2.batchInvert(&inverses)
        lines = tangents.indices.map { i in
            let start = tangents[i]
            let square = start.x.squared()
            let rise = added[i].map { $0.y - start.y } ?? square.doubled() + square
            let slope = rise * inverses[i]
            return Line(slope: slope, intercept: slope * start.x - start.y)
        }
    }
}

/// A value of the pairing, in the subgroup of order r of F_q¹².
public struct Gt: Sendable, Hashable {
    public let value: Fq12

    init(_ value: Fq12) { self.value = value }

    public static var one: Gt { Gt(.one) }
    public static func * (a: Gt, b: Gt) -> Gt { Gt(a.value * b.value) }
    /// Variable time in the exponent.
    public func power(_ exponent: Fr) -> Gt {
        let limbs = exponent.canonicalLimbs
        return Gt(value.power([limbs.l0, limbs.l1, limbs.l2, limbs.l3]))
    }
}
