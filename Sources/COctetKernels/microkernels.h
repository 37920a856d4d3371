#ifndef OCTET_MICROKERNELS_H
#define OCTET_MICROKERNELS_H

// What drivers hand to micro-kernels.

#include "octet_kernels.h"

/// One tile of a matrix product.
struct ok_gemm_tile {
  /// Rows and columns that are stored: at least 1, at most the kernel's, but for `run_row`.
  size_t rows, columns;
  /// Pieces of each row, and the bytes of each: a multiple of what one instruction multiplies.
  size_t taps, tap_bytes;
  /// Addresses of the pieces, row after row.
  const uint8_t *const *pieces;
  /// The panel of packed weights: bias, multiplier, left shift, right shift and 0 of each column as
  /// int32, or what `ok_fold_factors` leaves of them, then the weights of each group of elements
  /// along the depth, column after column.
  const void *panel;
  /// What each row adds to its sums; NULL for nothing.
  const int32_t *row_terms;
  /// Where bytes go.
  uint8_t *output;
  /// Where sums go as they are, and no bytes; NULL for bytes.
  int32_t *sums;
  /// Elements from row to row of what is stored.
  size_t output_stride;
  const ok_output_stage *stage;
  /// Whether bytes that are stored are int8.
  bool is_signed;
  /// Whether inputs are int8, and weights uint8 if operands are mixed; not for wide operands.
  bool has_signed_inputs;
  /// Whether factors are folded; only for kernels that take them so.
  bool is_folded;
};

/// Stores a tile's sums, whose rows have `columns` values, as they are.
void ok_store_sums(const ok_gemm_tile *tile, const int32_t *values, size_t columns);

/// Rows that sums of rows are computed of together.
enum { OK_SUMMED_ROWS = 4 };

/// Bytes up to which pieces of rows are copied.
enum { OK_COPIED_BYTES = 32 };

/// Rows whose elements are to be added up.
struct ok_gemm_rows {
  /// A multiple of `OK_SUMMED_ROWS`, or of the kernel's rows.
  size_t count;
  /// Pieces of each row, and the bytes of each: any number.
  size_t taps, tap_bytes;
  const uint8_t *const *pieces;
  bool is_signed;
  /// What sums are multiplied by.
  int32_t factor;
  int32_t *terms;
};

/// One line of output pixels of a depthwise convolution.
struct ok_depthwise_line {
  size_t pixels, channels;
  /// Filter taps, not rounded up.
  size_t taps;
  /// Addresses of the input pixels under each window, window after window.
  const uint8_t *const *pieces;
  /// Blocks of channels: bias, multiplier, left shift, right shift and 0 as int32 in the kernel's
  /// order, or what `ok_fold_factors` leaves of them, then weights by groups of taps.
  const void *packed;
  /// What a sum of a window's inputs is multiplied by and adds to the sum of products.
  int32_t input_factor;
  uint8_t *output;
  const ok_output_stage *stage;
  bool is_signed;
  /// Whether factors are folded; only for kernels that take them so.
  bool is_folded;
};

/// Channels that are computed together; other numbers leave the rest of the last block unused.
enum { OK_3X3_CHANNELS = 64 };

/// The weights of a block of channels for windows of 3×3 pixels.
typedef struct ok_depthwise_3x3_block {
  /// Factors as `ok_fold_factors` leaves them, in the kernel's order of channels.
  _Alignas(64) int32_t bias[OK_3X3_CHANNELS];
  int32_t multiplier[OK_3X3_CHANNELS], zero[OK_3X3_CHANNELS], right[OK_3X3_CHANNELS];
  int32_t offset[OK_3X3_CHANNELS];
  /// The distances of weights from their zero point, as far as a byte holds them: by columns of the
  /// window, then by channels, each with its three taps and a 0.
  int8_t weights[3][4 * OK_3X3_CHANNELS];
  /// What bytes don't hold.
  int8_t rest[3][4 * OK_3X3_CHANNELS];
  bool has_rest;
} ok_depthwise_3x3_block;

/// One line of output pixels of a depthwise convolution with windows of 3×3 pixels.
struct ok_depthwise_3x3_line {
  size_t pixels, channels;
  /// 1 or 2.
  size_t stride;
  /// Lines of input, from the leftmost pixel under the first window to the last one under the last.
  const uint8_t *lines[3];
  const ok_depthwise_3x3_block *blocks;
  uint8_t *output;
  const ok_output_stage *stage;
  bool is_signed;
};

