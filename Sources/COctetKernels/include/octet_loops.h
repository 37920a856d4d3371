#ifndef OCTET_LOOPS_H
#define OCTET_LOOPS_H

// Loops over elements, with the bits of TFLite's reference kernels: what is neither a convolution
// nor a matrix product.
//
// One source gives the loops of every instruction set. Callers choose a set's loops once and hand
// them to each operation. `pool` may be NULL; results don't depend on the number of threads.

#include "octet_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The loops of one instruction set.
typedef struct ok_loops ok_loops;

/// The loops of all instruction sets that this library was compiled for, in no particular order.
const ok_loops *const *ok_loops_table(size_t *count);

/// The instruction set of loops.
ok_isa ok_loops_isa(const ok_loops *loops);

// MARK: Element by element

/// `output[i] = table[input[i]]`, with tables of 256 bytes.
void ok_look_up(
    const ok_loops *loops, const uint8_t *table, const uint8_t *input, uint8_t *output,
    size_t count, ok_pool *pool);

/// As `ok_look_up`, on `rows` pieces of `length` bytes that stand `input_stride` and `output_stride`
/// bytes apart.
void ok_look_up_rows(
    const ok_loops *loops, const uint8_t *table, const uint8_t *input, size_t input_stride,
    uint8_t *output, size_t output_stride, size_t rows, size_t length, ok_pool *pool);

/// Writes each byte `times` times.
void ok_repeat_elements(const uint8_t *input, size_t count, size_t times, uint8_t *output);

/// Copies `count` pixels of `bytes` bytes that stand `input_stride` and `output_stride` bytes apart.
void ok_copy_pixels(
    const uint8_t *input, size_t input_stride, uint8_t *output, size_t output_stride, size_t count,
    size_t bytes);

/// Matrices that are transposed, and how they lie in the input and the output, in elements.
typedef struct ok_transposition {
  /// 1, 2 or 4.
  size_t element_bytes;
  /// The number of dimensions around the matrices, at most `OK_BROADCAST_RANK`; outermost first.
  size_t rank;
  size_t extents[OK_BROADCAST_RANK];
  size_t input_strides[OK_BROADCAST_RANK], output_strides[OK_BROADCAST_RANK];
  /// Of a matrix in the input.
  size_t rows, columns;
  /// From one row to the next.
  size_t input_row, output_row;
} ok_transposition;

/// Writes each matrix with its rows as columns.
void ok_transpose(
    const ok_loops *loops, const ok_transposition *transposition, const void *input, void *output,
    ok_pool *pool);

/// One scale and zero point for all elements.
typedef struct ok_affine {
  float scale;
  int32_t zero_point;
  /// int8 rather than uint8.
  bool is_signed;
} ok_affine;

/// `clamp(zero_point + round(input / scale))`, halves away from zero; not-a-number and what does not
/// fit in 32 bits count as INT32_MIN, and the sum wraps.
void ok_quantize(
    const ok_loops *loops, const ok_affine *affine, const float *input, uint8_t *output,
    size_t count, ok_pool *pool);

/// `scale · (input − zero_point)`.
void ok_dequantize(
    const ok_loops *loops, const ok_affine *affine, const uint8_t *input, float *output,
    size_t count, ok_pool *pool);

/// The product of two quantized arrays, element by element.
typedef struct ok_product {
  bool is_signed;
  int32_t left_zero_point, right_zero_point;
  int32_t multiplier, exponent;
  ok_output_stage stage;
} ok_product;

/// The product of broadcast inputs.
void ok_product_run(
    const ok_loops *loops, const ok_product *product, const ok_broadcast *broadcast,
    const uint8_t *left, const uint8_t *right, uint8_t *output, ok_pool *pool);

/// The squares of differences of broadcast inputs, brought to a common scale as for sums; `sum` needs
/// no kernel.
void ok_square_differences(
    const ok_loops *loops, const ok_sum *sum, const ok_broadcast *broadcast, const uint8_t *left,
    const uint8_t *right, uint8_t *output, ok_pool *pool);

/// One side of a comparison, whose values count as `round((input − zero_point) · 2^8 · scale)`.
typedef struct ok_comparison_input {
  int32_t zero_point;
  /// The scale in Q0.31, and the shifts left before and right behind the multiplication.
  int32_t multiplier, left, right;
} ok_comparison_input;

/// A comparison of two quantized arrays.
typedef struct ok_comparison {
  bool is_signed;
  bool is_true_if_less, is_true_if_equal, is_true_if_greater;
  ok_comparison_input left, right;
} ok_comparison;

