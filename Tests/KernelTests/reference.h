#ifndef OCTET_KERNEL_TESTS_REFERENCE_H
#define OCTET_KERNEL_TESTS_REFERENCE_H

// The arithmetic of TFLite's reference kernels in wide integers, one element at a time: slow, short,
// and without anything of the library but the types that describe an operation.

#include "octet_kernels.h"

/// The value of an element.
int32_t element_value(uint8_t element, bool is_signed);

/// `round(round(wrap(value · 2^exponent) · multiplier / 2^31))`, or with the second rounding after a
/// division by `2^-exponent`.
///
/// The first rounding takes halves of negative products towards zero, the second away from it.
/// Source: gemmlowp, TFLite `MultiplyByQuantizedMultiplier`.
int32_t scaled(int32_t value, int32_t multiplier, int32_t exponent);

/// `stage` applied to a sum.
uint8_t quantized(
    int32_t sum, int32_t multiplier, int32_t exponent, const ok_output_stage *stage);

/// What a convolution works on, dense or depthwise.
typedef struct operands {
  const uint8_t *input, *filter;
  /// Channels of an input pixel, and the output channels that read the same ones; unless layers are
  /// depthwise.
  size_t pixel_channels, group_outputs;
  const ok_channel_factors *factors;
  bool is_signed;
  int32_t input_zero_point, filter_zero_point;
  const ok_output_stage *stage;
} operands;

/// `filter [O, KH, KW, C]`, `output [N, OH, OW, O]`.
///
/// Groups of output channels read neighbouring groups of C input channels; the last one those at the
/// pixel's end.
void convolve(
    const ok_window *window, size_t output_channels, const operands *operands, uint8_t *output);

/// `filter [1, KH, KW, C]`, `output [N, OH, OW, C]`.
void convolve_depthwise(const ok_window *window, const operands *operands, uint8_t *output);

#endif
