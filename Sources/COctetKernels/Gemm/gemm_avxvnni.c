#if defined(__x86_64__)

#include "dot_avxvnni.h"
#include "tile_avx2.h"

#include <string.h>

/// Twelve sums leave registers for two weight vectors and the inputs.
enum { ROWS = 6, COLUMNS = OK_TILE_COLUMNS_AVX2, HALF = COLUMNS / 2 };

/// A tile of exactly `rows` rows.
OK_AVXVNNI_INLINE void run_tile(
    const ok_gemm_tile *tile, size_t rows, bool has_signed_inputs, bool is_folded) {
  const int32_t *bias = tile->panel;
  const int8_t *weights = (const int8_t *)(bias + OK_FACTORS_PER_CHANNEL * COLUMNS);
  __m256i sums[ROWS][2];
  OK_UNROLL
  for (size_t r = 0; r < rows; ++r) {
    const __m256i term = _mm256_set1_epi32(tile->row_terms ? tile->row_terms[r] : 0);
    OK_UNROLL
    for (size_t v = 0; v < 2; ++v) {
      sums[r][v] =
          _mm256_add_epi32(_mm256_load_si256((const __m256i *)(bias + v * HALF)), term);
    }
  }
  for (size_t t = 0; t < tile->taps; ++t) {
    const uint8_t *pieces[ROWS];
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) pieces[r] = tile->pieces[r * tile->taps + t];
    for (size_t k = 0; k < tile->tap_bytes; k += 4) {
      const __m256i left = _mm256_load_si256((const __m256i *)weights);
      const __m256i right = _mm256_load_si256((const __m256i *)(weights + 32));
      OK_UNROLL
      for (size_t r = 0; r < rows; ++r) {
        int32_t group;
        memcpy(&group, pieces[r] + k, 4);
        const __m256i input = _mm256_set1_epi32(group);
        sums[r][0] = ok_dot_avxvnni(sums[r][0], input, left, has_signed_inputs);
        sums[r][1] = ok_dot_avxvnni(sums[r][1], input, right, has_signed_inputs);
      }
      weights += 4 * COLUMNS;
    }
  }
  if (tile->is_signed) ok_requantize_tile_avx2(tile, sums, rows, 2, true, is_folded);
  else ok_requantize_tile_avx2(tile, sums, rows, 2, false, is_folded);
}

OK_AVXVNNI_INLINE void run_rows(
    const ok_gemm_tile *tile, bool has_signed_inputs, bool is_folded) {
  if (tile->rows > 4) run_tile(tile, ROWS, has_signed_inputs, is_folded);
  else if (tile->rows > 2) run_tile(tile, 4, has_signed_inputs, is_folded);
  else run_tile(tile, 2, has_signed_inputs, is_folded);
}

OK_AVXVNNI void ok_gemm_6x16_avxvnni(const ok_gemm_tile *tile) {
  if (tile->has_signed_inputs) {
    if (tile->is_folded) run_rows(tile, true, true);
    else run_rows(tile, true, false);
  } else {
    if (tile->is_folded) run_rows(tile, false, true);
    else run_rows(tile, false, false);
  }
}

/// The sum of one row in eight parts.
OK_AVXVNNI_INLINE __m256i sum_row(
    const uint8_t *const *pieces, size_t taps, size_t bytes, bool is_signed) {
  const __m256i ones = _mm256_set1_epi8(1);
  __m256i sum = _mm256_setzero_si256();
  for (size_t t = 0; t < taps; ++t) {
    size_t k = 0;
    for (; k + 32 <= bytes; k += 32) {
      const __m256i input = _mm256_loadu_si256((const __m256i *)(pieces[t] + k));
      sum = ok_dot_avxvnni(sum, input, ones, is_signed);
    }
    for (; k < bytes; k += 4) {
      int32_t group = 0;
      memcpy(&group, pieces[t] + k, ok_smaller(4, bytes - k));
      const __m256i input = _mm256_zextsi128_si256(_mm_cvtsi32_si128(group));
      sum = ok_dot_avxvnni(sum, input, ones, is_signed);
    }
  }
  return sum;
}

OK_AVXVNNI void ok_sum_rows_avxvnni(const ok_gemm_rows *rows) {
  for (size_t row = 0; row < rows->count; ++row) {
    const uint8_t *const *pieces = rows->pieces + row * rows->taps;
    const __m256i sum = rows->is_signed ? sum_row(pieces, rows->taps, rows->tap_bytes, true)
                                        : sum_row(pieces, rows->taps, rows->tap_bytes, false);
    const __m128i half =
        _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    const __m128i pair = _mm_hadd_epi32(half, half);
    const __m128i total = _mm_hadd_epi32(pair, pair);
    rows->terms[row] =
        (int32_t)((uint32_t)_mm_cvtsi128_si32(total) * (uint32_t)rows->factor);
  }
}

#endif
