#if defined(__x86_64__)

#include "Requantize/requantize_sse41.h"

enum { CHANNELS = 8, HALF = 4 };

OK_SSE41_INLINE void run_block(
    const ok_depthwise_line *line, const int32_t *bias, size_t first, size_t count,
    bool is_signed) {
  const ok_output_stage *stage = line->stage;
  const ok_factors_sse41 front = ok_load_factors_sse41(bias + CHANNELS, CHANNELS);
  const ok_factors_sse41 back = ok_load_factors_sse41(bias + CHANNELS + HALF, CHANNELS);
  for (size_t pixel = 0; pixel < line->pixels; ++pixel) {
    const uint8_t *const *pieces = line->pieces + pixel * line->taps;
    const __m128i *weights = (const __m128i *)(bias + OK_FACTORS_PER_CHANNEL * CHANNELS);
    __m128i low = _mm_load_si128((const __m128i *)bias);
    __m128i high = _mm_load_si128((const __m128i *)(bias + HALF));
    for (size_t t = 0; t < line->taps; t += 2) {
      const __m128i left = ok_load_words_sse41(pieces[t] + first, count, is_signed);
      const __m128i right = t + 1 < line->taps
                                ? ok_load_words_sse41(pieces[t + 1] + first, count, is_signed)
                                : _mm_setzero_si128();
      low = _mm_add_epi32(
          low, _mm_madd_epi16(_mm_unpacklo_epi16(left, right), _mm_load_si128(weights)));
      high = _mm_add_epi32(
          high, _mm_madd_epi16(_mm_unpackhi_epi16(left, right), _mm_load_si128(weights + 1)));
      weights += 2;
    }
    low = ok_scale_sse41(low, &front, stage->shifts_left);
    high = ok_scale_sse41(high, &back, stage->shifts_left);
    ok_store_sse41(
        line->output + pixel * line->channels + first,
        ok_narrow_sse41(low, high, is_signed, stage), count);
  }
}

OK_SSE41 void ok_depthwise_8_sse41(const ok_depthwise_line *line) {
  const size_t block_values =
      CHANNELS * OK_FACTORS_PER_CHANNEL + CHANNELS * ok_round_up(line->taps, 2) / 2;
  const int32_t *bias = line->packed;
  for (size_t first = 0; first < line->channels; first += CHANNELS) {
    const size_t count = ok_smaller(CHANNELS, line->channels - first);
    if (count == CHANNELS && line->is_signed) run_block(line, bias, first, CHANNELS, true);
    else if (count == CHANNELS) run_block(line, bias, first, CHANNELS, false);
    else run_block(line, bias, first, count, line->is_signed);
    bias += ok_round_up(block_values, 16);
  }
}

#endif
