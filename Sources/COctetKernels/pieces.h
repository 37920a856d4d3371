#ifndef OCTET_PIECES_H
#define OCTET_PIECES_H

// Where the inputs under a window stand: the indirection that convolutions of any stride, dilation
// and padding share with plain matrix products.

#include "microkernels.h"

#include <string.h>

/// A position of the window over the output.
typedef struct ok_position {
  size_t batch, row, column;
} ok_position;

static inline ok_position ok_position_at(const ok_window *window, size_t index) {
  const size_t line = ok_quotient(index, window->output_width);
  const size_t batch = ok_quotient(line, window->output_height);
  return (ok_position){
      .batch = batch,
      .row = line - batch * window->output_height,
      .column = index - line * window->output_width,
  };
}

/// Moves on to the next position.
static inline void ok_advance(const ok_window *window, ok_position *position) {
  if (++position->column < window->output_width) return;
  position->column = 0;
  if (++position->row < window->output_height) return;
  position->row = 0;
  ++position->batch;
}

/// The line of the image `offset` lines below the top of the window; NULL outside of the image.
///
/// - Parameter pixel: the bytes from one pixel to the next.
static inline const uint8_t *ok_line_below(
    const ok_window *window, const ok_position *position, size_t offset, const void *input,
    size_t pixel) {
  // Above the image the unsigned difference wraps to a value beyond any height.
  const size_t row = position->row * window->stride_height + offset - window->padding_top;
  if (row >= window->input_height) return NULL;
  return (const uint8_t *)input + (position->batch * window->input_height + row) *
                                      window->input_width * pixel;
}

/// The line of the image under row `y` of the window; NULL outside of the image.
static inline const uint8_t *ok_input_line(
    const ok_window *window, const ok_position *position, size_t y, const void *input,
    size_t pixel) {
  return ok_line_below(window, position, y * window->dilation_height, input, pixel);
}

/// Addresses of the pixels under a window; `padding` stands for those outside of the image.
static inline void ok_locate_window(
    const ok_window *window, const ok_position *position, const void *input, size_t pixel,
    const uint8_t *padding, const uint8_t **pieces) {
  const size_t left = position->column * window->stride_width - window->padding_left;
  for (size_t y = 0; y < window->filter_height; ++y) {
    const uint8_t *line = ok_input_line(window, position, y, input, pixel);
    for (size_t x = 0; x < window->filter_width; ++x) {
      const size_t column = left + x * window->dilation_width;
      const bool is_inside = line && column < window->input_width;
      *pieces++ = is_inside ? line + column * pixel : padding;
    }
  }
}

/// What stands before packed panels: what follows from all channels together.
typedef struct ok_packed_header {
  /// Whether all factors are stored as `ok_fold_factors` leaves them.
  _Alignas(64) bool is_folded;
  /// Whether depthwise weights are packed for windows of 3×3 pixels.
  bool is_3x3;
} ok_packed_header;

/// Stores the factors of one column of a panel.
static inline void ok_store_factors(
    int32_t *values, size_t columns, size_t column, uint32_t bias, int32_t multiplier,
    int32_t exponent) {
  values[column] = (int32_t)bias;
  values[columns + column] = multiplier;
  values[2 * columns + column] = exponent > 0 ? exponent : 0;
  values[3 * columns + column] = exponent > 0 ? 0 : -exponent;
  values[4 * columns + column] = 0;
}

/// Right shifts up to which the zero point can be added before the shift.
enum { OK_MAXIMUM_FOLDED_SHIFT = 22 };

/// Whether the factors of a channel can be folded: it is shifted right, and no sum of `depth`
/// products comes near the ends of int32. True for nearly all channels of real models.
static inline bool ok_can_fold(
    size_t depth, int32_t bias, int32_t multiplier, int32_t exponent) {
  const uint64_t bound = UINT64_C(1) << 29;
  const uint64_t magnitude = bias < 0 ? -(uint64_t)(int64_t)bias : (uint64_t)bias;
  return depth < bound / (255 * 255) && magnitude + depth * (255 * 255) < bound &&
         multiplier > 0 && exponent <= -1 && exponent >= -OK_MAXIMUM_FOLDED_SHIFT;
}

/// Whether the factors of all channels can be folded.
static inline bool ok_can_fold_all(
    const ok_channel_factors *factors, size_t channels, size_t depth) {
  for (size_t channel = 0; channel < channels; ++channel) {
    if (!ok_can_fold(
            depth, factors->bias ? factors->bias[channel] : 0, factors->multiplier[channel],
            factors->exponent[channel])) {
      return false;
    }
  }
  return true;
}

/// Moves parts of the requantization of a channel that `ok_can_fold` into its factors.
///
/// The first rounding of `sum · multiplier / 2^31` is the high half of an unsigned product,
/// `(sum + zero) · 2 · multiplier`, plus a constant: `zero` is chosen so that the low half of
/// `zero · 2 · multiplier` is one half of the last place, 2^31. That and `zero > |sum|` hold for
/// the odd multiples of `2^(30 - t)` from 2^30 on, where the multiplier has t trailing zeros. The
/// second rounding adds half of its last place, less one for sums below zero; the output's zero
/// point can be added in the same step, and so can the constant be taken away.
///
/// Replaces the bias by `bias + zero`, the multiplier by its double, the left shift by `zero`, and
/// stores behind the right shift what is added before it.
static inline void ok_fold_factors(
    int32_t *values, size_t columns, size_t column, int32_t zero_point) {
  const uint32_t multiplier = (uint32_t)values[columns + column];
  const uint32_t right = (uint32_t)values[3 * columns + column];
  const uint32_t lowest_bit = multiplier & -multiplier;
  const uint32_t half = (UINT32_C(1) << 30) / lowest_bit;
  const uint32_t zero = lowest_bit == 1 ? half : (UINT32_C(1) << 30) + half;
  const uint32_t constant = (uint32_t)((uint64_t)zero * (2 * multiplier) >> 32);
  const uint32_t moved = (UINT32_C(1) << (right - 1)) + ((uint32_t)zero_point << right);
  values[column] = (int32_t)((uint32_t)values[column] + zero);
  values[columns + column] = (int32_t)(2 * multiplier);
  values[2 * columns + column] = (int32_t)zero;
  values[4 * columns + column] = (int32_t)(moved - constant);
}

#endif
