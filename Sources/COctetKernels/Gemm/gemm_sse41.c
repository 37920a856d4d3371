#if defined(__x86_64__)

#include "Requantize/requantize_sse41.h"

enum { ROWS = 4, COLUMNS = 8, HALF = 4 };

/// A tile of exactly `rows` rows.
OK_SSE41_INLINE void run_tile(const ok_gemm_tile *tile, size_t rows) {
  const int32_t *bias = tile->panel;
  const __m128i *weights = (const __m128i *)(bias + OK_FACTORS_PER_CHANNEL * COLUMNS);
  __m128i sums[ROWS][2];
  OK_UNROLL
  for (size_t r = 0; r < rows; ++r) {
    sums[r][0] = _mm_load_si128((const __m128i *)bias);
    sums[r][1] = _mm_load_si128((const __m128i *)(bias + HALF));
  }
  for (size_t t = 0; t < tile->taps; ++t) {
    const uint8_t *pieces[ROWS];
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) pieces[r] = tile->pieces[r * tile->taps + t];
    for (size_t k = 0; k < tile->tap_bytes; k += 4) {
      const __m128i left = _mm_load_si128(weights), right = _mm_load_si128(weights + 1);
      OK_UNROLL
      for (size_t r = 0; r < rows; ++r) {
        int32_t pair;
        memcpy(&pair, pieces[r] + k, 4);
        const __m128i input = _mm_set1_epi32(pair);
        sums[r][0] = _mm_add_epi32(sums[r][0], _mm_madd_epi16(input, left));
        sums[r][1] = _mm_add_epi32(sums[r][1], _mm_madd_epi16(input, right));
      }
      weights += 2;
    }
  }
  if (tile->sums) {
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) {
      const size_t place = r < tile->rows ? r : tile->rows - 1;
      ok_store_sums_sse41(
          tile->sums + place * tile->output_stride, sums[r][0], sums[r][1], tile->columns);
    }
    return;
  }
  const ok_output_stage *stage = tile->stage;
  OK_UNROLL
  for (size_t v = 0; v < 2; ++v) {
    const ok_factors_sse41 factors = ok_load_factors_sse41(bias + COLUMNS + v * HALF, COLUMNS);
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) {
      sums[r][v] = ok_scale_sse41(sums[r][v], &factors, stage->shifts_left);
    }
  }
  OK_UNROLL
  for (size_t r = 0; r < rows; ++r) {
    // Surplus rows repeat the last one: storing them again changes nothing.
    const size_t place = r < tile->rows ? r : tile->rows - 1;
    ok_store_sse41(
        tile->output + place * tile->output_stride,
        ok_narrow_sse41(sums[r][0], sums[r][1], tile->is_signed, stage), tile->columns);
  }
}

OK_SSE41 void ok_gemm_4x8_sse41(const ok_gemm_tile *tile) {
  if (tile->rows == 1) run_tile(tile, 1);
  else run_tile(tile, ROWS);
}

#endif
