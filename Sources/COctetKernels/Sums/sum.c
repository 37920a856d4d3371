#include "microkernels.h"
#include "Requantize/requantize.h"

static int32_t scale_input(const ok_sum *sum, const ok_sum_input *input, uint8_t element) {
  const int32_t value = sum->is_signed ? (int8_t)element : element;
  return ok_scale(value - input->zero_point, input->multiplier, sum->left_shift, input->right);
}

void ok_sum_portable(
    const ok_sum *sum, const uint8_t *left, const uint8_t *right, uint8_t *output, size_t count) {
  const int32_t left_shift = sum->exponent > 0 ? sum->exponent : 0;
  const int32_t right_shift = sum->exponent > 0 ? 0 : -sum->exponent;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t first = (uint32_t)scale_input(sum, &sum->left, left[i]);
    const uint32_t second = (uint32_t)scale_input(sum, &sum->right, right[i]);
    const uint32_t total = sum->subtracts ? first - second : first + second;
    output[i] =
        ok_requantize((int32_t)total, sum->multiplier, left_shift, right_shift, &sum->stage);
  }
}
