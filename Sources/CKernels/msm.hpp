// Multi-scalar multiplication by Pippenger's buckets with signed digits and batched affine
// additions.
#pragma once
#include "batch_affine.hpp"
#include "parallel.hpp"

namespace ck {
namespace {

constexpr size_t align64(size_t bytes) { return (bytes + 63) & ~size_t(63); }

/// Hands out 64-byte aligned arrays from scratch memory.
struct Arena {
    uintptr_t at;
    explicit Arena(uintptr_t at) : at(at) {}
    explicit Arena(void *memory) : at(reinterpret_cast<uintptr_t>(memory)) {}
    template <class T>
    T *take(size_t count) {
        T *p = reinterpret_cast<T *>(at);
        at += align64(count * sizeof(T));
        return p;
    }
};

/// Scalars cut into `windows` signed digits of c bits, c * windows >= their bits: adding 2^(c-1)
/// at every window but the last makes the digits independent of one another. Digit w is window w
/// of that sum, less 2^(c-1); the last window is taken as it is, with its sign.
/// |digit| <= 2^(c-1) = half.
struct Digits {
    int c, windows;
    int32_t half;

    Digits(int c, int bits) : c(c), windows((bits + c - 1) / c), half(int32_t(1) << (c - 1)) {}

    /// Digit w of a scalar to which `offsets` was added; at most 255 bits.
    CK_INLINE int32_t digit(const ck_fr &shifted, int w) const {
        const uint64_t *l = shifted.l;
        const int at = w * c, word = at >> 6, bit = at & 63;
        uint64_t v = l[word] >> bit;
        if (bit + c > 64 && word < 3) v |= l[word + 1] << (64 - bit);
        v &= (uint64_t(1) << c) - 1;
        return int32_t(v) - (w + 1 < windows ? half : 0);
    }
    /// The sum of 2^(c-1) at every window but the last: below 2^254 for 255 bits.
    ck_fr offsets() const {
        ck_fr sum = {{0, 0, 0, 0}};
        for (int w = 0; w + 1 < windows; w++) {
            const int at = w * c + c - 1;
            sum.l[at >> 6] |= uint64_t(1) << (at & 63);
        }
        return sum;
    }
};

/// Points of all rows, and of the longest.
struct MsmRows {
    size_t total = 0, longest = 0;

    MsmRows(const size_t *counts, size_t rows) {
        for (size_t r = 0; r < rows; r++) {
            total += counts[r];
            if (counts[r] > longest) longest = counts[r];
        }
    }
};

/// How some multi-scalar multiplications with the same bases, one a row of scalars, are cut up.
///
/// A slot is a window of a row; a task is some slots of one slice of the points.
struct MsmPlan {
    Digits digits{2, 2};
    size_t rows;
    size_t parts = 1;    // slices of the points
    size_t slice = 0;    // points in a slice
    size_t buckets = 0;  // of a slot: half
    size_t group = 1;    // slots of a task, added up together

    static constexpr size_t kPoints = 4096;  // reduced together, in second-level cache
    /// Buckets of a task at most, where it has several slots.
    static constexpr size_t kBuckets = 1 << 13;

    MsmPlan(size_t rows, size_t total, size_t longest, int bits, int threads) : rows(rows) {
        // In units of one batched addition.
        double best = -1;
        for (int c = 2; c <= 16; c++) {
            const Digits candidate(c, bits);
            const size_t cut = part_count(longest, rows * size_t(candidate.windows), threads);
            const double running = 18.0 * double(row(candidate) + column(candidate)) + 60;
            const double task_cost = 2.0 * double(candidate.half) + running;
            const double cost = double(candidate.windows)
                * (double(total) + double(rows) * double(cut) * task_cost);
            if (best < 0 || cost < best) best = cost, digits = candidate, parts = cut;
        }
        slice = (longest + parts - 1) / parts;
        buckets = size_t(digits.half);
        // Few points make short runs and small batches: slots are taken together.
        const size_t wanted = threads <= 1 ? 1 : size_t(threads) * 4;
        const size_t even = (slots() * parts + wanted - 1) / wanted;
        while (group < even && (group + 1) * buckets <= kBuckets
               && (group + 1) * slice <= 8 * kPoints)
            group++;
    }

    size_t windows() const { return size_t(digits.windows); }
    size_t slots() const { return rows * windows(); }
    size_t groups() const { return (slots() + group - 1) / group; }
    size_t tasks() const { return groups() * parts; }
    /// Buckets as a matrix of rows for the high digits: see Msm::weighted_sum.
    static size_t row(const Digits &digits) { return size_t(1) << (digits.c / 2); }
    static size_t column(const Digits &digits) { return size_t(digits.half) / row(digits); }

