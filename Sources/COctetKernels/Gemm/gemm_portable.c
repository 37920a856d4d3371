#include "microkernels.h"
#include "Requantize/requantize.h"

#include <string.h>

enum { ROWS = 4, COLUMNS = 8 };

void ok_gemm_4x8_portable(const ok_gemm_tile *tile) {
  const int32_t *bias = tile->panel;
  const int16_t *weights = (const int16_t *)(bias + OK_FACTORS_PER_CHANNEL * COLUMNS);
  uint32_t sums[ROWS][COLUMNS];
  for (size_t r = 0; r < ROWS; ++r) {
    for (size_t c = 0; c < COLUMNS; ++c) sums[r][c] = (uint32_t)bias[c];
  }
  const size_t depth = tile->tap_bytes / sizeof(int16_t);
  for (size_t t = 0; t < tile->taps; ++t) {
    for (size_t k = 0; k < depth; k += 2) {
      for (size_t r = 0; r < ROWS; ++r) {
        const int16_t *row = (const int16_t *)tile->pieces[r * tile->taps + t] + k;
        for (size_t c = 0; c < COLUMNS; ++c) {
          sums[r][c] += (uint32_t)(row[0] * weights[2 * c] + row[1] * weights[2 * c + 1]);
        }
      }
      weights += 2 * COLUMNS;
    }
  }
  if (tile->sums) {
    for (size_t r = 0; r < tile->rows; ++r) {
      memcpy(
          tile->sums + r * tile->output_stride, sums[r], tile->columns * sizeof(int32_t));
    }
    return;
  }
  for (size_t r = 0; r < tile->rows; ++r) {
    for (size_t c = 0; c < tile->columns; ++c) {
      tile->output[r * tile->output_stride + c] = ok_requantize(
          (int32_t)sums[r][c], bias[COLUMNS + c], bias[2 * COLUMNS + c], bias[3 * COLUMNS + c],
          tile->stage);
    }
  }
}
