#ifndef OCTET_REQUANTIZE_SSE41_H
#define OCTET_REQUANTIZE_SSE41_H

#include "microkernels.h"

#include <smmintrin.h>
#include <string.h>

#define OK_SSE41 __attribute__((target("sse4.1")))
#define OK_SSE41_INLINE OK_SSE41 static inline __attribute__((always_inline))

/// The factors of four channels.
///
/// There are no shifts by a count for each lane: a left shift is a product with a power of two, a
/// right shift the upper half of one with `-2^(31 - right)`, negative because 2^31 would not fit.
typedef struct ok_factors_sse41 {
  __m128i multiplier, odd_multiplier, left, right, odd_right;
  /// All bits of channels that are shifted right at all.
  __m128i shifts_right;
} ok_factors_sse41;

OK_SSE41_INLINE ok_factors_sse41
ok_make_factors_sse41(__m128i multiplier, __m128i left, __m128i right) {
  // Powers of two are floating-point numbers that have nothing but an exponent.
  const __m128i raised = _mm_slli_epi32(_mm_add_epi32(left, _mm_set1_epi32(127)), 23);
  const __m128i lowered = _mm_or_si128(
      _mm_slli_epi32(_mm_sub_epi32(_mm_set1_epi32(127 + 31), right), 23),
      _mm_set1_epi32(INT32_MIN));
  ok_factors_sse41 factors;
  factors.multiplier = multiplier;
  factors.odd_multiplier = _mm_srli_epi64(multiplier, 32);
  factors.left = _mm_cvttps_epi32(_mm_castsi128_ps(raised));
  factors.right = _mm_cvttps_epi32(_mm_castsi128_ps(lowered));
  factors.odd_right = _mm_srli_epi64(factors.right, 32);
  factors.shifts_right = _mm_cmpgt_epi32(right, _mm_setzero_si128());
  return factors;
}

/// Loads factors that stand `stride` values apart: multiplier, left shift, right shift.
OK_SSE41_INLINE ok_factors_sse41 ok_load_factors_sse41(const int32_t *multiplier, size_t stride) {
  return ok_make_factors_sse41(
      _mm_load_si128((const __m128i *)multiplier),
      _mm_load_si128((const __m128i *)(multiplier + stride)),
      _mm_load_si128((const __m128i *)(multiplier + 2 * stride)));
}

/// The same factors for all channels.
OK_SSE41_INLINE ok_factors_sse41
ok_repeat_factors_sse41(int32_t multiplier, int32_t left, int32_t right) {
  return ok_make_factors_sse41(
      _mm_set1_epi32(multiplier), _mm_set1_epi32(left), _mm_set1_epi32(right));
}

/// Bits 31 to 62 of the sums of 2^30 and of even and odd 64-bit products.
OK_SSE41_INLINE __m128i ok_round_high_sse41(__m128i even, __m128i odd) {
  const __m128i nudge = _mm_set1_epi64x(INT64_C(1) << 30);
  return _mm_blend_epi16(
      _mm_srli_epi64(_mm_add_epi64(even, nudge), 31),
      _mm_slli_epi64(_mm_add_epi64(odd, nudge), 1), 0xCC);
}

/// Four sums scaled; for the arithmetic see `ok_requantize_avx512`.
OK_SSE41_INLINE __m128i
ok_scale_sse41(__m128i sum, const ok_factors_sse41 *factors, bool shifts_left) {
  if (shifts_left) sum = _mm_mullo_epi32(sum, factors->left);
  __m128i multiplier = factors->multiplier, odd_multiplier = factors->odd_multiplier;
  __m128i right = factors->right, odd_right = factors->odd_right;
  OK_KEEP_HALVES(multiplier);
  OK_KEEP_HALVES(odd_multiplier);
  OK_KEEP_HALVES(right);
  OK_KEEP_HALVES(odd_right);
  const __m128i high = ok_round_high_sse41(
      _mm_mul_epi32(sum, multiplier), _mm_mul_epi32(_mm_srli_epi64(sum, 32), odd_multiplier));
  const __m128i lowered =
      _mm_add_epi32(high, _mm_and_si128(_mm_srai_epi32(high, 31), factors->shifts_right));
  const __m128i zero = _mm_setzero_si128();
  return ok_round_high_sse41(
      _mm_sub_epi64(zero, _mm_mul_epi32(lowered, right)),
      _mm_sub_epi64(zero, _mm_mul_epi32(_mm_srli_epi64(lowered, 32), odd_right)));
}

/// Eight scaled sums as outputs in the lower half: moved to the zero point, narrowed and clamped.
OK_SSE41_INLINE __m128i ok_narrow_sse41(
    __m128i front, __m128i back, bool is_signed, const ok_output_stage *stage) {
  const __m128i zero_point = _mm_set1_epi32(stage->zero_point);
  const __m128i words =
      _mm_packs_epi32(_mm_add_epi32(front, zero_point), _mm_add_epi32(back, zero_point));
  const __m128i minimum = _mm_set1_epi8((char)stage->minimum);
  const __m128i maximum = _mm_set1_epi8((char)stage->maximum);
  if (is_signed) {
    return _mm_min_epi8(_mm_max_epi8(_mm_packs_epi16(words, words), minimum), maximum);
  }
  return _mm_min_epu8(_mm_max_epu8(_mm_packus_epi16(words, words), minimum), maximum);
}

/// Stores up to eight bytes.
OK_SSE41_INLINE void ok_store_sse41(uint8_t *output, __m128i bytes, size_t count) {
  if (count >= 8) {
    _mm_storel_epi64((__m128i *)output, bytes);
  } else {
    uint8_t copy[16];
    _mm_storeu_si128((__m128i *)copy, bytes);
    memcpy(output, copy, count);
  }
}

/// Stores up to eight sums.
OK_SSE41_INLINE void ok_store_sums_sse41(
    int32_t *output, __m128i front, __m128i back, size_t count) {
  int32_t copy[8];
  int32_t *const place = count >= 8 ? output : copy;
  _mm_storeu_si128((__m128i *)place, front);
  _mm_storeu_si128((__m128i *)(place + 4), back);
  if (count < 8) memcpy(output, copy, count * sizeof *copy);
}

/// Up to eight bytes as words.
OK_SSE41_INLINE __m128i ok_load_words_sse41(const uint8_t *input, size_t count, bool is_signed) {
  uint8_t copy[8] = {0};
  if (count < 8) {
    memcpy(copy, input, count);
    input = copy;
  }
  const __m128i bytes = _mm_loadl_epi64((const __m128i *)input);
  return is_signed ? _mm_cvtepi8_epi16(bytes) : _mm_cvtepu8_epi16(bytes);
}

#endif
