#include "depthwise_3x3.h"
#include "microkernels.h"
#include "pieces.h"

// The packed form: a header, one block for each group of channels that is computed together (factors, then
// weights by groups of taps), and behind the blocks one padding pixel of input zero points.

static size_t tap_count(const ok_depthwise *depthwise) {
  return depthwise->window.filter_height * depthwise->window.filter_width;
}

static size_t block_size(const ok_depthwise *depthwise) {
  const ok_depthwise_kernel *kernel = depthwise->kernel;
  const size_t weights =
      ok_round_up(tap_count(depthwise), kernel->taps) * (kernel->is_wide ? 2 : 1);
  return ok_round_up(
      kernel->channels * (OK_FACTORS_PER_CHANNEL * sizeof(int32_t) + weights), 64);
}

static size_t block_count(const ok_depthwise *depthwise) {
  const size_t channels = depthwise->kernel->channels;
  return (depthwise->window.input_channels + channels - 1) / channels;
}

/// Zero points of operands as bytes are read and stored: kernels that aren't wide multiply uint8
/// inputs with int8 weights, and flip the top bit of the other kind.
static int32_t read_input_zero_point(const ok_depthwise *depthwise) {
  const bool flips = !depthwise->kernel->is_wide && depthwise->is_signed;
  return depthwise->input_zero_point + (flips ? 128 : 0);
}

static int32_t stored_filter_zero_point(const ok_depthwise *depthwise) {
  if (depthwise->kernel->is_wide) return 0;
  return depthwise->filter_zero_point - (depthwise->is_signed ? 0 : 128);
}

size_t ok_depthwise_packed_size(const ok_depthwise *depthwise) {
  const size_t size = sizeof(ok_packed_header) + block_count(depthwise) * block_size(depthwise) +
                      ok_round_up(depthwise->window.input_channels, 64);
  // Which form it is depends on the factors.
  return ok_larger(size, ok_depthwise_3x3_packed_size(depthwise));
}

static const uint8_t *packed_blocks(const void *packed) {
  return (const uint8_t *)packed + sizeof(ok_packed_header);
}

static void pack_channel(
    const ok_depthwise *depthwise, const uint8_t *weights, const ok_channel_factors *factors,
    size_t channel, int32_t *block, size_t index) {
  const ok_depthwise_kernel *kernel = depthwise->kernel;
  void *const stored = block + OK_FACTORS_PER_CHANNEL * kernel->channels;
  uint32_t sum = 0;
  for (size_t tap = 0; tap < tap_count(depthwise); ++tap) {
    const uint8_t weight = weights[tap * depthwise->window.input_channels + channel];
    const int32_t value =
        (depthwise->is_signed ? (int8_t)weight : weight) - depthwise->filter_zero_point;
    const size_t place =
        (tap / kernel->taps * kernel->channels + index) * kernel->taps + tap % kernel->taps;
    sum += (uint32_t)value;
    if (kernel->is_wide) {
      ((int16_t *)stored)[place] = (int16_t)value;
    } else {
      ((int8_t *)stored)[place] = (int8_t)(value + stored_filter_zero_point(depthwise));
    }
  }
  const uint32_t bias = factors->bias ? (uint32_t)factors->bias[channel] : 0;
  ok_store_factors(
      block, kernel->channels, index, bias - (uint32_t)read_input_zero_point(depthwise) * sum,
      factors->multiplier[channel], factors->exponent[channel]);
}

void ok_depthwise_pack(
    const ok_depthwise *depthwise, const void *weights, const ok_channel_factors *factors,
    void *packed) {
  if (ok_depthwise_3x3_pack(depthwise, weights, factors, packed)) return;
  const ok_depthwise_kernel *kernel = depthwise->kernel;
  const size_t channels = depthwise->window.input_channels;
  memset(packed, 0, sizeof(ok_packed_header) + block_count(depthwise) * block_size(depthwise));
  const bool is_folded =
      kernel->folds && ok_can_fold_all(factors, channels, tap_count(depthwise));
  ((ok_packed_header *)packed)->is_folded = is_folded;
  uint8_t *blocks = (uint8_t *)packed + sizeof(ok_packed_header);
  for (size_t first = 0; first < channels; first += kernel->channels) {
    int32_t *block = (int32_t *)(blocks + first / kernel->channels * block_size(depthwise));
    for (size_t index = 0; index < kernel->channels; ++index) {
      const size_t channel = first + kernel->channel_at(index);
      if (channel >= channels) continue;
      pack_channel(depthwise, weights, factors, channel, block, index);
      if (is_folded) {
        ok_fold_factors(block, kernel->channels, index, depthwise->stage.zero_point);
      }
    }
  }
  memset(
      blocks + block_count(depthwise) * block_size(depthwise),
      depthwise->input_zero_point & 0xFF, channels);
}

