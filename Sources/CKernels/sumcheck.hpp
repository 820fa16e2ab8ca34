// Sum-check rounds: evaluate a round polynomial, fold, or both in one pass.
#pragma once
#include "vectors.hpp"

namespace ck {
namespace {

/// A thread's sums of products of elements, and where they end.
template <class V, size_t count>
struct WideSums {
    WideSum total[count];
    void merge(const WideSums &other) {
        for (size_t k = 0; k < count; k++) total[k].merge(other.total[k]);
    }
    ck_fr value(size_t k) const { return reduce<ck_fr, typename V::A>(total[k]); }
};

template <class V>
struct Sumcheck {
    using A = typename V::A;
    using Fr = ck_fr;
    using Wide = typename V::template Wide<Fr>;
    using Two = WideSums<V, 2>;

    /// The line through lo and hi at X = 2.
    template <class E>
    static CK_INLINE auto at_two(const E &lo, const E &hi) {
        return V::sub(V::dbl(hi), lo);
    }

    /// Adds products of lines to the sums at X = 0 and X = 2.
    template <class E>
    static CK_INLINE void accumulate(
        Wide &at0, Wide &at2, const E &a_lo, const E &a_hi, const E &b_lo, const E &b_hi) {
        at0.mac(a_lo, b_lo);
        at2.mac(at_two(a_lo, a_hi), at_two(b_lo, b_hi));
    }
    template <class Body>
    static CK_INLINE void sum_lines(size_t n, size_t grain, Fr out[2], const Body &body) {
        const Two s = parallel_sum<Two>(n, grain, [&](Two &s, size_t begin, size_t end) {
            Wide at0, at2;
            for_packs<V>(
                begin, end, [&](size_t i, LaneCount some) { body(at0, at2, i, some); });
            at0.flush(s.total[0]);
            at2.flush(s.total[1]);
        });
        for (size_t k = 0; k < 2; k++) out[k] = s.value(k);
    }

    /// Where the ends of line i lie in a table.
    struct Lines {
        size_t stride, gap;
        size_t lo(size_t i) const { return i * stride; }
        size_t hi(size_t i) const { return i * stride + gap; }
    };

    static void product_round(
        const Fr *a, const Fr *b, Lines lines, size_t count, Fr out[2]) {
        const auto s = ptrdiff_t(lines.stride);
        sum_lines(count, kGrain / 2, out, [=](Wide &at0, Wide &at2, size_t i, LaneCount some) {
            accumulate(
                at0, at2, V::load(a + lines.lo(i), some, s), V::load(a + lines.hi(i), some, s),
                V::load(b + lines.lo(i), some, s), V::load(b + lines.hi(i), some, s));
        });
    }
    static void fr_product_round(
        const Fr *a, const Fr *b, size_t half, size_t pairs, Fr out[2]) {
        product_round(a, b, Lines{1, half}, pairs, out);
    }

