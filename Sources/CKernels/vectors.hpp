// Field vectors: element-wise loops, folds, inner products, inversion, eq tables.
#pragma once
#include "field.hpp"
#include "parallel.hpp"

namespace ck {
namespace {

constexpr size_t kGrain = 2048;  // elements a thread takes at a time: about 40 us

/// The offset that makes an integer unsigned.
constexpr uint64_t kSignOffset = uint64_t(1) << 63;

CK_INLINE uint64_t offset_sign(int64_t x) { return uint64_t(x) ^ kSignOffset; }

/// The field element x of a small sum: starts an accumulator at x.
CK_INLINE SmallSum small_sum(const ck_fr &x) {
    SmallSum s;
    for (int i = 0; i < 4; i++) s.l[i] = x.l[i];
    return s;
}
CK_INLINE ck_fr reduce5(const SmallSum &s) {
    return reduce5<ck_fr>(s.l[0], s.l[1], s.l[2], s.l[3], s.l[4]);
}

/// A fixed element f that many integers are multiplied by.
///
/// f = +-magnitude with magnitude < p / 2, and x or -1 - x gets the offset: a term is less than
/// 2^63 p for any integer, so that two of them and an element still pass through reduce5.
template <class A>
struct IntegerFactor {
    ck_fr magnitude;
    /// What makes x unsigned: x + 2^63, or 2^63 - 1 - x where f is negative.
    uint64_t flip;
    /// What the sum starts with for every term, so that the offset is gone in the end.
    ck_fr start;

    IntegerFactor() = default;
    explicit IntegerFactor(const ck_fr &f) {
        const ck_fr minus = neg(f);
        bool negative = false;
        for (int i = 0; i < 4; i++)
            if (minus.l[i] != f.l[i]) negative = minus.l[i] < f.l[i];
        magnitude = negative ? minus : f;
        flip = negative ? ~kSignOffset : kSignOffset;
        start = neg(mul_small<ck_fr, A>(negative ? kSignOffset - 1 : kSignOffset, magnitude));
    }
    /// s += x * f - start
    CK_INLINE void mac(SmallSum &s, int64_t x) const { A::mac(s, uint64_t(x) ^ flip, magnitude); }
    CK_INLINE ck_fr times(int64_t x) const {
        SmallSum s = small_sum(start);
        mac(s, x);
        return reduce5(s);
    }
};

/// A block of pairs (lo, hi) out of one table, for loops over several tables. Tables and their
/// halves lie at multiples of large powers of two from one another: walked all at once, every
/// access would fall into one set of the first-level cache. So each table is walked by itself, a
/// block at a time.
constexpr size_t kLines = 32;
template <class T>
struct Lines {
    T lo[kLines], hi[kLines];
};

template <class A>
struct Vectors {
    using Fr = ck_fr;
    static constexpr Fr zero = {{0, 0, 0, 0}};

