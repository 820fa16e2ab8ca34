// Field vectors: element-wise loops, folds, inner products, inversion, eq tables.
#pragma once
#include "parallel.hpp"
#include "scalar_pack.hpp"

namespace ck {
namespace {

constexpr size_t kGrain = 2048;  // elements a thread takes at a time: about 40 us

template <class V>
struct Vectors {
    using A = typename V::A;
    using Fr = ck_fr;
    static constexpr Fr zero = {{0, 0, 0, 0}};

    /// out[i] = f(i, lanes), reduced.
    template <class Each>
    static CK_INLINE void fill(Fr *out, size_t n, size_t grain, const Each &f) {
        parallel_for(n, grain, [=, &f](size_t begin, size_t end) {
            for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
                V::store(out + i, V::canonical(f(i, some)), some);
            });
        });
    }

    static void fr_mul(Fr *out, const Fr *a, const Fr *b, size_t n) {
        fill(out, n, kGrain, [=](size_t i, LaneCount some) {
            return V::mul(V::load(a + i, some), V::load(b + i, some));
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
        const auto factor = V::broadcast(c);
        fill(out, n, kGrain, [=, &factor](size_t i, LaneCount some) {
            return V::mul(V::load(a + i, some), factor);
        });
    }
    static void fr_axpy(Fr *out, Fr c, const Fr *x, size_t n) {
        const auto factor = V::broadcast(c);
        fill(out, n, kGrain, [=, &factor](size_t i, LaneCount some) {
            return V::add(V::mul(V::load(x + i, some), factor), V::load(out + i, some));
        });
    }
    static void i64_axpy(Fr *out, Fr c, const int64_t *x, size_t n) {
        const IntegerFactor<V> factor(c);
        parallel_for(n, kGrain, [=, &factor](size_t begin, size_t end) {
            axpy(out + begin, factor, x + begin, end - begin);
        });
    }
    /// The same for a part, by one thread.
    static void axpy(Fr *out, const IntegerFactor<V> &factor, const int64_t *x, size_t n) {
        with_int_limbs<V>(x, n, [&](auto limbs) {
            const auto f = factor.of(limbs);
            for_packs<V>(0, n, [&](size_t i, LaneCount some) {
                const auto sum = V::add(V::load(out + i, some), f.start);
                V::store(out + i, V::canonical(V::add(times(limbs, x + i, some, f), sum)), some);
            });
        });
    }
    /// x * f, less f.start
    template <int n, class Factor>
    static CK_INLINE auto times(IntLimbs<n>, const int64_t *x, LaneCount some, const Factor &f) {
        typename V::template Small<Fr, n> s;
        s.mac(V::template load_ints<n>(x, some), f);
        return s.template reduced<1>();
    }
    static void i64_to_fr(Fr *out, const int64_t *x, size_t n) {
        const IntegerFactor<V> one(Modulus<Fr>::one);
        parallel_for(n, 2 * kGrain, [=, &one](size_t begin, size_t end) {
            with_int_limbs<V>(x + begin, end - begin, [&](auto limbs) {
                const auto f = one.of(limbs);
                for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
                    const auto element = V::add(times(limbs, x + i, some, f), f.start);
                    V::store(out + i, V::canonical(element), some);
                });
            });
        });
    }

    static CK_INLINE Fr element(const Fr &x) { return x; }
    static CK_INLINE Fr element(int64_t x) {
        const Fr value = from_u64<Fr, A>(uint64_t(x < 0 ? -(x + 1) : x) + (x < 0));
        return x < 0 ? neg(value) : value;
    }

    /// Folds lines at r.
    struct Fold {
        typename V::template One<Fr> r;
        explicit Fold(const Fr &r) : r(V::broadcast(r)) {}
        template <class E>
        CK_INLINE auto operator()(const E &lo, const E &hi) const {
            return V::canonical(V::add(V::mul(V::sub(hi, lo), r), lo));
        }
    };
    /// Folds integers: lo * (1 - r) + hi * r.
    template <int n>
    struct IntegerFold {
        typename V::template Factor<Fr, n> complement, factor;
        typename V::template One<Fr> start;

        explicit IntegerFold(const Fr &r)
            : complement(ck::sub(Modulus<Fr>::one, r)),
              factor(r),
              start(V::canonical(V::add(complement.start, factor.start))) {}
        CK_INLINE auto operator()(
            const typename V::template Ints<n> &lo, const typename V::template Ints<n> &hi) const {
            typename V::template Small<Fr, n> s;
            s.mac(lo, complement);
            s.mac(hi, factor);
            return V::canonical(V::add(s.template reduced<2>(), start));
        }
    };
    using IntegerFolds = ByLimbs<IntegerFold<1>, IntegerFold<V::full_limbs>>;

