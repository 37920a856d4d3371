#if defined(__x86_64__)

#define OK_LOOP_SET SSE41
#define OK_LOOP_SUFFIX sse41
#define OK_LOOP_TARGET "sse4.1"
#include "loops.inc"

#endif
