#include "gemm_layout.h"

#include <string.h>

// Where the rows of a product stand, or what is copied of them.

/// Bytes of input and output that a block of rows may touch: a part of a second-level cache.
enum { BLOCK_BYTES = 96 * 1024 };

size_t ok_gemm_block_rows(const ok_gemm *gemm) {
  const size_t rows = gemm->kernel->rows;
  const size_t tile_bytes =
      rows * (ok_gemm_padded_depth(gemm) * ok_gemm_operand_size(gemm) + gemm->output_channels);
  const size_t tiles = tile_bytes == 0 ? 1 : BLOCK_BYTES / tile_bytes;
  return rows * (tiles == 0 ? 1 : tiles);
}

/// The sizes of a scratch's parts, one behind the other.
typedef struct scratch_sizes {
  size_t pieces, terms, copies;
} scratch_sizes;

static scratch_sizes sizes_of_scratch(const ok_gemm *gemm) {
  const ok_row_layout layout = ok_gemm_row_layout(gemm);
  const size_t rows = ok_smaller(
      ok_gemm_block_rows(gemm), ok_round_up(ok_gemm_row_count(gemm), gemm->kernel->rows));
  const size_t copy = ok_gemm_padded_depth(gemm) * ok_gemm_operand_size(gemm);
  return (scratch_sizes){
      .pieces = ok_round_up(rows * layout.taps * sizeof(uint8_t *), 64),
      .terms = ok_round_up(rows * sizeof(int32_t), 64),
      .copies = layout.form == OK_ROWS_OF_PIXELS ? 0 : ok_round_up(rows * copy, 64),
  };
}

size_t ok_gemm_scratch_size(const ok_gemm *gemm) {
  const scratch_sizes sizes = sizes_of_scratch(gemm);
  return sizes.pieces + sizes.terms + sizes.copies;
}

ok_gemm_scratch ok_gemm_divide_scratch(const ok_gemm *gemm, void *scratch) {
  const scratch_sizes sizes = sizes_of_scratch(gemm);
  return (ok_gemm_scratch){
      .pieces = scratch,
      .row_terms = (int32_t *)((uint8_t *)scratch + sizes.pieces),
      .copies = (uint8_t *)scratch + sizes.pieces + sizes.terms,
  };
}

/// Widens bytes to 16 bits.
static inline void widen(
    const ok_gemm *gemm, int16_t *destination, const uint8_t *source, size_t count) {
  if (gemm->is_signed) {
    for (size_t i = 0; i < count; ++i) destination[i] = (int8_t)source[i];
  } else {
    for (size_t i = 0; i < count; ++i) destination[i] = source[i];
  }
}

