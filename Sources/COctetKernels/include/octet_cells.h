#ifndef OCTET_CELLS_H
#define OCTET_CELLS_H

// The loops of recurrent cells, one vector at a time, with the bits of TFLite's reference kernels.

#include "octet_loops.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The products of a vector with each row of an int8 matrix, added up; sums wrap.
void ok_multiply_rows(
    const ok_loops *loops, const int16_t *vector, const int8_t *matrix, size_t rows, size_t depth,
    int32_t *sums);

/// How sums are added to the values of a gate: `values[i] += (sums[i] + bias[i]) · factor`, the
/// product rounded as in an `ok_output_stage`, the result saturated.
typedef struct ok_gate_sum {
  /// NULL for zeros.
  const int32_t *bias;
  /// Above INT32_MIN.
  int32_t multiplier;
  int32_t exponent;
  /// Whether values are replaced rather than added to.
  bool replaces;
} ok_gate_sum;

void ok_add_to_gate(
    const ok_loops *loops, const ok_gate_sum *sum, const int32_t *sums, int16_t *values,
    size_t count);

/// Windows over the last values of sequences, one behind the other, oldest values first.
typedef struct ok_windows {
  int16_t *values;
  size_t count;
  /// The values of each window, at least one.
  size_t length;
} ok_windows;

/// Moves each window on by one to its newest value, and multiplies it with a row of `weights`; the
/// products of a window are added up, and wrap.
void ok_slide_windows(
    const ok_loops *loops, const ok_windows *windows, const int16_t *newest, const int16_t *weights,
    int32_t *sums);

/// `1 / (1 + exp(−x))` in Q0.15 of values with 0 to 6 integer bits, in place: gemmlowp's.
void ok_logistic_16(const ok_loops *loops, int16_t *values, size_t count, int32_t integer_bits);

/// `tanh(x)` in Q0.15 of values with 0 to 6 integer bits, in place: gemmlowp's.
void ok_tanh_16(const ok_loops *loops, int16_t *values, size_t count, int32_t integer_bits);

#ifdef __cplusplus
}
#endif

#endif
