#include "gemm_layout.h"

#include <string.h>

// Where the rows of a product stand, or what is copied of them.

/// Widens bytes to 16 bits.
static inline void widen(
    const ok_gemm *gemm, int16_t *destination, const uint8_t *source, size_t count) {
  if (gemm->is_signed) {
    for (size_t i = 0; i < count; ++i) destination[i] = (int8_t)source[i];
  } else {
    for (size_t i = 0; i < count; ++i) destination[i] = source[i];
  }
}

/// Widens, flips or copies `count` bytes, and returns where the next ones go.
static inline uint8_t *copy_elements(
    const ok_gemm *gemm, uint8_t *destination, const uint8_t *source, size_t count) {
  if (gemm->layout.flips_inputs) {
    for (size_t i = 0; i < count; ++i) destination[i] = source[i] ^ 0x80;
    return destination + count;
  }
  if (!ok_gemm_is_wide(gemm)) {
    memcpy(destination, source, count);
    return destination + count;
  }
  int16_t *const wide = (int16_t *)destination;
  if (count >= 8 && count <= 16) {
    // Two overlapping vectors, faster than a loop.
    widen(gemm, wide, source, 8);
    widen(gemm, wide + count - 8, source + count - 8, 8);
  } else {
    widen(gemm, wide, source, count);
  }
  return destination + 2 * count;
}

/// Writes `count` elements of real zero, and returns where the next ones go.
static uint8_t *fill_elements(const ok_gemm *gemm, uint8_t *destination, size_t count) {
  if (!ok_gemm_is_wide(gemm)) {
    const int32_t zero = gemm->input_zero_point + (gemm->layout.flips_inputs ? 128 : 0);
    memset(destination, zero & 0xFF, count);
    return destination + count;
  }
  int16_t *const wide = (int16_t *)destination;
  for (size_t i = 0; i < count; ++i) wide[i] = (int16_t)gemm->input_zero_point;
  return destination + 2 * count;
}

/// Copies the window at a position into one row, pixel by pixel.
static void copy_window(
    const ok_gemm *gemm, const ok_position *position, const uint8_t *input,
    const uint8_t *padding, uint8_t *row) {
  const ok_window *window = &gemm->window;
  const size_t channels = window->input_channels;
  const size_t left =
      position->column * window->stride_width - window->padding_left;  // may wrap below 0
  for (size_t y = 0; y < window->filter_height; ++y) {
    const uint8_t *line = ok_input_line(window, position, y, input, gemm->pixel_channels);
    for (size_t x = 0; x < window->filter_width; ++x) {
      const size_t column = left + x * window->dilation_width;
      const bool is_inside = line && column < window->input_width;
      const uint8_t *pixel = is_inside ? line + column * gemm->pixel_channels : padding;
      row = copy_elements(gemm, row, pixel, channels);
    }
  }
}

/// Copies a line of the image as far as windows reach, with what lies beyond its borders.
///
/// - Parameter line: NULL for one above or below the image.
static void copy_line(const ok_gemm *gemm, const uint8_t *line, uint8_t *destination) {
  const ok_window *window = &gemm->window;
  const size_t channels = gemm->pixel_channels;
  const size_t width = ok_gemm_line_pixels(window);
  const size_t left = line ? ok_smaller(window->padding_left, width) : width;
  const size_t inner = line ? ok_smaller(window->input_width, width - left) : 0;
  destination = fill_elements(gemm, destination, left * channels);
  if (inner > 0) destination = copy_elements(gemm, destination, line, inner * channels);
  fill_elements(gemm, destination, (width - left - inner) * channels);
}

/// Copies the lines under the windows of rows of one image; the first is that under the window of
/// the first row.
static void copy_lines(
    const ok_gemm *gemm, const ok_position *first, size_t count, const uint8_t *input,
    uint8_t *lines) {
  const ok_window *window = &gemm->window;
  const size_t output_lines = (first->column + count - 1) / window->output_width + 1;
  const size_t height = ok_gemm_window_lines(window), stride = window->stride_height;
  ok_position position = *first;
  for (size_t line = 0; line < output_lines; ++line, ++position.row) {
    // Lines that the window before has reached are there.
    const size_t start = line > 0 && height > stride ? height - stride : 0;
    for (size_t y = start; y < height; ++y) {
      copy_line(
          gemm, ok_line_below(window, &position, y, input, gemm->pixel_channels),
          lines + (line * stride + y) * gemm->layout.line_size);
    }
  }
}

/// The bytes of a line under a window that have no gaps between them.
static inline size_t piece_size(const ok_gemm *gemm) {
  return ok_gemm_piece_pixels(gemm) * gemm->window.input_channels * gemm->layout.operand_size;
}

