#ifndef ZKML_CKERNELS_H
#define ZKML_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/* The prover's inner loops over BN254: the one C header between Swift and C++.
 *
 * Every kernel is pure: it keeps no state, no pointer it was given, and allocates nothing; where
 * working memory is needed the caller passes it. Loops run on the OpenMP threads of the calling
 * thread (ck_set_thread_count); field arithmetic is exact, so every result is the same bits for
 * any number of threads. Field arithmetic takes time independent of the values; kernels that
 * branch on their data say so. An int64_t of the data may be any.
 *
 * Unless a contract says otherwise arrays do not overlap, n may be 0, and pointers are aligned
 * as their type asks. "Tables" pair entry i with entry i + half: the first variable is the most
 * significant index bit. */

/* Four little-endian limbs, Montgomery form value * 2^256, fully reduced. The layout of Swift's
 * Fr (order of the curve) and Fq (its base field). */
typedef struct { uint64_t l[4]; } ck_fr;
typedef struct { uint64_t l[4]; } ck_fq;

/* An affine point of G1, y^2 = x^3 + 3; all zeros is the point at infinity. */
typedef struct { ck_fq x, y; } ck_g1_affine;

/* A table of field elements, or of integers where elements is null. */
typedef struct {
    const ck_fr *_Nullable elements;
    const int64_t *_Nullable integers;
} ck_table;

/* Entries of a run in a table of the fraction tree. */
#define CK_RUN 8

/* What the machine offers, as a set of CK_CPU_ bits; 0 means portable code only. */
#define CK_CPU_ADX (1u << 0)    /* BMI2 and ADX: mulx, adcx, adox */
#define CK_CPU_AVX2 (1u << 1)   /* four lanes, 29-bit limbs; with the above */
#define CK_CPU_AVX512 (1u << 2) /* AVX-512F and DQ: eight lanes; with the above */
#define CK_CPU_IFMA (1u << 3)   /* AVX-512 IFMA: 52-bit limbs; with the above */
/* Not the machine's: the IFMA kernels over a model of the instructions in plain C++, for tests. */
#define CK_MODEL_IFMA (1u << 31)
uint32_t ck_cpu_features(void);

/* Threads of the regions started by the calling thread (OpenMP's nthreads-var: one value for
 * each thread that starts regions; the default obeys OMP_NUM_THREADS). */
int ck_thread_count(void);
void ck_set_thread_count(int count);

/* Makes the process's allocator keep large blocks that are freed, for the next ones, instead of
 * giving them back to the system. Does nothing where the C library is not glibc. */
void ck_keep_freed_memory(void);

/* The least b with -2^(b-1) <= x[i] < 2^(b-1) for all i; 1 for n = 0. */
int ck_i64_bits(const int64_t *x, size_t n);

/* Bytes of scratch for the multi-scalar multiplication of rows of scalars of `bits` bits (255 for
 * ck_fr) on `threads` threads, and for fixed-base multiplication. */
size_t ck_msm_scratch_bytes(const size_t *counts, size_t rows, int bits, int threads);
size_t ck_fixed_base_scratch_bytes(size_t n, int threads);

