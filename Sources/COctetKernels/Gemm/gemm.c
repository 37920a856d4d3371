#include "gemm_layout.h"

#include <string.h>
#include "grid.h"
#include "Loops/loops.h"

/// Where a product's outputs go: bytes to `output`, or sums.
typedef struct product_output {
  uint8_t *bytes;
  /// NULL for bytes.
  int32_t *sums;
  /// What is done to each part of the sums; NULL for nothing.
  ok_gemm_finish finish;
  const void *context;
} product_output;

/// Bytes of panels that stay in the first-level cache beside the rows of a tile.
enum { SMALL_PANELS = 16 * 1024 };

void ok_store_sums(const ok_gemm_tile *tile, const int32_t *values, size_t columns) {
  for (size_t row = 0; row < tile->rows; ++row) {
    memcpy(
        tile->sums + row * tile->output_stride, values + row * columns,
        tile->columns * sizeof *values);
  }
}

/// Points a tile to the inputs of its rows, from row `row` of a block on, and to its outputs.
static void place_tile(
    const ok_gemm *gemm, const ok_gemm_block *block, size_t row, size_t channel,
    const product_output *output, const ok_gemm_scratch *scratch, ok_gemm_tile *tile) {
  tile->pieces = scratch->pieces + row * tile->taps;
  tile->row_terms = gemm->layout.row_factor != 0 ? scratch->row_terms + row : NULL;
  const size_t place = (block->first + row) * gemm->output_channels + channel;
  if (output->sums) tile->sums = output->sums + place;
  else tile->output = output->bytes + place;
}

/// Computes the outputs of a block for the panels from `panel` to `panel_end`, of one group.
static void run_block(
    const ok_gemm *gemm, const void *packed, const ok_gemm_block *block, size_t panel,
    size_t panel_end, const product_output *output, const ok_gemm_scratch *scratch) {
  const ok_gemm_layout *layout = &gemm->layout;
  const size_t rows = gemm->kernel->rows, columns = gemm->kernel->columns, count = block->count;
  const size_t first_channel = ok_gemm_panel_start(gemm, panel);
  const size_t end_channel = ok_gemm_panel_end(gemm, panel_end - 1);
  const uint8_t *const first_panel = ok_gemm_panels(packed) + panel * layout->panel_size;
  ok_gemm_tile tile = {
      .taps = layout->taps,
      .tap_bytes = layout->padded_elements * layout->operand_size,
      .output_stride = gemm->output_channels,
      .stage = &gemm->stage,
      .is_signed = gemm->is_signed,
      .has_signed_inputs = gemm->is_signed && !layout->flips_inputs,
  };
  tile.is_folded = ((const ok_packed_header *)packed)->is_folded;
  if (count == 1 && gemm->kernel->run_row) {
    tile.rows = 1;
    tile.columns = end_channel - first_channel;
    tile.panel = first_panel;
    place_tile(gemm, block, 0, first_channel, output, scratch, &tile);
    gemm->kernel->run_row(&tile, layout->panel_size);
    return;
  }
  // A panel stays in the first-level cache while all rows of the block pass by, or all panels do
  // while the rows of one tile, whose lines of output are complete then, wait for the next panel.
  const bool panels_fit = layout->group_panels * layout->panel_size <= SMALL_PANELS;
  const size_t tile_rows = panels_fit ? rows : count;
  for (size_t first = 0; first < count; first += tile_rows) {
    const size_t row_end = ok_smaller(first + tile_rows, count);
    tile.panel = first_panel;
    for (size_t channel = first_channel; channel < end_channel; channel += columns) {
      tile.columns = ok_smaller(columns, end_channel - channel);
      for (size_t row = first; row < row_end; row += rows) {
        tile.rows = ok_smaller(rows, row_end - row);
        place_tile(gemm, block, row, channel, output, scratch, &tile);
        gemm->kernel->run(&tile);
      }
      tile.panel = (const uint8_t *)tile.panel + layout->panel_size;
    }
  }
}

/// A product that threads share.
typedef struct shared_product {
  const ok_gemm *gemm;
  const void *packed, *input;
  const product_output *output;
  uint8_t *scratch;
  ok_grid grid;
} shared_product;

