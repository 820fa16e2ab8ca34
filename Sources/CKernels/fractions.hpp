// The fraction tree of LogUp-GKR: leaves, layers, and the layers' sum-check rounds.
#pragma once
#include "vectors.hpp"

namespace ck {
namespace {

template <class A>
struct Fractions {
    using Fr = ck_fr;

    /// Whether the entries from i on, a multiple of CK_RUN, are a run.
    static CK_INLINE bool is_run(const uint8_t *runs, size_t i) { return runs && runs[i / CK_RUN]; }
    /// How many entries a loop takes at a time.
    static CK_INLINE size_t step(const uint8_t *runs, size_t begin, size_t end) {
        return runs ? CK_RUN : end - begin;
    }
    /// Entries from t[i] on, copied where only the first is stored.
    template <class T>
    static CK_INLINE const T *entries(const T *t, size_t i, bool run, T room[CK_RUN]) {
        if (!run) return t + i;
        for (size_t k = 0; k < CK_RUN; k++) room[k] = t[i];
        return room;
    }

    static void i64_leaf_denominators(
        Fr *out, Fr constant, const int64_t *const *columns, const Fr *weights, size_t column_count,
        size_t n, const uint8_t *runs) {
        IntegerFactor<A> minus[4];
        Fr start = constant;
        for (size_t j = 0; j < column_count; j++) {
            minus[j] = IntegerFactor<A>(neg(weights[j]));
            start = add(start, minus[j].start);
        }
        const IntegerFactor<A> *w = minus;
        const auto fill = [=, &start](auto finish) {
            parallel_for(n, kGrain, [=, &start](size_t begin, size_t end) {
                for (size_t i = begin; i < end; i += is_run(runs, i) ? CK_RUN : 1) {
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

    static CK_INLINE bool is_gap(int64_t p, const Fr &q) {
        return p == 0 && equal(q, Modulus<Fr>::one);
    }
    static CK_INLINE bool is_gap(const Fr &p, const Fr &q) {
        return is_zero(p) && equal(q, Modulus<Fr>::one);
    }
    static CK_INLINE Fr element(int64_t p) { return numerator(p, Modulus<Fr>::one); }
    static CK_INLINE Fr element(const Fr &p) { return p; }
    static CK_INLINE Fr combined(int64_t p0, const Fr &q0, int64_t p1, const Fr &q1) {
        return add(numerator(p0, q1), numerator(p1, q0));
    }
    static CK_INLINE Fr combined(const Fr &p0, const Fr &q0, const Fr &p1, const Fr &q1) {
        return A::mul_add(p0, q1, p1, q0);
    }

    template <class P>
    static void combine(
        Fr *p_out, Fr *q_out, const P *p, const Fr *q, size_t h, const uint8_t *runs) {
        parallel_for(h, kGrain / 2, [=](size_t begin, size_t end) {
            const size_t step = Fractions::step(runs, begin, end);
            for (size_t at = begin; at < end; at += step) {
                const bool lo = is_run(runs, at), hi = is_run(runs, at + h);
                if (hi && !lo && is_gap(p[at + h], q[at + h])) {
                    for (size_t i = at; i < at + step; i++) {
                        p_out[i] = element(p[i]);
                        q_out[i] = q[i];
                    }
                    continue;
                }
                // Outputs may be the inputs: what a run stores once is read before.
                P p0[CK_RUN], p1[CK_RUN];
                Fr q0[CK_RUN], q1[CK_RUN];
                const P *p_lo = entries(p, at, lo, p0), *p_hi = entries(p, at + h, hi, p1);
                const Fr *q_lo = entries(q, at, lo, q0), *q_hi = entries(q, at + h, hi, q1);
                const size_t width = lo && hi ? 1 : step;
                for (size_t i = 0; i < width; i++) {
                    const Fr q0 = q_lo[i], q1 = q_hi[i];
                    p_out[at + i] = combined(p_lo[i], q0, p_hi[i], q1);
                    q_out[at + i] = A::mul(q0, q1);
                }
            }
        });
    }
    static void fr_fraction_combine(
        Fr *p_out, Fr *q_out, const Fr *p, const Fr *q, size_t h, const uint8_t *runs) {
        combine(p_out, q_out, p, q, h, runs);
    }
    static void i64_fraction_combine(
        Fr *p_out, Fr *q_out, const int64_t *p, const Fr *q, size_t h, const uint8_t *runs) {
        combine(p_out, q_out, p, q, h, runs);
    }

    static void fr_fraction_prepare(
        Fr *s, const Fr *p1, Fr lambda, const Fr *q1, size_t n, const uint8_t *runs) {
        parallel_for(n, kGrain, [=, &lambda](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i += is_run(runs, i) ? CK_RUN : 1)
                s[i] = add(p1[i], A::mul(q1[i], lambda));
        });
    }
    static void i64_fraction_prepare(
        Fr *s, const int64_t *p1, Fr lambda, const Fr *q1, size_t n, const uint8_t *runs) {
        const IntegerFactor<A> one(Modulus<Fr>::one);
        parallel_for(n, kGrain, [=, &lambda, &one](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i += is_run(runs, i) ? CK_RUN : 1)
                s[i] = add(one.times(p1[i]), A::mul(q1[i], lambda));
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

    /// Lines of the four tables: entries of the lower and of the upper half.
    template <class P>
    struct Quadruple {
        const P *p_lo, *p_hi;
        const Fr *s_lo, *s_hi, *q0_lo, *q0_hi, *q1_lo, *q1_hi;

        CK_INLINE void add(Wide2 &sums, const Fr &e, size_t i) const {
            accumulate(
                sums, e, p_lo[i], p_hi[i], s_lo[i], s_hi[i], q0_lo[i], q0_hi[i], q1_lo[i],
                q1_hi[i]);
        }
        /// first, second: whether all lines of p and q0, of s and q1, are one.
        CK_INLINE void add(
            Wide2 &sums, const Fr *e, size_t width, bool first, bool second) const {
            if (first && second) {
                Fr weight = e[0];
                for (size_t i = 1; i < width; i++) weight = ck::add(weight, e[i]);
                add(sums, weight, 0);
            } else if (second && equal(*s_lo, *s_hi) && equal(*q1_lo, *q1_hi)) {
                // Beside a gap nothing is quadratic.
                for (size_t i = 0; i < width; i++)
                    A::mac(sums.constant, e[i], mul_add(p_lo[i], *q1_lo, q0_lo[i], *s_lo));
            } else {
                for (size_t i = 0; i < width; i++) add(sums, e[i], i);
            }
        }
    };

    template <class P>
    static void round(
        const P *p, const Fr *s, const Fr *q0, const Fr *q1, const Fr *e, size_t n,
        const uint8_t *first, const uint8_t *second, Fr out[2]) {
        parallel_sum<Wide2>(n, kGrain / 4, [=](Wide2 &sums, size_t begin, size_t end) {
            const size_t step = Fractions::step(first ? first : second, begin, end);
            for (size_t at = begin; at < end; at += step) {
                const bool first_lo = is_run(first, at), first_hi = is_run(first, at + n);
                const bool second_lo = is_run(second, at), second_hi = is_run(second, at + n);
                P p_room[2][CK_RUN];
                Fr room[6][CK_RUN];
                const Quadruple<P> lines = {
                    entries(p, at, first_lo, p_room[0]),
                    entries(p, at + n, first_hi, p_room[1]),
                    entries(s, at, second_lo, room[0]),
                    entries(s, at + n, second_hi, room[1]),
                    entries(q0, at, first_lo, room[2]),
                    entries(q0, at + n, first_hi, room[3]),
                    entries(q1, at, second_lo, room[4]),
                    entries(q1, at + n, second_hi, room[5])};
                lines.add(sums, e + at, step, first_lo && first_hi, second_lo && second_hi);
            }
        }).store(out);
    }
    static void fr_fraction_round(
        const Fr *p, const Fr *s, const Fr *q0, const Fr *q1, const Fr *e, size_t n,
        const uint8_t *first, const uint8_t *second, Fr out[2]) {
        round(p, s, q0, q1, e, n, first, second, out);
    }
    static void i64_fraction_round(
        const int64_t *p, const Fr *s, const Fr *q0, const Fr *q1, const Fr *e, size_t n,
        const uint8_t *first, const uint8_t *second, Fr out[2]) {
        round(p, s, q0, q1, e, n, first, second, out);
    }

    /// Folds entry i with entry i + half for at <= i < at + width.
    template <class T, class Fold>
    static CK_INLINE void fold_entries(
        Fr *lines, Fr *out, const T *t, size_t at, size_t width, size_t half, const uint8_t *runs,
        const Fold &fold) {
        const size_t step = runs ? CK_RUN : width;
        for (size_t from = 0; from < width; from += step) {
            const size_t low = at + from, high = low + half;
            const bool lo_run = is_run(runs, low), hi_run = is_run(runs, high);
            const T lo = t[low], hi = t[high];
            if (lo_run && hi_run) {
                const Fr value = out[low] = fold(lo, hi);
                for (size_t i = 0; i < step; i++) lines[from + i] = value;
                continue;
            }
            for (size_t i = 0; i < step; i++)
                out[low + i] = lines[from + i] =
                    fold(lo_run ? lo : t[low + i], hi_run ? hi : t[high + i]);
        }
    }
    template <class T, class Fold>
    static CK_INLINE void fold_lines(
        Lines<Fr> &lines, Fr *out, const T *t, size_t at, size_t width, size_t n,
        const uint8_t *runs, const Fold &fold) {
        fold_entries(lines.lo, out, t, at, width, 2 * n, runs, fold);
        fold_entries(lines.hi, out, t, at + n, width, 2 * n, runs, fold);
    }

    template <class P, class FoldNumerators>
    static void fold_round(
        Fr *p_out, const P *p, Fr *s, Fr *q0, Fr *q1, const Fr *e, size_t n, const Fr &r,
        const uint8_t *first, const uint8_t *second, Fr out[2],
        const FoldNumerators &fold_numerators) {
        const auto fold = [&r](const Fr &lo, const Fr &hi) { return Vectors<A>::fold(lo, hi, r); };
        parallel_sum<Wide2>(n, kGrain / 8, [=, &fold, &fold_numerators](
                                               Wide2 &sums, size_t begin, size_t end) {
            Lines<Fr> lp, ls, l0, l1;
            for (size_t at = begin; at < end; at += kLines) {
                const size_t width = end - at < kLines ? end - at : kLines;
                fold_lines(lp, p_out, p, at, width, n, first, fold_numerators);
                fold_lines(ls, s, s, at, width, n, second, fold);
                fold_lines(l0, q0, q0, at, width, n, first, fold);
                fold_lines(l1, q1, q1, at, width, n, second, fold);
                const size_t step = first || second ? CK_RUN : width;
                for (size_t i = 0; i < width; i += step) {
                    const auto all = [=](const uint8_t *runs) {
                        return is_run(runs, at + i) && is_run(runs, at + i + n)
                            && is_run(runs, at + i + 2 * n) && is_run(runs, at + i + 3 * n);
                    };
                    const Quadruple<Fr> lines = {lp.lo + i, lp.hi + i, ls.lo + i, ls.hi + i,
                                                 l0.lo + i, l0.hi + i, l1.lo + i, l1.hi + i};
                    lines.add(sums, e + at + i, step, all(first), all(second));
                }
            }
        }).store(out);
    }

    static void fr_fraction_fold_round(
        Fr *p, Fr *s, Fr *q0, Fr *q1, const Fr *e, size_t n, Fr r, const uint8_t *first,
        const uint8_t *second, Fr out[2]) {
        fold_round(
            p, p, s, q0, q1, e, n, r, first, second, out,
            [&r](const Fr &lo, const Fr &hi) { return Vectors<A>::fold(lo, hi, r); });
    }
    static void i64_fraction_fold_round(
        Fr *p_out, const int64_t *p, Fr *s, Fr *q0, Fr *q1, const Fr *e, size_t n, Fr r,
        const uint8_t *first, const uint8_t *second, Fr out[2]) {
        const typename Vectors<A>::IntegerFold fold(r);
        fold_round(p_out, p, s, q0, q1, e, n, r, first, second, out, fold);
    }
};

}  // namespace
}  // namespace ck
