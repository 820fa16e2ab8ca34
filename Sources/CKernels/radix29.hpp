// Products of field elements in nine limbs of 29 bits, by the instruction that multiplies the low
// halves of 64-bit lanes: AVX2, AVX-512F.
#pragma once
#include "field.hpp"

namespace ck {
namespace {

/// What a pack (pack.hpp) needs to know of its limbs.
template <class L>
struct Radix29 {
    using Lanes = L;
    using Reg = typename L::Reg;
    static constexpr int limbs = 9, bits = 29;
    /// Columns of a product, and how many products of two elements, or of an element and an
    /// integer of up to three limbs, may be added up before the columns are carried.
    static constexpr int columns = 18, wide_terms = 4, small_terms = 16;
    static constexpr uint64_t mask = (uint64_t(1) << bits) - 1;

    /// t += a * b for `na` and `nb` limbs, in na + nb - 1 columns. Limbs are below 2^29.
    template <int na, int nb>
    static CK_INLINE void multiply_add(Reg *t, const Reg *a, const Reg *b) {
#pragma unroll
        for (int i = 0; i < na; i++)
#pragma unroll
            for (int j = 0; j < nb; j++) t[i + j] = L::add(t[i + j], L::multiply32(a[i], b[j]));
    }

    /// Makes `steps` limbs zero from t[0] on by adding multiples of p; `last` bits of the last one.
    template <class F, int steps, int last>
    static CK_INLINE void cancel(Reg *t, const Reg *p, Reg inverse) {
#pragma unroll
        for (int i = 0; i < steps; i++) {
            constexpr uint64_t all = mask, some = (uint64_t(1) << last) - 1;
            const Reg m = L::both(
                L::multiply32(t[i], inverse), L::all(i + 1 == steps ? some : all));
            multiply_add<1, limbs>(t + i, &m, p);
            if (i + 1 < steps) t[i + 1] = L::add(t[i + 1], L::template right<bits>(t[i]));
        }
    }

    /// out = t / 2^256 mod p. The columns are sums of at most wide_terms + 1 products' columns.
    template <class F>
    static CK_INLINE void reduce_wide(Reg *out, Reg *t, const Reg *p, Reg inverse) {
        constexpr int last = 256 - 8 * bits;
        cancel<F, 9, last>(t, p, inverse);
#pragma unroll
        for (int k = 8; k + 1 < columns; k++) {
            t[k + 1] = L::add(t[k + 1], L::template right<bits>(t[k]));
            if (k > 8) t[k] = L::both(t[k], L::all(mask));
        }
        // What is above the last 24 bits.
        t[8] = L::both(t[8], L::all(mask));
#pragma unroll
        for (int k = 0; k < limbs; k++)
            out[k] = L::either_within(
                L::template right<last>(t[8 + k]), L::template left<bits - last>(t[9 + k]),
                L::all(mask));
    }
};

}  // namespace
}  // namespace ck
