#if defined(__x86_64__)
#include <immintrin.h>

#include "field_adx.hpp"
#include "parallel.hpp"

#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512dq"))), apply_to = function)
#include "lane_pack.hpp"
#include "lanes_avx512.hpp"
#include "radix29.hpp"
#include "table.hpp"
#include "tables.hpp"

namespace ck {
constinit const ck_kernels avx512_kernels = kernel_table<LanePack<Radix29<Avx512Lanes>, Adx>>("avx512");
}
#pragma clang attribute pop
#endif
