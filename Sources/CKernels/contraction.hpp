// Contractions of strided tensors with a field vector along one axis.
#pragma once
#include "vectors.hpp"

namespace ck {
namespace {

template <class A>
struct Contraction {
    using Fr = ck_fr;
    static constexpr size_t kTile = 32;       // outputs accumulated side by side
    static constexpr size_t kBlock = 256;     // weights that stay in first-level cache
    static constexpr size_t kChunk = 1 << 13; // terms of one output a thread takes at a time

    static CK_INLINE void mac(SmallSum &s, int64_t x, const Fr &v) {
        A::mac(s, offset_sign(x), v);
    }
    static CK_INLINE void mac(WideSum &s, const Fr &x, const Fr &v) { A::mac(s, x, v); }

    /// Sums kTile outputs at a time with reduction at the end only. `finish` turns a sum over the
    /// terms [k0, k1) into a field element.
    template <class Sum, class T, class Finish>
    static void contract(
        Fr *out, const T *t, ptrdiff_t sa, ptrdiff_t sk, ptrdiff_t sb, const Fr *v, size_t na,
        size_t nk, size_t nb, const Finish &finish) {
        const size_t outputs = na * nb;
        if (outputs == 0) return;
        const size_t tiles = (outputs + kTile - 1) / kTile;
        // Few outputs with many terms: threads share an output's terms as well.
        const size_t chunk = tiles < 16 && nk > kChunk ? kChunk : (nk ? nk : 1);
        const size_t chunks = nk ? (nk + chunk - 1) / chunk : 1;
        if (chunks > 1)
            for (size_t o = 0; o < outputs; o++) out[o] = Fr{{0, 0, 0, 0}};
        std::atomic_flag busy = ATOMIC_FLAG_INIT;
        const ptrdiff_t between = nb > 1 ? sb : sa;  // neighbouring outputs
        const bool outputs_inside = (between < 0 ? -between : between) <= (sk < 0 ? -sk : sk);
        const size_t work = kTile * chunk;
        const size_t grain = work >= 2 * kGrain ? 1 : 2 * kGrain / work;
        parallel_for(tiles * chunks, grain, [=, &busy, &finish](size_t begin, size_t end) {
            for (size_t item = begin; item < end; item++) {
                const size_t first = item / chunks * kTile, k0 = item % chunks * chunk;
                const size_t width = outputs - first < kTile ? outputs - first : kTile;
                const size_t k1 = nk - k0 < chunk ? nk : k0 + chunk;
                Sum sums[kTile];
                const T *rows[kTile];
                for (size_t o = 0; o < width; o++) {
                    const size_t a = (first + o) / nb, b = (first + o) % nb;
                    rows[o] = t + ptrdiff_t(a) * sa + ptrdiff_t(b) * sb;
                    sums[o] = Sum();
                }
                if (outputs_inside) {
                    for (size_t k = k0; k < k1; k++)
                        for (size_t o = 0; o < width; o++)
                            mac(sums[o], rows[o][ptrdiff_t(k) * sk], v[k]);
                } else {
                    for (size_t kb = k0; kb < k1; kb += kBlock) {
                        const size_t ke = k1 - kb < kBlock ? k1 : kb + kBlock;
                        for (size_t o = 0; o < width; o++) {
                            Sum s = sums[o];
                            for (size_t k = kb; k < ke; k++)
                                mac(s, rows[o][ptrdiff_t(k) * sk], v[k]);
                            sums[o] = s;
                        }
                    }
                }
                if (chunks == 1) {
                    for (size_t o = 0; o < width; o++) out[first + o] = finish(sums[o], k0, k1);
                } else {
                    while (busy.test_and_set(std::memory_order_acquire)) {}
                    for (size_t o = 0; o < width; o++)
                        out[first + o] = add(out[first + o], finish(sums[o], k0, k1));
                    busy.clear(std::memory_order_release);
                }
            }
        });
    }

    static void i64_contract(
        Fr *out, const int64_t *t, ptrdiff_t sa, ptrdiff_t sk, ptrdiff_t sb, const Fr *v, size_t na,
        size_t nk, size_t nb) {
        // sum x v = sum (x + 2^63) v - 2^63 sum v
        const Fr shift = mul_small<Fr, A>(kSignOffset, Vectors<A>::fr_sum(v, nk));
        contract<SmallSum>(
            out, t, sa, sk, sb, v, na, nk, nb,
            [=, &shift](const SmallSum &s, size_t k0, size_t) {
                const Fr sum = reduce<Fr>(s);
                return k0 == 0 ? sub(sum, shift) : sum;
            });
    }
    static void fr_contract(
        Fr *out, const Fr *t, ptrdiff_t sa, ptrdiff_t sk, ptrdiff_t sb, const Fr *v, size_t na,
        size_t nk, size_t nb) {
        contract<WideSum>(
            out, t, sa, sk, sb, v, na, nk, nb,
            [](const WideSum &s, size_t, size_t) { return reduce<Fr, A>(s); });
    }
};

}  // namespace
}  // namespace ck