    /// out[i] = the fold of lo[i * stride] and hi[i * stride]
    static void fold(
        Fr *out, const Fr *lo, const Fr *hi, ptrdiff_t stride, const Fr &r, size_t n) {
        const Fold fold(r);
        parallel_for(n, kGrain, [=, &fold](size_t begin, size_t end) {
            for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
                const ptrdiff_t at = ptrdiff_t(i) * stride;
                V::store(
                    out + i,
                    fold(V::load(lo + at, some, stride), V::load(hi + at, some, stride)), some);
            });
        });
    }
    static void fold(
        Fr *out, const int64_t *lo, const int64_t *hi, ptrdiff_t stride, const Fr &r, size_t n) {
        const IntegerFolds folds(r);
        parallel_for(n, kGrain, [=, &folds](size_t begin, size_t end) {
            const auto run = [&](auto limbs) {
                constexpr int k = decltype(limbs)::value;
                const auto fold = folds.of(limbs);
                for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
                    const ptrdiff_t at = ptrdiff_t(i) * stride;
                    V::store(
                        out + i,
                        fold(
                            V::template load_ints<k>(lo + at, some, stride),
                            V::template load_ints<k>(hi + at, some, stride)),
                        some);
                });
            };
            const ptrdiff_t first = ptrdiff_t(begin) * stride;
            const size_t span = size_t(ptrdiff_t(end - begin - 1) * stride) + 1;
            if (V::are_small(lo + first, span) && V::are_small(hi + first, span))
                run(IntLimbs<1>{});
            else
                run(IntLimbs<V::full_limbs>{});
        });
    }
    static void fr_fold(Fr *out, const Fr *lo, const Fr *hi, Fr r, size_t n) {
        fold(out, lo, hi, 1, r, n);
    }
    static void i64_fold(Fr *out, const int64_t *lo, const int64_t *hi, Fr r, size_t n) {
        fold(out, lo, hi, 1, r, n);
    }

    /// The sum of field elements, not reduced.
    static Fr fr_sum(const Fr *a, size_t n) {
        return reduce<Fr>(
            parallel_sum<SmallSum>(n, 4 * kGrain, [=](SmallSum &s, size_t begin, size_t end) {
                for (size_t i = begin; i < end; i++) s.add(a[i]);
            }));
    }
    static Fr fr_dot(const Fr *a, const Fr *b, size_t n) {
        return reduce<Fr, A>(
            parallel_sum<WideSum>(n, kGrain, [=](WideSum &s, size_t begin, size_t end) {
                typename V::template Wide<Fr> sum;
                for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
                    sum.mac(V::load(a + i, some), V::load(b + i, some));
                });
                sum.flush(s);
            }));
    }

    /// Sums of integers times elements, each integer with the offset of so many limbs.
    struct OffsetSums {
        // Of integers in one limb, and of any.
        SmallSum products[2], weights[2];
        void merge(const OffsetSums &other) {
            for (int k = 0; k < 2; k++) {
                products[k].merge(other.products[k]);
                weights[k].merge(other.weights[k]);
            }
        }
        /// products, weights: flushed into the sums of integers of n limbs.
        template <int n, class Products, class Weights>
        void add(Products &p, Weights &w) {
            constexpr size_t slot = n == V::full_limbs;
            p.flush(products[slot]);
            w.flush(weights[slot]);
        }
        Fr value() const { return ck::add(value<1>(products[0], weights[0]), full_value()); }
        /// Of what was added with full_limbs.
        Fr full_value() const {
            return value<V::full_limbs>(products[1], weights[1]);
        }

       private:
        template <int n>
        static Fr value(const SmallSum &products, const SmallSum &weights) {
            return ck::sub(
                reduce<Fr>(products),
                mul_small<Fr, A>(V::template offset<n>, reduce<Fr>(weights)));
        }
    };
    /// s += the sum of x[i] * v[i], begin <= i < end
    static void dot(OffsetSums &s, const int64_t *x, const Fr *v, size_t begin, size_t end) {
        with_int_limbs<V>(x + begin, end - begin, [&](auto limbs) {
            constexpr int k = decltype(limbs)::value;
            typename V::template Small<Fr, k> products;
            typename V::template Sum<Fr> weights;
            for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
                const auto w = V::load(v + i, some);
                products.mac(V::template load_ints<k>(x + i, some), w);
                weights.add(w);
            });
            s.template add<k>(products, weights);
        });
    }
    static Fr i64_dot(const int64_t *x, const Fr *v, size_t n) {
        const auto body = [=](OffsetSums &s, size_t begin, size_t end) {
            dot(s, x, v, begin, end);
        };
        return parallel_sum<OffsetSums>(n, 2 * kGrain, body).value();
    }

    /// Montgomery's trick, a block at a time: one inversion a block, each lane a chain.
    static void fr_invert(Fr *values, Fr *scratch, size_t n) {
        parallel_for(n, 2 * kGrain, [=](size_t begin, size_t end) {
            const auto one = V::broadcast(Modulus<Fr>::one);
            const auto factor = [&](size_t i, LaneCount some) {
                const auto value = V::load(values + i, some);
                return V::choose(V::is_nonzero(value), value, one);
            };
            auto running = one;
            for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
                V::store(scratch + i, running, some);
                running = V::canonical(V::mul(running, factor(i, some)));
            });
            Fr chains[V::lanes];
            V::store(chains, running, V::all_lanes);
            invert_few(chains, V::lanes);
            running = V::load(chains, V::all_lanes);
            const auto back = [&](size_t i, LaneCount some) {
                const auto value = V::load(values + i, some);
                const auto nonzero = V::is_nonzero(value);
                const auto inverse =
                    V::canonical(V::mul(running, V::load(scratch + i, some)));
                running = V::canonical(V::mul(running, V::choose(nonzero, value, one)));
                V::store(values + i, V::choose(nonzero, inverse, value), some);
            };
            size_t i = end - (end - begin) % V::lanes;
            if constexpr (V::lanes > 1)
                if (i < end) back(i, LaneCount{end - i});
            while (i > begin) {
                i -= V::lanes;
                back(i, V::all_lanes);
            }
        });
    }
    /// A few elements, none of them zero.
    static void invert_few(Fr *values, size_t n) {
        Fr before[16], running = Modulus<Fr>::one;
        for (size_t i = 0; i < n; i++) {
            before[i] = running;
            running = A::mul(running, values[i]);
        }
        running = inverse<Fr, A>(running);
        for (size_t i = n; i-- > 0;) {
            const Fr value = values[i];
            values[i] = A::mul(running, before[i]);
            running = A::mul(running, value);
        }
    }

    static Fr power(Fr x, size_t exponent) {
        Fr result = Modulus<Fr>::one;
        for (; exponent; exponent >>= 1, x = A::mul(x, x))
            if (exponent & 1) result = A::mul(result, x);
        return result;
    }
    static void fr_powers(Fr *out, Fr x, Fr scale, size_t n) {
        // Two packs' chains side by side: steps do not wait for one another.
        constexpr size_t stride = 2 * V::lanes < 4 ? 4 : 2 * V::lanes;
        parallel_for(n, kGrain, [=, &x, &scale](size_t begin, size_t end) {
            Fr next = A::mul(scale, power(x, begin));
            for (size_t i = begin; i < end && i < begin + stride; i++) {
                out[i] = next;
                next = A::mul(next, x);
            }
            if (end - begin <= stride) return;
            const auto step = V::broadcast(power(x, stride));
            for_packs<V>(begin + stride, end, [&](size_t i, LaneCount some) {
                V::store(
                    out + i, V::canonical(V::mul(V::load(out + i - stride, some), step)), some);
            });
        });
    }

    /// Doubles a table whose entries lie `stride` apart: entry i + 2^k takes t * x, entry i keeps
    /// t - t * x, from the last variable to the first, so that earlier variables are higher bits.
    static void eq_expand(
        Fr *table, size_t stride, const Fr *point, size_t variables, size_t count) {
        size_t live = 1;
        for (size_t k = variables; k-- > 0; live *= 2) {
            // Entries from `pairs` on have no upper partner below `count`.
            const size_t kept = live < count ? live : count;
            const size_t pairs = count - kept < kept ? count - kept : kept;
            Fr *high = table + live * stride;
            const auto x = V::broadcast(point[k]);
            const auto gap = ptrdiff_t(stride);
            for_packs<V>(0, pairs, [&](size_t i, LaneCount some) {
                const auto t = V::load(table + i * stride, some, gap);
                const auto up = V::canonical(V::mul(t, x));
                V::store(high + i * stride, up, some, gap);
                V::store(table + i * stride, V::canonical(V::sub(t, up)), some, gap);
            });
            for (size_t i = pairs; i < kept; i++)
                table[i * stride] = sub(table[i * stride], A::mul(table[i * stride], point[k]));
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
                const auto cu = V::broadcast(A::mul(c, u[i]));
                Fr *row = acc + ptrdiff_t(i) * si;
                for_packs<V>(0, nj, [&](size_t j, LaneCount some) {
                    Fr *cells = row + ptrdiff_t(j) * sj;
                    V::store(
                        cells,
                        V::canonical(
                            V::add(V::mul(V::load(v + j, some), cu), V::load(cells, some, sj))),
                        some, sj);
                });
            }
        });
    }
};

}  // namespace
}  // namespace ck
