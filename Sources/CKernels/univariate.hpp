// Univariate polynomials in coefficient form: what Gemini folding and KZG openings need.
#pragma once
#include "vectors.hpp"

namespace ck {
namespace {

template <class V>
struct Univariate {
    using A = typename V::A;
    using Fr = ck_fr;

    static void fr_even_odd_fold(Fr *out, const Fr *p, Fr u, size_t n) {
        Vectors<V>::fold(out, p, p + 1, 2, u, n);
    }
    static void i64_even_odd_fold(Fr *out, const int64_t *p, Fr u, size_t n) {
        Vectors<V>::fold(out, p, p + 1, 2, u, n);
    }

    static constexpr size_t kBlock = 512;

    /// A sum of field elements that each block of coefficients adds to, weighted by x^begin.
    struct Total {
        Fr value = {{0, 0, 0, 0}};
        void merge(const Total &other) { value = add(value, other.value); }
    };

    /// sum p[i] x^i: each block is an inner product with 1, x, .., x^(kBlock-1), reduced once;
    /// blocks of a range are joined by Horner's rule.
    template <class Block>
    static Fr evaluate(Fr x, size_t n, const Block &block_value) {
        Fr powers[kBlock];
        powers[0] = Modulus<Fr>::one;
        for (size_t i = 1; i < kBlock && i < n; i++) powers[i] = A::mul(powers[i - 1], x);
        const Fr giant = Vectors<V>::power(x, kBlock);
        const size_t blocks = (n + kBlock - 1) / kBlock;
        const Fr *table = powers;
        return parallel_sum<Total>(blocks, 8, [=, &giant](Total &total, size_t begin, size_t end) {
            Fr value = {{0, 0, 0, 0}};
            for (size_t b = end; b-- > begin;) {
                const size_t first = b * kBlock, rest = n - first;
                value = add(
                    A::mul(value, giant), block_value(first, rest < kBlock ? rest : kBlock, table));
            }
            total.value = add(total.value, A::mul(value, Vectors<V>::power(giant, begin)));
        }).value;
    }
    static Fr fr_evaluate(const Fr *p, Fr x, size_t n) {
        return evaluate(x, n, [=](size_t first, size_t count, const Fr *powers) {
            typename V::template Wide<Fr> sum;
            for_packs<V>(0, count, [&](size_t i, LaneCount some) {
                sum.mac(V::load(p + first + i, some), V::load(powers + i, some));
            });
            WideSum s;
            sum.flush(s);
            return reduce<Fr, A>(s);
        });
    }
    static Fr i64_evaluate(const int64_t *p, Fr x, size_t n) {
        return evaluate(x, n, [=](size_t first, size_t count, const Fr *powers) {
            typename Vectors<V>::OffsetSums s;
            Vectors<V>::dot(s, p + first, powers, 0, count);
            return s.value();
        });
    }

    /// Synthetic division from the top, c_i = p_i + a c_{i+1}: each thread's segment first finds
    /// what it passes down (its own Horner value), then the segments' carries are chained, then
    /// every segment runs again from its carry.
    static Fr fr_divide_by_linear(Fr *quotient, const Fr *p, Fr a, size_t n) {
        constexpr size_t kMaxSegments = 64, kMinSegment = 4096;
        size_t segments = size_t(omp_get_max_threads());
        if (segments > kMaxSegments) segments = kMaxSegments;
        if (n / kMinSegment < segments) segments = n / kMinSegment ? n / kMinSegment : 1;
        const size_t length = (n + segments - 1) / segments;
        Fr carry[kMaxSegments + 1];
        carry[segments] = Fr{{0, 0, 0, 0}};
        if (segments > 1) {
            for (size_t k = segments; k-- > 1;) {
                const size_t first = k * length, end = first + length < n ? first + length : n;
                if (first >= n) {
                    carry[k] = Fr{{0, 0, 0, 0}};
                    continue;
                }
                const Fr own = fr_evaluate(p + first, a, end - first);
                carry[k] = add(own, A::mul(carry[k + 1], Vectors<V>::power(a, end - first)));
            }
        }
        Fr remainder = {{0, 0, 0, 0}};
        const Fr *carries = carry;
        Fr *result = &remainder;
        // A segment's last write lands on the highest coefficient of the segment below, which may
        // not have been read yet when quotient equals p: it is held back until all are done.
        Fr held[kMaxSegments];
        Fr *lowest = held;
        parallel_for(segments, 1, [=, &a](size_t begin, size_t end) {
            for (size_t k = begin; k < end; k++) {
                const size_t first = k * length < n ? k * length : n;
                const size_t stop = first + length < n ? first + length : n;
                if (first == stop) continue;
                Fr c = carries[k + 1], coefficient = p[stop - 1];
                for (size_t i = stop; i-- > first;) {
                    c = add(coefficient, A::mul(c, a));
                    if (i == first) break;
                    coefficient = p[i - 1];
                    quotient[i - 1] = c;
                }
                (k == 0 ? *result : lowest[k]) = c;
            }
        });
        for (size_t k = 1; k < segments; k++)
            if (k * length < n) quotient[k * length - 1] = held[k];
        return remainder;
    }

    static void fr_combine(
        Fr *out, const Fr *const *vectors, const Fr *coefficients, size_t m, size_t n) {
        parallel_for(n, kGrain / 2, [=](size_t begin, size_t end) {
            for_packs<V>(begin, end, [&](size_t i, LaneCount some) {
                auto sum = V::broadcast(Fr{{0, 0, 0, 0}});
                for (size_t j = 0; j < m; j++)
                    sum = V::canonical(V::add(
                        V::mul(V::load(vectors[j] + i, some), V::broadcast(coefficients[j])), sum));
                V::store(out + i, sum, some);
            });
        });
    }
    static void i64_combine(
        Fr *out, const int64_t *const *vectors, const Fr *coefficients, size_t m, size_t n) {
        parallel_for(n, kGrain, [=](size_t begin, size_t end) {
            for (size_t i = begin; i < end; i++) out[i] = Fr{{0, 0, 0, 0}};
            for (size_t j = 0; j < m; j++)
                Vectors<V>::axpy(
                    out + begin, IntegerFactor<V>(coefficients[j]), vectors[j] + begin, end - begin);
        });
    }
};

}  // namespace
}  // namespace ck
