// BN254 field arithmetic on four 64-bit limbs in Montgomery form, R = 2^256.
//
// Two arithmetics with one interface: Portable (plain C++) here, and Adx in field_adx.hpp.
// Kernels are templates over the arithmetic; a later vector unit is one more class, or one more
// table of kernels.
#pragma once
#include <cstddef>
#include <cstdint>

#include <gmp.h>

#include "ckernels.h"

#define CK_INLINE inline __attribute__((always_inline))

namespace ck {
namespace {

using u128 = unsigned __int128;

template <class F>
struct Modulus;

// p < 2^254 in both fields: two reduced values add without a fifth limb, and Montgomery rows
// leave no carry.
template <>
struct Modulus<ck_fr> {
    alignas(64) static constexpr uint64_t p[4] = {
        0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029};
    static constexpr uint64_t inverse = 0xc2e1f593efffffff;  // -1/p mod 2^64
    static constexpr ck_fr one = {
        {0xac96341c4ffffffb, 0x36fc76959f60cd29, 0x666ea36f7879462e, 0x0e0a77c19a07df2f}};
    static constexpr ck_fr radix_squared = {
        {0x1bb8e645ae216da7, 0x53fe3ab1e35c59e3, 0x8c49833d53bb8085, 0x0216d0b17f4e44a5}};
    static constexpr uint64_t barrett = 0x5291d18988e8129e;  // floor(2^318 / p) - 2^64
};
template <>
struct Modulus<ck_fq> {
    alignas(64) static constexpr uint64_t p[4] = {
        0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029};
    static constexpr uint64_t inverse = 0x87d20782e4866389;
    static constexpr ck_fq one = {
        {0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f}};
    static constexpr ck_fq radix_squared = {
        {0xf32cfc5b538afa89, 0xb5e71911d44501fb, 0x47ab1eff0a417ff6, 0x06d89f71cab8351f}};
    static constexpr uint64_t barrett = 0x5291d18988e8129e;
};

CK_INLINE uint64_t add_carry(uint64_t a, uint64_t b, unsigned long long &carry) {
    return __builtin_addcll(a, b, carry, &carry);
}
CK_INLINE uint64_t sub_borrow(uint64_t a, uint64_t b, unsigned long long &borrow) {
    return __builtin_subcll(a, b, borrow, &borrow);
}

/// t - p if that is not negative, else t. t < 2p.
template <class F>
CK_INLINE F reduce_once(uint64_t t0, uint64_t t1, uint64_t t2, uint64_t t3) {
    using M = Modulus<F>;
    unsigned long long borrow = 0;
    const uint64_t d0 = sub_borrow(t0, M::p[0], borrow), d1 = sub_borrow(t1, M::p[1], borrow);
    const uint64_t d2 = sub_borrow(t2, M::p[2], borrow), d3 = sub_borrow(t3, M::p[3], borrow);
    return F{{borrow ? t0 : d0, borrow ? t1 : d1, borrow ? t2 : d2, borrow ? t3 : d3}};
}

template <class F>
CK_INLINE F add(const F &a, const F &b) {
    unsigned long long carry = 0;
    const uint64_t t0 = add_carry(a.l[0], b.l[0], carry), t1 = add_carry(a.l[1], b.l[1], carry);
    const uint64_t t2 = add_carry(a.l[2], b.l[2], carry), t3 = add_carry(a.l[3], b.l[3], carry);
    return reduce_once<F>(t0, t1, t2, t3);
}

template <class F>
CK_INLINE F sub(const F &a, const F &b) {
    using M = Modulus<F>;
    unsigned long long borrow = 0, carry = 0;
    const uint64_t d0 = sub_borrow(a.l[0], b.l[0], borrow), d1 = sub_borrow(a.l[1], b.l[1], borrow);
    const uint64_t d2 = sub_borrow(a.l[2], b.l[2], borrow), d3 = sub_borrow(a.l[3], b.l[3], borrow);
    const uint64_t mask = 0 - uint64_t(borrow);
    F r;
    r.l[0] = add_carry(d0, M::p[0] & mask, carry);
    r.l[1] = add_carry(d1, M::p[1] & mask, carry);
    r.l[2] = add_carry(d2, M::p[2] & mask, carry);
    r.l[3] = add_carry(d3, M::p[3] & mask, carry);
    return r;
}

template <class F>
CK_INLINE F dbl(const F &a) {
    return add(a, a);
}
template <class F>
CK_INLINE bool is_zero(const F &a) {
    // Kept in scalar registers: limbs just written one by one are slow to read as a vector.
    uint64_t low = a.l[0] | a.l[1], high = a.l[2] | a.l[3];
    asm("" : "+r"(low), "+r"(high));
    return (low | high) == 0;
}
template <class F>
CK_INLINE bool equal(const F &a, const F &b) {
    return ((a.l[0] ^ b.l[0]) | (a.l[1] ^ b.l[1]) | (a.l[2] ^ b.l[2]) | (a.l[3] ^ b.l[3])) == 0;
}
template <class F>
CK_INLINE F neg(const F &a) {
    return sub(F{{0, 0, 0, 0}}, a);
}

/// A sum of unsigned 64-bit integers times field elements, not yet reduced: six limbs hold 2^62
/// terms.
struct SmallSum {
    uint64_t l[6] = {0, 0, 0, 0, 0, 0};
    CK_INLINE void merge(const SmallSum &other) {
        unsigned long long carry = 0;
        for (int i = 0; i < 6; i++) l[i] = add_carry(l[i], other.l[i], carry);
    }
    /// += f * 2^0
    template <class F>
    CK_INLINE void add(const F &f) {
        unsigned long long carry = 0;
        for (int i = 0; i < 4; i++) l[i] = add_carry(l[i], f.l[i], carry);
        l[4] = add_carry(l[4], 0, carry);
        l[5] += carry;
    }
};

/// A sum of products of two field elements, not yet reduced: nine limbs hold 2^64 terms.
struct WideSum {
    uint64_t l[9] = {0, 0, 0, 0, 0, 0, 0, 0, 0};
    CK_INLINE void merge(const WideSum &other) {
        unsigned long long carry = 0;
        for (int i = 0; i < 9; i++) l[i] = add_carry(l[i], other.l[i], carry);
    }
};

/// n mod p for n of five limbs, n < p * 2^64, by a one-limb Barrett quotient.
///
/// q = floor(h * floor(2^318/p) / 2^64) with h = floor(n / 2^254) is at most 3 below n / p, and
/// 4p < 2^256.
template <class F>
CK_INLINE F reduce5(uint64_t n0, uint64_t n1, uint64_t n2, uint64_t n3, uint64_t n4) {
    using M = Modulus<F>;
    const uint64_t h = (n4 << 2) | (n3 >> 62);
    const uint64_t q = h + uint64_t((u128(h) * M::barrett) >> 64);
    // r = n - q * p, exact in the low four limbs.
    u128 m = u128(q) * M::p[0];
    unsigned long long borrow = 0;
    const uint64_t q0 = uint64_t(m);
    m = u128(q) * M::p[1] + uint64_t(m >> 64);
    const uint64_t q1 = uint64_t(m);
    m = u128(q) * M::p[2] + uint64_t(m >> 64);
    const uint64_t q2 = uint64_t(m);
    const uint64_t q3 = q * M::p[3] + uint64_t(m >> 64);
    uint64_t r0 = sub_borrow(n0, q0, borrow), r1 = sub_borrow(n1, q1, borrow);
    uint64_t r2 = sub_borrow(n2, q2, borrow), r3 = sub_borrow(n3, q3, borrow);
    // r < 4p: take off 2p, then p.
    constexpr uint64_t p2[4] = {
        M::p[0] << 1, (M::p[1] << 1) | (M::p[0] >> 63), (M::p[2] << 1) | (M::p[1] >> 63),
        (M::p[3] << 1) | (M::p[2] >> 63)};
    borrow = 0;
    const uint64_t d0 = sub_borrow(r0, p2[0], borrow), d1 = sub_borrow(r1, p2[1], borrow);
    const uint64_t d2 = sub_borrow(r2, p2[2], borrow), d3 = sub_borrow(r3, p2[3], borrow);
    return reduce_once<F>(borrow ? r0 : d0, borrow ? r1 : d1, borrow ? r2 : d2, borrow ? r3 : d3);
}

/// The residue of a small sum below p * 2^128.
template <class F>
CK_INLINE F reduce(const SmallSum &s) {
    const F high = reduce5<F>(s.l[1], s.l[2], s.l[3], s.l[4], s.l[5]);
    return reduce5<F>(s.l[0], high.l[0], high.l[1], high.l[2], high.l[3]);
}

/// Plain C++; the code for every machine, and the twin that others are tested against.
struct Portable {
    /// Montgomery product, coarsely integrated operand scanning.
    template <class F>
    static CK_INLINE F mul(const F &a, const F &b) {
        using M = Modulus<F>;
        uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const uint64_t y = b.l[i];
            u128 c = u128(a.l[0]) * y + t0;
            const uint64_t low = uint64_t(c), m = low * M::inverse;
            u128 d = u128(m) * M::p[0] + low;
            c = u128(a.l[1]) * y + t1 + uint64_t(c >> 64);
            d = u128(m) * M::p[1] + uint64_t(c) + uint64_t(d >> 64);
            t0 = uint64_t(d);
            c = u128(a.l[2]) * y + t2 + uint64_t(c >> 64);
            d = u128(m) * M::p[2] + uint64_t(c) + uint64_t(d >> 64);
            t1 = uint64_t(d);
            c = u128(a.l[3]) * y + t3 + uint64_t(c >> 64);
            d = u128(m) * M::p[3] + uint64_t(c) + uint64_t(d >> 64);
            t2 = uint64_t(d);
            t3 = uint64_t(c >> 64) + uint64_t(d >> 64);
        }
        return reduce_once<F>(t0, t1, t2, t3);
    }

