#ifndef OCTET_REQUANTIZE_H
#define OCTET_REQUANTIZE_H

#include "octet_kernels.h"

/// `sum · 2^left · multiplier / 2^(31 + right)`, rounded twice.
///
/// Source: gemmlowp `SaturatingRoundingDoublingHighMul` and `RoundingDivideByPOT`. The first rounds
/// halves towards +∞ for products of either sign, so that it is one addition and a shift; it can't
/// overflow, because multipliers are above INT32_MIN.
static inline int32_t ok_scale(int32_t sum, int32_t multiplier, int32_t left, int32_t right) {
  const int32_t shifted = (int32_t)((uint32_t)sum << left);
  const int64_t product = (int64_t)shifted * multiplier + (INT64_C(1) << 30);
  const int32_t high = (int32_t)(product >> 31);
  const int64_t mask = (INT64_C(1) << right) - 1;
  const int64_t threshold = (mask >> 1) + (high < 0);
  return (high >> right) + ((high & mask) > threshold);
}

/// One output from its sum, in portable arithmetic: what every instruction set must equal.
static inline uint8_t ok_requantize(
    int32_t sum, int32_t multiplier, int32_t left, int32_t right, const ok_output_stage *stage) {
  const int32_t scaled = ok_scale(sum, multiplier, left, right);
  const int32_t value = (int32_t)((uint32_t)scaled + (uint32_t)stage->zero_point);
  const int32_t raised = value < stage->minimum ? stage->minimum : value;
  return (uint8_t)(raised > stage->maximum ? stage->maximum : raised);
}

#endif
