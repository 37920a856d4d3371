#if defined(__x86_64__)

#include "microkernels.h"
#include "Requantize/requantize_avx512.h"

#include <string.h>

/// Rows times columns of the largest tile: 24 sums leave registers for two weight vectors and the
/// inputs.
enum { COLUMNS = 32, HALF = 16 };

/// Adds products of four unsigned and four signed bytes in each lane.
///
/// Weights are stored with the signedness that the input does not have.
OK_AVX512_INLINE __m512i dot(__m512i sum, __m512i input, __m512i weights, bool is_signed) {
  return is_signed ? _mm512_dpbusd_epi32(sum, weights, input)
                   : _mm512_dpbusd_epi32(sum, input, weights);
}

/// Stores one or two rows of up to 32 bytes.
OK_AVX512_INLINE void store_rows(
    __m512i bytes, uint8_t *first, uint8_t *second, __mmask32 mask) {
  const __m512i rows = ok_reorder_avx512(bytes);
  _mm256_mask_storeu_epi8(first, mask, _mm512_castsi512_si256(rows));
  if (second) _mm256_mask_storeu_epi8(second, mask, _mm512_extracti64x4_epi64(rows, 1));
}

/// A tile of exactly `rows` rows, and 16 columns for each of `vectors`.
OK_AVX512_INLINE void run_tile(
    const ok_gemm_tile *tile, size_t rows, size_t vectors, bool has_signed_inputs,
    bool is_folded) {
  const int32_t *bias = tile->panel;
  const int8_t *weights = (const int8_t *)(bias + OK_FACTORS_PER_CHANNEL * COLUMNS);
  // Few rows leave the multipliers waiting for the previous sum; more sums fill the gap.
  const size_t chains = rows >= 8 ? 1 : rows >= 4 ? 2 : 4;
  __m512i sums[12][2];
  __m512i extra[4][2][3];
  OK_UNROLL
  for (size_t r = 0; r < rows; ++r) {
    OK_UNROLL
    for (size_t v = 0; v < vectors; ++v) sums[r][v] = _mm512_load_si512(bias + v * HALF);
  }
  if (tile->row_terms) {
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) {
      const __m512i term = _mm512_set1_epi32(tile->row_terms[r]);
      OK_UNROLL
      for (size_t v = 0; v < vectors; ++v) sums[r][v] = _mm512_add_epi32(sums[r][v], term);
    }
  }
  if (chains > 1) {
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r)
      OK_UNROLL
      for (size_t v = 0; v < vectors; ++v)
        OK_UNROLL
        for (size_t c = 0; c + 1 < chains; ++c) extra[r][v][c] = _mm512_setzero_si512();
  }
  for (size_t t = 0; t < tile->taps; ++t) {
    const uint8_t *pieces[12];
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r) pieces[r] = tile->pieces[r * tile->taps + t];
    size_t k = 0;
    for (; k + 4 * chains <= tile->tap_bytes; k += 4 * chains) {
      OK_UNROLL
      for (size_t c = 0; c < chains; ++c) {
        __m512i columns[2];
        OK_UNROLL
        for (size_t v = 0; v < vectors; ++v) {
          columns[v] = _mm512_load_si512(weights + (c * 2 + v) * 64);
        }
        OK_UNROLL
        for (size_t r = 0; r < rows; ++r) {
          int32_t group;
          memcpy(&group, pieces[r] + k + 4 * c, 4);
          const __m512i input = _mm512_set1_epi32(group);
          OK_UNROLL
          for (size_t v = 0; v < vectors; ++v) {
            __m512i *sum = c == 0 ? &sums[r][v] : &extra[r][v][c - 1];
            *sum = dot(*sum, input, columns[v], has_signed_inputs);
          }
        }
      }
      weights += 128 * chains;
    }
    if (chains > 1) {
      for (; k < tile->tap_bytes; k += 4) {
        OK_UNROLL
        for (size_t r = 0; r < rows; ++r) {
          int32_t group;
          memcpy(&group, pieces[r] + k, 4);
          const __m512i input = _mm512_set1_epi32(group);
          OK_UNROLL
          for (size_t v = 0; v < vectors; ++v) {
            sums[r][v] = dot(
                sums[r][v], input, _mm512_load_si512(weights + v * 64), has_signed_inputs);
          }
        }
        weights += 128;
      }
    }
  }
  if (chains > 1) {
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r)
      OK_UNROLL
      for (size_t v = 0; v < vectors; ++v)
        OK_UNROLL
        for (size_t c = 0; c + 1 < chains; ++c)
          sums[r][v] = _mm512_add_epi32(sums[r][v], extra[r][v][c]);
  }
  if (tile->sums) {
    // By way of plain stores: checks of masked ones make sanitizers' code several times as large.
    _Alignas(64) int32_t values[12][COLUMNS];
    OK_UNROLL
    for (size_t r = 0; r < rows; ++r)
      OK_UNROLL
      for (size_t v = 0; v < vectors; ++v) _mm512_store_si512(values[r] + v * HALF, sums[r][v]);
    ok_store_sums(tile, values[0], COLUMNS);
    return;
  }

  const ok_output_stage *stage = tile->stage;
  const __m512i zero_point = _mm512_set1_epi32(stage->zero_point);
  const __mmask32 mask = (__mmask32)(UINT32_MAX >> (32 - tile->columns));
  OK_UNROLL
  for (size_t v = 0; v < vectors; ++v) {
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
  OK_UNROLL
  for (size_t r = 0; r < rows; r += 2) {
    const size_t next = r + 1 < rows ? r + 1 : r;
    // Surplus rows repeat the last one: storing them again changes nothing.
    const size_t place = r < tile->rows ? r : tile->rows - 1;
    const size_t next_place = next < tile->rows ? next : tile->rows - 1;
    const __m512i bytes = ok_narrow_avx512(
        sums[r][0], sums[r][vectors - 1], sums[next][0], sums[next][vectors - 1],
        tile->is_signed, stage);
    store_rows(
        bytes, tile->output + place * tile->output_stride,
        next != r ? tile->output + next_place * tile->output_stride : NULL, mask);
  }
}

