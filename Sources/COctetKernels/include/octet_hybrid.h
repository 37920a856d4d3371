#ifndef OCTET_HYBRID_H
#define OCTET_HYBRID_H

// Layers with float activations and integer weights, with the bits of TFLite's reference kernels.
//
// Activations are quantized row by row while the layer runs, each row with a scale of its own. The
// sums of products are exact in any order; what follows them is computed in float32, in the order
// that the reference has.

#include "octet_loops.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What stands for a quantized value q with zero point z, where q is an int8.
typedef enum ok_lane {
  /// q itself.
  OK_LANE_INT8,
  /// q + 128.
  OK_LANE_UINT8,
  /// q − z, in 16 bits.
  OK_LANE_DISTANCE,
} ok_lane;

/// Rows of real values that are quantized, and where their lanes go.
typedef struct ok_dynamic_rows {
  size_t count;
  /// The lines that a row consists of, one behind the other in the input, and their elements.
  size_t lines, line_length;
  ok_lane lane;
  /// Whether the zero point follows from the range of a row; it is 0 otherwise.
  bool is_asymmetric;
  /// Lanes from row to row and from line to line. What is between lines stands for 0.
  size_t row_stride, line_stride;
  /// Lanes before the first line of a row.
  size_t margin;
} ok_dynamic_rows;

/// How the values of a row are quantized.
typedef struct ok_row_quantization {
  float scale;
  /// What values are multiplied by.
  float inverse;
  /// The int8 that stands for 0, and its lane.
  int32_t zero_point, lane_of_zero;
} ok_row_quantization;

/// Quantizes rows; `output` has `count · row_stride` lanes, `quantizations` a place for each row.
///
/// Values that aren't finite become 0 or the nearest bound.
void ok_quantize_rows(
    const ok_loops *loops, const ok_dynamic_rows *rows, const float *input, void *output,
    ok_row_quantization *quantizations, ok_pool *pool);

/// How sums of products become float outputs:
/// `clamp((sum − lane_of_zero · weight_sum) · filter_scale · row_scale + bias)`.
///
/// Where all channels have the same scale, it is multiplied with the row's first.
typedef struct ok_hybrid_stage {
  const ok_loops *loops;
  const ok_row_quantization *rows;
  /// Neighbouring rows of the output that come from one row of the input.
  size_t outputs_per_row;
  /// Of each channel; NULL where sums need no correction for the rows' zero points.
  const int32_t *weight_sums;
  /// One, or one for each channel.
  const float *filter_scales;
  bool is_per_channel;
  /// NULL for zeros.
  const float *bias;
  /// Whether outputs have bounds; not-a-number counts as the lower one then.
  bool clamps;
  float minimum, maximum;
} ok_hybrid_stage;

/// An `ok_gemm_finish` whose context is an `ok_hybrid_stage`: leaves floats where the sums stood.
void ok_hybrid_finish(const void *stage, const ok_gemm_part *part);

/// Writes each of `count` lanes `times` times.
void ok_repeat_lanes(const int16_t *lanes, size_t count, size_t times, int16_t *output);

/// A depthwise convolution of lanes that are distances, `[N, H, W, C]` and without padding, with
/// 16-bit weights `[KH, KW, C]` that fit in 8.
void ok_hybrid_depthwise_run(
    const ok_hybrid_stage *stage, const ok_window *window, const int16_t *lanes,
    const int16_t *weights, float *output, ok_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