/// Copies pieces of lines under windows side by side, each with bytes behind it that the next piece
/// or nobody needs.
///
/// - Parameters:
///   - pieces: of each line under a window.
///   - bytes: that are copied for each.
static inline __attribute__((always_inline)) void copy_pieces(
    const ok_gemm *gemm, const uint8_t *lines, size_t count, size_t pieces, size_t bytes,
    uint8_t *copies) {
  const ok_window *window = &gemm->window;
  const size_t pixel = gemm->layout.pixel_size;
  const size_t piece = piece_size(gemm), gap = window->dilation_width * pixel;
  const size_t step = window->stride_width * pixel, row_size = gemm->layout.row_size;
  const size_t line_step = window->dilation_height * gemm->layout.line_size;
  for (size_t i = 0; i < count; ++i) {
    const uint8_t *line = lines + i * step;
    uint8_t *destination = copies + i * row_size;
    for (size_t y = 0; y < window->filter_height; ++y) {
      for (size_t x = 0; x < pieces; ++x) {
        memcpy(destination, line + x * gap, bytes);
        destination += piece;
      }
      line += line_step;
    }
  }
}

/// Copies windows side by side from the lines under them.
static void copy_windows(
    const ok_gemm *gemm, const uint8_t *lines, size_t count, uint8_t *copies) {
  const size_t piece = piece_size(gemm);
  const size_t pieces = gemm->window.filter_width / ok_gemm_piece_pixels(gemm);
  // Numbers are written out, so that each has a loop of its own.
  if (pieces > 1) {
    if (piece <= 8) copy_pieces(gemm, lines, count, pieces, 8, copies);
    else copy_pieces(gemm, lines, count, pieces, OK_COPIED_BYTES, copies);
  } else if (piece <= 4) {
    copy_pieces(gemm, lines, count, 1, 4, copies);
  } else if (piece <= 8) {
    copy_pieces(gemm, lines, count, 1, 8, copies);
  } else if (piece <= 16) {
    copy_pieces(gemm, lines, count, 1, 16, copies);
  } else {
    copy_pieces(gemm, lines, count, 1, OK_COPIED_BYTES, copies);
  }
}

/// Points to the pieces of lines under windows side by side.
static void locate_windows(
    const ok_gemm *gemm, const uint8_t *lines, size_t count, const uint8_t **pieces) {
  const ok_window *window = &gemm->window;
  const ok_gemm_layout *layout = &gemm->layout;
  const size_t step = window->stride_width * layout->pixel_size;
  const size_t gap = window->dilation_width * layout->pixel_size;
  const size_t height = window->filter_height, taps = layout->taps;
  for (size_t y = 0; y < height; ++y) {
    const uint8_t *line = lines + y * window->dilation_height * layout->line_size;
    for (size_t x = 0; x < taps / height; ++x) {
      const uint8_t *piece = line + x * gap;
      const uint8_t **place = pieces + y * (taps / height) + x;
      for (size_t i = 0; i < count; ++i, piece += step, place += taps) *place = piece;
    }
  }
}

/// Points to the rows of a block by way of lines.
///
/// - Parameter channel: the first of a group.
static void locate_in_lines(
    const ok_gemm *gemm, const ok_gemm_block *block, size_t channel,
    const ok_gemm_scratch *scratch) {
  const ok_window *window = &gemm->window;
  const ok_gemm_layout *layout = &gemm->layout;
  ok_position position = ok_position_at(window, block->first);
  const size_t step = window->stride_width * layout->pixel_size;
  const uint8_t *lines = scratch->lines + channel * layout->operand_size;
  for (size_t row = 0; row < block->count;) {
    // Rows up to the end of a line of output.
    const size_t columns =
        ok_smaller(block->count - row, window->output_width - position.column);
    const uint8_t *start = lines + position.column * step;
    if (layout->form == OK_ROWS_OF_LINES) {
      locate_windows(gemm, start, columns, scratch->pieces + row * layout->taps);
    } else {
      copy_windows(gemm, start, columns, scratch->copies + row * layout->row_size);
    }
    row += columns;
    position.column = 0;
    lines += window->stride_height * layout->line_size;
  }
}

/// Whether windows are one pixel each, none of them beside the image.
static bool are_pixels_inside(const ok_window *window) {
  return window->filter_height == 1 && window->filter_width == 1 && window->padding_top == 0 &&
         window->padding_left == 0 &&
         (window->output_height - 1) * window->stride_height < window->input_height &&
         (window->output_width - 1) * window->stride_width < window->input_width;
}

/// Points to the pixels that the windows of a block are.
static void locate_pixels(
    const ok_gemm *gemm, const ok_gemm_block *block, const uint8_t *input,
    const uint8_t **pieces) {
  const ok_window *window = &gemm->window;
  const size_t step = window->stride_width * gemm->pixel_channels;
  ok_position position = ok_position_at(window, block->first);
  for (size_t row = 0; row < block->count;) {
    // Rows up to the end of a line of output.
    const size_t columns =
        ok_smaller(block->count - row, window->output_width - position.column);
    const uint8_t *pixel =
        ok_input_line(window, &position, 0, input, gemm->pixel_channels) + position.column * step;
    for (size_t i = 0; i < columns; ++i, pixel += step) pieces[row + i] = pixel;
    row += columns;
    position.column = window->output_width - 1;
    ok_advance(window, &position);
  }
}