/* One implementation of every kernel. Field elements are ck_fr unless named otherwise. */
typedef struct {
    const char *name;

    /* --- vectors: 0 <= i < n; out may equal any input --- */

    /* out[i] = a[i] * b[i], a[i] + b[i], a[i] - b[i] */
    void (*fr_mul)(ck_fr *out, const ck_fr *a, const ck_fr *b, size_t n);
    void (*fr_add)(ck_fr *out, const ck_fr *a, const ck_fr *b, size_t n);
    void (*fr_sub)(ck_fr *out, const ck_fr *a, const ck_fr *b, size_t n);
    /* out[i] = c * a[i] */
    void (*fr_scale)(ck_fr *out, const ck_fr *a, ck_fr c, size_t n);
    /* out[i] += c * x[i] */
    void (*fr_axpy)(ck_fr *out, ck_fr c, const ck_fr *x, size_t n);
    void (*i64_axpy)(ck_fr *out, ck_fr c, const int64_t *x, size_t n);
    /* out[i] = lo[i] + r * (hi[i] - lo[i]); out may equal lo */
    void (*fr_fold)(ck_fr *out, const ck_fr *lo, const ck_fr *hi, ck_fr r, size_t n);
    void (*i64_fold)(ck_fr *out, const int64_t *lo, const int64_t *hi, ck_fr r, size_t n);
    /* the sums of a[i], a[i] * b[i], x[i] * v[i] */
    ck_fr (*fr_sum)(const ck_fr *a, size_t n);
    ck_fr (*fr_dot)(const ck_fr *a, const ck_fr *b, size_t n);
    ck_fr (*i64_dot)(const int64_t *x, const ck_fr *v, size_t n);
    /* out[i] = x[i] in the field */
    void (*i64_to_fr)(ck_fr *out, const int64_t *x, size_t n);
    /* values[i] = 1 / values[i], 0 for 0; scratch: n elements. Time depends on the values. */
    void (*fr_invert)(ck_fr *values, ck_fr *scratch, size_t n);
    /* out[i] = scale * x^i */
    void (*fr_powers)(ck_fr *out, ck_fr x, ck_fr scale, size_t n);
    /* out[i] = scale * prod_k (bit k of i ? point[k] : 1 - point[k]), i < count <= 2^variables;
     * point[0] pairs with the most significant of the `variables` index bits */
    void (*fr_eq)(ck_fr *out, const ck_fr *point, size_t variables, size_t count, ck_fr scale);
    /* acc[i*si + j*sj] += c * u[i] * v[j], i < ni, j < nj; strides in elements; every (i, j) has
     * a cell of its own */
    void (*fr_outer_axpy)(
        ck_fr *acc, ptrdiff_t si, ptrdiff_t sj, ck_fr c, const ck_fr *u, size_t ni, const ck_fr *v,
        size_t nj);

    /* --- contraction: out[a*nb + b] = sum_k t[a*sa + k*sk + b*sb] * v[k] --- */

    void (*i64_contract)(
        ck_fr *out, const int64_t *t, ptrdiff_t sa, ptrdiff_t sk, ptrdiff_t sb, const ck_fr *v,
        size_t na, size_t nk, size_t nb);
    void (*fr_contract)(
        ck_fr *out, const ck_fr *t, ptrdiff_t sa, ptrdiff_t sk, ptrdiff_t sb, const ck_fr *v,
        size_t na, size_t nk, size_t nb);

    /* --- sum-check rounds: tables of 2 * half entries, lines lo + X * (hi - lo) --- */

    /* out[0], out[1] = sum_i A_i(X) * B_i(X) at X = 0 and X = 2, i < pairs <= half */
    void (*fr_product_round)(
        const ck_fr *a, const ck_fr *b, size_t half, size_t pairs, ck_fr out[_Nonnull 2]);
    void (*i64_product_round)(
        const int64_t *a, const ck_fr *b, size_t half, size_t pairs, ck_fr out[_Nonnull 2]);
    /* Folds both tables of 4 * quarter entries by r in place, and returns the next round. Entries
     * from count on, 2 * quarter <= count <= 4 * quarter, are zeros that are neither read nor
     * written. The integer form writes the folded a to a_out, 2 * quarter entries. */
    void (*fr_product_fold_round)(
        ck_fr *a, ck_fr *b, size_t quarter, size_t count, ck_fr r, ck_fr out[_Nonnull 2]);
    void (*i64_product_fold_round)(
        ck_fr *a_out, const int64_t *a, ck_fr *b, size_t quarter, size_t count, ck_fr r,
        ck_fr out[_Nonnull 2]);
    /* sum_i E_i(X) * sum_t coefficients[t] * prod_{k in term t} T_k,i(X), at X = 0, 2, 3, ..,
     * degree, into out[0 .. degree - 1]. Term t is indices[starts[t] ..< starts[t + 1]], repeats
     * allowed; an empty term is its coefficient. factor is the index of the table E, or
     * table_count for E = 1. table_count <= 16, term_count <= 64, 1 <= degree <= 8. */
    void (*terms_round)(
        const ck_table *tables, size_t table_count, size_t factor, const ck_fr *coefficients,
        const uint32_t *starts, const uint32_t *indices, size_t term_count, size_t degree,
        size_t half, ck_fr *out);

    /* --- sum-check rounds that bind the last variable: lines through entries 2i and 2i + 1 of
     * tables of n entries, followed by zeros --- */

    /* out[0], out[1] = sum_i A_i(X) * B_i(X) at X = 0 and X = 2 */
    void (*fr_adjacent_round)(const ck_fr *a, const ck_fr *b, size_t n, ck_fr out[_Nonnull 2]);
    void (*i64_adjacent_round)(const int64_t *a, const ck_fr *b, size_t n, ck_fr out[_Nonnull 2]);
    /* Folds both tables by r into a_out and b_out, (n + 1) / 2 entries each, and returns the next
     * round. */
    void (*fr_adjacent_fold_round)(
        ck_fr *a_out, const ck_fr *a, ck_fr *b_out, const ck_fr *b, size_t n, ck_fr r,
        ck_fr out[_Nonnull 2]);
    void (*i64_adjacent_fold_round)(
        ck_fr *a_out, const int64_t *a, ck_fr *b_out, const ck_fr *b, size_t n, ck_fr r,
        ck_fr out[_Nonnull 2]);

    /* --- the LogUp-GKR fraction tree. runs[g] != 0: entries g * CK_RUN .. (g + 1) * CK_RUN - 1 of
     * a table are one value, of which only the first is read, or written. A result is a run where
     * all that it is made of is. runs may be null (no runs), and is where h or n is no multiple of
     * CK_RUN. --- */

    /* out[i] = constant - sum_j weights[j] * columns[j][i], column_count <= 4 */
    void (*i64_leaf_denominators)(
        ck_fr *out, ck_fr constant, const int64_t *_Nonnull const *_Nonnull columns,
        const ck_fr *weights, size_t column_count, size_t n, const uint8_t *_Nullable runs);
    /* p_out[i] = p[i]*q[i+h] + p[i+h]*q[i], q_out[i] = q[i]*q[i+h], i < h. Outputs may equal the
     * inputs. Integer numerators of 0 and 1, and gaps 0/1 in the upper half, cost less. */
    void (*fr_fraction_combine)(
        ck_fr *p_out, ck_fr *q_out, const ck_fr *p, const ck_fr *q, size_t h,
        const uint8_t *_Nullable runs);
    void (*i64_fraction_combine)(
        ck_fr *p_out, ck_fr *q_out, const int64_t *p, const ck_fr *q, size_t h,
        const uint8_t *_Nullable runs);
    /* s[i] = p1[i] + lambda * q1[i], i < n; s may equal p1 */
    void (*fr_fraction_prepare)(
        ck_fr *s, const ck_fr *p1, ck_fr lambda, const ck_fr *q1, size_t n,
        const uint8_t *_Nullable runs);
    void (*i64_fraction_prepare)(
        ck_fr *s, const int64_t *p1, ck_fr lambda, const ck_fr *q1, size_t n,
        const uint8_t *_Nullable runs);
    /* With H_i(X) = P_i*Q1_i + Q0_i*S_i over lines of four tables of 2 * n entries:
     * out[0] = sum_i e[i] * H_i(0), out[1] = sum_i e[i] * (coefficient of X^2 in H_i).
     * S = p1 + lambda * q1 makes H the layer's p0*q1 + p1*q0 + lambda*q0*q1. first: the runs of p
     * and q0, second: those of s and q1. */
    void (*fr_fraction_round)(
        const ck_fr *p, const ck_fr *s, const ck_fr *q0, const ck_fr *q1, const ck_fr *e, size_t n,
        const uint8_t *_Nullable first, const uint8_t *_Nullable second, ck_fr out[_Nonnull 2]);
    void (*i64_fraction_round)(
        const int64_t *p, const ck_fr *s, const ck_fr *q0, const ck_fr *q1, const ck_fr *e,
        size_t n, const uint8_t *_Nullable first, const uint8_t *_Nullable second,
        ck_fr out[_Nonnull 2]);
    /* Folds four tables of 4 * n entries by r in place (integer p: into p_out, 2 * n entries), and
     * returns the round above for e of n entries. first, second: runs of the tables before. */
    void (*fr_fraction_fold_round)(
        ck_fr *p, ck_fr *s, ck_fr *q0, ck_fr *q1, const ck_fr *e, size_t n, ck_fr r,
        const uint8_t *_Nullable first, const uint8_t *_Nullable second, ck_fr out[_Nonnull 2]);
    void (*i64_fraction_fold_round)(
        ck_fr *p_out, const int64_t *p, ck_fr *s, ck_fr *q0, ck_fr *q1, const ck_fr *e, size_t n,
        ck_fr r, const uint8_t *_Nullable first, const uint8_t *_Nullable second,
        ck_fr out[_Nonnull 2]);

    /* --- hashing --- */

    /* out[32*i ..] = Keccak-256 (padding 0x01) of messages[length*i ..< length*(i+1)], i < n */
    void (*keccak256_many)(uint8_t *out, const uint8_t *messages, size_t length, size_t n);

    /* --- univariate polynomials, coefficients from the constant upwards --- */

    /* out[j] = (1-u) * p[2j] + u * p[2j+1], j < n */
    void (*fr_even_odd_fold)(ck_fr *out, const ck_fr *p, ck_fr u, size_t n);
    void (*i64_even_odd_fold)(ck_fr *out, const int64_t *p, ck_fr u, size_t n);
    /* sum_i p[i] * x^i */
    ck_fr (*fr_evaluate)(const ck_fr *p, ck_fr x, size_t n);
    ck_fr (*i64_evaluate)(const int64_t *p, ck_fr x, size_t n);
    /* p(X) = (X - a) * quotient + remainder, n >= 1 coefficients in p, n - 1 in quotient (which
     * may equal p); returns the remainder p(a) */
    ck_fr (*fr_divide_by_linear)(ck_fr *quotient, const ck_fr *p, ck_fr a, size_t n);
    /* out[i] = sum_j coefficients[j] * vectors[j][i], j < m */
    void (*fr_combine)(
        ck_fr *out, const ck_fr *_Nonnull const *_Nonnull vectors, const ck_fr *coefficients,
        size_t m, size_t n);
    void (*i64_combine)(
        ck_fr *out, const int64_t *_Nonnull const *_Nonnull vectors, const ck_fr *coefficients,
        size_t m, size_t n);

    /* --- G1. Time depends on scalars and points; bases are on the curve, infinity allowed,
     * repeats and opposites too. scratch: 64-byte aligned, as many bytes as the functions above
     * ask for the same n, bits and threads. --- */

    /* out[r] = sum_i scalars[r][i] * bases[i], i < counts[r] < 2^31, r < rows: together what takes
     * longer one by one, for batches are larger and threads finish together */
    void (*g1_msm_fr)(
        ck_g1_affine *out, const ck_g1_affine *bases, const ck_fr *_Nonnull const *_Nonnull scalars,
        const size_t *counts, size_t rows, int threads, void *scratch);
    /* the same for -2^(bits-1) <= scalars[r][i] < 2^(bits-1), 1 <= bits <= 64 */
    void (*g1_msm_i64)(
        ck_g1_affine *out, const ck_g1_affine *bases,
        const int64_t *_Nonnull const *_Nonnull scalars, const size_t *counts, size_t rows,
        int bits, int threads, void *scratch);
    /* out[i] = scalars[i] * base */
    void (*g1_fixed_base)(
        ck_g1_affine *out, ck_g1_affine base, const ck_fr *scalars, size_t n, int threads,
        void *scratch);
} ck_kernels;

/* The name in ZKML_KERNELS, which forces a table of kernels for tests; null if it is not set. */
const char *_Nullable ck_kernels_wanted(void);

/* The kernels for a machine with these features, a subset of ck_cpu_features(), or the model's;
 * never null. A new vector unit is a feature bit, lanes (lanes_*.hpp) and a table. */
const ck_kernels *ck_kernels_for(uint32_t features);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#ifdef __cplusplus
}
#endif
#endif
