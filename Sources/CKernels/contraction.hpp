// Contractions of strided tensors with a field vector along one axis.
#pragma once
#include "vectors.hpp"

namespace ck {
namespace {

template <class V>
struct Contraction {
    using A = typename V::A;
    using Fr = ck_fr;
    using One = typename V::template One<Fr>;
    static constexpr size_t kPacks = V::is_vector ? 4 : 32;       // accumulated side by side
    static constexpr size_t kTile = kPacks * V::lanes;            // outputs
    static constexpr size_t kBlock = 256;                         // weights kept in the cache
    static constexpr size_t kChunk = 1 << 13;  // terms of one output a thread takes at a time

    /// What a sum is made of: integers in n limbs, or elements.
    template <int n>
    struct Integers {
        using Cell = int64_t;
        using Scalar = SmallSum;
        using Sum = typename V::template Small<Fr, n>;

        CK_INLINE Integers() : seen(V::none_seen()) {}
        CK_INLINE void mac(
            Sum &s, const int64_t *x, ptrdiff_t stride, LaneCount some, const One &weight) {
            const auto raw = V::load_raw(x, some, stride);
            if constexpr (n < V::full_limbs) V::note(seen, raw);
            s.mac(V::template ints<n>(raw), weight);
        }
        /// Whether the block's integers all fitted.
        CK_INLINE bool check() {
            if constexpr (n < V::full_limbs) return V::are_noted_small(seen);
            return true;
        }

       private:
        typename V::Seen seen;
    };
    struct Elements {
        using Cell = Fr;
        using Scalar = WideSum;
        using Sum = typename V::template Wide<Fr>;

        CK_INLINE void mac(
            Sum &s, const Fr *x, ptrdiff_t stride, LaneCount some, const One &weight) {
            s.mac(V::load(x, some, stride), weight);
        }
        CK_INLINE bool check() { return true; }
    };

    /// Weights of a block, as packs of consecutive ones and as packs of one each.
    struct Weights {
        One packs[kBlock / V::lanes];

        void load(const Fr *v, size_t count) {
            for_packs<V>(0, count, [&](size_t k, LaneCount some) {
                packs[k / V::lanes] = V::load(v + k, some);
            });
        }
        CK_INLINE One single(size_t k) const {
            return V::repeat(packs[k / V::lanes], k % V::lanes);
        }
    };

    /// Cells of outputs first ..< first + width, at term 0.
    template <class T>
    struct Rows {
        const T *start[kTile];
        size_t width;

        /// Lanes from output o on are one step apart.
        ptrdiff_t stride(size_t o, size_t count) const {
            if (count < 2) return 1;
            const ptrdiff_t step = start[o + 1] - start[o];
            for (size_t i = 1; i + 1 < count; i++)
                if (start[o + i + 1] - start[o + i] != step) return 0;
            return step;
        }
    };

    /// One sum for each output over the terms [k0, k1); false where integers do not fit.
    template <class Kind, class T>
    static bool sum_outputs(
        typename Kind::Scalar *sums, const Rows<T> &rows, ptrdiff_t sk, const Fr *v, size_t k0,
        size_t k1, bool outputs_inside) {
        Kind kind;
        Weights weights;
        if (!outputs_inside) {
            // Lanes are terms of one output.
            for (size_t kb = k0; kb < k1; kb += kBlock) {
                const size_t count = k1 - kb < kBlock ? k1 - kb : kBlock;
                weights.load(v + kb, count);
                for (size_t o = 0; o < rows.width; o++) {
                    typename Kind::Sum s;
                    const T *row = rows.start[o] + ptrdiff_t(kb) * sk;
                    for_packs<V>(0, count, [&](size_t k, LaneCount some) {
                        kind.mac(
                            s, row + ptrdiff_t(k) * sk, sk, some, weights.packs[k / V::lanes]);
                    });
                    s.flush(sums[o]);
                }
                if (!kind.check()) return false;
            }
            return true;
        }
        // Lanes are outputs.
        typename Kind::Sum partial[kPacks];
        ptrdiff_t strides[kPacks];
        for (size_t p = 0; p * V::lanes < rows.width; p++) {
            const size_t left = rows.width - p * V::lanes;
            strides[p] = rows.stride(p * V::lanes, left < V::lanes ? left : V::lanes);
        }
        for (size_t kb = k0; kb < k1; kb += kBlock) {
            const size_t count = k1 - kb < kBlock ? k1 - kb : kBlock;
            weights.load(v + kb, count);
            for (size_t k = 0; k < count; k++) {
                const One weight = weights.single(k);
                const ptrdiff_t at = ptrdiff_t(kb + k) * sk;
                for_packs<V>(0, rows.width, [&](size_t o, LaneCount some) {
                    const size_t p = o / V::lanes;
                    if (V::lanes == 1 || strides[p] != 0) {
                        kind.mac(partial[p], rows.start[o] + at, strides[p], some, weight);
                        return;
                    }
                    T room[V::lanes] = {};
                    for (size_t i = 0; i < V::lanes && o + i < rows.width; i++)
                        room[i] = rows.start[o + i][at];
                    kind.mac(partial[p], room, 1, V::all_lanes, weight);
                });
            }
            if (!kind.check()) return false;
        }
        for (size_t p = 0; p * V::lanes < rows.width; p++)
            partial[p].flush_lanes(sums + p * V::lanes);
        return true;
    }

