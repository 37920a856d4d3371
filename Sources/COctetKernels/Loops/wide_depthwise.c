#include "window_runs.h"

// Depthwise convolutions of int16 images: threads share the rows of the output.

typedef struct depthwise_work {
  const ok_wide_stage *stage;
  const ok_window *window;
  const int16_t *input;
  const int8_t *filter;
  int16_t *output;
  ok_columns whole;
} depthwise_work;

static void filter_rows(const void *context, size_t first, size_t end) {
  const depthwise_work *work = context;
  const ok_window *window = work->window;
  const size_t channels = window->input_channels;
  for (size_t index = first; index < end; ++index) {
    const ok_window_row row = ok_window_row_at(window, index);
    for (size_t column = 0; column < window->output_width;) {
      const ok_window_run run = ok_window_run_at(window, work->whole, &row, column);
      const ok_wide_tap_part part = {
          .input = work->input + run.input_pixel * channels,
          .filter = work->filter + run.filter_tap * channels, .rows = row.rows,
          .columns = run.columns};
      work->stage->loops->filter_wide(
          work->stage, window, &part, work->output + run.output_pixel * channels, run.count);
      column += run.count;
    }
  }
}

void ok_wide_depthwise_run(
    const ok_wide_stage *stage, const ok_window *window, const int16_t *input,
    const int8_t *filter, int16_t *output, ok_pool *pool) {
  const depthwise_work work = {
      .stage = stage, .window = window, .input = input, .filter = filter, .output = output,
      .whole = ok_whole_columns(window)};
  ok_run_rows(
      pool, window->batches * window->output_height,
      ok_filter_row_steps(window, window->input_channels), filter_rows, &work);
}
