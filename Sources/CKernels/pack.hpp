// Packs: as many field elements as a vector unit has lanes, worked on side by side.
//
// A loop is written once, over a pack: LanePack (lane_pack.hpp) for the vector units, ScalarPack
// (scalar_pack.hpp) with one lane for plain code. In memory an element is ck_fr; in a pack it is
// limbs of some multiple of it, not always reduced: the type says below how many 64ths of p it is,
// and each operation's result type follows, so that a missing reduction is a compile error.
#pragma once
#include "field.hpp"

namespace ck {
namespace {

/// How many lanes of a pack hold something, from the first; the others are zero.
///
/// One type for full and partial packs: a loop's body is compiled once, and tests a flag that is
/// the same for all packs but the last.
struct LaneCount {
    size_t count;
};

/// How many limbs integers take, as a type.
template <int n>
struct IntLimbs {
    static constexpr int value = n;
};
/// body(IntLimbs) with the least that x[0 ..< n] need.
template <class V, class Body>
CK_INLINE void with_int_limbs(const int64_t *x, size_t n, const Body &body) {
    if constexpr (V::full_limbs == 1)
        body(IntLimbs<1>{});
    else if (V::are_small(x, n))
        body(IntLimbs<1>{});
    else
        body(IntLimbs<V::full_limbs>{});
}
/// What a loop needs for integers in one limb, and for any.
template <class Small, class Full>
struct ByLimbs {
    Small small;
    Full full;

    ByLimbs() = default;
    explicit ByLimbs(const ck_fr &f) : small(f), full(f) {}

    template <int n>
    CK_INLINE const auto &of(IntLimbs<n>) const {
        if constexpr (n == 1)
            return small;
        else
            return full;
    }
};
/// An element as a factor of integers.
template <class V>
using IntegerFactor = ByLimbs<
    typename V::template Factor<ck_fr, 1>, typename V::template Factor<ck_fr, V::full_limbs>>;

/// body(i, lanes) for packs that cover [begin, end).
template <class V, class Body>
CK_INLINE void for_packs(size_t begin, size_t end, const Body &body) {
    for (size_t i = begin; i < end; i += V::lanes)
        body(i, LaneCount{end - i < V::lanes ? end - i : V::lanes});
}

}  // namespace
}  // namespace ck