    /// a * b + c * d, each step taking a row of both products and reducing once.
    template <class F>
    static CK_INLINE F mul_add(const F &a, const F &b, const F &c, const F &d) {
        using M = Modulus<F>;
        uint64_t t[5] = {0, 0, 0, 0, 0};
#pragma unroll
        for (int i = 0; i < 4; i++) {
            // t < 3p: two rows fit in five limbs.
            u128 x = 0, y = 0, z = 0;
#pragma unroll
            for (int j = 0; j < 4; j++) {
                x = u128(a.l[j]) * b.l[i] + t[j] + uint64_t(x >> 64);
                y = u128(c.l[j]) * d.l[i] + uint64_t(x) + uint64_t(y >> 64);
                t[j] = uint64_t(y);
            }
            t[4] = uint64_t(x >> 64) + uint64_t(y >> 64);
            const uint64_t m = t[0] * M::inverse;
            z = u128(m) * M::p[0] + t[0];
#pragma unroll
            for (int j = 1; j < 4; j++) {
                z = u128(m) * M::p[j] + t[j] + uint64_t(z >> 64);
                t[j - 1] = uint64_t(z);
            }
            t[3] = t[4] + uint64_t(z >> 64);
        }
        return reduce_once<F>(t[0], t[1], t[2], t[3]);
    }

