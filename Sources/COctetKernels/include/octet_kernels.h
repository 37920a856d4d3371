#ifndef OCTET_KERNELS_H
#define OCTET_KERNELS_H

// 8-bit kernels with the bits of TFLite's reference kernels.
//
// Every micro-kernel is listed once, in `kernels.inc`, with its operation, instruction set and tile.
// Callers choose an entry, pack constant weights in its layout once, and run the operation on any
// range of output rows. Nothing here allocates, and nothing reads or writes outside of what it is
// given.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Instruction sets, the later ones preferred where the machine has them.
///
/// No machine has those of both architectures.
typedef enum ok_isa {
  /// Plain C.
  OK_ISA_PORTABLE,
  /// x86 with SSE4.1.
  OK_ISA_SSE41,
  /// x86 with AVX2.
  OK_ISA_AVX2,
  /// x86 with AVX2 and dot products of bytes in 256 bits.
  OK_ISA_AVXVNNI,
  /// x86 with AVX-512 F, BW and VL.
  OK_ISA_AVX512,
  /// x86 with AVX-512 and dot products of bytes.
  OK_ISA_AVX512VNNI,
  /// AArch64, which always has NEON.
  OK_ISA_NEON,
  /// AArch64 with dot products of bytes (FEAT_DotProd).
  OK_ISA_NEONDOT,
  /// AArch64 with products of matrices of bytes (FEAT_I8MM).
  OK_ISA_NEONI8MM,
  OK_ISA_COUNT,
} ok_isa;

/// The name that users know: "portable", "avx2", "neondot" and so on; NULL outside the enumeration.
const char *ok_isa_name(ok_isa isa);

/// Whether this processor and operating system can run an instruction set.
bool ok_isa_is_supported(ok_isa isa);

/// How an int32 sum becomes an 8-bit output.
///
/// `output = clamp(zero_point + round(round(sum · 2^left · multiplier / 2^31) / 2^right))`, with
/// gemmlowp's two roundings; additions and the left shift wrap.
typedef struct ok_output_stage {
  int32_t zero_point;
  int32_t minimum;
  int32_t maximum;
  /// Whether any channel has a left shift.
  bool shifts_left;
} ok_output_stage;

/// The factors of each output channel, all of `count` elements.
typedef struct ok_channel_factors {
  /// NULL stands for zeros.
  const int32_t *bias;
  /// Q0.31 mantissas, above INT32_MIN.
  const int32_t *multiplier;
  /// Positive: left shift, at most 30; negative: rounding right shift, at most 31.
  const int32_t *exponent;
} ok_channel_factors;

/// The windows of a two-dimensional convolution over NHWC images.
typedef struct ok_window {
  size_t batches;
  size_t input_height, input_width, input_channels;
  size_t filter_height, filter_width;
  size_t output_height, output_width;
  size_t stride_height, stride_width;
  size_t dilation_height, dilation_width;
  size_t padding_top, padding_left;
} ok_window;

// MARK: Threads

/// Threads that share the chunks of parallel work with their caller.
typedef struct ok_pool ok_pool;

/// Does one chunk. `thread` is below the pool's thread count, and 0 for the caller.
typedef void (*ok_pool_task)(void *context, size_t chunk, size_t thread);

/// A pool of `thread_count` threads, the caller included; NULL where memory is out.
ok_pool *ok_pool_create(size_t thread_count);

/// Ends the threads; no section may be running.
void ok_pool_destroy(ok_pool *pool);

/// The threads of a pool, the caller included; 1 for NULL.
size_t ok_pool_thread_count(const ok_pool *pool);

/// Runs all chunks (below 2^32) and returns when they are done. One caller at a time.
void ok_pool_run(ok_pool *pool, size_t chunk_count, ok_pool_task task, void *context);

// MARK: Matrix products and dense convolutions

typedef struct ok_gemm_tile ok_gemm_tile;
typedef struct ok_gemm_rows ok_gemm_rows;

/// What a matrix micro-kernel reads.
typedef enum ok_operands {
  /// int16: rows widened first, weights less their zero point.
  OK_OPERANDS_WIDE,
  /// Rows as they are, weights with the top bit flipped: one of the two is signed, the other not.
  OK_OPERANDS_MIXED,
  /// Rows and weights as they are.
  OK_OPERANDS_ALIKE,
} ok_operands;

/// A micro-kernel for tiles of a product of 8-bit matrices.
typedef struct ok_gemm_kernel {
  const char *name;
  ok_isa isa;
  /// Rows and columns of a tile.
  size_t rows, columns;
  /// Consecutive elements along the depth that one instruction multiplies.
  size_t depth;
  ok_operands operands;
  /// Whether the micro-kernel takes folded factors, where sums are small enough for them.
  bool folds;
  /// Computes `row_terms` from the sums of rows, for kernels that aren't wide.
  void (*sum)(const ok_gemm_rows *rows);
  /// Computes a tile with one row and any number of columns, whose panels stand `panel_size` bytes
  /// apart; NULL where that is done panel by panel.
  void (*run_row)(const ok_gemm_tile *tile, size_t panel_size);
  void (*run)(const ok_gemm_tile *tile);
} ok_gemm_kernel;

