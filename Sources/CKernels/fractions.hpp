// The fraction tree of LogUp-GKR: leaves, layers, and the layers' sum-check rounds.
#pragma once
#include "sumcheck.hpp"

namespace ck {
namespace {

template <class V>
struct Fractions {
    using A = typename V::A;
    using Fr = ck_fr;
    using One = typename V::template One<Fr>;
    using Wide = typename V::template Wide<Fr>;
    using Two = WideSums<V, 2>;
    static_assert(CK_RUN % V::lanes == 0);

    /// Whether the entries from i on, a multiple of CK_RUN, are a run.
    static CK_INLINE bool is_run(const uint8_t *runs, size_t i) { return runs && runs[i / CK_RUN]; }

    /// body(at, width) for [begin, end): all at once, or CK_RUN entries at a time.
    template <class Body>
    static CK_INLINE void for_steps(bool has_runs, size_t begin, size_t end, const Body &body) {
        const size_t step = has_runs ? CK_RUN : end - begin;
        for (size_t at = begin; at < end; at += step) body(at, step);
    }

    /// Numerators: elements, or integers that become elements where they are not 1.
    struct Numerators {
        const IntegerFactor<V> &one;

        CK_INLINE One operator()(const Fr *p, LaneCount some) const { return V::load(p, some); }
        CK_INLINE One operator()(const int64_t *p, LaneCount some) const {
            const IntLimbs<V::full_limbs> limbs;
            const auto &f = one.of(limbs);
            return V::canonical(V::add(Vectors<V>::times(limbs, p, some, f), f.start));
        }
    };
    /// Whether all lanes of a pack are the integer 1.
    static CK_INLINE bool are_ones(const Fr *, LaneCount) { return false; }
    static CK_INLINE bool are_ones(const int64_t *p, LaneCount some) {
        if (some.count < V::lanes) return false;
        int64_t other = 0;
        for (size_t i = 0; i < V::lanes; i++) other |= p[i] ^ 1;
        return other == 0;
    }

    static void i64_leaf_denominators(
        Fr *out, Fr constant, const int64_t *const *columns, const Fr *weights, size_t column_count,
        size_t n, const uint8_t *runs) {
        IntegerFactor<V> factors[4];
        for (size_t j = 0; j < column_count; j++) factors[j] = IntegerFactor<V>(neg(weights[j]));
        const IntegerFactor<V> *w = factors;
        parallel_for(n, kGrain, [=, &constant](size_t begin, size_t end) {
            bool small = true;
            for (size_t j = 0; j < column_count; j++)
                small = small && V::are_small(columns[j] + begin, end - begin);
            const auto run = [&](auto limbs) {
                constexpr int k = decltype(limbs)::value;
                One start = V::broadcast(constant);
                for (size_t j = 0; j < column_count; j++)
                    start = V::canonical(V::add(start, w[j].of(limbs).start));
                const auto value = [&](size_t i, LaneCount some) {
                    typename V::template Small<Fr, k> s;
                    for (size_t j = 0; j < column_count; j++)
                        s.mac(V::template load_ints<k>(columns[j] + i, some), w[j].of(limbs));
                    if (column_count <= 2)
                        return V::canonical(V::add(s.template reduced<2>(), start));
                    return V::canonical(V::add(s.template reduced<4>(), start));
                };
                for_steps(runs, begin, end, [&](size_t at, size_t width) {
                    if (is_run(runs, at)) {
                        V::store(out + at, value(at, V::all_lanes), first_lane);
                        return;
                    }
                    for_packs<V>(at, at + width, [&](size_t i, LaneCount some) {
                        V::store(out + i, value(i, some), some);
                    });
                });
            };
            if (small)
                run(IntLimbs<1>{});
            else
                run(IntLimbs<V::full_limbs>{});
        });
    }
    static constexpr LaneCount first_lane{1};

    static bool is_gap(int64_t p, const Fr &q) { return p == 0 && equal(q, Modulus<Fr>::one); }
    static bool is_gap(const Fr &p, const Fr &q) {
        return is_zero(p) && equal(q, Modulus<Fr>::one);
    }

