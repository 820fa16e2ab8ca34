// Multiples of one base by a table.
#pragma once
#include "msm.hpp"

namespace ck {
namespace {

/// One thread's working memory.
struct FixedBaseWorkspace {
    static constexpr size_t kBlock = 1024;  // points added to together

    AffinePairs pairs;
    Affine *addends;
    int32_t *digits;
    uint8_t *scratch;

    explicit FixedBaseWorkspace(Arena arena) : FixedBaseWorkspace(&arena) {}
    static size_t bytes() {
        Arena none(uintptr_t(0));
        FixedBaseWorkspace workspace(&none);
        return size_t(none.at);
    }

   private:
    explicit FixedBaseWorkspace(Arena *arena)
        : pairs{arena->take<Affine *>(kBlock), arena->take<const Affine *>(kBlock)},
          addends(arena->take<Affine>(kBlock)),
          digits(arena->take<int32_t>(kBlock)),
          scratch(arena->take<uint8_t>(batch_add_bytes(kBlock))) {}
};

/// Fixed-base multiplication: a table of every digit's multiple at every window.
struct FixedBasePlan {
    Digits digits{2, 255};

    explicit FixedBasePlan(size_t n) {
        double best = -1;
        for (int c = 2; c <= 14; c++) {
            const Digits candidate(c, 255);
            const double cost = double(candidate.windows) * (double(n) + double(candidate.half));
            if (best < 0 || cost < best) best = cost, digits = candidate;
        }
    }
    size_t row() const { return size_t(digits.half); }
    size_t table() const { return size_t(digits.windows) * row(); }
    size_t bytes(size_t n, int threads) const {
        return align64(table() * sizeof(Affine)) + align64(n * sizeof(ck_fr))
            + size_t(threads) * FixedBaseWorkspace::bytes();
    }
};

template <class V>
struct FixedBase {
    using A = typename V::A;
    using Fr = ck_fr;

    static void g1_fixed_base(
        Affine *out, Affine base, const Fr *scalars, size_t n, int threads, void *scratch) {
        if (n == 0) return;
        const FixedBasePlan plan(n);
        const Digits digits = plan.digits;
        Arena arena(scratch);
        Affine *table = arena.take<Affine>(plan.table());
        Fr *shifted = arena.take<Fr>(n);
        constexpr size_t block = FixedBaseWorkspace::kBlock;
        const auto workspace = [arena](int thread) {
            return FixedBaseWorkspace(
                Arena(arena.at + size_t(thread) * FixedBaseWorkspace::bytes()));
        };

        // Row w holds 1, 2, .., 2^(c-1) times 2^(cw) * base.
        Xyzz<A> power = Xyzz<A>::of(base);
        for (int w = 0; w < digits.windows; w++) {
            table[size_t(w) * plan.row()] = power.affine();
            for (int k = 0; k < digits.c; k++) power.double_in_place();
        }
        parallel_tasks(threads, size_t(digits.windows), [&](int thread, size_t w) {
            const FixedBaseWorkspace ws = workspace(thread);
            Affine *multiples = table + w * plan.row();
            for (size_t known = 1; known < plan.row(); known *= 2) {
                const Affine last = multiples[known - 1];
                for (size_t from = 0; from < known; from += block) {
                    const size_t m = known - from < block ? known - from : block;
                    for (size_t t = 0; t < m; t++) {
                        multiples[known + from + t] = multiples[from + t];
                        ws.pairs.left[t] = multiples + known + from + t;
                        ws.pairs.right[t] = &last;
                    }
                    BatchAffine<V>::add(m, ws.scratch, ws.pairs);
                }
            }
        });

        Msm<V>::recode(shifted, scalars, n, digits);
        parallel_tasks(threads, (n + block - 1) / block, [&](int thread, size_t index) {
            const FixedBaseWorkspace ws = workspace(thread);
            const size_t at = index * block, m = n - at < block ? n - at : block;
            for (size_t t = 0; t < m; t++) {
                out[at + t] = infinity();
                ws.pairs.left[t] = out + at + t;
                ws.pairs.right[t] = ws.addends + t;
            }
            for (int w = 0; w < digits.windows; w++) {
                const Affine *multiples = table + size_t(w) * plan.row();
                // The table is far larger than the caches: its entries are asked for early.
                for (size_t t = 0; t < m; t++) {
                    const int32_t d = ws.digits[t] = digits.digit(shifted[at + t], w);
                    __builtin_prefetch(&multiples[d < 0 ? -d - 1 : d ? d - 1 : 0]);
                }
                for (size_t t = 0; t < m; t++) {
                    const int32_t d = ws.digits[t];
                    ws.addends[t] = d == 0 ? infinity()
                        : d < 0            ? negated(multiples[-d - 1])
                                           : multiples[d - 1];
                }
                BatchAffine<V>::add(m, ws.scratch, ws.pairs);
            }
        });
    }
};

}  // namespace
}  // namespace ck
