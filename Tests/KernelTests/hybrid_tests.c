#include "octet_cells.h"
#include "octet_hybrid.h"
#include "reference.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Layers with float activations and integer weights, and the loops of recurrent cells.

#pragma STDC FP_CONTRACT OFF

/// Real values, with what is not finite among them if wanted.
static memory draw_reals(size_t count, bool is_finite) {
  static const float special[] = {NAN, INFINITY, -0.0f, 1e38f, -INFINITY, 1e-44f};
  const memory values = allocate(count * sizeof(float));
  for (size_t i = 0; i < count; ++i) {
    const float value = is_finite || random_bits() % 7
                            ? (float)random_between(-3000, 5000) / 16
                            : special[random_bits() % 6];
    memcpy(values.bytes + i * sizeof value, &value, sizeof value);
  }
  return values;
}

/// One row quantized one value after the other, into distances from the zero point.
static ok_row_quantization quantize_row(
    const float *values, size_t count, bool is_asymmetric, int16_t *distances) {
  float low = 0, high = 0;
  for (size_t i = 0; i < count; ++i) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  ok_row_quantization result = {.scale = 1};
  if (low != high && is_asymmetric) {
    const double scale = (double)(high - low) / 255, first = low / scale, last = high / scale;
    const double exact = 128 + fabs(first) < 127 + fabs(last) ? -128 - first : 127 - last;
    result.scale = (float)scale;
    result.inverse = result.scale == 0 ? 0 : (float)(1 / (double)result.scale);
    result.zero_point = isnan(exact) ? 0 : (int32_t)fmax(-128, fmin(127, round(exact)));
  } else if (low != high) {
    const float range = fmaxf(-low, high);
    result.scale = range / 127;
    result.inverse = 127 / range;
  }
  for (size_t i = 0; i < count; ++i) {
    const float steps = roundf(values[i] * result.inverse);
    const float far = isnan(steps) ? 0 : fmaxf(-1000, fminf(1000, steps));
    const int32_t value = (int32_t)far + result.zero_point;
    const int32_t lowest = is_asymmetric ? -128 : -127;
    const int32_t clamped = value < lowest ? lowest : value > 127 ? 127 : value;
    distances[i] = (int16_t)(clamped - result.zero_point);
  }
  return result;
}

/// Loops that the machine can run: the next ones from `next` on, or NULL.
static const ok_loops *next_loops(size_t *next, const char **name) {
  static char names[OK_ISA_COUNT][40];
  size_t count;
  const ok_loops *const *table = ok_loops_table(&count);
  while (*next < count) {
    const ok_loops *loops = table[(*next)++];
    const ok_isa isa = ok_loops_isa(loops);
    snprintf(names[isa], sizeof names[isa], "hybrid loops %s", ok_isa_name(isa));
    *name = names[isa];
    if (can_run(*name, isa)) return loops;
  }
  return NULL;
}

static void check_quantization(const ok_dynamic_rows *rows, bool is_finite) {
  const size_t length = rows->lines * rows->line_length;
  const size_t size = rows->lane == OK_LANE_DISTANCE ? 2 : 1;
  const memory input = draw_reals(rows->count * length, is_finite);
  const memory expected = allocate(rows->count * rows->row_stride * size);
  const memory distances = allocate(2 * length);
  for (size_t row = 0; row < rows->count; ++row) {
    const ok_row_quantization quantization = quantize_row(
        (const float *)input.bytes + row * length, length, rows->is_asymmetric,
        (int16_t *)distances.bytes);
    const int32_t zero = rows->lane == OK_LANE_DISTANCE ? 0
                         : rows->lane == OK_LANE_INT8   ? quantization.zero_point
                                                        : quantization.zero_point + 128;
    for (size_t i = 0; i < rows->row_stride; ++i) {
      const size_t line = (i - rows->margin) / (rows->line_stride ? rows->line_stride : length);
      const size_t place = (i - rows->margin) % (rows->line_stride ? rows->line_stride : length);
      const bool is_inside = i >= rows->margin && line < rows->lines && place < rows->line_length;
      const int32_t distance =
          is_inside ? ((const int16_t *)distances.bytes)[line * rows->line_length + place] : 0;
      const int16_t lane = (int16_t)(distance + zero);
      memcpy(expected.bytes + (row * rows->row_stride + i) * size, &lane, size);
    }
  }
  record(expected);
  const char *name = NULL;
  size_t next = 0;
  for (const ok_loops *loops; (loops = next_loops(&next, &name)) != NULL;) {
    const memory output = allocate(expected.size);
    const memory quantizations = allocate(rows->count * sizeof(ok_row_quantization));
    ok_quantize_rows(
        loops, rows, (const float *)input.bytes, output.bytes,
        (ok_row_quantization *)quantizations.bytes, pool_of(length % 3 + 1));
    compare(name, output, expected, "lanes");
    release(output);
    release(quantizations);
  }
  release(input);
  release(expected);
  release(distances);
}