    /// Entries of a table: those of a run are its first.
    template <class Load, class T>
    static CK_INLINE auto entries(
        const Load &load, const T *t, size_t at, size_t i, bool run, LaneCount some) {
        T room[V::lanes];
        if (run) {
            for (size_t k = 0; k < V::lanes; k++) room[k] = t[at];
            return load(room, V::all_lanes);
        }
        return load(t + i, some);
    }
    struct Load {
        CK_INLINE One operator()(const Fr *p, LaneCount some) const {
            return V::load(p, some);
        }
    };

    template <class P>
    static void combine(
        Fr *p_out, Fr *q_out, const P *p, const Fr *q, size_t h, const uint8_t *runs) {
        const IntegerFactor<V> one(Modulus<Fr>::one);
        parallel_for(h, kGrain / 2, [=, &one](size_t begin, size_t end) {
            const Numerators numerators{one};
            const Load load;
            for_steps(runs, begin, end, [&](size_t at, size_t width) {
                const bool lo = is_run(runs, at), hi = is_run(runs, at + h);
                if (lo && hi) {
                    const Fr p0 = Vectors<V>::element(p[at]), p1 = Vectors<V>::element(p[at + h]);
                    const Fr q0 = q[at], q1 = q[at + h];
                    p_out[at] = A::mul_add(p0, q1, p1, q0);
                    q_out[at] = A::mul(q0, q1);
                    return;
                }
                if (hi && is_gap(p[at + h], q[at + h])) {
                    for (size_t i = at; i < at + width; i++) {
                        p_out[i] = Vectors<V>::element(p[i]);
                        q_out[i] = q[i];
                    }
                    return;
                }
                // Outputs may be the inputs: what a run stores once is read before.
                const P p_first[2] = {p[at], p[at + h]};
                const Fr q_first[2] = {q[at], q[at + h]};
                for_packs<V>(at, at + width, [&](size_t i, LaneCount some) {
                    const One q0 = lo ? V::broadcast(q_first[0]) : load(q + i, some);
                    const One q1 = hi ? V::broadcast(q_first[1]) : load(q + i + h, some);
                    One sum;
                    if (!lo && !hi && are_ones(p + i, some) && are_ones(p + i + h, some)) {
                        sum = V::canonical(V::add(q0, q1));
                    } else {
                        const One p0 = lo ? entries(numerators, p_first, 0, 0, true, some)
                                          : numerators(p + i, some);
                        const One p1 = hi ? entries(numerators, p_first + 1, 0, 0, true, some)
                                          : numerators(p + i + h, some);
                        sum = V::canonical(V::mul_add(p0, q1, p1, q0));
                    }
                    V::store(p_out + i, sum, some);
                    V::store(q_out + i, V::canonical(V::mul(q0, q1)), some);
                });
            });
        });
    }
    static void fr_fraction_combine(
        Fr *p_out, Fr *q_out, const Fr *p, const Fr *q, size_t h, const uint8_t *runs) {
        combine(p_out, q_out, p, q, h, runs);
    }
    static void i64_fraction_combine(
        Fr *p_out, Fr *q_out, const int64_t *p, const Fr *q, size_t h, const uint8_t *runs) {
        combine(p_out, q_out, p, q, h, runs);
    }

    template <class P>
    static void prepare(
        Fr *s, const P *p1, const Fr &lambda, const Fr *q1, size_t n, const uint8_t *runs) {
        const IntegerFactor<V> one(Modulus<Fr>::one);
        parallel_for(n, kGrain, [=, &lambda, &one](size_t begin, size_t end) {
            const Numerators numerators{one};
            const auto factor = V::broadcast(lambda);
            for_steps(runs, begin, end, [&](size_t at, size_t width) {
                if (is_run(runs, at)) {
                    s[at] = add(Vectors<V>::element(p1[at]), A::mul(q1[at], lambda));
                    return;
                }
                for_packs<V>(at, at + width, [&](size_t i, LaneCount some) {
                    const auto product = V::mul(V::load(q1 + i, some), factor);
                    V::store(
                        s + i, V::canonical(V::add(product, numerators(p1 + i, some))), some);
                });
            });
        });
    }
    static void fr_fraction_prepare(
        Fr *s, const Fr *p1, Fr lambda, const Fr *q1, size_t n, const uint8_t *runs) {
        prepare(s, p1, lambda, q1, n, runs);
    }
    static void i64_fraction_prepare(
        Fr *s, const int64_t *p1, Fr lambda, const Fr *q1, size_t n, const uint8_t *runs) {
        prepare(s, p1, lambda, q1, n, runs);
    }