   private:
    /// Enough tasks for the threads to finish together, no slice below 512 points.
    static size_t part_count(size_t n, size_t slots, int threads) {
        const size_t wanted = threads <= 1 ? 1 : size_t(threads) * 4;
        const size_t parts = (wanted + slots - 1) / slots, most = n / 512 ? n / 512 : 1;
        return parts < most ? parts : most;
    }
};

/// One thread's working memory.
struct MsmWorkspace {
    Affine *buckets, *columns;
    uint32_t *sorted, *offsets;  // points by bucket, and where each bucket starts
    Affine *points;              // some of them, being added up
    uint32_t *starts, *bucket_of;
    AffinePairs pairs;
    uint8_t *scratch;

    MsmWorkspace(const MsmPlan &plan, Arena &arena)
        : buckets(arena.take<Affine>(plan.group * plan.buckets)),
          columns(arena.take<Affine>(plan.group * plan.buckets)),
          sorted(arena.take<uint32_t>(plan.group * plan.slice)),
          offsets(arena.take<uint32_t>(plan.group * plan.buckets + 2)),
          points(arena.take<Affine>(MsmPlan::kPoints)),
          starts(arena.take<uint32_t>(MsmPlan::kPoints + 1)),
          bucket_of(arena.take<uint32_t>(MsmPlan::kPoints)),
          pairs{
              arena.take<Affine *>(MsmPlan::kPoints / 2),
              arena.take<const Affine *>(MsmPlan::kPoints / 2)},
          scratch(arena.take<uint8_t>(batch_add_bytes(MsmPlan::kPoints / 2))) {}

    static size_t bytes(const MsmPlan &plan) {
        Arena none(uintptr_t(0));
        MsmWorkspace(plan, none);
        return size_t(none.at);
    }
};

/// Canonical scalars with the digit offsets added, row behind row.
struct FullScalars {
    const ck_fr *shifted;
    CK_INLINE const ck_fr *row(const size_t *counts, size_t r) const {
        const ck_fr *at = shifted;
        for (size_t i = 0; i < r; i++) at += counts[i];
        return at;
    }
    CK_INLINE int32_t digit(const ck_fr &scalar, int w, const Digits &digits) const {
        return digits.digit(scalar, w);
    }
};
/// Signed integers; the digit offsets are added on the way, in 128 bits.
struct SmallScalars {
    const int64_t *const *rows;
    uint64_t offsets;
    CK_INLINE const int64_t *row(const size_t *, size_t r) const { return rows[r]; }
    CK_INLINE int32_t digit(int64_t scalar, int w, const Digits &digits) const {
        const __int128 v = (__int128(scalar) + offsets) >> (w * digits.c);
        if (w + 1 == digits.windows) return int32_t(v);
        return int32_t(uint64_t(v) & ((uint64_t(1) << digits.c) - 1)) - digits.half;
    }
};

template <class V>
struct Msm {
    using A = typename V::A;
    using Fr = ck_fr;

    static constexpr uint32_t kMinus = uint32_t(1) << 31;

    /// Adds up each run of points that shares a bucket, pairwise, level by level: at stride h the
    /// points s, s + h, s + 2h, .. of a run are partial sums. The run's sum ends at its start.
    static void reduce_runs(const MsmWorkspace &ws, size_t runs) {
        size_t longest = 0;
        for (size_t k = 0; k < runs; k++) {
            const size_t length = ws.starts[k + 1] - ws.starts[k];
            if (length > longest) longest = length;
        }
        for (size_t h = 1; h < longest; h *= 2) {
            size_t m = 0;
            for (size_t k = 0; k < runs; k++)
                for (size_t i = ws.starts[k]; i + h < ws.starts[k + 1]; i += 2 * h) {
                    ws.pairs.left[m] = ws.points + i;
                    ws.pairs.right[m++] = ws.points + i + h;
                }
            BatchAffine<V>::add(m, ws.scratch, ws.pairs);
        }
    }

