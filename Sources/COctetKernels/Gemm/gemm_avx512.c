#if defined(__x86_64__)

#include "microkernels.h"
#include "Requantize/requantize_avx512.h"

#include <string.h>

// For processors without dot products of bytes: pairs of words.

enum { ROWS = 12, COLUMNS = 32, HALF = 16 };

/// A tile of exactly `rows` rows.
OK_AVX512BW_INLINE void run_tile(const ok_gemm_tile *tile, size_t rows, bool is_folded) {
  const int32_t *bias = tile->panel;
  const int16_t *weights = (const int16_t *)(bias + OK_FACTORS_PER_CHANNEL * COLUMNS);
  __m512i sums[ROWS][2];
  OK_UNROLL
  for (size_t r = 0; r < rows; ++r) {
    OK_UNROLL
    for (size_t v = 0; v < 2; ++v) sums[r][v] = _mm512_load_si512(bias + v * HALF);
  }
  for (size_t t = 0; t < tile->taps; ++t) {
    const uint8_t *pieces[ROWS];
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) pieces[r] = tile->pieces[r * tile->taps + t];
    for (size_t k = 0; k < tile->tap_bytes; k += 4) {
      const __m512i left = _mm512_load_si512(weights);
      const __m512i right = _mm512_load_si512(weights + COLUMNS);
      OK_UNROLL
      for (size_t r = 0; r < rows; ++r) {
        int32_t pair;
        memcpy(&pair, pieces[r] + k, 4);
        const __m512i input = _mm512_set1_epi32(pair);
        sums[r][0] = _mm512_add_epi32(sums[r][0], _mm512_madd_epi16(input, left));
        sums[r][1] = _mm512_add_epi32(sums[r][1], _mm512_madd_epi16(input, right));
      }
      weights += 2 * COLUMNS;
    }
  }
  if (tile->sums) {
    // By way of plain stores: checks of masked ones make sanitizers' code several times as large.
    _Alignas(64) int32_t values[ROWS][COLUMNS];
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r)
      OK_UNROLL
      for (size_t v = 0; v < 2; ++v) _mm512_store_si512(values[r] + v * HALF, sums[r][v]);
    ok_store_sums(tile, values[0], COLUMNS);
    return;
  }
  const ok_output_stage *stage = tile->stage;
  const __m512i zero_point = _mm512_set1_epi32(stage->zero_point);
  OK_UNROLL
  for (size_t v = 0; v < 2; ++v) {
    const int32_t *multiplier = bias + COLUMNS + v * HALF;
    const ok_factors_avx512 factors = ok_load_factors_avx512(multiplier, COLUMNS);
    const ok_folded_factors_avx512 folded = ok_load_folded_factors_avx512(multiplier, COLUMNS);
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) {
      sums[r][v] =
          is_folded
              ? ok_requantize_folded_avx512(sums[r][v], &folded)
              : ok_requantize_avx512(sums[r][v], &factors, stage->shifts_left, zero_point);
    }
  }
  const __mmask32 mask = (__mmask32)(UINT32_MAX >> (32 - tile->columns));
  OK_UNROLL
  for (size_t r = 0; r < rows; r += 2) {
    const size_t next = r + 1 < rows ? r + 1 : r;
    // Surplus rows repeat the last one: storing them again changes nothing.
    const size_t place = r < tile->rows ? r : tile->rows - 1;
    const size_t next_place = next < tile->rows ? next : tile->rows - 1;
    const __m512i bytes = ok_reorder_avx512(ok_narrow_avx512(
        sums[r][0], sums[r][1], sums[next][0], sums[next][1], tile->is_signed, stage));
    _mm256_mask_storeu_epi8(
        tile->output + place * tile->output_stride, mask, _mm512_castsi512_si256(bytes));
    _mm256_mask_storeu_epi8(
        tile->output + next_place * tile->output_stride, mask,
        _mm512_extracti64x4_epi64(bytes, 1));
  }
}

OK_AVX512BW_INLINE void run_rows(const ok_gemm_tile *tile, bool is_folded) {
  if (tile->rows > 6) run_tile(tile, ROWS, is_folded);
  else if (tile->rows > 1) run_tile(tile, 6, is_folded);
  else run_tile(tile, 1, is_folded);
}

OK_AVX512BW void ok_gemm_12x32_avx512(const ok_gemm_tile *tile) {
  if (tile->is_folded) run_rows(tile, true);
  else run_rows(tile, false);
}

#endif
