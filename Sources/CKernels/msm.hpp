// Multi-scalar multiplication by Pippenger's buckets with signed digits and batched affine
// additions; fixed-base multiplication by a table.
#pragma once
#include "curve.hpp"
#include "parallel.hpp"

namespace ck {
namespace {

/// How scalars are cut into signed digits: `windows` digits of `c` bits, so that c * windows >=
/// bits. Adding 2^(c-1) at every window but the last makes the digits independent: digit w is
/// window w of that sum, less 2^(c-1); the last window keeps its sign. |digit| <= 2^(c-1).
struct MsmPlan {
    int c, windows;
    size_t parts;   // slices of the points, each a task with every window of its own
    size_t slice;   // points in a slice
    size_t buckets; // 2^(c-1)

    static constexpr size_t kGroup = 2048;  // points reduced together, in second-level cache

    MsmPlan(size_t n, int bits, int threads) {
        // In units of one batched addition: a bucket costs about four (a mixed and a full
        // addition), a task some fixed work.
        double best = 0;
        c = 0;
        for (int width = 2; width <= 16; width++) {
            const int count = (bits + width - 1) / width;
            const size_t cut = part_count(n, count, threads);
            const double cost = double(count) * (double(n) + double(cut) * (4.2 * double(size_t(1) << (width - 1)) + 60));
            if (c == 0 || cost < best) best = cost, c = width, windows = count, parts = cut;
        }
        slice = (n + parts - 1) / parts;
        buckets = size_t(1) << (c - 1);
    }

    static size_t part_count(size_t n, int windows, int threads) {
        // Enough tasks for threads to finish together, none below 512 points.
        const size_t wanted = size_t(windows) >= size_t(threads) * 4
            ? 1 : (size_t(threads) * (threads > 1 ? 4 : 1) + size_t(windows) - 1) / size_t(windows);
        const size_t most = n / 512 ? n / 512 : 1;
        return wanted < most ? wanted : most;
    }
};

constexpr size_t align64(size_t bytes) { return (bytes + 63) & ~size_t(63); }

/// One thread's working memory.
struct MsmWorkspace {
    Affine *buckets;
    Affine *points;
    ck_fq *prods;
    uint32_t *sorted, *offsets, *left, *starts, *bucket_of;

    static size_t bytes(const MsmPlan &plan) {
        const size_t g = MsmPlan::kGroup;
        return align64(plan.buckets * sizeof(Affine)) + align64(g * sizeof(Affine))
            + align64(g / 2 * sizeof(ck_fq)) + align64(plan.slice * 4)
            + align64((plan.buckets + 2) * 4) + 3 * align64((g + 1) * 4);
    }
    MsmWorkspace(const MsmPlan &plan, unsigned char *memory) {
        const size_t g = MsmPlan::kGroup;
        auto take = [&memory](size_t bytes) {
            void *p = memory;
            memory += align64(bytes);
            return p;
        };
        buckets = static_cast<Affine *>(take(plan.buckets * sizeof(Affine)));
        points = static_cast<Affine *>(take(g * sizeof(Affine)));
        prods = static_cast<ck_fq *>(take(g / 2 * sizeof(ck_fq)));
        sorted = static_cast<uint32_t *>(take(plan.slice * 4));
        offsets = static_cast<uint32_t *>(take((plan.buckets + 2) * 4));
        left = static_cast<uint32_t *>(take((g + 1) * 4));
        starts = static_cast<uint32_t *>(take((g + 1) * 4));
        bucket_of = static_cast<uint32_t *>(take((g + 1) * 4));
    }
};

/// A canonical scalar plus the digit offsets; bits [at, at + c) of four limbs.
struct FullScalars {
    const ck_fr *shifted;
    CK_INLINE int32_t digit(size_t i, int w, const MsmPlan &plan) const {
        const uint64_t *l = shifted[i].l;
        const int at = w * plan.c, word = at >> 6, bit = at & 63;
        uint64_t v = l[word] >> bit;
        if (bit + plan.c > 64 && word < 3) v |= l[word + 1] << (64 - bit);
        v &= (uint64_t(1) << plan.c) - 1;
        return int32_t(v) - (w + 1 < plan.windows ? int32_t(plan.buckets) : 0);
    }
};
/// A signed integer plus the digit offsets, in 128 bits.
struct SmallScalars {
    const int64_t *values;
    uint64_t offset;  // sum of 2^(c-1) at each window but the last: below 2^63
    CK_INLINE int32_t digit(size_t i, int w, const MsmPlan &plan) const {
        const __int128 v = (__int128(values[i]) + offset) >> (w * plan.c);
        if (w + 1 == plan.windows) return int32_t(v);
        return int32_t(uint64_t(v) & ((uint64_t(1) << plan.c) - 1)) - int32_t(plan.buckets);
    }
};

template <class A>
struct Msm {
    using Fr = ck_fr;
    using Fq = ck_fq;

