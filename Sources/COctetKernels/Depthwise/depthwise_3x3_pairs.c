#include "depthwise_3x3_pairs.h"

// Windows of 3×3 pixels for instructions that multiply pairs of 16-bit words and add up the two
// products. Two lines at a time, the one below the other, are widened and put side by side element
// by element, with their padding beside them. Two such pairs hold the lines of a window, in the
// upper or the lower three of four lines; the weight of the fourth is 0. Each pair serves for up to
// four lines of output, which find their operands ready.
//
// Where windows have gaps between their lines, those lines that windows see together are paired as
// if the others weren't there.

enum { PAIRS = 2, COLUMNS = 3, WINDOW_LINES = 3 };

/// Channels whose pairs are held at a time: a cache line of input.
enum { GROUP_CHANNELS = 64 };

/// Gaps up to which there is no more padding than it is worth.
enum { MAXIMUM_DILATION = 32 };

bool ok_depthwise_pairs_fit(const ok_depthwise *depthwise) {
  const ok_window *window = &depthwise->window;
  return window->dilation_height <= MAXIMUM_DILATION &&
         window->dilation_width <= MAXIMUM_DILATION &&
         (window->dilation_width == 1 || window->stride_width == 1);
}

/// Pixels that are narrower than a block fill it with their neighbours.
static bool is_narrow(const ok_depthwise *depthwise) {
  return depthwise->window.input_channels < depthwise->kernel_3x3->channels;
}

static size_t block_count(const ok_depthwise *depthwise) {
  const size_t channels = depthwise->window.input_channels;
  const size_t block = depthwise->kernel_3x3->channels;
  if (!is_narrow(depthwise)) return (channels + block - 1) / block;
  // Until a pixel begins where a block does.
  size_t count = 1;
  while (count * block % channels != 0) ++count;
  return count;
}

/// The first channel of a block; the last block has channels of the one before where there aren't
/// enough.
static size_t first_channel(const ok_depthwise *depthwise, size_t block) {
  const size_t channels = depthwise->kernel_3x3->channels;
  return ok_smaller(block * channels, depthwise->window.input_channels - channels);
}

static size_t channel_at(const ok_depthwise *depthwise, size_t block, size_t index) {
  if (!is_narrow(depthwise)) return first_channel(depthwise, block) + index;
  return (block * depthwise->kernel_3x3->channels + index) % depthwise->window.input_channels;
}

// MARK: Weights

/// The pairs of weights for windows that begin in the first or in the second line of a pair.
enum { FORMS = 2 };

/// Values of a block of weights.
static size_t block_size(const ok_depthwise *depthwise) {
  return depthwise->kernel_3x3->channels * OK_PAIRS_VALUES;
}

size_t ok_depthwise_pairs_packed_size(const ok_depthwise *depthwise) {
  const size_t size = block_count(depthwise) * block_size(depthwise) * sizeof(int32_t);
  return sizeof(ok_packed_header) + ok_round_up(size, 64);
}

static void pack_channel(
    const ok_depthwise *depthwise, const uint8_t *weights, const ok_channel_factors *factors,
    size_t channel, int32_t *block, size_t index) {
  const size_t channels = depthwise->kernel_3x3->channels;
  int16_t *const stored = (int16_t *)(block + OK_FACTORS_PER_CHANNEL * channels);
  uint32_t sum = 0;
  for (size_t tap = 0; tap < WINDOW_LINES * COLUMNS; ++tap) {
    const uint8_t weight = weights[tap * depthwise->window.input_channels + channel];
    const int32_t value =
        (depthwise->is_signed ? (int8_t)weight : weight) - depthwise->filter_zero_point;
    sum += (uint32_t)value;
    for (size_t form = 0; form < FORMS; ++form) {
      const size_t line = tap / COLUMNS + form;
      const size_t pair = form * PAIRS + line / 2;
      stored[((pair * COLUMNS + tap % COLUMNS) * channels + index) * 2 + line % 2] =
          (int16_t)value;
    }
  }
  const uint32_t bias = factors->bias ? (uint32_t)factors->bias[channel] : 0;
  ok_store_factors(
      block, channels, index, bias - (uint32_t)depthwise->input_zero_point * sum,
      factors->multiplier[channel], factors->exponent[channel]);
  ok_fold_factors(block, channels, index, depthwise->stage.zero_point);
}

