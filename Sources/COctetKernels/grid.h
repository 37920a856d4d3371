#ifndef OCTET_GRID_H
#define OCTET_GRID_H

// How threads share the output of a matrix product: as a grid of parts, rows innermost.

#include "microkernels.h"

typedef struct ok_grid {
  size_t rows, channels;
  /// Those of one part; parts at the ends may have fewer.
  size_t part_rows, part_channels;
} ok_grid;

/// Rows, and channels from a multiple of the tile's columns on. Products whose panels may have unused
/// columns count panels as channels.
typedef struct ok_grid_part {
  size_t first_row, row_count;
  size_t first_channel, channel_count;
} ok_grid_part;

/// What parts are made up of.
typedef struct ok_grid_tile {
  size_t rows, columns;
  /// Rows that are prepared together: a multiple of `rows`.
  size_t block_rows;
} ok_grid_tile;

/// Multiplications below which other threads take longer to join than to help.
enum { OK_SMALL_PRODUCT = 1 << 18 };

/// Parts for each thread: threads that are slower for a while leave some to the others.
enum { OK_PARTS_PER_THREAD = 4 };

/// Divides an output with at least one row and channel, whose elements are sums of `depth` products.
static inline ok_grid ok_divide_grid(
    const ok_grid_tile *tile, size_t rows, size_t channels, size_t depth, size_t threads) {
  ok_grid grid = {
      .rows = rows, .channels = channels, .part_rows = rows, .part_channels = channels};
  if (threads == 1 || rows * channels * depth < OK_SMALL_PRODUCT) return grid;
  const size_t wanted = threads * OK_PARTS_PER_THREAD;
  grid.part_rows =
      ok_smaller(tile->block_rows, ok_round_up((rows + wanted - 1) / wanted, tile->rows));
  const size_t row_parts = (rows + grid.part_rows - 1) / grid.part_rows;
  const size_t channel_parts = (wanted + row_parts - 1) / row_parts;
  grid.part_channels =
      ok_round_up((channels + channel_parts - 1) / channel_parts, tile->columns);
  return grid;
}

/// Whether there is one part only, as for small products, which the divisions below would slow down.
static inline bool ok_grid_is_whole(const ok_grid *grid) {
  return grid->part_rows >= grid->rows && grid->part_channels >= grid->channels;
}

static inline size_t ok_grid_row_parts(const ok_grid *grid) {
  return (grid->rows + grid->part_rows - 1) / grid->part_rows;
}

static inline size_t ok_grid_part_count(const ok_grid *grid) {
  if (ok_grid_is_whole(grid)) return 1;
  return ok_grid_row_parts(grid) *
         ((grid->channels + grid->part_channels - 1) / grid->part_channels);
}

static inline ok_grid_part ok_grid_part_at(const ok_grid *grid, size_t index) {
  if (ok_grid_is_whole(grid)) {
    return (ok_grid_part){.row_count = grid->rows, .channel_count = grid->channels};
  }
  const size_t row_parts = ok_grid_row_parts(grid);
  const size_t row = index % row_parts * grid->part_rows;
  const size_t channel = index / row_parts * grid->part_channels;
  return (ok_grid_part){
      .first_row = row,
      .row_count = ok_smaller(grid->part_rows, grid->rows - row),
      .first_channel = channel,
      .channel_count = ok_smaller(grid->part_channels, grid->channels - channel),
  };
}

#endif