    static constexpr uint32_t kMinus = uint32_t(1) << 31;

    /// Adds up each run of points that shares a bucket, pairwise, level by level: at stride h the
    /// points s, s + h, s + 2h, .. of a run are partial sums. The run's sum ends at its start.
    static void reduce_runs(const MsmWorkspace &ws, size_t runs, size_t total) {
        size_t longest = 0;
        for (size_t k = 0; k < runs; k++) {
            const size_t length = ws.starts[k + 1] - ws.starts[k];
            if (length > longest) longest = length;
        }
        (void)total;
        for (size_t h = 1; h < longest; h *= 2) {
            size_t m = 0;
            for (size_t k = 0; k < runs; k++)
                for (size_t i = ws.starts[k]; i + h < ws.starts[k + 1]; i += 2 * h)
                    ws.left[m++] = uint32_t(i);
            batch_add<A>(
                m, ws.prods, [&](size_t t) -> Affine & { return ws.points[ws.left[t]]; },
                [&](size_t t) -> const Affine & { return ws.points[ws.left[t] + h]; });
        }
    }

    /// sum over points of digit * base for one window and one slice.
    template <class Scalars>
    static Xyzz<A> window_sum(
        const MsmPlan &plan, const MsmWorkspace &ws, const Affine *bases, const Scalars &scalars,
        int window, size_t begin, size_t end) {
        // Counting sort of the points by |digit|; digit 0 falls away.
        uint32_t *offsets = ws.offsets;
        for (size_t b = 0; b < plan.buckets + 2; b++) offsets[b] = 0;
        for (size_t i = begin; i < end; i++) {
            const int32_t d = scalars.digit(i, window, plan);
            offsets[uint32_t(d < 0 ? -d : d) + 1]++;
        }
        offsets[1] = 0;
        for (size_t b = 1; b <= plan.buckets + 1; b++) offsets[b] += offsets[b - 1];
        const size_t total = offsets[plan.buckets + 1];
        if (total == 0) return Xyzz<A>::none();
        // offsets[b] is where bucket b starts, and after the pass where it ends.
        for (size_t i = begin; i < end; i++) {
            const int32_t d = scalars.digit(i, window, plan);
            if (d == 0) continue;
            ws.sorted[offsets[uint32_t(d < 0 ? -d : d)]++] = uint32_t(i) | (d < 0 ? kMinus : 0);
        }
        for (size_t b = 0; b < plan.buckets; b++) ws.buckets[b] = infinity();

        size_t bucket = 1;
        for (size_t at = 0; at < total;) {
            const size_t group = total - at < MsmPlan::kGroup ? total - at : MsmPlan::kGroup;
            size_t runs = 0;
            for (size_t i = 0; i < group;) {
                while (offsets[bucket] <= at + i) bucket++;
                ws.starts[runs] = uint32_t(i);
                ws.bucket_of[runs++] = uint32_t(bucket);
                const size_t stop = offsets[bucket] - at;
                i = stop < group ? stop : group;
            }
            ws.starts[runs] = uint32_t(group);
            const uint32_t *sorted = ws.sorted + at;
            for (size_t i = 0; i < group; i++) {
                if (at + i + 12 < total) __builtin_prefetch(&bases[sorted[i + 12] & ~kMinus]);
                const Affine &base = bases[sorted[i] & ~kMinus];
                ws.points[i] = sorted[i] & kMinus ? negated(base) : base;
            }
            reduce_runs(ws, runs, group);
            for (size_t k = 0; k < runs; k++) {
                Affine &sum = ws.buckets[ws.bucket_of[k] - 1];
                const Affine &part = ws.points[ws.starts[k]];
                // Only a run cut by a group's end meets a bucket that holds something.
                if (is_infinity(sum))
                    sum = part;
                else
                    batch_add<A>(
                        1, ws.prods, [&](size_t) -> Affine & { return sum; },
                        [&](size_t) -> const Affine & { return part; });
            }
            at += group;
        }
        // sum of b * bucket[b]: running sums from the top.
        Xyzz<A> running = Xyzz<A>::none(), result = Xyzz<A>::none();
        for (size_t b = plan.buckets; b-- > 0;) {
            running.add_affine(ws.buckets[b]);
            result.add_point(running);
        }
        return result;
    }

