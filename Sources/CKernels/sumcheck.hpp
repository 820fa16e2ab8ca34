// Sum-check rounds: evaluate a round polynomial, fold, or both in one pass.
#pragma once
#include "vectors.hpp"

namespace ck {
namespace {

template <class A>
struct Sumcheck {
    using Fr = ck_fr;

    /// Unreduced sums at X = 0 and X = 2.
    struct Wide2 {
        WideSum at0, at2;
        void merge(const Wide2 &other) {
            at0.merge(other.at0);
            at2.merge(other.at2);
        }
        void store(Fr out[2]) const {
            out[0] = reduce<Fr, A>(at0);
            out[1] = reduce<Fr, A>(at2);
        }
    };

    /// 2 * hi - lo: the line at X = 2.
    static CK_INLINE Fr at_two(const Fr &lo, const Fr &hi) { return add(hi, sub(hi, lo)); }

    static CK_INLINE void accumulate(
        Wide2 &s, const Lines<Fr> &a, const Lines<Fr> &b, size_t count) {
        for (size_t i = 0; i < count; i++) {
            A::mac(s.at0, a.lo[i], b.lo[i]);
            A::mac(s.at2, at_two(a.lo[i], a.hi[i]), at_two(b.lo[i], b.hi[i]));
        }
    }

    static void fr_product_round(
        const Fr *a, const Fr *b, size_t half, size_t pairs, Fr out[2]) {
        parallel_sum<Wide2>(pairs, kGrain / 2, [=](Wide2 &s, size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) {
                A::mac(s.at0, a[i], b[i]);
                A::mac(s.at2, at_two(a[i], a[i + half]), at_two(b[i], b[i + half]));
            }
        }).store(out);
    }

    static void i64_product_round(
        const int64_t *a, const Fr *b, size_t half, size_t pairs, Fr out[2]) {
        // The line through any two integers leaves 64 bits at X = 2: the four products of end
        // points are summed instead. a + 2^63 is unsigned; 2^63 * sum b comes off at the end.
        struct Sums {
            SmallSum lo_lo, mixed, hi_hi, b_lo, b_hi;
            void merge(const Sums &other) {
                lo_lo.merge(other.lo_lo);
                mixed.merge(other.mixed);
                hi_hi.merge(other.hi_hi);
                b_lo.merge(other.b_lo);
                b_hi.merge(other.b_hi);
            }
        };
        const Sums s = parallel_sum<Sums>(pairs, kGrain, [=](Sums &s, size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) {
                const uint64_t lo = offset_sign(a[i]), hi = offset_sign(a[i + half]);
                A::mac(s.lo_lo, lo, b[i]);
                A::mac(s.mixed, hi, b[i]);
                A::mac(s.mixed, lo, b[i + half]);
                A::mac(s.hi_hi, hi, b[i + half]);
                s.b_lo.add(b[i]);
                s.b_hi.add(b[i + half]);
            }
        });
        const Fr offset_lo = mul_small<Fr, A>(kSignOffset, reduce<Fr>(s.b_lo));
        const Fr offset_hi = mul_small<Fr, A>(kSignOffset, reduce<Fr>(s.b_hi));
        const Fr lo_lo = sub(reduce<Fr>(s.lo_lo), offset_lo);
        const Fr mixed = sub(reduce<Fr>(s.mixed), add(offset_lo, offset_hi));
        const Fr hi_hi = sub(reduce<Fr>(s.hi_hi), offset_hi);
        out[0] = lo_lo;
        // (2 hi - lo)(2 hi' - lo')
        out[1] = add(lo_lo, dbl(sub(dbl(hi_hi), mixed)));
    }

    template <class FoldA>
    static void fold_round(
        Fr *b, size_t n, size_t count, const Fr &r, Fr out[2], const FoldA &fold_a) {
        parallel_sum<Wide2>(n, kGrain / 4, [=, &r](Wide2 &s, size_t begin, size_t end) {
            Lines<Fr> la, lb;
            for (size_t at = begin; at < end; at += kLines) {
                const size_t width = end - at < kLines ? end - at : kLines;
                fold_a(la, at, width);
                Vectors<A>::fold_lines(lb, b, at, width, n, count, r);
                accumulate(s, la, lb, width);
            }
        }).store(out);
    }

    static void fr_product_fold_round(
        Fr *a, Fr *b, size_t quarter, size_t count, Fr r, Fr out[2]) {
        fold_round(b, quarter, count, r, out, [=, &r](Lines<Fr> &lines, size_t at, size_t width) {
            Vectors<A>::fold_lines(lines, a, at, width, quarter, count, r);
        });
    }

    static void i64_product_fold_round(
        Fr *a_out, const int64_t *a, Fr *b, size_t quarter, size_t count, Fr r, Fr out[2]) {
        const typename Vectors<A>::IntegerFold fold(r);
        fold_round(
            b, quarter, count, r, out, [=, &fold](Lines<Fr> &lines, size_t at, size_t width) {
                Vectors<A>::fold_lines(lines, a_out, a, at, width, quarter, count, fold);
            });
    }

    static constexpr size_t kMaxTables = 16, kMaxTerms = 64, kMaxDegree = 8;