/// Compares broadcast inputs; the outputs are 0 and 1.
void ok_compare(
    const ok_loops *loops, const ok_comparison *comparison, const ok_broadcast *broadcast,
    const uint8_t *left, const uint8_t *right, uint8_t *output, ok_pool *pool);

/// The larger byte of each pair of broadcast inputs, where all bits of `flip` are flipped first.
void ok_take_larger(
    const ok_loops *loops, uint8_t flip, const ok_broadcast *broadcast, const uint8_t *left,
    const uint8_t *right, uint8_t *output, ok_pool *pool);

// MARK: int16

/// As `ok_sum_run`; `sum` needs no kernel.
void ok_sum_wide_run(
    const ok_loops *loops, const ok_sum *sum, const ok_broadcast *broadcast, const int16_t *left,
    const int16_t *right, int16_t *output, ok_pool *pool);

/// As `ok_product_run`.
void ok_product_wide_run(
    const ok_loops *loops, const ok_product *product, const ok_broadcast *broadcast,
    const int16_t *left, const int16_t *right, int16_t *output, ok_pool *pool);

/// As `ok_take_larger`.
void ok_take_larger_wide(
    const ok_loops *loops, uint16_t flip, const ok_broadcast *broadcast, const int16_t *left,
    const int16_t *right, int16_t *output, ok_pool *pool);

/// A function with one factor from 0 on and another below.
typedef struct ok_sides {
  int32_t multiplier_above, exponent_above;
  int32_t multiplier_below, exponent_below;
  /// Whether results below 0 change their sign.
  bool negates_below;
  int32_t minimum, maximum;
} ok_sides;

/// Scales each element and clamps it; the output may be the input.
void ok_scale_sides(
    const ok_loops *loops, const ok_sides *sides, const int16_t *input, int16_t *output,
    size_t count, ok_pool *pool);

/// A function of int16 by 512 lines, each for 128 neighbouring values.
typedef struct ok_lines {
  /// Where lines begin, and 128 times their slopes.
  const int32_t *starts, *slopes;
} ok_lines;

/// The value on its line for each element, as the low 16 bits; the output may be the input.
void ok_interpolate(
    const ok_loops *loops, const ok_lines *lines, const int16_t *input, int16_t *output,
    size_t count, ok_pool *pool);

enum { OK_SIGMOID_ENTRIES = 256 };

/// A function whose values below 0 are a number less those above.
typedef struct ok_sigmoid {
  /// Elements count as `round(element · multiplier / 2^right)`, and the product wraps.
  int32_t multiplier, right;
  /// Bits of the position on a line.
  int32_t fraction_bits;
  /// Lines from 0 on, `OK_SIGMOID_ENTRIES` of them; the last one goes on for ever, and is level.
  const int32_t *starts, *slopes;
  /// What values are added to from 0 on, and taken from below; then they are shifted right.
  int32_t above, below, shift;
} ok_sigmoid;

/// Logistic or hyperbolic tangent of each element; the output may be the input.
void ok_sigmoid_run(
    const ok_loops *loops, const ok_sigmoid *function, const int16_t *input, int16_t *output,
    size_t count, ok_pool *pool);

// MARK: Windows and lines

/// Pooling over the windows of an NHWC image; positions outside of it don't count.
typedef struct ok_pooling {
  /// Dilations are 1.
  ok_window window;
  /// Whether elements are int16; otherwise, whether bytes are int8.
  bool is_wide, is_signed;
  int32_t minimum, maximum;
} ok_pooling;

/// The largest numbers of elements under a window that `ok_pool_averages` divides by exactly, of bytes
/// and of int16.
enum { OK_AVERAGE_LIMIT = 1 << 15, OK_AVERAGE_WIDE_LIMIT = 511 };

/// The mean of each window, rounded to nearest, halves away from zero.
void ok_pool_averages(
    const ok_loops *loops, const ok_pooling *pooling, const void *input, void *output,
    ok_pool *pool);

/// The largest element of each window.
void ok_pool_maxima(
    const ok_loops *loops, const ok_pooling *pooling, const void *input, void *output,
    ok_pool *pool);

/// What an output row or column is interpolated between.
typedef struct ok_resize_tap {
  size_t lower, upper;
  /// The share of `upper`, times 16 for sixteenths; for int8 otherwise a multiple of 1/1024 times
  /// 1024.
  float weight;
} ok_resize_tap;

/// Linear interpolation between the pixels of an NHWC image.
typedef struct ok_resize {
  size_t batches, input_height, input_width, output_height, output_width, channels;
  /// int8 rather than uint8. Unless weights are sixteenths, int8 is computed in integers, with weights
  /// within −1024...2048, and uint8 in float.
  bool is_signed;
  /// Whether all weights are multiples of 1/16.
  bool is_sixteenths;
  const ok_resize_tap *rows, *columns;
} ok_resize;

