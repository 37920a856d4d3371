#include "octet_float_gemm.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Convolutions and matrix products of floats. Bits of results count, but one not-a-number is as
// good as another.

#pragma STDC FP_CONTRACT OFF

/// One operation with random operands.
typedef struct operation {
  ok_float_gemm gemm;
  ok_weight_strides strides;
  size_t first_weight;
  memory input, filter, bias, expected;
  bool has_bias;
  char description[240];
} operation;

/// Numbers of all sizes, so that the order of additions shows, and zeros of both signs.
static memory draw_floats(size_t count, bool has_special_values) {
  static const float special[] = {INFINITY, -INFINITY, NAN, 3e38f, -3e38f};
  const memory result = allocate(count * sizeof(float));
  for (size_t i = 0; i < count; ++i) {
    float value = ldexpf((float)random_between(-9999, 9999), random_between(-20, 4));
    if (random_bits() % 16 == 0) value = random_bits() % 2 ? 0.0f : -0.0f;
    if (has_special_values && random_bits() % 64 == 0) value = special[random_bits() % 5];
    memcpy(result.bytes + i * sizeof value, &value, sizeof value);
  }
  return result;
}

static size_t output_positions(const ok_volume *volume) {
  return volume->window.batches * volume->output_depth * volume->window.output_height *
         volume->window.output_width;
}

static size_t input_positions(const ok_volume *volume) {
  return volume->window.batches * volume->input_depth * volume->window.input_height *
         volume->window.input_width;
}

/// The input position under element `tap` of a window; SIZE_MAX outside of the input.
static size_t position_under(const ok_volume *volume, size_t output, const size_t tap[3]) {
  const ok_window *window = &volume->window;
  const size_t column = output % window->output_width, rest = output / window->output_width;
  const size_t row = rest % window->output_height, planes = rest / window->output_height;
  const size_t plane = planes % volume->output_depth, batch = planes / volume->output_depth;
  const size_t z =
      plane * volume->stride_depth + tap[0] * volume->dilation_depth - volume->padding_front;
  const size_t y =
      row * window->stride_height + tap[1] * window->dilation_height - window->padding_top;
  const size_t x =
      column * window->stride_width + tap[2] * window->dilation_width - window->padding_left;
  if (z >= volume->input_depth || y >= window->input_height || x >= window->input_width) {
    return SIZE_MAX;
  }
  return ((batch * volume->input_depth + z) * window->input_height + y) * window->input_width + x;
}

/// The output channels of all groups.
static size_t output_channels(const ok_float_gemm *gemm) {
  return gemm->groups * gemm->output_channels;
}

static float sum_products(const operation *op, size_t output, size_t channel) {
  const ok_volume *volume = &op->gemm.volume;
  const size_t group = channel / op->gemm.output_channels;
  const float *input = (const float *)op->input.bytes + group * volume->window.input_channels;
  const float *weights = (const float *)op->filter.bytes + op->first_weight +
                         (ptrdiff_t)channel * op->strides.output_channel;
  float sum = 0;
  size_t tap[3];
  for (tap[0] = 0; tap[0] < volume->filter_depth; ++tap[0]) {
    for (tap[1] = 0; tap[1] < volume->window.filter_height; ++tap[1]) {
      for (tap[2] = 0; tap[2] < volume->window.filter_width; ++tap[2]) {
        const size_t position = position_under(volume, output, tap);
        const ptrdiff_t first = (ptrdiff_t)tap[0] * op->strides.plane +
                                (ptrdiff_t)tap[1] * op->strides.row +
                                (ptrdiff_t)tap[2] * op->strides.column;
        for (size_t i = 0; i < volume->window.input_channels; ++i) {
          const float value =
              position == SIZE_MAX ? 0 : input[position * op->gemm.pixel_stride + i];
          const float product = value * weights[first + (ptrdiff_t)i * op->strides.input_channel];
          sum = sum + product;
        }
      }
    }
  }
  return sum;
}

/// Where an element of the output is stored.
static size_t output_place(const ok_float_gemm *gemm, size_t output, size_t channel) {
  const ok_window *window = &gemm->volume.window;
  const size_t line = output / window->output_width;
  return line / window->output_height * gemm->plane_stride +
         line % window->output_height * gemm->row_stride +
         output % window->output_width * gemm->column_stride + channel;
}

static void compute_expected(operation *op) {
  const ok_float_gemm *gemm = &op->gemm;
  for (size_t output = 0; output < output_positions(&gemm->volume); ++output) {
    for (size_t channel = 0; channel < output_channels(gemm); ++channel) {
      float value = sum_products(op, output, channel);
      if (op->has_bias) value = value + ((const float *)op->bias.bytes)[channel];
      if (value <= gemm->minimum) value = gemm->minimum;
      if (value > gemm->maximum) value = gemm->maximum;
      ((float *)op->expected.bytes)[output_place(gemm, output, channel)] = value;
    }
  }
}

