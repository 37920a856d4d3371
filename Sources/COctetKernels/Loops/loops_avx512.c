#if defined(__x86_64__)

#define OK_LOOP_SET AVX512
#define OK_LOOP_SUFFIX avx512
#define OK_LOOP_TARGET "avx512f,avx512bw,avx512vl"
#define OK_LOOP_LOOK_UP ok_look_up_avx512
#include "loops.inc"

#endif
