// Sum-check rounds that bind the last variable: entry 2i of a table pairs with entry 2i + 1.
#pragma once
#include "sumcheck.hpp"

namespace ck {
namespace {

template <class A>
struct AdjacentSumcheck {
    using Fr = ck_fr;
    using S = Sumcheck<A>;
    using Wide2 = typename S::Wide2;
    static constexpr Fr zero = {{0, 0, 0, 0}};

    static CK_INLINE void pair(
        Wide2 &s, const Fr &a_lo, const Fr &a_hi, const Fr &b_lo, const Fr &b_hi) {
        A::mac(s.at0, a_lo, b_lo);
        A::mac(s.at2, S::at_two(a_lo, a_hi), S::at_two(b_lo, b_hi));
    }
    /// An entry without a neighbour: (1 - X)^2 a b, the same at 0 and 2.
    static CK_INLINE void lone(Wide2 &s, const Fr &a, const Fr &b) {
        A::mac(s.at0, a, b);
        A::mac(s.at2, a, b);
    }

    static void fr_adjacent_round(const Fr *a, const Fr *b, size_t n, Fr out[2]) {
        Wide2 s =
            parallel_sum<Wide2>(n / 2, kGrain / 2, [=](Wide2 &s, size_t begin, size_t end) {
                for (size_t i = 2 * begin; i < 2 * end; i += 2)
                    pair(s, a[i], a[i + 1], b[i], b[i + 1]);
            });
        if (n % 2) lone(s, a[n - 1], b[n - 1]);
        s.store(out);
    }

    /// Products of end points, as in Sumcheck::i64_product_round: the integers' lines leave 64
    /// bits at X = 2. Integers are offset by 2^63; 2^63 * sum b comes off at the end.
    struct EndPoints {
        SmallSum lo_lo, mixed, hi_hi, b_lo, b_hi;
        void merge(const EndPoints &other) {
            lo_lo.merge(other.lo_lo);
            mixed.merge(other.mixed);
            hi_hi.merge(other.hi_hi);
            b_lo.merge(other.b_lo);
            b_hi.merge(other.b_hi);
        }
        CK_INLINE void pair(int64_t a_lo, int64_t a_hi, const Fr &lo, const Fr &hi) {
            const uint64_t x = offset_sign(a_lo), y = offset_sign(a_hi);
            A::mac(lo_lo, x, lo);
            A::mac(mixed, y, lo);
            A::mac(mixed, x, hi);
            A::mac(hi_hi, y, hi);
            b_lo.add(lo);
            b_hi.add(hi);
        }
        void store(Fr out[2]) const {
            const Fr offset_lo = mul_small<Fr, A>(kSignOffset, reduce<Fr>(b_lo));
            const Fr offset_hi = mul_small<Fr, A>(kSignOffset, reduce<Fr>(b_hi));
            const Fr at0 = sub(reduce<Fr>(lo_lo), offset_lo);
            const Fr crossed = sub(reduce<Fr>(mixed), add(offset_lo, offset_hi));
            const Fr high = sub(reduce<Fr>(hi_hi), offset_hi);
            out[0] = at0;
            // (2 hi - lo)(2 hi' - lo')
            out[1] = add(at0, dbl(sub(dbl(high), crossed)));
        }
    };

    static void i64_adjacent_round(const int64_t *a, const Fr *b, size_t n, Fr out[2]) {
        EndPoints s =
            parallel_sum<EndPoints>(n / 2, kGrain, [=](EndPoints &s, size_t begin, size_t end) {
                for (size_t i = 2 * begin; i < 2 * end; i += 2)
                    s.pair(a[i], a[i + 1], b[i], b[i + 1]);
            });
        if (n % 2) s.pair(a[n - 1], 0, b[n - 1], zero);
        s.store(out);
    }

    /// Not in place: a thread's results lie where another has yet to read.
    template <class T, class Fold>
    static void fold_round(
        Fr *a_out, const T *a, Fr *b_out, const Fr *b, size_t n, Fr r, Fr out[2],
        const Fold &fold_a) {
        using V = Vectors<A>;
        Wide2 s = parallel_sum<Wide2>(
            n / 4, kGrain / 4, [=, &r, &fold_a](Wide2 &s, size_t begin, size_t end) {
                for (size_t i = begin; i < end; i++) {
                    const T *x = a + 4 * i;
                    const Fr *y = b + 4 * i;
                    const Fr a_lo = fold_a(x[0], x[1]), a_hi = fold_a(x[2], x[3]);
                    const Fr b_lo = V::fold(y[0], y[1], r), b_hi = V::fold(y[2], y[3], r);
                    pair(s, a_lo, a_hi, b_lo, b_hi);
                    a_out[2 * i] = a_lo;
                    a_out[2 * i + 1] = a_hi;
                    b_out[2 * i] = b_lo;
                    b_out[2 * i + 1] = b_hi;
                }
            });
        const size_t folded = (n + 1) / 2;
        for (size_t i = n / 4 * 2; i < folded; i++) {
            const bool whole = 2 * i + 1 < n;
            a_out[i] = fold_a(a[2 * i], whole ? a[2 * i + 1] : T{});
            b_out[i] = V::fold(b[2 * i], whole ? b[2 * i + 1] : zero, r);
        }
        if (n % 4 == 3)
            pair(s, a_out[folded - 2], a_out[folded - 1], b_out[folded - 2], b_out[folded - 1]);
        else if (n % 4)
            lone(s, a_out[folded - 1], b_out[folded - 1]);
        s.store(out);
    }

    static void fr_adjacent_fold_round(
        Fr *a_out, const Fr *a, Fr *b_out, const Fr *b, size_t n, Fr r, Fr out[2]) {
        fold_round(a_out, a, b_out, b, n, r, out, [&r](const Fr &lo, const Fr &hi) {
            return Vectors<A>::fold(lo, hi, r);
        });
    }
    static void i64_adjacent_fold_round(
        Fr *a_out, const int64_t *a, Fr *b_out, const Fr *b, size_t n, Fr r, Fr out[2]) {
        const typename Vectors<A>::IntegerFold fold(r);
        fold_round(a_out, a, b_out, b, n, r, out, fold);
    }
};

}  // namespace
}  // namespace ck