OK_AVX512_INLINE void run_rows(
    const ok_gemm_tile *tile, size_t vectors, bool has_signed_inputs, bool is_folded) {
  if (tile->rows > 8) {
    run_tile(tile, 12, vectors, has_signed_inputs, is_folded);
  } else if (tile->rows > 4) {
    run_tile(tile, 8, vectors, has_signed_inputs, is_folded);
  } else if (tile->rows > 2) {
    run_tile(tile, 4, vectors, has_signed_inputs, is_folded);
  } else if (tile->rows == 2) {
    run_tile(tile, 2, vectors, has_signed_inputs, is_folded);
  } else {
    run_tile(tile, 1, vectors, has_signed_inputs, is_folded);
  }
}

OK_AVX512_INLINE void run_columns(
    const ok_gemm_tile *tile, bool has_signed_inputs, bool is_folded) {
  if (tile->columns > HALF) {
    run_rows(tile, 2, has_signed_inputs, is_folded);
  } else {
    run_rows(tile, 1, has_signed_inputs, is_folded);
  }
}

/// Adds the products of the first `groups` groups of four inputs, which `chains` sums of each vector
/// share.
OK_AVX512_INLINE void multiply_groups(
    __m512i inputs, size_t groups, const int8_t *weights[2], size_t vectors, size_t chains,
    bool has_signed_inputs, __m512i sums[4][4]) {
  OK_UNROLL
  for (size_t g = 0; g < groups; ++g) {
    const __m512i input = _mm512_broadcastd_epi32(_mm512_castsi512_si128(inputs));
    inputs = _mm512_alignr_epi32(inputs, inputs, 1);
    OK_UNROLL
    for (size_t v = 0; v < vectors; ++v) {
      __m512i *sum = &sums[v][g % chains];
      const __m512i factors = _mm512_load_si512(weights[v / 2] + (2 * g + v % 2) * 64);
      *sum = dot(*sum, input, factors, has_signed_inputs);
    }
  }
  OK_UNROLL
  for (size_t p = 0; p < vectors / 2; ++p) weights[p] += groups * 128;
}

