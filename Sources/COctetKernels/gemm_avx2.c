#if defined(__x86_64__)

#include "microkernels.h"
#include "requantize_avx2.h"

#include <string.h>

enum { ROWS = 4, COLUMNS = 16, HALF = 8 };

OK_AVX2_INLINE void store_row(uint8_t *output, __m128i bytes, size_t columns) {
  if (columns == COLUMNS) {
    _mm_storeu_si128((__m128i *)output, bytes);
  } else {
    uint8_t copy[COLUMNS];
    _mm_storeu_si128((__m128i *)copy, bytes);
    memcpy(output, copy, columns);
  }
}

OK_AVX2_INLINE void run_tile(const ok_gemm_tile *tile, size_t rows) {
  const int32_t *bias = tile->panel;
  const __m256i *weights = (const __m256i *)(bias + OK_FACTORS_PER_CHANNEL * COLUMNS);
  __m256i sums[ROWS][2];
  const uint8_t *pieces[ROWS];
  OK_UNROLL
  for (size_t r = 0; r < rows; ++r) {
    pieces[r] = tile->pieces[r];
    sums[r][0] = _mm256_load_si256((const __m256i *)bias);
    sums[r][1] = _mm256_load_si256((const __m256i *)(bias + HALF));
  }
  for (size_t k = 0; k < tile->tap_bytes; k += 4) {
    const __m256i left = _mm256_load_si256(weights), right = _mm256_load_si256(weights + 1);
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) {
      int32_t pair;
      memcpy(&pair, pieces[r] + k, 4);
      const __m256i input = _mm256_set1_epi32(pair);
      sums[r][0] = _mm256_add_epi32(sums[r][0], _mm256_madd_epi16(input, left));
      sums[r][1] = _mm256_add_epi32(sums[r][1], _mm256_madd_epi16(input, right));
    }
    weights += 2;
  }
  const ok_output_stage *stage = tile->stage;
  const __m256i zero_point = _mm256_set1_epi32(stage->zero_point);
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  OK_UNROLL
  for (size_t r = 0; r < rows; ++r) {
    const __m256i left = ok_requantize_avx2(sums[r][0], bias + COLUMNS, COLUMNS, zero_point);
    const __m256i right =
        ok_requantize_avx2(sums[r][1], bias + COLUMNS + HALF, COLUMNS, zero_point);
    const __m256i words = _mm256_packs_epi32(left, right);
    const __m256i bytes = ok_narrow_avx2(words, words, tile->is_signed, stage);
    const size_t place = r < tile->rows ? r : tile->rows - 1;
    store_row(
        tile->output + place * tile->output_stride,
        _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(bytes, order)), tile->columns);
  }
}

OK_AVX2 void ok_gemm_4x16_avx2(const ok_gemm_tile *tile) {
  if (tile->rows == 1) run_tile(tile, 1);
  else run_tile(tile, ROWS);
}

#endif
