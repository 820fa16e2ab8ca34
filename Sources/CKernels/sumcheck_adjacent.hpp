// Sum-check rounds that bind the last variable: entry 2i of a table pairs with entry 2i + 1.
#pragma once
#include "sumcheck.hpp"

namespace ck {
namespace {

template <class V>
struct AdjacentSumcheck {
    using A = typename V::A;
    using Fr = ck_fr;
    using S = Sumcheck<V>;
    using Two = typename S::Two;
    using E = Vectors<V>;

    template <class T>
    static void adjacent_round(const T *a, const Fr *b, size_t n, Fr out[2]) {
        S::product_round(a, b, typename S::Lines{2, 1}, n / 2, out);
        if (n % 2) lone(out, E::element(a[n - 1]), b[n - 1]);
    }
    /// An entry without a neighbour: (1 - X)^2 a b, the same at 0 and 2.
    static void lone(Fr out[2], const Fr &a, const Fr &b) {
        const Fr product = A::mul(a, b);
        for (size_t k = 0; k < 2; k++) out[k] = add(out[k], product);
    }
    static void fr_adjacent_round(const Fr *a, const Fr *b, size_t n, Fr out[2]) {
        adjacent_round(a, b, n, out);
    }
    static void i64_adjacent_round(const int64_t *a, const Fr *b, size_t n, Fr out[2]) {
        adjacent_round(a, b, n, out);
    }

    /// Folds entries 4i + side and the next for i from `i` on, and stores the results.
    template <class T, class Fold>
    static CK_INLINE auto fold_entry(
        Fr *out, const T *t, size_t i, size_t side, LaneCount some, const Fold &fold) {
        const T *at = t + 4 * i + 2 * side;
        const auto folded = fold(S::load(at, some, 4), S::load(at + 1, some, 4));
        V::store(out + 2 * i + side, folded, some, 2);
        return folded;
    }
    template <class T, class FoldA>
    static CK_INLINE void fold_lines(
        Fr *a_out, const T *a, Fr *b_out, const Fr *b, size_t begin, size_t end, Two &s,
        const FoldA &fold_a, const typename E::Fold &fold_b) {
        typename S::Wide at0, at2;
        for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
            const auto a_lo = fold_entry(a_out, a, i, 0, some, fold_a);
            const auto a_hi = fold_entry(a_out, a, i, 1, some, fold_a);
            const auto b_lo = fold_entry(b_out, b, i, 0, some, fold_b);
            const auto b_hi = fold_entry(b_out, b, i, 1, some, fold_b);
            S::accumulate(at0, at2, a_lo, a_hi, b_lo, b_hi);
        });
        at0.flush(s.total[0]);
        at2.flush(s.total[1]);
    }

    /// Not in place: a thread's results lie where another has yet to read. fold_range adds the
    /// products of the folded lines of some quadruples.
    template <class T, class FoldRange>
    static void fold_round(
        Fr *a_out, const T *a, Fr *b_out, const Fr *b, size_t n, const Fr &r, Fr out[2],
        const FoldRange &fold_range) {
        const Two s = parallel_sum<Two>(n / 4, kGrain / 4, fold_range);
        for (size_t k = 0; k < 2; k++) out[k] = s.value(k);
        const auto folded = [&r](const auto *t, size_t i, size_t n) {
            const Fr lo = E::element(t[2 * i]);
            const Fr hi = 2 * i + 1 < n ? E::element(t[2 * i + 1]) : E::zero;
            return add(lo, A::mul(sub(hi, lo), r));
        };
        const size_t count = (n + 1) / 2, first = n / 4 * 2;
        for (size_t i = first; i < count; i++) {
            a_out[i] = folded(a, i, n);
            b_out[i] = folded(b, i, n);
        }
        Fr rest[2];
        adjacent_round(a_out + first, b_out + first, count - first, rest);
        for (size_t k = 0; k < 2; k++) out[k] = add(out[k], rest[k]);
    }

    static void fr_adjacent_fold_round(
        Fr *a_out, const Fr *a, Fr *b_out, const Fr *b, size_t n, Fr r, Fr out[2]) {
        const typename E::Fold fold(r);
        fold_round(
            a_out, a, b_out, b, n, r, out, [=, &fold](Two &s, size_t begin, size_t end) {
                fold_lines(a_out, a, b_out, b, begin, end, s, fold, fold);
            });
    }
    static void i64_adjacent_fold_round(
        Fr *a_out, const int64_t *a, Fr *b_out, const Fr *b, size_t n, Fr r, Fr out[2]) {
        const typename E::Fold fold(r);
        const typename E::IntegerFolds folds(r);
        fold_round(
            a_out, a, b_out, b, n, r, out, [=, &fold, &folds](Two &s, size_t begin, size_t end) {
                with_int_limbs<V>(a + 4 * begin, 4 * (end - begin), [&](auto limbs) {
                    constexpr int k = decltype(limbs)::value;
                    const auto integers = [f = folds.of(limbs)](const auto &lo, const auto &hi) {
                        return f(V::template ints<k>(lo), V::template ints<k>(hi));
                    };
                    fold_lines(a_out, a, b_out, b, begin, end, s, integers, fold);
                });
            });
    }
};

}  // namespace
}  // namespace ck
