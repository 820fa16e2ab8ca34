#if defined(__x86_64__)
#include <immintrin.h>

#include "field_adx.hpp"
#include "parallel.hpp"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "lane_pack.hpp"
#include "lanes_avx2.hpp"
#include "radix29.hpp"
#include "table.hpp"
#include "tables.hpp"

namespace ck {
constinit const ck_kernels avx2_kernels = kernel_table<LanePack<Radix29<Avx2Lanes>, Adx>>("avx2");
}
#pragma clang attribute pop
#endif