    /// Counting sort of the points of one slice by slot and |digit|, digit 0 left out; afterwards
    /// offsets[b] is the end of bucket b, which counts from 1. Returns how many points there are.
    template <class Scalars>
    static size_t sort(
        const MsmPlan &plan, const MsmWorkspace &ws, const Scalars &scalars, const size_t *counts,
        size_t slot, size_t slots, size_t begin) {
        uint32_t *offsets = ws.offsets;
        const size_t buckets = slots * plan.buckets;
        for (size_t b = 0; b < buckets + 2; b++) offsets[b] = 0;
        const auto for_digits = [&](const auto &body) {
            for (size_t k = 0; k < slots; k++) {
                const size_t r = (slot + k) / plan.windows(), w = (slot + k) % plan.windows();
                const size_t end =
                    begin + plan.slice < counts[r] ? begin + plan.slice : counts[r];
                const auto *row = scalars.row(counts, r);
                uint32_t *own = offsets + k * plan.buckets;
                for (size_t i = begin; i < end; i++) {
                    const int32_t d = scalars.digit(row[i], int(w), plan.digits);
                    if (d != 0) body(own + (d < 0 ? -d : d), i, d < 0);
                }
            }
        };
        for_digits([](uint32_t *bucket, size_t, bool) { bucket[1]++; });
        for (size_t b = 1; b <= buckets + 1; b++) offsets[b] += offsets[b - 1];
        const size_t total = offsets[buckets + 1];
        for_digits([&](uint32_t *bucket, size_t i, bool minus) {
            ws.sorted[(*bucket)++] = uint32_t(i) | (minus ? kMinus : 0);
        });
        return total;
    }

    /// The sums over points of digit * base for some slots and one slice.
    template <class Scalars>
    static void slot_sums(
        Xyzz<A> *sums, const MsmPlan &plan, const MsmWorkspace &ws, const Affine *bases,
        const Scalars &scalars, const size_t *counts, size_t slot, size_t slots, size_t begin) {
        const size_t total = sort(plan, ws, scalars, counts, slot, slots, begin);
        if (total == 0) {
            for (size_t k = 0; k < slots; k++) sums[k * plan.parts] = Xyzz<A>::none();
            return;
        }
        for (size_t b = 0; b < slots * plan.buckets; b++) ws.buckets[b] = infinity();

        size_t bucket = 1;
        for (size_t at = 0; at < total; at += MsmPlan::kPoints) {
            const size_t group = total - at < MsmPlan::kPoints ? total - at : MsmPlan::kPoints;
            size_t runs = 0;
            for (size_t i = 0; i < group;) {
                while (ws.offsets[bucket] <= at + i) bucket++;
                ws.starts[runs] = uint32_t(i);
                ws.bucket_of[runs++] = uint32_t(bucket);
                const size_t stop = ws.offsets[bucket] - at;
                i = stop < group ? stop : group;
            }
            ws.starts[runs] = uint32_t(group);
            const uint32_t *sorted = ws.sorted + at;
            for (size_t i = 0; i < group; i++) {
                if (at + i + 12 < total) __builtin_prefetch(&bases[sorted[i + 12] & ~kMinus]);
                const Affine &base = bases[sorted[i] & ~kMinus];
                ws.points[i] = sorted[i] & kMinus ? negated(base) : base;
            }
            reduce_runs(ws, runs);
            for (size_t k = 0; k < runs; k++) {
                Affine &sum = ws.buckets[ws.bucket_of[k] - 1];
                const Affine &part = ws.points[ws.starts[k]];
                // Only a run cut by a group's end meets a bucket that holds something.
                if (is_infinity(sum)) {
                    sum = part;
                } else {
                    *ws.pairs.left = &sum;
                    *ws.pairs.right = &part;
                    BatchAffine<V>::add(1, ws.scratch, ws.pairs);
                }
            }
        }
        weighted_sums(sums, plan, ws, slots);
    }

    /// sum of b * bucket[b] for each slot, b from 1 on.
    ///
    /// With b - 1 = hi * row + lo the sum is that of (lo + 1) * column[lo], and row times that of
    /// hi * row_sum[hi]: two batched additions a bucket, and two running sums of its square root.
    static void weighted_sums(
        Xyzz<A> *sums, const MsmPlan &plan, const MsmWorkspace &ws, size_t slots) {
        const size_t row = plan.row(plan.digits), rows = plan.column(plan.digits);
        const size_t all = slots * plan.buckets;
        for (size_t b = 0; b < all; b++) ws.columns[b] = ws.buckets[b];
        for (size_t h = rows / 2; h >= 1; h /= 2)
            halve(ws, ws.columns, slots, plan.buckets, h * row);
        for (size_t h = row / 2; h >= 1; h /= 2)
            halve(ws, ws.buckets, slots * rows, row, h);
        for (size_t k = 0; k < slots; k++) {
            const Affine *columns = ws.columns + k * plan.buckets;
            const Affine *firsts = ws.buckets + k * plan.buckets;
            Xyzz<A> running = Xyzz<A>::none(), total = Xyzz<A>::none();
            for (size_t hi = rows; hi-- > 1;) {
                running.add_affine(firsts[hi * row]);
                total.add_point(running);
            }
            for (size_t width = row; width > 1; width /= 2) total.double_in_place();
            running = Xyzz<A>::none();
            for (size_t lo = row; lo-- > 0;) {
                running.add_affine(columns[lo]);
                total.add_point(running);
            }
            sums[k * plan.parts] = total;
        }
    }
    /// Adds the second `half` points of each stretch to the first.
    static void halve(
        const MsmWorkspace &ws, Affine *points, size_t stretches, size_t stretch, size_t half) {
        const size_t pairs = stretches * half, most = MsmPlan::kPoints / 2;
        // half is a power of two.
        const int shift = __builtin_ctzll(half);
        for (size_t from = 0; from < pairs; from += most) {
            const size_t m = pairs - from < most ? pairs - from : most;
            for (size_t t = 0; t < m; t++) {
                Affine *at = points + ((from + t) >> shift) * stretch + ((from + t) & (half - 1));
                ws.pairs.left[t] = at;
                ws.pairs.right[t] = at + half;
            }
            BatchAffine<V>::add(m, ws.scratch, ws.pairs);
        }
    }

