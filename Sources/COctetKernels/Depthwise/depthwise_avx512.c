#if defined(__x86_64__)

#include "microkernels.h"
#include "Requantize/requantize_avx512.h"

// For processors without dot products of bytes: pairs of words.

enum { CHANNELS = 32, HALF = 16 };

/// Unpacking leaves channels 0–3 of each eight in the first vector of sums, channels 4–7 in the
/// second.
size_t ok_channel_in_lanes(size_t index) {
  return index % HALF / 4 * 8 + index / HALF * 4 + index % 4;
}

/// The sums of 32 channels.
typedef struct halves {
  __m512i low, high;
} halves;

OK_AVX512BW_INLINE __m512i load_words(const uint8_t *input, __mmask32 mask, bool is_signed) {
  const __m256i bytes = _mm256_maskz_loadu_epi8(mask, input);
  return is_signed ? _mm512_cvtepi8_epi16(bytes) : _mm512_cvtepu8_epi16(bytes);
}

/// The sums of one pixel, scaled.
OK_AVX512BW_INLINE halves run_pixel(
    const ok_depthwise_line *line, size_t pixel, const int32_t *bias, size_t first, size_t taps,
    __mmask32 mask, bool is_signed) {
  const uint8_t *const *pieces = line->pieces + pixel * taps;
  const int16_t *weights = (const int16_t *)(bias + OK_FACTORS_PER_CHANNEL * CHANNELS);
  halves sums = {_mm512_load_si512(bias), _mm512_load_si512(bias + HALF)};
  for (size_t t = 0; t < taps; t += 2) {
    const __m512i left = load_words(pieces[t] + first, mask, is_signed);
    const __m512i right = t + 1 < taps
                              ? load_words(pieces[t + 1] + first, mask, is_signed)
                              : _mm512_setzero_si512();
    sums.low = _mm512_add_epi32(
        sums.low,
        _mm512_madd_epi16(_mm512_unpacklo_epi16(left, right), _mm512_load_si512(weights)));
    sums.high = _mm512_add_epi32(
        sums.high, _mm512_madd_epi16(
                       _mm512_unpackhi_epi16(left, right), _mm512_load_si512(weights + CHANNELS)));
    weights += 2 * CHANNELS;
  }
  const int32_t *front_factors = bias + CHANNELS, *back_factors = bias + CHANNELS + HALF;
  if (line->is_folded) {
    const ok_folded_factors_avx512 front = ok_load_folded_factors_avx512(front_factors, CHANNELS);
    const ok_folded_factors_avx512 back = ok_load_folded_factors_avx512(back_factors, CHANNELS);
    sums.low = ok_requantize_folded_avx512(sums.low, &front);
    sums.high = ok_requantize_folded_avx512(sums.high, &back);
    return sums;
  }
  const ok_output_stage *stage = line->stage;
  const __m512i zero_point = _mm512_set1_epi32(stage->zero_point);
  const ok_factors_avx512 front = ok_load_factors_avx512(front_factors, CHANNELS);
  const ok_factors_avx512 back = ok_load_factors_avx512(back_factors, CHANNELS);
  sums.low = ok_requantize_avx512(sums.low, &front, stage->shifts_left, zero_point);
  sums.high = ok_requantize_avx512(sums.high, &back, stage->shifts_left, zero_point);
  return sums;
}

OK_AVX512BW_INLINE void run_block(
    const ok_depthwise_line *line, const int32_t *bias, size_t first, size_t taps,
    bool is_signed) {
  const __mmask32 mask = UINT32_MAX >> (32 - ok_smaller(CHANNELS, line->channels - first));
  const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
  uint8_t *const output = line->output + first;
  for (size_t pixel = 0; pixel < line->pixels; pixel += 2) {
    // Two pixels fill a vector of outputs; the last one may stand alone.
    const size_t next = pixel + 1 < line->pixels ? pixel + 1 : pixel;
    const halves sums = run_pixel(line, pixel, bias, first, taps, mask, is_signed);
    const halves next_sums = run_pixel(line, next, bias, first, taps, mask, is_signed);
    const __m512i bytes = _mm512_permutexvar_epi64(
        order, ok_narrow_avx512(
                   sums.low, sums.high, next_sums.low, next_sums.high, is_signed, line->stage));
    _mm256_mask_storeu_epi8(
        output + pixel * line->channels, mask, _mm512_castsi512_si256(bytes));
    _mm256_mask_storeu_epi8(
        output + next * line->channels, mask, _mm512_extracti64x4_epi64(bytes, 1));
  }
}

OK_AVX512BW_INLINE void run_blocks(const ok_depthwise_line *line, size_t taps) {
  const size_t block_values =
      CHANNELS * OK_FACTORS_PER_CHANNEL + CHANNELS * ok_round_up(taps, 2) / 2;
  const int32_t *bias = line->packed;
  for (size_t first = 0; first < line->channels; first += CHANNELS) {
    if (line->is_signed) run_block(line, bias, first, taps, true);
    else run_block(line, bias, first, taps, false);
    bias += ok_round_up(block_values, 16);
  }
}

OK_AVX512BW void ok_depthwise_32_avx512(const ok_depthwise_line *line) {
  if (line->taps == 9) run_blocks(line, 9);
  else run_blocks(line, line->taps);
}

#endif
