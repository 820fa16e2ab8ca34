// The kernel tables this build has; each is instantiated in a file of its own.
#pragma once
#include "ckernels.h"

namespace ck {
extern const ck_kernels portable_kernels;
#if defined(__x86_64__)
extern const ck_kernels adx_kernels;
#endif
}  // namespace ck
