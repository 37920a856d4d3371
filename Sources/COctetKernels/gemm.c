#include "microkernels.h"
#include "pieces.h"

#include <string.h>

// The packed form: a header, one panel for each tile's width of output channels (factors, then
// weights by groups along the depth), and behind the panels one padding piece of input zero points.

/// Bytes of input and output that a block of rows may touch: a part of a second-level cache.
enum { BLOCK_BYTES = 96 * 1024 };

static size_t patch_size(const ok_gemm *gemm) {
  const ok_window *window = &gemm->window;
  return window->filter_height * window->filter_width * window->input_channels;
}

static bool is_wide(const ok_gemm *gemm) { return gemm->kernel->operands == OK_OPERANDS_WIDE; }

/// Whether rows are copied before they are multiplied: to widen them, or because pieces end
/// between what one instruction reads.
static bool copies_rows(const ok_gemm *gemm) {
  return is_wide(gemm) || gemm->window.input_channels % gemm->kernel->depth != 0;
}

static size_t padded_depth(const ok_gemm *gemm) {
  return ok_round_up(patch_size(gemm), gemm->kernel->depth);
}

static size_t weight_size(const ok_gemm *gemm) { return is_wide(gemm) ? 2 : 1; }

static size_t panel_size(const ok_gemm *gemm) {
  const size_t column = OK_FACTORS_PER_CHANNEL * sizeof(int32_t);
  return ok_round_up(
      gemm->kernel->columns * (column + padded_depth(gemm) * weight_size(gemm)), 64);
}

static size_t panel_count(const ok_gemm *gemm) {
  return (gemm->output_channels + gemm->kernel->columns - 1) / gemm->kernel->columns;
}

/// What the sum of a row's inputs is multiplied by: what makes up for weights that are stored with
/// another zero point than their own.
static int32_t row_factor(const ok_gemm *gemm) {
  if (is_wide(gemm)) return 0;
  if (gemm->kernel->operands == OK_OPERANDS_ALIKE) return -gemm->filter_zero_point;
  return gemm->is_signed ? -128 - gemm->filter_zero_point : 128 - gemm->filter_zero_point;
}

size_t ok_gemm_packed_size(const ok_gemm *gemm) {
  return sizeof(ok_packed_header) + panel_count(gemm) * panel_size(gemm) +
         ok_round_up(gemm->window.input_channels, 64);
}

static const uint8_t *packed_panels(const void *packed) {
  return (const uint8_t *)packed + sizeof(ok_packed_header);
}

/// Stores the weights of one output channel as 16-bit differences from their zero point.
static void pack_wide(
    const ok_gemm *gemm, const uint8_t *weights, size_t depth, int16_t *column) {
  const size_t group = gemm->kernel->depth, stride = gemm->kernel->columns * group;
  for (size_t k = 0; k < depth; k += group) {
    const size_t count = ok_smaller(group, depth - k);
    for (size_t i = 0; i < count; ++i) {
      const uint8_t byte = weights[k + i];
      const int32_t weight = gemm->is_signed ? (int8_t)byte : byte;
      column[i] = (int16_t)(weight - gemm->filter_zero_point);
    }
    column += stride;
  }
}

/// Stores the weights of one output channel as they are, or with the signedness that inputs don't
/// have: flipping the top bit turns int8 into uint8 with 128 more, uint8 into int8 with 128 less.
static void pack_narrow(
    const ok_gemm *gemm, const uint8_t *weights, size_t depth, uint8_t *column) {
  const uint8_t flip = gemm->kernel->operands == OK_OPERANDS_MIXED ? 0x80 : 0;
  const size_t group = gemm->kernel->depth, stride = gemm->kernel->columns * group;
  size_t k = 0;
  if (group == 4) {
    for (; k + 4 <= depth; k += 4) {
      uint32_t four;
      memcpy(&four, weights + k, 4);
      four ^= flip * UINT32_C(0x01010101);
      memcpy(column + k / 4 * stride, &four, 4);
    }
  }
  for (; k < depth; ++k) column[k / group * stride + k % group] = weights[k] ^ flip;
}

/// The sum of the differences of weights from their zero point.
static uint32_t sum_weights(const ok_gemm *gemm, const uint8_t *weights, size_t depth) {
  uint32_t sum = 0;
  if (gemm->is_signed) {
    for (size_t k = 0; k < depth; ++k) sum += (uint32_t)(int8_t)weights[k];
  } else {
    for (size_t k = 0; k < depth; ++k) sum += weights[k];
  }
  return sum - (uint32_t)depth * (uint32_t)gemm->filter_zero_point;
}

