#include "float_gemm.h"
#include "grid.h"
#include "Loops/loops.h"

/// Bytes of panels that stay in the first-level cache beside the rows of a tile.
enum { SMALL_PANELS = 16 * 1024 };

/// A product, and what threads share of it.
typedef struct shared_product {
  const ok_float_gemm *gemm;
  const float *packed, *bias, *input;
  float *output;
  uint8_t *scratch;
  size_t scratch_size;
  ok_grid grid;
} shared_product;

/// Computes the outputs of `count` rows for some channels of a group, from a panel's first on.
static void run_block(
    const shared_product *product, size_t group, size_t first_channel, size_t end, size_t count,
    const ok_float_scratch *scratch) {
  const ok_float_gemm *gemm = product->gemm;
  const ok_float_row_layout layout = ok_float_gemm_row_layout(gemm);
  const size_t rows = gemm->kernel->rows, columns = gemm->kernel->columns;
  ok_float_tile tile = {
      .taps = layout.taps,
      .tap_elements = layout.tap_elements,
      .panel_stride = columns * ok_float_gemm_depth(gemm),
      .minimum = gemm->minimum,
      .maximum = gemm->maximum,
  };
  // A panel stays in the first-level cache while all rows of the block pass by, or all panels do
  // while the rows of one tile, whose lines of output are complete then, wait for the next panel.
  const bool panels_fit = ok_float_group_size(gemm) * sizeof(float) <= SMALL_PANELS;
  const size_t tile_rows = panels_fit ? rows : count;
  const size_t group_start = group * gemm->output_channels;
  for (size_t first = 0; first < count; first += tile_rows) {
    const size_t row_end = ok_smaller(first + tile_rows, count);
    for (size_t channel = first_channel; channel < end; channel += tile.columns) {
      tile.panel = product->packed + ok_float_panel_start(gemm, group, channel);
      const bool takes_two = count == 1 && end - channel >= 2 * columns;
      tile.columns = takes_two ? 2 * columns : ok_smaller(columns, end - channel);
      tile.offset = group_start + channel;
      tile.bias = product->bias ? product->bias + tile.offset : NULL;
      for (size_t row = first; row < row_end; row += rows) {
        tile.rows = ok_smaller(rows, row_end - row);
        tile.pieces = scratch->pieces + row * tile.taps;
        tile.outputs = scratch->outputs + row;
        gemm->kernel->run(&tile);
      }
    }
  }
}

/// Computes the outputs of `count` rows from `first` on for a part's panels, group by group.
static void run_groups(
    const shared_product *product, const ok_grid_part *part, size_t first, size_t count,
    const ok_float_scratch *scratch) {
  const ok_float_gemm *gemm = product->gemm;
  const float *padding = product->packed + ok_float_padding_start(gemm);
  const size_t columns = gemm->kernel->columns, panels = ok_float_group_panels(gemm);
  const size_t first_panel = part->first_channel / columns;
  const size_t end = first_panel + part->channel_count / columns;
  size_t next;
  for (size_t panel = first_panel; panel < end; panel = next) {
    const size_t group = panel / panels;
    next = ok_smaller((group + 1) * panels, end);
    if (panel > first_panel) {
      ok_float_gemm_move_rows(gemm, count, scratch);
    } else {
      const float *input = product->input + group * gemm->volume.window.input_channels;
      ok_float_gemm_prepare_rows(gemm, padding, input, product->output, first, count, scratch);
    }
    const size_t channel_end = (next - group * panels) * columns;
    run_block(
        product, group, panel % panels * columns, ok_smaller(channel_end, gemm->output_channels),
        count, scratch);
  }
}

static void run_part(void *context, size_t chunk, size_t thread) {
  const shared_product *product = context;
  const ok_float_gemm *gemm = product->gemm;
  const ok_grid_part part = ok_grid_part_at(&product->grid, chunk);
  const ok_float_scratch scratch =
      ok_float_gemm_divide_scratch(gemm, product->scratch + thread * product->scratch_size);
  const size_t block = ok_float_gemm_block_rows(gemm);
  const size_t end = part.first_row + part.row_count;
  for (size_t first = part.first_row; first < end; first += block) {
    const size_t count = ok_smaller(block, end - first);
    run_groups(product, &part, first, count, &scratch);
  }
}

void ok_float_gemm_run(
    const ok_float_gemm *gemm, const void *packed, const float *bias, const float *input,
    float *output, void *scratch, ok_pool *pool) {
  const size_t rows = ok_float_gemm_row_count(gemm), columns = gemm->kernel->columns;
  // Parts consist of whole panels, some of whose columns may be unused.
  const size_t channels = gemm->groups * ok_float_group_panels(gemm) * columns;
  if (rows == 0 || channels == 0) return;
  shared_product product = {
      .gemm = gemm, .packed = packed, .bias = bias, .input = input, .output = output,
      .scratch = scratch, .scratch_size = ok_float_gemm_scratch_size(gemm)};
  product.grid = ok_divide_grid(
      &(ok_grid_tile){
          .rows = gemm->kernel->rows,
          .columns = columns,
          .block_rows = ok_float_gemm_block_rows(gemm)},
      rows, channels, ok_float_gemm_depth(gemm), ok_pool_thread_count(pool));
  ok_run_chunks(pool, ok_grid_part_count(&product.grid), run_part, &product);
}
