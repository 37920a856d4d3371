#include "window_runs.h"

// Pooling: threads share the rows of the output.

typedef struct pooling_work {
  const ok_loops *loops;
  const ok_pooling *pooling;
  const uint8_t *input;
  uint8_t *output;
  bool takes_maximum;
} pooling_work;

static void pool_rows(const void *context, size_t first, size_t end) {
  const pooling_work *work = context;
  const ok_window *window = &work->pooling->window;
  const size_t pixel =
      window->input_channels * (work->pooling->is_wide ? sizeof(int16_t) : sizeof(uint8_t));
  for (size_t index = first; index < end; ++index) {
    const ok_window_row row = ok_window_row_at(window, index);
    for (size_t column = 0; column < window->output_width; ++column) {
      const ok_window_run run = ok_window_run_at(window, (ok_columns){0, 0}, &row, column);
      const ok_window_part part = {
          .first = work->input + run.input_pixel * pixel, .rows = row.rows,
          .columns = run.columns, .row_stride = window->input_width * pixel};
      uint8_t *output = work->output + run.output_pixel * pixel;
      if (work->takes_maximum) work->loops->maximum(work->pooling, &part, output);
      else work->loops->average(work->pooling, &part, output);
    }
  }
}

static void pool_image(const pooling_work *work, ok_pool *pool) {
  const ok_window *window = &work->pooling->window;
  ok_run_rows(
      pool, window->batches * window->output_height, ok_pool_row_steps(window), pool_rows, work);
}

void ok_pool_averages(
    const ok_loops *loops, const ok_pooling *pooling, const void *input, void *output,
    ok_pool *pool) {
  const pooling_work work = {.loops = loops, .pooling = pooling, .input = input, .output = output};
  pool_image(&work, pool);
}

void ok_pool_maxima(
    const ok_loops *loops, const ok_pooling *pooling, const void *input, void *output,
    ok_pool *pool) {
  const pooling_work work = {
      .loops = loops, .pooling = pooling, .input = input, .output = output,
      .takes_maximum = true};
  pool_image(&work, pool);
}
