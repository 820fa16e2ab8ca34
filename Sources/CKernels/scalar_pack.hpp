// The pack of one lane, for processors without a vector unit that pays: see pack.hpp.
#pragma once
#include "pack.hpp"

namespace ck {
namespace {

/// The offset that makes an integer unsigned.
constexpr uint64_t kSignOffset = uint64_t(1) << 63;

/// Elements are always reduced: what the types of a LanePack count is of no account here.
template <class Scalar>
struct ScalarPack {
    using A = Scalar;
    static constexpr size_t lanes = 1;
    static constexpr bool is_vector = false;
    using Mask = bool;
    static constexpr LaneCount all_lanes{1};

    template <class F>
    using One = F;

    template <class F>
    static CK_INLINE F load(const F *p, LaneCount, ptrdiff_t = 1) {
        return *p;
    }
    template <class F>
    static CK_INLINE F broadcast(const F &f) {
        return f;
    }
    template <class F>
    static CK_INLINE const F &repeat(const F &v, size_t) {
        return v;
    }
    template <class F>
    static CK_INLINE void store(F *p, const F &v, LaneCount, ptrdiff_t = 1) {
        *p = v;
    }

    template <class F>
    static CK_INLINE F add(const F &u, const F &v) {
        return ck::add(u, v);
    }
    template <class F>
    static CK_INLINE F sub(const F &u, const F &v) {
        return ck::sub(u, v);
    }
    template <class F>
    static CK_INLINE F dbl(const F &u) {
        return ck::dbl(u);
    }
    template <class F>
    static CK_INLINE F mul(const F &u, const F &v) {
        return A::mul(u, v);
    }
    template <class F>
    static CK_INLINE F mul_add(const F &u, const F &v, const F &s, const F &t) {
        return A::mul_add(u, v, s, t);
    }
    template <class F>
    static CK_INLINE const F &canonical(const F &u) {
        return u;
    }
    template <class F>
    static CK_INLINE bool is_nonzero(const F &u) {
        return !is_zero(u);
    }
    template <class F>
    static CK_INLINE const F &choose(bool m, const F &yes, const F &no) {
        return m ? yes : no;
    }

    template <class F>
    struct Wide {
        WideSum s;
        CK_INLINE void mac(const F &u, const F &v) { A::mac(s, u, v); }
        CK_INLINE void flush(WideSum &sum) { sum.merge(s); }
        CK_INLINE void flush_lanes(WideSum *sums) { sums->merge(s); }
        template <int>
        CK_INLINE F reduced() {
            return reduce<F, A>(s);
        }
    };
    template <class F>
    struct Sum {
        SmallSum s;
        CK_INLINE void add(const F &u) { s.add(u); }
        CK_INLINE void flush(SmallSum &sum) { sum.merge(s); }
    };

    static constexpr int full_limbs = 1;
    template <int>
    static constexpr uint64_t offset = kSignOffset;

    template <int>
    struct Ints {
        uint64_t x;
    };
    static CK_INLINE int64_t load_raw(const int64_t *x, LaneCount, ptrdiff_t = 1) { return *x; }
    template <int n>
    static CK_INLINE Ints<n> ints(int64_t x) {
        return {uint64_t(x)};
    }
    template <int n>
    static CK_INLINE Ints<n> load_ints(const int64_t *x, LaneCount, ptrdiff_t = 1) {
        return ints<n>(*x);
    }
    struct Seen {};
    static CK_INLINE Seen none_seen() { return {}; }
    static constexpr bool are_small(const int64_t *, size_t, int spare = 0) { return spare == 0; }

    /// +-magnitude with magnitude < p / 2, where x or -1 - x gets the offset: a term is less than
    /// 2^63 p for any integer, so that two of them pass through reduce5.
    template <class F, int n>
    struct Factor {
        F magnitude;
        /// What makes x unsigned: x + 2^63, or 2^63 - 1 - x where the element is negative.
        uint64_t flip;
        /// What a sum lacks for each term, so that the offset is gone in the end.
        F start;

        Factor() = default;
        explicit Factor(const F &f) {
            const F minus = neg(f);
            bool negative = false;
            for (int i = 0; i < 4; i++)
                if (minus.l[i] != f.l[i]) negative = minus.l[i] < f.l[i];
            magnitude = negative ? minus : f;
            flip = negative ? ~kSignOffset : kSignOffset;
            start = neg(mul_small<F, A>(negative ? kSignOffset - 1 : kSignOffset, magnitude));
        }
    };

    template <class F, int n>
    struct Small {
        SmallSum s;
        CK_INLINE void mac(const Ints<n> &x, const F &f) { A::mac(s, x.x ^ kSignOffset, f); }
        CK_INLINE void mac(const Ints<n> &x, const Factor<F, n> &f) {
            A::mac(s, x.x ^ f.flip, f.magnitude);
        }
        CK_INLINE void flush(SmallSum &sum) { sum.merge(s); }
        CK_INLINE void flush_lanes(SmallSum *sums) { sums->merge(s); }
        /// The sum of integers times factors, less their starts; at most so many terms.
        template <int terms>
        CK_INLINE F reduced() {
            if constexpr (terms <= 2)
                return reduce5<F>(s.l[0], s.l[1], s.l[2], s.l[3], s.l[4]);
            else
                return reduce<F>(s);
        }
    };
};

}  // namespace
}  // namespace ck
