#include "float_gemm.h"
#include "pieces.h"

// Where the rows of a product stand in the input and in the output.

/// Bytes of input that a block of rows may touch: a part of a second-level cache.
enum { BLOCK_BYTES = 128 * 1024 };

/// Rows of a block, beyond which their addresses take room for nothing.
enum { MAXIMUM_BLOCK_ROWS = 256 };

/// Channels from which on a pixel is long enough for a piece of its own.
enum { LONG_PIXEL = 64 };

/// Whether output rows are the input's pixels, one by one.
static bool is_plain_product(const ok_float_gemm *gemm) {
  const ok_volume *volume = &gemm->volume;
  const ok_window *window = &volume->window;
  return volume->filter_depth == 1 && window->filter_height == 1 && window->filter_width == 1 &&
         volume->stride_depth == 1 && window->stride_height == 1 && window->stride_width == 1 &&
         volume->padding_front == 0 && window->padding_top == 0 && window->padding_left == 0 &&
         volume->output_depth == volume->input_depth &&
         window->output_height == window->input_height &&
         window->output_width == window->input_width;
}

ok_float_row_layout ok_float_gemm_row_layout(const ok_float_gemm *gemm) {
  const ok_window *window = &gemm->volume.window;
  const size_t lines = gemm->volume.filter_depth * window->filter_height;
  const size_t channels = window->input_channels;
  if (is_plain_product(gemm)) {
    return (ok_float_row_layout){
        .form = OK_FLOAT_ROWS_PLAIN, .taps = 1, .tap_elements = channels};
  }
  if (window->filter_width > 1 && window->dilation_width == 1 && channels < LONG_PIXEL &&
      gemm->pixel_stride == channels) {
    return (ok_float_row_layout){
        .form = OK_FLOAT_ROWS_OF_LINES,
        .taps = lines,
        .tap_elements = window->filter_width * channels,
    };
  }
  return (ok_float_row_layout){
      .form = OK_FLOAT_ROWS_OF_PIXELS,
      .taps = lines * window->filter_width,
      .tap_elements = channels,
  };
}

/// Elements of the input that come with one row more: windows overlap where strides are small.
static size_t elements_per_row(const ok_float_gemm *gemm) {
  const ok_window *window = &gemm->volume.window;
  const size_t depth = ok_float_gemm_depth(gemm);
  if (ok_float_gemm_row_layout(gemm).form == OK_FLOAT_ROWS_OF_LINES) return depth;
  return ok_smaller(
      depth, window->input_channels * ok_smaller(window->stride_height, window->filter_height) *
                 ok_smaller(window->stride_width, window->filter_width));
}

size_t ok_float_gemm_block_rows(const ok_float_gemm *gemm) {
  const size_t rows = gemm->kernel->rows;
  const size_t row_bytes = elements_per_row(gemm) * sizeof(float);
  const size_t fitting = ok_smaller(BLOCK_BYTES / (row_bytes + 1), MAXIMUM_BLOCK_ROWS);
  return ok_larger(fitting / rows, 1) * rows;
}

/// The sizes of a scratch's parts, one behind the other.
typedef struct scratch_sizes {
  size_t pieces, outputs, copies;
} scratch_sizes;

static scratch_sizes sizes_of_scratch(const ok_float_gemm *gemm) {
  const ok_float_row_layout layout = ok_float_gemm_row_layout(gemm);
  const size_t rows = ok_smaller(
      ok_float_gemm_block_rows(gemm),
      ok_round_up(ok_float_gemm_row_count(gemm), gemm->kernel->rows));
  const bool copies = layout.form == OK_FLOAT_ROWS_OF_LINES;
  return (scratch_sizes){
      .pieces = ok_round_up(rows * layout.taps * sizeof(float *), 64),
      .outputs = ok_round_up(rows * sizeof(float *), 64),
      .copies = copies ? ok_round_up(rows * ok_float_gemm_depth(gemm) * sizeof(float), 64) : 0,
  };
}

size_t ok_float_gemm_scratch_size(const ok_float_gemm *gemm) {
  const scratch_sizes sizes = sizes_of_scratch(gemm);
  return sizes.pieces + sizes.outputs + sizes.copies;
}

ok_float_scratch ok_float_gemm_divide_scratch(const ok_float_gemm *gemm, void *scratch) {
  const scratch_sizes sizes = sizes_of_scratch(gemm);
  uint8_t *const bytes = scratch;
  return (ok_float_scratch){
      .pieces = scratch,
      .outputs = (float **)(bytes + sizes.pieces),
      .copies = (float *)(bytes + sizes.pieces + sizes.outputs),
  };
}

/// Windows side by side on one line of output, and where what is found of them goes.
typedef struct window_line {
  const ok_float_gemm *gemm;
  ok_float_row_layout layout;
  /// What positions outside of the input point to.
  const float *padding;
  /// The first window's column, and how many windows there are.
  size_t column, count;
  const float **pieces;
  float *copies;
} window_line;

