#define _DEFAULT_SOURCE
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t random_state = 42;

uint32_t random_bits(void) {
  random_state = random_state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(random_state >> 32);
}

int32_t random_between(int32_t minimum, int32_t maximum) {
  const int64_t span = (int64_t)maximum - minimum + 1;
  return (int32_t)(minimum + (int64_t)(random_bits() % (uint64_t)span));
}

int32_t random_multiplier(void) {
  switch (random_bits() % 16) {
    case 0: return INT32_MAX;
    case 1: return INT32_C(1) << 30;
    case 2: return -random_between(INT32_C(1) << 30, INT32_MAX);
    case 3: return random_between(0, 3);
    default: return random_between(INT32_C(1) << 30, INT32_MAX);
  }
}

int32_t random_tame_multiplier(void) {
  const int32_t multiplier = random_between(INT32_C(1) << 30, INT32_MAX);
  switch (random_bits() % 4) {
    case 0: return multiplier >> 28 << 28;
    case 1: return multiplier >> 20 << 20;
    default: return multiplier;
  }
}

const int32_t edge_zero_points[5] = {0, 1, 128, 254, 255};

// MARK: Memory

enum { FILL = 0xA5 };

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

/// Pages that hold `size` bytes.
static size_t held_size(size_t size) {
  return (size + page_size() - 1) / page_size() * page_size();
}

memory allocate(size_t size) {
  const size_t held = held_size(size), total = held + 2 * page_size();
  uint8_t *pages = mmap(NULL, total, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED ||
      (held > 0 && mprotect(pages + page_size(), held, PROT_READ | PROT_WRITE) != 0)) {
    fputs("out of memory\n", stderr);
    exit(EXIT_FAILURE);
  }
  memset(pages + page_size(), FILL, held);
  return (memory){.bytes = pages + page_size() + held - size, .size = size};
}

memory allocate_random(size_t size) {
  static const uint8_t extremes[] = {0, 1, 127, 128, 254, 255};
  const memory result = allocate(size);
  for (size_t i = 0; i < size; ++i) {
    const uint32_t bits = random_bits();
    result.bytes[i] = bits % 3 == 0 ? extremes[(bits >> 8) % 6] : (uint8_t)(bits >> 24);
  }
  return result;
}

void release(memory memory) {
  const size_t held = held_size(memory.size);
  uint8_t *first = memory.bytes + memory.size - held;
  for (const uint8_t *byte = first; byte < memory.bytes; ++byte) {
    if (*byte != FILL) {
      fputs("bytes before an array were written to\n", stderr);
      exit(EXIT_FAILURE);
    }
  }
  munmap(first - page_size(), held + 2 * page_size());
}

// MARK: Report

static size_t comparison_count, difference_count;
static uint64_t checksum = 0xCBF29CE484222325u;
static ok_pool *pools[5];

/// Kernels, and how often each was compared; none for those that the machine can't run.
static struct {
  const char *name;
  ok_isa isa;
  size_t comparisons;
} kernels[256];
static size_t kernel_count;

static size_t kernel_index(const char *name, ok_isa isa) {
  for (size_t i = 0; i < kernel_count; ++i) {
    if (kernels[i].name == name) return i;
  }
  if (kernel_count == sizeof kernels / sizeof kernels[0]) abort();
  kernels[kernel_count].name = name;
  kernels[kernel_count].isa = isa;
  return kernel_count++;
}

bool can_run(const char *kernel, ok_isa isa) {
  const bool runs = ok_isa_is_supported(isa);
  kernels[kernel_index(kernel, isa)].comparisons += runs;
  return runs;
}

ok_pool *pool_of(size_t thread_count) {
  if (!pools[thread_count]) pools[thread_count] = ok_pool_create(thread_count);
  return pools[thread_count];
}

void compare(const char *kernel, memory output, memory expected, const char *description) {
  ++comparison_count;
  if (memcmp(output.bytes, expected.bytes, expected.size) == 0) return;
  size_t first = 0;
  while (output.bytes[first] == expected.bytes[first]) ++first;
  if (difference_count++ < 20) {
    printf(
        "%s: byte %zu is %d, expected %d; %s\n", kernel, first, output.bytes[first],
        expected.bytes[first], description);
  }
}

void record(memory expected) {
  for (size_t i = 0; i < expected.size; ++i) {
    checksum = (checksum ^ expected.bytes[i]) * 0x100000001B3u;
  }
}

int report(void) {
  for (size_t i = 0; i < kernel_count; ++i) {
    const char *isa = ok_isa_name(kernels[i].isa);
    if (kernels[i].comparisons > 0) {
      printf("run: %s (%s), %zu times\n", kernels[i].name, isa, kernels[i].comparisons);
    } else {
      printf("skipped: %s, because this machine does not have %s\n", kernels[i].name, isa);
    }
  }
  for (size_t i = 0; i < sizeof pools / sizeof pools[0]; ++i) {
    if (pools[i]) ok_pool_destroy(pools[i]);
  }
  printf("%zu comparisons, %zu differ\n", comparison_count, difference_count);
  printf("checksum of expected outputs: %016llx\n", (unsigned long long)checksum);
  return difference_count == 0 && comparison_count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
