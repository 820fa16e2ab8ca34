/// Inverses modulo an odd prime of at most 254 bits, by division steps.
///
/// 62 steps at a time on the low words give a 2×2 matrix, which is then applied to the long
/// integers: about 10 rounds where Fermat takes 254 squarings. Variable time: never on secrets.
/// Reference: Bernstein, Yang, "Fast constant-time gcd computation and modular inversion" (TCHES
/// 2019); Pornin, "Optimized binary GCD for modular inversion" (eprint 2020/972); the layout in
/// limbs of 62 bits is Wuille's, "The safegcd implementation in libsecp256k1 explained".
@usableFromInline
struct ModularInverse {
    /// Five limbs of 62 bits, least significant first; the last one has the sign.
    struct Signed62 {
        var v0, v1, v2, v3, v4: Int64

        static let mask: Int64 = (1 << 62) - 1

        init(_ v0: Int64, _ v1: Int64, _ v2: Int64, _ v3: Int64, _ v4: Int64) {
            (self.v0, self.v1, self.v2, self.v3, self.v4) = (v0, v1, v2, v3, v4)
        }

        init(_ x: Limbs256) {
            let mask = UInt64(Self.mask)
            self.init(
                Int64(x.l0 & mask), Int64((x.l0 >> 62 | x.l1 << 2) & mask),
                Int64((x.l1 >> 60 | x.l2 << 4) & mask), Int64((x.l2 >> 58 | x.l3 << 6) & mask),
                Int64(x.l3 >> 56))
        }

        /// The integer, which is in 0 ..< 2^256.
        var limbs: Limbs256 {
            let (a, b, c) = (
                UInt64(bitPattern: v0), UInt64(bitPattern: v1), UInt64(bitPattern: v2)
            )
            let (d, e) = (UInt64(bitPattern: v3), UInt64(bitPattern: v4))
            return Limbs256(a | b << 62, b >> 2 | c << 60, c >> 4 | d << 58, d >> 6 | e << 56)
        }

        var isZero: Bool { (v0 | v1 | v2 | v3 | v4) == 0 }
    }

    /// 2^62 times the product of 62 division steps.
    private struct Matrix {
        var u: Int64 = 1
        var v: Int64 = 0
        var q: Int64 = 0
        var r: Int64 = 1
    }

    private let modulus: Signed62
    /// p⁻¹ mod 2^62.
    private let inverse62: UInt64

    @usableFromInline init(modulus: Limbs256, negatedInverse: UInt64) {
        self.modulus = Signed62(modulus)
        inverse62 = (0 &- negatedInverse) & UInt64(Signed62.mask)
    }

    /// The inverse of x in 1 ..< p.
    @usableFromInline func callAsFunction(_ x: Limbs256) -> Limbs256 {
        var (d, e) = (Signed62(0, 0, 0, 0, 0), Signed62(1, 0, 0, 0, 0))
        var (f, g) = (modulus, Signed62(x))
        var eta: Int64 = -1
        // 742 steps are enough for 256 bits.
        for _ in 0..<12 {
            let matrix = Self.steps(&eta, f.v0, g.v0)
            apply(matrix, modulo: &d, &e)
            Self.apply(matrix, to: &f, &g)
            if g.isZero { break }
        }
        // f is ±1 now.
        return normalized(d, negated: f.v4 < 0).limbs
    }

    private static func steps(_ eta: inout Int64, _ f0: Int64, _ g0: Int64) -> Matrix {
        var t = Matrix()
        var (f, g) = (UInt64(bitPattern: f0), UInt64(bitPattern: g0))
        var left: UInt64 = 62
        while true {
            // As many halvings at once as g has zeros.
            let zeros = UInt64((g | UInt64.max << left).trailingZeroBitCount)
            g >>= zeros
            t.u &<<= Int64(zeros)
            t.v &<<= Int64(zeros)
            eta &-= Int64(zeros)
            left &-= zeros
            if left == 0 { return t }
            if eta < 0 {
                eta = 0 &- eta
                (f, g) = (g, 0 &- f)
                (t.u, t.q) = (t.q, 0 &- t.u)
                (t.v, t.r) = (t.r, 0 &- t.v)
            }
            // A multiple of f that clears so many low bits of g: as many as the steps to come
            // before f and g change places, at most 6.
            let limit = min(UInt64(bitPattern: eta &+ 1), left)
            let mask = (UInt64.max >> (64 &- limit)) & 63
            let w = (f &* g &* (f &* f &- 2)) & mask
            g &+= f &* w
            t.q &+= t.u &* Int64(bitPattern: w)
            t.r &+= t.v &* Int64(bitPattern: w)
        }
    }

