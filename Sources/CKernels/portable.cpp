#include "table.hpp"
#include "tables.hpp"

namespace ck {
constinit const ck_kernels portable_kernels = kernel_table<ScalarPack<Portable>>("portable");
}