/// One row, of the columns from `column` on that `panels` neighbouring panels have.
///
/// A row reads weights as fast as they come from the second-level cache. Inputs come from a register,
/// so that few reads of theirs are in the way, and two panels share the end of a tile.
OK_AVX512_INLINE void run_panels(
    const ok_gemm_tile *tile, const uint8_t *panel, size_t panel_size, size_t panels,
    size_t column, bool has_signed_inputs, bool is_folded) {
  const size_t vectors = 2 * panels, chains = 4 / panels;
  const int8_t *weights[2];
  __m512i sums[4][4];
  OK_UNROLL
  for (size_t p = 0; p < panels; ++p) {
    const int32_t *factors = (const int32_t *)(panel + p * panel_size);
    weights[p] = (const int8_t *)(factors + OK_FACTORS_PER_CHANNEL * COLUMNS);
    OK_UNROLL
    for (size_t v = 0; v < 2; ++v) {
      sums[2 * p + v][0] = _mm512_load_si512(factors + v * HALF);
      OK_UNROLL
      for (size_t c = 1; c < chains; ++c) sums[2 * p + v][c] = _mm512_setzero_si512();
    }
  }
  for (size_t t = 0; t < tile->taps; ++t) {
    const uint8_t *piece = tile->pieces[t];
    size_t rest = tile->tap_bytes;
    for (; rest >= 64; rest -= 64, piece += 64) {
      const __m512i inputs = _mm512_loadu_si512(piece);
      multiply_groups(inputs, 16, weights, vectors, chains, has_signed_inputs, sums);
    }
    for (; rest >= 16; rest -= 16, piece += 16) {
      const __m512i inputs = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)piece));
      multiply_groups(inputs, 4, weights, vectors, chains, has_signed_inputs, sums);
    }
    for (; rest > 0; rest -= 4, piece += 4) {
      const __m512i inputs = _mm512_castsi128_si512(_mm_loadu_si32(piece));
      multiply_groups(inputs, 1, weights, vectors, chains, has_signed_inputs, sums);
    }
  }
  const __m512i term = _mm512_set1_epi32(tile->row_terms ? *tile->row_terms : 0);
  OK_UNROLL
  for (size_t v = 0; v < vectors; ++v) {
    __m512i total = _mm512_add_epi32(sums[v][0], term);
    OK_UNROLL
    for (size_t c = 1; c < chains; ++c) total = _mm512_add_epi32(total, sums[v][c]);
    sums[v][0] = total;
  }
  const size_t columns = tile->columns - column;
  if (tile->sums) {
    OK_UNROLL
    for (size_t v = 0; v < vectors; ++v) {
      if (columns <= v * HALF) break;
      const __mmask16 mask =
          columns - v * HALF < HALF ? (__mmask16)~(UINT32_MAX << (columns - v * HALF)) : 0xFFFF;
      _mm512_mask_storeu_epi32(tile->sums + column + v * HALF, mask, sums[v][0]);
    }
    return;
  }
  const ok_output_stage *stage = tile->stage;
  const __m512i zero_point = _mm512_set1_epi32(stage->zero_point);
  OK_UNROLL
  for (size_t v = 0; v < vectors; ++v) {
    const int32_t *multiplier =
        (const int32_t *)(panel + v / 2 * panel_size) + COLUMNS + v % 2 * HALF;
    if (is_folded) {
      const ok_folded_factors_avx512 factors = ok_load_folded_factors_avx512(multiplier, COLUMNS);
      sums[v][0] = ok_requantize_folded_avx512(sums[v][0], &factors);
    } else {
      const ok_factors_avx512 factors = ok_load_factors_avx512(multiplier, COLUMNS);
      sums[v][0] = ok_requantize_avx512(sums[v][0], &factors, stage->shifts_left, zero_point);
    }
  }
  const __m512i bytes = ok_narrow_avx512(
      sums[0][0], sums[1][0], sums[vectors - 2][0], sums[vectors - 1][0], tile->is_signed, stage);
  const __mmask64 mask =
      columns < panels * COLUMNS ? ~(UINT64_MAX << columns) : UINT64_MAX >> (64 - panels * COLUMNS);
  _mm512_mask_storeu_epi8(tile->output + column, mask, ok_reorder_avx512(bytes));
}

