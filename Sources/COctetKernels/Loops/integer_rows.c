#include "loops.h"

// Reductions of integers: threads share the outer dimension.

typedef struct integer_row_work {
  const ok_loops *loops;
  ok_integer_reduction operation;
  const uint8_t *input;
  uint8_t *output;
  size_t reduced, inner;
  /// Bytes of an element.
  size_t input_size, output_size;
} integer_row_work;

static void reduce_rows(const void *context, size_t first, size_t end) {
  const integer_row_work *work = context;
  work->loops->reduce_integers(
      work->operation, work->input + first * work->reduced * work->inner * work->input_size,
      end - first, work->reduced, work->inner,
      work->output + first * work->inner * work->output_size);
}

static size_t input_size(ok_integer_reduction operation) {
  switch (operation) {
    case OK_INT16_TOTAL:
    case OK_INT16_LARGEST:
    case OK_INT16_SMALLEST: return sizeof(int16_t);
    default: return sizeof(int32_t);
  }
}

static size_t output_size(ok_integer_reduction operation) {
  switch (operation) {
    case OK_INT16_LARGEST:
    case OK_INT16_SMALLEST: return sizeof(int16_t);
    case OK_INT32_WIDE_TOTAL: return sizeof(int64_t);
    default: return sizeof(int32_t);
  }
}

void ok_reduce_integers(
    const ok_loops *loops, ok_integer_reduction operation, const void *input, size_t outer,
    size_t reduced, size_t inner, void *output, ok_pool *pool) {
  const integer_row_work work = {
      .loops = loops, .operation = operation, .input = input, .output = output,
      .reduced = reduced, .inner = inner, .input_size = input_size(operation),
      .output_size = output_size(operation)};
  ok_run_rows(pool, outer, reduced * inner * work.input_size, reduce_rows, &work);
}