/// What `ok_hybrid_stage` says of one sum.
static float finished(
    const ok_hybrid_stage *stage, const ok_row_quantization *row, size_t channel, int32_t sum) {
  if (stage->weight_sums) {
    sum = (int32_t)((uint32_t)sum -
                    (uint32_t)row->lane_of_zero * (uint32_t)stage->weight_sums[channel]);
  }
  float value = (float)sum;
  if (stage->is_per_channel) {
    value = value * stage->filter_scales[channel];
    value = value * row->scale;
  } else {
    const float scale = row->scale * stage->filter_scales[0];
    value = value * scale;
  }
  value = value + (stage->bias ? stage->bias[channel] : 0);
  if (!stage->clamps) return value;
  return value < stage->minimum ? stage->minimum : value > stage->maximum ? stage->maximum : value;
}

/// Depthwise windows over lanes, and their sums finished as those of products.
static void check_windows(size_t channels, size_t index) {
  const size_t stride = index % 2 + 1, dilation = index / 2 % 2 + 1;
  const ok_window window = {
      .batches = 2, .input_height = 9, .input_width = 8 + index % 4, .input_channels = channels,
      .filter_height = 3, .filter_width = 2, .output_height = (9 - 2 * dilation - 1) / stride + 1,
      .output_width = (8 + index % 4 - dilation - 1) / stride + 1, .stride_height = stride,
      .stride_width = stride, .dilation_height = dilation, .dilation_width = dilation};
  const size_t pixels = window.output_height * window.output_width;
  const size_t lane_count = 2 * window.input_height * window.input_width * channels;
  const memory lanes = allocate(2 * lane_count), weights = allocate(2 * 6 * channels);
  for (size_t i = 0; i < lane_count; ++i) {
    ((int16_t *)lanes.bytes)[i] =
        (int16_t)(random_bits() % 5 ? random_between(-255, 255) : random_between(0, 1) * 510 - 255);
  }
  for (size_t i = 0; i < 6 * channels; ++i) {
    ((int16_t *)weights.bytes)[i] = (int16_t)random_between(-128, random_bits() % 2 ? -128 : 127);
  }
  const memory scales = draw_reals(channels, true), bias = draw_reals(channels, true);
  const memory weight_sums = allocate_random(channels * sizeof(int32_t));
  const ok_row_quantization rows[2] = {
      {.scale = 0.37f, .lane_of_zero = 3}, {.scale = 0.011f, .lane_of_zero = 255}};
  ok_hybrid_stage stage = {
      .rows = rows, .outputs_per_row = pixels,
      .weight_sums = index % 3 ? (const int32_t *)weight_sums.bytes : NULL,
      .filter_scales = (const float *)scales.bytes, .is_per_channel = index % 4 > 1,
      .bias = index % 5 ? (const float *)bias.bytes : NULL, .clamps = index % 6 > 2,
      .minimum = -0.0f, .maximum = 6};
  const memory sums = allocate(2 * pixels * channels * sizeof(int32_t));
  const memory expected = allocate(sums.size);
  for (size_t place = 0; place < 2 * pixels * channels; ++place) {
    const size_t channel = place % channels, pixel = place / channels, image = pixel / pixels;
    const size_t top = pixel % pixels / window.output_width * stride;
    const size_t left = pixel % window.output_width * stride;
    uint32_t sum = 0;
    for (size_t tap = 0; tap < 6; ++tap) {
      const size_t y = top + tap / 2 * dilation, x = left + tap % 2 * dilation;
      const size_t lane =
          ((image * window.input_height + y) * window.input_width + x) * channels + channel;
      sum += (uint32_t)(((const int16_t *)lanes.bytes)[lane] *
                        ((const int16_t *)weights.bytes)[tap * channels + channel]);
    }
    const float value = finished(&stage, &rows[image], channel, (int32_t)sum);
    memcpy(sums.bytes + place * 4, &sum, 4);
    memcpy(expected.bytes + place * 4, &value, 4);
  }
  record(expected);
  const char *name = NULL;
  size_t next = 0;
  for (const ok_loops *loops; (loops = next_loops(&next, &name)) != NULL;) {
    stage.loops = loops;
    const memory output = allocate(expected.size), floats = allocate(expected.size);
    ok_hybrid_depthwise_run(
        &stage, &window, (const int16_t *)lanes.bytes, (const int16_t *)weights.bytes,
        (float *)output.bytes, pool_of(index % 2 + 1));
    compare(name, output, expected, "depthwise windows");
    memcpy(floats.bytes, sums.bytes, sums.size);
    const ok_gemm_part part = {
        .sums = (int32_t *)floats.bytes, .stride = channels, .row_count = 2 * pixels,
        .channel_count = channels};
    ok_hybrid_finish(&stage, &part);
    compare(name, floats, expected, "finished sums");
    release(output);
    release(floats);
  }
  release(lanes);
  release(weights);
  release(scales);
  release(bias);
  release(weight_sums);
  release(sums);
  release(expected);
}

