// Sum-check rounds of any expression: a sum of products of tables.
#pragma once
#include "sumcheck.hpp"

namespace ck {
namespace {

template <class V>
struct Terms {
    using A = typename V::A;
    using Fr = ck_fr;
    using One = typename V::template One<Fr>;
    using Wide = typename V::template Wide<Fr>;
    static constexpr size_t kMaxTables = 16, kMaxTerms = 64, kMaxDegree = 8;
    using Sums = WideSums<V, kMaxDegree>;

    /// The number of factors if the expression is one product of two to four tables, else 0.
    static size_t plain_product(
        const Fr *coefficients, const uint32_t *starts, size_t term_count, bool has_factor) {
        if (term_count != 1 || !equal(coefficients[0], Modulus<Fr>::one)) return 0;
        const size_t d = starts[1] - starts[0] + has_factor;
        return d >= 2 && d <= 4 ? d : 0;
    }

    /// Lines at X = 0, then 2, 3, ..: calls add(k) for the kth of `degree` values.
    template <class Add>
    static CK_INLINE void walk(
        One *value, const One *step, size_t tables, size_t degree, const Add &add) {
        for (size_t k = 0; k < degree; k++) {
            for (size_t steps = k == 0 ? 0 : k == 1 ? 2 : 1; steps > 0; steps--)
                for (size_t j = 0; j < tables; j++)
                    value[j] = V::canonical(V::add(value[j], step[j]));
            add(k);
        }
    }
    static CK_INLINE One step_of(const One &lo, const One &hi) {
        return V::canonical(V::sub(hi, lo));
    }

    /// The commonest expression, without the general one's bookkeeping.
    template <size_t D>
    static void product_round(
        const Fr *const *factors, size_t degree, size_t half, Fr *out) {
        const Fr *t[D];
        for (size_t j = 0; j < D; j++) t[j] = factors[j];
        const Sums s = parallel_sum<Sums>(half, kGrain / 4, [=](Sums &s, size_t begin, size_t end) {
            Wide at[kMaxDegree];
            for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
                One value[D], step[D];
                for (size_t j = 0; j < D; j++) {
                    value[j] = V::load(t[j] + i, some);
                    step[j] = step_of(value[j], V::load(t[j] + i + half, some));
                }
                walk(value, step, D, degree, [&](size_t k) {
                    if constexpr (D == 2) at[k].mac(value[0], value[1]);
                    if constexpr (D == 3) at[k].mac(V::mul(value[0], value[1]), value[2]);
                    if constexpr (D == 4)
                        at[k].mac(V::mul(value[0], value[1]), V::mul(value[2], value[3]));
                });
            });
            for (size_t k = 0; k < degree; k++) at[k].flush(s.total[k]);
        });
        for (size_t k = 0; k < degree; k++) out[k] = s.value(k);
    }

    static CK_INLINE One load(
        const ck_table &table, size_t i, LaneCount some, const IntegerFactor<V> &one) {
        if (table.elements) return V::load(table.elements + i, some);
        const IntLimbs<V::full_limbs> limbs;
        const auto &f = one.of(limbs);
        return V::canonical(
            V::add(Vectors<V>::times(limbs, table.integers + i, some, f), f.start));
    }

    /// 1 in the lanes that there are: what a constant is multiplied by.
    static CK_INLINE One load_ones(LaneCount some) {
        Fr ones[V::lanes];
        for (size_t i = 0; i < V::lanes; i++) ones[i] = Modulus<Fr>::one;
        return V::load(ones, some);
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
        const IntegerFactor<V> one(Modulus<Fr>::one);
        bool unit[kMaxTerms];
        for (size_t t = 0; t < term_count; t++) unit[t] = equal(coefficients[t], Modulus<Fr>::one);
        const bool *units = unit;
        const auto body = [=, &one](Sums &s, size_t begin, size_t end) {
            Wide at[kMaxDegree];
            for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
                One value[kMaxTables], step[kMaxTables];
                for (size_t j = 0; j < table_count; j++) {
                    value[j] = load(tables[j], i, some, one);
                    step[j] = step_of(value[j], load(tables[j], i + half, some, one));
                }
                const One ones = load_ones(some);
                walk(value, step, table_count, degree, [&](size_t k) {
                    accumulate(
                        at[k], value, has_factor ? &value[factor] : nullptr, ones, coefficients,
                        units, starts, indices, term_count);
                });
            });
            for (size_t k = 0; k < degree; k++) at[k].flush(s.total[k]);
        };
        const Sums s = parallel_sum<Sums>(half, kGrain / 8, body);
        for (size_t k = 0; k < degree; k++) out[k] = s.value(k);
    }

    /// s += factor * sum of terms. The last multiplication of each product is left unreduced.
    static CK_INLINE void accumulate(
        Wide &s, const One *value, const One *factor, const One &ones, const Fr *coefficients,
        const bool *unit, const uint32_t *starts, const uint32_t *indices, size_t term_count) {
        Wide inner;
        Wide &sum = factor ? inner : s;
        for (size_t t = 0; t < term_count; t++) {
            const uint32_t *k = indices + starts[t], *end = indices + starts[t + 1];
            One product = unit[t] && k < end ? value[*k++] : V::broadcast(coefficients[t]);
            // Every factor but the last is multiplied in; the last goes in unreduced.
            for (; k + 1 < end; k++) product = V::canonical(V::mul(product, value[*k]));
            sum.mac(product, k < end ? value[*k] : ones);
        }
        // A product of reduced elements is below p^2 < 2^256 * 13/64 * p.
        if (factor) s.mac(inner.template reduced<13 * int(kMaxTerms)>(), *factor);
    }
};

}  // namespace
}  // namespace ck