/// Gives every not-a-number the same bits.
static void unify(memory numbers) {
  for (size_t i = 0; i + sizeof(float) <= numbers.size; i += sizeof(float)) {
    float value;
    memcpy(&value, numbers.bytes + i, sizeof value);
    if (!isnan(value)) continue;
    memset(numbers.bytes + i, 0xFF, sizeof value);
  }
}

/// Weights in the order of convolutions, of matrices with a row for each input channel, and of
/// windows that are turned around and leave every second position out.
static void draw_weights(operation *op, size_t index, bool has_special_values) {
  const ok_volume *volume = &op->gemm.volume;
  const size_t outputs = output_channels(&op->gemm), channels = volume->window.input_channels;
  const size_t width = volume->window.filter_width, height = volume->window.filter_height;
  size_t taps = volume->filter_depth * width * height;
  if (index % 3 == 0) {
    op->strides = (ok_weight_strides){
        .output_channel = 1, .plane = (ptrdiff_t)(outputs * channels * width * height),
        .row = (ptrdiff_t)(outputs * channels * width), .column = (ptrdiff_t)(outputs * channels),
        .input_channel = (ptrdiff_t)outputs};
  } else {
    const size_t step = index % 3;
    const ptrdiff_t column = (ptrdiff_t)(channels * step), row = column * (ptrdiff_t)width;
    taps *= step;
    op->strides = (ok_weight_strides){
        .output_channel = (ptrdiff_t)(taps * channels), .plane = row * (ptrdiff_t)height,
        .row = row, .column = column, .input_channel = 1};
    if (step == 2 && taps > 0) {
      op->strides.row = -row;
      op->strides.column = -column;
      op->first_weight = (size_t)(row * (ptrdiff_t)(height - 1) + column * (ptrdiff_t)(width - 1));
    }
  }
  op->filter = draw_floats(taps * outputs * channels, has_special_values);
}

static operation draw(const ok_volume *volume, size_t outputs, size_t index) {
  static const float bounds[][2] = {{-3.402823466e38f, 3.402823466e38f}, {0, 6}, {-1, 1}};
  const ok_window *window = &volume->window;
  const size_t groups = index % 3 == 2 ? 1 + index % 4 : 1;
  // Outputs of this part between those of others, as parts of positions have them.
  const size_t step = groups * outputs + (index % 4 == 3 ? 5 : 0);
  operation op = {.gemm = {.volume = *volume, .groups = groups, .output_channels = outputs}};
  op.gemm.pixel_stride = groups * window->input_channels + (index % 5 == 4 ? 3 : 0);
  op.gemm.column_stride = step;
  op.gemm.row_stride = window->output_width * step;
  op.gemm.plane_stride = window->output_height * op.gemm.row_stride;
  op.gemm.minimum = bounds[index % 3][0];
  op.gemm.maximum = bounds[index % 3][1];
  op.has_bias = index % 2;
  const bool has_special_values = index % 7 == 6;
  op.input = draw_floats(input_positions(volume) * op.gemm.pixel_stride, has_special_values);
  op.bias = draw_floats(groups * outputs, has_special_values);
  draw_weights(&op, index, has_special_values);
  op.expected = allocate(output_positions(volume) * step * sizeof(float));
  compute_expected(&op);
  unify(op.expected);
  record(op.expected);
  snprintf(
      op.description, sizeof op.description,
      "[%zu, %zu, %zu, %zu, %zu], filter %zux%zux%zu, %zu groups, %zu outputs, strides %zu "
      "%zu, case %zu",
      window->batches, volume->input_depth, window->input_height, window->input_width,
      window->input_channels, volume->filter_depth, window->filter_height, window->filter_width,
      groups, outputs, window->stride_height, window->stride_width, index);
  return op;
}

static void check(const ok_volume *volume, size_t outputs, size_t index, size_t threads) {
  operation op = draw(volume, outputs, index);
  size_t count;
  const ok_float_gemm_kernel *kernels = ok_float_gemm_kernels(&count);
  for (size_t i = 0; i < count; ++i) {
    if (!can_run(kernels[i].name, kernels[i].isa)) continue;
    op.gemm.kernel = &kernels[i];
    const memory packed = allocate(ok_float_gemm_packed_size(&op.gemm));
    const memory scratch = allocate(ok_float_gemm_scratch_size(&op.gemm) * threads);
    const memory output = allocate(op.expected.size);
    ok_pool *pool = threads == 1 ? NULL : pool_of(threads);
    ok_float_gemm_pack(
        &op.gemm, (const float *)op.filter.bytes + op.first_weight, &op.strides, packed.bytes,
        pool);
    ok_float_gemm_run(
        &op.gemm, packed.bytes, op.has_bias ? (const float *)op.bias.bytes : NULL,
        (const float *)op.input.bytes, (float *)output.bytes, scratch.bytes, pool);
    unify(output);
    compare(kernels[i].name, output, op.expected, op.description);
    release(packed);
    release(scratch);
    release(output);
  }
  release(op.input);
  release(op.filter);
  release(op.bias);
  release(op.expected);
}

// MARK: Shapes