/// The micro-kernels for matrix products, in no particular order.
const ok_gemm_kernel *ok_gemm_kernels(size_t *count);

/// How a micro-kernel finds the inputs of a row.
typedef enum ok_row_form {
  /// A piece for each pixel under the window, where it stands.
  OK_ROWS_OF_PIXELS,
  /// A piece for each line under the window, or for each pixel where others stand in between, in
  /// copies of the image's lines that go on beyond its borders. What is read behind a piece is
  /// multiplied with zeros.
  OK_ROWS_OF_LINES,
  /// One piece: a copy.
  OK_ROWS_COPIED,
} ok_row_form;

/// How a product is laid out in memory; worked out once by `ok_gemm_plan`.
typedef struct ok_gemm_layout {
  ok_row_form form;
  /// Whether rows are the input's pixels, one by one.
  bool is_plain;
  /// Whether rows are pieces, or copies, of lines that go on beyond the borders.
  bool has_lines;
  /// Whether lines hold int8 inputs as uint8, 128 more, so that weights keep their zero point of 0.
  bool flips_inputs;
  /// Pieces of each row.
  size_t taps;
  /// Elements of a piece, and how many the micro-kernel multiplies.
  size_t tap_elements, padded_elements;
  /// Bytes of a pixel, with the channels of all groups, in copies of lines.
  size_t pixel_size;
  /// Bytes of a weight, and of an input where rows or lines are copied.
  size_t operand_size;
  /// Bytes of a row.
  size_t row_size;
  /// Bytes from one line to the next.
  size_t line_size;
  /// Rows that are prepared together, a multiple of the kernel's.
  size_t block_rows;
  /// What a row's sum is multiplied by and adds to its products; 0 where it isn't needed.
  int32_t row_factor;
  /// The panels of packed weights: those of each group, and of all.
  size_t panel_size, group_panels, panel_count;
  /// Places in a thread's scratch, behind the addresses of pieces; `scratch_size` is a multiple of 64.
  size_t terms_offset, copies_offset, lines_offset, scratch_size;
} ok_gemm_layout;

/// A convolution, dense or in groups of channels; a matrix product is one whose window is a single
/// element.
typedef struct ok_gemm {
  const ok_gemm_kernel *kernel;
  /// Its channels are those of each pixel that an output follows from: all, or a group.
  ok_window window;
  /// Channels of an input pixel.
  size_t pixel_channels;
  size_t output_channels;
  /// Output channels that follow from the same input channels; the last group may have fewer.
  ///
  /// Groups read neighbouring channels, the last one the last channels of a pixel, which may overlap
  /// with those before.
  size_t group_outputs;
  /// int8 operands rather than uint8.
  bool is_signed;
  int32_t input_zero_point, filter_zero_point;
  ok_output_stage stage;
  /// Follows from the other fields.
  ok_gemm_layout layout;
} ok_gemm;

/// Works out the layout, which everything else needs.
///
/// `layout.scratch_size` is what each thread needs; windows of extreme extents ask for up to 2^40
/// bytes, and should be left to another implementation.
void ok_gemm_plan(ok_gemm *gemm);

/// The bytes of packed weights, a multiple of 64.
size_t ok_gemm_packed_size(const ok_gemm *gemm);

/// Packs `weights [O, KH, KW, C]`, where C are the window's channels, with their zero point and that
/// of the input folded in.
///
/// `factors` may be NULL where only sums are computed; there is no bias then.
///
/// `packed` must be aligned to 64 bytes.
void ok_gemm_pack(
    const ok_gemm *gemm, const void *weights, const ok_channel_factors *factors, void *packed);

/// Computes the whole output.
///
/// `scratch` must be aligned to 64 bytes, and large enough for each thread of `pool`, which may be
/// NULL. The result does not depend on the number of threads.
void ok_gemm_run(
    const ok_gemm *gemm, const void *packed, const void *input, void *output, void *scratch,
    ok_pool *pool);

/// The sums of some rows and channels of a product.
typedef struct ok_gemm_part {
  /// Those of the whole product, row after row.
  int32_t *sums;
  /// From row to row.
  size_t stride;
  size_t first_row, row_count, first_channel, channel_count;
} ok_gemm_part;

/// Turns a part of the sums, where they stand, into what is wanted of them.
typedef void (*ok_gemm_finish)(const void *context, const ok_gemm_part *part);

/// As `ok_gemm_run`, but stores the sums, with the bias and without the output stage, as int32.
///
/// `finish`, which may be NULL, is called once for each part, while its sums are in the cache: by
/// several threads at once where `pool` has them.
void ok_gemm_run_sums(
    const ok_gemm *gemm, const void *packed, const void *input, int32_t *sums,
    ok_gemm_finish finish, const void *context, void *scratch, ok_pool *pool);

// MARK: Depthwise convolutions

typedef struct ok_depthwise_line ok_depthwise_line;