OK_AVX512_INLINE void run_row(
    const ok_gemm_tile *tile, size_t panel_size, bool has_signed_inputs, bool is_folded) {
  const uint8_t *panel = tile->panel;
  size_t column = 0;
  for (; column + COLUMNS < tile->columns; column += 2 * COLUMNS, panel += 2 * panel_size) {
    run_panels(tile, panel, panel_size, 2, column, has_signed_inputs, is_folded);
  }
  if (column < tile->columns) {
    run_panels(tile, panel, panel_size, 1, column, has_signed_inputs, is_folded);
  }
}

OK_AVX512 void ok_gemm_row_avx512vnni(const ok_gemm_tile *tile, size_t panel_size) {
  if (tile->has_signed_inputs) {
    if (tile->is_folded) run_row(tile, panel_size, true, true);
    else run_row(tile, panel_size, true, false);
  } else {
    if (tile->is_folded) run_row(tile, panel_size, false, true);
    else run_row(tile, panel_size, false, false);
  }
}

enum { SUMMED_ROWS = 4 };

/// Adds the elements of each of four vectors; the totals come in their order.
OK_AVX512_INLINE __m128i add_across(const __m512i sums[SUMMED_ROWS]) {
  const __m512i front = _mm512_add_epi32(
      _mm512_unpacklo_epi32(sums[0], sums[1]), _mm512_unpackhi_epi32(sums[0], sums[1]));
  const __m512i back = _mm512_add_epi32(
      _mm512_unpacklo_epi32(sums[2], sums[3]), _mm512_unpackhi_epi32(sums[2], sums[3]));
  const __m512i quarters = _mm512_add_epi32(
      _mm512_unpacklo_epi64(front, back), _mm512_unpackhi_epi64(front, back));
  const __m256i halves =
      _mm256_add_epi32(_mm512_castsi512_si256(quarters), _mm512_extracti64x4_epi64(quarters, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
}

OK_AVX512_INLINE void sum_rows(const ok_gemm_rows *rows, bool is_signed) {
  const __m128i factor = _mm_set1_epi32(rows->factor);
  const __m512i ones = _mm512_set1_epi8(1);
  const size_t taps = rows->taps, bytes = rows->tap_bytes;
  const size_t whole = (bytes - 1) / 64 * 64;
  const __mmask64 mask = UINT64_MAX >> (64 - (bytes - whole));
  for (size_t row = 0; row < rows->count; row += SUMMED_ROWS) {
    const uint8_t *const *pieces = rows->pieces + row * taps;
    __m512i sums[SUMMED_ROWS];
    OK_UNROLL
    for (size_t r = 0; r < SUMMED_ROWS; ++r) sums[r] = _mm512_setzero_si512();
    for (size_t t = 0; t < taps; ++t) {
      for (size_t k = 0; k < whole; k += 64) {
        OK_UNROLL
        for (size_t r = 0; r < SUMMED_ROWS; ++r) {
          sums[r] =
              dot(sums[r], _mm512_loadu_si512(pieces[r * taps + t] + k), ones, is_signed);
        }
      }
      OK_UNROLL
      for (size_t r = 0; r < SUMMED_ROWS; ++r) {
        const __m512i last = _mm512_maskz_loadu_epi8(mask, pieces[r * taps + t] + whole);
        sums[r] = dot(sums[r], last, ones, is_signed);
      }
    }
    const __m128i totals = add_across(sums);
    _mm_storeu_si128((__m128i *)(rows->terms + row), _mm_mullo_epi32(totals, factor));
  }
}

OK_AVX512 void ok_sum_rows_avx512vnni(const ok_gemm_rows *rows) {
  if (rows->is_signed) sum_rows(rows, true);
  else sum_rows(rows, false);
}

OK_AVX512 void ok_gemm_12x32_avx512vnni(const ok_gemm_tile *tile) {
  if (tile->has_signed_inputs) {
    if (tile->is_folded) run_columns(tile, true, true);
    else run_columns(tile, true, false);
  } else {
    if (tile->is_folded) run_columns(tile, false, true);
    else run_columns(tile, false, false);
  }
}

#endif
