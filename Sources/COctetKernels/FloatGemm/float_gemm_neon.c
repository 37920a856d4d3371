#if defined(__aarch64__)

#define OK_FLOAT_KERNEL ok_float_gemm_8x8_neon
#define OK_FLOAT_ROWS 8
#define OK_FLOAT_LANES 4
#include "float_gemm.inc"

#endif
