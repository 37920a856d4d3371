#include "microkernels.h"
#include "Requantize/requantize.h"

enum { CHANNELS = 16 };

size_t ok_channel_in_order(size_t index) { return index; }

static void run_block(
    const ok_depthwise_line *line, const int32_t *bias, size_t first, size_t count) {
  const int16_t *weights = (const int16_t *)(bias + OK_FACTORS_PER_CHANNEL * CHANNELS);
  for (size_t pixel = 0; pixel < line->pixels; ++pixel) {
    const uint8_t *const *pieces = line->pieces + pixel * line->taps;
    uint32_t sums[CHANNELS];
    for (size_t c = 0; c < count; ++c) sums[c] = (uint32_t)bias[c];
    for (size_t t = 0; t < line->taps; ++t) {
      const uint8_t *input = pieces[t] + first;
      const int16_t *factors = weights + t * CHANNELS;
      if (line->is_signed) {
        for (size_t c = 0; c < count; ++c) sums[c] += (uint32_t)((int8_t)input[c] * factors[c]);
      } else {
        for (size_t c = 0; c < count; ++c) sums[c] += (uint32_t)(input[c] * factors[c]);
      }
    }
    uint8_t *output = line->output + pixel * line->channels + first;
    for (size_t c = 0; c < count; ++c) {
      output[c] = ok_requantize(
          (int32_t)sums[c], bias[CHANNELS + c], bias[2 * CHANNELS + c], bias[3 * CHANNELS + c],
          line->stage);
    }
  }
}

void ok_depthwise_16_portable(const ok_depthwise_line *line) {
  const size_t block_values =
      CHANNELS * OK_FACTORS_PER_CHANNEL + CHANNELS * line->taps / 2;
  const int32_t *bias = line->packed;
  for (size_t first = 0; first < line->channels; first += CHANNELS) {
    run_block(line, bias, first, ok_smaller(CHANNELS, line->channels - first));
    bias += ok_round_up(block_values, 16);
  }
}