    /// s += u * f
    template <class F>
    static CK_INLINE void mac(SmallSum &s, uint64_t u, const F &f) {
        u128 c = 0;
        unsigned long long carry = 0;
        for (int i = 0; i < 4; i++) {
            c = u128(u) * f.l[i] + s.l[i] + uint64_t(c >> 64);
            s.l[i] = uint64_t(c);
        }
        s.l[4] = add_carry(s.l[4], uint64_t(c >> 64), carry);
        s.l[5] += carry;
    }

    /// s += a * b, not reduced
    template <class F>
    static CK_INLINE void mac(WideSum &s, const F &a, const F &b) {
        uint64_t t[8] = {0, 0, 0, 0, 0, 0, 0, 0};
#pragma unroll
        for (int i = 0; i < 4; i++) {
            u128 c = 0;
#pragma unroll
            for (int j = 0; j < 4; j++) {
                c = u128(a.l[j]) * b.l[i] + t[i + j] + uint64_t(c >> 64);
                t[i + j] = uint64_t(c);
            }
            t[i + 4] = uint64_t(c >> 64);
        }
        unsigned long long carry = 0;
        for (int i = 0; i < 8; i++) s.l[i] = add_carry(s.l[i], t[i], carry);
        s.l[8] += carry;
    }

    /// l / R mod p for a four-limb l: a value <= p.
    template <class F>
    static CK_INLINE F redc_low(const uint64_t *l) {
        using M = Modulus<F>;
        uint64_t t0 = l[0], t1 = l[1], t2 = l[2], t3 = l[3];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const uint64_t m = t0 * M::inverse;
            u128 d = u128(m) * M::p[0] + t0;
            d = u128(m) * M::p[1] + t1 + uint64_t(d >> 64);
            t0 = uint64_t(d);
            d = u128(m) * M::p[2] + t2 + uint64_t(d >> 64);
            t1 = uint64_t(d);
            d = u128(m) * M::p[3] + t3 + uint64_t(d >> 64);
            t2 = uint64_t(d);
            t3 = uint64_t(d >> 64);
        }
        return F{{t0, t1, t2, t3}};
    }
};


