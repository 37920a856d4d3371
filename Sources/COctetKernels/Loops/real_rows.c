#include "loops.h"

// Reductions and softmax of real numbers: threads share the rows.

typedef struct real_row_work {
  const ok_loops *loops;
  ok_real_reduction operation;
  float divisor, beta;
  const float *input;
  float *output;
  size_t rows, length, inner, chunk_rows;
} real_row_work;

static void run_rows(real_row_work *work, ok_pool_task task, ok_pool *pool) {
  work->chunk_rows = ok_rows_per_chunk(work->rows, work->length * work->inner);
  ok_run_chunks(pool, (work->rows + work->chunk_rows - 1) / work->chunk_rows, task, work);
}

/// The number of rows from `first` on that belong to a chunk.
static size_t chunk_length(const real_row_work *work, size_t first) {
  return ok_smaller(work->chunk_rows, work->rows - first);
}

static void reduce_chunk(void *context, size_t chunk, size_t thread) {
  const real_row_work *work = context;
  const size_t first = chunk * work->chunk_rows;
  (void)thread;
  work->loops->reduce_reals(
      work->operation, work->divisor, work->input + first * work->length * work->inner,
      chunk_length(work, first), work->length, work->inner, work->output + first * work->inner);
}

static void softmax_chunk(void *context, size_t chunk, size_t thread) {
  const real_row_work *work = context;
  const size_t first = chunk * work->chunk_rows;
  (void)thread;
  work->loops->softmax_reals(
      work->beta, work->input + first * work->length, work->output + first * work->length,
      chunk_length(work, first), work->length);
}

static void log_softmax_chunk(void *context, size_t chunk, size_t thread) {
  const real_row_work *work = context;
  const size_t first = chunk * work->chunk_rows;
  (void)thread;
  work->loops->log_softmax_reals(
      work->input + first * work->length, work->output + first * work->length,
      chunk_length(work, first), work->length);
}

void ok_reduce_reals(
    const ok_loops *loops, ok_real_reduction operation, float divisor, const float *input,
    size_t outer, size_t reduced, size_t inner, float *output, ok_pool *pool) {
  real_row_work work = {
      .loops = loops, .operation = operation, .divisor = divisor, .input = input,
      .output = output, .rows = outer, .length = reduced, .inner = inner};
  run_rows(&work, reduce_chunk, pool);
}

void ok_softmax_reals(
    const ok_loops *loops, float beta, const float *input, float *output, size_t rows,
    size_t length, ok_pool *pool) {
  real_row_work work = {
      .loops = loops, .beta = beta, .input = input, .output = output, .rows = rows,
      .length = length, .inner = 1};
  run_rows(&work, softmax_chunk, pool);
}

void ok_log_softmax_reals(
    const ok_loops *loops, const float *input, float *output, size_t rows, size_t length,
    ok_pool *pool) {
  real_row_work work = {
      .loops = loops, .input = input, .output = output, .rows = rows, .length = length,
      .inner = 1};
  run_rows(&work, log_softmax_chunk, pool);
}