void ok_gemm_pack(
    const ok_gemm *gemm, const void *weights, const ok_channel_factors *factors, void *packed) {
  const size_t depth = patch_size(gemm), columns = gemm->kernel->columns;
  memset(packed, 0, sizeof(ok_packed_header) + panel_count(gemm) * panel_size(gemm));
  ok_packed_header *header = packed;
  uint8_t *panels = (uint8_t *)packed + sizeof(ok_packed_header);
  header->is_folded =
      gemm->kernel->folds && ok_can_fold_all(factors, gemm->output_channels, depth);
  for (size_t channel = 0; channel < gemm->output_channels; ++channel) {
    int32_t *values = (int32_t *)(panels + channel / columns * panel_size(gemm));
    const size_t column = channel % columns;
    const uint8_t *row = (const uint8_t *)weights + channel * depth;
    uint8_t *first = (uint8_t *)(values + OK_FACTORS_PER_CHANNEL * columns) +
                     column * gemm->kernel->depth * weight_size(gemm);
    if (is_wide(gemm)) {
      pack_wide(gemm, row, depth, (int16_t *)first);
    } else {
      pack_narrow(gemm, row, depth, first);
    }
    const uint32_t sum = sum_weights(gemm, row, depth);
    const uint32_t bias = factors->bias ? (uint32_t)factors->bias[channel] : 0;
    ok_store_factors(
        values, columns, column, bias - (uint32_t)gemm->input_zero_point * sum,
        factors->multiplier[channel], factors->exponent[channel]);
    if (header->is_folded) ok_fold_factors(values, columns, column, gemm->stage.zero_point);
  }
  memset(
      panels + panel_count(gemm) * panel_size(gemm), gemm->input_zero_point & 0xFF,
      gemm->window.input_channels);
}

static size_t row_count(const ok_gemm *gemm) {
  return gemm->window.batches * gemm->window.output_height * gemm->window.output_width;
}

/// Rows that are computed together.
static size_t block_rows(const ok_gemm *gemm) {
  const size_t rows = gemm->kernel->rows;
  const size_t tile_bytes =
      rows * (padded_depth(gemm) * weight_size(gemm) + gemm->output_channels);
  const size_t tiles = tile_bytes == 0 ? 1 : BLOCK_BYTES / tile_bytes;
  return rows * (tiles == 0 ? 1 : tiles);
}

/// The parts of a thread's scratch, for one block of rows.
typedef struct scratch_parts {
  const uint8_t **pieces;
  int32_t *row_terms;
  uint8_t *copies;
  size_t size;
} scratch_parts;

static scratch_parts divide_scratch(const ok_gemm *gemm, void *scratch) {
  const ok_window *window = &gemm->window;
  const size_t rows =
      ok_smaller(block_rows(gemm), ok_round_up(row_count(gemm), gemm->kernel->rows));
  const size_t taps = copies_rows(gemm) ? 1 : window->filter_height * window->filter_width;
  const size_t pieces_size = ok_round_up(rows * taps * sizeof(uint8_t *), 64);
  const size_t terms_size = ok_round_up(rows * sizeof(int32_t), 64);
  const size_t copies_size =
      copies_rows(gemm) ? ok_round_up(rows * padded_depth(gemm) * weight_size(gemm), 64) : 0;
  scratch_parts parts = {.size = pieces_size + terms_size + copies_size};
  if (scratch) {
    parts.pieces = scratch;
    parts.row_terms = (int32_t *)((uint8_t *)scratch + pieces_size);
    parts.copies = (uint8_t *)scratch + pieces_size + terms_size;
  }
  return parts;
}

size_t ok_gemm_scratch_size(const ok_gemm *gemm) { return divide_scratch(gemm, NULL).size; }

/// Widens or copies `count` bytes, and returns where the next piece of the row goes.
static inline uint8_t *copy_piece(
    const ok_gemm *gemm, uint8_t *destination, const uint8_t *source, size_t count) {
  if (!is_wide(gemm)) {
    ok_copy_piece(destination, source, count);
    return destination + count;
  }
  int16_t *wide = (int16_t *)destination;
  if (gemm->is_signed) {
    for (size_t i = 0; i < count; ++i) wide[i] = (int8_t)source[i];
  } else {
    for (size_t i = 0; i < count; ++i) wide[i] = source[i];
  }
  return destination + 2 * count;
}

