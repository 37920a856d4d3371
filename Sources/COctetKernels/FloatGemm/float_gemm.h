#ifndef OCTET_FLOAT_GEMM_INTERNAL_H
#define OCTET_FLOAT_GEMM_INTERNAL_H

// How rows and panels of a product of float matrices are laid out.
//
// The packed form: for each group, one panel for each tile's width of output channels, in which the
// weights of an element along the depth stand side by side; the last one may be half as wide. Behind
// the panels stands a piece of zeros, which is as long as the pieces of all groups.

#include "microkernels.h"
#include "octet_float_gemm.h"

/// One tile of a product.
struct ok_float_tile {
  /// Rows and columns that are stored: at least 1, at most the kernel's. A single row may have the
  /// columns of two whole panels.
  size_t rows, columns;
  /// Pieces of each row, and the elements of each.
  size_t taps, tap_elements;
  /// Addresses of the pieces, row after row, for as many rows as the kernel has.
  const float *const *pieces;
  /// Packed weights, aligned to 64 bytes.
  const float *panel;
  /// Elements from one whole panel to the next.
  size_t panel_stride;
  /// NULL for none.
  const float *bias;
  /// Where each row of the tile is stored, before `offset` elements are added.
  float *const *outputs;
  size_t offset;
  float minimum, maximum;
};

#define OK_FLOAT_GEMM(isa, rows, columns, function) void function(const ok_float_tile *tile);
#include "kernels.inc"

/// How the micro-kernel finds a row's inputs.
typedef enum ok_float_row_form {
  /// One piece, the pixel, where it stands.
  OK_FLOAT_ROWS_PLAIN,
  /// A piece for each pixel under the window, where it stands.
  OK_FLOAT_ROWS_OF_PIXELS,
  /// A piece for each line under the window: where it stands, or a copy at borders.
  OK_FLOAT_ROWS_OF_LINES,
} ok_float_row_form;

typedef struct ok_float_row_layout {
  ok_float_row_form form;
  /// Pieces of each row, and the elements of each.
  size_t taps, tap_elements;
} ok_float_row_layout;

ok_float_row_layout ok_float_gemm_row_layout(const ok_float_gemm *gemm);

/// The products of one sum.
static inline size_t ok_float_gemm_depth(const ok_float_gemm *gemm) {
  const ok_window *window = &gemm->volume.window;
  return gemm->volume.filter_depth * window->filter_height * window->filter_width *
         window->input_channels;
}

/// Rows of the whole product.
static inline size_t ok_float_gemm_row_count(const ok_float_gemm *gemm) {
  const ok_window *window = &gemm->volume.window;
  return window->batches * gemm->volume.output_depth * window->output_height *
         window->output_width;
}

/// The width of the panel from an output channel on.
static inline size_t ok_float_panel_columns(const ok_float_gemm *gemm, size_t channel) {
  const size_t columns = gemm->kernel->columns;
  return gemm->output_channels - channel <= columns / 2 ? columns / 2 : columns;
}

/// The panels of one group.
static inline size_t ok_float_group_panels(const ok_float_gemm *gemm) {
  return (gemm->output_channels + gemm->kernel->columns - 1) / gemm->kernel->columns;
}

/// The elements of a group's panels.
static inline size_t ok_float_group_size(const ok_float_gemm *gemm) {
  return ok_round_up(gemm->output_channels, gemm->kernel->columns / 2) * ok_float_gemm_depth(gemm);
}

/// The elements of panels before the one of an output channel of a group: a multiple of the kernel's
/// columns.
static inline size_t ok_float_panel_start(
    const ok_float_gemm *gemm, size_t group, size_t channel) {
  return group * ok_float_group_size(gemm) + channel * ok_float_gemm_depth(gemm);
}

/// Where the piece of zeros stands, in elements.
static inline size_t ok_float_padding_start(const ok_float_gemm *gemm) {
  return ok_round_up(gemm->groups * ok_float_group_size(gemm), 16);
}

/// Rows that are located together: a multiple of the kernel's.
size_t ok_float_gemm_block_rows(const ok_float_gemm *gemm);

/// The parts of a thread's scratch, for one block of rows.
typedef struct ok_float_scratch {
  const float **pieces;
  float **outputs;
  float *copies;
} ok_float_scratch;

ok_float_scratch ok_float_gemm_divide_scratch(const ok_float_gemm *gemm, void *scratch);

/// Fills the pieces and outputs of `count` rows from `first` on; `input` begins with the channels of
/// the group.
void ok_float_gemm_prepare_rows(
    const ok_float_gemm *gemm, const float *padding, const float *input, float *output,
    size_t first, size_t count, const ok_float_scratch *scratch);

/// Moves the pieces of `count` rows on to the next group.
void ok_float_gemm_move_rows(
    const ok_float_gemm *gemm, size_t count, const ok_float_scratch *scratch);

#endif
