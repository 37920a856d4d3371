#if defined(__x86_64__)

#include "microkernels.h"
#include "Requantize/requantize_avx512.h"

enum { CHANNELS = 64, QUARTER = 16, GROUP = 4 };

/// Unpacking bytes, then pairs, leaves channels 0–3 of each 16-byte lane in the first vector of
/// sums, channels 4–7 in the second, and so on.
size_t ok_channel_in_quads(size_t index) {
  return index % QUARTER / 4 * QUARTER + index / QUARTER * 4 + index % 4;
}

/// The sums of 64 channels, and those of their inputs.
typedef struct quarters {
  __m512i vectors[4];
} quarters;

/// Adds the products of four taps; of these, those from `taps` on are 0.
OK_AVX512_INLINE void add_group(
    quarters *sums, quarters *input_sums, const uint8_t *const *pieces, size_t first,
    size_t taps, __mmask64 mask, const int8_t *weights, bool is_signed, bool sums_inputs) {
  const __m512i flip = _mm512_set1_epi8((char)0x80);
  __m512i inputs[GROUP];
  OK_UNROLL
  for (size_t t = 0; t < GROUP; ++t) {
    inputs[t] = _mm512_setzero_si512();
    if (t < taps) {
      inputs[t] = _mm512_maskz_loadu_epi8(mask, pieces[t] + first);
      if (is_signed) inputs[t] = _mm512_xor_si512(inputs[t], flip);
    }
  }
  const __m512i front_low = _mm512_unpacklo_epi8(inputs[0], inputs[1]);
  const __m512i front_high = _mm512_unpackhi_epi8(inputs[0], inputs[1]);
  const __m512i back_low = _mm512_unpacklo_epi8(inputs[2], inputs[3]);
  const __m512i back_high = _mm512_unpackhi_epi8(inputs[2], inputs[3]);
  const __m512i groups[4] = {
      _mm512_unpacklo_epi16(front_low, back_low),
      _mm512_unpackhi_epi16(front_low, back_low),
      _mm512_unpacklo_epi16(front_high, back_high),
      _mm512_unpackhi_epi16(front_high, back_high),
  };
  OK_UNROLL
  for (size_t q = 0; q < 4; ++q) {
    sums->vectors[q] = _mm512_dpbusd_epi32(
        sums->vectors[q], groups[q], _mm512_load_si512(weights + q * 64));
    if (sums_inputs) {
      input_sums->vectors[q] =
          _mm512_dpbusd_epi32(input_sums->vectors[q], groups[q], _mm512_set1_epi8(1));
    }
  }
}

/// One block of channels along a line.
OK_AVX512_INLINE void run_block(
    const ok_depthwise_line *line, const int32_t *bias, size_t first, size_t taps,
    bool is_signed, bool sums_inputs, bool is_folded) {
  const ok_output_stage *stage = line->stage;
  const int8_t *weights = (const int8_t *)(bias + OK_FACTORS_PER_CHANNEL * CHANNELS);
  const size_t count = ok_smaller(CHANNELS, line->channels - first);
  const __mmask64 mask = UINT64_MAX >> (64 - count);
  const __m512i zero_point = _mm512_set1_epi32(stage->zero_point);
  const __m512i input_factor = _mm512_set1_epi32(line->input_factor);
  for (size_t pixel = 0; pixel < line->pixels; ++pixel) {
    const uint8_t *const *pieces = line->pieces + pixel * taps;
    quarters sums, input_sums;
    OK_UNROLL
    for (size_t q = 0; q < 4; ++q) {
      sums.vectors[q] = _mm512_load_si512(bias + q * QUARTER);
      input_sums.vectors[q] = _mm512_setzero_si512();
    }
    size_t t = 0;
    for (; t + GROUP <= taps; t += GROUP) {
      add_group(
          &sums, &input_sums, pieces + t, first, GROUP, mask, weights + t * CHANNELS, is_signed,
          sums_inputs);
    }
    if (t < taps) {
      add_group(
          &sums, &input_sums, pieces + t, first, taps - t, mask, weights + t * CHANNELS,
          is_signed, sums_inputs);
    }
    OK_UNROLL
    for (size_t q = 0; q < 4; ++q) {
      __m512i sum = sums.vectors[q];
      if (sums_inputs) {
        sum = _mm512_add_epi32(sum, _mm512_mullo_epi32(input_sums.vectors[q], input_factor));
      }
      const int32_t *multiplier = bias + CHANNELS + q * QUARTER;
      if (is_folded) {
        const ok_folded_factors_avx512 factors =
            ok_load_folded_factors_avx512(multiplier, CHANNELS);
        sums.vectors[q] = ok_requantize_folded_avx512(sum, &factors);
      } else {
        const ok_factors_avx512 factors = ok_load_factors_avx512(multiplier, CHANNELS);
        sums.vectors[q] = ok_requantize_avx512(sum, &factors, stage->shifts_left, zero_point);
      }
    }
    const __m512i bytes = ok_narrow_avx512(
        sums.vectors[0], sums.vectors[1], sums.vectors[2], sums.vectors[3], is_signed, stage);
    _mm512_mask_storeu_epi8(line->output + pixel * line->channels + first, mask, bytes);
  }
}

OK_AVX512_INLINE void run_blocks(const ok_depthwise_line *line, bool is_folded) {
  const size_t taps = line->taps;
  const size_t block_values =
      CHANNELS * OK_FACTORS_PER_CHANNEL + CHANNELS * ok_round_up(taps, GROUP) / 4;
  const int32_t *bias = line->packed;
  const bool sums_inputs = line->input_factor != 0;
  for (size_t first = 0; first < line->channels; first += CHANNELS) {
    if (line->is_signed && !sums_inputs) run_block(line, bias, first, taps, true, false, is_folded);
    else if (line->is_signed) run_block(line, bias, first, taps, true, true, is_folded);
    else if (!sums_inputs) run_block(line, bias, first, taps, false, false, is_folded);
    else run_block(line, bias, first, taps, false, true, is_folded);
    bias += block_values;
  }
}

OK_AVX512 void ok_depthwise_64_avx512vnni(const ok_depthwise_line *line) {
  if (line->is_folded) run_blocks(line, true);
  else run_blocks(line, false);
}

#endif