void ok_depthwise_pairs_pack(
    const ok_depthwise *depthwise, const uint8_t *weights, const ok_channel_factors *factors,
    void *packed) {
  memset(packed, 0, ok_depthwise_pairs_packed_size(depthwise));
  *(ok_packed_header *)packed = (ok_packed_header){.is_folded = true, .is_3x3 = true};
  int32_t *blocks = (int32_t *)((uint8_t *)packed + sizeof(ok_packed_header));
  for (size_t block = 0; block < block_count(depthwise); ++block) {
    for (size_t index = 0; index < depthwise->kernel_3x3->channels; ++index) {
      pack_channel(
          depthwise, weights, factors, channel_at(depthwise, block, index),
          blocks + block * block_size(depthwise), index);
    }
  }
}

// MARK: Pairs of lines

/// Pixels of a line with its padding.
static size_t padded_width(const ok_window *window) {
  return (window->output_width - 1) * window->stride_width +
         (COLUMNS - 1) * window->dilation_width + 1;
}

/// Blocks whose pairs are held at a time.
static size_t group_blocks(const ok_depthwise *depthwise) {
  if (is_narrow(depthwise)) return 1;
  return ok_smaller(GROUP_CHANNELS / depthwise->kernel_3x3->channels, block_count(depthwise));
}

/// Elements of the outputs of a line of narrow pixels, as whole blocks.
static size_t narrow_elements(const ok_depthwise *depthwise) {
  const ok_window *window = &depthwise->window;
  return ok_round_up(
      window->output_width * window->input_channels, depthwise->kernel_3x3->channels);
}

/// Elements of narrow pixels that windows see. At stride 2, every other pixel stands in a second
/// half, so that its neighbours are those that the next windows need.
static size_t half_elements(const ok_depthwise *depthwise) {
  const ok_window *window = &depthwise->window;
  return narrow_elements(depthwise) +
         (COLUMNS - 1) * window->dilation_width * window->input_channels;
}

/// Elements of a pair of lines of one block.
static size_t pair_elements(const ok_depthwise *depthwise) {
  const ok_window *window = &depthwise->window;
  const size_t channels = depthwise->kernel_3x3->channels;
  if (!is_narrow(depthwise)) return padded_width(window) * channels;
  return ok_round_up(window->stride_width * half_elements(depthwise), channels);
}

/// Elements from one window to the next.
static size_t window_step(const ok_depthwise *depthwise) {
  const size_t blocks = is_narrow(depthwise) ? block_count(depthwise)
                                             : depthwise->window.stride_width;
  return blocks * depthwise->kernel_3x3->channels;
}

size_t ok_depthwise_pairs_scratch_size(const ok_depthwise *depthwise) {
  const size_t elements = PAIRS * group_blocks(depthwise) * pair_elements(depthwise) +
                          OK_PAIRS_PIXELS * window_step(depthwise);
  return GROUP_CHANNELS + ok_round_up(elements * sizeof(int32_t), 64);
}

/// Pairs of lines of one group of blocks, each pair at the place that its number leaves over.
typedef struct pair_store {
  const ok_depthwise *depthwise;
  const uint8_t *input;
  /// Zero points in place of a line above or below the image.
  const uint8_t *padding;
  int32_t *pairs;
  /// The first line of those that are paired.
  size_t first_line;
  size_t first_block, block_count;
  /// The batch of each pair, and its number in the batch.
  size_t held[PAIRS][2];
} pair_store;

/// The line of the image with a number that counts from the padding at the top; NULL outside.
static const uint8_t *image_line(const pair_store *store, size_t batch, size_t line) {
  const ok_window *window = &store->depthwise->window;
  const size_t row = line - window->padding_top;  // may wrap below 0
  if (row >= window->input_height) return NULL;
  return store->input +
         (batch * window->input_height + row) * window->input_width * window->input_channels;
}

/// Blocks from one of a group on whose channels follow each other: all but a last one that has
/// channels of the block before.
static size_t blocks_in_sequence(const pair_store *store, size_t block) {
  const ok_depthwise *depthwise = store->depthwise;
  const size_t last = store->first_block + store->block_count - 1;
  const bool shares = first_channel(depthwise, last) % depthwise->kernel_3x3->channels != 0;
  return block + 1 == store->block_count ? 1 : store->block_count - block - (shares ? 1 : 0);
}

