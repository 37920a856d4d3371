#ifndef OCTET_WIDE_H
#define OCTET_WIDE_H

// Layers with int16 activations and int8 weights, with the bits of TFLite's reference kernels.
//
// Neither activations nor weights have zero points. A product has 23 bits, so that sums of up to
// `OK_WIDE_SEGMENT` of them are exact in 32 bits; longer ones are added up in 64.

#include "octet_loops.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Products that are added up in 32 bits: fewer than 2^9, and a multiple of what kernels multiply
/// at a time.
enum { OK_WIDE_SEGMENT = 504 };

/// How sums become int16 outputs.
typedef struct ok_wide_stage {
  const ok_loops *loops;
  /// Whether sums wrap at 32 bits and are scaled as `ok_output_stage` has it. Otherwise they wrap at
  /// 64 bits and become `(sum · multiplier + 2^(14 − exponent)) / 2^(15 − exponent)`, rounded down.
  bool is_narrow;
  /// Those of each channel.
  const int64_t *bias;
  /// Q0.31 mantissas above INT32_MIN if narrow, Q0.15 mantissas otherwise.
  const int32_t *multiplier;
  /// From −31 to 7.
  const int32_t *exponent;
  int32_t minimum, maximum;
} ok_wide_stage;

/// A dense convolution, of rows with at least one element; a matrix product is one whose window is a
/// single element.
typedef struct ok_wide_product {
  /// One with wide operands.
  const ok_gemm_kernel *kernel;
  /// Its channels are those of one group.
  ok_window window;
  size_t groups;
  /// The channels that each group gives.
  size_t output_channels;
  bool is_narrow;
} ok_wide_product;

/// The bytes of packed weights, a multiple of 64.
size_t ok_wide_packed_size(const ok_wide_product *product);

/// Packs `weights [groups · O, KH, KW, C]`; `packed` must be aligned to 64 bytes.
void ok_wide_pack(const ok_wide_product *product, const int8_t *weights, void *packed);

/// The bytes of scratch that each thread needs, a multiple of 64.
size_t ok_wide_scratch_size(const ok_wide_product *product);

/// Computes the whole output; `scratch` is aligned to 64 bytes, and `pool` may be NULL.
void ok_wide_run(
    const ok_wide_product *product, const ok_wide_stage *stage, const void *packed,
    const int16_t *input, int16_t *output, void *scratch, ok_pool *pool);

/// A depthwise convolution with one filter for each channel, `[KH, KW, C]`, of up to
/// `OK_WIDE_SEGMENT` taps unless the stage is narrow.
void ok_wide_depthwise_run(
    const ok_wide_stage *stage, const ok_window *window, const int16_t *input,
    const int8_t *filter, int16_t *output, ok_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
