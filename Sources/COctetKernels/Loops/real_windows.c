#include "loops.h"

// Windows over images of real numbers: threads share the rows of the output.

typedef struct filter_work {
  const ok_loops *loops;
  const ok_real_depthwise *depthwise;
  const float *input, *filter, *bias;
  float *output;
  size_t rows, chunk_rows;
  /// Output columns whose windows lie inside of the image.
  size_t first_whole, whole_count;
} filter_work;

static ok_tap_span column_taps(const ok_window *window, size_t column) {
  return ok_taps_inside(
      column, window->stride_width, window->padding_left, window->filter_width,
      window->dilation_width, window->input_width);
}

static void find_whole_columns(filter_work *work) {
  const ok_window *window = &work->depthwise->window;
  for (size_t column = 0; column < window->output_width; ++column) {
    if (column_taps(window, column).count < window->filter_width) continue;
    if (work->whole_count++ == 0) work->first_whole = column;
  }
}

static void filter_row(const filter_work *work, size_t index) {
  const ok_real_depthwise *depthwise = work->depthwise;
  const ok_window *window = &depthwise->window;
  const size_t channels = depthwise->output_channels;
  const ok_tap_span rows = ok_taps_inside(
      index % window->output_height, window->stride_height, window->padding_top,
      window->filter_height, window->dilation_height, window->input_height);
  const size_t line = index / window->output_height * window->input_height + rows.position;
  const float *input = work->input + line * window->input_width * window->input_channels;
  const float *filter = work->filter + rows.first * window->filter_width * channels;
  float *output = work->output + index * window->output_width * channels;
  for (size_t column = 0; column < window->output_width;) {
    const ok_tap_span columns = column_taps(window, column);
    const size_t count =
        column == work->first_whole && work->whole_count > 0 ? work->whole_count : 1;
    const ok_tap_part part = {
        .input = input + columns.position * window->input_channels,
        .filter = filter + columns.first * channels, .rows = rows.count,
        .columns = columns.count};
    work->loops->filter(depthwise, &part, work->bias, output + column * channels, count);
    column += count;
  }
}

static void filter_chunk(void *context, size_t chunk, size_t thread) {
  const filter_work *work = context;
  const size_t first = chunk * work->chunk_rows;
  const size_t last = first + ok_smaller(work->chunk_rows, work->rows - first);
  (void)thread;
  for (size_t row = first; row < last; ++row) filter_row(work, row);
}

void ok_depthwise_reals(
    const ok_loops *loops, const ok_real_depthwise *depthwise, const float *input,
    const float *filter, const float *bias, float *output, ok_pool *pool) {
  const ok_window *window = &depthwise->window;
  filter_work work = {
      .loops = loops, .depthwise = depthwise, .input = input, .filter = filter, .bias = bias,
      .output = output, .rows = window->batches * window->output_height};
  find_whole_columns(&work);
  work.chunk_rows = ok_rows_per_chunk(
      work.rows, window->output_width * depthwise->output_channels * window->filter_height *
                     window->filter_width);
  ok_run_chunks(pool, (work.rows + work.chunk_rows - 1) / work.chunk_rows, filter_chunk, &work);
}

typedef struct pool_work {
  const ok_loops *loops;
  const ok_real_pooling *pooling;
  const float *input;
  float *output;
  size_t rows, chunk_rows;
} pool_work;

static void pool_row(const pool_work *work, size_t index) {
  const ok_window *window = &work->pooling->window;
  const ok_tap_span rows = ok_taps_inside(
      index % window->output_height, window->stride_height, window->padding_top,
      window->filter_height, 1, window->input_height);
  const size_t line = index / window->output_height * window->input_height + rows.position;
  const float *input = work->input + line * window->input_width * window->input_channels;
  float *output = work->output + index * window->output_width * window->input_channels;
  for (size_t column = 0; column < window->output_width; ++column) {
    const ok_tap_span columns = column_taps(window, column);
    const ok_real_part part = {
        .first = input + columns.position * window->input_channels, .rows = rows.count,
        .columns = columns.count};
    work->loops->pool_reals(work->pooling, &part, output);
    output += window->input_channels;
  }
}

static void pool_chunk(void *context, size_t chunk, size_t thread) {
  const pool_work *work = context;
  const size_t first = chunk * work->chunk_rows;
  const size_t last = first + ok_smaller(work->chunk_rows, work->rows - first);
  (void)thread;
  for (size_t row = first; row < last; ++row) pool_row(work, row);
}

void ok_pool_reals(
    const ok_loops *loops, const ok_real_pooling *pooling, const float *input, float *output,
    ok_pool *pool) {
  const ok_window *window = &pooling->window;
  pool_work work = {
      .loops = loops, .pooling = pooling, .input = input, .output = output,
      .rows = window->batches * window->output_height};
  work.chunk_rows = ok_rows_per_chunk(
      work.rows, window->output_width * window->input_channels *
                     ok_smaller(window->filter_height, window->input_height) *
                     ok_smaller(window->filter_width, window->input_width));
  ok_run_chunks(pool, (work.rows + work.chunk_rows - 1) / work.chunk_rows, pool_chunk, &work);
}
