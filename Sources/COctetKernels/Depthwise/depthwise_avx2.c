#if defined(__x86_64__)

#include "microkernels.h"
#include "Requantize/requantize_avx2.h"

#include <string.h>

enum { CHANNELS = 16, HALF = 8 };

/// Unpacking leaves channels 0–3 and 8–11 in the first vector of sums, the others in the second.
size_t ok_channel_in_halves(size_t index) {
  return index % HALF / 4 * HALF + index / HALF * 4 + index % 4;
}

/// Up to sixteen bytes as 16-bit words.
OK_AVX2_INLINE __m256i load_words(const uint8_t *input, size_t count, bool is_signed) {
  __m128i bytes;
  if (count == CHANNELS) {
    bytes = _mm_loadu_si128((const __m128i *)input);
  } else {
    uint8_t copy[CHANNELS] = {0};
    memcpy(copy, input, count);
    bytes = _mm_loadu_si128((const __m128i *)copy);
  }
  return is_signed ? _mm256_cvtepi8_epi16(bytes) : _mm256_cvtepu8_epi16(bytes);
}

/// One block of channels along a line. `count` and `taps` are constants where it is worth it.
OK_AVX2_INLINE void run_block(
    const ok_depthwise_line *line, const int32_t *bias, size_t first, size_t count, size_t taps,
    bool is_signed) {
  // A copy, because the compiler must assume that bytes of output may be the original.
  const ok_output_stage stage = *line->stage;
  const __m256i zero_point = _mm256_set1_epi32(stage.zero_point);
  for (size_t pixel = 0; pixel < line->pixels; ++pixel) {
    const uint8_t *const *pieces = line->pieces + pixel * taps;
    const __m256i *weights = (const __m256i *)(bias + OK_FACTORS_PER_CHANNEL * CHANNELS);
    __m256i low = _mm256_load_si256((const __m256i *)bias);
    __m256i high = _mm256_load_si256((const __m256i *)(bias + HALF));
    for (size_t t = 0; t < taps; t += 2) {
      const __m256i left = load_words(pieces[t] + first, count, is_signed);
      const __m256i right = t + 1 < taps
                                ? load_words(pieces[t + 1] + first, count, is_signed)
                                : _mm256_setzero_si256();
      low = _mm256_add_epi32(
          low, _mm256_madd_epi16(_mm256_unpacklo_epi16(left, right), _mm256_load_si256(weights)));
      high = _mm256_add_epi32(
          high,
          _mm256_madd_epi16(_mm256_unpackhi_epi16(left, right), _mm256_load_si256(weights + 1)));
      weights += 2;
    }
    if (line->is_folded) {
      low = ok_requantize_folded_avx2(low, bias + CHANNELS, CHANNELS);
      high = ok_requantize_folded_avx2(high, bias + CHANNELS + HALF, CHANNELS);
    } else {
      low = ok_requantize_avx2(low, bias + CHANNELS, CHANNELS, zero_point);
      high = ok_requantize_avx2(high, bias + CHANNELS + HALF, CHANNELS, zero_point);
    }
    const __m256i words = _mm256_packs_epi32(low, high);
    const __m256i bytes =
        _mm256_permute4x64_epi64(ok_narrow_avx2(words, words, is_signed, &stage), 0x08);
    ok_store_avx2(
        line->output + pixel * line->channels + first, _mm256_castsi256_si128(bytes), count);
  }
}

OK_AVX2_INLINE void run_blocks(const ok_depthwise_line *line, size_t taps) {
  const size_t block_values =
      CHANNELS * OK_FACTORS_PER_CHANNEL + CHANNELS * ok_round_up(taps, 2) / 2;
  const int32_t *bias = line->packed;
  for (size_t first = 0; first < line->channels; first += CHANNELS) {
    const size_t count = ok_smaller(CHANNELS, line->channels - first);
    if (count == CHANNELS && line->is_signed) run_block(line, bias, first, CHANNELS, taps, true);
    else if (count == CHANNELS) run_block(line, bias, first, CHANNELS, taps, false);
    else run_block(line, bias, first, count, taps, line->is_signed);
    bias += ok_round_up(block_values, 16);
  }
}

OK_AVX2 void ok_depthwise_16_avx2(const ok_depthwise_line *line) {
  if (line->taps == 9) run_blocks(line, 9);
  else run_blocks(line, line->taps);
}

#endif
