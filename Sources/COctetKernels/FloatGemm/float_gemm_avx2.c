#if defined(__x86_64__)

#define OK_FLOAT_KERNEL ok_float_gemm_4x16_avx2
#define OK_FLOAT_ROWS 4
#define OK_FLOAT_LANES 8
#define OK_FLOAT_TARGET "avx2"
#include "float_gemm.inc"

#endif
