#ifndef OCTET_KERNEL_TESTS_LOOPS_UNDER_TEST_H
#define OCTET_KERNEL_TESTS_LOOPS_UNDER_TEST_H

#include "octet_loops.h"
#include "support.h"

#include <stdio.h>

/// The loops that the machine can run: from `next` on, the next ones, or NULL.
static inline const ok_loops *next_loops(size_t *next, const char **name) {
  size_t count;
  const ok_loops *const *table = ok_loops_table(&count);
  while (*next < count) {
    const ok_loops *loops = table[(*next)++];
    static char names[OK_ISA_COUNT][40];
    const ok_isa isa = ok_loops_isa(loops);
    snprintf(names[isa], sizeof names[isa], "loops %s", ok_isa_name(isa));
    *name = names[isa];
    if (can_run(*name, isa)) return loops;
  }
  return NULL;
}

/// Runs what follows for the loops of each instruction set that the machine has.
#define FOR_LOOPS(loops, name)                                                         \
  const char *name = NULL;                                                             \
  size_t position_##loops = 0;                                                         \
  for (const ok_loops *loops; (loops = next_loops(&position_##loops, &name)) != NULL;)

#endif
