#include "loops.h"

static const ok_loops *const all_loops[] = {
#define OK_LOOPS(isa, suffix) &ok_loops_##suffix,
#include "kernels.inc"
};

const ok_loops *const *ok_loops_table(size_t *count) {
  *count = sizeof all_loops / sizeof all_loops[0];
  return all_loops;
}

ok_isa ok_loops_isa(const ok_loops *loops) { return loops->isa; }