/// s / R mod p for any sum of fewer than 2^63 products.
template <class F, class A>
CK_INLINE F reduce(const WideSum &s) {
    F low = A::template redc_low<F>(s.l);
    low = reduce_once<F>(low.l[0], low.l[1], low.l[2], low.l[3]);
    return add(low, reduce5<F>(s.l[4], s.l[5], s.l[6], s.l[7], s.l[8]));
}

/// u * f for an unsigned integer: nine multiplications instead of 36.
template <class F, class A>
CK_INLINE F mul_small(uint64_t u, const F &f) {
    SmallSum s;
    A::mac(s, u, f);
    return reduce5<F>(s.l[0], s.l[1], s.l[2], s.l[3], s.l[4]);
}

/// x in Montgomery form.
template <class F, class A>
CK_INLINE F from_u64(uint64_t x) {
    return mul_small<F, A>(x, Modulus<F>::one);
}

/// 1 / a, 0 for 0, by GMP: 0.6 times the time of Pornin's binary GCD (eprint 2020/972).
template <class F, class A>
F inverse(const F &a) {
    static_assert(sizeof(mp_limb_t) == sizeof(uint64_t) && GMP_NAIL_BITS == 0);
    using M = Modulus<F>;
    const auto limbs = [](const uint64_t *x) { return reinterpret_cast<const mp_limb_t *>(x); };
    mpz_t value, modulus, result;
    mpz_roinit_n(value, limbs(a.l), 4);
    mpz_roinit_n(modulus, limbs(M::p), 4);
    mpz_init2(result, 256);
    F out = {{0, 0, 0, 0}};
    // The inverse of a R takes a factor R^2 to be that of a, in Montgomery form.
    if (mpz_invert(result, value, modulus)) {
        mpz_export(out.l, nullptr, -1, sizeof(uint64_t), 0, 0, result);
        out = A::mul(A::mul(out, M::radix_squared), M::radix_squared);
    }
    mpz_clear(result);
    return out;
}

}  // namespace
}  // namespace ck
