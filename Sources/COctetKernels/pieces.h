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
  const size_t line = index / window->output_width;
  return (ok_position){
      .batch = line / window->output_height,
      .row = line % window->output_height,
      .column = index % window->output_width,
  };
}

static inline void ok_advance(const ok_window *window, ok_position *position) {
  if (++position->column < window->output_width) return;
  position->column = 0;
  if (++position->row < window->output_height) return;
  position->row = 0;
  ++position->batch;
}

/// The line of the image under row `y` of the window; NULL outside of the image.
static inline const uint8_t *ok_input_line(
    const ok_window *window, const ok_position *position, size_t y, const void *input) {
  // Above the image the unsigned difference wraps to a value beyond any height.
  const size_t row =
      position->row * window->stride_height + y * window->dilation_height - window->padding_top;
  if (row >= window->input_height) return NULL;
  return (const uint8_t *)input + (position->batch * window->input_height + row) *
                                      window->input_width * window->input_channels;
}

/// Addresses of the pixels under a window; `padding` stands for those outside of the image.
static inline void ok_locate_window(
    const ok_window *window, const ok_position *position, const void *input,
    const uint8_t *padding, const uint8_t **pieces) {
  const size_t left = position->column * window->stride_width - window->padding_left;
  for (size_t y = 0; y < window->filter_height; ++y) {
    const uint8_t *line = ok_input_line(window, position, y, input);
    for (size_t x = 0; x < window->filter_width; ++x) {
      const size_t column = left + x * window->dilation_width;
      const bool is_inside = line && column < window->input_width;
      *pieces++ = is_inside ? line + column * window->input_channels : padding;
    }
  }
}

/// Copies a few bytes, faster than a call for those below 16.
static inline void ok_copy_piece(uint8_t *destination, const uint8_t *source, size_t count) {
  if (count > 16 || count < 8) {
    if (count > 16) {
      memcpy(destination, source, count);
    } else {
      for (size_t i = 0; i < count; ++i) destination[i] = source[i];
    }
    return;
  }
  uint64_t front, back;
  memcpy(&front, source, 8);
  memcpy(&back, source + count - 8, 8);
  memcpy(destination, &front, 8);
  memcpy(destination + count - 8, &back, 8);
}

/// Stores the factors of one column of a panel.
static inline void ok_store_factors(
    int32_t *values, size_t columns, size_t column, uint32_t bias, int32_t multiplier,
    int32_t exponent) {
  values[column] = (int32_t)bias;
  values[columns + column] = multiplier;
  values[2 * columns + column] = exponent > 0 ? exponent : 0;
  values[3 * columns + column] = exponent > 0 ? 0 : -exponent;
}

#endif