/// Copies the window at a position into one row.
static void copy_row(
    const ok_gemm *gemm, const ok_position *position, const uint8_t *input,
    const uint8_t *padding, uint8_t *row) {
  const ok_window *window = &gemm->window;
  const size_t channels = window->input_channels;
  uint8_t *const end = row + padded_depth(gemm) * weight_size(gemm);
  const size_t left =
      position->column * window->stride_width - window->padding_left;  // may wrap below 0
  const bool is_inside = window->dilation_width == 1 && left < window->input_width &&
                         window->filter_width <= window->input_width - left;
  for (size_t y = 0; y < window->filter_height; ++y) {
    const uint8_t *line = ok_input_line(window, position, y, input);
    if (line && is_inside) {
      row = copy_piece(gemm, row, line + left * channels, window->filter_width * channels);
      continue;
    }
    for (size_t x = 0; x < window->filter_width; ++x) {
      const size_t column = left + x * window->dilation_width;
      const uint8_t *pixel =
          line && column < window->input_width ? line + column * channels : padding;
      row = copy_piece(gemm, row, pixel, channels);
    }
  }
  // A few bytes at most, for which a call would take longer.
  while (row < end) *row++ = 0;
}

/// Points to the rows of a block, copied where they must be.
static void locate_rows(
    const ok_gemm *gemm, const uint8_t *input, const uint8_t *padding, size_t first, size_t count,
    const scratch_parts *parts) {
  const ok_window *window = &gemm->window;
  const size_t row_size = padded_depth(gemm) * weight_size(gemm);
  const size_t taps = window->filter_height * window->filter_width;
  ok_position position = ok_position_at(window, first);
  for (size_t row = 0; row < count; ++row) {
    if (copies_rows(gemm)) {
      parts->pieces[row] = parts->copies + row * row_size;
      copy_row(gemm, &position, input, padding, parts->copies + row * row_size);
    } else {
      ok_locate_window(window, &position, input, padding, parts->pieces + row * taps);
    }
    ok_advance(window, &position);
  }
}

/// Whether output rows are the input's pixels, one by one.
static bool is_plain_product(const ok_gemm *gemm) {
  const ok_window *window = &gemm->window;
  return window->filter_height == 1 && window->filter_width == 1 && window->stride_height == 1 &&
         window->stride_width == 1 && window->output_height == window->input_height &&
         window->output_width == window->input_width;
}

/// Fills the pieces and terms of a block of rows.
static void prepare_rows(
    const ok_gemm *gemm, const uint8_t *input, const uint8_t *padding, size_t first, size_t count,
    const scratch_parts *parts) {
  const ok_window *window = &gemm->window;
  const bool copies = copies_rows(gemm);
  const size_t taps = copies ? 1 : window->filter_height * window->filter_width;
  if (!copies && is_plain_product(gemm)) {
    for (size_t row = 0; row < count; ++row) {
      parts->pieces[row] = input + (first + row) * window->input_channels;
    }
  } else {
    locate_rows(gemm, input, padding, first, count, parts);
  }
  // The last tile is filled up with its last row.
  const size_t end = ok_round_up(count, gemm->kernel->rows);
  for (size_t row = count; row < end; ++row) {
    memcpy(
        parts->pieces + row * taps, parts->pieces + (row - 1) * taps, taps * sizeof(uint8_t *));
  }
  if (row_factor(gemm) == 0) return;
  const ok_gemm_rows rows = {
      .count = end,
      .taps = taps,
      .tap_bytes = copies ? padded_depth(gemm) * weight_size(gemm) : window->input_channels,
      .pieces = parts->pieces,
      .is_signed = gemm->is_signed,
      .factor = row_factor(gemm),
      .terms = parts->row_terms,
  };
  gemm->kernel->sum(&rows);
}

/// Rows, and channels from a multiple of the kernel's columns on.
typedef struct output_part {
  size_t first_row, row_count;
  size_t first_channel, channel_count;
} output_part;

/// Bytes of panels that stay in the first-level cache beside the rows of a tile.
enum { SMALL_PANELS = 16 * 1024 };