/// Fills pixels that are as wide as a block or wider.
static void fill_wide(
    const pair_store *store, const uint8_t *const *lines, size_t left, size_t width,
    int32_t *pairs) {
  const ok_depthwise *depthwise = store->depthwise;
  ok_interleaving work = {
      .pixels = width, .block_step = pair_elements(depthwise), .is_signed = depthwise->is_signed};
  pairs += left * depthwise->kernel_3x3->channels;
  for (size_t block = 0; block < store->block_count; block += work.blocks) {
    work.blocks = blocks_in_sequence(store, block);
    work.pairs = pairs + block * work.block_step;
    for (size_t i = 0; i < 2; ++i) {
      const size_t first = first_channel(depthwise, store->first_block + block);
      work.lines[i] = lines[i] ? lines[i] + first : store->padding;
      work.steps[i] = lines[i] ? depthwise->window.input_channels : 0;
    }
    depthwise->kernel_3x3->interleave(&work);
  }
}

static uint32_t widened(const ok_depthwise *depthwise, uint8_t byte) {
  return (uint16_t)(depthwise->is_signed ? (int8_t)byte : byte);
}

/// Fills narrow pixels one by one.
static void fill_narrow(
    const pair_store *store, const uint8_t *const *lines, size_t left, size_t width,
    int32_t *pairs) {
  const ok_depthwise *depthwise = store->depthwise;
  const size_t channels = depthwise->window.input_channels;
  const size_t stride = depthwise->window.stride_width, half = half_elements(depthwise);
  for (size_t pixel = 0; pixel < width; ++pixel) {
    const size_t place = left + pixel;
    int32_t *const pair = pairs + place % stride * half + place / stride * channels;
    for (size_t c = 0; c < channels; ++c) {
      const uint8_t upper = lines[0] ? lines[0][pixel * channels + c] : store->padding[0];
      const uint8_t lower = lines[1] ? lines[1][pixel * channels + c] : store->padding[0];
      pair[c] = (int32_t)(widened(depthwise, upper) | widened(depthwise, lower) << 16);
    }
  }
}

/// A pair of lines. What isn't of the image keeps the zero points that it was filled with.
static const int32_t *pair_of_lines(pair_store *store, size_t batch, size_t number) {
  const ok_depthwise *depthwise = store->depthwise;
  const ok_window *window = &depthwise->window;
  const size_t place = number % PAIRS;
  int32_t *const pairs =
      store->pairs + place * group_blocks(depthwise) * pair_elements(depthwise);
  if (store->held[place][0] == batch && store->held[place][1] == number) return pairs;
  store->held[place][0] = batch;
  store->held[place][1] = number;
  const size_t step = window->dilation_height;
  const size_t upper = store->first_line + 2 * number * step;
  const uint8_t *const lines[2] = {
      image_line(store, batch, upper), image_line(store, batch, upper + step)};
  const size_t left = ok_smaller(window->padding_left, padded_width(window));
  const size_t width = ok_smaller(window->input_width, padded_width(window) - left);
  if (is_narrow(depthwise)) fill_narrow(store, lines, left, width, pairs);
  else fill_wide(store, lines, left, width, pairs);
  return pairs;
}

// MARK: Lines of output

/// Narrow pixels, whose blocks follow each other in turns.
static void run_narrow(const ok_depthwise *depthwise, ok_depthwise_pairs work) {
  const size_t block = depthwise->kernel_3x3->channels, blocks = block_count(depthwise);
  const size_t bytes = depthwise->window.output_width * depthwise->window.input_channels;
  const size_t whole = bytes / block, rest = bytes % block;
  const ok_depthwise_pairs first = work;
  work.output_stride = blocks * block;
  for (size_t turn = 0; turn < blocks && turn * block < bytes; ++turn) {
    work.count = (whole + blocks - 1 - turn) / blocks;
    if (work.count > 0) depthwise->kernel_3x3->run_pairs(&work);
    for (size_t p = 0; p < PAIRS; ++p) work.pairs[p] += block;
    work.factors += block_size(depthwise);
    work.weights += block_size(depthwise);
    work.output += block;
  }
  if (rest == 0) return;
  uint8_t copy[GROUP_CHANNELS];
  work = first;
  work.count = 1;
  work.factors += whole % blocks * block_size(depthwise);
  work.weights += whole % blocks * block_size(depthwise);
  for (size_t p = 0; p < PAIRS; ++p) work.pairs[p] += whole * block;
  work.output = copy;
  depthwise->kernel_3x3->run_pairs(&work);
  memcpy(first.output + whole * block, copy, rest);
}

