#include "reference.h"
#include "support.h"

#include <stdio.h>

// Dense and depthwise convolutions, and matrix products as convolutions of one element.

/// Channels of an input pixel, and output channels that read the same ones of them.
typedef struct channel_groups {
  size_t pixel_channels, outputs;
} channel_groups;

/// One operation with random operands.
typedef struct convolution {
  ok_window window;
  channel_groups groups;
  size_t output_channels;
  bool is_depthwise, is_signed;
  int32_t input_zero_point, filter_zero_point;
  ok_output_stage stage;
  ok_channel_factors factors;
  memory input, filter, bias, multiplier, exponent, expected;
  char description[200];
} convolution;

/// Exponents of factors, and whether biases and multipliers are such as models have: small and
/// positive. Kernels may have a shorter way for these if no shift is to the left.
static const struct {
  int32_t minimum, maximum;
  bool is_tame;
} factor_ranges[] = {
    {-12, 0, false}, {-31, 0, false}, {-8, 7, false}, {0, 30, false},
    {-11, -1, true}, {-22, -1, true}, {-3, -1, true}, {-23, 0, true},
};

enum { RANGE_COUNT = sizeof factor_ranges / sizeof factor_ranges[0] };

/// Draws the numbers that decide how sums become outputs. `index` walks through zero points, signs
/// and shifts.
static void draw_numbers(convolution *op, size_t index) {
  const int32_t lowest = index % 2 == 1 ? -128 : 0;
  op->is_signed = index % 2 == 1;
  op->input_zero_point = edge_zero_points[index / 2 % 5] + lowest;
  op->filter_zero_point = edge_zero_points[index / 10 % 5] + lowest;
  // As most int8 models have it, half of the time.
  if (op->is_signed && random_bits() % 2) op->filter_zero_point = 0;
  const int32_t first = random_between(0, 255), second = random_between(0, 255);
  const bool clamps = random_bits() % 2;
  op->stage = (ok_output_stage){
      .zero_point = edge_zero_points[random_bits() % 5] + lowest,
      .minimum = lowest + (!clamps ? 0 : first < second ? first : second),
      .maximum = lowest + (!clamps ? 255 : first < second ? second : first),
  };
}

static void draw_factors(convolution *op, size_t index) {
  const size_t count = op->output_channels, range = index / 2 % RANGE_COUNT;
  int32_t *bias = (int32_t *)op->bias.bytes;
  int32_t *multiplier = (int32_t *)op->multiplier.bytes;
  int32_t *exponent = (int32_t *)op->exponent.bytes;
  for (size_t i = 0; i < count; ++i) {
    bias[i] = random_between(-10000, 10000);
    multiplier[i] = random_tame_multiplier();
    if (!factor_ranges[range].is_tame) {
      // Every fourth of any size, so that sums wrap.
      if (random_bits() % 4 == 0) bias[i] = (int32_t)random_bits();
      multiplier[i] = random_multiplier();
    }
    exponent[i] = random_between(factor_ranges[range].minimum, factor_ranges[range].maximum);
    if (exponent[i] > 0) op->stage.shifts_left = true;
  }
  op->factors = (ok_channel_factors){
      .bias = random_bits() % 4 == 0 ? NULL : bias, .multiplier = multiplier, .exponent = exponent};
}

static size_t output_pixels(const ok_window *window) {
  return window->batches * window->output_height * window->output_width;
}

static void describe(convolution *op) {
  const ok_window *w = &op->window;
  snprintf(
      op->description, sizeof op->description,
      "%s, input [%zu, %zu, %zu, %zu], filter %zux%zux%zu, %zu outputs by %zu, "
      "strides %zu %zu, dilations %zu %zu, zero points %d %d %d",
      op->is_signed ? "int8" : "uint8", w->batches, w->input_height, w->input_width,
      op->groups.pixel_channels, w->filter_height, w->filter_width, w->input_channels,
      op->output_channels, op->groups.outputs, w->stride_height, w->stride_width,
      w->dilation_height, w->dilation_width, op->input_zero_point, op->filter_zero_point,
      op->stage.zero_point);
}

