#include "depthwise_3x3.h"
#include "depthwise_3x3_pairs.h"

// Windows of 3×3 pixels, the most frequent ones: lines of input are copied once to where they have
// their padding beside them, so that micro-kernels step along them without looking for borders.

bool ok_depthwise_3x3_fits(const ok_depthwise *depthwise) {
  const ok_window *window = &depthwise->window;
  if (!depthwise->kernel_3x3 || window->filter_height != 3 || window->filter_width != 3 ||
      (window->stride_width != 1 && window->stride_width != 2) || window->output_width == 0 ||
      window->input_channels == 0) {
    return false;
  }
  if (ok_has_pairs(depthwise)) return ok_depthwise_pairs_fit(depthwise);
  return window->dilation_height == 1 && window->dilation_width == 1;
}

static size_t block_count(const ok_depthwise *depthwise) {
  return (depthwise->window.input_channels + OK_3X3_CHANNELS - 1) / OK_3X3_CHANNELS;
}

size_t ok_depthwise_3x3_packed_size(const ok_depthwise *depthwise) {
  if (!ok_depthwise_3x3_fits(depthwise)) return 0;
  if (ok_has_pairs(depthwise)) return ok_depthwise_pairs_packed_size(depthwise);
  return sizeof(ok_packed_header) + block_count(depthwise) * sizeof(ok_depthwise_3x3_block);
}

/// Stores one weight's distance from its zero point, in two parts where a byte can't hold it.
static void store_weight(ok_depthwise_3x3_block *block, size_t x, size_t place, int32_t weight) {
  const int32_t high = weight > 127 ? 127 : weight;
  const int32_t part = high < -128 ? -128 : high;
  block->weights[x][place] = (int8_t)part;
  block->rest[x][place] = (int8_t)(weight - part);
  if (weight != part) block->has_rest = true;
}

/// A weight's distance from its zero point, from -255 to 255.
static int32_t distance(const ok_depthwise *depthwise, uint8_t weight) {
  return (depthwise->is_signed ? (int8_t)weight : weight) - depthwise->filter_zero_point;
}

/// Whether two bytes hold every weight: all but the largest distance.
static bool fits_two_bytes(const ok_depthwise *depthwise, const uint8_t *weights) {
  const size_t count = 9 * depthwise->window.input_channels;
  for (size_t index = 0; index < count; ++index) {
    if (distance(depthwise, weights[index]) > 127 + 127) return false;
  }
  return true;
}

static void pack_channel(
    const ok_depthwise *depthwise, const uint8_t *weights, const ok_channel_factors *factors,
    size_t channel, ok_depthwise_3x3_block *block, size_t index) {
  uint32_t sum = 0;
  for (size_t tap = 0; tap < 9; ++tap) {
    const int32_t weight =
        distance(depthwise, weights[tap * depthwise->window.input_channels + channel]);
    sum += (uint32_t)weight;
    store_weight(block, tap % 3, index * 4 + tap / 3, weight);
  }
  const uint32_t bias = factors->bias ? (uint32_t)factors->bias[channel] : 0;
  // int8 inputs are read with their top bit flipped.
  const int32_t zero_point = depthwise->input_zero_point + (depthwise->is_signed ? 128 : 0);
  ok_store_factors(
      block->bias, OK_3X3_CHANNELS, index, bias - (uint32_t)zero_point * sum,
      factors->multiplier[channel], factors->exponent[channel]);
  ok_fold_factors(block->bias, OK_3X3_CHANNELS, index, depthwise->stage.zero_point);
}

