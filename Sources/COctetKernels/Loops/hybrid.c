#include "loops.h"

#include <math.h>
#include <string.h>

// Rows of real values become lanes, and sums become real values: threads share lines.

#pragma STDC FP_CONTRACT OFF

/// How a row is quantized, from its range.
static ok_row_quantization choose_symmetric(float minimum, float maximum) {
  const float range = -minimum > maximum ? -minimum : maximum;
  if (range == 0) return (ok_row_quantization){.scale = 1};
  return (ok_row_quantization){.scale = range / 127, .inverse = 127 / range};
}

/// The zero point from whichever end of the range gives the smaller error, in steps.
static int32_t choose_zero_point(double lowest, double highest) {
  const double exact =
      128 + fabs(lowest) < 127 + fabs(highest) ? -128 - lowest : 127 - highest;
  const double rounded = round(exact);
  if (isnan(rounded)) return 0;
  return rounded < -128 ? -128 : rounded > 127 ? 127 : (int32_t)rounded;
}

static ok_row_quantization choose_asymmetric(float minimum, float maximum) {
  if (minimum == maximum) return (ok_row_quantization){.scale = 1};
  // The width is a float32, the rest of the choice is made in double.
  const double scale = (double)(maximum - minimum) / 255;
  return (ok_row_quantization){
      .scale = (float)scale,
      .zero_point = choose_zero_point((double)minimum / scale, (double)maximum / scale),
      .inverse = (float)scale == 0 ? 0 : (float)(1 / (double)(float)scale),
  };
}

/// What is added to a quantized value to get its lane.
static int32_t lane_offset(ok_lane lane, int32_t zero_point) {
  switch (lane) {
    case OK_LANE_INT8: return 0;
    case OK_LANE_UINT8: return 128;
    case OK_LANE_DISTANCE: return -zero_point;
  }
}

typedef struct row_work {
  const ok_loops *loops;
  const ok_dynamic_rows *rows;
  const float *input;
  uint8_t *output;
  ok_row_quantization *quantizations;
  size_t lane_size;
} row_work;

static void choose_quantization(const row_work *work, size_t row) {
  const ok_dynamic_rows *rows = work->rows;
  const size_t length = rows->lines * rows->line_length;
  float minimum, maximum;
  work->loops->find_range(work->input + row * length, length, &minimum, &maximum);
  ok_row_quantization quantization = rows->is_asymmetric ? choose_asymmetric(minimum, maximum)
                                                         : choose_symmetric(minimum, maximum);
  quantization.lane_of_zero =
      quantization.zero_point + lane_offset(rows->lane, quantization.zero_point);
  work->quantizations[row] = quantization;
  if (rows->row_stride > length) {
    // Lanes of 16 bits are distances, of which 0 stands for 0.
    memset(
        work->output + row * rows->row_stride * work->lane_size,
        quantization.lane_of_zero & 0xFF, rows->row_stride * work->lane_size);
  }
}

static void choose_quantizations(const void *context, size_t first, size_t end) {
  for (size_t row = first; row < end; ++row) choose_quantization(context, row);
}

static void quantize_lines(const void *context, size_t first, size_t end) {
  const row_work *work = context;
  const ok_dynamic_rows *rows = work->rows;
  for (size_t index = first; index < end; ++index) {
    const size_t row = ok_quotient(index, rows->lines);
    const ok_row_quantization *quantization = &work->quantizations[row];
    const ok_lane_form form = {
        .inverse = quantization->inverse,
        .zero_point = quantization->zero_point,
        .minimum = rows->is_asymmetric ? -128 : -127,
        .maximum = 127,
        .offset = lane_offset(rows->lane, quantization->zero_point),
        .is_wide = rows->lane == OK_LANE_DISTANCE,
    };
    const size_t place =
        row * rows->row_stride + rows->margin +
        (index - row * rows->lines) * rows->line_stride;
    work->loops->quantize_lanes(
        &form, work->input + index * rows->line_length, work->output + place * work->lane_size,
        rows->line_length);
  }
}

void ok_quantize_rows(
    const ok_loops *loops, const ok_dynamic_rows *rows, const float *input, void *output,
    ok_row_quantization *quantizations, ok_pool *pool) {
  const size_t line_size = rows->line_length * sizeof *input;
  const row_work work = {
      .loops = loops, .rows = rows, .input = input, .output = output,
      .quantizations = quantizations, .lane_size = rows->lane == OK_LANE_DISTANCE ? 2 : 1};
  ok_run_rows(pool, rows->count, rows->lines * line_size, choose_quantizations, &work);
  ok_run_rows(pool, rows->count * rows->lines, line_size, quantize_lines, &work);
}

void ok_hybrid_finish(const void *context, const ok_gemm_part *part) {
  const ok_hybrid_stage *stage = context;
  stage->loops->finish_sums(stage, part);
}

void ok_repeat_lanes(const int16_t *lanes, size_t count, size_t times, int16_t *output) {
  for (size_t i = 0; i < count; ++i) {
    for (size_t repetition = 0; repetition < times; ++repetition) *output++ = lanes[i];
  }
}

typedef struct depthwise_work {
  const ok_hybrid_stage *stage;
  const ok_window *window;
  const int16_t *lanes, *weights;
  float *output;
} depthwise_work;

static void convolve_lines(const void *context, size_t first, size_t end) {
  const depthwise_work *work = context;
  const ok_window *window = work->window;
  const size_t input_line = window->input_width * window->input_channels;
  const size_t output_line = window->output_width * window->input_channels;
  for (size_t index = first; index < end; ++index) {
    const size_t image = index / window->output_height;
    const size_t top = index % window->output_height * window->stride_height;
    work->stage->loops->convolve_lanes(
        work->stage, &work->stage->rows[image], window,
        work->lanes + (image * window->input_height + top) * input_line, work->weights,
        work->output + index * output_line);
  }
}

void ok_hybrid_depthwise_run(
    const ok_hybrid_stage *stage, const ok_window *window, const int16_t *lanes,
    const int16_t *weights, float *output, ok_pool *pool) {
  const depthwise_work work = {
      .stage = stage, .window = window, .lanes = lanes, .weights = weights, .output = output};
  ok_run_rows(
      pool, window->batches * window->output_height,
      window->output_width * window->input_channels * window->filter_height *
          window->filter_width,
      convolve_lines, &work);
}