    /// Adds e * (H(0), coefficient of X^2 in H) for lines of the four tables.
    static CK_INLINE void accumulate(
        Wide &constant, Wide &lead, const One &e, const One &p_lo, const One &p_hi,
        const One &s_lo, const One &s_hi, const One &q0_lo, const One &q0_hi, const One &q1_lo,
        const One &q1_hi) {
        constant.mac(e, V::mul_add(p_lo, q1_lo, q0_lo, s_lo));
        lead.mac(
            e, V::mul_add(
                   V::sub(p_hi, p_lo), V::sub(q1_hi, q1_lo), V::sub(q0_hi, q0_lo),
                   V::sub(s_hi, s_lo)));
    }
    /// The same with numerators 1.
    static CK_INLINE void accumulate_ones(
        Wide &constant, Wide &lead, const One &e, const One &s_lo, const One &s_hi,
        const One &q0_lo, const One &q0_hi, const One &q1_lo) {
        constant.mac(e, V::add(V::mul(q0_lo, s_lo), q1_lo));
        lead.mac(e, V::mul(V::sub(q0_hi, q0_lo), V::sub(s_hi, s_lo)));
    }
    /// The same where nothing depends on the entry but e, whose sum is `weight`.
    static void accumulate_runs(
        Two &sums, const Fr &weight, const Fr *p, const Fr *s, const Fr *q0, const Fr *q1) {
        A::mac(sums.total[0], weight, A::mul_add(p[0], q1[0], q0[0], s[0]));
        A::mac(
            sums.total[1], weight,
            A::mul_add(sub(p[1], p[0]), sub(q1[1], q1[0]), sub(q0[1], q0[0]), sub(s[1], s[0])));
    }
    static CK_INLINE Fr sum_of(const Fr *e) {
        Fr weight = e[0];
        for (size_t i = 1; i < CK_RUN; i++) weight = add(weight, e[i]);
        return weight;
    }

    template <class P>
    static void round(
        const P *p, const Fr *s, const Fr *q0, const Fr *q1, const Fr *e, size_t n,
        const uint8_t *first, const uint8_t *second, Fr out[2]) {
        const IntegerFactor<V> one(Modulus<Fr>::one);
        const auto body = [=, &one](Two &sums, size_t begin, size_t end) {
            const Numerators numerators{one};
            const Load load;
            Wide constant, lead;
            for_steps(first || second, begin, end, [&](size_t at, size_t width) {
                const bool first_lo = is_run(first, at), first_hi = is_run(first, at + n);
                const bool second_lo = is_run(second, at), second_hi = is_run(second, at + n);
                if (first_lo && first_hi && second_lo && second_hi) {
                    const Fr pair_p[2] = {Vectors<V>::element(p[at]), Vectors<V>::element(p[at + n])};
                    const Fr pair_s[2] = {s[at], s[at + n]};
                    const Fr pair_q0[2] = {q0[at], q0[at + n]}, pair_q1[2] = {q1[at], q1[at + n]};
                    accumulate_runs(sums, sum_of(e + at), pair_p, pair_s, pair_q0, pair_q1);
                    return;
                }
                // Beside a gap nothing is quadratic.
                if (second_lo && second_hi && equal(s[at], s[at + n])
                    && equal(q1[at], q1[at + n])) {
                    for_packs<V>(at, at + width, [&](size_t i, LaneCount some) {
                        constant.mac(
                            V::load(e + i, some),
                            V::mul_add(
                                entries(numerators, p, at, i, first_lo, some),
                                V::broadcast(q1[at]), entries(load, q0, at, i, first_lo, some),
                                V::broadcast(s[at])));
                    });
                    return;
                }
                for_packs<V>(at, at + width, [&](size_t i, LaneCount some) {
                    const One weight = V::load(e + i, some);
                    const One s_lo = entries(load, s, at, i, second_lo, some);
                    const One s_hi = entries(load, s, at + n, i + n, second_hi, some);
                    const One q0_lo = entries(load, q0, at, i, first_lo, some);
                    const One q0_hi = entries(load, q0, at + n, i + n, first_hi, some);
                    const One q1_lo = entries(load, q1, at, i, second_lo, some);
                    if (!first_lo && !first_hi && are_ones(p + i, some)
                        && are_ones(p + i + n, some)) {
                        accumulate_ones(constant, lead, weight, s_lo, s_hi, q0_lo, q0_hi, q1_lo);
                        return;
                    }
                    accumulate(
                        constant, lead, weight, entries(numerators, p, at, i, first_lo, some),
                        entries(numerators, p, at + n, i + n, first_hi, some), s_lo, s_hi, q0_lo,
                        q0_hi, q1_lo, entries(load, q1, at + n, i + n, second_hi, some));
                });
            });
            constant.flush(sums.total[0]);
            lead.flush(sums.total[1]);
        };
        const Two sums = parallel_sum<Two>(n, kGrain / 4, body);
        for (size_t k = 0; k < 2; k++) out[k] = sums.value(k);
    }
    static void fr_fraction_round(
        const Fr *p, const Fr *s, const Fr *q0, const Fr *q1, const Fr *e, size_t n,
        const uint8_t *first, const uint8_t *second, Fr out[2]) {
        round(p, s, q0, q1, e, n, first, second, out);
    }
    static void i64_fraction_round(
        const int64_t *p, const Fr *s, const Fr *q0, const Fr *q1, const Fr *e, size_t n,
        const uint8_t *first, const uint8_t *second, Fr out[2]) {
        round(p, s, q0, q1, e, n, first, second, out);
    }