static void check_rows_of_matrix(size_t rows, size_t depth) {
  const memory vector = allocate_random(2 * depth), matrix = allocate_random(rows * depth);
  const memory expected = allocate(4 * rows);
  for (size_t row = 0; row < rows; ++row) {
    uint32_t sum = 0;
    for (size_t i = 0; i < depth; ++i) {
      sum += (uint32_t)(((const int16_t *)vector.bytes)[i] * (int8_t)matrix.bytes[row * depth + i]);
    }
    memcpy(expected.bytes + 4 * row, &sum, 4);
  }
  record(expected);
  const char *name = NULL;
  size_t next = 0;
  for (const ok_loops *loops; (loops = next_loops(&next, &name)) != NULL;) {
    const memory output = allocate(expected.size);
    ok_multiply_rows(
        loops, (const int16_t *)vector.bytes, (const int8_t *)matrix.bytes, rows, depth,
        (int32_t *)output.bytes);
    compare(name, output, expected, "rows of a matrix");
    release(output);
  }
  release(vector);
  release(matrix);
  release(expected);
}

static void check_gates(size_t count, int32_t exponent, bool replaces) {
  const memory sums = allocate_random(4 * count), bias = allocate_random(4 * count);
  const memory values = allocate_random(2 * count), expected = allocate(2 * count);
  const ok_gate_sum sum = {
      .bias = count % 2 ? (const int32_t *)bias.bytes : NULL,
      .multiplier = random_tame_multiplier(), .exponent = exponent, .replaces = replaces};
  for (size_t i = 0; i < count; ++i) {
    const uint32_t biased =
        ((const uint32_t *)sums.bytes)[i] + (sum.bias ? (uint32_t)sum.bias[i] : 0);
    const uint32_t old = replaces ? 0 : (uint32_t)((const int16_t *)values.bytes)[i];
    const int32_t total =
        (int32_t)((uint32_t)scaled((int32_t)biased, sum.multiplier, exponent) + old);
    const int16_t value =
        (int16_t)(total < INT16_MIN ? INT16_MIN : total > INT16_MAX ? INT16_MAX : total);
    memcpy(expected.bytes + 2 * i, &value, 2);
  }
  record(expected);
  const char *name = NULL;
  size_t next = 0;
  for (const ok_loops *loops; (loops = next_loops(&next, &name)) != NULL;) {
    const memory output = allocate(expected.size);
    memcpy(output.bytes, values.bytes, values.size);
    ok_add_to_gate(
        loops, &sum, (const int32_t *)sums.bytes, (int16_t *)output.bytes, count);
    compare(name, output, expected, "sums of gates");
    release(output);
  }
  release(sums);
  release(bias);
  release(values);
  release(expected);
}

