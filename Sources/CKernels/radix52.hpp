// Products of field elements in five limbs of 52 bits, by the instructions that give the low and
// the high half of a 52-bit product (AVX-512 IFMA, or its model).
#pragma once
#include "field.hpp"

namespace ck {
namespace {

/// What a pack (pack.hpp) needs to know of its limbs. L: the lanes, with multiply52_low and _high.
template <class L>
struct Radix52 {
    using Lanes = L;
    using Reg = typename L::Reg;
    static constexpr int limbs = 5, bits = 52;
    /// Columns of a product, and how many products of two elements, or of an element and an
    /// integer of up to two limbs, may be added up before the columns are carried.
    static constexpr int columns = 10, wide_terms = 256, small_terms = 512;
    static constexpr uint64_t mask = (uint64_t(1) << bits) - 1;

    /// t += a * b for `na` and `nb` limbs, in na + nb columns. Limbs are below 2^52.
    template <int na, int nb>
    static CK_INLINE void multiply_add(Reg *t, const Reg *a, const Reg *b) {
#pragma unroll
        for (int i = 0; i < na; i++) {
#pragma unroll
            for (int j = 0; j < nb; j++) t[i + j] = L::multiply52_low(t[i + j], a[i], b[j]);
#pragma unroll
            for (int j = 0; j < nb; j++)
                t[i + j + 1] = L::multiply52_high(t[i + j + 1], a[i], b[j]);
        }
    }

    /// Makes `steps` limbs zero from t[0] on by adding multiples of p; `last` bits of the last one.
    template <class F, int steps, int last>
    static CK_INLINE void cancel(Reg *t, const Reg *p, Reg inverse) {
#pragma unroll
        for (int i = 0; i < steps; i++) {
            Reg m = L::multiply52_low(L::zero(), t[i], inverse);
            if (i + 1 == steps && last < bits)
                m = L::both(m, L::all((uint64_t(1) << last) - 1));
            multiply_add<1, limbs>(t + i, &m, p);
            if (i + 1 < steps) t[i + 1] = L::add(t[i + 1], L::template right<bits>(t[i]));
        }
    }

    /// out = t / 2^256 mod p. The columns are below 2^59.
    template <class F>
    static CK_INLINE void reduce_wide(Reg *out, Reg *t, const Reg *p, Reg inverse) {
        constexpr int last = 256 - 4 * bits;
        cancel<F, 5, last>(t, p, inverse);
        // What is above the last 48 bits, times 16 so that limbs lie at multiples of 52 again.
        Reg carry = L::template right<last>(t[4]);
#pragma unroll
        for (int k = 0; k < limbs; k++) {
            const Reg x = L::add(L::template left<bits - last>(t[5 + k]), carry);
            out[k] = k + 1 < limbs ? L::both(x, L::all(mask)) : x;
            carry = L::template right<bits>(x);
        }
    }
};

}  // namespace
}  // namespace ck