    /// Folds entry i with entry i + half for the entries of one step; a run's are one.
    template <class T, class FoldPacks>
    struct Table {
        Fr *out;
        const T *t;
        size_t half;
        const uint8_t *runs;
        const FoldPacks &fold;

        CK_INLINE bool is_run(size_t at) const {
            return Fractions::is_run(runs, at) && Fractions::is_run(runs, at + half);
        }
        /// Entries from i on, in the step that begins at `at`; first[0], first[1] are those at
        /// `at` and half further on, which may have been overwritten.
        CK_INLINE One folded(size_t at, size_t i, const T first[2], LaneCount some) const {
            const bool lo_run = Fractions::is_run(runs, at);
            const bool hi_run = Fractions::is_run(runs, at + half);
            const One value = fold(
                entries(fold.load, lo_run ? first : t, 0, i, lo_run, some),
                entries(fold.load, hi_run ? first + 1 : t, 0, i + half, hi_run, some));
            if (lo_run && hi_run)
                V::store(out + at, value, first_lane);
            else
                V::store(out + i, value, some);
            return value;
        }
    };
    struct FoldElements : Vectors<V>::Fold {
        using Vectors<V>::Fold::Fold;
        Load load;
    };
    template <int n>
    struct FoldIntegers : Vectors<V>::template IntegerFold<n> {
        explicit FoldIntegers(const typename Vectors<V>::template IntegerFold<n> &fold)
            : Vectors<V>::template IntegerFold<n>(fold) {}
        struct LoadIntegers {
            CK_INLINE auto operator()(const int64_t *p, LaneCount some) const {
                return V::template load_ints<n>(p, some);
            }
        } load;
    };