static convolution draw(
    ok_window window, channel_groups groups, size_t output_channels, bool is_depthwise,
    size_t index) {
  const size_t taps = window.filter_height * window.filter_width;
  const size_t depth = is_depthwise ? 1 : window.input_channels;
  const size_t pixels = window.batches * window.input_height * window.input_width;
  convolution op = {
      .window = window,
      .groups = groups,
      .is_depthwise = is_depthwise,
      .output_channels = is_depthwise ? window.input_channels : output_channels,
  };
  draw_numbers(&op, index);
  op.input = allocate_random(pixels * groups.pixel_channels);
  op.filter = allocate_random(op.output_channels * taps * depth);
  op.bias = allocate(op.output_channels * sizeof(int32_t));
  op.multiplier = allocate(op.output_channels * sizeof(int32_t));
  op.exponent = allocate(op.output_channels * sizeof(int32_t));
  op.expected = allocate(output_pixels(&window) * op.output_channels);
  draw_factors(&op, index);
  describe(&op);
  const operands operands = {
      .input = op.input.bytes, .filter = op.filter.bytes,
      .pixel_channels = groups.pixel_channels, .group_outputs = groups.outputs,
      .factors = &op.factors,
      .is_signed = op.is_signed, .input_zero_point = op.input_zero_point,
      .filter_zero_point = op.filter_zero_point, .stage = &op.stage};
  if (is_depthwise) convolve_depthwise(&window, &operands, op.expected.bytes);
  else convolve(&window, op.output_channels, &operands, op.expected.bytes);
  record(op.expected);
  return op;
}

static void discard(convolution *op) {
  release(op->input);
  release(op->filter);
  release(op->bias);
  release(op->multiplier);
  release(op->exponent);
  release(op->expected);
}

/// Where the outputs go that follow from sums.
typedef struct sums_output {
  const convolution *op;
  uint8_t *bytes;
} sums_output;

/// Makes outputs of a part of the sums, and counts each sum up, so that none counts twice.
static void quantize_part(const void *context, const ok_gemm_part *part) {
  const sums_output *output = context;
  const ok_channel_factors *factors = &output->op->factors;
  for (size_t row = part->first_row; row < part->first_row + part->row_count; ++row) {
    for (size_t i = 0; i < part->channel_count; ++i) {
      const size_t channel = part->first_channel + i, place = row * part->stride + channel;
      const uint32_t bias = factors->bias ? (uint32_t)factors->bias[channel] : 0;
      output->bytes[place] = quantized(
          (int32_t)((uint32_t)part->sums[place] + bias), factors->multiplier[channel],
          factors->exponent[channel], &output->op->stage);
      ++*(uint32_t *)&part->sums[place];
    }
  }
}

/// Runs a product once more for its sums alone.
static void check_sums(const convolution *op, ok_gemm gemm, size_t threads) {
  gemm.stage = (ok_output_stage){0};
  const memory packed = allocate(ok_gemm_packed_size(&gemm));
  const memory scratch = allocate(gemm.layout.scratch_size * threads);
  const memory output = allocate(op->expected.size);
  const memory sums = allocate(op->expected.size * sizeof(int32_t));
  ok_gemm_pack(&gemm, op->filter.bytes, NULL, packed.bytes);
  const sums_output context = {.op = op, .bytes = output.bytes};
  ok_gemm_run_sums(
      &gemm, packed.bytes, op->input.bytes, (int32_t *)sums.bytes, quantize_part, &context,
      scratch.bytes, threads == 1 ? NULL : pool_of(threads));
  compare(gemm.kernel->name, output, op->expected, op->description);
  release(packed);
  release(scratch);
  release(output);
  release(sums);
}