/// A micro-kernel for a line of output pixels of a depthwise convolution.
typedef struct ok_depthwise_kernel {
  const char *name;
  ok_isa isa;
  /// Channels that are computed together.
  size_t channels;
  /// Taps that one instruction multiplies.
  size_t taps;
  /// Whether weights are stored in 16 bits.
  bool is_wide;
  /// Whether the micro-kernel takes folded factors, where sums are small enough for them.
  bool folds;
  /// The channel of a block that position `index` of its packed factors belongs to.
  size_t (*channel_at)(size_t index);
  void (*run)(const ok_depthwise_line *line);
} ok_depthwise_kernel;

/// The micro-kernels for depthwise convolutions, in no particular order.
const ok_depthwise_kernel *ok_depthwise_kernels(size_t *count);

typedef struct ok_depthwise_3x3_line ok_depthwise_3x3_line;
typedef struct ok_interleaving ok_interleaving;
typedef struct ok_depthwise_pairs ok_depthwise_pairs;

/// A micro-kernel for a line of output pixels under windows of 3×3 pixels: one that takes lines of
/// bytes, or one that takes pairs of lines as 16-bit words.
typedef struct ok_depthwise_3x3_kernel {
  const char *name;
  ok_isa isa;
  /// Channels that are computed together.
  size_t channels;
  /// The channel of a block that position `index` of its packed factors belongs to; NULL with pairs,
  /// where channels are in order.
  size_t (*channel_at)(size_t index);
  /// NULL with pairs.
  void (*run)(const ok_depthwise_3x3_line *line);
  /// Makes a pair of two lines; NULL with bytes.
  void (*interleave)(const ok_interleaving *lines);
  /// NULL with bytes.
  void (*run_pairs)(const ok_depthwise_pairs *pairs);
} ok_depthwise_3x3_kernel;

/// The micro-kernels for windows of 3×3 pixels, in no particular order; there may be none.
const ok_depthwise_3x3_kernel *ok_depthwise_3x3_kernels(size_t *count);

/// A depthwise convolution with one filter for each channel.
typedef struct ok_depthwise {
  const ok_depthwise_kernel *kernel;
  /// Preferred where it fits; NULL for none.
  const ok_depthwise_3x3_kernel *kernel_3x3;
  ok_window window;
  /// int8 operands rather than uint8.
  bool is_signed;
  int32_t input_zero_point, filter_zero_point;
  ok_output_stage stage;
} ok_depthwise;

/// The bytes of packed weights, a multiple of 64.
size_t ok_depthwise_packed_size(const ok_depthwise *depthwise);

/// Packs `weights [1, KH, KW, C]` with zero points folded in; `packed` is aligned to 64 bytes.
void ok_depthwise_pack(
    const ok_depthwise *depthwise, const void *weights, const ok_channel_factors *factors,
    void *packed);

/// The name of the micro-kernel that weights were packed for.
const char *ok_depthwise_kernel_name(const ok_depthwise *depthwise, const void *packed);

/// The bytes of scratch that each thread needs, a multiple of 64.
size_t ok_depthwise_scratch_size(const ok_depthwise *depthwise);

/// Computes the whole output; scratch and pool as for `ok_gemm_run`.
void ok_depthwise_run(
    const ok_depthwise *depthwise, const void *packed, const void *input, void *output,
    void *scratch, ok_pool *pool);

// MARK: Sums

enum { OK_BROADCAST_RANK = 6 };

/// How two inputs are repeated to the shape of the output.
typedef struct ok_broadcast {
  /// 1 to `OK_BROADCAST_RANK`.
  size_t rank;
  /// Outermost first.
  size_t extents[OK_BROADCAST_RANK];
  /// Elements from one position to the next; 0 where an input is repeated.
  size_t left_strides[OK_BROADCAST_RANK], right_strides[OK_BROADCAST_RANK];
} ok_broadcast;

typedef struct ok_sum ok_sum;

/// A micro-kernel for sums and differences of quantized values.
typedef struct ok_sum_kernel {
  const char *name;
  ok_isa isa;
  void (*run)(
      const ok_sum *sum, const uint8_t *left, const uint8_t *right, uint8_t *output, size_t count);
} ok_sum_kernel;

/// The micro-kernels for sums, in no particular order.
const ok_sum_kernel *ok_sum_kernels(size_t *count);

/// How one input of a sum comes to the common scale:
/// `round(round((q − zero_point) · 2^left_shift · multiplier / 2^31) / 2^right)`.
typedef struct ok_sum_input {
  int32_t zero_point;
  int32_t multiplier;
  int32_t right;
} ok_sum_input;

/// The sum of two quantized arrays, element by element.
struct ok_sum {
  const ok_sum_kernel *kernel;
  /// int8 elements rather than uint8.
  bool is_signed;
  /// Whether the right input is subtracted.
  bool subtracts;
  int32_t left_shift;
  ok_sum_input left, right;
  int32_t multiplier, exponent;
  ok_output_stage stage;
};

/// Computes the whole output; `pool` may be NULL.
void ok_sum_run(
    const ok_sum *sum, const ok_broadcast *broadcast, const uint8_t *left, const uint8_t *right,
    uint8_t *output, ok_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