static void run_block(
    const ok_gemm *gemm, const void *packed, size_t count, const output_part *part,
    uint8_t *output, const scratch_parts *parts) {
  const bool copies = copies_rows(gemm);
  const size_t rows = gemm->kernel->rows, columns = gemm->kernel->columns;
  ok_gemm_tile tile = {
      .taps = copies ? 1 : gemm->window.filter_height * gemm->window.filter_width,
      .tap_bytes = copies ? padded_depth(gemm) * weight_size(gemm) : gemm->window.input_channels,
      .output_stride = gemm->output_channels,
      .stage = &gemm->stage,
      .is_signed = gemm->is_signed,
  };
  tile.is_folded = ((const ok_packed_header *)packed)->is_folded;
  const bool has_terms = row_factor(gemm) != 0;
  const size_t end = part->first_channel + part->channel_count;
  // A panel stays in the first-level cache while all rows of the block pass by, or all panels do
  // while the rows of one tile, whose lines of output are complete then, wait for the next panel.
  const bool panels_fit = panel_count(gemm) * panel_size(gemm) <= SMALL_PANELS;
  const size_t tile_rows = panels_fit ? rows : count;
  for (size_t first = 0; first < count; first += tile_rows) {
    const size_t row_end = ok_smaller(first + tile_rows, count);
    for (size_t channel = part->first_channel; channel < end; channel += columns) {
      tile.panel = packed_panels(packed) + channel / columns * panel_size(gemm);
      tile.columns = ok_smaller(columns, end - channel);
      for (size_t row = first; row < row_end; row += rows) {
        tile.rows = ok_smaller(rows, row_end - row);
        tile.pieces = parts->pieces + row * tile.taps;
        tile.row_terms = has_terms ? parts->row_terms + row : NULL;
        tile.output = output + row * gemm->output_channels + channel;
        gemm->kernel->run(&tile);
      }
    }
  }
}

static void run_part(
    const ok_gemm *gemm, const void *packed, const void *input, void *output,
    const output_part *part, void *scratch) {
  const uint8_t *padding = packed_panels(packed) + panel_count(gemm) * panel_size(gemm);
  const scratch_parts parts = divide_scratch(gemm, scratch);
  const size_t block = block_rows(gemm);
  const size_t end = part->first_row + part->row_count;
  for (size_t first = part->first_row; first < end; first += block) {
    const size_t count = ok_smaller(block, end - first);
    prepare_rows(gemm, input, padding, first, count, &parts);
    run_block(
        gemm, packed, count, part, (uint8_t *)output + first * gemm->output_channels, &parts);
  }
}

/// A product that threads share.
typedef struct shared_product {
  const ok_gemm *gemm;
  const void *packed, *input;
  void *output;
  uint8_t *scratch;
  size_t scratch_size;
  /// The output as a grid of chunks, rows innermost.
  size_t chunk_rows, chunk_channels, row_chunks;
} shared_product;

static void run_chunk(void *context, size_t chunk, size_t thread) {
  const shared_product *product = context;
  const size_t row = chunk % product->row_chunks * product->chunk_rows;
  const size_t channel = chunk / product->row_chunks * product->chunk_channels;
  const output_part part = {
      .first_row = row,
      .row_count = ok_smaller(product->chunk_rows, row_count(product->gemm) - row),
      .first_channel = channel,
      .channel_count =
          ok_smaller(product->chunk_channels, product->gemm->output_channels - channel),
  };
  run_part(
      product->gemm, product->packed, product->input, product->output, &part,
      product->scratch + thread * product->scratch_size);
}

/// Multiplications below which other threads take longer to join than to help.
enum { SMALL_PRODUCT = 1 << 18 };

/// Chunks for each thread: threads that are slower for a while leave some to the others.
enum { CHUNKS_PER_THREAD = 4 };

void ok_gemm_run(
    const ok_gemm *gemm, const void *packed, const void *input, void *output, void *scratch,
    ok_pool *pool) {
  const size_t rows = row_count(gemm), channels = gemm->output_channels;
  if (rows == 0 || channels == 0) return;
  const size_t threads = ok_pool_thread_count(pool);
  if (threads == 1 || rows * channels * patch_size(gemm) < SMALL_PRODUCT) {
    const output_part all = {.row_count = rows, .channel_count = channels};
    run_part(gemm, packed, input, output, &all, scratch);
    return;
  }
  const size_t wanted = threads * CHUNKS_PER_THREAD;
  shared_product product = {
      .gemm = gemm, .packed = packed, .input = input, .output = output, .scratch = scratch,
      .scratch_size = ok_gemm_scratch_size(gemm)};
  product.chunk_rows = ok_smaller(
      block_rows(gemm), ok_round_up((rows + wanted - 1) / wanted, gemm->kernel->rows));
  product.row_chunks = (rows + product.chunk_rows - 1) / product.chunk_rows;
  const size_t channel_chunks = (wanted + product.row_chunks - 1) / product.row_chunks;
  product.chunk_channels =
      ok_round_up((channels + channel_chunks - 1) / channel_chunks, gemm->kernel->columns);
  const size_t columns = (channels + product.chunk_channels - 1) / product.chunk_channels;
  ok_pool_run(pool, product.row_chunks * columns, run_chunk, &product);
}
