#ifndef OCTET_FLOAT_GEMM_H
#define OCTET_FLOAT_GEMM_H

// Products of float matrices and dense convolutions of floats, with the bits of TFLite's reference
// kernels: each sum begins with 0 and adds its products one by one, every product rounded before.
//
// Vectors hold neighbouring output channels, so that instruction sets and threads share the order.

#include "octet_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ok_float_tile ok_float_tile;

/// A micro-kernel for tiles of a product of float matrices.
typedef struct ok_float_gemm_kernel {
  const char *name;
  ok_isa isa;
  /// Rows and columns of a tile.
  size_t rows, columns;
  void (*run)(const ok_float_tile *tile);
} ok_float_gemm_kernel;

/// The micro-kernels for products of float matrices, in no particular order.
const ok_float_gemm_kernel *ok_float_gemm_kernels(size_t *count);

/// The windows of a convolution over NDHWC volumes; images are volumes of depth 1.
typedef struct ok_volume {
  /// Heights and widths. Paddings may have wrapped below 0, where windows begin inside of the image.
  ok_window window;
  size_t input_depth, filter_depth, output_depth;
  size_t stride_depth, dilation_depth, padding_front;
} ok_volume;

/// A convolution of floats, dense or in groups of channels; a matrix product is one whose window is a
/// single element.
typedef struct ok_float_gemm {
  const ok_float_gemm_kernel *kernel;
  /// Its channels are those of one group.
  ok_volume volume;
  /// Elements from one input pixel to the next: more than the window's channels where there are groups.
  size_t pixel_stride;
  /// Neighbouring groups of input channels, and the output channels that each of them gives.
  size_t groups, output_channels;
  /// Elements from one output position to the next: to the next plane, row and column.
  size_t plane_stride, row_stride, column_stride;
  /// What outputs are clamped to; not-a-number stays.
  float minimum, maximum;
} ok_float_gemm;

/// Where weights stand: elements from one to the next. The first one is of the first output channel,
/// tap and input channel.
typedef struct ok_weight_strides {
  ptrdiff_t output_channel, plane, row, column, input_channel;
} ok_weight_strides;

/// The bytes of packed weights, a multiple of 64.
size_t ok_float_gemm_packed_size(const ok_float_gemm *gemm);

/// Packs weights; `packed` must be aligned to 64 bytes. `pool` may be NULL.
void ok_float_gemm_pack(
    const ok_float_gemm *gemm, const float *weights, const ok_weight_strides *strides, void *packed,
    ok_pool *pool);

/// Writes `input [rows, columns]` column after column.
void ok_transpose_floats(const float *input, size_t rows, size_t columns, float *output);

/// The bytes of scratch that each thread needs, a multiple of 64.
size_t ok_float_gemm_scratch_size(const ok_float_gemm *gemm);

/// Computes the whole output: sums, plus `bias` unless it is NULL, clamped.
///
/// Positions outside of the input count as zeros. `scratch` must be aligned to 64 bytes, and large
/// enough for each thread of `pool`, which may be NULL.
void ok_float_gemm_run(
    const ok_float_gemm *gemm, const void *packed, const float *bias, const float *input,
    float *output, void *scratch, ok_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