/// Widens or copies `count` bytes, and returns where the next piece of the row goes.
static inline uint8_t *copy_piece(
    const ok_gemm *gemm, uint8_t *destination, const uint8_t *source, size_t count) {
  if (!ok_gemm_is_wide(gemm)) {
    ok_copy_piece(destination, source, count);
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

/// Copies the window at a position into one row.
static void copy_row(
    const ok_gemm *gemm, const ok_position *position, const uint8_t *input,
    const uint8_t *padding, uint8_t *row) {
  const ok_window *window = &gemm->window;
  const size_t channels = window->input_channels;
  uint8_t *const end = row + ok_gemm_padded_depth(gemm) * ok_gemm_operand_size(gemm);
  const size_t left =
      position->column * window->stride_width - window->padding_left;  // may wrap below 0
  const bool is_inside = window->dilation_width == 1 && left < window->input_width &&
                         window->filter_width <= window->input_width - left;
  for (size_t y = 0; y < window->filter_height; ++y) {
    const uint8_t *line = ok_input_line(window, position, y, input);
    if (line && is_inside) {
      row = copy_piece(gemm, row, line + left * channels, window->filter_width * channels);
      continue;
    }
    for (size_t x = 0; x < window->filter_width; ++x) {
      const size_t column = left + x * window->dilation_width;
      const uint8_t *pixel =
          line && column < window->input_width ? line + column * channels : padding;
      row = copy_piece(gemm, row, pixel, channels);
    }
  }
  // A few bytes at most, for which a call would take longer.
  while (row < end) *row++ = 0;
}

/// Copies one line of a window that lies partly beside the image.
static void copy_line(
    const ok_gemm *gemm, const uint8_t *line, size_t left, const uint8_t *padding,
    uint8_t *destination) {
  const ok_window *window = &gemm->window;
  const size_t channels = window->input_channels;
  for (size_t x = 0; x < window->filter_width; ++x) {
    const uint8_t *pixel = left + x < window->input_width ? line + (left + x) * channels : padding;
    ok_copy_piece(destination + x * channels, pixel, channels);
  }
}

/// What a product's rows are located from.
typedef struct row_source {
  const ok_gemm *gemm;
  const uint8_t *input, *padding;
  size_t input_size;
  ok_row_layout layout;
} row_source;

/// Columns of output whose windows lie between the side borders, as far as the input goes on for
/// all bytes that are read of the line at `line_offset`.
static size_t inner_columns_end(const row_source *source, size_t line_offset) {
  const ok_window *window = &source->gemm->window;
  const size_t channels = window->input_channels, bytes = source->layout.padded_elements;
  if (window->input_width < window->filter_width || source->input_size < line_offset + bytes) {
    return 0;
  }
  const size_t last_left = ok_smaller(
      window->input_width - window->filter_width,
      (source->input_size - line_offset - bytes) / channels);
  return (last_left + window->padding_left) / window->stride_width + 1;
}

/// Points to one line under windows side by side, from an output column on: where it stands, and
/// copies at the borders.
static void locate_line(
    const row_source *source, const uint8_t *line, size_t column, size_t end,
    const uint8_t **pieces, uint8_t *copies) {
  const ok_window *window = &source->gemm->window;
  const size_t height = window->filter_height, stride = window->stride_width;
  const size_t copy_size = height * source->layout.padded_elements;
  const size_t inner = (window->padding_left + stride - 1) / stride;
  const size_t inner_end =
      ok_smaller(end, inner_columns_end(source, (size_t)(line - source->input)));
  while (column < end) {
    if (column >= inner && column < inner_end) {
      const size_t step = stride * window->input_channels;
      const uint8_t *piece =
          line + (column * stride - window->padding_left) * window->input_channels;
      for (; column < inner_end; ++column, piece += step) {
        *pieces = piece;
        pieces += height;
        copies += copy_size;
      }
      continue;
    }
    copy_line(
        source->gemm, line, column * stride - window->padding_left, source->padding, copies);
    for (size_t i = source->layout.tap_elements; i < source->layout.padded_elements; ++i) {
      copies[i] = 0;
    }
    *pieces = copies;
    pieces += height;
    copies += copy_size;
    ++column;
  }
}

/// Points to the lines under `count` windows on one line of output, from a position on.
static void locate_lines(
    const row_source *source, const ok_position *position, size_t count, const uint8_t **pieces,
    uint8_t *copies) {
  const size_t height = source->gemm->window.filter_height;
  for (size_t y = 0; y < height; ++y) {
    const uint8_t *line = ok_input_line(&source->gemm->window, position, y, source->input);
    if (line) {
      locate_line(
          source, line, position->column, position->column + count, pieces + y,
          copies + y * source->layout.padded_elements);
    } else {
      for (size_t i = 0; i < count; ++i) pieces[i * height + y] = source->padding;
    }
  }
}

/// Points to the rows of a block, copied where they must be.
static void locate_rows(
    const row_source *source, size_t first, size_t count, const ok_gemm_scratch *scratch) {
  const ok_gemm *gemm = source->gemm;
  const ok_window *window = &gemm->window;
  const size_t taps = source->layout.taps;
  const size_t copy_size = ok_gemm_padded_depth(gemm) * ok_gemm_operand_size(gemm);
  for (size_t row = 0; row < count;) {
    ok_position position = ok_position_at(window, first + row);
    // Rows up to the end of a line of output.
    const size_t end = ok_smaller(count, row + window->output_width - position.column);
    if (source->layout.form == OK_ROWS_OF_LINES) {
      locate_lines(
          source, &position, end - row, scratch->pieces + row * taps,
          scratch->copies + row * copy_size);
      row = end;
      continue;
    }
    for (; row < end; ++row, ++position.column) {
      const uint8_t **pieces = scratch->pieces + row * taps;
      if (source->layout.form == OK_ROWS_OF_PIXELS) {
        ok_locate_window(window, &position, source->input, source->padding, pieces);
      } else {
        *pieces = scratch->copies + row * copy_size;
        copy_row(
            gemm, &position, source->input, source->padding,
            scratch->copies + row * copy_size);
      }
    }
  }
}

/// Whether output rows are the input's pixels, one by one.
static bool is_plain_product(const ok_gemm *gemm) {
  const ok_window *window = &gemm->window;
  return window->filter_height == 1 && window->filter_width == 1 && window->stride_height == 1 &&
         window->stride_width == 1 && window->output_height == window->input_height &&
         window->output_width == window->input_width;
}

void ok_gemm_prepare_rows(
    const ok_gemm *gemm, const void *packed, const uint8_t *input, size_t first, size_t count,
    const ok_gemm_scratch *scratch) {
  const ok_window *window = &gemm->window;
  const ok_row_layout layout = ok_gemm_row_layout(gemm);
  const size_t depth = window->input_channels;
  const bool widens_all = ok_gemm_is_wide(gemm) && ok_gemm_padded_depth(gemm) == depth;
  if (is_plain_product(gemm) && (layout.form == OK_ROWS_OF_PIXELS || widens_all)) {
    // Rows follow each other, widened or not.
    const uint8_t *rows = input + first * depth;
    if (widens_all) copy_piece(gemm, scratch->copies, rows, count * depth);
    const uint8_t *const start = widens_all ? scratch->copies : rows;
    for (size_t row = 0; row < count; ++row) {
      scratch->pieces[row] = start + row * depth * ok_gemm_operand_size(gemm);
    }
  } else {
    const row_source source = {
        .gemm = gemm,
        .input = input,
        .padding = ok_gemm_padding(gemm, packed),
        .input_size = window->batches * window->input_height * window->input_width *
                      window->input_channels,
        .layout = layout,
    };
    locate_rows(&source, first, count, scratch);
  }
  // The last tile is filled up with its last row.
  const size_t end = ok_round_up(count, gemm->kernel->rows), taps = layout.taps;
  for (size_t row = count; row < end; ++row) {
    memcpy(
        scratch->pieces + row * taps, scratch->pieces + (row - 1) * taps,
        taps * sizeof(uint8_t *));
  }
  if (ok_gemm_row_factor(gemm) == 0) return;
  const ok_gemm_rows rows = {
      .count = end,
      .taps = taps,
      .tap_bytes = layout.tap_elements,
      .pieces = scratch->pieces,
      .is_signed = gemm->is_signed,
      .factor = ok_gemm_row_factor(gemm),
      .terms = scratch->row_terms,
  };
  gemm->kernel->sum(&rows);
}
