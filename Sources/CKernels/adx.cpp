#if defined(__x86_64__)
#include "field_adx.hpp"
#include "table.hpp"
#include "tables.hpp"

namespace ck {
constinit const ck_kernels adx_kernels = kernel_table<ScalarPack<Adx>>("adx");
}
#endif