bool ok_depthwise_3x3_pack(
    const ok_depthwise *depthwise, const uint8_t *weights, const ok_channel_factors *factors,
    void *packed) {
  const size_t channels = depthwise->window.input_channels;
  if (!ok_depthwise_3x3_fits(depthwise) || !ok_can_fold_all(factors, channels, 9)) return false;
  if (ok_has_pairs(depthwise)) {
    ok_depthwise_pairs_pack(depthwise, weights, factors, packed);
    return true;
  }
  if (!fits_two_bytes(depthwise, weights)) return false;
  memset(packed, 0, ok_depthwise_3x3_packed_size(depthwise));
  *(ok_packed_header *)packed = (ok_packed_header){.is_folded = true, .is_3x3 = true};
  ok_depthwise_3x3_block *blocks =
      (ok_depthwise_3x3_block *)((uint8_t *)packed + sizeof(ok_packed_header));
  const bool is_narrow = ok_is_narrow_3x3(channels, depthwise->window.stride_width);
  for (size_t first = 0; first < channels; first += OK_3X3_CHANNELS) {
    for (size_t index = 0; index < OK_3X3_CHANNELS; ++index) {
      const size_t place = first + depthwise->kernel_3x3->channel_at(index);
      const size_t channel = is_narrow ? place % channels : place;
      if (channel < channels) {
        pack_channel(
            depthwise, weights, factors, channel, blocks + first / OK_3X3_CHANNELS, index);
      }
    }
  }
  return true;
}

/// Pixels of a line with its padding.
static size_t padded_width(const ok_window *window) {
  return (window->output_width - 1) * window->stride_width + 3;
}

static size_t line_size(const ok_window *window) {
  return ok_round_up(padded_width(window) * window->input_channels, 64);
}

/// Whether windows stay between the left and right borders.
static bool has_no_side_padding(const ok_window *window) {
  return window->padding_left == 0 && padded_width(window) <= window->input_width;
}

/// Lines that are held in scratch: as many as a window is high, and one of padding.
enum { HELD_LINES = 3, SCRATCH_LINES = HELD_LINES + 1 };

size_t ok_depthwise_3x3_scratch_size(const ok_depthwise *depthwise) {
  if (!ok_depthwise_3x3_fits(depthwise)) return 0;
  if (ok_has_pairs(depthwise)) return ok_depthwise_pairs_scratch_size(depthwise);
  return SCRATCH_LINES * line_size(&depthwise->window);
}

/// Lines with their padding, each at the place that its number in the input leaves over.
typedef struct line_store {
  const ok_window *window;
  const uint8_t *input;
  uint8_t *lines;
  size_t held[HELD_LINES];
} line_store;

/// Line `y` of the window at a position.
static const uint8_t *padded_line(line_store *store, const ok_position *position, size_t y) {
  const ok_window *window = store->window;
  const size_t size = line_size(window);
  const uint8_t *source =
      ok_input_line(window, position, y, store->input, window->input_channels);
  if (!source) return store->lines + HELD_LINES * size;
  if (has_no_side_padding(window)) return source;
  const size_t channels = window->input_channels;
  const size_t number = (size_t)(source - store->input) / (window->input_width * channels);
  const size_t place = number % HELD_LINES;
  uint8_t *line = store->lines + place * size;
  if (store->held[place] != number) {
    const size_t width =
        ok_smaller(window->input_width, padded_width(window) - window->padding_left);
    memcpy(line + window->padding_left * channels, source, width * channels);
    store->held[place] = number;
  }
  return line;
}

void ok_depthwise_3x3_run(
    const ok_depthwise *depthwise, const void *packed, const void *input, void *output,
    void *scratch, size_t first, size_t end) {
  if (ok_has_pairs(depthwise)) {
    ok_depthwise_pairs_run(depthwise, packed, input, output, scratch, first, end);
    return;
  }
  const ok_window *window = &depthwise->window;
  line_store store = {
      .window = window, .input = input, .lines = scratch,
      .held = {SIZE_MAX, SIZE_MAX, SIZE_MAX}};
  memset(scratch, depthwise->input_zero_point & 0xFF, SCRATCH_LINES * line_size(window));
  ok_depthwise_3x3_line line = {
      .pixels = window->output_width,
      .channels = window->input_channels,
      .stride = window->stride_width,
      .blocks =
          (const ok_depthwise_3x3_block *)((const uint8_t *)packed + sizeof(ok_packed_header)),
      .stage = &depthwise->stage,
      .is_signed = depthwise->is_signed,
  };
  const size_t output_size = window->output_width * window->input_channels;
  for (size_t index = first; index < end; ++index) {
    const ok_position position = {
        .batch = index / window->output_height, .row = index % window->output_height};
    for (size_t y = 0; y < 3; ++y) line.lines[y] = padded_line(&store, &position, y);
    line.output = (uint8_t *)output + index * output_size;
    depthwise->kernel_3x3->run(&line);
  }
}