static void check_dense(const convolution *op, const ok_gemm_kernel *kernel, size_t threads) {
  if (!can_run(kernel->name, kernel->isa)) return;
  ok_gemm gemm = {
      .kernel = kernel, .window = op->window, .pixel_channels = op->groups.pixel_channels,
      .output_channels = op->output_channels, .group_outputs = op->groups.outputs,
      .is_signed = op->is_signed, .input_zero_point = op->input_zero_point,
      .filter_zero_point = op->filter_zero_point, .stage = op->stage};
  ok_gemm_plan(&gemm);
  const memory packed = allocate(ok_gemm_packed_size(&gemm));
  const memory scratch = allocate(gemm.layout.scratch_size * threads);
  const memory output = allocate(op->expected.size);
  ok_gemm_pack(&gemm, op->filter.bytes, &op->factors, packed.bytes);
  ok_gemm_run(
      &gemm, packed.bytes, op->input.bytes, output.bytes, scratch.bytes,
      threads == 1 ? NULL : pool_of(threads));
  compare(kernel->name, output, op->expected, op->description);
  release(packed);
  release(scratch);
  release(output);
  check_sums(op, gemm, threads);
}

/// `special` may be NULL.
static void check_depthwise(
    const convolution *op, const ok_depthwise_kernel *kernel,
    const ok_depthwise_3x3_kernel *special, size_t threads) {
  if (!can_run(kernel->name, kernel->isa)) return;
  if (special && !can_run(special->name, special->isa)) return;
  const ok_depthwise depthwise = {
      .kernel = kernel, .kernel_3x3 = special, .window = op->window, .is_signed = op->is_signed,
      .input_zero_point = op->input_zero_point, .filter_zero_point = op->filter_zero_point,
      .stage = op->stage};
  const memory packed = allocate(ok_depthwise_packed_size(&depthwise));
  const memory scratch = allocate(ok_depthwise_scratch_size(&depthwise) * threads);
  const memory output = allocate(op->expected.size);
  ok_depthwise_pack(&depthwise, op->filter.bytes, &op->factors, packed.bytes);
  ok_depthwise_run(
      &depthwise, packed.bytes, op->input.bytes, output.bytes, scratch.bytes,
      threads == 1 ? NULL : pool_of(threads));
  compare(special ? special->name : kernel->name, output, op->expected, op->description);
  release(packed);
  release(scratch);
  release(output);
}

/// Runs one operation on every kernel for it.
static void check_layer(
    ok_window window, channel_groups groups, size_t output_channels, bool is_depthwise, size_t index,
    size_t threads) {
  convolution op = draw(window, groups, output_channels, is_depthwise, index);
  size_t count;
  if (is_depthwise) {
    const ok_depthwise_kernel *kernels = ok_depthwise_kernels(&count);
    for (size_t i = 0; i < count; ++i) check_depthwise(&op, &kernels[i], NULL, threads);
    size_t special_count;
    const ok_depthwise_3x3_kernel *special = ok_depthwise_3x3_kernels(&special_count);
    for (size_t i = 0; i < special_count; ++i) {
      check_depthwise(&op, &kernels[0], &special[i], threads);
    }
  } else {
    const ok_gemm_kernel *kernels = ok_gemm_kernels(&count);
    for (size_t i = 0; i < count; ++i) check_dense(&op, &kernels[i], threads);
  }
  discard(&op);
}

/// One without groups.
static void check(
    ok_window window, size_t output_channels, bool is_depthwise, size_t index, size_t threads) {
  const channel_groups one = {window.input_channels, output_channels};
  check_layer(window, one, output_channels, is_depthwise, index, threads);
}

// MARK: Shapes

static ok_window row_window(size_t rows, size_t depth) {
  return (ok_window){
      .batches = rows, .input_height = 1, .input_width = 1, .input_channels = depth,
      .filter_height = 1, .filter_width = 1, .output_height = 1, .output_width = 1,
      .stride_height = 1, .stride_width = 1, .dilation_height = 1, .dilation_width = 1};
}

/// Output positions along one side; without padding, only those whose window is inside.
static size_t output_extent(
    size_t input, size_t filter, size_t stride, size_t dilation, bool is_padded) {
  const size_t covered = (filter - 1) * dilation + 1;
  if (is_padded) return (input + stride - 1) / stride;
  return input < covered ? 0 : (input - covered) / stride + 1;
}

