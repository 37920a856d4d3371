#include "loops.h"

#include <string.h>

// Functions of single elements: look-ups, real functions, and steps from and to real numbers.

/// Elements that one thread takes at a time.
enum { CHUNK = 1 << 14 };

/// What threads share.
typedef struct elements {
  const ok_loops *loops;
  const ok_affine *affine;
  const ok_real_function *function;
  const ok_sides *sides;
  const ok_lines *lines;
  const ok_sigmoid *sigmoid;
  const uint8_t *table;
  const void *input;
  void *output;
  size_t count;
} elements;

static void run_chunks(elements *shared, ok_pool_task task, ok_pool *pool) {
  ok_run_chunks(pool, (shared->count + CHUNK - 1) / CHUNK, task, shared);
}

static size_t chunk_length(const elements *shared, size_t first) {
  return ok_smaller(CHUNK, shared->count - first);
}

static void look_up_chunk(void *context, size_t chunk, size_t thread) {
  const elements *shared = context;
  const size_t first = chunk * CHUNK;
  (void)thread;
  shared->loops->look_up(
      shared->table, (const uint8_t *)shared->input + first, (uint8_t *)shared->output + first,
      chunk_length(shared, first));
}

static void quantize_chunk(void *context, size_t chunk, size_t thread) {
  const elements *shared = context;
  const size_t first = chunk * CHUNK;
  (void)thread;
  shared->loops->quantize(
      shared->affine, (const float *)shared->input + first, (uint8_t *)shared->output + first,
      chunk_length(shared, first));
}

static void dequantize_chunk(void *context, size_t chunk, size_t thread) {
  const elements *shared = context;
  const size_t first = chunk * CHUNK;
  (void)thread;
  shared->loops->dequantize(
      shared->affine, (const uint8_t *)shared->input + first, (float *)shared->output + first,
      chunk_length(shared, first));
}

static void widen_halves_chunk(void *context, size_t chunk, size_t thread) {
  const elements *shared = context;
  const size_t first = chunk * CHUNK;
  (void)thread;
  shared->loops->widen_halves(
      (const uint16_t *)shared->input + first, (float *)shared->output + first,
      chunk_length(shared, first));
}

static void scale_sides_chunk(void *context, size_t chunk, size_t thread) {
  const elements *shared = context;
  const size_t first = chunk * CHUNK;
  (void)thread;
  shared->loops->scale_sides(
      shared->sides, (const int16_t *)shared->input + first, (int16_t *)shared->output + first,
      chunk_length(shared, first));
}

static void interpolate_chunk(void *context, size_t chunk, size_t thread) {
  const elements *shared = context;
  const size_t first = chunk * CHUNK;
  (void)thread;
  shared->loops->interpolate(
      shared->lines, (const int16_t *)shared->input + first, (int16_t *)shared->output + first,
      chunk_length(shared, first));
}

static void sigmoid_chunk(void *context, size_t chunk, size_t thread) {
  const elements *shared = context;
  const size_t first = chunk * CHUNK;
  (void)thread;
  shared->loops->sigmoid(
      shared->sigmoid, (const int16_t *)shared->input + first, (int16_t *)shared->output + first,
      chunk_length(shared, first));
}

static void map_chunk(void *context, size_t chunk, size_t thread) {
  const elements *shared = context;
  const size_t first = chunk * CHUNK;
  (void)thread;
  shared->loops->map(
      shared->function, (const float *)shared->input + first, (float *)shared->output + first,
      chunk_length(shared, first));
}

void ok_look_up(
    const ok_loops *loops, const uint8_t *table, const uint8_t *input, uint8_t *output,
    size_t count, ok_pool *pool) {
  elements shared = {
      .loops = loops, .table = table, .input = input, .output = output, .count = count};
  run_chunks(&shared, look_up_chunk, pool);
}

void ok_quantize(
    const ok_loops *loops, const ok_affine *affine, const float *input, uint8_t *output,
    size_t count, ok_pool *pool) {
  elements shared = {
      .loops = loops, .affine = affine, .input = input, .output = output, .count = count};
  run_chunks(&shared, quantize_chunk, pool);
}

