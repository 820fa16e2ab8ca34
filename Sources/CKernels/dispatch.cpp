// What the machine has, which table fits it, and the functions that need no variants.
#include <climits>
#include <cstdlib>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "fixed_base.hpp"
#include "tables.hpp"

extern "C" {

uint32_t ck_cpu_features(void) {
    uint32_t features = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    // The vector kernels' scalar parts are those of ADX.
    if (!__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("adx")) return 0;
    features |= CK_CPU_ADX;
    if (!__builtin_cpu_supports("avx2")) return features;
    features |= CK_CPU_AVX2;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq")) return features;
    features |= CK_CPU_AVX512;
    if (__builtin_cpu_supports("avx512ifma")) features |= CK_CPU_IFMA;
#endif
    return features;
}

const char *ck_kernels_wanted(void) { return std::getenv("ZKML_KERNELS"); }

const ck_kernels *ck_kernels_for(uint32_t features) {
    if (features & CK_MODEL_IFMA) return &ck::ifma_model_kernels;
#if defined(__x86_64__)
    if (features & CK_CPU_IFMA) return &ck::ifma_kernels;
    if (features & CK_CPU_AVX512) return &ck::avx512_kernels;
    if (features & CK_CPU_AVX2) return &ck::avx2_kernels;
    if (features & CK_CPU_ADX) return &ck::adx_kernels;
#endif
    return &ck::portable_kernels;
}

int ck_thread_count(void) { return omp_get_max_threads(); }
void ck_set_thread_count(int count) { omp_set_num_threads(count < 1 ? 1 : count); }

void ck_keep_freed_memory(void) {
#if defined(__GLIBC__)
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_TOP_PAD, 1 << 26);
#endif
}

int ck_i64_bits(const int64_t *x, size_t n) {
    // x ^ (x >> 63) is the magnitude that needs storing beside the sign.
    uint64_t seen = 0;
    for (size_t i = 0; i < n; i++) seen |= uint64_t(x[i] ^ (x[i] >> 63));
    return seen ? 65 - __builtin_clzll(seen) : 1;
}

size_t ck_msm_scratch_bytes(const size_t *counts, size_t rows, int bits, int threads) {
    return ck::msm_bytes(counts, rows, bits, threads);
}

size_t ck_fixed_base_scratch_bytes(size_t n, int threads) {
    return n == 0 ? 0 : ck::FixedBasePlan(n).bytes(n, threads);
}

}  // extern "C"
