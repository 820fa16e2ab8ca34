// Many affine additions with one shared inversion (Montgomery's trick), by packs.
#pragma once
#include "curve.hpp"
#include "scalar_pack.hpp"

namespace ck {
namespace {

/// Working memory for m additions by any pack.
constexpr size_t batch_add_bytes(size_t m) { return 2 * 72 * (m + 8); }

/// The operands of batched additions: *left[t] += *right[t].
struct AffinePairs {
    Affine **left;
    const Affine **right;
};

/// *left[t] += *right[t] for t < m: about six multiplications each. Every case is right: infinity,
/// equal and opposite points. The pairs are independent.
template <class V>
struct BatchAffine {
    using A = typename V::A;
    using Fq = ck_fq;

    /// scratch: batch_add_bytes(m), 64-byte aligned.
    static __attribute__((noinline)) void add(size_t m, void *scratch, const AffinePairs &pairs) {
        if constexpr (V::is_vector) {
            static_assert(2 * sizeof(Running) <= batch_add_bytes(V::lanes) - batch_add_bytes(0));
            // The lanes' inversion costs about two packs' additions.
            if (m > 2 * V::lanes) return add_packs(m, static_cast<Running *>(scratch), pairs);
        }
        batch_add<A>(
            m, static_cast<Fq *>(scratch), [&](size_t t) -> Affine & { return *pairs.left[t]; },
            [&](size_t t) -> const Affine & { return *pairs.right[t]; });
    }

   private:
    static constexpr int below = 90;  // what a product of itself and a reduced element is below
    static constexpr auto running_type() {
        if constexpr (V::is_vector)
            return typename V::template Vec<Fq, below>();
        else
            return Fq();
    }
    using Running = decltype(running_type());

    /// A pack of pairs.
    struct Pairs {
        Affine *p[V::lanes];
        const Affine *q[V::lanes];

        /// Behind the last of m pairs `spare` is added to itself, an infinity.
        CK_INLINE Pairs(size_t t, size_t m, Affine &spare, const AffinePairs &all) {
            for (size_t i = 0; i < V::lanes; i++) {
                const bool live = t + i < m;
                p[i] = live ? all.left[t + i] : &spare;
                q[i] = live ? all.right[t + i] : &spare;
            }
        }
        CK_INLINE auto px() const {
            return V::template gather<Fq>([this](size_t i) { return &p[i]->x; });
        }
        CK_INLINE auto py() const {
            return V::template gather<Fq>([this](size_t i) { return &p[i]->y; });
        }
        CK_INLINE auto qx() const {
            return V::template gather<Fq>([this](size_t i) { return &q[i]->x; });
        }
        CK_INLINE auto qy() const {
            return V::template gather<Fq>([this](size_t i) { return &q[i]->y; });
        }
    };

    /// Lanes that have no slope of their own.
    struct Special {
        unsigned p_none = 0, q_none = 0;
        /// Equal or opposite points.
        unsigned same = 0;

        template <class E>
        CK_INLINE Special(const Pairs &pairs, const E &px, const E &qx) {
            using L = typename V::L;
            constexpr unsigned all = (1u << V::lanes) - 1;
            const unsigned plain = L::bits(V::differ(px, qx)) & L::bits(V::is_nonzero(px))
                & L::bits(V::is_nonzero(qx)) & all;
            if (__builtin_expect(plain != all, 0)) find(pairs);
        }
        CK_INLINE unsigned any() const { return p_none | q_none | same; }

       private:
        void find(const Pairs &pairs) {
            for (size_t i = 0; i < V::lanes; i++) {
                const unsigned lane = 1u << i;
                if (is_infinity(*pairs.p[i]))
                    p_none |= lane;
                else if (is_infinity(*pairs.q[i]))
                    q_none |= lane;
                else if (equal(pairs.p[i]->x, pairs.q[i]->x))
                    same |= lane;
            }
        }
    };

    static void add_packs(size_t m, Running *scratch, const AffinePairs &all) {
        using L = typename V::L;
        const size_t packs = (m + V::lanes - 1) / V::lanes;
        Affine spare = infinity();
        Running *products = scratch, *runs = scratch + packs;
        const auto one = V::template widened<below>(V::broadcast(Modulus<Fq>::one));
        // Even and odd packs are two chains, so that there is always a multiplication to overlap.
        Running running[2] = {one, one};
        for (size_t k = 0; k < packs; k++) {
            const Pairs pairs(k * V::lanes, m, spare, all);
            const auto px = pairs.px(), qx = pairs.qx();
            const Special special(pairs, px, qx);
            auto run = V::canonical(V::sub(qx, px));
            if (__builtin_expect(special.any(), 0))
                run = V::choose(
                    L::mask(special.any()), V::broadcast(Modulus<Fq>::one), run);
            Running &chain = running[k % 2];
            products[k] = chain;
            runs[k] = V::template widened<below>(run);
            chain = V::template widened<below>(V::mul(chain, run));
        }
        // All chains' inverses from one.
        Fq chains[2 * V::lanes];
        for (size_t c = 0; c < 2; c++)
            V::store(chains + c * V::lanes, V::canonical(running[c]), V::all_lanes);
        Fq before[2 * V::lanes], total = Modulus<Fq>::one;
        for (size_t i = 0; i < 2 * V::lanes; i++) {
            before[i] = total;
            total = A::mul(total, chains[i]);
        }
        total = inverse<Fq, A>(total);
        for (size_t i = 2 * V::lanes; i-- > 0;) {
            const Fq chain = chains[i];
            chains[i] = A::mul(total, before[i]);
            total = A::mul(total, chain);
        }
        for (size_t c = 0; c < 2; c++)
            running[c] = V::template widened<below>(
                V::load(chains + c * V::lanes, V::all_lanes));
        for (size_t k = packs; k-- > 0;) {
            const Pairs pairs(k * V::lanes, m, spare, all);
            const auto px = pairs.px(), qx = pairs.qx(), py = pairs.py(), qy = pairs.qy();
            const Special special(pairs, px, qx);
            Running &chain = running[k % 2];
            const auto part = V::mul(chain, products[k]);
            chain = V::template widened<below>(V::mul(chain, runs[k]));
            const auto slope = V::mul(V::sub(qy, py), part);
            auto x = V::canonical(V::sub(V::mul(slope, slope), V::add(px, qx)));
            auto y = V::canonical(V::sub(V::mul(slope, V::sub(px, x)), py));
            if (__builtin_expect(special.any(), 0)) {
                const auto p_none = L::mask(special.p_none), q_none = L::mask(special.q_none);
                x = V::choose(p_none, qx, V::choose(q_none, px, x));
                y = V::choose(p_none, qy, V::choose(q_none, py, y));
                Affine sums[V::lanes];
                for (size_t i = 0; i < V::lanes; i++)
                    if (special.same >> i & 1) sums[i] = sum(*pairs.p[i], *pairs.q[i]);
                store(pairs, x, y);
                for (size_t i = 0; i < V::lanes; i++)
                    if (special.same >> i & 1) *pairs.p[i] = sums[i];
            } else {
                store(pairs, x, y);
            }
        }
    }
    template <class E>
    static CK_INLINE void store(const Pairs &pairs, const E &x, const E &y) {
        V::template scatter<Fq>([&](size_t i) { return &pairs.p[i]->x; }, x);
        V::template scatter<Fq>([&](size_t i) { return &pairs.p[i]->y; }, y);
    }
    static Affine sum(const Affine &p, const Affine &q) {
        Xyzz<A> s = Xyzz<A>::of(p);
        s.add_affine(q);
        return s.affine();
    }
};

}  // namespace
}  // namespace ck