    template <class P, class FoldP>
    static CK_INLINE void fold_round(
        Two &sums, Fr *p_out, const P *p, Fr *s, Fr *q0, Fr *q1, const Fr *e, size_t n,
        const uint8_t *first, const uint8_t *second, size_t begin, size_t end,
        const FoldP &fold_p, const FoldElements &fold) {
        const Table<P, FoldP> tp{p_out, p, 2 * n, first, fold_p};
        const Table<Fr, FoldElements> ts{s, s, 2 * n, second, fold}, t0{q0, q0, 2 * n, first, fold},
            t1{q1, q1, 2 * n, second, fold};
        Wide constant, lead;
        for_steps(first || second, begin, end, [&](size_t at, size_t width) {
            const bool all_first = t0.is_run(at) && t0.is_run(at + n);
            const bool all_second = t1.is_run(at) && t1.is_run(at + n);
            struct Firsts {
                P p[2][2];
                Fr s[2][2], q0[2][2], q1[2][2];
            } was;
            for (size_t k = 0; k < 2; k++)
                for (size_t j = 0; j < 2; j++) {
                    const size_t i = at + k * n + j * 2 * n;
                    was.p[k][j] = p[i];
                    was.s[k][j] = s[i];
                    was.q0[k][j] = q0[i];
                    was.q1[k][j] = q1[i];
                }
            if (all_first && all_second) {
                Fr lines[4][2];
                for (size_t k = 0; k < 2; k++) {
                    const size_t i = at + k * n;
                    tp.folded(i, i, was.p[k], first_lane);
                    ts.folded(i, i, was.s[k], first_lane);
                    t0.folded(i, i, was.q0[k], first_lane);
                    t1.folded(i, i, was.q1[k], first_lane);
                    lines[0][k] = p_out[i];
                    lines[1][k] = s[i];
                    lines[2][k] = q0[i];
                    lines[3][k] = q1[i];
                }
                accumulate_runs(sums, sum_of(e + at), lines[0], lines[1], lines[2], lines[3]);
                return;
            }
            for_packs<V>(at, at + width, [&](size_t i, LaneCount some) {
                const One p_lo = tp.folded(at, i, was.p[0], some);
                const One p_hi = tp.folded(at + n, i + n, was.p[1], some);
                const One s_lo = ts.folded(at, i, was.s[0], some);
                const One s_hi = ts.folded(at + n, i + n, was.s[1], some);
                const One q0_lo = t0.folded(at, i, was.q0[0], some);
                const One q0_hi = t0.folded(at + n, i + n, was.q0[1], some);
                const One q1_lo = t1.folded(at, i, was.q1[0], some);
                const One q1_hi = t1.folded(at + n, i + n, was.q1[1], some);
                accumulate(
                    constant, lead, V::load(e + i, some), p_lo, p_hi, s_lo, s_hi, q0_lo, q0_hi,
                    q1_lo, q1_hi);
            });
        });
        constant.flush(sums.total[0]);
        lead.flush(sums.total[1]);
    }

    static void fr_fraction_fold_round(
        Fr *p, Fr *s, Fr *q0, Fr *q1, const Fr *e, size_t n, Fr r, const uint8_t *first,
        const uint8_t *second, Fr out[2]) {
        const FoldElements fold(r);
        const auto body = [=, &fold](Two &sums, size_t begin, size_t end) {
            fold_round(sums, p, p, s, q0, q1, e, n, first, second, begin, end, fold, fold);
        };
        const Two sums = parallel_sum<Two>(n, kGrain / 8, body);
        for (size_t k = 0; k < 2; k++) out[k] = sums.value(k);
    }
    static void i64_fraction_fold_round(
        Fr *p_out, const int64_t *p, Fr *s, Fr *q0, Fr *q1, const Fr *e, size_t n, Fr r,
        const uint8_t *first, const uint8_t *second, Fr out[2]) {
        const FoldElements fold(r);
        const typename Vectors<V>::IntegerFolds folds(r);
        const auto body = [=, &fold, &folds](Two &sums, size_t begin, size_t end) {
            bool small = true;
            for (size_t quarter = 0; quarter < 4; quarter++)
                small = small && V::are_small(p + quarter * n + begin, end - begin);
            const auto run = [&](auto limbs) {
                const FoldIntegers<decltype(limbs)::value> integers(folds.of(limbs));
                fold_round(
                    sums, p_out, p, s, q0, q1, e, n, first, second, begin, end, integers, fold);
            };
            if (small)
                run(IntLimbs<1>{});
            else
                run(IntLimbs<V::full_limbs>{});
        };
        const Two sums = parallel_sum<Two>(n, kGrain / 8, body);
        for (size_t k = 0; k < 2; k++) out[k] = sums.value(k);
    }
};

}  // namespace
}  // namespace ck
