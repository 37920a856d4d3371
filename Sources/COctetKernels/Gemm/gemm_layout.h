#ifndef OCTET_GEMM_LAYOUT_H
#define OCTET_GEMM_LAYOUT_H

// How rows and panels of a matrix product are laid out.
//
// The packed form: a header, one panel for each tile's width of output channels (factors, then
// weights by groups along the depth), and behind the panels one padding piece of input zero points.

#include "microkernels.h"
#include "pieces.h"

static inline bool ok_gemm_is_wide(const ok_gemm *gemm) {
  return gemm->kernel->operands == OK_OPERANDS_WIDE;
}

static inline size_t ok_gemm_patch_size(const ok_gemm *gemm) {
  const ok_window *window = &gemm->window;
  return window->filter_height * window->filter_width * window->input_channels;
}

static inline const uint8_t *ok_gemm_panels(const void *packed) {
  return (const uint8_t *)packed + sizeof(ok_packed_header);
}

/// Whether the pixels of one line under a window have gaps between them.
static inline bool ok_gemm_has_column_gaps(const ok_window *window) {
  return window->filter_width != 1 && window->dilation_width != 1;
}

/// The lines of the image from the first under a window to the last.
static inline size_t ok_gemm_window_lines(const ok_window *window) {
  return (window->filter_height - 1) * window->dilation_height + 1;
}

/// The pixels of a line from the first under a window to the last.
static inline size_t ok_gemm_window_columns(const ok_window *window) {
  return (window->filter_width - 1) * window->dilation_width + 1;
}

/// The pixels of a line under all windows.
static inline size_t ok_gemm_line_pixels(const ok_window *window) {
  return (window->output_width - 1) * window->stride_width + ok_gemm_window_columns(window);
}

/// The padding piece.
static inline const uint8_t *ok_gemm_padding(const ok_gemm *gemm, const void *packed) {
  return ok_gemm_panels(packed) + gemm->layout.panel_count * gemm->layout.panel_size;
}

/// Rows of one image.
static inline size_t ok_gemm_image_rows(const ok_gemm *gemm) {
  return gemm->window.output_height * gemm->window.output_width;
}

/// Rows of the whole product.
static inline size_t ok_gemm_row_count(const ok_gemm *gemm) {
  return gemm->window.batches * ok_gemm_image_rows(gemm);
}

/// The parts of a thread's scratch, for one block of rows.
typedef struct ok_gemm_scratch {
  const uint8_t **pieces;
  int32_t *row_terms;
  uint8_t *copies, *lines;
} ok_gemm_scratch;

/// Fills the pieces and terms of `count` rows from `first` on: of one image, where the product has
/// lines.
void ok_gemm_prepare_rows(
    const ok_gemm *gemm, const void *packed, const uint8_t *input, size_t first, size_t count,
    const ok_gemm_scratch *scratch);

#endif