    template <class Scalars>
    static Affine run(
        const MsmPlan &plan, const Affine *bases, const Scalars &scalars, size_t n, int threads,
        unsigned char *memory) {
        const size_t tasks = size_t(plan.windows) * plan.parts;
        Xyzz<A> *sums = reinterpret_cast<Xyzz<A> *>(memory);
        memory += align64(tasks * sizeof(Xyzz<A>));
        const size_t workspace = MsmWorkspace::bytes(plan);
        std::atomic<int> slots{0};
        // Each thread claims a workspace when it first gets a task; a plan for fewer threads than
        // the region has leaves the others without work.
        std::atomic<size_t> next{0};
        auto work = [&] {
            const int slot = slots.fetch_add(1, std::memory_order_relaxed);
            if (slot >= threads) return;
            const MsmWorkspace ws(plan, memory + size_t(slot) * workspace);
            for (;;) {
                const size_t task = next.fetch_add(1, std::memory_order_relaxed);
                if (task >= tasks) return;
                const size_t begin = task % plan.parts * plan.slice;
                const size_t end = n - begin < plan.slice ? n : begin + plan.slice;
                sums[task] = begin >= n
                    ? Xyzz<A>::none()
                    : window_sum(
                          plan, ws, bases, scalars, int(task / plan.parts), begin, end);
            }
        };
        if (threads <= 1 || tasks == 1)
            work();
        else
            GOMP_parallel(
                [](void *body) { (*static_cast<decltype(work) *>(body))(); }, &work,
                unsigned(threads), 0);

        Xyzz<A> total = Xyzz<A>::none();
        for (int w = plan.windows; w-- > 0;) {
            if (w + 1 < plan.windows)
                for (int k = 0; k < plan.c; k++) total.double_in_place();
            for (size_t k = 0; k < plan.parts; k++) total.add_point(sums[size_t(w) * plan.parts + k]);
        }
        return total.affine();
    }

    /// scalars[i] as a canonical integer plus the digit offsets: below 2^256, since the offsets
    /// stay below 2^254.
    static void recode(Fr *shifted, const Fr *scalars, size_t n, int c, int windows) {
        uint64_t offset[4] = {0, 0, 0, 0};
        for (int w = 0; w + 1 < windows; w++) {
            const int at = w * c + c - 1;
            offset[at >> 6] |= uint64_t(1) << (at & 63);
        }
        const uint64_t *k = offset;
        parallel_for(n, 2048, [=](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) {
                const Fr low = A::template redc_low<Fr>(scalars[i].l);
                const Fr canonical = reduce_once<Fr>(low.l[0], low.l[1], low.l[2], low.l[3]);
                unsigned long long carry = 0;
                for (int j = 0; j < 4; j++) shifted[i].l[j] = add_carry(canonical.l[j], k[j], carry);
            }
        });
    }

    static Affine g1_msm_fr(
        const Affine *bases, const Fr *scalars, size_t n, int threads, void *scratch) {
        if (n == 0) return infinity();
        const MsmPlan plan(n, 255, threads);
        auto *memory = static_cast<unsigned char *>(scratch);
        Fr *shifted = reinterpret_cast<Fr *>(memory);
        recode(shifted, scalars, n, plan.c, plan.windows);
        return run(plan, bases, FullScalars{shifted}, n, threads, memory + align64(n * sizeof(Fr)));
    }

    static Affine g1_msm_i64(
        const Affine *bases, const int64_t *scalars, size_t n, int bits, int threads,
        void *scratch) {
        if (n == 0) return infinity();
        const MsmPlan plan(n, bits, threads);
        uint64_t offset = 0;
        for (int w = 0; w + 1 < plan.windows; w++) offset |= uint64_t(plan.buckets) << (w * plan.c);
        return run(
            plan, bases, SmallScalars{scalars, offset}, n, threads,
            static_cast<unsigned char *>(scratch));
    }
};

/// Bytes for `run`: one sum a task and one workspace a thread.
inline size_t msm_bytes(const MsmPlan &plan, int threads) {
    return align64(size_t(plan.windows) * plan.parts * 4 * sizeof(ck_fq))
        + size_t(threads) * MsmWorkspace::bytes(plan);
}

/// Fixed-base multiplication: digits of c bits, a table of every digit's multiple at every window.
struct FixedBasePlan {
    int c, windows;
    size_t row;  // 2^(c-1) multiples a window
    static constexpr size_t kBlock = 512;

    explicit FixedBasePlan(size_t n) {
        double best = 0;
        c = 0;
        for (int width = 2; width <= 14; width++) {
            const int count = (255 + width - 1) / width;
            const double cost = double(count) * (double(n) + double(size_t(1) << (width - 1)));
            if (c == 0 || cost < best) best = cost, c = width, windows = count;
        }
        row = size_t(1) << (c - 1);
    }
    size_t table_bytes() const { return align64(size_t(windows) * row * sizeof(Affine)); }
    /// The largest number of points added at once.
    size_t batch() const { return kBlock > row ? kBlock : row; }
    size_t thread_bytes() const { return align64(batch() * (sizeof(ck_fq) + sizeof(int32_t))); }
    size_t bytes(size_t n, int threads) const {
        return table_bytes() + align64(n * sizeof(ck_fr)) + size_t(threads) * thread_bytes();
    }
};

template <class A>
struct FixedBase {
    using Fr = ck_fr;
    using Fq = ck_fq;

