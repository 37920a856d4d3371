#include "loops.h"

// Sums, extremes, places of largest elements and softmax: threads share the rows.

typedef struct row_work {
  const ok_loops *loops;
  const ok_softmax *softmax;
  const ok_softmax_wide *softmax_wide;
  const ok_byte_reduction *reduction;
  bool is_signed;
  const void *input;
  void *output;
  size_t rows, length, inner, chunk_rows;
} row_work;

static void run_rows(row_work *work, ok_pool_task task, ok_pool *pool) {
  work->chunk_rows = ok_rows_per_chunk(work->rows, work->length * work->inner);
  ok_run_chunks(pool, (work->rows + work->chunk_rows - 1) / work->chunk_rows, task, work);
}

/// The number of rows from `first` on that belong to a chunk.
static size_t chunk_length(const row_work *work, size_t first) {
  return ok_smaller(work->chunk_rows, work->rows - first);
}

static void add_chunk(void *context, size_t chunk, size_t thread) {
  const row_work *work = context;
  const size_t first = chunk * work->chunk_rows;
  const size_t last = first + chunk_length(work, first);
  (void)thread;
  for (size_t row = first; row < last; ++row) {
    work->loops->add_up(
        work->is_signed, (const uint8_t *)work->input + row * work->length * work->inner,
        work->length, work->inner, (int32_t *)work->output + row * work->inner);
  }
}

static void find_chunk(void *context, size_t chunk, size_t thread) {
  const row_work *work = context;
  const size_t first = chunk * work->chunk_rows;
  (void)thread;
  work->loops->find_largest(
      work->is_signed, (const uint8_t *)work->input + first * work->length,
      chunk_length(work, first), work->length, (int32_t *)work->output + first);
}

static void reduce_chunk(void *context, size_t chunk, size_t thread) {
  const row_work *work = context;
  const size_t first = chunk * work->chunk_rows;
  (void)thread;
  work->loops->reduce_bytes(
      work->reduction, (const uint8_t *)work->input + first * work->length * work->inner,
      chunk_length(work, first), work->length, work->inner,
      (uint8_t *)work->output + first * work->inner);
}

static void softmax_chunk(void *context, size_t chunk, size_t thread) {
  const row_work *work = context;
  const size_t first = chunk * work->chunk_rows;
  (void)thread;
  work->loops->softmax(
      work->softmax, (const uint8_t *)work->input + first * work->length,
      (uint8_t *)work->output + first * work->length, chunk_length(work, first), work->length);
}

static void softmax_wide_chunk(void *context, size_t chunk, size_t thread) {
  const row_work *work = context;
  const size_t first = chunk * work->chunk_rows;
  (void)thread;
  work->loops->softmax_wide(
      work->softmax_wide, (const int16_t *)work->input + first * work->length,
      (int16_t *)work->output + first * work->length, chunk_length(work, first), work->length);
}

void ok_add_up(
    const ok_loops *loops, bool is_signed, const uint8_t *input, size_t outer, size_t reduced,
    size_t inner, int32_t *sums, ok_pool *pool) {
  row_work work = {
      .loops = loops, .is_signed = is_signed, .input = input, .output = sums, .rows = outer,
      .length = reduced, .inner = inner};
  run_rows(&work, add_chunk, pool);
}

void ok_find_largest(
    const ok_loops *loops, bool is_signed, const uint8_t *input, size_t rows, size_t length,
    int32_t *places, ok_pool *pool) {
  row_work work = {
      .loops = loops, .is_signed = is_signed, .input = input, .output = places, .rows = rows,
      .length = length, .inner = 1};
  run_rows(&work, find_chunk, pool);
}

void ok_reduce_bytes(
    const ok_loops *loops, const ok_byte_reduction *reduction, const uint8_t *input, size_t outer,
    size_t reduced, size_t inner, uint8_t *output, ok_pool *pool) {
  row_work work = {
      .loops = loops, .reduction = reduction, .input = input, .output = output, .rows = outer,
      .length = reduced, .inner = inner};
  run_rows(&work, reduce_chunk, pool);
}

void ok_softmax_run(
    const ok_loops *loops, const ok_softmax *softmax, const uint8_t *input, uint8_t *output,
    size_t rows, size_t length, ok_pool *pool) {
  row_work work = {
      .loops = loops, .softmax = softmax, .input = input, .output = output, .rows = rows,
      .length = length, .inner = 1};
  run_rows(&work, softmax_chunk, pool);
}

void ok_softmax_wide_run(
    const ok_loops *loops, const ok_softmax_wide *softmax, const int16_t *input, int16_t *output,
    size_t rows, size_t length, ok_pool *pool) {
  row_work work = {
      .loops = loops, .softmax_wide = softmax, .input = input, .output = output, .rows = rows,
      .length = length, .inner = 1};
  run_rows(&work, softmax_wide_chunk, pool);
}
