#include "loops.h"

// Reductions and softmax of real numbers: threads share the rows.

typedef struct real_row_work {
  const ok_loops *loops;
  ok_real_reduction operation;
  float divisor, beta;
  bool finds_largest;
  const float *input;
  float *output;
  int32_t *places;
  size_t length, inner;
} real_row_work;

static void reduce_rows(const void *context, size_t first, size_t end) {
  const real_row_work *work = context;
  work->loops->reduce_reals(
      work->operation, work->divisor, work->input + first * work->length * work->inner,
      end - first, work->length, work->inner, work->output + first * work->inner);
}

static void find_rows(const void *context, size_t first, size_t end) {
  const real_row_work *work = context;
  work->loops->find_extreme(
      work->finds_largest, work->input + first * work->length, end - first, work->length,
      work->places + first);
}

static void softmax_rows(const void *context, size_t first, size_t end) {
  const real_row_work *work = context;
  work->loops->softmax_reals(
      work->beta, work->input + first * work->length, work->output + first * work->length,
      end - first, work->length);
}

static void log_softmax_rows(const void *context, size_t first, size_t end) {
  const real_row_work *work = context;
  work->loops->log_softmax_reals(
      work->input + first * work->length, work->output + first * work->length,
      end - first, work->length);
}

void ok_reduce_reals(
    const ok_loops *loops, ok_real_reduction operation, float divisor, const float *input,
    size_t outer, size_t reduced, size_t inner, float *output, ok_pool *pool) {
  const real_row_work work = {
      .loops = loops, .operation = operation, .divisor = divisor, .input = input,
      .output = output, .length = reduced, .inner = inner};
  ok_run_rows(pool, outer, reduced * inner, reduce_rows, &work);
}

void ok_find_extreme(
    const ok_loops *loops, bool finds_largest, const float *input, size_t rows, size_t length,
    int32_t *places, ok_pool *pool) {
  const real_row_work work = {
      .loops = loops, .finds_largest = finds_largest, .input = input, .places = places,
      .length = length};
  ok_run_rows(pool, rows, length * sizeof *input, find_rows, &work);
}

void ok_softmax_reals(
    const ok_loops *loops, float beta, const float *input, float *output, size_t rows,
    size_t length, ok_pool *pool) {
  const real_row_work work = {
      .loops = loops, .beta = beta, .input = input, .output = output,
      .length = length, .inner = 1};
  ok_run_rows(pool, rows, length, softmax_rows, &work);
}

void ok_log_softmax_reals(
    const ok_loops *loops, const float *input, float *output, size_t rows, size_t length,
    ok_pool *pool) {
  const real_row_work work = {
      .loops = loops, .input = input, .output = output, .length = length,
      .inner = 1};
  ok_run_rows(pool, rows, length, log_softmax_rows, &work);
}