static size_t padding_before(
    size_t input, size_t output, size_t filter, size_t stride, size_t dilation) {
  const size_t needed = output == 0 ? 0 : (output - 1) * stride + (filter - 1) * dilation + 1;
  return needed > input ? (needed - input) / 2 : 0;
}

typedef struct shape {
  size_t batches, height, width, filter_height, filter_width;
  size_t stride_height, stride_width, dilation_height, dilation_width;
  bool is_padded;
} shape;

static ok_window window_of(const shape *s, size_t channels) {
  ok_window window = {
      .batches = s->batches, .input_height = s->height, .input_width = s->width,
      .input_channels = channels, .filter_height = s->filter_height,
      .filter_width = s->filter_width, .stride_height = s->stride_height,
      .stride_width = s->stride_width, .dilation_height = s->dilation_height,
      .dilation_width = s->dilation_width};
  window.output_height = output_extent(
      s->height, s->filter_height, s->stride_height, s->dilation_height, s->is_padded);
  window.output_width = output_extent(
      s->width, s->filter_width, s->stride_width, s->dilation_width, s->is_padded);
  if (s->is_padded) {
    window.padding_top = padding_before(
        s->height, window.output_height, s->filter_height, s->stride_height, s->dilation_height);
    window.padding_left = padding_before(
        s->width, window.output_width, s->filter_width, s->stride_width, s->dilation_width);
  }
  return window;
}

static const shape shapes[] = {
    {0, 5, 5, 3, 3, 1, 1, 1, 1, true},  {1, 0, 5, 3, 3, 1, 1, 1, 1, true},
    {1, 2, 2, 3, 3, 1, 1, 1, 1, false}, {1, 1, 1, 1, 1, 1, 1, 1, 1, true},
    {2, 5, 7, 3, 3, 1, 1, 1, 1, true},  {1, 7, 6, 3, 3, 2, 2, 1, 1, true},
    {1, 5, 13, 1, 1, 2, 3, 1, 1, true}, {1, 2, 2, 5, 5, 1, 1, 1, 1, true},
    {1, 9, 8, 3, 2, 1, 1, 2, 3, true},  {1, 8, 9, 2, 4, 1, 2, 1, 1, false},
    {1, 3, 19, 5, 5, 1, 1, 1, 1, true}, {1, 4, 4, 1, 7, 1, 1, 1, 1, true},
    {1, 2, 3, 3, 3, 1, 1, 1, 1, true},  {1, 7, 17, 5, 5, 2, 2, 1, 1, true},
};

enum { SHAPE_COUNT = sizeof shapes / sizeof shapes[0] };

/// Around every tile's width and height, and primes.
static const size_t extents[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  11, 12, 13, 15, 16,
                                 17, 23, 24, 25, 31, 32, 33, 47, 48, 49, 63, 64, 65};

enum { EXTENT_COUNT = sizeof extents / sizeof extents[0], NUMBERS_COUNT = 50 };

static void check_products(void) {
  for (size_t i = 0; i < NUMBERS_COUNT; ++i) {
    for (size_t step = 0; step < EXTENT_COUNT; ++step) {
      const size_t rows = extents[(i * 5 + step * 4) % EXTENT_COUNT];
      const size_t outputs = extents[(i * 7 + step * 5) % EXTENT_COUNT];
      check(row_window(rows, extents[step]), outputs, false, i + step * 10, 1);
    }
  }
  // Single rows take several panels at a time.
  for (size_t outputs = 1; outputs <= 130; ++outputs) {
    check(row_window(1, extents[outputs % EXTENT_COUNT]), outputs, false, outputs, 1);
  }
  check(row_window(0, 8), 5, false, 0, 1);
  check(row_window(2, 1031), 37, false, 1, 1);
}

