#ifndef OCTET_KERNEL_TESTS_SUPPORT_H
#define OCTET_KERNEL_TESTS_SUPPORT_H

// What tests of micro-kernels share: random data, memory with guards, and the report.

#include "octet_kernels.h"

// MARK: Random data

/// The next of a fixed sequence of numbers, the same on every machine.
uint32_t random_bits(void);

/// A number of the sequence from `minimum` to `maximum`.
int32_t random_between(int32_t minimum, int32_t maximum);

/// A multiplier of Q0.31: mostly normalized, some negative, some at the edges.
int32_t random_multiplier(void);

/// A normalized multiplier, some with only a few bits set: their products often end in a half.
int32_t random_tame_multiplier(void);

/// Zero points at the edges, for uint8; those of int8 are 128 lower.
extern const int32_t edge_zero_points[5];

// MARK: Memory

/// Bytes between two pages that can't be touched. The last byte stands right before the second.
typedef struct memory {
  uint8_t *bytes;
  size_t size;
} memory;

/// Memory filled with the byte 0xA5.
memory allocate(size_t size);

/// Memory of random bytes, one in three an extreme value.
memory allocate_random(size_t size);

/// Ends the program with a failure where the bytes before the memory were written to.
void release(memory memory);

// MARK: Report

/// Tests of a group of kernels.
typedef struct suite {
  const char *name;
  void (*run)(void);
} suite;

extern const suite convolution_suite, depthwise_suite, float_suite, hybrid_suite, loop_suite,
    pair_suite, real_suite, sum_suite, table_suite, thread_suite, wide_suite;

/// Whether the machine can run a kernel; notes those that it can't.
bool can_run(const char *kernel, ok_isa isa);

/// A pool of 1 to 4 threads, which lives as long as the program.
ok_pool *pool_of(size_t thread_count);

/// Counts a comparison of a kernel's output with the reference's, and prints the first difference
/// with `description`.
void compare(
    const char *kernel, memory output, memory expected, const char *description);

/// Adds the reference's output to the checksum of all.
void record(memory expected);

/// Prints what was run, skipped and found to differ; returns the program's exit code.
int report(void);

#endif
