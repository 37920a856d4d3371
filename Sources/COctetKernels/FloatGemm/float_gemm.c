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

static void run_block(
    const shared_product *product, const ok_grid_part *part, size_t count,
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
  const bool panels_fit = ok_float_padding_start(gemm) * sizeof(float) <= SMALL_PANELS;
  const size_t tile_rows = panels_fit ? rows : count;
  const size_t end = part->first_channel + part->channel_count;
  for (size_t first = 0; first < count; first += tile_rows) {
    const size_t row_end = ok_smaller(first + tile_rows, count);
    for (size_t channel = part->first_channel; channel < end; channel += tile.columns) {
      tile.panel = product->packed + ok_float_panel_start(gemm, channel);
      const bool takes_two = count == 1 && end - channel >= 2 * columns;
      tile.columns = takes_two ? 2 * columns : ok_smaller(columns, end - channel);
      tile.bias = product->bias ? product->bias + channel : NULL;
      tile.offset = channel;
      for (size_t row = first; row < row_end; row += rows) {
        tile.rows = ok_smaller(rows, row_end - row);
        tile.pieces = scratch->pieces + row * tile.taps;
        tile.outputs = scratch->outputs + row;
        gemm->kernel->run(&tile);
      }
    }
  }
}

static void run_part(void *context, size_t chunk, size_t thread) {
  const shared_product *product = context;
  const ok_float_gemm *gemm = product->gemm;
  const ok_grid_part part = ok_grid_part_at(&product->grid, chunk);
  const ok_float_scratch scratch =
      ok_float_gemm_divide_scratch(gemm, product->scratch + thread * product->scratch_size);
  const float *padding = product->packed + ok_float_padding_start(gemm);
  const size_t block = ok_float_gemm_block_rows(gemm);
  const size_t end = part.first_row + part.row_count;
  for (size_t first = part.first_row; first < end; first += block) {
    const size_t count = ok_smaller(block, end - first);
    ok_float_gemm_prepare_rows(
        gemm, padding, product->input, product->output, first, count, &scratch);
    run_block(product, &part, count, &scratch);
  }
}

void ok_float_gemm_run(
    const ok_float_gemm *gemm, const void *packed, const float *bias, const float *input,
    float *output, void *scratch, ok_pool *pool) {
  const size_t rows = ok_float_gemm_row_count(gemm), channels = gemm->output_channels;
  if (rows == 0 || channels == 0) return;
  shared_product product = {
      .gemm = gemm, .packed = packed, .bias = bias, .input = input, .output = output,
      .scratch = scratch, .scratch_size = ok_float_gemm_scratch_size(gemm)};
  product.grid = ok_divide_grid(
      &(ok_grid_tile){
          .rows = gemm->kernel->rows,
          .columns = gemm->kernel->columns,
          .block_rows = ok_float_gemm_block_rows(gemm)},
      rows, channels, ok_float_gemm_depth(gemm), ok_pool_thread_count(pool));
  ok_run_chunks(pool, ok_grid_part_count(&product.grid), run_part, &product);
}
