#include "gemm_layout.h"

/// Bytes of input and output that a block of rows may touch: a part of a second-level cache.
enum { BLOCK_BYTES = 96 * 1024 };

/// More scratch than anyone has; sizes that don't fit in a `size_t` come down to it.
#define TOO_LARGE ((size_t)1 << 40)

static size_t capped_product(size_t left, size_t right) {
  size_t product;
  return __builtin_mul_overflow(left, right, &product) || product > TOO_LARGE ? TOO_LARGE
                                                                              : product;
}

/// Whether windows of several pixels or lines have gaps between them.
static bool has_gaps(const ok_window *window) {
  return ok_gemm_has_column_gaps(window) ||
         (window->filter_height != 1 && window->dilation_height != 1);
}

/// Whether rows can be taken from padded copies of lines.
static bool can_copy_lines(const ok_gemm *gemm, size_t pixel_bytes) {
  const ok_window *window = &gemm->window;
  if (!has_gaps(window)) return true;
  // Pixels between gaps are copied one by one; windows may be dilated far beyond the image.
  return (ok_gemm_is_grouped(gemm) || !ok_gemm_has_column_gaps(window) ||
          pixel_bytes <= OK_COPIED_BYTES) &&
         ok_gemm_window_lines(window) <= window->input_height &&
         ok_gemm_window_columns(window) <= window->input_width;
}

static bool is_plain(const ok_window *window) {
  return window->filter_height == 1 && window->filter_width == 1 && window->stride_height == 1 &&
         window->stride_width == 1 && window->output_height == window->input_height &&
         window->output_width == window->input_width;
}

/// Whether the products of flipped inputs need no sums of rows.
static bool can_flip(const ok_gemm *gemm) {
  return gemm->kernel->operands == OK_OPERANDS_MIXED && gemm->is_signed &&
         gemm->filter_zero_point == 0;
}

/// Chooses the form of rows.
static void choose_form(const ok_gemm *gemm, ok_gemm_layout *layout) {
  const ok_window *window = &gemm->window;
  const size_t channels = window->input_channels;
  const size_t piece_elements = ok_gemm_piece_pixels(gemm) * channels;
  const bool stands_in_groups = !ok_gemm_is_wide(gemm) && channels % gemm->kernel->depth == 0;
  layout->is_plain = is_plain(window);
  layout->form = OK_ROWS_COPIED;
  layout->taps = 1;
  layout->tap_elements = ok_gemm_patch_size(gemm);
  const bool is_pixel = window->filter_height == 1 && window->filter_width == 1;
  // Flipping a few rows takes less than adding them up, which is done for several at once.
  const bool flips_few = layout->is_plain && can_flip(gemm) &&
                         ok_gemm_row_count(gemm) < OK_SUMMED_ROWS;
  const bool copies_lines =
      !layout->is_plain && can_copy_lines(gemm, channels * layout->operand_size);
  if (stands_in_groups && !flips_few && (is_pixel || !(layout->is_plain || copies_lines))) {
    layout->form = OK_ROWS_OF_PIXELS;
    layout->taps = window->filter_height * window->filter_width;
    layout->tap_elements = channels;
  } else if (copies_lines) {
    layout->has_lines = true;
    // Short pieces are copied as fast as pointed to, and read faster.
    if (piece_elements * layout->operand_size > OK_COPIED_BYTES) {
      layout->form = OK_ROWS_OF_LINES;
      layout->taps = window->filter_height * (window->filter_width / ok_gemm_piece_pixels(gemm));
      layout->tap_elements = piece_elements;
    }
  }
  layout->padded_elements = ok_round_up(layout->tap_elements, gemm->kernel->depth);
  layout->row_size = layout->taps * layout->padded_elements * layout->operand_size;
}

/// What makes up for weights that are stored with another zero point than their own.
static int32_t row_factor(const ok_gemm *gemm, bool flips_inputs) {
  if (ok_gemm_is_wide(gemm) || flips_inputs) return 0;
  if (gemm->kernel->operands == OK_OPERANDS_ALIKE) return -gemm->filter_zero_point;
  return gemm->is_signed ? -128 - gemm->filter_zero_point : 128 - gemm->filter_zero_point;
}

/// Lines of input under the windows of a block of rows.
static size_t lines_of_block(const ok_window *window, size_t rows) {
  if (rows == 0 || window->output_width == 0) return 0;
  // The block may start at the end of a line of output.
  const size_t output_lines = ok_smaller(
      window->output_height, (rows + window->output_width - 2) / window->output_width + 1);
  return (output_lines - 1) * window->stride_height + ok_gemm_window_lines(window);
}

/// The panels of all groups, of which the last one may have fewer.
static size_t count_panels(const ok_gemm *gemm, size_t group_panels) {
  if (gemm->output_channels == 0) return 0;
  const size_t last_group = (gemm->output_channels - 1) / gemm->group_outputs;
  const size_t last_outputs = gemm->output_channels - last_group * gemm->group_outputs;
  const size_t columns = gemm->kernel->columns;
  return last_group * group_panels + (last_outputs + columns - 1) / columns;
}

void ok_gemm_plan(ok_gemm *gemm) {
  const ok_window *window = &gemm->window;
  const ok_gemm_kernel *kernel = gemm->kernel;
  ok_gemm_layout layout = {.operand_size = ok_gemm_is_wide(gemm) ? 2 : 1};
  choose_form(gemm, &layout);
  layout.flips_inputs = can_flip(gemm) && (layout.has_lines || layout.form == OK_ROWS_COPIED);
  layout.row_factor = row_factor(gemm, layout.flips_inputs);
  const size_t factors = OK_FACTORS_PER_CHANNEL * sizeof(int32_t);
  layout.panel_size = ok_round_up(kernel->columns * (factors + layout.row_size), 64);
  layout.group_panels = (gemm->group_outputs + kernel->columns - 1) / kernel->columns;
  layout.panel_count = count_panels(gemm, layout.group_panels);
  layout.pixel_size = gemm->pixel_channels * layout.operand_size;

  const size_t row_bytes = kernel->rows * (layout.row_size + gemm->output_channels);
  const size_t tiles = row_bytes == 0 ? 1 : BLOCK_BYTES / row_bytes;
  const size_t image_rows =
      layout.has_lines ? ok_gemm_image_rows(gemm) : ok_gemm_row_count(gemm);
  layout.block_rows = ok_smaller(
      kernel->rows * (tiles == 0 ? 1 : tiles), ok_round_up(image_rows, kernel->rows));

  layout.terms_offset = ok_round_up(layout.block_rows * layout.taps * sizeof(uint8_t *), 64);
  layout.copies_offset =
      layout.terms_offset + ok_round_up(layout.block_rows * sizeof(int32_t), 64);
  // Copies of pieces may write beyond the last one.
  const size_t copies =
      layout.form == OK_ROWS_COPIED ? layout.block_rows * layout.row_size + OK_COPIED_BYTES : 0;
  layout.lines_offset = layout.copies_offset + ok_round_up(copies, 64);
  size_t lines = 0;
  if (layout.has_lines && image_rows > 0) {
    const size_t pixels = ok_gemm_line_pixels(window);
    layout.line_size = ok_round_up(
        capped_product(pixels, layout.pixel_size) + OK_COPIED_BYTES, 64);
    lines = capped_product(layout.line_size, lines_of_block(window, layout.block_rows));
  }
  layout.scratch_size = layout.lines_offset + ok_round_up(lines, 64);
  gemm->layout = layout;
}
