#ifndef OCTET_REAL_LOOPS_H
#define OCTET_REAL_LOOPS_H

// Loops over float32 elements, with the bits of TFLite's reference kernels: every product is rounded
// before it is added, and sums are added up in the reference's order.

#include "octet_loops.h"

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Element by element

/// A function of one real number.
typedef enum ok_real_operation {
  /// `lower` where x is at most that, `upper` where x is above that, else x, also where it isn't a
  /// number.
  OK_REAL_CLAMP,
  OK_REAL_ABSOLUTE,
  OK_REAL_NEGATIVE,
  OK_REAL_SQUARE,
  OK_REAL_SQUARE_ROOT,
  /// `1 / √x`, with two roundings.
  OK_REAL_RECIPROCAL_SQUARE_ROOT,
  OK_REAL_FLOOR,
  OK_REAL_CEILING,
  /// The nearest integer, halves to even.
  OK_REAL_NEAREST,
  /// x where it is above 0, else `slope · x`.
  OK_REAL_LEAKY,
  /// `x · min(max(x + 3, 0), 6) / 6`, where what isn't a number counts as 0 in the second factor.
  OK_REAL_HARD_SWISH,
  /// These are functions of the kernels' own, which don't depend on the C library.
  OK_REAL_EXPONENTIAL,
  OK_REAL_HYPERBOLIC_TANGENT,
  /// `1 / (1 + exp(−x))`.
  OK_REAL_LOGISTIC,
  /// x, or `exp(x) − 1` where it is below 0.
  OK_REAL_ELU,
  OK_REAL_LOGARITHM,
  OK_REAL_SINE,
  OK_REAL_COSINE,
  /// `x / 2 · (1 − erf(−x / √2))`.
  OK_REAL_GELU,
  /// `x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))`.
  OK_REAL_GELU_APPROXIMATION,
} ok_real_operation;

/// A function of one real number with its constants.
typedef struct ok_real_function {
  ok_real_operation operation;
  /// Of `OK_REAL_CLAMP`.
  float lower, upper;
  /// Of `OK_REAL_LEAKY`.
  float slope;
} ok_real_function;

/// Each element's function value; the output may be the input.
void ok_map_reals(
    const ok_loops *loops, const ok_real_function *function, const float *input, float *output,
    size_t count, ok_pool *pool);

/// Half-precision numbers, given by their bits, in float32.
void ok_widen_halves(
    const ok_loops *loops, const uint16_t *input, float *output, size_t count, ok_pool *pool);

/// A function of two real numbers.
typedef enum ok_real_pair_operation {
  OK_REAL_SUM,
  OK_REAL_DIFFERENCE,
  OK_REAL_PRODUCT,
  OK_REAL_QUOTIENT,
  /// The left one where it is smaller, else the right one.
  OK_REAL_MINIMUM,
  /// The left one where it is larger, else the right one.
  OK_REAL_MAXIMUM,
  OK_REAL_SQUARED_DIFFERENCE,
  /// The left one to the power of the right one: a function of the kernels' own.
  OK_REAL_POWER,
  /// The left one where it is at least 0, else the product.
  OK_REAL_LEAKY_PRODUCT,
} ok_real_pair_operation;

/// A function of two real numbers, clamped as `OK_REAL_CLAMP` does.
typedef struct ok_real_pair_function {
  ok_real_pair_operation operation;
  float lower, upper;
} ok_real_pair_function;

/// The function of broadcast inputs; the output may be an input that isn't repeated.
void ok_combine_reals(
    const ok_loops *loops, const ok_real_pair_function *function, const ok_broadcast *broadcast,
    const float *left, const float *right, float *output, ok_pool *pool);

// MARK: Windows

/// A convolution of each channel by itself, of NHWC images.
typedef struct ok_real_depthwise {
  /// Taps outside of the image don't count.
  ok_window window;
  /// Those of the input, times the filters of each; the input has as many, or a single one that all
  /// filters share.
  size_t output_channels;
  /// The interval that outputs are clamped to, as by `OK_REAL_CLAMP`.
  float lower, upper;
} ok_real_depthwise;

/// Computes the whole output.
///
/// - filter: `[KH, KW, O]`
/// - bias: NULL adds nothing.
void ok_depthwise_reals(
    const ok_loops *loops, const ok_real_depthwise *depthwise, const float *input,
    const float *filter, const float *bias, float *output, ok_pool *pool);

/// Pooling over the windows of an NHWC image; positions outside of it don't count.
typedef struct ok_real_pooling {
  /// Dilations are 1.
  ok_window window;
  /// The largest element of each window rather than the mean.
  bool takes_maximum;
  /// The interval that outputs are clamped to, as by `OK_REAL_CLAMP`.
  float lower, upper;
} ok_real_pooling;

/// Pools the whole image.
void ok_pool_reals(
    const ok_loops *loops, const ok_real_pooling *pooling, const float *input, float *output,
    ok_pool *pool);

// MARK: Rows

/// How a reduction combines elements.
typedef enum ok_real_reduction {
  OK_REAL_TOTAL,
  OK_REAL_MULTIPLIED,
  /// From −FLT_MAX on; what isn't a number doesn't count.
  OK_REAL_LARGEST,
  /// From FLT_MAX on; what isn't a number doesn't count.
  OK_REAL_SMALLEST,
} ok_real_reduction;

/// Combines the middle dimension of `input [outer, reduced, inner]` and divides by `divisor`.
void ok_reduce_reals(
    const ok_loops *loops, ok_real_reduction operation, float divisor, const float *input,
    size_t outer, size_t reduced, size_t inner, float *output, ok_pool *pool);

/// The place of the first largest or smallest element of each row; rows have at least one element.
///
/// What isn't a number doesn't count, unless it is the first element, which is found then.
void ok_find_extreme(
    const ok_loops *loops, bool finds_largest, const float *input, size_t rows, size_t length,
    int32_t *places, ok_pool *pool);

/// `exp(beta · x)`, divided by its sum over a row.
void ok_softmax_reals(
    const ok_loops *loops, float beta, const float *input, float *output, size_t rows,
    size_t length, ok_pool *pool);

/// The logarithm of softmax.
void ok_log_softmax_reals(
    const ok_loops *loops, const float *input, float *output, size_t rows, size_t length,
    ok_pool *pool);

/// Writes each element `times` times.
void ok_repeat_reals(const float *input, size_t count, size_t times, float *output);

#ifdef __cplusplus
}
#endif

#endif
