#include "float_gemm.h"
#include "Loops/loops.h"

#include <string.h>

// Weights side by side, as vectors of output channels read them.

size_t ok_float_gemm_packed_size(const ok_float_gemm *gemm) {
  // Pieces of padding move on to the next group as others do.
  const size_t moves = gemm->groups == 0 ? 0 : gemm->groups - 1;
  const size_t padding = moves * gemm->volume.window.input_channels +
                         ok_float_gemm_row_layout(gemm).tap_elements;
  return ok_round_up((ok_float_padding_start(gemm) + padding) * sizeof(float), 64);
}

/// Elements of one output channel that are packed before the next one's: a cache line, so that the
/// lines that are written to are complete while they are still near.
enum { PACKED_TOGETHER = 16 };

/// Packing that threads share.
typedef struct packing {
  const ok_float_gemm *gemm;
  const float *weights;
  const ok_weight_strides *strides;
  float *packed;
} packing;

/// Stores the weights of `count` input channels at one tap, for the `columns` output channels of a
/// panel of `width`.
static void pack_tap(
    const packing *packing, const float *weights, size_t columns, size_t width, float *panel) {
  const size_t count = packing->gemm->volume.window.input_channels;
  const ptrdiff_t next = packing->strides->output_channel;
  const ptrdiff_t step = packing->strides->input_channel;
  if (next == 1) {
    for (size_t k = 0; k < count; ++k, weights += step, panel += width) {
      memcpy(panel, weights, columns * sizeof(float));
      for (size_t column = columns; column < width; ++column) panel[column] = 0;
    }
    return;
  }
  for (size_t first = 0; first < count; first += PACKED_TOGETHER) {
    const size_t last = first + ok_smaller(PACKED_TOGETHER, count - first);
    for (size_t column = 0; column < width; ++column) {
      if (column >= columns) {
        for (size_t k = first; k < last; ++k) panel[k * width + column] = 0;
        continue;
      }
      const float *source = weights + (ptrdiff_t)column * next;
      for (size_t k = first; k < last; ++k) {
        panel[k * width + column] = source[(ptrdiff_t)k * step];
      }
    }
  }
}

static void pack_panel(void *context, size_t chunk, size_t thread) {
  const packing *packing = context;
  const ok_float_gemm *gemm = packing->gemm;
  const ok_volume *volume = &gemm->volume;
  const ok_weight_strides *strides = packing->strides;
  const size_t panels = ok_float_group_panels(gemm), group = chunk / panels;
  const size_t channel = chunk % panels * gemm->kernel->columns;
  const size_t width = ok_float_panel_columns(gemm, channel);
  const size_t columns = ok_smaller(width, gemm->output_channels - channel);
  float *panel = packing->packed + ok_float_panel_start(gemm, group, channel);
  const ptrdiff_t row = (ptrdiff_t)(group * gemm->output_channels + channel);
  const float *first = packing->weights + row * strides->output_channel;
  (void)thread;
  for (size_t z = 0; z < volume->filter_depth; ++z) {
    for (size_t y = 0; y < volume->window.filter_height; ++y) {
      for (size_t x = 0; x < volume->window.filter_width; ++x) {
        const ptrdiff_t tap = (ptrdiff_t)z * strides->plane + (ptrdiff_t)y * strides->row +
                              (ptrdiff_t)x * strides->column;
        pack_tap(packing, first + tap, columns, width, panel);
        panel += volume->window.input_channels * width;
      }
    }
  }
}

void ok_float_gemm_pack(
    const ok_float_gemm *gemm, const float *weights, const ok_weight_strides *strides, void *packed,
    ok_pool *pool) {
  packing packing = {.gemm = gemm, .weights = weights, .strides = strides, .packed = packed};
  ok_run_chunks(pool, gemm->groups * ok_float_group_panels(gemm), pack_panel, &packing);
  const size_t padding = ok_float_padding_start(gemm);
  memset(
      packing.packed + padding, 0, ok_float_gemm_packed_size(gemm) - padding * sizeof(float));
}

/// Rows and columns that are read and written together: both in few cache lines.
enum { TRANSPOSED_TOGETHER = 16 };

void ok_transpose_floats(const float *input, size_t rows, size_t columns, float *output) {
  for (size_t row = 0; row < rows; row += TRANSPOSED_TOGETHER) {
    const size_t row_end = ok_smaller(row + TRANSPOSED_TOGETHER, rows);
    for (size_t column = 0; column < columns; ++column) {
      for (size_t i = row; i < row_end; ++i) output[column * rows + i] = input[i * columns + column];
    }
  }
}
