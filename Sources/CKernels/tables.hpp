// The kernel tables this build has; each is instantiated in a file of its own.
#pragma once
#include "ckernels.h"

namespace ck {
extern const ck_kernels portable_kernels, ifma_model_kernels;
#if defined(__x86_64__)
extern const ck_kernels adx_kernels, avx2_kernels, avx512_kernels, ifma_kernels;
#endif
}  // namespace ck