/// Computes the outputs of a block for the panels of a part, group by group.
static void run_groups(
    const shared_product *product, const ok_grid_part *part, const ok_gemm_block *block,
    const ok_gemm_scratch *scratch) {
  const ok_gemm *gemm = product->gemm;
  const product_output *output = product->output;
  const size_t panels = gemm->layout.group_panels;
  const size_t first = part->first_channel, end = first + part->channel_count;
  size_t next;
  for (size_t panel = first; panel < end; panel = next) {
    const size_t group = ok_gemm_panel_group(gemm, panel);
    next = ok_smaller((group + 1) * panels, end);
    if (panel == first) {
      ok_gemm_prepare_rows(gemm, product->packed, block, group, product->input, scratch);
    } else {
      ok_gemm_move_rows(gemm, product->packed, block, group, product->input, scratch);
    }
    run_block(gemm, product->packed, block, panel, next, output, scratch);
    if (!output->finish) continue;
    const size_t channel = ok_gemm_panel_start(gemm, panel);
    const ok_gemm_part finished = {
        .sums = output->sums, .stride = gemm->output_channels, .first_row = block->first,
        .row_count = block->count, .first_channel = channel,
        .channel_count = ok_gemm_panel_end(gemm, next - 1) - channel};
    output->finish(output->context, &finished);
  }
}

static void run_part(void *context, size_t chunk, size_t thread) {
  const shared_product *product = context;
  const ok_gemm *gemm = product->gemm;
  const ok_gemm_layout *layout = &gemm->layout;
  const ok_grid_part part = ok_grid_part_at(&product->grid, chunk);
  uint8_t *const scratch = product->scratch + thread * layout->scratch_size;
  const ok_gemm_scratch parts = {
      .pieces = (const uint8_t **)scratch,
      .row_terms = (int32_t *)(scratch + layout->terms_offset),
      .copies = scratch + layout->copies_offset,
      .lines = scratch + layout->lines_offset,
  };
  const size_t end = part.first_row + part.row_count;
  ok_gemm_block block;
  for (block.first = part.first_row; block.first < end; block.first += block.count) {
    block.count = ok_smaller(layout->block_rows, end - block.first);
    if (layout->has_lines) {
      // Lines are those of one image.
      const size_t image_rows = ok_gemm_image_rows(gemm);
      const size_t image = ok_quotient(block.first, image_rows);
      block.count = ok_smaller(block.count, (image + 1) * image_rows - block.first);
    }
    ok_gemm_prepare_lines(gemm, &block, product->input, &parts);
    run_groups(product, &part, &block, &parts);
  }
}

static void run_product(
    const ok_gemm *gemm, const void *packed, const void *input, const product_output *output,
    void *scratch, ok_pool *pool) {
  const size_t rows = ok_gemm_row_count(gemm), panels = gemm->layout.panel_count;
  if (rows == 0 || panels == 0) return;
  shared_product product = {
      .gemm = gemm, .packed = packed, .input = input, .output = output, .scratch = scratch};
  // Parts consist of whole panels, which stand for the grid's channels.
  product.grid = ok_divide_grid(
      &(ok_grid_tile){
          .rows = gemm->kernel->rows, .columns = 1, .block_rows = gemm->layout.block_rows},
      rows, panels, ok_gemm_patch_size(gemm) * gemm->kernel->columns,
      ok_pool_thread_count(pool));
  ok_run_chunks(pool, ok_grid_part_count(&product.grid), run_part, &product);
}

void ok_gemm_run(
    const ok_gemm *gemm, const void *packed, const void *input, void *output, void *scratch,
    ok_pool *pool) {
  run_product(gemm, packed, input, &(product_output){.bytes = output}, scratch, pool);
}

void ok_gemm_run_sums(
    const ok_gemm *gemm, const void *packed, const void *input, int32_t *sums,
    ok_gemm_finish finish, const void *context, void *scratch, ok_pool *pool) {
  const product_output output = {.sums = sums, .finish = finish, .context = context};
  run_product(gemm, packed, input, &output, scratch, pool);
}
