#if defined(__aarch64__)

#include "Requantize/requantize_neon.h"

/// Eight bytes as differences from the zero point, at the scale that both inputs share.
OK_NEON_INLINE void scale_input(
    const ok_sum *sum, const ok_sum_input *input, const ok_factors_neon *factors, uint8x8_t bytes,
    int32x4_t values[2]) {
  const int16x8_t words = sum->is_signed ? vmovl_s8(vreinterpret_s8_u8(bytes))
                                         : vreinterpretq_s16_u16(vmovl_u8(bytes));
  // A difference of two bytes of the same type fits.
  const int16x8_t differences = vsubq_s16(words, vdupq_n_s16((int16_t)input->zero_point));
  values[0] = ok_scale_neon(vmovl_s16(vget_low_s16(differences)), factors);
  values[1] = ok_scale_neon(vmovl_high_s16(differences), factors);
}

void ok_sum_neon(
    const ok_sum *sum, const uint8_t *left, const uint8_t *right, uint8_t *output, size_t count) {
  const ok_factors_neon left_factors =
      ok_repeat_factors_neon(sum->left.multiplier, sum->left_shift, sum->left.right);
  const ok_factors_neon right_factors =
      ok_repeat_factors_neon(sum->right.multiplier, sum->left_shift, sum->right.right);
  const ok_factors_neon factors = ok_repeat_factors_neon(
      sum->multiplier, sum->exponent > 0 ? sum->exponent : 0,
      sum->exponent > 0 ? 0 : -sum->exponent);
  for (size_t i = 0; i < count; i += 8) {
    const size_t part = ok_smaller(8, count - i);
    uint8_t copies[2][8] = {{0}};
    const uint8_t *first = left + i, *second = right + i;
    if (part < 8) {
      memcpy(copies[0], first, part);
      memcpy(copies[1], second, part);
      first = copies[0];
      second = copies[1];
    }
    int32x4_t a[2], b[2], totals[2];
    scale_input(sum, &sum->left, &left_factors, vld1_u8(first), a);
    scale_input(sum, &sum->right, &right_factors, vld1_u8(second), b);
    OK_UNROLL
    for (size_t h = 0; h < 2; ++h) {
      const int32x4_t total = sum->subtracts ? vsubq_s32(a[h], b[h]) : vaddq_s32(a[h], b[h]);
      totals[h] = ok_scale_neon(total, &factors);
    }
    ok_store_neon(
        output + i, ok_narrow_neon(totals[0], totals[1], sum->is_signed, &sum->stage), part);
  }
}

#endif