    /// Sums kTile outputs at a time with reduction at the end only. `sum_tile` gives the tile's
    /// elements over some terms.
    template <class T, class SumTile>
    static void contract(
        Fr *out, const T *t, ptrdiff_t sa, ptrdiff_t sk, ptrdiff_t sb, size_t na, size_t nk,
        size_t nb, const SumTile &sum_tile) {
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
        const bool inside = (between < 0 ? -between : between) <= (sk < 0 ? -sk : sk);
        // A pack of outputs wants a full one.
        const bool outputs_inside = inside && (outputs >= V::lanes || nk < V::lanes);
        const size_t work = kTile * chunk;
        const size_t grain = work >= 2 * kGrain ? 1 : 2 * kGrain / work;
        parallel_for(tiles * chunks, grain, [=, &busy, &sum_tile](size_t begin, size_t end) {
            for (size_t item = begin; item < end; item++) {
                const size_t first = item / chunks * kTile, k0 = item % chunks * chunk;
                const size_t k1 = nk - k0 < chunk ? nk : k0 + chunk;
                Rows<T> rows;
                rows.width = outputs - first < kTile ? outputs - first : kTile;
                for (size_t o = 0; o < rows.width; o++) {
                    const size_t a = (first + o) / nb, b = (first + o) % nb;
                    rows.start[o] = t + ptrdiff_t(a) * sa + ptrdiff_t(b) * sb;
                }
                Fr sums[kTile];
                sum_tile(sums, rows, k0, k1, outputs_inside);
                if (chunks == 1) {
                    for (size_t o = 0; o < rows.width; o++) out[first + o] = sums[o];
                } else {
                    while (busy.test_and_set(std::memory_order_acquire)) {}
                    for (size_t o = 0; o < rows.width; o++)
                        out[first + o] = add(out[first + o], sums[o]);
                    busy.clear(std::memory_order_release);
                }
            }
        });
    }

    static void i64_contract(
        Fr *out, const int64_t *t, ptrdiff_t sa, ptrdiff_t sk, ptrdiff_t sb, const Fr *v, size_t na,
        size_t nk, size_t nb) {
        // sum x v = sum (x + offset) v - offset sum v
        const Fr weight = Vectors<V>::fr_sum(v, nk);
        const Fr small_shift = mul_small<Fr, A>(V::template offset<1>, weight);
        const Fr full_shift = mul_small<Fr, A>(V::template offset<V::full_limbs>, weight);
        const auto tile = [=, &small_shift, &full_shift](
                              Fr *out, const Rows<int64_t> &rows, size_t k0, size_t k1,
                              bool inside) {
            SmallSum sums[kTile];
            const Fr *shift = &small_shift;
            if (!sum_outputs<Integers<1>>(sums, rows, sk, v, k0, k1, inside)) {
                for (SmallSum &s : sums) s = SmallSum();
                sum_outputs<Integers<V::full_limbs>>(sums, rows, sk, v, k0, k1, inside);
                shift = &full_shift;
            }
            const Fr part = k0 == 0 && k1 - k0 == nk
                ? *shift
                : mul_small<Fr, A>(
                      shift == &small_shift ? V::template offset<1>
                                            : V::template offset<V::full_limbs>,
                      reduce_weights(v, k0, k1));
            for (size_t o = 0; o < rows.width; o++) out[o] = sub(reduce<Fr>(sums[o]), part);
        };
        contract(out, t, sa, sk, sb, na, nk, nb, tile);
    }
    static Fr reduce_weights(const Fr *v, size_t k0, size_t k1) {
        SmallSum s;
        for (size_t k = k0; k < k1; k++) s.add(v[k]);
        return reduce<Fr>(s);
    }

    static void fr_contract(
        Fr *out, const Fr *t, ptrdiff_t sa, ptrdiff_t sk, ptrdiff_t sb, const Fr *v, size_t na,
        size_t nk, size_t nb) {
        const auto tile = [=](
                              Fr *out, const Rows<Fr> &rows, size_t k0, size_t k1, bool inside) {
            WideSum sums[kTile];
            sum_outputs<Elements>(sums, rows, sk, v, k0, k1, inside);
            for (size_t o = 0; o < rows.width; o++) out[o] = reduce<Fr, A>(sums[o]);
        };
        contract(out, t, sa, sk, sb, na, nk, nb, tile);
    }
};

}  // namespace
}  // namespace ck
