// Eight lanes with products of 52-bit numbers: AVX-512 IFMA.
#pragma once
#include "lanes_avx512.hpp"

namespace ck {
namespace {

struct IfmaLanes : Avx512Lanes {
    /// sum + the low 52 bits of the product of the low 52 bits.
    static CK_INLINE Reg multiply52_low(Reg sum, Reg a, Reg b) {
        return _mm512_madd52lo_epu64(sum, a, b);
    }
    /// sum + the high 52 bits of the product of the low 52 bits.
    static CK_INLINE Reg multiply52_high(Reg sum, Reg a, Reg b) {
        return _mm512_madd52hi_epu64(sum, a, b);
    }
};

}  // namespace
}  // namespace ck
