#if defined(__x86_64__)

#include "microkernels.h"
#include "Requantize/requantize_avx2.h"

enum { CHANNELS = 8, PAIRS = 2, COLUMNS = 3, PIXELS = OK_PAIRS_PIXELS };

/// Eight elements of two lines: one shuffle puts them behind zeros, in the upper halves of words.
OK_AVX2_INLINE __m256i
interleave_block(const uint8_t *first, const uint8_t *second, bool is_signed) {
  int64_t front, back;
  memcpy(&front, first, CHANNELS);
  memcpy(&back, second, CHANNELS);
  const __m256i bytes =
      _mm256_blend_epi32(_mm256_set1_epi64x(front), _mm256_set1_epi64x(back), 0xCC);
  const __m256i places = _mm256_setr_epi8(
      -1, 0, -1, 8, -1, 1, -1, 9, -1, 2, -1, 10, -1, 3, -1, 11,  //
      -1, 4, -1, 12, -1, 5, -1, 13, -1, 6, -1, 14, -1, 7, -1, 15);
  const __m256i words = _mm256_shuffle_epi8(bytes, places);
  return is_signed ? _mm256_srai_epi16(words, 8) : _mm256_srli_epi16(words, 8);
}

/// `blocks` is a constant where it is worth it.
OK_AVX2_INLINE void interleave(
    const ok_interleaving *lines, size_t first_block, size_t blocks, bool is_signed) {
  const size_t offset = first_block * CHANNELS, block_step = lines->block_step;
  const uint8_t *first = lines->lines[0] + offset, *second = lines->lines[1] + offset;
  int32_t *pairs = lines->pairs + first_block * block_step;
  for (size_t pixel = 0; pixel < lines->pixels; ++pixel) {
    OK_UNROLL
    for (size_t block = 0; block < blocks; ++block) {
      _mm256_store_si256(
          (__m256i *)(pairs + block * block_step),
          interleave_block(first + block * CHANNELS, second + block * CHANNELS, is_signed));
    }
    first += lines->steps[0];
    second += lines->steps[1];
    pairs += CHANNELS;
  }
}

OK_AVX2_INLINE void interleave_blocks(const ok_interleaving *lines, bool is_signed) {
  size_t block = 0;
  for (; block + 2 <= lines->blocks; block += 2) interleave(lines, block, 2, is_signed);
  if (block < lines->blocks) interleave(lines, block, 1, is_signed);
}

OK_AVX2 void ok_interleave_8_avx2(const ok_interleaving *lines) {
  if (lines->is_signed) interleave_blocks(lines, true);
  else interleave_blocks(lines, false);
}

/// Stores up to four pixels, of which words stand by quarters of lanes.
OK_AVX2_INLINE void store_pixels(
    uint8_t *output, size_t stride, __m256i bytes, size_t count) {
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  bytes = _mm256_permutevar8x32_epi32(bytes, order);
  const __m128i front = _mm256_castsi256_si128(bytes), back = _mm256_extracti128_si256(bytes, 1);
  _mm_storel_epi64((__m128i *)output, front);
  if (count > 1) _mm_storeh_pd((double *)(output + stride), _mm_castsi128_pd(front));
  if (count > 2) _mm_storel_epi64((__m128i *)(output + 2 * stride), back);
  if (count > 3) _mm_storeh_pd((double *)(output + 3 * stride), _mm_castsi128_pd(back));
}

/// The sums of products of some pixels whose windows begin `step` columns apart: each input is
/// loaded once for all of them.
OK_AVX2_INLINE void add_columns(
    __m256i *sums, const int32_t *const *pairs, const __m256i (*weights)[COLUMNS], size_t step) {
  OK_UNROLL
  for (size_t p = 0; p < PAIRS; ++p) {
    OK_UNROLL
    for (size_t c = 0; c < (PIXELS - 1) * step + COLUMNS; ++c) {
      const __m256i input = _mm256_load_si256((const __m256i *)(pairs[p] + c * CHANNELS));
      OK_UNROLL
      for (size_t i = 0; i < PIXELS; ++i) {
        const size_t x = c - i * step;  // beyond all columns where it is below 0
        if (x >= COLUMNS) continue;
        sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(input, weights[p][x]));
      }
    }
  }
}

