#ifndef OCTET_GEMM_LAYOUT_H
#define OCTET_GEMM_LAYOUT_H

// How rows and panels of a matrix product are laid out.
//
// The packed form: a header, one panel for each tile's width of output channels (factors, then
// weights by groups along the depth), and behind the panels one padding piece of input zero points.

#include "microkernels.h"
#include "pieces.h"

/// How the micro-kernel finds a row's inputs.
typedef enum ok_row_form {
  /// A piece for each pixel, where it stands.
  OK_ROWS_OF_PIXELS,
  /// A piece for each line of the window: where it stands, or a copy at borders. What is read beyond
  /// its end is multiplied with zeros.
  OK_ROWS_OF_LINES,
  /// One piece: a copy, widened for kernels that take wide operands.
  OK_ROWS_COPIED,
} ok_row_form;

typedef struct ok_row_layout {
  ok_row_form form;
  /// Pieces of each row.
  size_t taps;
  /// Elements of a piece, and how many the micro-kernel multiplies.
  size_t tap_elements, padded_elements;
} ok_row_layout;

static inline bool ok_gemm_is_wide(const ok_gemm *gemm) {
  return gemm->kernel->operands == OK_OPERANDS_WIDE;
}

/// Bytes of a weight, and of an input where rows are copied.
static inline size_t ok_gemm_operand_size(const ok_gemm *gemm) {
  return ok_gemm_is_wide(gemm) ? 2 : 1;
}

static inline size_t ok_gemm_patch_size(const ok_gemm *gemm) {
  const ok_window *window = &gemm->window;
  return window->filter_height * window->filter_width * window->input_channels;
}

static inline ok_row_layout ok_gemm_row_layout(const ok_gemm *gemm) {
  const ok_window *window = &gemm->window;
  const size_t group = gemm->kernel->depth, channels = window->input_channels;
  ok_row_layout layout = {
      .form = OK_ROWS_COPIED, .taps = 1, .tap_elements = ok_gemm_patch_size(gemm)};
  if (ok_gemm_is_wide(gemm)) {
    // Widening copies everything.
  } else if (channels % group == 0 && (window->filter_width == 1 || window->dilation_width != 1)) {
    layout = (ok_row_layout){
        .form = OK_ROWS_OF_PIXELS,
        .taps = window->filter_height * window->filter_width,
        .tap_elements = channels,
    };
  } else if (window->filter_width == 1 || window->dilation_width == 1) {
    layout = (ok_row_layout){
        .form = OK_ROWS_OF_LINES,
        .taps = window->filter_height,
        .tap_elements = window->filter_width * channels,
    };
  }
  layout.padded_elements = ok_round_up(layout.tap_elements, group);
  return layout;
}

/// The depth of packed weights.
static inline size_t ok_gemm_padded_depth(const ok_gemm *gemm) {
  const ok_row_layout layout = ok_gemm_row_layout(gemm);
  return layout.taps * layout.padded_elements;
}

static inline size_t ok_gemm_panel_size(const ok_gemm *gemm) {
  const size_t factors = OK_FACTORS_PER_CHANNEL * sizeof(int32_t);
  const size_t weights = ok_gemm_padded_depth(gemm) * ok_gemm_operand_size(gemm);
  return ok_round_up(gemm->kernel->columns * (factors + weights), 64);
}

static inline size_t ok_gemm_panel_count(const ok_gemm *gemm) {
  return (gemm->output_channels + gemm->kernel->columns - 1) / gemm->kernel->columns;
}

static inline const uint8_t *ok_gemm_panels(const void *packed) {
  return (const uint8_t *)packed + sizeof(ok_packed_header);
}

/// The padding piece.
static inline const uint8_t *ok_gemm_padding(const ok_gemm *gemm, const void *packed) {
  return ok_gemm_panels(packed) + ok_gemm_panel_count(gemm) * ok_gemm_panel_size(gemm);
}

/// What the sum of a row's inputs is multiplied by: what makes up for weights that are stored with
/// another zero point than their own.
static inline int32_t ok_gemm_row_factor(const ok_gemm *gemm) {
  if (ok_gemm_is_wide(gemm)) return 0;
  if (gemm->kernel->operands == OK_OPERANDS_ALIKE) return -gemm->filter_zero_point;
  return gemm->is_signed ? -128 - gemm->filter_zero_point : 128 - gemm->filter_zero_point;
}

/// Rows of the whole product.
static inline size_t ok_gemm_row_count(const ok_gemm *gemm) {
  return gemm->window.batches * gemm->window.output_height * gemm->window.output_width;
}

/// Rows that are located together: a multiple of the kernel's.
size_t ok_gemm_block_rows(const ok_gemm *gemm);

/// The parts of a thread's scratch, for one block of rows.
typedef struct ok_gemm_scratch {
  const uint8_t **pieces;
  int32_t *row_terms;
  uint8_t *copies;
} ok_gemm_scratch;

ok_gemm_scratch ok_gemm_divide_scratch(const ok_gemm *gemm, void *scratch);

/// Fills the pieces and terms of `count` rows from `first` on.
void ok_gemm_prepare_rows(
    const ok_gemm *gemm, const void *packed, const uint8_t *input, size_t first, size_t count,
    const ok_gemm_scratch *scratch);

#endif
