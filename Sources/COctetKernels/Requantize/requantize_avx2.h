#ifndef OCTET_REQUANTIZE_AVX2_H
#define OCTET_REQUANTIZE_AVX2_H

#include "microkernels.h"

#include <immintrin.h>
#include <string.h>

#define OK_AVX2 __attribute__((target("avx2")))
#define OK_AVX2_INLINE OK_AVX2 static inline __attribute__((always_inline))

/// Eight sums scaled; for the arithmetic see `ok_requantize_avx512`.
OK_AVX2_INLINE __m256i
ok_scale_avx2(__m256i sum, __m256i multiplier, __m256i left, __m256i right) {
  const __m256i one = _mm256_set1_epi32(1);
  const __m256i nudge = _mm256_set1_epi64x(INT64_C(1) << 30);
  sum = _mm256_sllv_epi32(sum, left);
  const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(sum, multiplier), nudge);
  const __m256i odd = _mm256_add_epi64(
      _mm256_mul_epi32(_mm256_srli_epi64(sum, 32), _mm256_srli_epi64(multiplier, 32)), nudge);
  const __m256i high =
      _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xAA);
  const __m256i lowered = _mm256_add_epi32(high, _mm256_srai_epi32(high, 31));
  const __m256i half =
      _mm256_and_si256(_mm256_srav_epi32(lowered, _mm256_sub_epi32(right, one)), one);
  return _mm256_add_epi32(_mm256_srav_epi32(lowered, right), half);
}

/// Eight sums scaled and moved to the zero point, not clamped.
///
/// `multiplier` points to multipliers, with left and right shifts `stride` and twice as many values
/// behind.
OK_AVX2_INLINE __m256i ok_requantize_avx2(
    __m256i sum, const int32_t *multiplier, size_t stride, __m256i zero_point) {
  const __m256i scaled = ok_scale_avx2(
      sum, _mm256_load_si256((const __m256i *)multiplier),
      _mm256_load_si256((const __m256i *)(multiplier + stride)),
      _mm256_load_si256((const __m256i *)(multiplier + 2 * stride)));
  return _mm256_add_epi32(scaled, zero_point);
}

/// Eight sums, moved up as `ok_fold_factors` says, scaled and moved to the zero point, not clamped.
///
/// `multiplier` points to folded multipliers, with the other factors `stride` values apart behind.
/// Sums that can be folded stay below 2^31 when they are moved up, so that a comparison of signed
/// values tells which ones were below zero.
OK_AVX2_INLINE __m256i
ok_requantize_folded_avx2(__m256i sum, const int32_t *multiplier, size_t stride) {
  const __m256i factor = _mm256_load_si256((const __m256i *)multiplier);
  const __m256i zero = _mm256_load_si256((const __m256i *)(multiplier + stride));
  const __m256i right = _mm256_load_si256((const __m256i *)(multiplier + 2 * stride));
  const __m256i offset = _mm256_load_si256((const __m256i *)(multiplier + 3 * stride));
  const __m256i even = _mm256_mul_epu32(sum, factor);
  const __m256i odd =
      _mm256_mul_epu32(_mm256_srli_epi64(sum, 32), _mm256_srli_epi64(factor, 32));
  const __m256i high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
  const __m256i less = _mm256_cmpgt_epi32(zero, sum);
  return _mm256_srav_epi32(_mm256_add_epi32(_mm256_add_epi32(high, offset), less), right);
}

/// Words narrowed to bytes and clamped, lane by lane.
OK_AVX2_INLINE __m256i ok_narrow_avx2(
    __m256i front, __m256i back, bool is_signed, const ok_output_stage *stage) {
  const __m256i minimum = _mm256_set1_epi8((char)stage->minimum);
  const __m256i maximum = _mm256_set1_epi8((char)stage->maximum);
  if (is_signed) {
    const __m256i bytes = _mm256_packs_epi16(front, back);
    return _mm256_min_epi8(_mm256_max_epi8(bytes, minimum), maximum);
  }
  const __m256i bytes = _mm256_packus_epi16(front, back);
  return _mm256_min_epu8(_mm256_max_epu8(bytes, minimum), maximum);
}

/// Two vectors of words, as `_mm256_packs_epi32` leaves them, as sixteen bytes in order each.
OK_AVX2_INLINE __m256i ok_narrow_rows_avx2(
    __m256i first, __m256i second, bool is_signed, const ok_output_stage *stage) {
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  return _mm256_permutevar8x32_epi32(ok_narrow_avx2(first, second, is_signed, stage), order);
}

/// Stores up to sixteen bytes.
OK_AVX2_INLINE void ok_store_avx2(uint8_t *output, __m128i bytes, size_t count) {
  if (count == 16) {
    _mm_storeu_si128((__m128i *)output, bytes);
    return;
  }
  if (count == 8) {
    _mm_storel_epi64((__m128i *)output, bytes);
    return;
  }
  // Two parts that may overlap: faster than a call for any number of bytes.
  uint8_t copy[16];
  _mm_storeu_si128((__m128i *)copy, bytes);
  if (count > 8) {
    memcpy(output, copy, 8);
    memcpy(output + count - 8, copy + count - 8, 8);
  } else if (count >= 4) {
    memcpy(output, copy, 4);
    memcpy(output + count - 4, copy + count - 4, 4);
  } else if (count > 0) {
    output[0] = copy[0];
    output[count / 2] = copy[count / 2];
    output[count - 1] = copy[count - 1];
  }
}

#endif
