// G1 arithmetic: affine points in batches (one shared inversion), and XYZZ coordinates.
#pragma once
#include "field.hpp"

namespace ck {
namespace {

using Affine = ck_g1_affine;

CK_INLINE bool is_infinity(const Affine &p) { return is_zero(p.x) && is_zero(p.y); }
CK_INLINE Affine infinity() { return Affine{{{0, 0, 0, 0}}, {{0, 0, 0, 0}}}; }
CK_INLINE Affine negated(const Affine &p) { return Affine{p.x, neg(p.y)}; }

/// x = X / ZZ, y = Y / ZZZ, ZZ^3 = ZZZ^2; infinity is ZZ = 0. Formulas: Explicit-Formulas
/// Database, short Weierstrass XYZZ, madd-2008-s, add-2008-s, dbl-2008-s-1, mdbl-2008-s-1.
template <class A>
struct Xyzz {
    using Fq = ck_fq;
    Fq x, y, zz, zzz;

    static CK_INLINE Xyzz none() {
        return Xyzz{{{0, 0, 0, 0}}, {{0, 0, 0, 0}}, {{0, 0, 0, 0}}, {{0, 0, 0, 0}}};
    }
    static CK_INLINE Xyzz of(const Affine &p) {
        return is_infinity(p) ? none() : Xyzz{p.x, p.y, Modulus<Fq>::one, Modulus<Fq>::one};
    }
    CK_INLINE bool is_none() const { return is_zero(zz); }

    void double_in_place() {
        if (is_none()) return;
        const Fq u = dbl(y), v = A::mul(u, u), w = A::mul(u, v), s = A::mul(x, v);
        const Fq x2 = A::mul(x, x), m = add(dbl(x2), x2);
        x = sub(A::mul(m, m), dbl(s));
        y = sub(A::mul(m, sub(s, x)), A::mul(w, y));
        zz = A::mul(v, zz);
        zzz = A::mul(w, zzz);
    }

    void add_affine(const Affine &p) {
        if (is_infinity(p)) return;
        if (is_none()) {
            *this = of(p);
            return;
        }
        const Fq u2 = A::mul(p.x, zz), s2 = A::mul(p.y, zzz);
        finish(x, y, u2, s2, zz, zzz);
    }

    void add_point(const Xyzz &p) {
        if (p.is_none()) return;
        if (is_none()) {
            *this = p;
            return;
        }
        const Fq u1 = A::mul(x, p.zz), u2 = A::mul(p.x, zz);
        const Fq s1 = A::mul(y, p.zzz), s2 = A::mul(p.y, zzz);
        finish(u1, s1, u2, s2, A::mul(zz, p.zz), A::mul(zzz, p.zzz));
    }

    Affine affine() const {
        if (is_none()) return infinity();
        // 1/ZZZ gives 1/ZZ = (ZZ / ZZZ)^2.
        const Fq izzz = inverse<Fq, A>(zzz), iz = A::mul(izzz, zz);
        return Affine{A::mul(x, A::mul(iz, iz)), A::mul(y, izzz)};
    }

   private:
    /// The sum of (u1, s1) and (u2, s2) over the common denominators (z2, z3).
    CK_INLINE void finish(
        const Fq &u1, const Fq &s1, const Fq &u2, const Fq &s2, const Fq &z2, const Fq &z3) {
        const Fq p = sub(u2, u1), r = sub(s2, s1);
        if (is_zero(p)) {
            if (is_zero(r))
                double_in_place();  // equal points, whatever the coordinates
            else
                *this = none();
            return;
        }
        const Fq pp = A::mul(p, p), ppp = A::mul(p, pp), q = A::mul(u1, pp), s1_ppp = A::mul(s1, ppp);
        x = sub(sub(A::mul(r, r), ppp), dbl(q));
        y = sub(A::mul(r, sub(q, x)), s1_ppp);
        zz = A::mul(z2, pp);
        zzz = A::mul(z3, ppp);
    }
};

/// Many affine additions left[t] += right[t] with one inversion (Montgomery's trick): about six
/// multiplications each. Every case is right: infinity, equal and opposite points.
///
/// `left(t)` gives a reference that is written, `right(t)` a point; the pairs are independent.
/// prods: m elements of scratch.
template <class A, class Left, class Right>
CK_INLINE void batch_add(size_t m, ck_fq *prods, const Left &left, const Right &right) {
    using Fq = ck_fq;
    Fq running = Modulus<Fq>::one;
    for (size_t t = 0; t < m; t++) {
        const Affine &p = left(t);
        const Affine q = right(t);
        prods[t] = running;
        Fq d = sub(q.x, p.x);
        if (__builtin_expect(is_zero(d) || is_zero(p.x) || is_zero(q.x), 0)) {
            // 2y for a doubling (the group's order is odd: y is never 0); else nothing to invert.
            if (is_infinity(p) || is_infinity(q)) continue;
            if (is_zero(d)) {
                if (!equal(p.y, q.y)) continue;
                d = dbl(p.y);
            }
        }
        running = A::mul(running, d);
    }
    Fq inv = inverse<Fq, A>(running);
    for (size_t t = m; t-- > 0;) {
        Affine &p = left(t);
        const Affine q = right(t);
        Fq d = sub(q.x, p.x), rise = sub(q.y, p.y);
        if (__builtin_expect(is_zero(d) || is_zero(p.x) || is_zero(q.x), 0)) {
            if (is_infinity(q)) continue;
            if (is_infinity(p)) {
                p = q;
                continue;
            }
            if (is_zero(d)) {
                if (!is_zero(rise)) {
                    p = infinity();
                    continue;
                }
                d = dbl(p.y);
                const Fq x2 = A::mul(p.x, p.x);
                rise = add(dbl(x2), x2);
            }
        }
        const Fq slope = A::mul(rise, A::mul(inv, prods[t]));
        inv = A::mul(inv, d);
        const Fq x = sub(sub(A::mul(slope, slope), p.x), q.x);
        p.y = sub(A::mul(slope, sub(p.x, x)), p.y);
        p.x = x;
    }
}

}  // namespace
}  // namespace ck
