#ifndef OCTET_REQUANTIZE_NEON_H
#define OCTET_REQUANTIZE_NEON_H

#include "microkernels.h"

#include <arm_neon.h>
#include <string.h>

#define OK_NEON_INLINE static inline __attribute__((always_inline))
#define OK_NEONDOT __attribute__((target("dotprod")))
#define OK_NEONDOT_INLINE OK_NEONDOT static inline __attribute__((always_inline))
#define OK_NEONI8MM __attribute__((target("dotprod,i8mm")))
#define OK_NEONI8MM_INLINE OK_NEONI8MM static inline __attribute__((always_inline))

/// The factors of four channels; the right shift is a negative left one.
typedef struct ok_factors_neon {
  int32x4_t multiplier, left, minus_right;
} ok_factors_neon;

/// Loads factors that stand `stride` values apart: multiplier, left shift, right shift.
OK_NEON_INLINE ok_factors_neon ok_load_factors_neon(const int32_t *multiplier, size_t stride) {
  return (ok_factors_neon){
      .multiplier = vld1q_s32(multiplier),
      .left = vld1q_s32(multiplier + stride),
      .minus_right = vnegq_s32(vld1q_s32(multiplier + 2 * stride)),
  };
}

/// The same factors for all channels.
OK_NEON_INLINE ok_factors_neon
ok_repeat_factors_neon(int32_t multiplier, int32_t left, int32_t right) {
  return (ok_factors_neon){
      .multiplier = vdupq_n_s32(multiplier),
      .left = vdupq_n_s32(left),
      .minus_right = vdupq_n_s32(-right),
  };
}

/// Four sums scaled.
///
/// The doubling multiplication rounds halves towards +∞, as the reference does. So does the rounding
/// shift, where the reference rounds them away from zero: negative values are made smaller by one
/// first, unless the shift is by 0. A product can't be INT32_MIN, because no multiplier is.
OK_NEON_INLINE int32x4_t ok_scale_neon(int32x4_t sum, const ok_factors_neon *factors) {
  const int32x4_t high = vqrdmulhq_s32(vshlq_s32(sum, factors->left), factors->multiplier);
  const int32x4_t lower = vshrq_n_s32(vandq_s32(high, factors->minus_right), 31);
  return vrshlq_s32(vaddq_s32(high, lower), factors->minus_right);
}

/// Eight scaled sums as outputs: moved to the zero point, narrowed and clamped.
OK_NEON_INLINE uint8x8_t ok_narrow_neon(
    int32x4_t front, int32x4_t back, bool is_signed, const ok_output_stage *stage) {
  const int32x4_t zero_point = vdupq_n_s32(stage->zero_point);
  const int16x8_t words = vqmovn_high_s32(
      vqmovn_s32(vaddq_s32(front, zero_point)), vaddq_s32(back, zero_point));
  if (is_signed) {
    const int8x8_t raised = vmax_s8(vqmovn_s16(words), vdup_n_s8((int8_t)stage->minimum));
    return vreinterpret_u8_s8(vmin_s8(raised, vdup_n_s8((int8_t)stage->maximum)));
  }
  const uint8x8_t raised = vmax_u8(vqmovun_s16(words), vdup_n_u8((uint8_t)stage->minimum));
  return vmin_u8(raised, vdup_n_u8((uint8_t)stage->maximum));
}

/// Stores up to eight bytes.
OK_NEON_INLINE void ok_store_neon(uint8_t *output, uint8x8_t bytes, size_t count) {
  if (count >= 8) {
    vst1_u8(output, bytes);
  } else {
    uint8_t copy[8];
    vst1_u8(copy, bytes);
    memcpy(output, copy, count);
  }
}

/// Stores one row of a tile of eight columns. `factors` points to the panel's multipliers.
OK_NEON_INLINE void ok_store_row_neon(
    const ok_gemm_tile *tile, size_t row, int32x4_t front, int32x4_t back,
    const int32_t *factors) {
  // Surplus rows repeat the last one: storing them again changes nothing.
  const size_t place = row < tile->rows ? row : tile->rows - 1;
  if (tile->sums) {
    int32_t copy[8];
    int32_t *const sums = tile->sums + place * tile->output_stride;
    int32_t *const destination = tile->columns >= 8 ? sums : copy;
    vst1q_s32(destination, front);
    vst1q_s32(destination + 4, back);
    if (tile->columns < 8) memcpy(sums, copy, tile->columns * sizeof *copy);
    return;
  }
  const ok_factors_neon left = ok_load_factors_neon(factors, 8);
  const ok_factors_neon right = ok_load_factors_neon(factors + 4, 8);
  ok_store_neon(
      tile->output + place * tile->output_stride,
      ok_narrow_neon(
          ok_scale_neon(front, &left), ok_scale_neon(back, &right), tile->is_signed, tile->stage),
      tile->columns);
}

#endif
