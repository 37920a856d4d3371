#if defined(__x86_64__)

#include "microkernels.h"
#include "requantize_avx2.h"

#include <string.h>

enum { ROWS = 4, COLUMNS = 16, HALF = 8 };

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
  OK_UNROLL
  for (size_t r = 0; r < rows; ++r) {
    const __m256i left = ok_requantize_avx2(sums[r][0], bias + COLUMNS, COLUMNS, zero_point);
    const __m256i right =
        ok_requantize_avx2(sums[r][1], bias + COLUMNS + HALF, COLUMNS, zero_point);
    // Surplus rows repeat the last one: storing them again changes nothing.
    const size_t place = r < tile->rows ? r : tile->rows - 1;
    ok_store_avx2(
        tile->output + place * tile->output_stride,
        ok_narrow_words_avx2(_mm256_packs_epi32(left, right), tile->is_signed, stage),
        tile->columns);
  }
}

OK_AVX2 void ok_gemm_4x16_avx2(const ok_gemm_tile *tile) {
  if (tile->rows == 1) run_tile(tile, 1);
  else run_tile(tile, ROWS);
}

#endif
