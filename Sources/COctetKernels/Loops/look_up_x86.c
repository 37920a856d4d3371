#if defined(__x86_64__)

#include "loops.h"
#include "Requantize/requantize_avx2.h"
#include "Requantize/requantize_avx512.h"

// Byte shuffles look up sixteen entries and give 0 where an index has its top bit set. With the index
// lowered by 16 from one sixteenth of the table to the next, an index below 128 finds something in
// every sixteenth up to its own. One from 128 on finds nothing until it has come below 128, and then
// in every sixteenth up to its own, for which it must not wrap around a second time: from the ninth
// on it is lowered with saturation. The sixteenths are stored as differences, by exclusive or, so that
// what all of them give makes the entry.

/// The sixteenths of a table as differences.
static inline void make_differences(const uint8_t *table, uint8_t differences[16][16]) {
  for (size_t i = 0; i < 16; ++i) {
    differences[0][i] = table[i];
    for (size_t part = 1; part < 16; ++part) {
      uint8_t difference = table[16 * part + i] ^ table[16 * (part - 1) + i];
      if (part >= 8) difference ^= table[16 * (part - 8) + i];
      if (part > 8) difference ^= table[16 * (part - 9) + i];
      differences[part][i] = difference;
    }
  }
}

static void look_up_rest(
    const uint8_t *table, const uint8_t *input, uint8_t *output, size_t count) {
  for (size_t i = 0; i < count; ++i) output[i] = table[input[i]];
}

OK_AVX2 void ok_look_up_avx2(
    const uint8_t *table, const uint8_t *input, uint8_t *output, size_t count) {
  const size_t whole = count / 32 * 32;
  if (whole > 0) {
    uint8_t differences[16][16];
    make_differences(table, differences);
    const __m256i sixteen = _mm256_set1_epi8(16);
    __m256i parts[16];
    OK_UNROLL
    for (size_t part = 0; part < 16; ++part) {
      parts[part] =
          _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)differences[part]));
    }
    for (size_t i = 0; i < whole; i += 32) {
      __m256i index = _mm256_loadu_si256((const __m256i *)(input + i));
      __m256i entry = _mm256_shuffle_epi8(parts[0], index);
      OK_UNROLL
      for (size_t part = 1; part < 16; ++part) {
        index = part <= 8 ? _mm256_sub_epi8(index, sixteen) : _mm256_subs_epi8(index, sixteen);
        entry = _mm256_xor_si256(entry, _mm256_shuffle_epi8(parts[part], index));
      }
      _mm256_storeu_si256((__m256i *)(output + i), entry);
    }
  }
  look_up_rest(table, input + whole, output + whole, count - whole);
}

OK_AVX512 void ok_look_up_avx512(
    const uint8_t *table, const uint8_t *input, uint8_t *output, size_t count) {
  const size_t whole = count / 64 * 64;
  if (whole > 0) {
    uint8_t differences[16][16];
    make_differences(table, differences);
    const __m512i sixteen = _mm512_set1_epi8(16);
    __m512i parts[16];
    OK_UNROLL
    for (size_t part = 0; part < 16; ++part) {
      parts[part] = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)differences[part]));
    }
    for (size_t i = 0; i < whole; i += 64) {
      __m512i index = _mm512_loadu_si512(input + i);
      __m512i entry = _mm512_shuffle_epi8(parts[0], index);
      OK_UNROLL
      for (size_t part = 1; part < 16; ++part) {
        index = part <= 8 ? _mm512_sub_epi8(index, sixteen) : _mm512_subs_epi8(index, sixteen);
        entry = _mm512_xor_si512(entry, _mm512_shuffle_epi8(parts[part], index));
      }
      _mm512_storeu_si512(output + i, entry);
    }
  }
  look_up_rest(table, input + whole, output + whole, count - whole);
}

#endif