static void check_slides(size_t count, size_t length) {
  const memory values = allocate_random(2 * count * length);
  const memory weights = allocate_random(2 * count * length), newest = allocate_random(2 * count);
  const memory expected = allocate(values.size + 4 * count);
  int16_t *const moved = (int16_t *)expected.bytes;
  for (size_t i = 0; i < count; ++i) {
    uint32_t sum = 0;
    for (size_t k = 0; k < length; ++k) {
      const size_t place = i * length + k;
      moved[place] = k + 1 < length ? ((const int16_t *)values.bytes)[place + 1]
                                    : ((const int16_t *)newest.bytes)[i];
      sum += (uint32_t)(moved[place] * ((const int16_t *)weights.bytes)[place]);
    }
    memcpy(expected.bytes + values.size + 4 * i, &sum, 4);
  }
  record(expected);
  const char *name = NULL;
  size_t next = 0;
  for (const ok_loops *loops; (loops = next_loops(&next, &name)) != NULL;) {
    const memory output = allocate(expected.size), states = allocate(values.size);
    const memory sums = allocate(4 * count);
    memcpy(states.bytes, values.bytes, values.size);
    const ok_windows windows = {
        .values = (int16_t *)states.bytes, .count = count, .length = length};
    ok_slide_windows(
        loops, &windows, (const int16_t *)newest.bytes, (const int16_t *)weights.bytes,
        (int32_t *)sums.bytes);
    memcpy(output.bytes, states.bytes, states.size);
    memcpy(output.bytes + states.size, sums.bytes, sums.size);
    compare(name, output, expected, "windows of states");
    release(output);
    release(states);
    release(sums);
  }
  release(values);
  release(weights);
  release(newest);
  release(expected);
}

/// Within a step of 2^-11 of the real functions, which the fixed-point ones come as near as.
static void check_functions(int32_t integer_bits) {
  const memory expected = allocate(4 * 65536);
  memset(expected.bytes, 0, expected.size);
  const char *name = NULL;
  size_t next = 0;
  for (const ok_loops *loops; (loops = next_loops(&next, &name)) != NULL;) {
    const memory logistic = allocate(2 * 65536), tangent = allocate(2 * 65536);
    const memory far = allocate(expected.size);
    for (int32_t x = INT16_MIN; x <= INT16_MAX; ++x) {
      ((int16_t *)logistic.bytes)[x - INT16_MIN] = (int16_t)x;
      ((int16_t *)tangent.bytes)[x - INT16_MIN] = (int16_t)x;
    }
    ok_logistic_16(loops, (int16_t *)logistic.bytes, 65536, integer_bits);
    ok_tanh_16(loops, (int16_t *)tangent.bytes, 65536, integer_bits);
    for (int32_t x = INT16_MIN; x <= INT16_MAX; ++x) {
      const size_t i = (size_t)(x - INT16_MIN);
      const double real = ldexp(x, integer_bits - 15);
      const double first = ldexp(((const int16_t *)logistic.bytes)[i], -15);
      const double second = ldexp(((const int16_t *)tangent.bytes)[i], -15);
      far.bytes[4 * i] = fabs(first - 1 / (1 + exp(-real))) > 0x1p-11;
      far.bytes[4 * i + 1] = fabs(second - tanh(real)) > 0x1p-11;
      far.bytes[4 * i + 2] = far.bytes[4 * i + 3] = 0;
    }
    compare(name, far, expected, "functions of 16 bits");
    release(logistic);
    release(tangent);
    release(far);
  }
  release(expected);
}

static void check_all(void) {
  static const size_t counts[] = {0, 1, 3, 5, 8, 15, 16, 17, 31, 32, 33, 64, 97};
  enum { COUNTS = sizeof counts / sizeof counts[0] };
  for (size_t i = 0; i < 60; ++i) {
    const size_t length = counts[i % COUNTS], lines = i % 4 + 1, border = i % 3;
    const ok_dynamic_rows rows = {
        .count = counts[i % 5], .lines = lines, .line_length = length,
        .lane = (ok_lane)(i % 3), .is_asymmetric = i / 3 % 2, .line_stride = length + border,
        .row_stride = border + lines * (length + border), .margin = border};
    check_quantization(&rows, i % 2);
  }
  for (size_t i = 0; i < 30; ++i) check_windows(counts[i % (COUNTS - 1) + 1], i);
  for (size_t i = 0; i < COUNTS; ++i) {
    for (size_t j = 1; j < COUNTS; ++j) check_rows_of_matrix(counts[i], counts[j]);
    for (int32_t exponent = -20; exponent < 6; exponent += 5) {
      check_gates(counts[i], exponent, i % 2);
    }
    for (size_t length = 1; length <= 18; ++length) check_slides(counts[i], length);
  }
  for (int32_t bits = 0; bits <= 6; ++bits) check_functions(bits);
}

const suite hybrid_suite = {"hybrid", check_all};
