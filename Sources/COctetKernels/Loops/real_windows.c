#include "window_runs.h"

// Windows over images of real numbers: threads share the rows of the output.

typedef struct filter_work {
  const ok_loops *loops;
  const ok_real_depthwise *depthwise;
  const float *input, *filter, *bias;
  float *output;
  ok_columns whole;
} filter_work;

static void filter_rows(const void *context, size_t first, size_t end) {
  const filter_work *work = context;
  const ok_window *window = &work->depthwise->window;
  const size_t channels = work->depthwise->output_channels;
  for (size_t index = first; index < end; ++index) {
    const ok_window_row row = ok_window_row_at(window, index);
    for (size_t column = 0; column < window->output_width;) {
      const ok_window_run run = ok_window_run_at(window, work->whole, &row, column);
      const ok_tap_part part = {
          .input = work->input + run.input_pixel * window->input_channels,
          .filter = work->filter + run.filter_tap * channels, .rows = row.rows,
          .columns = run.columns};
      work->loops->filter(
          work->depthwise, &part, work->bias, work->output + run.output_pixel * channels,
          run.count);
      column += run.count;
    }
  }
}

void ok_depthwise_reals(
    const ok_loops *loops, const ok_real_depthwise *depthwise, const float *input,
    const float *filter, const float *bias, float *output, ok_pool *pool) {
  const ok_window *window = &depthwise->window;
  const filter_work work = {
      .loops = loops, .depthwise = depthwise, .input = input, .filter = filter, .bias = bias,
      .output = output, .whole = ok_whole_columns(window)};
  ok_run_rows(
      pool, window->batches * window->output_height,
      ok_filter_row_steps(window, depthwise->output_channels), filter_rows, &work);
}

typedef struct pool_work {
  const ok_loops *loops;
  const ok_real_pooling *pooling;
  const float *input;
  float *output;
} pool_work;

static void pool_rows(const void *context, size_t first, size_t end) {
  const pool_work *work = context;
  const ok_window *window = &work->pooling->window;
  for (size_t index = first; index < end; ++index) {
    const ok_window_row row = ok_window_row_at(window, index);
    for (size_t column = 0; column < window->output_width; ++column) {
      const ok_window_run run = ok_window_run_at(window, (ok_columns){0, 0}, &row, column);
      const ok_real_part part = {
          .first = work->input + run.input_pixel * window->input_channels, .rows = row.rows,
          .columns = run.columns};
      work->loops->pool_reals(
          work->pooling, &part, work->output + run.output_pixel * window->input_channels);
    }
  }
}

void ok_pool_reals(
    const ok_loops *loops, const ok_real_pooling *pooling, const float *input, float *output,
    ok_pool *pool) {
  const pool_work work = {.loops = loops, .pooling = pooling, .input = input, .output = output};
  const ok_window *window = &pooling->window;
  ok_run_rows(
      pool, window->batches * window->output_height, ok_pool_row_steps(window), pool_rows, &work);
}
