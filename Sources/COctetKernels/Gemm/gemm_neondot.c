#if defined(__aarch64__)

#include "Requantize/requantize_neon.h"

enum { ROWS = 8, COLUMNS = 8 };

/// Adds products of four bytes in each lane; those of the input are repeated.
OK_NEONDOT_INLINE int32x4_t dot(
    int32x4_t sum, uint8x16_t input, uint8x16_t weights, bool is_signed) {
  if (is_signed) {
    return vdotq_s32(sum, vreinterpretq_s8_u8(weights), vreinterpretq_s8_u8(input));
  }
  return vreinterpretq_s32_u32(vdotq_u32(vreinterpretq_u32_s32(sum), weights, input));
}

/// Adds products of four bytes in each lane; those of the input come from one of its lanes.
#define DOT_LANE(sum, input, weights, lane)                                                     \
  ((sum) = is_signed ? vdotq_laneq_s32(                                                         \
                           sum, vreinterpretq_s8_u8(weights), vreinterpretq_s8_u8(input), lane) \
                     : vreinterpretq_s32_u32(vdotq_laneq_u32(                                   \
                           vreinterpretq_u32_s32(sum), weights, input, lane)))

/// Adds the products of one group of four inputs, a lane of `inputs`, and a row of weights.
#define ADD_LANE(lane)                                                      \
  do {                                                                      \
    const uint8x16_t left = vld1q_u8(weights + (lane) * 4 * COLUMNS);       \
    const uint8x16_t right = vld1q_u8(weights + (lane) * 4 * COLUMNS + 16); \
    OK_UNROLL                                                               \
    for (size_t r = 0; r < rows; ++r) {                                     \
      DOT_LANE(sums[r][0], inputs[r], left, lane);                          \
      DOT_LANE(sums[r][1], inputs[r], right, lane);                         \
    }                                                                       \
  } while (0)

/// A tile of exactly `rows` rows.
OK_NEONDOT_INLINE void run_tile(const ok_gemm_tile *tile, size_t rows, bool is_signed) {
  const int32_t *bias = tile->panel;
  const uint8_t *weights = (const uint8_t *)(bias + OK_FACTORS_PER_CHANNEL * COLUMNS);
  int32x4_t sums[ROWS][2];
  OK_UNROLL
  for (size_t r = 0; r < rows; ++r) {
    const int32x4_t term = vdupq_n_s32(tile->row_terms ? tile->row_terms[r] : 0);
    sums[r][0] = vaddq_s32(vld1q_s32(bias), term);
    sums[r][1] = vaddq_s32(vld1q_s32(bias + 4), term);
  }
  for (size_t t = 0; t < tile->taps; ++t) {
    const uint8_t *pieces[ROWS];
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) pieces[r] = tile->pieces[r * tile->taps + t];
    size_t k = 0;
    for (; k + 16 <= tile->tap_bytes; k += 16) {
      uint8x16_t inputs[ROWS];
      OK_UNROLL
      for (size_t r = 0; r < rows; ++r) inputs[r] = vld1q_u8(pieces[r] + k);
      ADD_LANE(0);
      ADD_LANE(1);
      ADD_LANE(2);
      ADD_LANE(3);
      weights += 16 * COLUMNS;
    }
    for (; k < tile->tap_bytes; k += 4) {
      const uint8x16_t left = vld1q_u8(weights), right = vld1q_u8(weights + 16);
      OK_UNROLL
      for (size_t r = 0; r < rows; ++r) {
        uint32_t group;
        memcpy(&group, pieces[r] + k, 4);
        const uint8x16_t input = vreinterpretq_u8_u32(vdupq_n_u32(group));
        sums[r][0] = dot(sums[r][0], input, left, is_signed);
        sums[r][1] = dot(sums[r][1], input, right, is_signed);
      }
      weights += 4 * COLUMNS;
    }
  }
  OK_UNROLL
  for (size_t r = 0; r < rows; ++r) {
    ok_store_row_neon(tile, r, sums[r][0], sums[r][1], bias + COLUMNS);
  }
}

OK_NEONDOT_INLINE void run_rows(const ok_gemm_tile *tile, bool is_signed) {
  if (tile->rows > 4) run_tile(tile, ROWS, is_signed);
  else if (tile->rows > 1) run_tile(tile, 4, is_signed);
  else run_tile(tile, 1, is_signed);
}

OK_NEONDOT void ok_gemm_8x8_neondot(const ok_gemm_tile *tile) {
  if (tile->is_signed) run_rows(tile, true);
  else run_rows(tile, false);
}

/// Sums of rows, as products with ones.
OK_NEONDOT_INLINE void sum_rows(const ok_gemm_rows *rows, bool is_signed) {
  const uint8x16_t ones = vdupq_n_u8(1);
  for (size_t row = 0; row < rows->count; ++row) {
    int32x4_t sum = vdupq_n_s32(0);
    for (size_t t = 0; t < rows->taps; ++t) {
      const uint8_t *piece = rows->pieces[row * rows->taps + t];
      size_t k = 0;
      for (; k + 16 <= rows->tap_bytes; k += 16) {
        sum = dot(sum, vld1q_u8(piece + k), ones, is_signed);
      }
      for (; k < rows->tap_bytes; k += 4) {
        uint32_t group = 0;
        memcpy(&group, piece + k, ok_smaller(4, rows->tap_bytes - k));
        const uint32x4_t groups = vsetq_lane_u32(group, vdupq_n_u32(0), 0);
        sum = dot(sum, vreinterpretq_u8_u32(groups), ones, is_signed);
      }
    }
    rows->terms[row] = (int32_t)((uint32_t)vaddvq_s32(sum) * (uint32_t)rows->factor);
  }
}

OK_NEONDOT void ok_sum_rows_neondot(const ok_gemm_rows *rows) {
  if (rows->is_signed) sum_rows(rows, true);
  else sum_rows(rows, false);
}

#endif
