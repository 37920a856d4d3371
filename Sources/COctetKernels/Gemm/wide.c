#include "octet_wide.h"

#include "grid.h"
#include "Loops/loops.h"
#include "pieces.h"

#include <string.h>

// Products of int16 rows: copies of windows, tiles of sums, and outputs from these.
//
// The packed form: for each group, one panel for each tile's width of output channels; a panel has a
// piece for each segment of the depth: factors, which are zeros, then weights by groups along it.

/// Bytes of rows that are prepared together: a part of a second-level cache.
enum { BLOCK_BYTES = 96 * 1024 };

/// How a product is laid out in memory.
typedef struct layout {
  /// Elements of a row, and with zeros behind them as the kernel multiplies them.
  size_t depth, padded_depth;
  /// Elements of all segments but the last, and how many there are.
  size_t segment_depth, segment_count;
  /// Bytes of packed weights.
  size_t segment_size, panel_size, panel_count, group_size;
  /// Whether rows are copied; otherwise they are pixels.
  bool copies;
  size_t rows, block_rows;
  /// Places in a thread's scratch.
  size_t sums_offset, totals_offset, scratch_size;
} layout;

static bool is_plain(const ok_window *window) {
  return window->filter_height == 1 && window->filter_width == 1 && window->stride_height == 1 &&
         window->stride_width == 1 && window->output_height == window->input_height &&
         window->output_width == window->input_width;
}

static layout lay_out(const ok_wide_product *product) {
  const ok_window *window = &product->window;
  const ok_gemm_kernel *kernel = product->kernel;
  layout layout = {
      .depth = window->filter_height * window->filter_width * window->input_channels,
      .rows = window->batches * window->output_height * window->output_width};
  layout.padded_depth = ok_round_up(layout.depth, kernel->depth);
  layout.segment_depth = product->is_narrow ? layout.padded_depth
                                            : ok_smaller(layout.padded_depth, OK_WIDE_SEGMENT);
  layout.segment_count =
      layout.depth == 0 ? 0 : (layout.depth + layout.segment_depth - 1) / layout.segment_depth;
  layout.segment_size = ok_round_up(
      kernel->columns * (OK_FACTORS_PER_CHANNEL * sizeof(int32_t) +
                         layout.segment_depth * sizeof(int16_t)),
      64);
  layout.panel_size = layout.segment_count * layout.segment_size;
  layout.panel_count = (product->output_channels + kernel->columns - 1) / kernel->columns;
  layout.group_size = layout.panel_count * layout.panel_size;

  layout.copies = !is_plain(window) || layout.padded_depth != layout.depth;
  const size_t tile_size = kernel->rows * layout.padded_depth * sizeof(int16_t);
  const size_t tiles = tile_size == 0 ? 1 : ok_larger(1, BLOCK_BYTES / tile_size);
  layout.block_rows =
      ok_smaller(kernel->rows * tiles, ok_round_up(layout.rows, kernel->rows));
  const size_t copied = layout.copies ? layout.block_rows / kernel->rows * tile_size : 0;
  const size_t elements = kernel->rows * kernel->columns;
  layout.sums_offset = ok_round_up(copied, 64);
  layout.totals_offset = layout.sums_offset + ok_round_up(elements * sizeof(int32_t), 64);
  layout.scratch_size = layout.totals_offset + ok_round_up(elements * sizeof(int64_t), 64);
  return layout;
}

size_t ok_wide_packed_size(const ok_wide_product *product) {
  return product->groups * lay_out(product).group_size;
}

size_t ok_wide_scratch_size(const ok_wide_product *product) {
  return lay_out(product).scratch_size;
}

/// Packs one segment of one channel, by groups of `group` elements that stand `stride` apart.
static void pack_segment(
    const int8_t *weights, size_t count, size_t group, size_t stride, int16_t *column) {
  for (size_t k = 0; k < count; ++k) column[k / group * stride + k % group] = weights[k];
}

