#include "octet_kernels.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#elif defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>
#endif

const char *ok_isa_name(ok_isa isa) {
  switch (isa) {
    case OK_ISA_PORTABLE: return "portable";
    case OK_ISA_SSE41: return "sse41";
    case OK_ISA_AVX2: return "avx2";
    case OK_ISA_AVXVNNI: return "avxvnni";
    case OK_ISA_AVX512: return "avx512";
    case OK_ISA_AVX512VNNI: return "avx512vnni";
    case OK_ISA_NEON: return "neon";
    case OK_ISA_NEONDOT: return "neondot";
    case OK_ISA_NEONI8MM: return "neoni8mm";
    default: return NULL;
  }
}

#if defined(__x86_64__)

/// Whether the processor has AVX-VNNI; whether the system keeps the registers is AVX2's question.
static bool has_avxvnni(void) {
  unsigned eax, ebx, ecx, edx;
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) && (eax >> 4 & 1);
}

static bool has_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl");
}

#elif defined(__aarch64__)

static bool has_dot_product(void) {
#if defined(__linux__)
  // Bits by number, because not every C library names them.
  return getauxval(AT_HWCAP) >> 20 & 1;
#elif defined(__APPLE__)
  int value = 0;
  size_t size = sizeof value;
  return sysctlbyname("hw.optional.arm.FEAT_DotProd", &value, &size, NULL, 0) == 0 && value;
#else
  return false;
#endif
}

static bool has_int8_matrices(void) {
#if defined(__linux__)
  return getauxval(AT_HWCAP2) >> 13 & 1;
#elif defined(__APPLE__)
  int value = 0;
  size_t size = sizeof value;
  return sysctlbyname("hw.optional.arm.FEAT_I8MM", &value, &size, NULL, 0) == 0 && value;
#else
  return false;
#endif
}

#endif

bool ok_isa_is_supported(ok_isa isa) {
  switch (isa) {
    case OK_ISA_PORTABLE: return true;
#if defined(__x86_64__)
    case OK_ISA_SSE41: return __builtin_cpu_supports("sse4.1");
    case OK_ISA_AVX2: return __builtin_cpu_supports("avx2");
    case OK_ISA_AVXVNNI: return __builtin_cpu_supports("avx2") && has_avxvnni();
    case OK_ISA_AVX512: return has_avx512();
    case OK_ISA_AVX512VNNI: return has_avx512() && __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__)
    case OK_ISA_NEON: return true;
    case OK_ISA_NEONDOT: return has_dot_product();
    case OK_ISA_NEONI8MM: return has_dot_product() && has_int8_matrices();
#endif
    default: return false;
  }
}