/// Points to the pixels that windows have at `tap`, `offset` columns from their left edge, on a line
/// of the input; `line` is NULL outside of it.
static void locate_pixels(
    const window_line *windows, const float *line, size_t tap, size_t offset) {
  const ok_window *window = &windows->gemm->volume.window;
  const size_t taps = windows->layout.taps, stride = windows->gemm->pixel_stride;
  size_t x = windows->column * window->stride_width + offset - window->padding_left;
  for (size_t i = 0; i < windows->count; ++i, x += window->stride_width) {
    // Left of the line the unsigned number has wrapped to one beyond any width.
    const bool is_inside = line && x < window->input_width;
    windows->pieces[i * taps + tap] = is_inside ? line + x * stride : windows->padding;
  }
}

/// Copies one line of a window that lies partly beside the input.
static void copy_line(
    const ok_window *window, const float *line, size_t left, float *destination) {
  const size_t channels = window->input_channels;
  for (size_t x = left; x != left + window->filter_width; ++x) {
    for (size_t channel = 0; channel < channels; ++channel) {
      *destination++ = x < window->input_width ? line[x * channels + channel] : 0;
    }
  }
}

/// Points to the line that windows have at `tap`.
static void locate_lines(const window_line *windows, const float *line, size_t tap) {
  const ok_window *window = &windows->gemm->volume.window;
  const size_t taps = windows->layout.taps, length = windows->layout.tap_elements;
  size_t left = windows->column * window->stride_width - window->padding_left;
  for (size_t i = 0; i < windows->count; ++i, left += window->stride_width) {
    const float **piece = &windows->pieces[i * taps + tap];
    if (!line) {
      *piece = windows->padding;
    } else if (
        left < window->input_width && window->filter_width <= window->input_width - left) {
      *piece = line + left * window->input_channels;
    } else {
      float *copy = windows->copies + (i * taps + tap) * length;
      copy_line(window, line, left, copy);
      *piece = copy;
    }
  }
}

/// Points to what lies under windows on output row `row` of plane `depth`.
static void locate_windows(
    const window_line *windows, const float *input, size_t batch, size_t depth, size_t row) {
  const ok_float_gemm *gemm = windows->gemm;
  const ok_volume *volume = &gemm->volume;
  const ok_window *window = &volume->window;
  size_t tap = 0;
  for (size_t filter_plane = 0; filter_plane < volume->filter_depth; ++filter_plane) {
    const size_t z = depth * volume->stride_depth + filter_plane * volume->dilation_depth -
                     volume->padding_front;
    for (size_t filter_row = 0; filter_row < window->filter_height; ++filter_row) {
      const size_t y = row * window->stride_height + filter_row * window->dilation_height -
                       window->padding_top;
      const bool is_inside = z < volume->input_depth && y < window->input_height;
      const size_t line = (batch * volume->input_depth + z) * window->input_height + y;
      const float *pixels =
          is_inside ? input + line * window->input_width * gemm->pixel_stride : NULL;
      if (windows->layout.form == OK_FLOAT_ROWS_OF_LINES) {
        locate_lines(windows, pixels, tap++);
        continue;
      }
      for (size_t x = 0; x < window->filter_width; ++x) {
        locate_pixels(windows, pixels, tap++, x * window->dilation_width);
      }
    }
  }
}

void ok_float_gemm_prepare_rows(
    const ok_float_gemm *gemm, const float *padding, const float *input, float *output,
    size_t first, size_t count, const ok_float_scratch *scratch) {
  const ok_volume *volume = &gemm->volume;
  const ok_window *window = &volume->window;
  const ok_float_row_layout layout = ok_float_gemm_row_layout(gemm);
  const size_t taps = layout.taps;
  for (size_t row = 0; row < count;) {
    // Its plane of all batches' planes, its row and its column.
    const ok_position position = ok_position_at(window, first + row);
    const window_line windows = {
        .gemm = gemm,
        .layout = layout,
        .padding = padding,
        .column = position.column,
        .count = ok_smaller(count - row, window->output_width - position.column),
        .pieces = scratch->pieces + row * taps,
        .copies = scratch->copies + row * taps * layout.tap_elements,
    };
    float *place = output + position.batch * gemm->plane_stride +
                   position.row * gemm->row_stride + position.column * gemm->column_stride;
    for (size_t i = 0; i < windows.count; ++i, place += gemm->column_stride) {
      scratch->outputs[row + i] = place;
    }
    if (layout.form == OK_FLOAT_ROWS_PLAIN) {
      for (size_t i = row; i < row + windows.count; ++i) {
        scratch->pieces[i] = input + (first + i) * gemm->pixel_stride;
      }
    } else {
      locate_windows(
          &windows, input, position.batch / volume->output_depth,
          position.batch % volume->output_depth, position.row);
    }
    row += windows.count;
  }
  // The last tile is filled up with its last row.
  for (size_t row = count; row % gemm->kernel->rows != 0; ++row) {
    for (size_t tap = 0; tap < taps; ++tap) {
      scratch->pieces[row * taps + tap] = scratch->pieces[(row - 1) * taps + tap];
    }
  }
}

void ok_float_gemm_move_rows(
    const ok_float_gemm *gemm, size_t count, const ok_float_scratch *scratch) {
  const size_t taps = ok_float_gemm_row_layout(gemm).taps;
  const size_t pieces = ok_round_up(count, gemm->kernel->rows) * taps;
  for (size_t i = 0; i < pieces; ++i) scratch->pieces[i] += gemm->volume.window.input_channels;
}
