#if defined(__x86_64__)

#include "Requantize/requantize_sse41.h"

/// Eight words as differences from the zero point, at the scale that both inputs share.
OK_SSE41_INLINE void scale_input(
    __m128i words, const ok_sum_input *input, const ok_factors_sse41 *factors,
    __m128i values[2]) {
  const __m128i differences = _mm_sub_epi16(words, _mm_set1_epi16((short)input->zero_point));
  values[0] = ok_scale_sse41(_mm_cvtepi16_epi32(differences), factors, true);
  values[1] = ok_scale_sse41(_mm_cvtepi16_epi32(_mm_srli_si128(differences, 8)), factors, true);
}

OK_SSE41 void ok_sum_sse41(
    const ok_sum *sum, const uint8_t *left, const uint8_t *right, uint8_t *output, size_t count) {
  const ok_factors_sse41 left_factors =
      ok_repeat_factors_sse41(sum->left.multiplier, sum->left_shift, sum->left.right);
  const ok_factors_sse41 right_factors =
      ok_repeat_factors_sse41(sum->right.multiplier, sum->left_shift, sum->right.right);
  const ok_factors_sse41 factors = ok_repeat_factors_sse41(
      sum->multiplier, sum->exponent > 0 ? sum->exponent : 0,
      sum->exponent > 0 ? 0 : -sum->exponent);
  for (size_t i = 0; i < count; i += 8) {
    const size_t part = ok_smaller(8, count - i);
    __m128i a[2], b[2], totals[2];
    scale_input(
        ok_load_words_sse41(left + i, part, sum->is_signed), &sum->left, &left_factors, a);
    scale_input(
        ok_load_words_sse41(right + i, part, sum->is_signed), &sum->right, &right_factors, b);
    OK_UNROLL
    for (size_t h = 0; h < 2; ++h) {
      const __m128i total =
          sum->subtracts ? _mm_sub_epi32(a[h], b[h]) : _mm_add_epi32(a[h], b[h]);
      totals[h] = ok_scale_sse41(total, &factors, sum->stage.shifts_left);
    }
    ok_store_sse41(
        output + i, ok_narrow_sse41(totals[0], totals[1], sum->is_signed, &sum->stage), part);
  }
}

#endif
