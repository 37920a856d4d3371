#include "loops.h"

// Pooling: threads share the rows of the output.

typedef struct pooling_work {
  const ok_loops *loops;
  const ok_pooling *pooling;
  const uint8_t *input;
  uint8_t *output;
  bool takes_maximum;
  size_t rows, chunk_rows;
} pooling_work;

/// The positions under a window that lie inside of the image, along one dimension.
typedef struct span {
  size_t first, count;
} span;

static span inside(size_t position, size_t stride, size_t padding, size_t window, size_t extent) {
  const size_t origin = position * stride;
  const size_t first = origin > padding ? origin - padding : 0;
  const size_t end = origin + window > padding ? origin + window - padding : 0;
  const size_t last = ok_smaller(end, extent);
  return (span){.first = first, .count = last > first ? last - first : 0};
}

static void pool_row(const pooling_work *work, size_t index) {
  const ok_window *window = &work->pooling->window;
  const size_t batch = index / window->output_height;
  const span rows = inside(
      index % window->output_height, window->stride_height, window->padding_top,
      window->filter_height, window->input_height);
  const size_t line = window->input_width * window->input_channels;
  // An empty span may begin behind the image, where there is no address to form.
  const uint8_t *first_line =
      rows.count ? work->input + (batch * window->input_height + rows.first) * line : work->input;
  uint8_t *output = work->output + index * window->output_width * window->input_channels;
  for (size_t column = 0; column < window->output_width; ++column) {
    const span columns = inside(
        column, window->stride_width, window->padding_left, window->filter_width,
        window->input_width);
    const ok_window_part part = {
        .first = columns.count ? first_line + columns.first * window->input_channels : first_line,
        .rows = rows.count, .columns = columns.count, .row_stride = line};
    if (work->takes_maximum) work->loops->maximum(work->pooling, &part, output);
    else work->loops->average(work->pooling, &part, output);
    output += window->input_channels;
  }
}

static void pool_chunk(void *context, size_t chunk, size_t thread) {
  const pooling_work *work = context;
  const size_t first = chunk * work->chunk_rows;
  const size_t last = first + ok_smaller(work->chunk_rows, work->rows - first);
  (void)thread;
  for (size_t row = first; row < last; ++row) pool_row(work, row);
}

static void pool_image(pooling_work *work, ok_pool *pool) {
  const ok_window *window = &work->pooling->window;
  work->rows = window->batches * window->output_height;
  // Every output reads at most as much as the window has; how much of it overlaps doesn't matter.
  work->chunk_rows = ok_rows_per_chunk(
      work->rows, window->output_width * window->input_channels *
                      ok_smaller(window->filter_height, window->input_height) *
                      ok_smaller(window->filter_width, window->input_width));
  ok_run_chunks(pool, (work->rows + work->chunk_rows - 1) / work->chunk_rows, pool_chunk, work);
}

void ok_pool_averages(
    const ok_loops *loops, const ok_pooling *pooling, const uint8_t *input, uint8_t *output,
    ok_pool *pool) {
  pooling_work work = {.loops = loops, .pooling = pooling, .input = input, .output = output};
  pool_image(&work, pool);
}

void ok_pool_maxima(
    const ok_loops *loops, const ok_pooling *pooling, const uint8_t *input, uint8_t *output,
    ok_pool *pool) {
  pooling_work work = {
      .loops = loops, .pooling = pooling, .input = input, .output = output,
      .takes_maximum = true};
  pool_image(&work, pool);
}
