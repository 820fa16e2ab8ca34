// Eight lanes of 64 bits: AVX-512F.
#pragma once
#include <immintrin.h>

#include "field.hpp"

namespace ck {
namespace {

struct Avx512Lanes {
    using Reg = __m512i;
    static constexpr size_t count = 8;

    static CK_INLINE Reg all(uint64_t x) { return _mm512_set1_epi64(int64_t(x)); }
    static CK_INLINE Reg zero() { return _mm512_setzero_si512(); }
    static CK_INLINE Reg add(Reg a, Reg b) { return _mm512_add_epi64(a, b); }
    static CK_INLINE Reg sub(Reg a, Reg b) { return _mm512_sub_epi64(a, b); }
    static CK_INLINE Reg both(Reg a, Reg b) { return _mm512_and_si512(a, b); }
    static CK_INLINE Reg either(Reg a, Reg b) { return _mm512_or_si512(a, b); }
    /// (a | b) & c
    static CK_INLINE Reg either_within(Reg a, Reg b, Reg c) {
        return _mm512_ternarylogic_epi64(a, b, c, 0xa8);
    }
    template <int n>
    static CK_INLINE Reg right(Reg a) {
        return _mm512_srli_epi64(a, n);
    }
    template <int n>
    static CK_INLINE Reg left(Reg a) {
        return _mm512_slli_epi64(a, n);
    }
    static CK_INLINE Reg right_by(Reg a, int n) { return _mm512_srli_epi64(a, unsigned(n)); }
    static CK_INLINE Reg left_by(Reg a, int n) { return _mm512_slli_epi64(a, unsigned(n)); }
    /// The product of the low halves.
    static CK_INLINE Reg multiply32(Reg a, Reg b) { return _mm512_mul_epu32(a, b); }

    /// Of all lanes.
    static CK_INLINE uint64_t sum(Reg a) { return uint64_t(_mm512_reduce_add_epi64(a)); }

    /// A choice for every lane.
    using Mask = __mmask8;
    static CK_INLINE Mask differ(Reg a, Reg b) { return _mm512_cmpneq_epi64_mask(a, b); }
    static CK_INLINE Mask either(Mask a, Mask b) { return Mask(a | b); }
    static CK_INLINE Mask is_nonzero(Reg a) { return _mm512_test_epi64_mask(a, a); }
    static CK_INLINE Reg choose(Mask m, Reg yes, Reg no) {
        return _mm512_mask_blend_epi64(m, no, yes);
    }
    static CK_INLINE Mask mask(unsigned lanes) { return Mask(lanes); }
    /// One bit a lane.
    static CK_INLINE unsigned bits(Mask m) { return m; }

    static CK_INLINE Reg load(const uint64_t *p) { return _mm512_loadu_si512(p); }
    static CK_INLINE void store(uint64_t *p, Reg a) { _mm512_storeu_si512(p, a); }
    static CK_INLINE Reg load_strided(const int64_t *p, ptrdiff_t stride) {
        if (stride == 1) return _mm512_loadu_si512(p);
        const Reg step = _mm512_set1_epi64(stride);
        const Reg index = _mm512_mullo_epi64(step, _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7));
        return _mm512_i64gather_epi64(index, p, 8);
    }

    /// Four words of each of eight elements, where `at(i)` points: rows[j] has word j.
    template <class At>
    static CK_INLINE void load_rows(Reg rows[4], const At &at) {
        Reg e[4];
        for (int i = 0; i < 4; i++)
            e[i] = _mm512_inserti64x4(
                _mm512_castsi256_si512(
                    _mm256_loadu_si256(reinterpret_cast<const __m256i *>(at(i)))),
                _mm256_loadu_si256(reinterpret_cast<const __m256i *>(at(i + 4))), 1);
        transpose(rows, e);
    }
    template <class At>
    static CK_INLINE void store_rows(const At &at, const Reg rows[4]) {
        Reg e[4];
        transpose(e, rows);
        for (int i = 0; i < 4; i++) {
            _mm256_storeu_si256(reinterpret_cast<__m256i *>(at(i)), _mm512_castsi512_si256(e[i]));
            _mm256_storeu_si256(
                reinterpret_cast<__m256i *>(at(i + 4)), _mm512_extracti64x4_epi64(e[i], 1));
        }
    }

   private:
    /// Transposes both 4 x 4 blocks of words.
    static CK_INLINE void transpose(Reg out[4], const Reg in[4]) {
        const Reg a = _mm512_unpacklo_epi64(in[0], in[1]), b = _mm512_unpackhi_epi64(in[0], in[1]);
        const Reg c = _mm512_unpacklo_epi64(in[2], in[3]), d = _mm512_unpackhi_epi64(in[2], in[3]);
        const Reg low = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
        const Reg high = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
        out[0] = _mm512_permutex2var_epi64(a, low, c);
        out[1] = _mm512_permutex2var_epi64(b, low, d);
        out[2] = _mm512_permutex2var_epi64(a, high, c);
        out[3] = _mm512_permutex2var_epi64(b, high, d);
    }
};

}  // namespace
}  // namespace ck
