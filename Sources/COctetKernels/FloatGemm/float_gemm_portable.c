#define OK_FLOAT_KERNEL ok_float_gemm_4x8_portable
#define OK_FLOAT_ROWS 4
#define OK_FLOAT_LANES 4
#include "float_gemm.inc"
