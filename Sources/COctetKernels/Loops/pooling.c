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

static void pool_row(const pooling_work *work, size_t index) {
  const ok_window *window = &work->pooling->window;
  const size_t batch = index / window->output_height;
  const ok_tap_span rows = ok_taps_inside(
      index % window->output_height, window->stride_height, window->padding_top,
      window->filter_height, 1, window->input_height);
  const size_t pixel =
      window->input_channels * (work->pooling->is_wide ? sizeof(int16_t) : sizeof(uint8_t));
  const size_t line = window->input_width * pixel;
  const uint8_t *first_line =
      work->input + (batch * window->input_height + rows.position) * line;
  uint8_t *output = work->output + index * window->output_width * pixel;
  for (size_t column = 0; column < window->output_width; ++column) {
    const ok_tap_span columns = ok_taps_inside(
        column, window->stride_width, window->padding_left, window->filter_width, 1,
        window->input_width);
    const ok_window_part part = {
        .first = first_line + columns.position * pixel,
        .rows = rows.count, .columns = columns.count, .row_stride = line};
    if (work->takes_maximum) work->loops->maximum(work->pooling, &part, output);
    else work->loops->average(work->pooling, &part, output);
    output += pixel;
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
    const ok_loops *loops, const ok_pooling *pooling, const void *input, void *output,
    ok_pool *pool) {
  pooling_work work = {.loops = loops, .pooling = pooling, .input = input, .output = output};
  pool_image(&work, pool);
}

void ok_pool_maxima(
    const ok_loops *loops, const ok_pooling *pooling, const void *input, void *output,
    ok_pool *pool) {
  pooling_work work = {
      .loops = loops, .pooling = pooling, .input = input, .output = output,
      .takes_maximum = true};
  pool_image(&work, pool);
}