void ok_dequantize(
    const ok_loops *loops, const ok_affine *affine, const uint8_t *input, float *output,
    size_t count, ok_pool *pool) {
  elements shared = {
      .loops = loops, .affine = affine, .input = input, .output = output, .count = count};
  run_chunks(&shared, dequantize_chunk, pool);
}

void ok_widen_halves(
    const ok_loops *loops, const uint16_t *input, float *output, size_t count, ok_pool *pool) {
  elements shared = {.loops = loops, .input = input, .output = output, .count = count};
  run_chunks(&shared, widen_halves_chunk, pool);
}

void ok_scale_sides(
    const ok_loops *loops, const ok_sides *sides, const int16_t *input, int16_t *output,
    size_t count, ok_pool *pool) {
  elements shared = {
      .loops = loops, .sides = sides, .input = input, .output = output, .count = count};
  run_chunks(&shared, scale_sides_chunk, pool);
}

void ok_interpolate(
    const ok_loops *loops, const ok_lines *lines, const int16_t *input, int16_t *output,
    size_t count, ok_pool *pool) {
  elements shared = {
      .loops = loops, .lines = lines, .input = input, .output = output, .count = count};
  run_chunks(&shared, interpolate_chunk, pool);
}

void ok_sigmoid_run(
    const ok_loops *loops, const ok_sigmoid *function, const int16_t *input, int16_t *output,
    size_t count, ok_pool *pool) {
  elements shared = {
      .loops = loops, .sigmoid = function, .input = input, .output = output, .count = count};
  run_chunks(&shared, sigmoid_chunk, pool);
}

void ok_map_reals(
    const ok_loops *loops, const ok_real_function *function, const float *input, float *output,
    size_t count, ok_pool *pool) {
  elements shared = {
      .loops = loops, .function = function, .input = input, .output = output, .count = count};
  run_chunks(&shared, map_chunk, pool);
}

/// Pieces of rows that threads share.
typedef struct pieces {
  const ok_loops *loops;
  const uint8_t *table, *input;
  uint8_t *output;
  size_t input_stride, output_stride, rows, length, chunk_rows;
} pieces;

static void look_up_rows_chunk(void *context, size_t chunk, size_t thread) {
  const pieces *shared = context;
  const size_t first = chunk * shared->chunk_rows;
  const size_t last = first + ok_smaller(shared->chunk_rows, shared->rows - first);
  (void)thread;
  for (size_t row = first; row < last; ++row) {
    shared->loops->look_up(
        shared->table, shared->input + row * shared->input_stride,
        shared->output + row * shared->output_stride, shared->length);
  }
}

void ok_look_up_rows(
    const ok_loops *loops, const uint8_t *table, const uint8_t *input, size_t input_stride,
    uint8_t *output, size_t output_stride, size_t rows, size_t length, ok_pool *pool) {
  pieces shared = {
      .loops = loops, .table = table, .input = input, .output = output,
      .input_stride = input_stride, .output_stride = output_stride, .rows = rows,
      .length = length, .chunk_rows = ok_rows_per_chunk(rows, length)};
  ok_run_chunks(
      pool, (rows + shared.chunk_rows - 1) / shared.chunk_rows, look_up_rows_chunk, &shared);
}

void ok_repeat_elements(const uint8_t *input, size_t count, size_t times, uint8_t *output) {
  for (size_t i = 0; i < count; ++i) memset(output + i * times, input[i], times);
}

void ok_repeat_reals(const float *input, size_t count, size_t times, float *output) {
  for (size_t i = 0; i < count; ++i) {
    for (size_t j = 0; j < times; ++j) *output++ = input[i];
  }
}

void ok_copy_pixels(
    const uint8_t *input, size_t input_stride, uint8_t *output, size_t output_stride, size_t count,
    size_t bytes) {
  for (size_t i = 0; i < count; ++i) {
    memcpy(output + i * output_stride, input + i * input_stride, bytes);
  }
}
