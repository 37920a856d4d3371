#include "octet_kernels.h"

const char *ok_isa_name(ok_isa isa) {
  switch (isa) {
    case OK_ISA_PORTABLE: return "portable";
    case OK_ISA_AVX2: return "avx2";
    case OK_ISA_AVX512VNNI: return "avx512vnni";
    default: return NULL;
  }
}

bool ok_isa_is_supported(ok_isa isa) {
  switch (isa) {
    case OK_ISA_PORTABLE: return true;
#if defined(__x86_64__)
    case OK_ISA_AVX2: return __builtin_cpu_supports("avx2");
    case OK_ISA_AVX512VNNI:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
#endif
    default: return false;
  }
}