void ok_wide_pack(const ok_wide_product *product, const int8_t *weights, void *packed) {
  const layout layout = lay_out(product);
  const ok_gemm_kernel *kernel = product->kernel;
  const size_t columns = kernel->columns;
  memset(packed, 0, product->groups * layout.group_size);
  for (size_t group = 0; group < product->groups; ++group) {
    for (size_t channel = 0; channel < product->output_channels; ++channel) {
      const int8_t *row =
          weights + (group * product->output_channels + channel) * layout.depth;
      uint8_t *piece = (uint8_t *)packed + group * layout.group_size +
                       channel / columns * layout.panel_size;
      for (size_t first = 0; first < layout.depth; first += layout.segment_depth) {
        int16_t *const values =
            (int16_t *)(piece + OK_FACTORS_PER_CHANNEL * columns * sizeof(int32_t));
        pack_segment(
            row + first, ok_smaller(layout.segment_depth, layout.depth - first), kernel->depth,
            columns * kernel->depth, values + channel % columns * kernel->depth);
        piece += layout.segment_size;
      }
    }
  }
}

/// A product that threads share.
typedef struct product_work {
  const ok_wide_product *product;
  const ok_wide_stage *stage;
  layout layout;
  const uint8_t *packed;
  const int16_t *input;
  int16_t *output;
  uint8_t *scratch;
  ok_grid grid;
} product_work;

/// Rows that stand at equal distances.
typedef struct row_block {
  const int16_t *first;
  size_t stride;
} row_block;

/// The line of the image under row `y` of the window; NULL outside of the image.
static const int16_t *line_under(
    const product_work *work, const ok_position *position, size_t y, const int16_t *input) {
  const ok_window *window = &work->product->window;
  // Above the image the unsigned difference wraps to a value beyond any height.
  const size_t row =
      position->row * window->stride_height + y * window->dilation_height - window->padding_top;
  if (row >= window->input_height) return NULL;
  return input + (position->batch * window->input_height + row) * window->input_width *
                     window->input_channels * work->product->groups;
}

/// Copies the window at a position, with zeros for what lies outside of the image.
static void copy_window(
    const product_work *work, const ok_position *position, const int16_t *input, int16_t *row) {
  const ok_window *window = &work->product->window;
  const size_t channels = window->input_channels, width = window->filter_width;
  const size_t pixel = channels * work->product->groups;
  const size_t left = position->column * window->stride_width - window->padding_left;
  const bool is_whole = pixel == channels && window->dilation_width == 1 &&
                        left < window->input_width && width <= window->input_width - left;
  for (size_t y = 0; y < window->filter_height; ++y) {
    const int16_t *line = line_under(work, position, y, input);
    if (line && is_whole) {
      memcpy(row, line + left * pixel, width * channels * sizeof *row);
      row += width * channels;
      continue;
    }
    for (size_t x = 0; x < width; ++x, row += channels) {
      const size_t column = left + x * window->dilation_width;
      if (line && column < window->input_width) {
        memcpy(row, line + column * pixel, channels * sizeof *row);
      } else {
        memset(row, 0, channels * sizeof *row);
      }
    }
  }
}

/// Copies the rows of a block, or finds them where they stand.
static row_block prepare_rows(
    const product_work *work, size_t group, size_t first, size_t count, int16_t *copies) {
  const ok_window *window = &work->product->window;
  const layout *layout = &work->layout;
  const size_t pixel = window->input_channels * work->product->groups;
  const int16_t *input = work->input + group * window->input_channels;
  if (!layout->copies) return (row_block){.first = input + first * pixel, .stride = pixel};
  ok_position position = ok_position_at(window, first);
  for (size_t row = 0; row < count; ++row) {
    int16_t *const copy = copies + row * layout->padded_depth;
    copy_window(work, &position, input, copy);
    for (size_t k = layout->depth; k < layout->padded_depth; ++k) copy[k] = 0;
    ok_advance(window, &position);
  }
  return (row_block){.first = copies, .stride = layout->padded_depth};
}

