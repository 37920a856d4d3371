#if defined(__x86_64__)

#define OK_LOOP_SET AVX2
#define OK_LOOP_SUFFIX avx2
#define OK_LOOP_TARGET "avx2"
#define OK_LOOP_LOOK_UP ok_look_up_avx2
#include "loops.inc"

#endif
