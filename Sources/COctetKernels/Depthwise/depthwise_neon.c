#if defined(__aarch64__)

#include "Requantize/requantize_neon.h"

enum { CHANNELS = 16, QUARTER = 4 };

/// Up to sixteen bytes.
OK_NEON_INLINE uint8x16_t load(const uint8_t *input, size_t count) {
  if (count == CHANNELS) return vld1q_u8(input);
  uint8_t copy[CHANNELS] = {0};
  memcpy(copy, input, count);
  return vld1q_u8(copy);
}

/// Eight bytes as words.
OK_NEON_INLINE int16x8_t widen(uint8x8_t bytes, bool is_signed) {
  return is_signed ? vmovl_s8(vreinterpret_s8_u8(bytes))
                   : vreinterpretq_s16_u16(vmovl_u8(bytes));
}

OK_NEON_INLINE void run_block(
    const ok_depthwise_line *line, const int32_t *bias, size_t first, size_t count,
    bool is_signed) {
  ok_factors_neon factors[4];
  OK_UNROLL
  for (size_t q = 0; q < 4; ++q) {
    factors[q] = ok_load_factors_neon(bias + CHANNELS + q * QUARTER, CHANNELS);
  }
  for (size_t pixel = 0; pixel < line->pixels; ++pixel) {
    const uint8_t *const *pieces = line->pieces + pixel * line->taps;
    const int16_t *weights = (const int16_t *)(bias + OK_FACTORS_PER_CHANNEL * CHANNELS);
    int32x4_t sums[4];
    OK_UNROLL
    for (size_t q = 0; q < 4; ++q) sums[q] = vld1q_s32(bias + q * QUARTER);
    for (size_t t = 0; t < line->taps; ++t) {
      const uint8x16_t bytes = load(pieces[t] + first, count);
      OK_UNROLL
      for (size_t h = 0; h < 2; ++h) {
        const int16x8_t input =
            widen(h == 0 ? vget_low_u8(bytes) : vget_high_u8(bytes), is_signed);
        const int16x8_t weight = vld1q_s16(weights + 8 * h);
        sums[2 * h] = vmlal_s16(sums[2 * h], vget_low_s16(input), vget_low_s16(weight));
        sums[2 * h + 1] = vmlal_high_s16(sums[2 * h + 1], input, weight);
      }
      weights += CHANNELS;
    }
    OK_UNROLL
    for (size_t q = 0; q < 4; ++q) sums[q] = ok_scale_neon(sums[q], &factors[q]);
    uint8_t *output = line->output + pixel * line->channels + first;
    ok_store_neon(output, ok_narrow_neon(sums[0], sums[1], is_signed, line->stage), count);
    if (count > 8) {
      ok_store_neon(
          output + 8, ok_narrow_neon(sums[2], sums[3], is_signed, line->stage), count - 8);
    }
  }
}

void ok_depthwise_16_neon(const ok_depthwise_line *line) {
  const size_t block_values =
      CHANNELS * OK_FACTORS_PER_CHANNEL + CHANNELS * line->taps / 2;
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
