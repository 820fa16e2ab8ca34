#if defined(__x86_64__)
#include <immintrin.h>

#include "field_adx.hpp"
#include "parallel.hpp"

#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512dq,avx512ifma"))), apply_to = function)
#include "lane_pack.hpp"
#include "lanes_ifma.hpp"
#include "radix52.hpp"
#include "table.hpp"
#include "tables.hpp"

namespace ck {
constinit const ck_kernels ifma_kernels = kernel_table<LanePack<Radix52<IfmaLanes>, Adx>>("ifma");
}
#pragma clang attribute pop
#endif
