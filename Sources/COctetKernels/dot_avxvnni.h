#ifndef OCTET_DOT_AVXVNNI_H
#define OCTET_DOT_AVXVNNI_H

#include <immintrin.h>
#include <stdbool.h>

#define OK_AVXVNNI __attribute__((target("avx2,avxvnni")))
#define OK_AVXVNNI_INLINE OK_AVXVNNI static inline __attribute__((always_inline))

/// Adds products of four unsigned and four signed bytes in each lane.
///
/// Weights are stored with the signedness that the input does not have.
OK_AVXVNNI_INLINE __m256i
ok_dot_avxvnni(__m256i sum, __m256i input, __m256i weights, bool is_signed) {
  return is_signed ? _mm256_dpbusd_avx_epi32(sum, weights, input)
                   : _mm256_dpbusd_avx_epi32(sum, input, weights);
}

#endif
