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
        const Fq pp = A::mul(p, p), ppp = A::mul(p, pp);
        const Fq q = A::mul(u1, pp), s1_ppp = A::mul(s1, ppp);
        x = sub(sub(A::mul(r, r), ppp), dbl(q));
        y = sub(A::mul(r, sub(q, x)), s1_ppp);
        zz = A::mul(z2, pp);
        zzz = A::mul(z3, ppp);
    }
};

/// What an affine addition p + q divides: rise / run is the slope. False where there is no slope
/// and the sum is plain: a point at infinity, or opposite points.
CK_INLINE bool slope_parts(const Affine &p, const Affine &q, ck_fq &run, ck_fq &rise) {
    run = sub(q.x, p.x);
    rise = sub(q.y, p.y);
    if (__builtin_expect(!is_zero(run) && !is_zero(p.x) && !is_zero(q.x), 1)) return true;
    if (is_infinity(p) || is_infinity(q)) return false;
    return !is_zero(run);
}

/// Many affine additions left[t] += right[t] with one inversion (Montgomery's trick): about six
/// multiplications each. Every case is right: infinity, equal and opposite points.
///
/// `left(t)` gives a reference that is written, `right(t)` a point; the pairs are independent.
/// prods: m elements of scratch. Even and odd pairs are two chains of products, so that the
/// processor always has an independent multiplication to overlap.
template <class A, class Left, class Right>
CK_INLINE void batch_add(size_t m, ck_fq *prods, const Left &left, const Right &right) {
    using Fq = ck_fq;
    struct Step {
        Fq run, rise;
        bool slope;

        CK_INLINE Step(const Affine &p, const Affine &q) {
            slope = slope_parts(p, q, run, rise);
            if (__builtin_expect(slope, 1)) return;
            run = Modulus<Fq>::one;
            if (is_infinity(p) || is_infinity(q) || !equal(p.y, q.y)) return;
            // A doubling; the group's order is odd, so y is not 0.
            slope = true;
            run = dbl(p.y);
            const Fq x2 = A::mul(p.x, p.x);
            rise = add(dbl(x2), x2);
        }
        static CK_INLINE void plain(Affine &p, const Affine &q) {
            if (is_infinity(p))
                p = q;
            else if (!is_infinity(q))
                p = infinity();
        }
    };
    Fq running[2] = {Modulus<Fq>::one, Modulus<Fq>::one};
    for (size_t t = 0; t < m; t += 2) {
        const size_t lanes = m - t < 2 ? 1 : 2;
        for (size_t k = 0; k < lanes; k++) {
            prods[t + k] = running[k];
            running[k] = A::mul(running[k], Step(left(t + k), right(t + k)).run);
        }
    }
    const Fq both = inverse<Fq, A>(A::mul(running[0], running[1]));
    Fq inv[2] = {A::mul(both, running[1]), A::mul(both, running[0])};
    const auto finish = [&](Affine &p, const Affine &q, const Fq &slope, const Fq &square) {
        const Fq x = sub(sub(square, p.x), q.x);
        p.y = sub(A::mul(slope, sub(p.x, x)), p.y);
        p.x = x;
    };
    size_t t = m;
    if (t % 2) {
        t--;
        Affine &p = left(t);
        const Affine q = right(t);
        const Step step(p, q);
        if (step.slope) {
            const Fq slope = A::mul(step.rise, A::mul(inv[0], prods[t]));
            inv[0] = A::mul(inv[0], step.run);
            finish(p, q, slope, A::mul(slope, slope));
        } else {
            Step::plain(p, q);
        }
    }
    while (t > 0) {
        t -= 2;
        Affine &p0 = left(t), &p1 = left(t + 1);
        const Affine q0 = right(t), q1 = right(t + 1);
        const Step step0(p0, q0), step1(p1, q1);
        const Fq part0 = A::mul(inv[0], prods[t]), part1 = A::mul(inv[1], prods[t + 1]);
        inv[0] = A::mul(inv[0], step0.run);
        inv[1] = A::mul(inv[1], step1.run);
        const Fq slope0 = A::mul(step0.rise, part0), slope1 = A::mul(step1.rise, part1);
        const Fq square0 = A::mul(slope0, slope0), square1 = A::mul(slope1, slope1);
        if (__builtin_expect(step0.slope && step1.slope, 1)) {
            finish(p0, q0, slope0, square0);
            finish(p1, q1, slope1, square1);
        } else {
            if (step0.slope) finish(p0, q0, slope0, square0);
            else Step::plain(p0, q0);
            if (step1.slope) finish(p1, q1, slope1, square1);
            else Step::plain(p1, q1);
        }
    }
}

}  // namespace
}  // namespace ck