    private static func product(_ a: Int64, _ b: Int64) -> Int128 { Int128(a) &* Int128(b) }

    /// (d, e) = t · (d, e) / 2^62 modulo p, both in (−2p, p).
    private func apply(_ t: Matrix, modulo d: inout Signed62, _ e: inout Signed62) {
        // Multiples of p that keep the results in range, and make the low 62 bits zero.
        let (sd, se) = (d.v4 >> 63, e.v4 >> 63)
        var md = (t.u & sd) &+ (t.v & se)
        var me = (t.q & sd) &+ (t.r & se)
        var cd = Self.product(t.u, d.v0) &+ Self.product(t.v, e.v0)
        var ce = Self.product(t.q, d.v0) &+ Self.product(t.r, e.v0)
        func correction(_ c: Int128, _ m: Int64) -> Int64 {
            let low = inverse62 &* UInt64(truncatingIfNeeded: c) &+ UInt64(bitPattern: m)
            return Int64(low & UInt64(Signed62.mask))
        }
        md &-= correction(cd, md)
        me &-= correction(ce, me)
        cd = (cd &+ Self.product(modulus.v0, md)) >> 62
        ce = (ce &+ Self.product(modulus.v0, me)) >> 62
        func limb(_ d: Int64, _ e: Int64, _ p: Int64) -> (Int64, Int64) {
            cd = cd &+ Self.product(t.u, d) &+ Self.product(t.v, e) &+ Self.product(p, md)
            ce = ce &+ Self.product(t.q, d) &+ Self.product(t.r, e) &+ Self.product(p, me)
            defer {
                cd >>= 62
                ce >>= 62
            }
            return (
                Int64(truncatingIfNeeded: cd) & Signed62.mask,
                Int64(truncatingIfNeeded: ce) & Signed62.mask
            )
        }
        (d.v0, e.v0) = limb(d.v1, e.v1, modulus.v1)
        (d.v1, e.v1) = limb(d.v2, e.v2, modulus.v2)
        (d.v2, e.v2) = limb(d.v3, e.v3, modulus.v3)
        (d.v3, e.v3) = limb(d.v4, e.v4, modulus.v4)
        (d.v4, e.v4) = (Int64(truncatingIfNeeded: cd), Int64(truncatingIfNeeded: ce))
    }

    /// (f, g) = t · (f, g) / 2^62, exactly.
    private static func apply(_ t: Matrix, to f: inout Signed62, _ g: inout Signed62) {
        var cf = (product(t.u, f.v0) &+ product(t.v, g.v0)) >> 62
        var cg = (product(t.q, f.v0) &+ product(t.r, g.v0)) >> 62
        func limb(_ a: Int64, _ b: Int64) -> (Int64, Int64) {
            cf = cf &+ product(t.u, a) &+ product(t.v, b)
            cg = cg &+ product(t.q, a) &+ product(t.r, b)
            defer {
                cf >>= 62
                cg >>= 62
            }
            return (
                Int64(truncatingIfNeeded: cf) & Signed62.mask,
                Int64(truncatingIfNeeded: cg) & Signed62.mask
            )
        }
        (f.v0, g.v0) = limb(f.v1, g.v1)
        (f.v1, g.v1) = limb(f.v2, g.v2)
        (f.v2, g.v2) = limb(f.v3, g.v3)
        (f.v3, g.v3) = limb(f.v4, g.v4)
        (f.v4, g.v4) = (Int64(truncatingIfNeeded: cf), Int64(truncatingIfNeeded: cg))
    }

    /// ±x, from (−2p, p) to 0 ..< p.
    private func normalized(_ x: Signed62, negated: Bool) -> Signed62 {
        var x = x
        if x.v4 < 0 { add(&x) }
        if negated {
            x = Signed62(0 &- x.v0, 0 &- x.v1, 0 &- x.v2, 0 &- x.v3, 0 &- x.v4)
            carry(&x)
        }
        if x.v4 < 0 { add(&x) }
        return x
    }

    private func add(_ x: inout Signed62) {
        x = Signed62(
            x.v0 &+ modulus.v0, x.v1 &+ modulus.v1, x.v2 &+ modulus.v2, x.v3 &+ modulus.v3,
            x.v4 &+ modulus.v4)
        carry(&x)
    }

    private func carry(_ x: inout Signed62) {
        x.v1 &+= x.v0 >> 62
        x.v2 &+= x.v1 >> 62
        x.v3 &+= x.v2 >> 62
        x.v4 &+= x.v3 >> 62
        x.v0 &= Signed62.mask
        x.v1 &= Signed62.mask
        x.v2 &= Signed62.mask
        x.v3 &= Signed62.mask
    }
}
