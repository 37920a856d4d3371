#if defined(__x86_64__)

#include "tile_avx2.h"

#include <string.h>

/// Twelve sums leave registers for two weight vectors, the inputs and their product.
enum { ROWS = 6, COLUMNS = OK_TILE_COLUMNS_AVX2, HALF = COLUMNS / 2 };

/// A tile of exactly `rows` rows, of whose columns one or two vectors are stored.
OK_AVX2_INLINE void
run_tile(const ok_gemm_tile *tile, size_t rows, size_t vectors, bool is_folded) {
  const int32_t *bias = tile->panel;
  const __m256i *weights = (const __m256i *)(bias + OK_FACTORS_PER_CHANNEL * COLUMNS);
  __m256i sums[ROWS][2];
  OK_UNROLL
  for (size_t r = 0; r < rows; ++r) {
    OK_UNROLL
    for (size_t v = 0; v < vectors; ++v) {
      sums[r][v] = _mm256_load_si256((const __m256i *)(bias + v * HALF));
    }
  }
  for (size_t t = 0; t < tile->taps; ++t) {
    const uint8_t *pieces[ROWS];
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) pieces[r] = tile->pieces[r * tile->taps + t];
#pragma clang loop unroll_count(2)
    for (size_t k = 0; k < tile->tap_bytes; k += 4) {
      const __m256i left = _mm256_load_si256(weights), right = _mm256_load_si256(weights + 1);
      OK_UNROLL
      for (size_t r = 0; r < rows; ++r) {
        int32_t pair;
        memcpy(&pair, pieces[r] + k, 4);
        const __m256i input = _mm256_set1_epi32(pair);
        sums[r][0] = _mm256_add_epi32(sums[r][0], _mm256_madd_epi16(input, left));
        if (vectors == 1) continue;
        sums[r][1] = _mm256_add_epi32(sums[r][1], _mm256_madd_epi16(input, right));
      }
      weights += 2;
    }
  }
  if (tile->is_signed) ok_requantize_tile_avx2(tile, sums, rows, vectors, true, is_folded);
  else ok_requantize_tile_avx2(tile, sums, rows, vectors, false, is_folded);
}

OK_AVX2_INLINE void run_rows(const ok_gemm_tile *tile, size_t vectors, bool is_folded) {
  if (tile->rows > 4) run_tile(tile, ROWS, vectors, is_folded);
  else if (tile->rows > 2) run_tile(tile, 4, vectors, is_folded);
  else run_tile(tile, 2, vectors, is_folded);
}

OK_AVX2_INLINE void run_columns(const ok_gemm_tile *tile, bool is_folded) {
  if (tile->columns > HALF) run_rows(tile, 2, is_folded);
  else run_rows(tile, 1, is_folded);
}

OK_AVX2 void ok_gemm_6x16_avx2(const ok_gemm_tile *tile) {
  if (tile->is_folded) run_columns(tile, true);
  else run_columns(tile, false);
}

#endif