/// The same where columns stand anywhere.
OK_AVX2_INLINE void add_places(
    __m256i *sums, const ok_depthwise_pairs *work, const int32_t *const *pairs,
    const __m256i (*weights)[COLUMNS], size_t advance) {
  OK_UNROLL
  for (size_t p = 0; p < PAIRS; ++p) {
    OK_UNROLL
    for (size_t x = 0; x < COLUMNS; ++x) {
      OK_UNROLL
      for (size_t i = 0; i < PIXELS; ++i) {
        const int32_t *const inputs = pairs[p] + work->columns[x] + i * advance;
        sums[i] = _mm256_add_epi32(
            sums[i],
            _mm256_madd_epi16(_mm256_loadu_si256((const __m256i *)inputs), weights[p][x]));
      }
    }
  }
}

/// One block of channels.
///
/// - Parameters:
///   - step: Columns from one window to the next, where columns are side by side; 0 elsewhere.
///   - advance: That of `work`, a constant where it is worth it.
OK_AVX2_INLINE void run_block(
    const ok_depthwise_pairs *work, size_t block, size_t step, size_t advance,
    const ok_output_stage *stage, bool is_signed) {
  const int32_t *const factors = work->factors + block * OK_PAIRS_VALUES * CHANNELS;
  const int32_t *const stored = work->weights + block * OK_PAIRS_VALUES * CHANNELS;
  __m256i weights[PAIRS][COLUMNS];
  OK_UNROLL
  for (size_t w = 0; w < PAIRS * COLUMNS; ++w) {
    weights[w / COLUMNS][w % COLUMNS] =
        _mm256_load_si256((const __m256i *)(stored + w * CHANNELS));
  }
  const size_t count = work->count, stride = work->output_stride;
  const int32_t *pairs[PAIRS] = {
      work->pairs[0] + block * work->block_step, work->pairs[1] + block * work->block_step};
  uint8_t *output = work->output + block * CHANNELS;
  for (size_t pixel = 0; pixel < count; pixel += PIXELS) {
    __m256i sums[PIXELS];
    OK_UNROLL
    for (size_t i = 0; i < PIXELS; ++i) sums[i] = _mm256_load_si256((const __m256i *)factors);
    if (step > 0) add_columns(sums, pairs, weights, step);
    else add_places(sums, work, pairs, weights, advance);
    OK_UNROLL
    for (size_t i = 0; i < PIXELS; ++i) {
      sums[i] = ok_requantize_folded_avx2(sums[i], factors + CHANNELS, CHANNELS);
    }
    const __m256i bytes = ok_narrow_avx2(
        _mm256_packs_epi32(sums[0], sums[1]), _mm256_packs_epi32(sums[2], sums[3]), is_signed,
        stage);
    store_pixels(output, stride, bytes, count - pixel);
    OK_UNROLL
    for (size_t p = 0; p < PAIRS; ++p) pairs[p] += PIXELS * advance;
    output += PIXELS * stride;
  }
}

OK_AVX2_INLINE void run(const ok_depthwise_pairs *work, bool is_signed) {
  // A copy, because the compiler must assume that bytes of output may be the original.
  const ok_output_stage stage = *work->stage;
  const bool are_neighbours = work->columns[1] == CHANNELS;
  for (size_t block = 0; block < work->blocks; ++block) {
    if (work->advance == CHANNELS) {
      if (are_neighbours) run_block(work, block, 1, CHANNELS, &stage, is_signed);
      else run_block(work, block, 0, CHANNELS, &stage, is_signed);
    } else if (are_neighbours) {
      run_block(work, block, 2, 2 * CHANNELS, &stage, is_signed);
    } else {
      run_block(work, block, 0, work->advance, &stage, is_signed);
    }
  }
}

OK_AVX2 void ok_depthwise_pairs_8_avx2(const ok_depthwise_pairs *work) {
  if (work->is_signed) run(work, true);
  else run(work, false);
}

#endif
