#ifndef OCTET_LOOPS_INTERNAL_H
#define OCTET_LOOPS_INTERNAL_H

// The loops that each instruction set has, and what their drivers share.

#include "octet_cells.h"
#include "octet_hybrid.h"
#include "octet_loops.h"
#include "octet_real_loops.h"
#include "octet_wide.h"

#include "microkernels.h"

/// The pixels under one window that lie inside of the image.
typedef struct ok_window_part {
  const uint8_t *first;
  size_t rows, columns;
  /// Bytes from one row to the next.
  size_t row_stride;
} ok_window_part;

/// How values become lanes: `clamp(round(value · inverse) + zero_point) + offset`.
typedef struct ok_lane_form {
  float inverse;
  int32_t zero_point, minimum, maximum, offset;
  /// Whether lanes have 16 bits rather than 8.
  bool is_wide;
} ok_lane_form;

/// The taps of one window that lie inside of the image.
typedef struct ok_tap_part {
  /// The pixel and the weights of the first of them.
  const float *input, *filter;
  size_t rows, columns;
} ok_tap_part;

/// The sums of some neighbouring rows and channels of an int16 layer, and where outputs go.
typedef struct ok_wide_sums {
  size_t rows, columns;
  int32_t *sums;
  /// What counts instead of `sums` where these are parts; NULL for nothing.
  const int64_t *totals;
  /// Elements from row to row of sums and of outputs.
  size_t stride, output_stride;
  /// The channel of the first column.
  size_t channel;
} ok_wide_sums;

/// The taps of one window over an int16 image that lie inside of it.
typedef struct ok_wide_tap_part {
  /// The pixel and the weights of the first of them.
  const int16_t *input;
  const int8_t *filter;
  size_t rows, columns;
} ok_wide_tap_part;

/// The pixels under one window that lie inside of an image of real numbers.
typedef struct ok_real_part {
  const float *first;
  size_t rows, columns;
} ok_real_part;

struct ok_loops {
  ok_isa isa;
  /// At most sixteen columns, of elements of 1, 2 and 4 bytes; strides are in elements.
  void (*transpose_1)(
      const void *input, size_t input_stride, size_t rows, size_t columns, void *output,
      size_t output_stride);
  void (*transpose_2)(
      const void *input, size_t input_stride, size_t rows, size_t columns, void *output,
      size_t output_stride);
  void (*transpose_4)(
      const void *input, size_t input_stride, size_t rows, size_t columns, void *output,
      size_t output_stride);
  void (*look_up)(const uint8_t *table, const uint8_t *input, uint8_t *output, size_t count);
  void (*quantize)(const ok_affine *affine, const float *input, uint8_t *output, size_t count);
  void (*dequantize)(const ok_affine *affine, const uint8_t *input, float *output, size_t count);
  void (*widen_halves)(const uint16_t *input, float *output, size_t count);
  void (*multiply)(
      const ok_product *product, const uint8_t *left, const uint8_t *right, uint8_t *output,
      size_t count);
  void (*square_difference)(
      const ok_sum *sum, const uint8_t *left, const uint8_t *right, uint8_t *output,
      size_t count);
  void (*compare)(
      const ok_comparison *comparison, const uint8_t *left, const uint8_t *right,
      uint8_t *output, size_t count);
  void (*take_larger)(
      uint8_t flip, const uint8_t *left, const uint8_t *right, uint8_t *output, size_t count);
  void (*take_larger_wide)(
      uint16_t flip, const int16_t *left, const int16_t *right, int16_t *output, size_t count);
  void (*add_wide)(
      const ok_sum *sum, const int16_t *left, const int16_t *right, int16_t *output,
      size_t count);
  void (*multiply_wide)(
      const ok_product *product, const int16_t *left, const int16_t *right, int16_t *output,
      size_t count);
  void (*scale_sides)(
      const ok_sides *sides, const int16_t *input, int16_t *output, size_t count);
  void (*interpolate)(
      const ok_lines *lines, const int16_t *input, int16_t *output, size_t count);
  void (*sigmoid)(
      const ok_sigmoid *function, const int16_t *input, int16_t *output, size_t count);
  /// One output pixel each.
  void (*average)(const ok_pooling *pooling, const ok_window_part *part, uint8_t *output);
  void (*maximum)(const ok_pooling *pooling, const ok_window_part *part, uint8_t *output);
  /// One line of the output; `lines` is the thread's scratch memory.
  void (*resize)(
      const ok_resize *resize, const uint8_t *image, size_t row, uint8_t *output, void *lines);
  /// The sums of one outer position.
  void (*add_up)(
      bool is_signed, const uint8_t *input, size_t reduced, size_t inner, int32_t *sums);
  void (*find_largest)(
      bool is_signed, const uint8_t *input, size_t rows, size_t length, int32_t *places);
  void (*reduce_bytes)(
      const ok_byte_reduction *reduction, const uint8_t *input, size_t outer, size_t reduced,
      size_t inner, uint8_t *output);
  void (*reduce_integers)(
      ok_integer_reduction operation, const void *input, size_t outer, size_t reduced,
      size_t inner, void *output);
  void (*add_squares)(
      const ok_row_bytes *bytes, const uint8_t *input, size_t rows, size_t length,
      int32_t *sums);
  void (*scale_rows)(
      const ok_row_bytes *bytes, const ok_row_scale *scales, const uint8_t *input, size_t rows,
      size_t length, uint8_t *output);
  void (*softmax)(
      const ok_softmax *softmax, const uint8_t *input, uint8_t *output, size_t rows,
      size_t length);
  void (*softmax_wide)(
      const ok_softmax_wide *softmax, const int16_t *input, int16_t *output, size_t rows,
      size_t length);
  /// The smallest and the largest of values and 0.
  void (*find_range)(const float *input, size_t count, float *minimum, float *maximum);
  void (*quantize_lanes)(
      const ok_lane_form *form, const float *input, void *output, size_t count);
  void (*finish_sums)(const ok_hybrid_stage *stage, const ok_gemm_part *part);
  /// One line of the output, from the line of lanes under its windows' top.
  void (*convolve_lanes)(
      const ok_hybrid_stage *stage, const ok_row_quantization *row, const ok_window *window,
      const int16_t *lanes, const int16_t *weights, float *output);
  void (*multiply_rows)(
      const int16_t *vector, const int8_t *matrix, size_t rows, size_t depth, int32_t *sums);
  void (*add_to_gate)(
      const ok_gate_sum *sum, const int32_t *sums, int16_t *values, size_t count);
  void (*slide_windows)(
      const ok_windows *windows, const int16_t *newest, const int16_t *weights, int32_t *sums);
  void (*logistic_16)(int16_t *values, size_t count, int32_t integer_bits);
  void (*tanh_16)(int16_t *values, size_t count, int32_t integer_bits);
  void (*finish_wide)(
      const ok_wide_stage *stage, const ok_wide_sums *sums, int16_t *output);
  /// Neighbouring output pixels whose windows have the same taps inside of the image.
  void (*filter_wide)(
      const ok_wide_stage *stage, const ok_window *window, const ok_wide_tap_part *part,
      int16_t *output, size_t columns);
  void (*map)(
      const ok_real_function *function, const float *input, float *output, size_t count);
  void (*combine)(
      const ok_real_pair_function *function, const float *left, const float *right,
      float *output, size_t count);
  /// Neighbouring output pixels whose windows have the same taps inside of the image.
  void (*filter)(
      const ok_real_depthwise *depthwise, const ok_tap_part *part, const float *bias,
      float *output, size_t columns);
  /// One output pixel.
  void (*pool_reals)(const ok_real_pooling *pooling, const ok_real_part *part, float *output);
  void (*reduce_reals)(
      ok_real_reduction operation, float divisor, const float *input, size_t outer,
      size_t reduced, size_t inner, float *output);
  void (*find_extreme)(
      bool finds_largest, const float *input, size_t rows, size_t length, int32_t *places);
  void (*softmax_reals)(
      float beta, const float *input, float *output, size_t rows, size_t length);
  void (*log_softmax_reals)(const float *input, float *output, size_t rows, size_t length);
};

