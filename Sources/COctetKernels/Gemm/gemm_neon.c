#if defined(__aarch64__)

#include "Requantize/requantize_neon.h"

enum { ROWS = 8, COLUMNS = 8 };

/// Adds the products of one column of inputs, a lane of `inputs`, and one row of weights.
#define ADD_LANE(lane)                                                                  \
  do {                                                                                  \
    const int16x8_t factors = vld1q_s16(weights + (lane) * COLUMNS);                    \
    OK_UNROLL                                                                           \
    for (size_t r = 0; r < rows; ++r) {                                                 \
      sums[r][0] = vmlal_laneq_s16(sums[r][0], vget_low_s16(factors), inputs[r], lane); \
      sums[r][1] = vmlal_high_laneq_s16(sums[r][1], factors, inputs[r], lane);          \
    }                                                                                   \
  } while (0)

/// A tile of exactly `rows` rows.
OK_NEON_INLINE void run_tile(const ok_gemm_tile *tile, size_t rows) {
  const int32_t *bias = tile->panel;
  const int16_t *weights = (const int16_t *)(bias + OK_FACTORS_PER_CHANNEL * COLUMNS);
  int32x4_t sums[ROWS][2];
  OK_UNROLL
  for (size_t r = 0; r < rows; ++r) {
    sums[r][0] = vld1q_s32(bias);
    sums[r][1] = vld1q_s32(bias + 4);
  }
  const size_t depth = tile->tap_bytes / sizeof(int16_t);
  for (size_t t = 0; t < tile->taps; ++t) {
    const int16_t *pieces[ROWS];
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) {
      pieces[r] = (const int16_t *)(const void *)tile->pieces[r * tile->taps + t];
    }
    size_t k = 0;
    for (; k + 8 <= depth; k += 8) {
      int16x8_t inputs[ROWS];
      OK_UNROLL
      for (size_t r = 0; r < rows; ++r) inputs[r] = vld1q_s16(pieces[r] + k);
      ADD_LANE(0);
      ADD_LANE(1);
      ADD_LANE(2);
      ADD_LANE(3);
      ADD_LANE(4);
      ADD_LANE(5);
      ADD_LANE(6);
      ADD_LANE(7);
      weights += 8 * COLUMNS;
    }
    for (; k < depth; ++k) {
      const int16x8_t factors = vld1q_s16(weights);
      OK_UNROLL
      for (size_t r = 0; r < rows; ++r) {
        sums[r][0] = vmlal_n_s16(sums[r][0], vget_low_s16(factors), pieces[r][k]);
        sums[r][1] = vmlal_high_n_s16(sums[r][1], factors, pieces[r][k]);
      }
      weights += COLUMNS;
    }
  }
  OK_UNROLL
  for (size_t r = 0; r < rows; ++r) {
    ok_store_row_neon(tile, r, sums[r][0], sums[r][1], bias + COLUMNS);
  }
}

void ok_gemm_8x8_neon(const ok_gemm_tile *tile) {
  if (tile->rows > 4) run_tile(tile, ROWS);
  else if (tile->rows > 1) run_tile(tile, 4);
  else run_tile(tile, 1);
}

#endif
