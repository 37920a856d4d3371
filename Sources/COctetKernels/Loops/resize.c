#include "loops.h"

// Interpolation: threads share the rows of the output.

typedef struct resize_work {
  const ok_loops *loops;
  const ok_resize *resize;
  const uint8_t *input;
  uint8_t *output;
  uint8_t *scratch;
  size_t rows, chunk_rows;
} resize_work;

size_t ok_resize_scratch_size(const ok_resize *resize) {
  return 2 * resize->input_width * ok_resize_pixel_length(resize) * sizeof(float);
}

static void resize_chunk(void *context, size_t chunk, size_t thread) {
  const resize_work *work = context;
  const ok_resize *resize = work->resize;
  const size_t first = chunk * work->chunk_rows;
  const size_t last = first + ok_smaller(work->chunk_rows, work->rows - first);
  const size_t image = resize->input_height * resize->input_width * resize->channels;
  for (size_t row = first; row < last; ++row) {
    work->loops->resize(
        resize, work->input + row / resize->output_height * image, row % resize->output_height,
        work->output + row * resize->output_width * resize->channels,
        work->scratch + thread * ok_resize_scratch_size(resize));
  }
}

void ok_resize_run(
    const ok_loops *loops, const ok_resize *resize, const uint8_t *input, uint8_t *output,
    void *scratch, ok_pool *pool) {
  resize_work work = {
      .loops = loops, .resize = resize, .input = input, .output = output, .scratch = scratch,
      .rows = resize->batches * resize->output_height};
  work.chunk_rows = ok_rows_per_chunk(work.rows, resize->output_width * resize->channels);
  ok_run_chunks(pool, (work.rows + work.chunk_rows - 1) / work.chunk_rows, resize_chunk, &work);
}
