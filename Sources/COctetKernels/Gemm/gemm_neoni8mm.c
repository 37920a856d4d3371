#if defined(__aarch64__)

#include "Requantize/requantize_neon.h"

enum { ROWS = 8, COLUMNS = 8, DEPTH = 8, PAIRS = 4 };

/// Adds the product of two rows of eight bytes and two columns of eight bytes, a 2×2 matrix.
OK_NEONI8MM_INLINE int32x4_t multiply(
    int32x4_t sum, uint8x16_t rows, uint8x16_t columns, bool is_signed) {
  if (is_signed) {
    return vmmlaq_s32(sum, vreinterpretq_s8_u8(rows), vreinterpretq_s8_u8(columns));
  }
  return vreinterpretq_s32_u32(vmmlaq_u32(vreinterpretq_u32_s32(sum), rows, columns));
}

/// One row of a tile from its 2×2 matrices, in halves.
OK_NEON_INLINE void take_row(
    const int32x4_t *matrices, bool is_second, int32x4_t *front, int32x4_t *back) {
  int64x2_t wide[PAIRS];
  OK_UNROLL
  for (size_t c = 0; c < PAIRS; ++c) wide[c] = vreinterpretq_s64_s32(matrices[c]);
  if (is_second) {
    *front = vreinterpretq_s32_s64(vzip2q_s64(wide[0], wide[1]));
    *back = vreinterpretq_s32_s64(vzip2q_s64(wide[2], wide[3]));
  } else {
    *front = vreinterpretq_s32_s64(vzip1q_s64(wide[0], wide[1]));
    *back = vreinterpretq_s32_s64(vzip1q_s64(wide[2], wide[3]));
  }
}

/// A tile of exactly twice `pairs` rows.
OK_NEONI8MM_INLINE void run_tile(const ok_gemm_tile *tile, size_t pairs, bool is_signed) {
  const int32_t *bias = tile->panel;
  const uint8_t *weights = (const uint8_t *)(bias + OK_FACTORS_PER_CHANNEL * COLUMNS);
  int32x4_t sums[PAIRS][PAIRS];
  OK_UNROLL
  for (size_t r = 0; r < pairs; ++r) {
    OK_UNROLL
    for (size_t c = 0; c < PAIRS; ++c) sums[r][c] = vdupq_n_s32(0);
  }
  for (size_t t = 0; t < tile->taps; ++t) {
    const uint8_t *pieces[ROWS];
    OK_UNROLL
    for (size_t r = 0; r < 2 * pairs; ++r) pieces[r] = tile->pieces[r * tile->taps + t];
    for (size_t k = 0; k < tile->tap_bytes; k += DEPTH) {
      uint8x16_t columns[PAIRS];
      OK_UNROLL
      for (size_t c = 0; c < PAIRS; ++c) columns[c] = vld1q_u8(weights + 2 * DEPTH * c);
      OK_UNROLL
      for (size_t r = 0; r < pairs; ++r) {
        const uint8x16_t rows =
            vcombine_u8(vld1_u8(pieces[2 * r] + k), vld1_u8(pieces[2 * r + 1] + k));
        OK_UNROLL
        for (size_t c = 0; c < PAIRS; ++c) {
          sums[r][c] = multiply(sums[r][c], rows, columns[c], is_signed);
        }
      }
      weights += DEPTH * COLUMNS;
    }
  }
  OK_UNROLL
  for (size_t r = 0; r < 2 * pairs; ++r) {
    const int32x4_t term = vdupq_n_s32(tile->row_terms ? tile->row_terms[r] : 0);
    int32x4_t front, back;
    take_row(sums[r / 2], r % 2, &front, &back);
    ok_store_row_neon(
        tile, r, vaddq_s32(vaddq_s32(front, vld1q_s32(bias)), term),
        vaddq_s32(vaddq_s32(back, vld1q_s32(bias + 4)), term), bias + COLUMNS);
  }
}

OK_NEONI8MM_INLINE void run_rows(const ok_gemm_tile *tile, bool is_signed) {
  if (tile->rows > 4) run_tile(tile, 4, is_signed);
  else if (tile->rows > 2) run_tile(tile, 2, is_signed);
  else run_tile(tile, 1, is_signed);
}

OK_NEONI8MM void ok_gemm_8x8_neoni8mm(const ok_gemm_tile *tile) {
  if (tile->is_signed) run_rows(tile, true);
  else run_rows(tile, false);
}

#endif
