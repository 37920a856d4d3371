#if defined(__x86_64__)

#include "pieces.h"
#include "Requantize/requantize_avx2.h"
#include "Requantize/requantize_avx512.h"

#include <string.h>

// AVX2: sixteen elements at a time.

OK_AVX2_INLINE __m256i scale_half_avx2(
    const ok_sum *sum, const ok_sum_input *input, __m128i bytes) {
  const __m256i wide = sum->is_signed ? _mm256_cvtepi8_epi32(bytes) : _mm256_cvtepu8_epi32(bytes);
  return ok_scale_avx2(
      _mm256_sub_epi32(wide, _mm256_set1_epi32(input->zero_point)),
      _mm256_set1_epi32(input->multiplier), _mm256_set1_epi32(sum->left_shift),
      _mm256_set1_epi32(input->right));
}

/// Eight outputs before they are narrowed.
OK_AVX2_INLINE __m256i add_half_avx2(const ok_sum *sum, __m128i left, __m128i right) {
  const __m256i first = scale_half_avx2(sum, &sum->left, left);
  const __m256i second = scale_half_avx2(sum, &sum->right, right);
  const __m256i total =
      sum->subtracts ? _mm256_sub_epi32(first, second) : _mm256_add_epi32(first, second);
  const __m256i scaled = ok_scale_avx2(
      total, _mm256_set1_epi32(sum->multiplier),
      _mm256_set1_epi32(sum->exponent > 0 ? sum->exponent : 0),
      _mm256_set1_epi32(sum->exponent > 0 ? 0 : -sum->exponent));
  return _mm256_add_epi32(scaled, _mm256_set1_epi32(sum->stage.zero_point));
}

OK_AVX2 void ok_sum_avx2(
    const ok_sum *sum, const uint8_t *left, const uint8_t *right, uint8_t *output, size_t count) {
  for (size_t i = 0; i < count; i += 16) {
    const size_t part = ok_smaller(16, count - i);
    uint8_t copies[3][16] = {{0}};
    const uint8_t *first = left + i, *second = right + i;
    uint8_t *result = output + i;
    if (part < 16) {
      memcpy(copies[0], first, part);
      memcpy(copies[1], second, part);
      first = copies[0];
      second = copies[1];
      result = copies[2];
    }
    const __m128i a = _mm_loadu_si128((const __m128i *)first);
    const __m128i b = _mm_loadu_si128((const __m128i *)second);
    const __m256i low = add_half_avx2(sum, a, b);
    const __m256i high = add_half_avx2(sum, _mm_srli_si128(a, 8), _mm_srli_si128(b, 8));
    const __m256i words = _mm256_packs_epi32(low, high);
    _mm_storeu_si128(
        (__m128i *)result,
        _mm256_castsi256_si128(ok_narrow_rows_avx2(words, words, sum->is_signed, &sum->stage)));
    if (part < 16) memcpy(output + i, result, part);
  }
}

// AVX-512: sixty-four elements at a time, the last ones behind a mask.

/// How values are scaled.
typedef struct scaling {
  ok_factors_avx512 factors;
  /// Whether the factors can be folded, or one shift does it all, as for the input of the larger
  /// scale, whose factor is one half.
  bool is_folded, is_shift;
  ok_folded_factors_avx512 folded;
  /// By how much inputs are shifted left, and what is added before folded factors are applied.
  __m512i left, zero;
} scaling;

/// How both inputs and the output are scaled.
typedef struct scalings {
  scaling left, right, output;
} scalings;

/// What is known of a sum while its loop is compiled.
typedef struct sum_form {
  bool is_signed;
  /// Whether all is folded or shifted.
  bool is_folded, shifts_left_input, shifts_right_input;
} sum_form;

/// The largest left shift for which folded factors hold: a sum of two shifted distances of bytes
/// stays below 2^29.
enum { MAXIMUM_LEFT_SHIFT = 20 };

OK_AVX512BW_INLINE scaling
scaling_of(int32_t multiplier, int32_t exponent, int32_t zero_point, bool can_fold) {
  scaling scaling = {
      .factors = ok_repeat_factors_avx512(
          multiplier, exponent > 0 ? exponent : 0, exponent > 0 ? 0 : -exponent),
      .is_folded = can_fold && ok_can_fold(0, 0, multiplier, exponent)};
  if (!scaling.is_folded) return scaling;
  int32_t values[OK_FACTORS_PER_CHANNEL];
  ok_store_factors(values, 1, 0, 0, multiplier, exponent);
  ok_fold_factors(values, 1, 0, zero_point);
  scaling.zero = _mm512_set1_epi32(values[0]);
  scaling.folded = ok_repeat_folded_factors_avx512(values);
  return scaling;
}

OK_AVX512BW_INLINE scaling input_scaling(const ok_sum *sum, const ok_sum_input *input) {
  const int32_t left = sum->left_shift;
  const bool can_fold = left <= MAXIMUM_LEFT_SHIFT;
  scaling scaling = scaling_of(input->multiplier, -input->right, 0, can_fold);
  scaling.is_shift =
      input->multiplier == INT32_C(1) << 30 && input->right == 0 && left > 0 && can_fold;
  if (scaling.is_shift) scaling.zero = _mm512_setzero_si512();
  scaling.left = _mm512_set1_epi32(scaling.is_shift ? left - 1 : left);
  scaling.zero = _mm512_sub_epi32(
      scaling.zero, _mm512_sllv_epi32(_mm512_set1_epi32(input->zero_point), scaling.left));
  return scaling;
}

