#if defined(__x86_64__)

#include "dot_avxvnni.h"
#include "microkernels.h"
#include "Requantize/requantize_avx2.h"

#include <string.h>

enum { CHANNELS = 32, QUARTER = 8, GROUP = 4 };

/// Unpacking bytes, then pairs, leaves channels 0–3 of both 16-byte lanes in the first vector of
/// sums, channels 4–7 in the second, and so on.
size_t ok_channel_in_pairs(size_t index) {
  return index % QUARTER / 4 * 16 + index / QUARTER * 4 + index % 4;
}

/// The sums of 32 channels, or those of their inputs.
typedef struct quarters {
  __m256i vectors[4];
} quarters;

/// Up to 32 bytes; int8 with 128 more, as uint8.
OK_AVXVNNI_INLINE __m256i load(const uint8_t *input, size_t count, bool is_signed) {
  uint8_t copy[CHANNELS] = {0};
  if (count < CHANNELS) {
    memcpy(copy, input, count);
    input = copy;
  }
  const __m256i bytes = _mm256_loadu_si256((const __m256i *)input);
  return is_signed ? _mm256_xor_si256(bytes, _mm256_set1_epi8((char)0x80)) : bytes;
}

/// Adds the products of four taps; of these, those from `taps` on are 0.
OK_AVXVNNI_INLINE void add_group(
    quarters *sums, quarters *input_sums, const uint8_t *const *pieces, size_t first, size_t count,
    size_t taps, const int8_t *weights, bool is_signed, bool sums_inputs) {
  __m256i inputs[GROUP];
  OK_UNROLL
  for (size_t t = 0; t < GROUP; ++t) {
    inputs[t] = t < taps ? load(pieces[t] + first, count, is_signed) : _mm256_setzero_si256();
  }
  const __m256i front_low = _mm256_unpacklo_epi8(inputs[0], inputs[1]);
  const __m256i front_high = _mm256_unpackhi_epi8(inputs[0], inputs[1]);
  const __m256i back_low = _mm256_unpacklo_epi8(inputs[2], inputs[3]);
  const __m256i back_high = _mm256_unpackhi_epi8(inputs[2], inputs[3]);
  const __m256i groups[4] = {
      _mm256_unpacklo_epi16(front_low, back_low),
      _mm256_unpackhi_epi16(front_low, back_low),
      _mm256_unpacklo_epi16(front_high, back_high),
      _mm256_unpackhi_epi16(front_high, back_high),
  };
  OK_UNROLL
  for (size_t q = 0; q < 4; ++q) {
    const __m256i factors = _mm256_load_si256((const __m256i *)(weights + q * CHANNELS));
    sums->vectors[q] = ok_dot_avxvnni(sums->vectors[q], groups[q], factors, false);
    if (sums_inputs) {
      input_sums->vectors[q] =
          ok_dot_avxvnni(input_sums->vectors[q], groups[q], _mm256_set1_epi8(1), false);
    }
  }
}

OK_AVXVNNI_INLINE void store(uint8_t *output, __m256i bytes, size_t count) {
  if (count == CHANNELS) {
    _mm256_storeu_si256((__m256i *)output, bytes);
  } else {
    uint8_t copy[CHANNELS];
    _mm256_storeu_si256((__m256i *)copy, bytes);
    memcpy(output, copy, count);
  }
}

/// One block of channels along a line.
OK_AVXVNNI_INLINE void run_block(
    const ok_depthwise_line *line, const int32_t *bias, size_t first, size_t count,
    bool is_signed, bool sums_inputs) {
  const ok_output_stage *stage = line->stage;
  const int8_t *weights = (const int8_t *)(bias + OK_FACTORS_PER_CHANNEL * CHANNELS);
  const __m256i zero_point = _mm256_set1_epi32(stage->zero_point);
  const __m256i input_factor = _mm256_set1_epi32(line->input_factor);
  for (size_t pixel = 0; pixel < line->pixels; ++pixel) {
    const uint8_t *const *pieces = line->pieces + pixel * line->taps;
    quarters sums, input_sums;
    OK_UNROLL
    for (size_t q = 0; q < 4; ++q) {
      sums.vectors[q] = _mm256_load_si256((const __m256i *)(bias + q * QUARTER));
      input_sums.vectors[q] = _mm256_setzero_si256();
    }
    for (size_t t = 0; t < line->taps; t += GROUP) {
      add_group(
          &sums, &input_sums, pieces + t, first, count, line->taps - t, weights + t * CHANNELS,
          is_signed, sums_inputs);
    }
    OK_UNROLL
    for (size_t q = 0; q < 4; ++q) {
      __m256i sum = sums.vectors[q];
      if (sums_inputs) {
        sum = _mm256_add_epi32(sum, _mm256_mullo_epi32(input_sums.vectors[q], input_factor));
      }
      const int32_t *multiplier = bias + CHANNELS + q * QUARTER;
      sums.vectors[q] = line->is_folded
                            ? ok_requantize_folded_avx2(sum, multiplier, CHANNELS)
                            : ok_requantize_avx2(sum, multiplier, CHANNELS, zero_point);
    }
    const __m256i bytes = ok_narrow_avx2(
        _mm256_packs_epi32(sums.vectors[0], sums.vectors[1]),
        _mm256_packs_epi32(sums.vectors[2], sums.vectors[3]), is_signed, stage);
    store(line->output + pixel * line->channels + first, bytes, count);
  }
}

OK_AVXVNNI_INLINE void run_signedness(
    const ok_depthwise_line *line, const int32_t *bias, size_t first, size_t count,
    bool is_signed) {
  const bool sums_inputs = line->input_factor != 0;
  if (count < CHANNELS) run_block(line, bias, first, count, is_signed, sums_inputs);
  else if (sums_inputs) run_block(line, bias, first, CHANNELS, is_signed, true);
  else run_block(line, bias, first, CHANNELS, is_signed, false);
}

OK_AVXVNNI void ok_depthwise_32_avxvnni(const ok_depthwise_line *line) {
  const size_t block_values =
      CHANNELS * OK_FACTORS_PER_CHANNEL + CHANNELS * ok_round_up(line->taps, GROUP) / 4;
  const int32_t *bias = line->packed;
  for (size_t first = 0; first < line->channels; first += CHANNELS) {
    const size_t count = ok_smaller(CHANNELS, line->channels - first);
    if (line->is_signed) run_signedness(line, bias, first, count, true);
    else run_signedness(line, bias, first, count, false);
    bias += ok_round_up(block_values, 16);
  }
}

#endif