/// A volume of one plane whose windows begin `padding` before it, and run `outputs` times.
static ok_volume image_of(
    size_t batches, const size_t extents[2], size_t channels, const size_t filter[2],
    const size_t stride[2], const size_t dilation[2], const size_t padding[2],
    const size_t outputs[2]) {
  return (ok_volume){
      .window =
          {
              .batches = batches, .input_height = extents[0], .input_width = extents[1],
              .input_channels = channels, .filter_height = filter[0], .filter_width = filter[1],
              .output_height = outputs[0], .output_width = outputs[1],
              .stride_height = stride[0], .stride_width = stride[1],
              .dilation_height = dilation[0], .dilation_width = dilation[1],
              .padding_top = padding[0], .padding_left = padding[1],
          },
      .input_depth = 1, .filter_depth = 1, .output_depth = 1, .stride_depth = 1,
      .dilation_depth = 1};
}

#define PAIR(first, second) ((const size_t[2]){first, second})

static ok_volume rows_of(size_t rows, size_t depth) {
  return image_of(
      1, PAIR(1, rows), depth, PAIR(1, 1), PAIR(1, 1), PAIR(1, 1), PAIR(0, 0), PAIR(1, rows));
}

/// Around every tile's width and height, and primes.
static const size_t extents[] = {1,  2,  3,  4,  5,  7,  8,  9,  11, 13, 15, 16,
                                 17, 23, 31, 32, 33, 47, 48, 49, 63, 64, 65};

enum { EXTENT_COUNT = sizeof extents / sizeof extents[0] };

static void check_products(void) {
  for (size_t i = 0; i < 12 * EXTENT_COUNT; ++i) {
    const ok_volume rows = rows_of(extents[i * 5 % EXTENT_COUNT], extents[i % EXTENT_COUNT]);
    check(&rows, extents[(i * 7 + i / EXTENT_COUNT) % EXTENT_COUNT], i, 1);
  }
  const ok_volume none = rows_of(0, 8), empty = rows_of(5, 0), deep = rows_of(9, 1031);
  check(&none, 5, 0, 1);
  check(&empty, 7, 1, 1);
  check(&deep, 0, 1, 1);
  check(&deep, 37, 1, 1);
}

static void check_windows(void) {
  for (size_t i = 0; i < 42; ++i) {
    const size_t channels = extents[i * 3 % EXTENT_COUNT], outputs = extents[i * 5 % 18];
    const ok_volume images[] = {
        image_of(2, PAIR(5, 7), channels, PAIR(3, 3), PAIR(1, 1), PAIR(1, 1), PAIR(1, 1), PAIR(5, 7)),
        image_of(1, PAIR(7, 6), channels, PAIR(3, 3), PAIR(2, 2), PAIR(1, 1), PAIR(0, 1), PAIR(4, 3)),
        image_of(1, PAIR(5, 13), channels, PAIR(1, 1), PAIR(2, 3), PAIR(1, 1), PAIR(0, 0), PAIR(3, 5)),
        image_of(1, PAIR(2, 2), channels, PAIR(5, 5), PAIR(1, 1), PAIR(1, 1), PAIR(2, 2), PAIR(2, 2)),
        image_of(1, PAIR(9, 8), channels, PAIR(3, 2), PAIR(1, 1), PAIR(2, 3), PAIR(2, 1), PAIR(9, 8)),
        image_of(1, PAIR(3, 4), channels, PAIR(1, 1), PAIR(1, 1), PAIR(1, 1), PAIR(1, 2), PAIR(6, 8)),
        // Windows that begin inside of the image.
        image_of(
            1, PAIR(6, 9), channels, PAIR(2, 2), PAIR(1, 2), PAIR(1, 1),
            PAIR(SIZE_MAX, SIZE_MAX - 1), PAIR(5, 4)),
        // Windows without elements.
        image_of(1, PAIR(3, 3), channels, PAIR(0, 2), PAIR(1, 1), PAIR(1, 1), PAIR(0, 0), PAIR(3, 3)),
    };
    for (size_t k = 0; k < sizeof images / sizeof images[0]; ++k) check(&images[k], outputs, i, 1);
    ok_volume volume = images[i % 2];
    volume.input_depth = 4;
    volume.filter_depth = 1 + i % 3;
    volume.output_depth = 3;
    volume.stride_depth = 1 + i % 2;
    volume.padding_front = i % 3;
    check(&volume, outputs, i, 1);
  }
}

/// Operations above the size from which threads share them.
static void check_threads(void) {
  for (size_t threads = 2; threads <= 4; ++threads) {
    const ok_volume image = image_of(
        1, PAIR(23, 19), 29, PAIR(3, 3), PAIR(1, 1), PAIR(1, 1), PAIR(1, 1), PAIR(23, 19));
    const ok_volume row = rows_of(1, 1021);
    check(&image, 65, threads, threads);
    check(&row, 509, threads, threads);
  }
}

static void check_all(void) {
  check_products();
  check_windows();
  check_threads();
}

const suite float_suite = {"floats", check_all};