/// Computes the sums of a tile: in `sums` where one segment gives them, otherwise in `totals`.
static void sum_tile(
    const product_work *work, const row_block *rows, const uint8_t *panel, size_t row_count,
    size_t columns, int32_t *sums, int64_t *totals) {
  enum { MAXIMUM_ROWS = 16 };
  const ok_gemm_kernel *kernel = work->product->kernel;
  const layout *layout = &work->layout;
  const uint8_t *pieces[MAXIMUM_ROWS];
  ok_gemm_tile tile = {
      .rows = row_count, .columns = columns, .taps = 1, .pieces = pieces, .sums = sums,
      .output_stride = kernel->columns};
  const size_t count = row_count * kernel->columns;
  if (layout->segment_count > 1) memset(totals, 0, count * sizeof *totals);
  for (size_t segment = 0; segment < layout->segment_count; ++segment) {
    const size_t first = segment * layout->segment_depth;
    // The last tile is filled up with its last row.
    for (size_t row = 0; row < kernel->rows; ++row) {
      pieces[row] = (const uint8_t *)(rows->first + ok_smaller(row, row_count - 1) * rows->stride +
                                      first);
    }
    tile.tap_bytes =
        ok_smaller(layout->segment_depth, layout->padded_depth - first) * sizeof(int16_t);
    tile.panel = panel + segment * layout->segment_size;
    kernel->run(&tile);
    if (layout->segment_count == 1) return;
    for (size_t i = 0; i < count; ++i) totals[i] += sums[i];
  }
}

/// Computes some rows and channels of one group.
static void run_block(
    const product_work *work, size_t group, const ok_grid_part *part, size_t first_row,
    size_t row_count, uint8_t *scratch) {
  const ok_wide_product *product = work->product;
  const layout *layout = &work->layout;
  const size_t rows = product->kernel->rows, columns = product->kernel->columns;
  const size_t outputs = product->output_channels * product->groups;
  const row_block block = prepare_rows(work, group, first_row, row_count, (int16_t *)scratch);
  ok_wide_sums sums = {
      .sums = (int32_t *)(scratch + layout->sums_offset), .stride = columns,
      .output_stride = outputs};
  int64_t *const totals = (int64_t *)(scratch + layout->totals_offset);
  if (layout->segment_count > 1) sums.totals = totals;
  const size_t end = part->first_channel + part->channel_count;
  for (size_t channel = part->first_channel; channel < end; channel += columns) {
    const uint8_t *panel =
        work->packed + group * layout->group_size + channel / columns * layout->panel_size;
    sums.channel = group * product->output_channels + channel;
    sums.columns = ok_smaller(columns, end - channel);
    for (size_t row = 0; row < row_count; row += rows) {
      const row_block tile = {
          .first = block.first + row * block.stride, .stride = block.stride};
      sums.rows = ok_smaller(rows, row_count - row);
      sum_tile(work, &tile, panel, sums.rows, sums.columns, sums.sums, totals);
      work->stage->loops->finish_wide(
          work->stage, &sums, work->output + (first_row + row) * outputs + sums.channel);
    }
  }
}

static void run_part(void *context, size_t chunk, size_t thread) {
  const product_work *work = context;
  const size_t part_count = ok_grid_part_count(&work->grid);
  const ok_grid_part part = ok_grid_part_at(&work->grid, chunk % part_count);
  uint8_t *const scratch = work->scratch + thread * work->layout.scratch_size;
  for (size_t done = 0; done < part.row_count; done += work->layout.block_rows) {
    run_block(
        work, chunk / part_count, &part, part.first_row + done,
        ok_smaller(work->layout.block_rows, part.row_count - done), scratch);
  }
}

void ok_wide_run(
    const ok_wide_product *product, const ok_wide_stage *stage, const void *packed,
    const int16_t *input, int16_t *output, void *scratch, ok_pool *pool) {
  product_work work = {
      .product = product, .stage = stage, .layout = lay_out(product), .packed = packed,
      .input = input, .output = output, .scratch = scratch};
  if (work.layout.rows == 0 || product->output_channels == 0) return;
  const ok_grid_tile tile = {
      .rows = product->kernel->rows, .columns = product->kernel->columns,
      .block_rows = work.layout.block_rows};
  work.grid = ok_divide_grid(
      &tile, work.layout.rows, product->output_channels, work.layout.depth,
      ok_pool_thread_count(pool));
  ok_run_chunks(pool, product->groups * ok_grid_part_count(&work.grid), run_part, &work);
}
