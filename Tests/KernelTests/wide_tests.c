#include "loops_under_test.h"
#include "octet_wide.h"
#include "reference.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

// Layers with int16 activations and int8 weights.

/// One layer with what it gives.
typedef struct layer {
  ok_window window;
  /// Groups, and the outputs of each; for depthwise layers one group, and no outputs.
  size_t groups, outputs;
  ok_wide_stage stage;
  memory input, filter, bias, multiplier, exponent, expected;
  char description[160];
} layer;

static int16_t element(memory values, size_t index) {
  int16_t value;
  memcpy(&value, values.bytes + 2 * index, sizeof value);
  return value;
}

/// The channels of the whole input.
static size_t input_channels(const layer *op) { return op->window.input_channels * op->groups; }

static size_t output_channels(const layer *op) {
  return op->outputs == 0 ? op->window.input_channels : op->outputs * op->groups;
}

/// The sum of one output, exact.
static int64_t sum_window(const layer *op, size_t pixel, size_t channel) {
  const ok_window *w = &op->window;
  const size_t column = pixel % w->output_width, line = pixel / w->output_width;
  const size_t row = line % w->output_height, batch = line / w->output_height;
  const bool is_depthwise = op->outputs == 0;
  const size_t depth = is_depthwise ? 1 : w->input_channels;
  const size_t first = is_depthwise ? channel : channel / op->outputs * depth;
  int64_t sum = 0;
  for (size_t y = 0; y < w->filter_height; ++y) {
    for (size_t x = 0; x < w->filter_width; ++x) {
      const size_t top = row * w->stride_height + y * w->dilation_height - w->padding_top;
      const size_t left = column * w->stride_width + x * w->dilation_width - w->padding_left;
      if (top >= w->input_height || left >= w->input_width) continue;
      const size_t place =
          ((batch * w->input_height + top) * w->input_width + left) * input_channels(op) + first;
      const size_t tap = y * w->filter_width + x, taps = w->filter_height * w->filter_width;
      for (size_t c = 0; c < depth; ++c) {
        const size_t weight = is_depthwise ? tap * w->input_channels + channel
                                           : (channel * taps + tap) * depth + c;
        sum += element(op->input, place + c) * (int8_t)op->filter.bytes[weight];
      }
    }
  }
  return sum;
}

/// What the stage says of one sum.
static int16_t finished(const ok_wide_stage *stage, size_t channel, int64_t sum) {
  const int64_t biased = (int64_t)((uint64_t)sum + (uint64_t)stage->bias[channel]);
  const int32_t multiplier = stage->multiplier[channel], exponent = stage->exponent[channel];
  int32_t value;
  if (stage->is_narrow) {
    value = scaled((int32_t)biased, multiplier, exponent);
  } else {
    const uint64_t half = UINT64_C(1) << (14 - exponent);
    const int64_t product = (int64_t)((uint64_t)biased * (uint64_t)(int64_t)multiplier + half);
    value = (int32_t)(product >> (15 - exponent));
  }
  return (int16_t)(value < stage->minimum   ? stage->minimum
                   : value > stage->maximum ? stage->maximum : value);
}

static void draw_factors(layer *op, size_t index) {
  const size_t count = output_channels(op);
  op->bias = allocate(count * sizeof(int64_t));
  op->multiplier = allocate(count * sizeof(int32_t));
  op->exponent = allocate(count * sizeof(int32_t));
  int64_t *bias = (int64_t *)op->bias.bytes;
  int32_t *multiplier = (int32_t *)op->multiplier.bytes;
  int32_t *exponent = (int32_t *)op->exponent.bytes;
  const bool is_narrow = index % 2;
  for (size_t i = 0; i < count; ++i) {
    bias[i] = random_between(-1000000, 1000000);
    if (random_bits() % 4 == 0) bias[i] = (int64_t)random_bits() << (is_narrow ? 0 : 31);
    if (is_narrow) bias[i] = (int32_t)bias[i];
    multiplier[i] = random_multiplier();
    if (!is_narrow) multiplier[i] /= 1 << 16;
    exponent[i] = index % 3 == 0 ? random_between(-31, 7) : random_between(-12, -4);
  }
  const int32_t limit = random_bits() % 3 ? 32768 : random_between(1, 20000);
  op->stage = (ok_wide_stage){
      .is_narrow = is_narrow, .bias = bias, .multiplier = multiplier, .exponent = exponent,
      .minimum = -limit, .maximum = limit - 1};
}

