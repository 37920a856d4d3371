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
} elements;

static void look_up_range(const void *context, size_t first, size_t end) {
  const elements *shared = context;
  shared->loops->look_up(
      shared->table, (const uint8_t *)shared->input + first, (uint8_t *)shared->output + first,
      end - first);
}

static void quantize_range(const void *context, size_t first, size_t end) {
  const elements *shared = context;
  shared->loops->quantize(
      shared->affine, (const float *)shared->input + first, (uint8_t *)shared->output + first,
      end - first);
}

static void dequantize_range(const void *context, size_t first, size_t end) {
  const elements *shared = context;
  shared->loops->dequantize(
      shared->affine, (const uint8_t *)shared->input + first, (float *)shared->output + first,
      end - first);
}

static void widen_halves_range(const void *context, size_t first, size_t end) {
  const elements *shared = context;
  shared->loops->widen_halves(
      (const uint16_t *)shared->input + first, (float *)shared->output + first,
      end - first);
}

static void scale_sides_range(const void *context, size_t first, size_t end) {
  const elements *shared = context;
  shared->loops->scale_sides(
      shared->sides, (const int16_t *)shared->input + first, (int16_t *)shared->output + first,
      end - first);
}

static void interpolate_range(const void *context, size_t first, size_t end) {
  const elements *shared = context;
  shared->loops->interpolate(
      shared->lines, (const int16_t *)shared->input + first, (int16_t *)shared->output + first,
      end - first);
}

static void sigmoid_range(const void *context, size_t first, size_t end) {
  const elements *shared = context;
  shared->loops->sigmoid(
      shared->sigmoid, (const int16_t *)shared->input + first, (int16_t *)shared->output + first,
      end - first);
}

static void map_range(const void *context, size_t first, size_t end) {
  const elements *shared = context;
  shared->loops->map(
      shared->function, (const float *)shared->input + first, (float *)shared->output + first,
      end - first);
}

void ok_look_up(
    const ok_loops *loops, const uint8_t *table, const uint8_t *input, uint8_t *output,
    size_t count, ok_pool *pool) {
  const elements shared = {.loops = loops, .table = table, .input = input, .output = output};
  ok_run_ranges(pool, count, CHUNK, look_up_range, &shared);
}

void ok_quantize(
    const ok_loops *loops, const ok_affine *affine, const float *input, uint8_t *output,
    size_t count, ok_pool *pool) {
  const elements shared = {.loops = loops, .affine = affine, .input = input, .output = output};
  ok_run_ranges(pool, count, CHUNK, quantize_range, &shared);
}

void ok_dequantize(
    const ok_loops *loops, const ok_affine *affine, const uint8_t *input, float *output,
    size_t count, ok_pool *pool) {
  const elements shared = {.loops = loops, .affine = affine, .input = input, .output = output};
  ok_run_ranges(pool, count, CHUNK, dequantize_range, &shared);
}

void ok_widen_halves(
    const ok_loops *loops, const uint16_t *input, float *output, size_t count, ok_pool *pool) {
  const elements shared = {.loops = loops, .input = input, .output = output};
  ok_run_ranges(pool, count, CHUNK, widen_halves_range, &shared);
}

void ok_scale_sides(
    const ok_loops *loops, const ok_sides *sides, const int16_t *input, int16_t *output,
    size_t count, ok_pool *pool) {
  const elements shared = {.loops = loops, .sides = sides, .input = input, .output = output};
  ok_run_ranges(pool, count, CHUNK, scale_sides_range, &shared);
}

void ok_interpolate(
    const ok_loops *loops, const ok_lines *lines, const int16_t *input, int16_t *output,
    size_t count, ok_pool *pool) {
  const elements shared = {.loops = loops, .lines = lines, .input = input, .output = output};
  ok_run_ranges(pool, count, CHUNK, interpolate_range, &shared);
}

void ok_sigmoid_run(
    const ok_loops *loops, const ok_sigmoid *function, const int16_t *input, int16_t *output,
    size_t count, ok_pool *pool) {
  const elements shared = {
      .loops = loops, .sigmoid = function, .input = input, .output = output};
  ok_run_ranges(pool, count, CHUNK, sigmoid_range, &shared);
}

void ok_map_reals(
    const ok_loops *loops, const ok_real_function *function, const float *input, float *output,
    size_t count, ok_pool *pool) {
  const elements shared = {
      .loops = loops, .function = function, .input = input, .output = output};
  ok_run_ranges(pool, count, CHUNK, map_range, &shared);
}

/// Pieces of rows that threads share.
typedef struct pieces {
  const ok_loops *loops;
  const uint8_t *table, *input;
  uint8_t *output;
  size_t input_stride, output_stride, length;
} pieces;

static void look_up_rows(const void *context, size_t first, size_t end) {
  const pieces *shared = context;
  for (size_t row = first; row < end; ++row) {
    shared->loops->look_up(
        shared->table, shared->input + row * shared->input_stride,
        shared->output + row * shared->output_stride, shared->length);
  }
}

void ok_look_up_rows(
    const ok_loops *loops, const uint8_t *table, const uint8_t *input, size_t input_stride,
    uint8_t *output, size_t output_stride, size_t rows, size_t length, ok_pool *pool) {
  const pieces shared = {
      .loops = loops, .table = table, .input = input, .output = output,
      .input_stride = input_stride, .output_stride = output_stride, .length = length};
  ok_run_rows(pool, rows, length, look_up_rows, &shared);
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