const char *ok_depthwise_kernel_name(const ok_depthwise *depthwise, const void *packed) {
  const ok_packed_header *header = packed;
  return header->is_3x3 ? depthwise->kernel_3x3->name : depthwise->kernel->name;
}

size_t ok_depthwise_scratch_size(const ok_depthwise *depthwise) {
  const size_t size = ok_round_up(
      depthwise->window.output_width * tap_count(depthwise) * sizeof(uint8_t *), 64);
  return ok_larger(size, ok_depthwise_3x3_scratch_size(depthwise));
}

/// Addresses for one line of output.
static void locate_line(
    const ok_window *window, size_t index, const void *input, const uint8_t *padding,
    const uint8_t **pieces) {
  ok_position position = {
      .batch = index / window->output_height, .row = index % window->output_height};
  const size_t taps = window->filter_height * window->filter_width;
  for (; position.column < window->output_width; ++position.column) {
    ok_locate_window(
        window, &position, input, window->input_channels, padding, pieces);
    pieces += taps;
  }
}

/// A convolution that threads share.
typedef struct shared_convolution {
  const ok_depthwise *depthwise;
  const void *packed, *input;
  uint8_t *output, *scratch;
  size_t scratch_size;
  size_t chunk_lines;
} shared_convolution;

static size_t line_count(const ok_depthwise *depthwise) {
  return depthwise->window.batches * depthwise->window.output_height;
}

static void run_chunk(void *context, size_t chunk, size_t thread) {
  const shared_convolution *convolution = context;
  const ok_depthwise *depthwise = convolution->depthwise;
  const ok_window *window = &depthwise->window;
  uint8_t *scratch = convolution->scratch + thread * convolution->scratch_size;
  const size_t first = chunk * convolution->chunk_lines;
  const size_t end = ok_smaller(first + convolution->chunk_lines, line_count(depthwise));
  const ok_packed_header *header = convolution->packed;
  if (header->is_3x3) {
    ok_depthwise_3x3_run(
        depthwise, convolution->packed, convolution->input, convolution->output, scratch, first,
        end);
    return;
  }
  const uint8_t **pieces = (const uint8_t **)scratch;
  const uint8_t *blocks = packed_blocks(convolution->packed);
  const uint8_t *padding = blocks + block_count(depthwise) * block_size(depthwise);
  ok_depthwise_line line = {
      .pixels = window->output_width,
      .channels = window->input_channels,
      .taps = tap_count(depthwise),
      .pieces = pieces,
      .packed = blocks,
      .input_factor = -stored_filter_zero_point(depthwise),
      .stage = &depthwise->stage,
      .is_signed = depthwise->is_signed,
      .is_folded = header->is_folded,
  };
  for (size_t index = first; index < end; ++index) {
    locate_line(window, index, convolution->input, padding, pieces);
    line.output = convolution->output + index * window->output_width * window->input_channels;
    depthwise->kernel->run(&line);
  }
}

/// Multiplications below which other threads take longer to join than to help.
enum { SMALL_CONVOLUTION = 1 << 16 };

/// Chunks for each thread: threads that are slower for a while leave some to the others.
enum { CHUNKS_PER_THREAD = 4 };

void ok_depthwise_run(
    const ok_depthwise *depthwise, const void *packed, const void *input, void *output,
    void *scratch, ok_pool *pool) {
  const ok_window *window = &depthwise->window;
  const size_t lines = line_count(depthwise);
  if (lines == 0 || window->output_width == 0) return;
  shared_convolution convolution = {
      .depthwise = depthwise, .packed = packed, .input = input, .output = output,
      .scratch = scratch, .scratch_size = ok_depthwise_scratch_size(depthwise),
      .chunk_lines = lines};
  const size_t threads = ok_pool_thread_count(pool);
  const size_t multiplications =
      lines * window->output_width * window->input_channels * tap_count(depthwise);
  if (threads == 1 || multiplications < SMALL_CONVOLUTION) {
    run_chunk(&convolution, 0, 0);
    return;
  }
  const size_t wanted = threads * CHUNKS_PER_THREAD;
  convolution.chunk_lines = (lines + wanted - 1) / wanted;
  ok_pool_run(
      pool, (lines + convolution.chunk_lines - 1) / convolution.chunk_lines, run_chunk,
      &convolution);
}
