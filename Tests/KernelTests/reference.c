#include "reference.h"

int32_t element_value(uint8_t element, bool is_signed) {
  return is_signed && element >= 128 ? element - 256 : element;
}

/// Two's complement of the low 32 bits.
static int32_t wrap(int64_t value) {
  const int64_t low = value & INT64_C(0xFFFFFFFF);
  return (int32_t)(low >= INT64_C(0x80000000) ? low - INT64_C(0x100000000) : low);
}

int32_t scaled(int32_t value, int32_t multiplier, int32_t exponent) {
  const int64_t two_to_31 = INT64_C(1) << 31;
  const int64_t shifted = exponent > 0 ? wrap(value * (INT64_C(1) << exponent)) : value;
  const int64_t product = shifted * multiplier;
  const int64_t nudge = product >= 0 ? two_to_31 / 2 : 1 - two_to_31 / 2;
  const int64_t high = (product + nudge) / two_to_31;
  if (exponent >= 0) return (int32_t)high;
  const int64_t divisor = INT64_C(1) << -exponent;
  const int64_t magnitude = (high < 0 ? -high : high) + divisor / 2;
  return (int32_t)(high < 0 ? -(magnitude / divisor) : magnitude / divisor);
}

uint8_t quantized(
    int32_t sum, int32_t multiplier, int32_t exponent, const ok_output_stage *stage) {
  const int32_t value = wrap((int64_t)scaled(sum, multiplier, exponent) + stage->zero_point);
  if (value < stage->minimum) return (uint8_t)stage->minimum;
  if (value > stage->maximum) return (uint8_t)stage->maximum;
  return (uint8_t)value;
}

/// The place of a window's element in the input, without the channel; below 0 for padding.
static int64_t pixel_index(
    const ok_window *window, size_t batch, size_t row, size_t column, size_t y, size_t x) {
  const int64_t top = (int64_t)(row * window->stride_height + y * window->dilation_height) -
                      (int64_t)window->padding_top;
  const int64_t left = (int64_t)(column * window->stride_width + x * window->dilation_width) -
                       (int64_t)window->padding_left;
  if (top < 0 || top >= (int64_t)window->input_height) return -1;
  if (left < 0 || left >= (int64_t)window->input_width) return -1;
  return ((int64_t)(batch * window->input_height) + top) * (int64_t)window->input_width + left;
}

/// The first of the input channels that an output channel follows from.
static size_t first_input_channel(
    const ok_window *window, const operands *operands, size_t output_channel, bool is_depthwise) {
  if (is_depthwise) return output_channel;
  const size_t first = output_channel / operands->group_outputs * window->input_channels;
  const size_t last = operands->pixel_channels - window->input_channels;
  return first < last ? first : last;
}

/// One output: the products of all input channels, or of its own one only.
static uint8_t output_element(
    const ok_window *window, const operands *operands, size_t batch, size_t row, size_t column,
    size_t output_channel, bool is_depthwise) {
  const size_t channels = window->input_channels, pixel_channels = operands->pixel_channels;
  const size_t first = first_input_channel(window, operands, output_channel, is_depthwise);
  const size_t end = is_depthwise ? first + 1 : first + channels;
  const size_t taps = window->filter_height * window->filter_width;
  int64_t sum = operands->factors->bias ? operands->factors->bias[output_channel] : 0;
  for (size_t tap = 0; tap < taps; ++tap) {
    const int64_t pixel = pixel_index(
        window, batch, row, column, tap / window->filter_width, tap % window->filter_width);
    if (pixel < 0) continue;
    for (size_t c = first; c < end; ++c) {
      const size_t place = is_depthwise ? tap * channels + c
                                        : (output_channel * taps + tap) * channels + c - first;
      const int32_t input = element_value(
          operands->input[(size_t)pixel * pixel_channels + c], operands->is_signed);
      const int32_t weight = element_value(operands->filter[place], operands->is_signed);
      sum += (input - operands->input_zero_point) * (weight - operands->filter_zero_point);
    }
  }
  return quantized(
      wrap(sum), operands->factors->multiplier[output_channel],
      operands->factors->exponent[output_channel], operands->stage);
}

static void fill(
    const ok_window *window, size_t output_channels, const operands *operands, uint8_t *output,
    bool is_depthwise) {
  for (size_t n = 0; n < window->batches; ++n) {
    for (size_t y = 0; y < window->output_height; ++y) {
      for (size_t x = 0; x < window->output_width; ++x) {
        for (size_t o = 0; o < output_channels; ++o) {
          *output++ = output_element(window, operands, n, y, x, o, is_depthwise);
        }
      }
    }
  }
}

void convolve(
    const ok_window *window, size_t output_channels, const operands *operands, uint8_t *output) {
  fill(window, output_channels, operands, output, false);
}

void convolve_depthwise(const ok_window *window, const operands *operands, uint8_t *output) {
  fill(window, window->input_channels, operands, output, true);
}
