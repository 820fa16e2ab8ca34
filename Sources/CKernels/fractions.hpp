// The fraction tree of LogUp-GKR: leaves, layers, and the layers' sum-check rounds.
#pragma once
#include "vectors.hpp"

namespace ck {
namespace {

template <class A>
struct Fractions {
    using Fr = ck_fr;

    static void i64_leaf_denominators(
        Fr *out, Fr constant, const int64_t *const *columns, const Fr *weights, size_t column_count,
        size_t n) {
        IntegerFactor<A> minus[4];
        Fr start = constant;
        for (size_t j = 0; j < column_count; j++) {
            minus[j] = IntegerFactor<A>(neg(weights[j]));
            start = add(start, minus[j].start);
        }
        const IntegerFactor<A> *w = minus;
        const auto fill = [=, &start](auto finish) {
            parallel_for(n, kGrain, [=, &start](size_t begin, size_t end) {
                for (size_t i = begin; i < end; i++) {
                    SmallSum s = small_sum(start);
                    for (size_t j = 0; j < column_count; j++) w[j].mac(s, columns[j][i]);
                    out[i] = finish(s);
                }
            });
        };
        // Three or four terms may pass p 2^64.
        if (column_count <= 2)
            fill([](const SmallSum &s) { return reduce5(s); });
        else
            fill([](const SmallSum &s) { return reduce<Fr>(s); });
    }

    /// (hi - lo) * b; differences of 0 and 1 cost nothing.
    static CK_INLINE Fr scale_by_step(int64_t lo, int64_t hi, const Fr &b) {
        if (hi == lo) return Fr{{0, 0, 0, 0}};
        const bool negative = hi < lo;
        const uint64_t step = uint64_t(hi) - uint64_t(lo);
        const uint64_t magnitude = negative ? 0 - step : step;
        if (magnitude == 1) return negative ? neg(b) : b;
        SmallSum s;
        A::mac(s, magnitude, negative ? neg(b) : b);
        return reduce5(s);
    }
    static CK_INLINE Fr numerator(int64_t x, const Fr &b) { return scale_by_step(0, x, b); }
    static CK_INLINE Fr mul_add(int64_t a, const Fr &b, const Fr &c, const Fr &d) {
        return add(numerator(a, b), A::mul(c, d));
    }
    static CK_INLINE Fr mul_add(const Fr &a, const Fr &b, const Fr &c, const Fr &d) {
        return A::mul_add(a, b, c, d);
    }
    /// (hi - lo) * b + c * d
    static CK_INLINE Fr step_mul_add(
        int64_t lo, int64_t hi, const Fr &b, const Fr &c, const Fr &d) {
        return add(scale_by_step(lo, hi, b), A::mul(c, d));
    }
    static CK_INLINE Fr step_mul_add(
        const Fr &lo, const Fr &hi, const Fr &b, const Fr &c, const Fr &d) {
        return A::mul_add(sub(hi, lo), b, c, d);
    }

    static void fr_fraction_combine(Fr *p_out, Fr *q_out, const Fr *p, const Fr *q, size_t h) {
        parallel_for(h, kGrain / 2, [=](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) {
                const Fr q0 = q[i], q1 = q[i + h];
                p_out[i] = mul_add(p[i], q1, p[i + h], q0);
                q_out[i] = A::mul(q0, q1);
            }
        });
    }
    static void i64_fraction_combine(
        Fr *p_out, Fr *q_out, const int64_t *p, const Fr *q, size_t h) {
        parallel_for(h, kGrain, [=](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) {
                const Fr q0 = q[i], q1 = q[i + h];
                p_out[i] = add(numerator(p[i], q1), numerator(p[i + h], q0));
                q_out[i] = A::mul(q0, q1);
            }
        });
    }