OK_AVX512BW_INLINE __m512i fold(const scaling *scaling, __m512i value) {
  ok_folded_factors_avx512 folded = scaling->folded;
  OK_KEEP_HALVES(folded.multiplier);
  OK_KEEP_HALVES(folded.odd_multiplier);
  return ok_requantize_folded_avx512(_mm512_add_epi32(value, scaling->zero), &folded);
}

OK_AVX512BW_INLINE __m512i
apply(const scaling *scaling, __m512i value, bool shifts_left, __m512i zero_point) {
  ok_factors_avx512 factors = scaling->factors;
  OK_KEEP_HALVES(factors.multiplier);
  OK_KEEP_HALVES(factors.odd_multiplier);
  return ok_requantize_avx512(value, &factors, shifts_left, zero_point);
}

OK_AVX512BW_INLINE __m512i scale_quarter(
    const ok_sum *sum, const ok_sum_input *input, const scaling *scaling, sum_form form,
    bool shifts, __m128i bytes) {
  const __m512i wide =
      form.is_signed ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes);
  if (form.is_folded) {
    const __m512i value = _mm512_sllv_epi32(wide, scaling->left);
    return shifts ? _mm512_add_epi32(value, scaling->zero) : fold(scaling, value);
  }
  const __m512i distance = _mm512_sub_epi32(wide, _mm512_set1_epi32(input->zero_point));
  const __m512i value = _mm512_sllv_epi32(distance, _mm512_set1_epi32(sum->left_shift));
  return apply(scaling, value, false, _mm512_setzero_si512());
}

/// Up to 64 outputs.
OK_AVX512BW_INLINE void add_part(
    const ok_sum *sum, const scalings *scalings, sum_form form, const uint8_t *left,
    const uint8_t *right, uint8_t *output, size_t count) {
  const __m512i zero_point = _mm512_set1_epi32(sum->stage.zero_point);
  __m512i quarters[4];
  OK_UNROLL
  for (size_t q = 0; q < 4; ++q) {
    const size_t first = 16 * q;
    const __mmask16 mask =
        first >= count ? 0 : (__mmask16)(UINT16_MAX >> (16 - ok_smaller(16, count - first)));
    const __m512i a = scale_quarter(
        sum, &sum->left, &scalings->left, form, form.shifts_left_input,
        _mm_maskz_loadu_epi8(mask, left + first));
    const __m512i b = scale_quarter(
        sum, &sum->right, &scalings->right, form, form.shifts_right_input,
        _mm_maskz_loadu_epi8(mask, right + first));
    const __m512i total = sum->subtracts ? _mm512_sub_epi32(a, b) : _mm512_add_epi32(a, b);
    quarters[q] = form.is_folded
                      ? fold(&scalings->output, total)
                      : apply(&scalings->output, total, sum->stage.shifts_left, zero_point);
  }
  const __m512i bytes = ok_reorder_avx512(ok_narrow_avx512(
      quarters[0], quarters[1], quarters[2], quarters[3], form.is_signed, &sum->stage));
  _mm512_mask_storeu_epi8(output, UINT64_MAX >> (64 - count), bytes);
}

OK_AVX512BW_INLINE void add_all(
    const ok_sum *sum, const scalings *scalings, sum_form form, const uint8_t *left,
    const uint8_t *right, uint8_t *output, size_t count) {
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    add_part(sum, scalings, form, left + i, right + i, output + i, 64);
  }
  if (i < count) add_part(sum, scalings, form, left + i, right + i, output + i, count - i);
}

OK_AVX512BW_INLINE void add_signed_or_not(
    const ok_sum *sum, const scalings *scalings, bool is_signed, const uint8_t *left,
    const uint8_t *right, uint8_t *output, size_t count) {
  const bool is_folded = scalings->output.is_folded &&
                         (scalings->left.is_folded || scalings->left.is_shift) &&
                         (scalings->right.is_folded || scalings->right.is_shift);
  sum_form form = {.is_signed = is_signed, .is_folded = is_folded};
  // Written out, so that each form has a loop of its own.
  if (!is_folded) {
    add_all(sum, scalings, form, left, right, output, count);
  } else if (scalings->left.is_shift && scalings->right.is_shift) {
    form.shifts_left_input = form.shifts_right_input = true;
    add_all(sum, scalings, form, left, right, output, count);
  } else if (scalings->left.is_shift) {
    form.shifts_left_input = true;
    add_all(sum, scalings, form, left, right, output, count);
  } else if (scalings->right.is_shift) {
    form.shifts_right_input = true;
    add_all(sum, scalings, form, left, right, output, count);
  } else {
    add_all(sum, scalings, form, left, right, output, count);
  }
}

OK_AVX512BW void ok_sum_avx512(
    const ok_sum *sum, const uint8_t *left, const uint8_t *right, uint8_t *output, size_t count) {
  const scalings scalings = {
      .left = input_scaling(sum, &sum->left),
      .right = input_scaling(sum, &sum->right),
      .output = scaling_of(
          sum->multiplier, sum->exponent, sum->stage.zero_point,
          sum->left_shift <= MAXIMUM_LEFT_SHIFT),
  };
  if (sum->is_signed) add_signed_or_not(sum, &scalings, true, left, right, output, count);
  else add_signed_or_not(sum, &scalings, false, left, right, output, count);
}

#endif