    struct Sums {
        WideSum at[kMaxDegree];
        void merge(const Sums &other) {
            for (size_t k = 0; k < kMaxDegree; k++) at[k].merge(other.at[k]);
        }
    };

    /// The number of factors if the expression is one product of two to four tables, else 0.
    static size_t plain_product(
        const Fr *coefficients, const uint32_t *starts, size_t term_count, bool has_factor) {
        if (term_count != 1 || !equal(coefficients[0], Modulus<Fr>::one)) return 0;
        const size_t d = starts[1] - starts[0] + has_factor;
        return d >= 2 && d <= 4 ? d : 0;
    }

    /// The commonest expression, without the general one's bookkeeping.
    template <size_t D>
    static void product_round(
        const Fr *const *factors, size_t degree, size_t half, Fr *out) {
        const Fr *t[D];
        for (size_t j = 0; j < D; j++) t[j] = factors[j];
        const Sums s = parallel_sum<Sums>(half, kGrain / 4, [=](Sums &s, size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) {
                Fr value[D], step[D];
                for (size_t j = 0; j < D; j++) {
                    value[j] = t[j][i];
                    step[j] = sub(t[j][i + half], t[j][i]);
                }
                for (size_t k = 0; k < degree; k++) {
                    if (k == 1)
                        for (size_t j = 0; j < D; j++) value[j] = add(value[j], step[j]);
                    if (k > 0)
                        for (size_t j = 0; j < D; j++) value[j] = add(value[j], step[j]);
                    if constexpr (D == 2) A::mac(s.at[k], value[0], value[1]);
                    if constexpr (D == 3) A::mac(s.at[k], A::mul(value[0], value[1]), value[2]);
                    if constexpr (D == 4)
                        A::mac(s.at[k], A::mul(value[0], value[1]), A::mul(value[2], value[3]));
                }
            }
        });
        for (size_t k = 0; k < degree; k++) out[k] = reduce<Fr, A>(s.at[k]);
    }

    static void terms_round(
        const ck_table *tables, size_t table_count, size_t factor, const Fr *coefficients,
        const uint32_t *starts, const uint32_t *indices, size_t term_count, size_t degree,
        size_t half, Fr *out) {
        const bool has_factor = factor < table_count;
        if (const size_t d = plain_product(coefficients, starts, term_count, has_factor)) {
            const Fr *factors[4];
            bool all_elements = true;
            for (size_t j = 0; j < d; j++) {
                const size_t table = !has_factor ? indices[j] : j == 0 ? factor : indices[j - 1];
                factors[j] = tables[table].elements;
                all_elements = all_elements && factors[j];
            }
            if (all_elements && d == 2) return product_round<2>(factors, degree, half, out);
            if (all_elements && d == 3) return product_round<3>(factors, degree, half, out);
            if (all_elements) return product_round<4>(factors, degree, half, out);
        }
        const IntegerFactor<A> one(Modulus<Fr>::one);
        const auto load = [&one](const ck_table &table, size_t i) {
            return table.elements ? table.elements[i] : one.times(table.integers[i]);
        };
        bool unit[kMaxTerms];
        for (size_t t = 0; t < term_count; t++) unit[t] = equal(coefficients[t], Modulus<Fr>::one);
        const bool *units = unit;
        const auto body = [=, &load](Sums &s, size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) {
                Fr value[kMaxTables], step[kMaxTables];
                for (size_t j = 0; j < table_count; j++) {
                    value[j] = load(tables[j], i);
                    step[j] = sub(load(tables[j], i + half), value[j]);
                }
                for (size_t k = 0; k < degree; k++) {
                    // X = 0, then 2, 3, ..: the second evaluation moves two steps.
                    if (k > 0)
                        for (size_t j = 0; j < table_count; j++) {
                            value[j] = add(value[j], step[j]);
                            if (k == 1) value[j] = add(value[j], step[j]);
                        }
                    accumulate(
                        s.at[k], value, has_factor ? &value[factor] : nullptr, coefficients, units,
                        starts, indices, term_count);
                }
            }
        };
        const Sums s = parallel_sum<Sums>(half, kGrain / 8, body);
        for (size_t k = 0; k < degree; k++) out[k] = reduce<Fr, A>(s.at[k]);
    }

    /// s += factor * sum of terms. The last multiplication of each product is left unreduced.
    static CK_INLINE void accumulate(
        WideSum &s, const Fr *value, const Fr *factor, const Fr *coefficients, const bool *unit,
        const uint32_t *starts, const uint32_t *indices, size_t term_count) {
        WideSum inner;
        WideSum &sum = factor ? inner : s;
        for (size_t t = 0; t < term_count; t++) {
            const uint32_t *k = indices + starts[t], *end = indices + starts[t + 1];
            const Fr *left = unit[t] && k < end ? &value[*k++] : &coefficients[t];
            Fr product;
            // Every factor but the last is multiplied in; the last goes in unreduced.
            for (; k + 1 < end; k++) {
                product = A::mul(*left, value[*k]);
                left = &product;
            }
            A::mac(sum, *left, k < end ? value[*k] : Modulus<Fr>::one);
        }
        if (factor) A::mac(s, reduce<Fr, A>(inner), *factor);
    }
};

}  // namespace
}  // namespace ck