void ok_look_up_avx2(
    const uint8_t *table, const uint8_t *input, uint8_t *output, size_t count);
void ok_look_up_avx512(
    const uint8_t *table, const uint8_t *input, uint8_t *output, size_t count);

#define OK_LOOPS(isa, suffix) extern const ok_loops ok_loops_##suffix;
#include "kernels.inc"

/// The elements that one pixel takes in the scratch memory of a resizing: whole vectors.
static inline size_t ok_resize_pixel_length(const ok_resize *resize) {
  return ok_round_up(resize->channels, 16);
}

/// Runs chunks on the threads of a pool, or in order where there is none.
static inline void ok_run_chunks(
    ok_pool *pool, size_t chunk_count, ok_pool_task task, void *context) {
  if (ok_pool_thread_count(pool) > 1 && chunk_count > 1) {
    ok_pool_run(pool, chunk_count, task, context);
    return;
  }
  for (size_t chunk = 0; chunk < chunk_count; ++chunk) task(context, chunk, 0);
}

/// What a thread does with items `first..<end`.
typedef void (*ok_range_task)(const void *context, size_t first, size_t end);

/// Items in ranges of one length, the last of which may be shorter.
typedef struct ok_ranges {
  size_t count, length;
  ok_range_task task;
  const void *context;
} ok_ranges;

static inline void ok_run_range(void *context, size_t index, size_t thread) {
  const ok_ranges *ranges = context;
  const size_t first = index * ranges->length;
  (void)thread;
  ranges->task(
      ranges->context, first, first + ok_smaller(ranges->length, ranges->count - first));
}

/// Lets the threads of a pool share items in ranges of `length`.
static inline void ok_run_ranges(
    ok_pool *pool, size_t count, size_t length, ok_range_task task, const void *context) {
  if (count <= length || ok_pool_thread_count(pool) == 1) {
    if (count > 0) task(context, 0, count);
    return;
  }
  ok_ranges ranges = {.count = count, .length = length, .task = task, .context = context};
  ok_run_chunks(pool, (count + length - 1) / length, ok_run_range, &ranges);
}

/// Rows for each chunk, so that a chunk takes at least some microseconds and there are few.
static inline size_t ok_rows_per_chunk(size_t rows, size_t row_bytes) {
  const size_t enough = (1 << 14) / (row_bytes ? row_bytes : 1) + 1;
  const size_t fair = (rows + 63) / 64;
  return enough > fair ? enough : fair;
}

/// Lets the threads of a pool share rows that take so many bytes or steps each.
static inline void ok_run_rows(
    ok_pool *pool, size_t rows, size_t row_bytes, ok_range_task task, const void *context) {
  // One thread needs no chunks, which dividing takes longer to find than many a row.
  const bool is_shared = ok_pool_thread_count(pool) > 1;
  ok_run_ranges(
      pool, rows, is_shared ? ok_rows_per_chunk(rows, row_bytes) : rows, task, context);
}

#endif