static layer draw(ok_window window, size_t groups, size_t outputs, size_t index) {
  layer op = {.window = window, .groups = groups, .outputs = outputs};
  const size_t taps = window.filter_height * window.filter_width;
  const size_t pixels = window.batches * window.output_height * window.output_width;
  op.input = allocate_random(
      2 * window.batches * window.input_height * window.input_width * input_channels(&op));
  op.filter =
      allocate_random(output_channels(&op) * taps * (outputs ? window.input_channels : 1));
  if (index % 5 == 0) {
    // Sums as large as they come.
    for (size_t i = 0; i < op.input.size; ++i) op.input.bytes[i] = i % 2 ? 0x80 : 0;
    memset(op.filter.bytes, 0x80, op.filter.size);
  }
  draw_factors(&op, index);
  op.expected = allocate(2 * pixels * output_channels(&op));
  for (size_t pixel = 0; pixel < pixels; ++pixel) {
    for (size_t channel = 0; channel < output_channels(&op); ++channel) {
      const int16_t value = finished(&op.stage, channel, sum_window(&op, pixel, channel));
      memcpy(
          op.expected.bytes + 2 * (pixel * output_channels(&op) + channel), &value, sizeof value);
    }
  }
  record(op.expected);
  snprintf(
      op.description, sizeof op.description,
      "int16%s, %zu pixels, %zu groups of %zu channels, filter %zux%zu, %zu outputs",
      op.stage.is_narrow ? "" : " in 64 bits", pixels, groups, window.input_channels,
      window.filter_height, window.filter_width, outputs);
  return op;
}

static void discard(layer *op) {
  release(op->input);
  release(op->filter);
  release(op->bias);
  release(op->multiplier);
  release(op->exponent);
  release(op->expected);
}

static void run_product(layer *op, const ok_gemm_kernel *kernel, size_t threads) {
  const ok_wide_product product = {
      .kernel = kernel, .window = op->window, .groups = op->groups,
      .output_channels = op->outputs, .is_narrow = op->stage.is_narrow};
  const memory packed = allocate(ok_wide_packed_size(&product));
  ok_wide_pack(&product, (const int8_t *)op->filter.bytes, packed.bytes);
  FOR_LOOPS(loops, name) {
    op->stage.loops = loops;
    const memory scratch = allocate(threads * ok_wide_scratch_size(&product));
    const memory output = allocate(op->expected.size);
    ok_wide_run(
        &product, &op->stage, packed.bytes, (const int16_t *)op->input.bytes,
        (int16_t *)output.bytes, scratch.bytes, pool_of(threads));
    compare(kernel->name, output, op->expected, op->description);
    release(scratch);
    release(output);
  }
  release(packed);
}

static void check(ok_window window, size_t groups, size_t outputs, size_t index) {
  layer op = draw(window, groups, outputs, index);
  const size_t threads = index % 3 + 1;
  if (outputs > 0) {
    size_t count;
    const ok_gemm_kernel *kernels = ok_gemm_kernels(&count);
    for (size_t i = 0; i < count; ++i) {
      if (kernels[i].operands != OK_OPERANDS_WIDE) continue;
      if (can_run(kernels[i].name, kernels[i].isa)) run_product(&op, &kernels[i], threads);
    }
  } else {
    FOR_LOOPS(loops, name) {
      op.stage.loops = loops;
      const memory output = allocate(op.expected.size);
      ok_wide_depthwise_run(
          &op.stage, &op.window, (const int16_t *)op.input.bytes,
          (const int8_t *)op.filter.bytes, (int16_t *)output.bytes, pool_of(threads));
      compare(name, output, op.expected, op.description);
      release(output);
    }
  }
  discard(&op);
}

static ok_window row_window(size_t rows, size_t depth) {
  return (ok_window){
      .batches = 1, .input_height = 1, .input_width = rows, .input_channels = depth,
      .filter_height = 1, .filter_width = 1, .output_height = 1, .output_width = rows,
      .stride_height = 1, .stride_width = 1, .dilation_height = 1, .dilation_width = 1};
}

/// Windows that reach beyond the image on all sides, with steps and gaps that `index` decides.
static ok_window image_window(size_t channels, size_t index) {
  ok_window window = {
      .batches = index % 3, .input_height = 4 + index % 4, .input_width = 3 + index % 7,
      .input_channels = channels, .filter_height = index % 4 + 1, .filter_width = index / 4 % 3 + 1,
      .stride_height = index % 2 + 1, .stride_width = index / 2 % 2 + 1,
      .dilation_height = index / 3 % 2 + 1, .dilation_width = index / 5 % 3 + 1,
      .padding_top = index % 3, .padding_left = index / 2 % 3};
  window.output_height = (window.input_height + 2) / window.stride_height;
  window.output_width = (window.input_width + 2) / window.stride_width;
  return window;
}

static void check_all(void) {
  static const size_t counts[] = {1, 2, 3, 5, 7, 8, 9, 12, 15, 16, 17, 31, 32, 33, 49};
  enum { COUNTS = sizeof counts / sizeof counts[0] };
  static const size_t depths[] = {503, 504, 505, 511, 1008, 1009, 2003};
  for (size_t i = 0; i < 90; ++i) {
    const size_t rows = counts[i * 4 % COUNTS], outputs = counts[i * 7 % COUNTS];
    check(row_window(rows, counts[i % COUNTS]), 1, outputs, i);
    check(row_window(i % 5, depths[i % 7]), 1, outputs, i + 1);
    check(image_window(counts[i % COUNTS], i), i % 3 + 1, counts[i * 2 % COUNTS], i);
    check(image_window(counts[i * 2 % COUNTS], i + 1), 1, 0, i);
  }
  // Large enough for threads to share it.
  for (size_t i = 1; i < 3; ++i) check(row_window(101, 67), 1, 83, i);
}

const suite wide_suite = {"wide", check_all};