/// Points to the pixels under the windows of a block, or copies them.
static void locate_in_image(
    const ok_gemm *gemm, const void *packed, const ok_gemm_block *block, const uint8_t *input,
    const ok_gemm_scratch *scratch) {
  const ok_window *window = &gemm->window;
  const ok_gemm_layout *layout = &gemm->layout;
  if (layout->form == OK_ROWS_OF_PIXELS && are_pixels_inside(window)) {
    locate_pixels(gemm, block, input, scratch->pieces);
    return;
  }
  const uint8_t *padding = ok_gemm_padding(gemm, packed);
  ok_position position = ok_position_at(window, block->first);
  for (size_t row = 0; row < block->count; ++row) {
    if (layout->form == OK_ROWS_OF_PIXELS) {
      ok_locate_window(
          window, &position, input, gemm->pixel_channels, padding,
          scratch->pieces + row * layout->taps);
    } else {
      copy_window(gemm, &position, input, padding, scratch->copies + row * layout->row_size);
    }
    ok_advance(window, &position);
  }
}

/// Copies rows that are pixels.
static void copy_rows(
    const ok_gemm *gemm, const uint8_t *rows, size_t count, uint8_t *copies) {
  const ok_gemm_layout *layout = &gemm->layout;
  const size_t depth = layout->tap_elements;
  if (depth == layout->padded_elements && !ok_gemm_is_grouped(gemm)) {
    copy_elements(gemm, copies, rows, count * depth);
    return;
  }
  for (size_t row = 0; row < count; ++row) {
    copy_elements(gemm, copies + row * layout->row_size, rows + row * gemm->pixel_channels, depth);
  }
}

/// Points to rows that stand `size` bytes apart.
static void locate_rows(
    const uint8_t *rows, size_t size, size_t count, const uint8_t **pieces) {
  for (size_t row = 0; row < count; ++row) pieces[row] = rows + row * size;
}

/// Adds up the rows of a block, where that is needed.
static void sum_rows(const ok_gemm *gemm, size_t count, const ok_gemm_scratch *scratch) {
  const ok_gemm_layout *layout = &gemm->layout;
  if (layout->row_factor == 0) return;
  const size_t end = ok_round_up(count, gemm->kernel->rows);
  const ok_gemm_rows rows = {
      .count = ok_smaller(end, ok_round_up(count, OK_SUMMED_ROWS)),
      .taps = layout->taps,
      .tap_bytes = layout->tap_elements,
      .pieces = scratch->pieces,
      .is_signed = gemm->is_signed,
      .factor = layout->row_factor,
      .terms = scratch->row_terms,
  };
  gemm->kernel->sum(&rows);
}

void ok_gemm_prepare_lines(
    const ok_gemm *gemm, const ok_gemm_block *block, const uint8_t *input,
    const ok_gemm_scratch *scratch) {
  if (!gemm->layout.has_lines) return;
  const ok_position position = ok_position_at(&gemm->window, block->first);
  copy_lines(gemm, &position, block->count, input, scratch->lines);
}

void ok_gemm_prepare_rows(
    const ok_gemm *gemm, const void *packed, const ok_gemm_block *block, size_t group,
    const uint8_t *input, const ok_gemm_scratch *scratch) {
  const ok_gemm_layout *layout = &gemm->layout;
  const bool is_copied = layout->form == OK_ROWS_COPIED;
  const size_t channel = ok_gemm_group_start(gemm, group), count = block->count;
  if (layout->is_plain) {
    const uint8_t *first = input + block->first * gemm->pixel_channels + channel;
    if (is_copied) copy_rows(gemm, first, count, scratch->copies);
    else locate_rows(first, gemm->pixel_channels, count, scratch->pieces);
  } else if (layout->has_lines) {
    locate_in_lines(gemm, block, channel, scratch);
  } else {
    locate_in_image(gemm, packed, block, input + channel, scratch);
  }
  if (is_copied) locate_rows(scratch->copies, layout->row_size, count, scratch->pieces);
  // The last tile is filled up with its last row.
  const size_t rows = gemm->kernel->rows, taps = layout->taps;
  const size_t end = count <= rows ? rows : ok_round_up(count, rows);
  for (size_t i = count * taps; i < end * taps; ++i) {
    scratch->pieces[i] = scratch->pieces[i - taps];
  }
  sum_rows(gemm, count, scratch);
}

void ok_gemm_move_rows(
    const ok_gemm *gemm, const void *packed, const ok_gemm_block *block, size_t group,
    const uint8_t *input, const ok_gemm_scratch *scratch) {
  if (gemm->layout.form == OK_ROWS_COPIED) {
    ok_gemm_prepare_rows(gemm, packed, block, group, input, scratch);
    return;
  }
  const size_t channels =
      ok_gemm_group_start(gemm, group) - ok_gemm_group_start(gemm, group - 1);
  const size_t distance = channels * gemm->layout.operand_size;
  const size_t count = ok_round_up(block->count, gemm->kernel->rows) * gemm->layout.taps;
  for (size_t i = 0; i < count; ++i) scratch->pieces[i] += distance;
  sum_rows(gemm, block->count, scratch);
}