    template <class Scalars>
    static void run(
        Affine *out, const MsmPlan &plan, const Affine *bases, const Scalars &scalars,
        const size_t *counts, int threads, Arena arena) {
        Xyzz<A> *sums = arena.take<Xyzz<A>>(plan.slots() * plan.parts);
        const size_t workspace = MsmWorkspace::bytes(plan);
        parallel_tasks(threads, plan.tasks(), [=, &plan, &scalars](int thread, size_t task) {
            Arena own(arena.at + size_t(thread) * workspace);
            const MsmWorkspace ws(plan, own);
            const size_t part = task % plan.parts, slot = task / plan.parts * plan.group;
            const size_t left = plan.slots() - slot;
            slot_sums(
                sums + slot * plan.parts + part, plan, ws, bases, scalars, counts, slot,
                left < plan.group ? left : plan.group, part * plan.slice);
        });
        parallel_tasks(threads, plan.rows, [=, &plan](int, size_t r) {
            const Xyzz<A> *own = sums + r * plan.windows() * plan.parts;
            Xyzz<A> total = Xyzz<A>::none();
            for (size_t w = plan.windows(); w-- > 0;) {
                for (int k = 0; k < plan.digits.c; k++) total.double_in_place();
                for (size_t k = 0; k < plan.parts; k++) total.add_point(own[w * plan.parts + k]);
            }
            out[r] = total.affine();
        });
    }

    /// Scalars as canonical integers plus the digit offsets: below 2^256.
    static void recode(Fr *shifted, const Fr *scalars, size_t n, const Digits &digits) {
        const Fr offsets = digits.offsets();
        parallel_for(n, 2048, [=, &offsets](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) {
                const Fr low = A::template redc_low<Fr>(scalars[i].l);
                const Fr x = reduce_once<Fr>(low.l[0], low.l[1], low.l[2], low.l[3]);
                unsigned long long carry = 0;
                for (int j = 0; j < 4; j++)
                    shifted[i].l[j] = add_carry(x.l[j], offsets.l[j], carry);
            }
        });
    }

    static void g1_msm_fr(
        Affine *out, const Affine *bases, const Fr *const *scalars, const size_t *counts,
        size_t rows, int threads, void *scratch) {
        const MsmRows all(counts, rows);
        if (all.total == 0) return clear(out, rows);
        const MsmPlan plan(rows, all.total, all.longest, 255, threads);
        Arena arena(scratch);
        Fr *shifted = arena.take<Fr>(all.total);
        Fr *at = shifted;
        for (size_t r = 0; r < rows; at += counts[r++])
            recode(at, scalars[r], counts[r], plan.digits);
        run(out, plan, bases, FullScalars{shifted}, counts, threads, arena);
    }

    static void g1_msm_i64(
        Affine *out, const Affine *bases, const int64_t *const *scalars, const size_t *counts,
        size_t rows, int bits, int threads, void *scratch) {
        const MsmRows all(counts, rows);
        if (all.total == 0) return clear(out, rows);
        const MsmPlan plan(rows, all.total, all.longest, bits, threads);
        const SmallScalars small{scalars, plan.digits.offsets().l[0]};
        run(out, plan, bases, small, counts, threads, Arena(scratch));
    }
    static void clear(Affine *out, size_t rows) {
        for (size_t r = 0; r < rows; r++) out[r] = infinity();
    }
};

inline size_t msm_bytes(const size_t *counts, size_t rows, int bits, int threads) {
    const MsmRows all(counts, rows);
    if (all.total == 0) return 0;
    const MsmPlan plan(rows, all.total, all.longest, bits, threads);
    return (bits > 64 ? align64(all.total * sizeof(ck_fr)) : 0)
        + align64(plan.slots() * plan.parts * sizeof(Xyzz<Portable>))
        + size_t(threads) * MsmWorkspace::bytes(plan);
}

}  // namespace
}  // namespace ck