static void check_windows(bool is_depthwise) {
  for (size_t i = 0; i < NUMBERS_COUNT; ++i) {
    for (size_t step = 0; step < SHAPE_COUNT; ++step) {
      const size_t channels = extents[(i * 4 + step * 5) % EXTENT_COUNT];
      const size_t outputs = extents[(i * 2 + step * 7) % 15];
      check(window_of(&shapes[step], channels), outputs, is_depthwise, i + step, 1);
    }
  }
}

/// Groups of channels, the last of which may overlap with those before and have fewer outputs.
static void check_groups(size_t threads) {
  static const size_t outputs[] = {1, 4, 8, 16, 24, 33, 70};
  enum { OUTPUTS_COUNT = sizeof outputs / sizeof outputs[0] };
  static const size_t channels[] = {1, 3, 4, 8, 16, 24, 40, 65};
  enum { CHANNELS_COUNT = sizeof channels / sizeof channels[0] };
  for (size_t i = 0; i < CHANNELS_COUNT * OUTPUTS_COUNT; ++i) {
    const size_t inputs = channels[i % CHANNELS_COUNT], group = outputs[i % OUTPUTS_COUNT];
    const size_t overlap = i % 5 == 4 ? inputs / 2 : 0, missing = i % 3 == 2 ? group / 2 : 0;
    const size_t count = 2 + i % 3;
    const channel_groups groups = {count * inputs - overlap, group};
    const size_t all = count * group - missing;
    for (size_t step = i % 2; step < SHAPE_COUNT; step += 2) {
      check_layer(window_of(&shapes[step], inputs), groups, all, false, i + step, threads);
    }
    const shape pixels = {1, 5, 7, 1, 1, 1, 1, 1, 1, true};
    check_layer(window_of(&pixels, inputs), groups, all, false, i, threads);
  }
}

static void check_dense_all(void) {
  check_products();
  check_windows(false);
  check_groups(1);
}

/// Windows that have kernels of their own: every remainder of channels and pixels, windows that begin
/// at every line, and gaps in them.
static void check_depthwise_3x3(void) {
  static const size_t widths[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 13};
  enum { WIDTH_COUNT = sizeof widths / sizeof widths[0] };
  size_t index = 0;
  for (size_t step = 0; step < EXTENT_COUNT; ++step) {
    for (size_t w = 0; w < WIDTH_COUNT; ++w) {
      for (size_t stride = 1; stride <= 2; ++stride, ++index) {
        const shape padded = {1 + index % 2, 5, widths[w], 3, 3, stride, stride, 1, 1, true};
        check(window_of(&padded, extents[step]), 0, true, index, 1);
        const shape inside = {1, 7, widths[w] + 2, 3, 3, 4 - stride, stride, 1, 1, false};
        check(window_of(&inside, extents[step]), 0, true, index / 2, 1);
        const shape dilated = {1, 7, widths[w], 3, 3, stride, 1, 1 + index % 3, 1 + w * 3 % 5, true};
        check(window_of(&dilated, extents[step]), 0, true, index, 1);
      }
    }
  }
}

static void check_depthwise_all(void) {
  check_windows(true);
  check_depthwise_3x3();
  check(window_of(&shapes[4], 131), 0, true, 3, 1);
}

/// Operations above the size from which threads share them.
static void check_threads(void) {
  static const shape image = {1, 23, 19, 3, 3, 1, 1, 1, 1, true};
  for (size_t threads = 2; threads <= 4; ++threads) {
    for (size_t i = 0; i < 4; ++i) {
      check(window_of(&image, 29), 65, false, i * 5, threads);
      check(window_of(&image, 67), 0, true, i * 5, threads);
      check(row_window(1, 1021), 509, false, i * 5, threads);
      const channel_groups groups = {3 * 24, 35};
      check_layer(window_of(&image, 24), groups, 3 * 35, false, i * 5, threads);
    }
  }
}

const suite convolution_suite = {"dense", check_dense_all};
const suite depthwise_suite = {"depthwise", check_depthwise_all};
const suite thread_suite = {"threads", check_threads};