    static void fr_mul(Fr *out, const Fr *a, const Fr *b, size_t n) {
        parallel_for(n, kGrain, [=](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) out[i] = A::mul(a[i], b[i]);
        });
    }
    static void fr_add(Fr *out, const Fr *a, const Fr *b, size_t n) {
        parallel_for(n, 4 * kGrain, [=](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) out[i] = add(a[i], b[i]);
        });
    }
    static void fr_sub(Fr *out, const Fr *a, const Fr *b, size_t n) {
        parallel_for(n, 4 * kGrain, [=](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) out[i] = sub(a[i], b[i]);
        });
    }
    static void fr_scale(Fr *out, const Fr *a, Fr c, size_t n) {
        parallel_for(n, kGrain, [=, &c](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) out[i] = A::mul(a[i], c);
        });
    }
    static void fr_axpy(Fr *out, Fr c, const Fr *x, size_t n) {
        parallel_for(n, kGrain, [=, &c](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) out[i] = add(out[i], A::mul(x[i], c));
        });
    }
    static void i64_axpy(Fr *out, Fr c, const int64_t *x, size_t n) {
        const IntegerFactor<A> factor(c);
        parallel_for(n, kGrain, [=, &factor](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) {
                SmallSum s = small_sum(factor.start);
                s.add(out[i]);
                factor.mac(s, x[i]);
                out[i] = reduce5(s);
            }
        });
    }

    static CK_INLINE Fr fold(const Fr &lo, const Fr &hi, const Fr &r) {
        return add(lo, A::mul(sub(hi, lo), r));
    }
    static void fr_fold(Fr *out, const Fr *lo, const Fr *hi, Fr r, size_t n) {
        parallel_for(n, kGrain, [=, &r](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) out[i] = fold(lo[i], hi[i], r);
        });
    }

    /// Folds integers: lo * (1 - r) + hi * r.
    struct IntegerFold {
        IntegerFactor<A> complement, factor;
        Fr start;
        explicit IntegerFold(const Fr &r)
            : complement(sub(Modulus<Fr>::one, r)),
              factor(r),
              start(add(complement.start, factor.start)) {}
        CK_INLINE Fr operator()(int64_t lo, int64_t hi) const {
            SmallSum s = small_sum(start);
            complement.mac(s, lo);
            factor.mac(s, hi);
            return reduce5(s);
        }
    };
    static void i64_fold(Fr *out, const int64_t *lo, const int64_t *hi, Fr r, size_t n) {
        const IntegerFold fold(r);
        parallel_for(n, kGrain, [=, &fold](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) out[i] = fold(lo[i], hi[i]);
        });
    }

    /// Folds entries at ..< at + width of a table of 4n, in place (integers: to `out`), and gives
    /// the results; entries from `count` on, 2n <= count, are zeros that nobody stores.
    template <class T, class Fold>
    static CK_INLINE void fold_live(
        Fr *lines, Fr *out, const T *t, size_t at, size_t width, size_t n, size_t count,
        const Fold &fold) {
        const size_t high = at + 2 * n;
        const size_t pairs = count <= high ? 0 : count - high < width ? count - high : width;
        for (size_t i = 0; i < pairs; i++) out[at + i] = lines[i] = fold(t[at + i], t[high + i]);
        for (size_t i = pairs; i < width; i++) out[at + i] = lines[i] = fold(t[at + i], T{});
    }
    static CK_INLINE void fold_lines(
        Lines<Fr> &lines, Fr *t, size_t at, size_t width, size_t n, size_t count, const Fr &r) {
        const auto by = [&r](const Fr &lo, const Fr &hi) { return fold(lo, hi, r); };
        fold_live(lines.lo, t, t, at, width, n, count, by);
        fold_live(lines.hi, t, t, at + n, width, n, count, by);
    }
    static CK_INLINE void fold_lines(
        Lines<Fr> &lines, Fr *out, const int64_t *x, size_t at, size_t width, size_t n,
        size_t count, const IntegerFold &fold) {
        fold_live(lines.lo, out, x, at, width, n, count, fold);
        fold_live(lines.hi, out, x, at + n, width, n, count, fold);
    }

    /// The unreduced sum of field elements: five limbs of a small sum.
    static SmallSum unreduced_sum(const Fr *a, ptrdiff_t stride, size_t n) {
        return parallel_sum<SmallSum>(n, 4 * kGrain, [=](SmallSum &s, size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) s.add(a[ptrdiff_t(i) * stride]);
        });
    }
    static Fr fr_sum(const Fr *a, size_t n) { return reduce<Fr>(unreduced_sum(a, 1, n)); }

    static Fr fr_dot(const Fr *a, const Fr *b, size_t n) {
        return reduce<Fr, A>(
            parallel_sum<WideSum>(n, kGrain, [=](WideSum &s, size_t begin, size_t end) {
                for (size_t i = begin; i < end; i++) A::mac(s, a[i], b[i]);
            }));
    }
    static Fr i64_dot(const int64_t *x, const Fr *v, size_t n) {
        struct Sums {
            SmallSum products, weights;
            void merge(const Sums &other) {
                products.merge(other.products);
                weights.merge(other.weights);
            }
        };
        const Sums s = parallel_sum<Sums>(n, 2 * kGrain, [=](Sums &s, size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) {
                A::mac(s.products, offset_sign(x[i]), v[i]);
                s.weights.add(v[i]);
            }
        });
        return sub(reduce<Fr>(s.products), mul_small<Fr, A>(kSignOffset, reduce<Fr>(s.weights)));
    }
    static void i64_to_fr(Fr *out, const int64_t *x, size_t n) {
        const IntegerFactor<A> one(Modulus<Fr>::one);
        parallel_for(n, 2 * kGrain, [=, &one](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) out[i] = one.times(x[i]);
        });
    }

    /// Montgomery's trick, a block at a time: one inversion a block.
    static void fr_invert(Fr *values, Fr *scratch, size_t n) {
        parallel_for(n, 2 * kGrain, [=](size_t begin, size_t end) {
            Fr running = Modulus<Fr>::one;
            for (size_t i = begin; i < end; i++) {
                scratch[i] = running;
                if (!is_zero(values[i])) running = A::mul(running, values[i]);
            }
            running = inverse<Fr, A>(running);
            for (size_t i = end; i-- > begin;) {
                if (is_zero(values[i])) continue;
                const Fr value = values[i];
                values[i] = A::mul(running, scratch[i]);
                running = A::mul(running, value);
            }
        });
    }

    static Fr power(Fr x, size_t exponent) {
        Fr result = Modulus<Fr>::one;
        for (; exponent; exponent >>= 1, x = A::mul(x, x))
            if (exponent & 1) result = A::mul(result, x);
        return result;
    }
    static void fr_powers(Fr *out, Fr x, Fr scale, size_t n) {
        parallel_for(n, kGrain, [=, &x, &scale](size_t begin, size_t end) {
            // Four interleaved chains: the steps by x^4 do not wait for one another.
            const Fr x2 = A::mul(x, x), x4 = A::mul(x2, x2);
            Fr next = A::mul(scale, power(x, begin));
            for (size_t i = begin; i < end && i < begin + 4; i++) {
                out[i] = next;
                next = A::mul(next, x);
            }
            for (size_t i = begin + 4; i < end; i++) out[i] = A::mul(out[i - 4], x4);
        });
    }

    /// Doubles a table whose entries lie `stride` apart: entry i + 2^k takes t * x, entry i keeps
    /// t - t * x, from the last variable to the first, so that earlier variables are higher bits.
    static void eq_expand(
        Fr *table, size_t stride, const Fr *point, size_t variables, size_t count) {
        size_t live = 1;
        for (size_t k = variables; k-- > 0; live *= 2) {
            const Fr x = point[k];
            // Entries from `pairs` on have no upper partner below `count`.
            const size_t kept = live < count ? live : count;
            const size_t pairs = count - kept < kept ? count - kept : kept;
            Fr *high = table + live * stride;
            for (size_t i = 0; i < pairs; i++) {
                high[i * stride] = A::mul(table[i * stride], x);
                table[i * stride] = sub(table[i * stride], high[i * stride]);
            }
            for (size_t i = pairs; i < kept; i++)
                table[i * stride] = sub(table[i * stride], A::mul(table[i * stride], x));
        }
    }
    static void fr_eq(Fr *out, const Fr *point, size_t variables, size_t count, Fr scale) {
        if (count == 0) return;
        // The head variables give the first entry of each block, the tail fills it in cache.
        const size_t tail = variables < 10 ? variables : 10, head = variables - tail;
        const size_t block = size_t(1) << tail, blocks = (count + block - 1) >> tail;
        out[0] = scale;
        eq_expand(out, block, point, head, blocks);
        parallel_for(blocks, 2, [=](size_t begin, size_t end) {
            for (size_t b = begin; b < end; b++) {
                const size_t rest = count - b * block;
                eq_expand(out + b * block, 1, point + head, tail, rest < block ? rest : block);
            }
        });
    }

    static void fr_outer_axpy(
        Fr *acc, ptrdiff_t si, ptrdiff_t sj, Fr c, const Fr *u, size_t ni, const Fr *v, size_t nj) {
        const size_t grain = nj >= kGrain ? 1 : kGrain / (nj ? nj : 1);
        parallel_for(ni, grain, [=, &c](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) {
                const Fr cu = A::mul(c, u[i]);
                Fr *row = acc + ptrdiff_t(i) * si;
                for (size_t j = 0; j < nj; j++) {
                    Fr &cell = row[ptrdiff_t(j) * sj];
                    cell = add(cell, A::mul(cu, v[j]));
                }
            }
        });
    }
};

}  // namespace
}  // namespace ck