/// The pixels of two lines to be widened to 16 bits and put side by side, element by element.
struct ok_interleaving {
  const uint8_t *lines[2];
  /// Bytes from one pixel to the next in each line.
  size_t steps[2];
  size_t pixels;
  /// Blocks of the kernel's channels, one after the other in lines.
  size_t blocks;
  /// The pixels of each block, elements of the first line in the low halves; and elements from
  /// block to block.
  int32_t *pairs;
  size_t block_step;
  bool is_signed;
};

/// Pixels that are computed together: behind the last window, elements are read as if there were
/// windows for the rest of them.
enum { OK_PAIRS_PIXELS = 4 };

/// The int32 values that each channel has in blocks of weights for pairs of lines: five factors, as
/// `ok_fold_factors` leaves them, then weights less their zero point by pairs and columns, for
/// windows that begin in the first line of a pair, and for those that begin in the second.
enum { OK_PAIRS_VALUES = 5 + 2 * 2 * 3 };

/// A line of output pixels under windows of 3×3 pixels, which two pairs of lines hold, or some blocks
/// of its channels.
struct ok_depthwise_pairs {
  /// Pixels, or what stands for them where one block has the channels of several.
  size_t count;
  /// Blocks of the kernel's channels, one after the other in outputs.
  size_t blocks;
  /// Elements under the first window, and elements from block to block.
  const int32_t *pairs[2];
  size_t block_step;
  /// Where the columns of a window stand, and how far it is to the next window.
  size_t columns[3], advance;
  /// Factors and weights of the first block; those of the next follow.
  const int32_t *factors, *weights;
  uint8_t *output;
  /// Bytes from one pixel to the next.
  size_t output_stride;
  const ok_output_stage *stage;
  bool is_signed;
};

/// Whether neighbouring pixels fill one block: its weights are repeated for each of them.
static inline bool ok_is_narrow_3x3(size_t channels, size_t stride) {
  return stride == 1 && channels < OK_3X3_CHANNELS && OK_3X3_CHANNELS % channels == 0;
}

/// Keeps the compiler from preparing the factor of 32-bit products outside of a loop: inside of it it
/// would no longer know that the products are single instructions.
#define OK_KEEP_HALVES(vector) __asm__("" : "+v"(vector))

/// Loops over rows and vectors have constant bounds; only unrolled do sums stay in registers.
#define OK_UNROLL _Pragma("clang loop unroll(full)")

/// The int32 values before a panel's weights, for each of its columns or channels.
enum { OK_FACTORS_PER_CHANNEL = 5 };

#define OK_GEMM(isa, rows, columns, depth, operands, folds, sum, run_row, function) \
  void function(const ok_gemm_tile *tile);
#define OK_DEPTHWISE(isa, channels, taps, is_wide, folds, channel_at, function) \
  void function(const ok_depthwise_line *line);
#define OK_DEPTHWISE_3X3(isa, channel_at, function) \
  void function(const ok_depthwise_3x3_line *line);
#define OK_DEPTHWISE_PAIRS(isa, channels, interleave, function) \
  void interleave(const ok_interleaving *lines);                \
  void function(const ok_depthwise_pairs *pairs);
#define OK_SUM(isa, function)                                                        \
  void function(                                                                     \
      const ok_sum *sum, const uint8_t *left, const uint8_t *right, uint8_t *output, \
      size_t count);
#include "kernels.inc"

void ok_sum_rows_avxvnni(const ok_gemm_rows *rows);
void ok_sum_rows_avx512vnni(const ok_gemm_rows *rows);
void ok_sum_rows_neondot(const ok_gemm_rows *rows);
void ok_gemm_row_avx512vnni(const ok_gemm_tile *tile, size_t panel_size);

size_t ok_channel_in_order(size_t index);
size_t ok_channel_in_halves(size_t index);
size_t ok_channel_in_lanes(size_t index);
size_t ok_channel_in_pairs(size_t index);
size_t ok_channel_in_quads(size_t index);

static inline size_t ok_round_up(size_t value, size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// A quotient that is 0 most of the time, which dividing takes tens of cycles to find.
static inline size_t ok_quotient(size_t dividend, size_t divisor) {
  return dividend < divisor ? 0 : dividend / divisor;
}

static inline size_t ok_smaller(size_t left, size_t right) { return left < right ? left : right; }

static inline size_t ok_larger(size_t left, size_t right) { return left > right ? left : right; }

#endif
