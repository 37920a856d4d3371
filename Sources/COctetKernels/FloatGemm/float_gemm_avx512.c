#if defined(__x86_64__)

#define OK_FLOAT_KERNEL ok_float_gemm_8x32_avx512
#define OK_FLOAT_ROWS 8
#define OK_FLOAT_LANES 16
#define OK_FLOAT_TARGET "avx512f,avx512bw,avx512vl"
#include "float_gemm.inc"

#endif
