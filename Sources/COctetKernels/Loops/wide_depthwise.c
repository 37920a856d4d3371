#include "loops.h"

// Depthwise convolutions of int16 images: threads share the rows of the output.

typedef struct depthwise_work {
  const ok_wide_stage *stage;
  const ok_window *window;
  const int16_t *input;
  const int8_t *filter;
  int16_t *output;
  size_t rows, chunk_rows;
  /// Output columns whose windows lie inside of the image.
  size_t first_whole, whole_count;
} depthwise_work;

static ok_tap_span column_taps(const ok_window *window, size_t column) {
  return ok_taps_inside(
      column, window->stride_width, window->padding_left, window->filter_width,
      window->dilation_width, window->input_width);
}

static void find_whole_columns(depthwise_work *work) {
  const ok_window *window = work->window;
  for (size_t column = 0; column < window->output_width; ++column) {
    if (column_taps(window, column).count < window->filter_width) continue;
    if (work->whole_count++ == 0) work->first_whole = column;
  }
}

static void filter_row(const depthwise_work *work, size_t index) {
  const ok_window *window = work->window;
  const size_t channels = window->input_channels;
  const ok_tap_span rows = ok_taps_inside(
      index % window->output_height, window->stride_height, window->padding_top,
      window->filter_height, window->dilation_height, window->input_height);
  const size_t line = index / window->output_height * window->input_height + rows.position;
  const int16_t *input = work->input + line * window->input_width * channels;
  const int8_t *filter = work->filter + rows.first * window->filter_width * channels;
  int16_t *output = work->output + index * window->output_width * channels;
  for (size_t column = 0; column < window->output_width;) {
    const ok_tap_span columns = column_taps(window, column);
    const size_t count =
        column == work->first_whole && work->whole_count > 0 ? work->whole_count : 1;
    const ok_wide_tap_part part = {
        .input = input + columns.position * channels,
        .filter = filter + columns.first * channels, .rows = rows.count,
        .columns = columns.count};
    work->stage->loops->filter_wide(work->stage, window, &part, output + column * channels, count);
    column += count;
  }
}

static void filter_chunk(void *context, size_t chunk, size_t thread) {
  const depthwise_work *work = context;
  const size_t first = chunk * work->chunk_rows;
  const size_t last = first + ok_smaller(work->chunk_rows, work->rows - first);
  (void)thread;
  for (size_t row = first; row < last; ++row) filter_row(work, row);
}

void ok_wide_depthwise_run(
    const ok_wide_stage *stage, const ok_window *window, const int16_t *input,
    const int8_t *filter, int16_t *output, ok_pool *pool) {
  depthwise_work work = {
      .stage = stage, .window = window, .input = input, .filter = filter, .output = output,
      .rows = window->batches * window->output_height};
  find_whole_columns(&work);
  work.chunk_rows = ok_rows_per_chunk(
      work.rows, window->output_width * window->input_channels * window->filter_height *
                     window->filter_width);
  ok_run_chunks(pool, (work.rows + work.chunk_rows - 1) / work.chunk_rows, filter_chunk, &work);
}
