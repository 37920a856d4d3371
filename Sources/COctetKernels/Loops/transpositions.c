#include "loops.h"

// Transposed matrices: threads share strips of sixteen columns.

enum { STRIP = 16 };

typedef struct transposition_work {
  const ok_loops *loops;
  const ok_transposition *transposition;
  const uint8_t *input;
  uint8_t *output;
} transposition_work;

static void transpose_strips(const void *context, size_t first, size_t end) {
  const transposition_work *work = context;
  const ok_transposition *const what = work->transposition;
  const size_t bytes = what->element_bytes;
  const size_t strips = (what->columns + STRIP - 1) / STRIP;
  for (size_t strip = first; strip < end; ++strip) {
    size_t matrix = strip / strips, from = 0, to = 0;
    for (size_t axis = what->rank; axis-- > 0; matrix /= what->extents[axis]) {
      const size_t position = matrix % what->extents[axis];
      from += position * what->input_strides[axis];
      to += position * what->output_strides[axis];
    }
    const size_t column = strip % strips * STRIP;
    from += column;
    to += column * what->output_row;
    const size_t columns = ok_smaller(STRIP, what->columns - column);
    const uint8_t *const input = work->input + from * bytes;
    uint8_t *const output = work->output + to * bytes;
    switch (bytes) {
      case 1:
        work->loops->transpose_1(
            input, what->input_row, what->rows, columns, output, what->output_row);
        break;
      case 2:
        work->loops->transpose_2(
            input, what->input_row, what->rows, columns, output, what->output_row);
        break;
      default:
        work->loops->transpose_4(
            input, what->input_row, what->rows, columns, output, what->output_row);
        break;
    }
  }
}

void ok_transpose(
    const ok_loops *loops, const ok_transposition *transposition, const void *input, void *output,
    ok_pool *pool) {
  const transposition_work work = {
      .loops = loops, .transposition = transposition, .input = input, .output = output};
  size_t strips = (transposition->columns + STRIP - 1) / STRIP;
  for (size_t axis = 0; axis < transposition->rank; ++axis) strips *= transposition->extents[axis];
  ok_run_rows(
      pool, strips, STRIP * transposition->rows * transposition->element_bytes, transpose_strips,
      &work);
}
