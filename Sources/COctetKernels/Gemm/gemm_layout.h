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

/// Whether a pixel has channels of other groups too.
static inline bool ok_gemm_is_grouped(const ok_gemm *gemm) {
  return gemm->pixel_channels != gemm->window.input_channels;
}

/// The first channel that a group reads.
static inline size_t ok_gemm_group_start(const ok_gemm *gemm, size_t group) {
  const size_t channels = gemm->window.input_channels;
  return ok_smaller(group * channels, gemm->pixel_channels - channels);
}

/// The group of a panel.
static inline size_t ok_gemm_panel_group(const ok_gemm *gemm, size_t panel) {
  return ok_quotient(panel, gemm->layout.group_panels);
}

/// The output channel at which a panel starts.
static inline size_t ok_gemm_panel_start(const ok_gemm *gemm, size_t panel) {
  const size_t group = ok_gemm_panel_group(gemm, panel);
  return group * gemm->group_outputs +
         (panel - group * gemm->layout.group_panels) * gemm->kernel->columns;
}

/// The output channel behind a panel's last.
static inline size_t ok_gemm_panel_end(const ok_gemm *gemm, size_t panel) {
  const size_t group_end = (ok_gemm_panel_group(gemm, panel) + 1) * gemm->group_outputs;
  return ok_smaller(
      ok_gemm_panel_start(gemm, panel) + gemm->kernel->columns,
      ok_smaller(group_end, gemm->output_channels));
}

/// Whether the pixels of one line under a window have gaps between them.
static inline bool ok_gemm_has_column_gaps(const ok_window *window) {
  return window->filter_width != 1 && window->dilation_width != 1;
}

/// The pixels of one line under a window that rows take together: all of them unless there is
/// something in between.
static inline size_t ok_gemm_piece_pixels(const ok_gemm *gemm) {
  const bool is_split = ok_gemm_is_grouped(gemm) || ok_gemm_has_column_gaps(&gemm->window);
  return is_split ? 1 : gemm->window.filter_width;
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

/// Rows that are prepared together: of one image, where the product has lines.
typedef struct ok_gemm_block {
  size_t first, count;
} ok_gemm_block;

/// Copies the lines under a block, where the product has lines.
void ok_gemm_prepare_lines(
    const ok_gemm *gemm, const ok_gemm_block *block, const uint8_t *input,
    const ok_gemm_scratch *scratch);

/// Fills the pieces and terms of a block for a group of channels.
void ok_gemm_prepare_rows(
    const ok_gemm *gemm, const void *packed, const ok_gemm_block *block, size_t group,
    const uint8_t *input, const ok_gemm_scratch *scratch);

/// Moves the pieces of a block on to the next group, and fills its terms.
void ok_gemm_move_rows(
    const ok_gemm *gemm, const void *packed, const ok_gemm_block *block, size_t group,
    const uint8_t *input, const ok_gemm_scratch *scratch);

#endif
