#ifndef OCTET_WINDOW_RUNS_H
#define OCTET_WINDOW_RUNS_H

// Windows along the rows of an output: those that lie inside of the image have the same taps, so that
// loops take them together.

#include "loops.h"

/// The taps of a window that lie inside of an image, along one dimension.
typedef struct ok_tap_span {
  size_t first, count;
  /// Where the first of them lies in the image; 0 without any.
  size_t position;
} ok_tap_span;

static inline ok_tap_span ok_taps_inside(
    size_t index, size_t stride, size_t padding, size_t taps, size_t dilation, size_t extent) {
  const size_t origin = index * stride, end = padding + extent;
  const size_t first = origin < padding ? (padding - origin + dilation - 1) / dilation : 0;
  const size_t fitting = origin < end ? (end - origin + dilation - 1) / dilation : 0;
  const size_t last = ok_smaller(fitting, taps);
  if (last <= first) return (ok_tap_span){0, 0, 0};
  return (ok_tap_span){
      .first = first, .count = last - first, .position = origin + first * dilation - padding};
}

/// Output columns next to each other.
typedef struct ok_columns {
  size_t first, count;
} ok_columns;

/// A row of outputs: where its windows' first row inside of the image begins, in pixels of the input
/// and taps of the filter, how many such rows there are, and the row's first output, in pixels.
typedef struct ok_window_row {
  size_t input_pixel, filter_tap, rows, output_pixel;
} ok_window_row;

/// Outputs of one row whose windows have the same taps inside of the image, as `ok_window_row`.
typedef struct ok_window_run {
  size_t input_pixel, filter_tap, columns, output_pixel, count;
} ok_window_run;

static inline ok_tap_span ok_column_taps(const ok_window *window, size_t column) {
  return ok_taps_inside(
      column, window->stride_width, window->padding_left, window->filter_width,
      window->dilation_width, window->input_width);
}

/// The output columns whose windows have all columns inside of the image.
static inline ok_columns ok_whole_columns(const ok_window *window) {
  ok_columns whole = {0, 0};
  for (size_t column = 0; column < window->output_width; ++column) {
    if (ok_column_taps(window, column).count < window->filter_width) continue;
    if (whole.count++ == 0) whole.first = column;
  }
  return whole;
}

/// A row, counted over all images.
static inline ok_window_row ok_window_row_at(const ok_window *window, size_t row) {
  const ok_tap_span taps = ok_taps_inside(
      row % window->output_height, window->stride_height, window->padding_top,
      window->filter_height, window->dilation_height, window->input_height);
  const size_t line = row / window->output_height * window->input_height + taps.position;
  return (ok_window_row){
      .input_pixel = line * window->input_width,
      .filter_tap = taps.first * window->filter_width,
      .rows = taps.count,
      .output_pixel = row * window->output_width};
}

/// The outputs from a column on.
static inline ok_window_run ok_window_run_at(
    const ok_window *window, ok_columns whole, const ok_window_row *row, size_t column) {
  const ok_tap_span taps = ok_column_taps(window, column);
  return (ok_window_run){
      .input_pixel = row->input_pixel + taps.position,
      .filter_tap = row->filter_tap + taps.first,
      .columns = taps.count,
      .output_pixel = row->output_pixel + column,
      .count = column == whole.first && whole.count > 0 ? whole.count : 1};
}

/// The work of one output row of a filter of that many channels, for `ok_run_rows`.
static inline size_t ok_filter_row_steps(const ok_window *window, size_t channels) {
  return window->output_width * channels * window->filter_height * window->filter_width;
}

/// The work of one output row of pooling: every output reads at most as much as the window has; how
/// much of it overlaps doesn't matter.
static inline size_t ok_pool_row_steps(const ok_window *window) {
  return window->output_width * window->input_channels *
         ok_smaller(window->filter_height, window->input_height) *
         ok_smaller(window->filter_width, window->input_width);
}

#endif
