#if defined(__x86_64__)

#include "microkernels.h"
#include "Requantize/requantize_avx512.h"

enum { CHANNELS = 64, QUARTER = 16, TAPS = 3 };

/// The three inputs of one column under a window, and 0, side by side for each of 64 channels.
typedef struct column {
  __m512i quarters[4];
} column;

OK_AVX512_INLINE column
load_column(const ok_depthwise_3x3_line *line, size_t offset, __mmask64 mask) {
  __m512i inputs[TAPS];
  OK_UNROLL
  for (size_t y = 0; y < TAPS; ++y) {
    inputs[y] = _mm512_maskz_loadu_epi8(mask, line->lines[y] + offset);
    if (line->is_signed) {
      inputs[y] = _mm512_xor_si512(inputs[y], _mm512_set1_epi8((char)0x80));
    }
  }
  const __m512i zero = _mm512_setzero_si512();
  const __m512i front_low = _mm512_unpacklo_epi8(inputs[0], inputs[1]);
  const __m512i front_high = _mm512_unpackhi_epi8(inputs[0], inputs[1]);
  const __m512i back_low = _mm512_unpacklo_epi8(inputs[2], zero);
  const __m512i back_high = _mm512_unpackhi_epi8(inputs[2], zero);
  return (column){{
      _mm512_unpacklo_epi16(front_low, back_low),
      _mm512_unpackhi_epi16(front_low, back_low),
      _mm512_unpacklo_epi16(front_high, back_high),
      _mm512_unpackhi_epi16(front_high, back_high),
  }};
}

/// What one block of channels needs, of which only `block` changes from block to block.
typedef struct work {
  const ok_depthwise_3x3_line *line;
  const ok_depthwise_3x3_block *block;
  bool has_rest;
} work;

OK_AVX512_INLINE void store_outputs(
    const work *work, const column *first, const column *second, const column *third,
    uint8_t *output, __mmask64 mask) {
  const ok_depthwise_3x3_block *block = work->block;
  const column *columns[TAPS] = {first, second, third};
  __m512i sums[4];
  OK_UNROLL
  for (size_t q = 0; q < 4; ++q) {
    sums[q] = _mm512_load_si512(block->bias + q * QUARTER);
    OK_UNROLL
    for (size_t x = 0; x < TAPS; ++x) {
      sums[q] = _mm512_dpbusd_epi32(
          sums[q], columns[x]->quarters[q], _mm512_load_si512(block->weights[x] + q * 64));
    }
    if (work->has_rest) {
      OK_UNROLL
      for (size_t x = 0; x < TAPS; ++x) {
        sums[q] = _mm512_dpbusd_epi32(
            sums[q], columns[x]->quarters[q], _mm512_load_si512(block->rest[x] + q * 64));
      }
    }
    const ok_folded_factors_avx512 factors =
        ok_load_folded_factors_avx512(block->multiplier + q * QUARTER, CHANNELS);
    sums[q] = ok_requantize_folded_avx512(sums[q], &factors);
  }
  const __m512i bytes = ok_narrow_avx512(
      sums[0], sums[1], sums[2], sums[3], work->line->is_signed, work->line->stage);
  _mm512_mask_storeu_epi8(output, mask, bytes);
}

/// Neighbouring outputs share two of three columns.
OK_AVX512_INLINE void run_stride_1(const work *work, size_t first, __mmask64 mask) {
  const ok_depthwise_3x3_line *line = work->line;
  const size_t channels = line->channels;
  size_t offset = first;
  uint8_t *output = line->output + first;
  column columns[TAPS];
  columns[0] = load_column(line, offset, mask);
  columns[1] = load_column(line, offset + channels, mask);
  offset += 2 * channels;
  size_t pixel = 0;
  for (; pixel + TAPS <= line->pixels; pixel += TAPS) {
    OK_UNROLL
    for (size_t i = 0; i < TAPS; ++i) {
      columns[(i + 2) % TAPS] = load_column(line, offset, mask);
      store_outputs(
          work, &columns[i], &columns[(i + 1) % TAPS], &columns[(i + 2) % TAPS], output, mask);
      offset += channels;
      output += channels;
    }
  }
  for (; pixel < line->pixels; ++pixel) {
    columns[2] = load_column(line, offset, mask);
    store_outputs(work, &columns[0], &columns[1], &columns[2], output, mask);
    columns[0] = columns[1];
    columns[1] = columns[2];
    offset += channels;
    output += channels;
  }
}

/// Neighbouring outputs share one of three columns.
OK_AVX512_INLINE void run_stride_2(const work *work, size_t first, __mmask64 mask) {
  const ok_depthwise_3x3_line *line = work->line;
  const size_t channels = line->channels;
  size_t offset = first;
  uint8_t *output = line->output + first;
  column left = load_column(line, offset, mask);
  for (size_t pixel = 0; pixel < line->pixels; ++pixel) {
    const column middle = load_column(line, offset + channels, mask);
    const column right = load_column(line, offset + 2 * channels, mask);
    store_outputs(work, &left, &middle, &right, output, mask);
    left = right;
    offset += 2 * channels;
    output += channels;
  }
}

/// Several pixels in one vector.
OK_AVX512_INLINE void run_narrow(const work *work) {
  const ok_depthwise_3x3_line *line = work->line;
  const size_t channels = line->channels, bytes = line->pixels * channels;
  for (size_t first = 0; first < bytes; first += CHANNELS) {
    const __mmask64 mask = UINT64_MAX >> (64 - ok_smaller(CHANNELS, bytes - first));
    const column left = load_column(line, first, mask);
    const column middle = load_column(line, first + channels, mask);
    const column right = load_column(line, first + 2 * channels, mask);
    store_outputs(work, &left, &middle, &right, line->output + first, mask);
  }
}

OK_AVX512_INLINE void run_blocks(const ok_depthwise_3x3_line *line) {
  const ok_depthwise_3x3_block *block = line->blocks;
  if (ok_is_narrow_3x3(line->channels, line->stride)) {
    const work with = {line, block, true}, without = {line, block, false};
    if (block->has_rest) run_narrow(&with);
    else run_narrow(&without);
    return;
  }
  for (size_t first = 0; first < line->channels; first += CHANNELS, ++block) {
    const __mmask64 mask =
        UINT64_MAX >> (64 - ok_smaller(CHANNELS, line->channels - first));
    const work with = {line, block, true}, without = {line, block, false};
    if (line->stride == 1) {
      if (block->has_rest) run_stride_1(&with, first, mask);
      else run_stride_1(&without, first, mask);
    } else {
      if (block->has_rest) run_stride_2(&with, first, mask);
      else run_stride_2(&without, first, mask);
    }
  }
}

OK_AVX512 void ok_depthwise_3x3_avx512vnni(const ok_depthwise_3x3_line *line) {
  run_blocks(line);
}

#endif
