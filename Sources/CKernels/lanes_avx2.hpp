// Four lanes of 64 bits: AVX2.
#pragma once
#include <immintrin.h>

#include "field.hpp"

namespace ck {
namespace {

struct Avx2Lanes {
    using Reg = __m256i;
    static constexpr size_t count = 4;

    static CK_INLINE Reg all(uint64_t x) { return _mm256_set1_epi64x(int64_t(x)); }
    static CK_INLINE Reg zero() { return _mm256_setzero_si256(); }
    static CK_INLINE Reg add(Reg a, Reg b) { return _mm256_add_epi64(a, b); }
    static CK_INLINE Reg sub(Reg a, Reg b) { return _mm256_sub_epi64(a, b); }
    static CK_INLINE Reg both(Reg a, Reg b) { return _mm256_and_si256(a, b); }
    static CK_INLINE Reg either(Reg a, Reg b) { return _mm256_or_si256(a, b); }
    /// (a | b) & c
    static CK_INLINE Reg either_within(Reg a, Reg b, Reg c) { return both(either(a, b), c); }
    template <int n>
    static CK_INLINE Reg right(Reg a) {
        return _mm256_srli_epi64(a, n);
    }
    template <int n>
    static CK_INLINE Reg left(Reg a) {
        return _mm256_slli_epi64(a, n);
    }
    static CK_INLINE Reg right_by(Reg a, int n) { return _mm256_srli_epi64(a, n); }
    static CK_INLINE Reg left_by(Reg a, int n) { return _mm256_slli_epi64(a, n); }
    /// The product of the low halves.
    static CK_INLINE Reg multiply32(Reg a, Reg b) { return _mm256_mul_epu32(a, b); }

    /// Of all lanes.
    static CK_INLINE uint64_t sum(Reg a) {
        uint64_t x[count];
        store(x, a);
        return (x[0] + x[1]) + (x[2] + x[3]);
    }

    /// A choice for every lane: all its bits or none.
    struct Mask {
        Reg lanes;
    };
    static CK_INLINE Mask differ(Reg a, Reg b) { return is_nonzero(_mm256_xor_si256(a, b)); }
    static CK_INLINE Mask either(Mask a, Mask b) { return Mask{either(a.lanes, b.lanes)}; }
    static CK_INLINE Mask is_nonzero(Reg a) {
        const Reg zeros = _mm256_cmpeq_epi64(a, zero());
        return Mask{_mm256_xor_si256(zeros, all(~uint64_t(0)))};
    }
    static CK_INLINE Reg choose(Mask m, Reg yes, Reg no) {
        return _mm256_blendv_epi8(no, yes, m.lanes);
    }
    static CK_INLINE Mask mask(unsigned lanes) {
        const Reg bit = _mm256_setr_epi64x(1, 2, 4, 8);
        return Mask{_mm256_cmpeq_epi64(both(all(lanes), bit), bit)};
    }
    /// One bit a lane.
    static CK_INLINE unsigned bits(Mask m) {
        return unsigned(_mm256_movemask_pd(_mm256_castsi256_pd(m.lanes)));
    }

    static CK_INLINE Reg load(const uint64_t *p) {
        return _mm256_loadu_si256(reinterpret_cast<const Reg *>(p));
    }
    static CK_INLINE void store(uint64_t *p, Reg a) {
        _mm256_storeu_si256(reinterpret_cast<Reg *>(p), a);
    }
    static CK_INLINE Reg load_strided(const int64_t *p, ptrdiff_t s) {
        if (s == 1) return load(reinterpret_cast<const uint64_t *>(p));
        return _mm256_setr_epi64x(p[0], p[s], p[2 * s], p[3 * s]);
    }

    /// Four words of each of four elements, where `at(i)` points: rows[j] has word j.
    template <class At>
    static CK_INLINE void load_rows(Reg rows[4], const At &at) {
        Reg e[4];
        for (int i = 0; i < 4; i++) e[i] = load(at(i));
        transpose(rows, e);
    }
    template <class At>
    static CK_INLINE void store_rows(const At &at, const Reg rows[4]) {
        Reg e[4];
        transpose(e, rows);
        for (int i = 0; i < 4; i++) store(at(i), e[i]);
    }

   private:
    static CK_INLINE void transpose(Reg out[4], const Reg in[4]) {
        const Reg a = _mm256_unpacklo_epi64(in[0], in[1]), b = _mm256_unpackhi_epi64(in[0], in[1]);
        const Reg c = _mm256_unpacklo_epi64(in[2], in[3]), d = _mm256_unpackhi_epi64(in[2], in[3]);
        out[0] = _mm256_permute2x128_si256(a, c, 0x20);
        out[1] = _mm256_permute2x128_si256(b, d, 0x20);
        out[2] = _mm256_permute2x128_si256(a, c, 0x31);
        out[3] = _mm256_permute2x128_si256(b, d, 0x31);
    }
};

}  // namespace
}  // namespace ck
