#ifndef OCTET_TILE_AVX2_H
#define OCTET_TILE_AVX2_H

// From sums to outputs, for tiles of sixteen columns in 256-bit vectors.

#include "Requantize/requantize_avx2.h"

enum { OK_TILE_COLUMNS_AVX2 = 16 };

/// Stores a pair of rows of a tile from their words; surplus rows repeat the last one, which changes
/// nothing.
OK_AVX2_INLINE void ok_store_rows_avx2(
    const ok_gemm_tile *tile, size_t row, __m256i first, __m256i second, bool is_signed,
    const ok_output_stage *stage) {
  const size_t last = tile->rows - 1, columns = tile->columns, stride = tile->output_stride;
  uint8_t *const output = tile->output;
  const __m256i bytes = ok_narrow_rows_avx2(first, second, is_signed, stage);
  ok_store_avx2(
      output + ok_smaller(row, last) * stride, _mm256_castsi256_si128(bytes), columns);
  ok_store_avx2(
      output + ok_smaller(row + 1, last) * stride, _mm256_extracti128_si256(bytes, 1), columns);
}

/// Stores up to eight sums; a count of 0 or less stores nothing.
OK_AVX2_INLINE void ok_store_sums_avx2(int32_t *output, __m256i sums, int32_t count) {
  const __m256i places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  _mm256_maskstore_epi32(output, _mm256_cmpgt_epi32(_mm256_set1_epi32(count), places), sums);
}

/// Scales and stores the sums of an even number of rows, or stores them as they are.
///
/// - Parameter vectors: 1 where no more than the first half of the columns is stored.
OK_AVX2_INLINE void ok_requantize_tile_avx2(
    const ok_gemm_tile *tile, __m256i (*sums)[2], size_t rows, size_t vectors, bool is_signed,
    bool is_folded) {
  if (tile->sums) {
    const int32_t columns = (int32_t)tile->columns;
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) {
      int32_t *const row = tile->sums + ok_smaller(r, tile->rows - 1) * tile->output_stride;
      ok_store_sums_avx2(row, sums[r][0], columns);
      if (vectors == 2 && columns > 8) ok_store_sums_avx2(row + 8, sums[r][1], columns - 8);
    }
    return;
  }
  // Copies, because the compiler must assume that bytes of output may be the originals.
  const ok_output_stage stage = *tile->stage;
  const __m256i zero_point = _mm256_set1_epi32(stage.zero_point);
  OK_UNROLL
  for (size_t v = 0; v < vectors; ++v) {
    const int32_t *multiplier =
        (const int32_t *)tile->panel + OK_TILE_COLUMNS_AVX2 + v * (OK_TILE_COLUMNS_AVX2 / 2);
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) {
      sums[r][v] =
          is_folded
              ? ok_requantize_folded_avx2(sums[r][v], multiplier, OK_TILE_COLUMNS_AVX2)
              : ok_requantize_avx2(sums[r][v], multiplier, OK_TILE_COLUMNS_AVX2, zero_point);
    }
  }
  OK_UNROLL
  for (size_t r = 0; r < rows; r += 2) {
    ok_store_rows_avx2(
        tile, r, _mm256_packs_epi32(sums[r][0], sums[r][vectors - 1]),
        _mm256_packs_epi32(sums[r + 1][0], sums[r + 1][vectors - 1]), is_signed, &stage);
  }
}

#endif
