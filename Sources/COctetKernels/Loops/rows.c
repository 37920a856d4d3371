#include "loops.h"

// Sums, extremes, places of largest elements and softmax: threads share the rows.

typedef struct row_work {
  const ok_loops *loops;
  const ok_softmax *softmax;
  const ok_softmax_wide *softmax_wide;
  const ok_byte_reduction *reduction;
  const ok_row_bytes *bytes;
  const ok_row_scale *scales;
  bool is_signed;
  const void *input;
  void *output;
  size_t length, inner;
} row_work;

static void add_rows(const void *context, size_t first, size_t end) {
  const row_work *work = context;
  for (size_t row = first; row < end; ++row) {
    work->loops->add_up(
        work->is_signed, (const uint8_t *)work->input + row * work->length * work->inner,
        work->length, work->inner, (int32_t *)work->output + row * work->inner);
  }
}

static void find_rows(const void *context, size_t first, size_t end) {
  const row_work *work = context;
  work->loops->find_largest(
      work->is_signed, (const uint8_t *)work->input + first * work->length,
      end - first, work->length, (int32_t *)work->output + first);
}

static void reduce_rows(const void *context, size_t first, size_t end) {
  const row_work *work = context;
  work->loops->reduce_bytes(
      work->reduction, (const uint8_t *)work->input + first * work->length * work->inner,
      end - first, work->length, work->inner,
      (uint8_t *)work->output + first * work->inner);
}

static void square_rows(const void *context, size_t first, size_t end) {
  const row_work *work = context;
  work->loops->add_squares(
      work->bytes, (const uint8_t *)work->input + first * work->length, end - first, work->length,
      (int32_t *)work->output + first);
}

static void scale_rows(const void *context, size_t first, size_t end) {
  const row_work *work = context;
  work->loops->scale_rows(
      work->bytes, work->scales + first, (const uint8_t *)work->input + first * work->length,
      end - first, work->length, (uint8_t *)work->output + first * work->length);
}

static void softmax_rows(const void *context, size_t first, size_t end) {
  const row_work *work = context;
  work->loops->softmax(
      work->softmax, (const uint8_t *)work->input + first * work->length,
      (uint8_t *)work->output + first * work->length, end - first, work->length);
}

static void softmax_wide_rows(const void *context, size_t first, size_t end) {
  const row_work *work = context;
  work->loops->softmax_wide(
      work->softmax_wide, (const int16_t *)work->input + first * work->length,
      (int16_t *)work->output + first * work->length, end - first, work->length);
}

void ok_add_up(
    const ok_loops *loops, bool is_signed, const uint8_t *input, size_t outer, size_t reduced,
    size_t inner, int32_t *sums, ok_pool *pool) {
  const row_work work = {
      .loops = loops, .is_signed = is_signed, .input = input, .output = sums,
      .length = reduced, .inner = inner};
  ok_run_rows(pool, outer, reduced * inner, add_rows, &work);
}

void ok_find_largest(
    const ok_loops *loops, bool is_signed, const uint8_t *input, size_t rows, size_t length,
    int32_t *places, ok_pool *pool) {
  const row_work work = {
      .loops = loops, .is_signed = is_signed, .input = input, .output = places,
      .length = length, .inner = 1};
  ok_run_rows(pool, rows, length, find_rows, &work);
}

void ok_reduce_bytes(
    const ok_loops *loops, const ok_byte_reduction *reduction, const uint8_t *input, size_t outer,
    size_t reduced, size_t inner, uint8_t *output, ok_pool *pool) {
  const row_work work = {
      .loops = loops, .reduction = reduction, .input = input, .output = output,
      .length = reduced, .inner = inner};
  ok_run_rows(pool, outer, reduced * inner, reduce_rows, &work);
}

void ok_add_squares(
    const ok_loops *loops, const ok_row_bytes *bytes, const uint8_t *input, size_t rows,
    size_t length, int32_t *sums, ok_pool *pool) {
  const row_work work = {
      .loops = loops, .bytes = bytes, .input = input, .output = sums, .length = length,
      .inner = 1};
  ok_run_rows(pool, rows, length, square_rows, &work);
}

void ok_scale_rows(
    const ok_loops *loops, const ok_row_bytes *bytes, const ok_row_scale *scales,
    const uint8_t *input, size_t rows, size_t length, uint8_t *output, ok_pool *pool) {
  const row_work work = {
      .loops = loops, .bytes = bytes, .scales = scales, .input = input, .output = output,
      .length = length, .inner = 1};
  ok_run_rows(pool, rows, length, scale_rows, &work);
}

void ok_softmax_run(
    const ok_loops *loops, const ok_softmax *softmax, const uint8_t *input, uint8_t *output,
    size_t rows, size_t length, ok_pool *pool) {
  const row_work work = {
      .loops = loops, .softmax = softmax, .input = input, .output = output,
      .length = length, .inner = 1};
  ok_run_rows(pool, rows, length, softmax_rows, &work);
}

void ok_softmax_wide_run(
    const ok_loops *loops, const ok_softmax_wide *softmax, const int16_t *input, int16_t *output,
    size_t rows, size_t length, ok_pool *pool) {
  const row_work work = {
      .loops = loops, .softmax_wide = softmax, .input = input, .output = output,
      .length = length, .inner = 1};
  ok_run_rows(pool, rows, length, softmax_wide_rows, &work);
}
