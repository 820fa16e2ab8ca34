// The kernels of ifma.cpp over a model of the instructions, for processors that lack them.
#include "lane_pack.hpp"
#include "lanes_portable.hpp"
#include "radix52.hpp"
#include "table.hpp"
#include "tables.hpp"

namespace ck {
constinit const ck_kernels ifma_model_kernels =
    kernel_table<LanePack<Radix52<PortableLanes>, Portable>>("ifma-model");
}