/// Wide pixels, of which the store has a group of blocks.
static void run_wide(
    const ok_depthwise *depthwise, const pair_store *store, ok_depthwise_pairs work) {
  const ok_depthwise_pairs first = work;
  for (size_t block = 0; block < store->block_count; block += work.blocks) {
    work.blocks = blocks_in_sequence(store, block);
    for (size_t p = 0; p < PAIRS; ++p) work.pairs[p] = first.pairs[p] + block * work.block_step;
    work.factors = first.factors + block * block_size(depthwise);
    work.weights = first.weights + block * block_size(depthwise);
    work.output = first.output + first_channel(depthwise, store->first_block + block);
    depthwise->kernel_3x3->run_pairs(&work);
  }
}

/// The line under the first line of a window, counted from the padding at the top.
static size_t top_line(const ok_window *window, size_t index) {
  return index % window->output_height * window->stride_height;
}

/// One line of output, or a group of blocks of it.
static void run_line(
    const ok_depthwise *depthwise, pair_store *store, const int32_t *blocks, size_t index,
    uint8_t *output) {
  const ok_window *window = &depthwise->window;
  const size_t channels = window->input_channels, block = depthwise->kernel_3x3->channels;
  const size_t batch = index / window->output_height;
  const size_t line = top_line(window, index) / window->dilation_height;
  const size_t step = (is_narrow(depthwise) ? channels : block) * window->dilation_width;
  ok_depthwise_pairs work = {
      .count = window->output_width,
      .blocks = 1,
      .block_step = pair_elements(depthwise),
      .columns = {0, step, 2 * step},
      .advance = window_step(depthwise),
      .factors = blocks,
      .output = output + index * window->output_width * channels,
      .output_stride = channels,
      .stage = &depthwise->stage,
      .is_signed = depthwise->is_signed,
  };
  const size_t form = line % 2;
  work.weights = blocks + (OK_FACTORS_PER_CHANNEL + form * PAIRS * COLUMNS) * block;
  for (size_t p = 0; p < PAIRS; ++p) {
    work.pairs[p] = pair_of_lines(store, batch, line / 2 + p);
  }
  if (!is_narrow(depthwise)) {
    run_wide(depthwise, store, work);
    return;
  }
  if (window->stride_width == 2) {
    work.columns[1] = half_elements(depthwise);
    work.columns[2] = channels;
  }
  run_narrow(depthwise, work);
}

void ok_depthwise_pairs_run(
    const ok_depthwise *depthwise, const void *packed, const void *input, void *output,
    void *scratch, size_t first, size_t end) {
  const uint8_t zero = depthwise->input_zero_point & 0xFF;
  const int32_t zeros = (int32_t)(widened(depthwise, zero) * 0x10001);
  uint8_t *const padding = scratch;
  memset(padding, zero, GROUP_CHANNELS);
  int32_t *const pairs = (int32_t *)(padding + GROUP_CHANNELS);
  const size_t group = group_blocks(depthwise);
  const size_t elements = PAIRS * group * pair_elements(depthwise);
  for (size_t i = 0; i < elements; ++i) pairs[i] = zeros;
  const int32_t *blocks =
      (const int32_t *)((const uint8_t *)packed + sizeof(ok_packed_header));
  const size_t count = is_narrow(depthwise) ? 1 : block_count(depthwise);
  for (size_t block = 0; block < count; block += group) {
    pair_store store = {
        .depthwise = depthwise, .input = input, .padding = padding, .pairs = pairs,
        .first_block = block, .block_count = ok_smaller(group, count - block)};
    const size_t gap = depthwise->window.dilation_height;
    for (store.first_line = 0; store.first_line < gap; ++store.first_line) {
      memset(store.held, 0xFF, sizeof store.held);
      for (size_t index = first; index < end; ++index) {
        if (top_line(&depthwise->window, index) % gap != store.first_line) continue;
        run_line(depthwise, &store, blocks + block * block_size(depthwise), index, output);
      }
    }
  }
}
