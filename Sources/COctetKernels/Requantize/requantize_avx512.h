#ifndef OCTET_REQUANTIZE_AVX512_H
#define OCTET_REQUANTIZE_AVX512_H

#include <immintrin.h>

// With byte and word instructions, and with dot products of bytes too.
#define OK_AVX512BW __attribute__((target("avx512f,avx512bw,avx512vl")))
#define OK_AVX512BW_INLINE OK_AVX512BW static inline __attribute__((always_inline))
#define OK_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define OK_AVX512_INLINE OK_AVX512 static inline __attribute__((always_inline))

/// The factors of sixteen channels.
typedef struct ok_factors_avx512 {
  __m512i multiplier, odd_multiplier, left, right, right_less_one;
} ok_factors_avx512;

/// The same factors for all channels.
OK_AVX512BW_INLINE ok_factors_avx512
ok_repeat_factors_avx512(int32_t multiplier, int32_t left, int32_t right) {
  return (ok_factors_avx512){
      .multiplier = _mm512_set1_epi32(multiplier),
      .odd_multiplier = _mm512_set1_epi32(multiplier),
      .left = _mm512_set1_epi32(left),
      .right = _mm512_set1_epi32(right),
      .right_less_one = _mm512_set1_epi32(right - 1),
  };
}

/// Loads factors that stand `stride` values apart: multiplier, left shift, right shift.
OK_AVX512BW_INLINE ok_factors_avx512
ok_load_factors_avx512(const int32_t *multiplier, size_t stride) {
  ok_factors_avx512 factors;
  factors.multiplier = _mm512_load_si512(multiplier);
  factors.odd_multiplier = _mm512_srli_epi64(factors.multiplier, 32);
  factors.left = _mm512_load_si512(multiplier + stride);
  factors.right = _mm512_load_si512(multiplier + 2 * stride);
  factors.right_less_one = _mm512_sub_epi32(factors.right, _mm512_set1_epi32(1));
  return factors;
}

/// Sixteen sums scaled and moved to the zero point, not clamped.
///
/// The rounding shift adds the bit below the result, after negative values were made smaller by
/// one: halves go away from zero. A shift by 0 has -1 as the position of that bit, which the
/// instruction takes as "beyond all bits" and answers with the sign: exactly what restores the
/// value.
OK_AVX512BW_INLINE __m512i ok_requantize_avx512(
    __m512i sum, const ok_factors_avx512 *factors, bool shifts_left, __m512i zero_point) {
  if (shifts_left) sum = _mm512_sllv_epi32(sum, factors->left);
  const __m512i nudge = _mm512_set1_epi64(INT64_C(1) << 30);
  const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(sum, factors->multiplier), nudge);
  const __m512i odd = _mm512_add_epi64(
      _mm512_mul_epi32(_mm512_srli_epi64(sum, 32), factors->odd_multiplier), nudge);
  const __m512i high = _mm512_mask_blend_epi32(
      0xAAAA, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
  const __m512i lowered = _mm512_add_epi32(high, _mm512_srai_epi32(high, 31));
  const __m512i half = _mm512_and_si512(
      _mm512_srav_epi32(lowered, factors->right_less_one), _mm512_set1_epi32(1));
  const __m512i scaled = _mm512_add_epi32(_mm512_srav_epi32(lowered, factors->right), half);
  return _mm512_add_epi32(scaled, zero_point);
}

/// The factors of sixteen channels as `ok_fold_factors` leaves them.
typedef struct ok_folded_factors_avx512 {
  __m512i multiplier, odd_multiplier, zero, right, offset;
} ok_folded_factors_avx512;

/// Loads folded factors that stand `stride` values apart, from the multiplier on.
OK_AVX512BW_INLINE ok_folded_factors_avx512
ok_load_folded_factors_avx512(const int32_t *multiplier, size_t stride) {
  ok_folded_factors_avx512 factors;
  factors.multiplier = _mm512_load_si512(multiplier);
  factors.odd_multiplier = _mm512_srli_epi64(factors.multiplier, 32);
  factors.zero = _mm512_load_si512(multiplier + stride);
  factors.right = _mm512_load_si512(multiplier + 2 * stride);
  factors.offset = _mm512_load_si512(multiplier + 3 * stride);
  return factors;
}

/// The same folded factors for all channels, from what `ok_fold_factors` leaves of one.
OK_AVX512BW_INLINE ok_folded_factors_avx512
ok_repeat_folded_factors_avx512(const int32_t *values) {
  return (ok_folded_factors_avx512){
      .multiplier = _mm512_set1_epi32(values[1]),
      .odd_multiplier = _mm512_set1_epi32(values[1]),
      .zero = _mm512_set1_epi32(values[2]),
      .right = _mm512_set1_epi32(values[3]),
      .offset = _mm512_set1_epi32(values[4]),
  };
}

/// Sixteen sums, moved up as `ok_fold_factors` says, scaled and moved to the zero point, not clamped.
OK_AVX512BW_INLINE __m512i
ok_requantize_folded_avx512(__m512i sum, const ok_folded_factors_avx512 *factors) {
  const __mmask16 is_negative = _mm512_cmplt_epu32_mask(sum, factors->zero);
  const __m512i even = _mm512_mul_epu32(sum, factors->multiplier);
  const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(sum, 32), factors->odd_multiplier);
  const __m512i high = _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
  const __m512i moved = _mm512_add_epi32(high, factors->offset);
  const __m512i lowered =
      _mm512_mask_add_epi32(moved, is_negative, moved, _mm512_set1_epi32(-1));
  return _mm512_srav_epi32(lowered, factors->right);
}

/// The four-byte groups that `ok_narrow_avx512` leaves, vector after vector.
OK_AVX512BW_INLINE __m512i ok_reorder_avx512(__m512i bytes) {
  return _mm512_permutexvar_epi32(
      _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), bytes);
}

/// Four vectors narrowed to bytes and clamped.
///
/// Within each 16-byte lane come four bytes of the first vector, of the second, and so on.
OK_AVX512BW_INLINE __m512i ok_narrow_avx512(
    __m512i first, __m512i second, __m512i third, __m512i fourth, bool is_signed,
    const ok_output_stage *stage) {
  const __m512i front = _mm512_packs_epi32(first, second);
  const __m512i back = _mm512_packs_epi32(third, fourth);
  const __m512i minimum = _mm512_set1_epi8((char)stage->minimum);
  const __m512i maximum = _mm512_set1_epi8((char)stage->maximum);
  if (is_signed) {
    const __m512i bytes = _mm512_packs_epi16(front, back);
    return _mm512_min_epi8(_mm512_max_epi8(bytes, minimum), maximum);
  }
  const __m512i bytes = _mm512_packus_epi16(front, back);
  return _mm512_min_epu8(_mm512_max_epu8(bytes, minimum), maximum);
}

#endif