    struct Wide2 {
        WideSum constant, lead;
        void merge(const Wide2 &other) {
            constant.merge(other.constant);
            lead.merge(other.lead);
        }
        void store(Fr out[2]) const {
            out[0] = reduce<Fr, A>(constant);
            out[1] = reduce<Fr, A>(lead);
        }
    };

    /// s += e * (H(0), coefficient of X^2 in H) for one quadruple of lines.
    template <class P>
    static CK_INLINE void accumulate(
        Wide2 &sums, const Fr &e, P p_lo, P p_hi, const Fr &s_lo, const Fr &s_hi, const Fr &q0_lo,
        const Fr &q0_hi, const Fr &q1_lo, const Fr &q1_hi) {
        const Fr constant = mul_add(p_lo, q1_lo, q0_lo, s_lo);
        const Fr lead =
            step_mul_add(p_lo, p_hi, sub(q1_hi, q1_lo), sub(q0_hi, q0_lo), sub(s_hi, s_lo));
        A::mac(sums.constant, e, constant);
        A::mac(sums.lead, e, lead);
    }

    template <class P>
    static void round(
        const P *p, const Fr *s, const Fr *q0, const Fr *q1, const Fr *e, size_t n, Fr out[2]) {
        parallel_sum<Wide2>(n, kGrain / 4, [=](Wide2 &sums, size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++)
                accumulate(
                    sums, e[i], p[i], p[i + n], s[i], s[i + n], q0[i], q0[i + n], q1[i], q1[i + n]);
        }).store(out);
    }
    static void fr_fraction_round(
        const Fr *p, const Fr *s, const Fr *q0, const Fr *q1, const Fr *e, size_t n, Fr out[2]) {
        round(p, s, q0, q1, e, n, out);
    }
    static void i64_fraction_round(
        const int64_t *p, const Fr *s, const Fr *q0, const Fr *q1, const Fr *e, size_t n,
        Fr out[2]) {
        round(p, s, q0, q1, e, n, out);
    }

    template <class FoldNumerators>
    static void fold_round(
        Fr *s, Fr *q0, Fr *q1, const Fr *e, size_t n, const Fr &r, Fr out[2],
        const FoldNumerators &fold_numerators) {
        parallel_sum<Wide2>(n, kGrain / 8, [=, &r](Wide2 &sums, size_t begin, size_t end) {
            Lines<Fr> lp, ls, l0, l1;
            for (size_t at = begin; at < end; at += kLines) {
                const size_t count = end - at < kLines ? end - at : kLines;
                fold_numerators(lp, at, count);
                Vectors<A>::fold_lines(ls, s + at, count, n, r);
                Vectors<A>::fold_lines(l0, q0 + at, count, n, r);
                Vectors<A>::fold_lines(l1, q1 + at, count, n, r);
                for (size_t i = 0; i < count; i++)
                    accumulate(
                        sums, e[at + i], lp.lo[i], lp.hi[i], ls.lo[i], ls.hi[i], l0.lo[i], l0.hi[i],
                        l1.lo[i], l1.hi[i]);
            }
        }).store(out);
    }

    static void fr_fraction_fold_round(
        Fr *p, Fr *s, Fr *q0, Fr *q1, const Fr *e, size_t n, Fr r, Fr out[2]) {
        fold_round(s, q0, q1, e, n, r, out, [=, &r](Lines<Fr> &lines, size_t at, size_t count) {
            Vectors<A>::fold_lines(lines, p + at, count, n, r);
        });
    }
    static void i64_fraction_fold_round(
        Fr *p_out, const int64_t *p, Fr *s, Fr *q0, Fr *q1, const Fr *e, size_t n, Fr r,
        Fr out[2]) {
        const typename Vectors<A>::IntegerFold fold(r);
        fold_round(s, q0, q1, e, n, r, out, [=, &fold](Lines<Fr> &lines, size_t at, size_t count) {
            Vectors<A>::fold_lines(lines, p_out + at, p + at, count, n, fold);
        });
    }
};

}  // namespace
}  // namespace ck