/// The bytes of scratch that each thread needs, a multiple of 64.
size_t ok_resize_scratch_size(const ok_resize *resize);

/// Computes the whole output; `scratch` is aligned to 64 bytes, and large enough for each thread.
void ok_resize_run(
    const ok_loops *loops, const ok_resize *resize, const uint8_t *input, uint8_t *output,
    void *scratch, ok_pool *pool);

// MARK: Rows

/// The sums over the middle dimension of `input [outer, reduced, inner]`; they wrap.
void ok_add_up(
    const ok_loops *loops, bool is_signed, const uint8_t *input, size_t outer, size_t reduced,
    size_t inner, int32_t *sums, ok_pool *pool);

/// The place of the first largest element of each row; rows have at least one element.
void ok_find_largest(
    const ok_loops *loops, bool is_signed, const uint8_t *input, size_t rows, size_t length,
    int32_t *places, ok_pool *pool);

/// Which byte of several is taken.
typedef struct ok_byte_reduction {
  /// The bits that are flipped before bytes are compared as unsigned numbers: the largest is taken,
  /// 0 where there are none.
  uint8_t flip;
  /// Whether 1 is written for anything but 0.
  bool is_truth;
} ok_byte_reduction;

/// Reduces the middle dimension of `input [outer, reduced, inner]`.
void ok_reduce_bytes(
    const ok_loops *loops, const ok_byte_reduction *reduction, const uint8_t *input, size_t outer,
    size_t reduced, size_t inner, uint8_t *output, ok_pool *pool);

/// 8-bit rows that are scaled one by one.
typedef struct ok_row_bytes {
  bool is_signed;
  int32_t zero_point, output_zero_point;
} ok_row_bytes;

/// What the values of a row are multiplied by: `round(round((value << left) · multiplier / 2^31) / 2^right)`.
typedef struct ok_row_scale {
  int32_t multiplier, left, right;
} ok_row_scale;

/// The sum of the squares of each row's distances from the zero point; they wrap.
void ok_add_squares(
    const ok_loops *loops, const ok_row_bytes *bytes, const uint8_t *input, size_t rows,
    size_t length, int32_t *sums, ok_pool *pool);

/// Scales each row's distances from the zero point by its own factor; the output's type is the input's.
void ok_scale_rows(
    const ok_loops *loops, const ok_row_bytes *bytes, const ok_row_scale *scales,
    const uint8_t *input, size_t rows, size_t length, uint8_t *output, ok_pool *pool);

/// How integers are combined; sums and products wrap.
typedef enum ok_integer_reduction {
  /// From int16 to int32.
  OK_INT16_TOTAL,
  /// int16.
  OK_INT16_LARGEST,
  OK_INT16_SMALLEST,
  /// int32.
  OK_INT32_TOTAL,
  OK_INT32_PRODUCT,
  OK_INT32_LARGEST,
  OK_INT32_SMALLEST,
  /// From int32 to int64.
  OK_INT32_WIDE_TOTAL,
} ok_integer_reduction;

/// Combines the middle dimension of `input [outer, reduced, inner]`.
void ok_reduce_integers(
    const ok_loops *loops, ok_integer_reduction operation, const void *input, size_t outer,
    size_t reduced, size_t inner, void *output, ok_pool *pool);

/// Exponentials by the distance of an element from its row's largest.
typedef struct ok_softmax {
  bool is_signed;
  /// 256 of them, in Q0.31.
  const int32_t *exponentials;
  /// The distances that have an exponential: those below.
  int32_t distance_count;
} ok_softmax;

/// Exponentials divided by the sum of their row, in steps of 1/256 above the lowest value.
void ok_softmax_run(
    const ok_loops *loops, const ok_softmax *softmax, const uint8_t *input, uint8_t *output,
    size_t rows, size_t length, ok_pool *pool);

/// Softmax of int16 rows by tables.
typedef struct ok_softmax_wide {
  /// From distances to what `exponentials` takes, less the largest int16.
  int32_t multiplier, exponent;
  /// In Q0.15; neither has values below 0.
  ok_lines exponentials, reciprocals;
} ok_softmax_wide;

/// Exponentials divided by the sum of their row, in Q0.15.
void ok_softmax_wide_run(
    const ok_loops *loops, const ok_softmax_wide *softmax, const int16_t *input, int16_t *output,
    size_t rows, size_t length, ok_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
