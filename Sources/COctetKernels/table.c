#include "FloatGemm/float_gemm.h"
#include "microkernels.h"

static const ok_gemm_kernel gemm_kernels[] = {
#define OK_GEMM(set, tile_rows, tile_columns, tile_depth, kind, takes_folded, total, single,   \
                function)                                                                       \
  {.name = #function, .isa = OK_ISA_##set, .rows = tile_rows, .columns = tile_columns,         \
   .depth = tile_depth, .operands = OK_OPERANDS_##kind, .folds = takes_folded, .sum = total,   \
   .run_row = single, .run = function},
#include "kernels.inc"
};

static const ok_depthwise_kernel depthwise_kernels[] = {
#define OK_DEPTHWISE(set, block, group, wide, takes_folded, order, function)                   \
  {.name = #function, .isa = OK_ISA_##set, .channels = block, .taps = group, .is_wide = wide,   \
   .folds = takes_folded, .channel_at = order, .run = function},
#include "kernels.inc"
};

// With an entry that no machine has, because C has no empty arrays.
static const ok_depthwise_3x3_kernel depthwise_3x3_kernels[] = {
#define OK_DEPTHWISE_3X3(set, order, function)                           \
  {.name = #function, .isa = OK_ISA_##set, .channels = OK_3X3_CHANNELS,   \
   .channel_at = order, .run = function},
#define OK_DEPTHWISE_PAIRS(set, block, two_lines, function)              \
  {.name = #function, .isa = OK_ISA_##set, .channels = block,             \
   .interleave = two_lines, .run_pairs = function},
#include "kernels.inc"
  {.isa = OK_ISA_COUNT},
};

static const ok_sum_kernel sum_kernels[] = {
#define OK_SUM(set, function) {.name = #function, .isa = OK_ISA_##set, .run = function},
#include "kernels.inc"
};

static const ok_float_gemm_kernel float_gemm_kernels[] = {
#define OK_FLOAT_GEMM(set, tile_rows, tile_columns, function)                                  \
  {.name = #function, .isa = OK_ISA_##set, .rows = tile_rows, .columns = tile_columns,         \
   .run = function},
#include "kernels.inc"
};

const ok_gemm_kernel *ok_gemm_kernels(size_t *count) {
  *count = sizeof gemm_kernels / sizeof gemm_kernels[0];
  return gemm_kernels;
}

const ok_depthwise_kernel *ok_depthwise_kernels(size_t *count) {
  *count = sizeof depthwise_kernels / sizeof depthwise_kernels[0];
  return depthwise_kernels;
}

const ok_depthwise_3x3_kernel *ok_depthwise_3x3_kernels(size_t *count) {
  *count = sizeof depthwise_3x3_kernels / sizeof depthwise_3x3_kernels[0] - 1;
  return depthwise_3x3_kernels;
}

const ok_sum_kernel *ok_sum_kernels(size_t *count) {
  *count = sizeof sum_kernels / sizeof sum_kernels[0];
  return sum_kernels;
}

const ok_float_gemm_kernel *ok_float_gemm_kernels(size_t *count) {
  *count = sizeof float_gemm_kernels / sizeof float_gemm_kernels[0];
  return float_gemm_kernels;
}