    static void g1_fixed_base(
        Affine *out, Affine base, const Fr *scalars, size_t n, int threads, void *scratch) {
        if (n == 0) return;
        const FixedBasePlan plan(n);
        auto *memory = static_cast<unsigned char *>(scratch);
        Affine *table = reinterpret_cast<Affine *>(memory);
        memory += plan.table_bytes();
        Fr *shifted = reinterpret_cast<Fr *>(memory);
        memory += align64(n * sizeof(Fr));
        unsigned char *workspaces = memory;

        // Row w holds 1, 2, .., 2^(c-1) times 2^(cw) * base.
        Xyzz<A> power = Xyzz<A>::of(base);
        for (int w = 0; w < plan.windows; w++) {
            table[size_t(w) * plan.row] = power.affine();
            for (int k = 0; k < plan.c; k++) power.double_in_place();
        }
        run(threads, size_t(plan.windows), 1, workspaces, plan, [&](size_t begin, size_t end, Fq *prods) {
            for (size_t w = begin; w < end; w++) {
                Affine *multiples = table + w * plan.row;
                for (size_t known = 1; known < plan.row; known *= 2) {
                    for (size_t j = 0; j < known; j++) multiples[known + j] = multiples[j];
                    batch_add<A>(
                        known, prods, [&](size_t t) -> Affine & { return multiples[known + t]; },
                        [&](size_t) -> const Affine & { return multiples[known - 1]; });
                }
            }
        });

        Msm<A>::recode(shifted, scalars, n, plan.c, plan.windows);
        const MsmPlanView view{plan.c, plan.windows, plan.row};
        run(threads, n, FixedBasePlan::kBlock, workspaces, plan, [&](size_t begin, size_t end, Fq *prods) {
            for (size_t at = begin; at < end; at += FixedBasePlan::kBlock) {
                const size_t m = end - at < FixedBasePlan::kBlock ? end - at : FixedBasePlan::kBlock;
                for (size_t t = 0; t < m; t++) out[at + t] = infinity();
                for (int w = 0; w < plan.windows; w++) {
                    const Affine *multiples = table + size_t(w) * plan.row;
                    // The table is far larger than the caches: its entries are asked for early.
                    auto *digits = reinterpret_cast<int32_t *>(prods + plan.batch());
                    for (size_t t = 0; t < m; t++) {
                        const int32_t d = view.digit(shifted[at + t], w);
                        digits[t] = d;
                        __builtin_prefetch(&multiples[(d < 0 ? -d : d ? d : 1) - 1]);
                    }
                    batch_add<A>(
                        m, prods, [&](size_t t) -> Affine & { return out[at + t]; },
                        [&](size_t t) -> Affine {
                            const int32_t d = digits[t];
                            if (d == 0) return infinity();
                            return d < 0 ? negated(multiples[-d - 1]) : multiples[d - 1];
                        });
                }
            }
        });
    }

   private:
    struct MsmPlanView {
        int c, windows;
        size_t row;
        CK_INLINE int32_t digit(const Fr &shifted, int w) const {
            const int at = w * c, word = at >> 6, bit = at & 63;
            uint64_t v = shifted.l[word] >> bit;
            if (bit + c > 64 && word < 3) v |= shifted.l[word + 1] << (64 - bit);
            v &= (uint64_t(1) << c) - 1;
            return int32_t(v) - (w + 1 < windows ? int32_t(row) : 0);
        }
    };

    /// parallel_for with a workspace a thread.
    template <class Body>
    static void run(
        int threads, size_t n, size_t grain, unsigned char *workspaces, const FixedBasePlan &plan,
        const Body &body) {
        std::atomic<int> slots{0};
        std::atomic<size_t> next{0};
        auto work = [&] {
            const int slot = slots.fetch_add(1, std::memory_order_relaxed);
            if (slot >= threads) return;
            Fq *prods = reinterpret_cast<Fq *>(workspaces + size_t(slot) * plan.thread_bytes());
            for (;;) {
                const size_t begin = next.fetch_add(grain, std::memory_order_relaxed);
                if (begin >= n) return;
                body(begin, n - begin < grain ? n : begin + grain, prods);
            }
        };
        if (threads <= 1 || n <= grain)
            work();
        else
            GOMP_parallel(
                [](void *body) { (*static_cast<decltype(work) *>(body))(); }, &work,
                unsigned(threads), 0);
    }
};

}  // namespace
}  // namespace ck