    static void product_round(
        const int64_t *a, const Fr *b, Lines lines, size_t count, Fr out[2]) {
        using Offset = typename Vectors<V>::OffsetSums;
        struct Sums {
            // At 0 and 2 where integers are small; for any others the four products of end
            // points, whose line would leave 64 bits.
            Offset at0, at2, mixed, hi_hi;
            void merge(const Sums &other) {
                at0.merge(other.at0);
                at2.merge(other.at2);
                mixed.merge(other.mixed);
                hi_hi.merge(other.hi_hi);
            }
        };
        const Sums s = parallel_sum<Sums>(count, kGrain, [=](Sums &s, size_t begin, size_t end) {
            const size_t span = (end - begin - 1) * lines.stride + 1;
            if (V::is_vector && V::are_small(a + lines.lo(begin), span, 2)
                && V::are_small(a + lines.hi(begin), span, 2))
                small_lines(s.at0, s.at2, a, b, lines, begin, end);
            else
                end_points(s.at0, s.mixed, s.hi_hi, a, b, lines, begin, end);
        });
        out[0] = s.at0.value();
        // (2 hi - lo)(2 hi' - lo')
        out[1] = add(
            add(s.at2.value(), s.at0.full_value()), dbl(sub(dbl(s.hi_hi.value()), s.mixed.value())));
    }
    static void i64_product_round(
        const int64_t *a, const Fr *b, size_t half, size_t pairs, Fr out[2]) {
        product_round(a, b, Lines{1, half}, pairs, out);
    }
    template <class Offset>
    static CK_INLINE void small_lines(
        Offset &at0, Offset &at2, const int64_t *a, const Fr *b, Lines lines, size_t begin,
        size_t end) {
        if constexpr (V::is_vector) {
            typename V::template Small<Fr, 1> products0, products2;
            typename V::template Sum<Fr> weights0, weights2;
            const auto s = ptrdiff_t(lines.stride);
            for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
                const auto lo = V::load_raw(a + lines.lo(i), some, s);
                const auto hi = V::load_raw(a + lines.hi(i), some, s);
                const auto b_lo = V::load(b + lines.lo(i), some, s);
                const auto b2 = V::settled(at_two(b_lo, V::load(b + lines.hi(i), some, s)));
                products0.mac(V::template ints<1>(lo), b_lo);
                weights0.add(b_lo);
                products2.mac(V::template ints<1>(V::L::sub(V::L::add(hi, hi), lo)), b2.l);
                weights2.add(b2);
            });
            at0.template add<1>(products0, weights0);
            at2.template add<1>(products2, weights2);
        }
    }
    template <class Offset>
    static CK_INLINE void end_points(
        Offset &lo_lo, Offset &mixed, Offset &hi_hi, const int64_t *a, const Fr *b, Lines lines,
        size_t begin, size_t end) {
        constexpr int k = V::full_limbs;
        typename V::template Small<Fr, k> ll, m, hh;
        typename V::template Sum<Fr> b_ll, b_m, b_hh;
        const auto s = ptrdiff_t(lines.stride);
        for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
            const auto lo = V::template load_ints<k>(a + lines.lo(i), some, s);
            const auto hi = V::template load_ints<k>(a + lines.hi(i), some, s);
            const auto b_lo = V::load(b + lines.lo(i), some, s);
            const auto b_hi = V::load(b + lines.hi(i), some, s);
            ll.mac(lo, b_lo);
            m.mac(hi, b_lo);
            m.mac(lo, b_hi);
            hh.mac(hi, b_hi);
            b_ll.add(b_lo);
            b_m.add(b_lo);
            b_m.add(b_hi);
            b_hh.add(b_hi);
        });
        lo_lo.template add<k>(ll, b_ll);
        mixed.template add<k>(m, b_m);
        hi_hi.template add<k>(hh, b_hh);
    }

    /// Entries of a table from i on; those from `count` on are zero and not read.
    template <class T>
    static CK_INLINE auto load_live(const T *t, size_t i, size_t count, LaneCount some) {
        const size_t live = i < count ? count - i : 0;
        if (V::lanes == 1) return load(live ? t + i : &nothing<T>, some);
        return load(t + i, LaneCount{live < some.count ? live : some.count});
    }
    template <class T>
    static constexpr T nothing = {};
    static CK_INLINE auto load(const Fr *t, LaneCount some, ptrdiff_t stride = 1) {
        return V::load(t, some, stride);
    }
    static CK_INLINE auto load(const int64_t *t, LaneCount some, ptrdiff_t stride = 1) {
        return V::load_raw(t, some, stride);
    }

    /// Folds entries i and i + 2n, and stores the result.
    template <class T, class Fold>
    static CK_INLINE auto fold_entry(
        Fr *out, const T *t, size_t i, size_t n, size_t count, LaneCount some, const Fold &fold) {
        const auto folded =
            fold(load_live(t, i, count, some), load_live(t, i + 2 * n, count, some));
        V::store(out + i, folded, some);
        return folded;
    }

    template <class T, class FoldA>
    static CK_INLINE void fold_round(
        Fr *a_out, const T *a, Fr *b, size_t n, size_t begin, size_t end, size_t count, Two &s,
        const FoldA &fold_a, const typename Vectors<V>::Fold &fold_b) {
        Wide at0, at2;
        for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
            const auto a_lo = fold_entry(a_out, a, i, n, count, some, fold_a);
            const auto a_hi = fold_entry(a_out, a, i + n, n, count, some, fold_a);
            const auto b_lo = fold_entry(b, b, i, n, count, some, fold_b);
            const auto b_hi = fold_entry(b, b, i + n, n, count, some, fold_b);
            accumulate(at0, at2, a_lo, a_hi, b_lo, b_hi);
        });
        at0.flush(s.total[0]);
        at2.flush(s.total[1]);
    }

    static void fr_product_fold_round(
        Fr *a, Fr *b, size_t n, size_t count, Fr r, Fr out[2]) {
        const typename Vectors<V>::Fold fold(r);
        const Two s = parallel_sum<Two>(n, kGrain / 4, [=, &fold](Two &s, size_t begin, size_t end) {
            fold_round(a, a, b, n, begin, end, count, s, fold, fold);
        });
        for (size_t k = 0; k < 2; k++) out[k] = s.value(k);
    }

    static void i64_product_fold_round(
        Fr *a_out, const int64_t *a, Fr *b, size_t n, size_t count, Fr r, Fr out[2]) {
        const typename Vectors<V>::Fold fold(r);
        const typename Vectors<V>::IntegerFolds folds(r);
        const auto body = [=, &fold, &folds](Two &s, size_t begin, size_t end) {
            bool small = true;
            for (size_t quarter = 0; quarter < 4; quarter++) {
                const size_t first = quarter * n + begin, last = quarter * n + end;
                const size_t stop = last < count ? last : count;
                small = small && (first >= stop || V::are_small(a + first, stop - first));
            }
            const auto run = [&](auto limbs) {
                constexpr int k = decltype(limbs)::value;
                const auto integers = [f = folds.of(limbs)](const auto &lo, const auto &hi) {
                    return f(V::template ints<k>(lo), V::template ints<k>(hi));
                };
                fold_round(a_out, a, b, n, begin, end, count, s, integers, fold);
            };
            if (small)
                run(IntLimbs<1>{});
            else
                run(IntLimbs<V::full_limbs>{});
        };
        const Two s = parallel_sum<Two>(n, kGrain / 4, body);
        for (size_t k = 0; k < 2; k++) out[k] = s.value(k);
    }
};

}  // namespace
}  // namespace ck
