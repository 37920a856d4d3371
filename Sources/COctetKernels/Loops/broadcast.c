#include "loops.h"

#include <string.h>

// Operators of two inputs that are repeated to a common shape. Kernels work on dense arrays; what is
// not dense is spread out first, a piece of some hundred elements at a time.

/// Elements of a piece at most, and their bytes.
enum { PIECE = 1024, MAXIMUM_WIDTH = 4 };

/// Elements that one thread takes at a time, about.
enum { CHUNK = 1 << 14 };

typedef struct operand {
  const uint8_t *elements;
  /// The bytes of an element.
  size_t width;
  const size_t *strides;
  /// Whether its elements are in the order of the output's.
  bool is_dense;
  /// The number of elements after which it starts again, where a piece holds as many; else 0.
  size_t period;
} operand;

typedef struct broadcast_work broadcast_work;

/// Computes a dense piece.
typedef void (*piece_task)(
    const broadcast_work *work, const uint8_t *left, const uint8_t *right, uint8_t *output,
    size_t count);

struct broadcast_work {
  const ok_broadcast *broadcast;
  operand left, right;
  uint8_t *output;
  /// The bytes of an element of the inputs, and of the output.
  size_t width, output_width;
  size_t count, piece;
  piece_task task;
  const ok_loops *loops;
  /// What the task computes.
  const void *numbers;
};

static operand make_operand(
    const ok_broadcast *broadcast, const uint8_t *elements, const size_t *strides, size_t width) {
  operand made = {.elements = elements, .width = width, .strides = strides, .is_dense = true};
  size_t dense_stride = 1, period = 1;
  bool repeats = false, is_periodic = true;
  for (size_t axis = broadcast->rank; axis-- > 0;) {
    const size_t extent = broadcast->extents[axis];
    if (extent != 1 && strides[axis] != dense_stride) made.is_dense = false;
    if (extent != 1 && strides[axis] == 0) repeats = true;
    else if (repeats && extent != 1) is_periodic = false;
    else if (extent != 1 && strides[axis] != dense_stride) is_periodic = false;
    else period *= extent;
    dense_stride *= extent;
  }
  made.period = repeats && is_periodic && period <= PIECE ? period : 0;
  return made;
}

/// Writes an element `count` times.
static void repeat(const uint8_t *element, size_t width, size_t count, uint8_t *destination) {
  if (width == 1) {
    memset(destination, *element, count);
  } else if (width == 2) {
    uint16_t value;
    memcpy(&value, element, sizeof value);
    for (size_t i = 0; i < count; ++i) memcpy(destination + 2 * i, &value, sizeof value);
  } else {
    uint32_t value;
    memcpy(&value, element, sizeof value);
    for (size_t i = 0; i < count; ++i) memcpy(destination + 4 * i, &value, sizeof value);
  }
}

/// Copies elements `first..<first + count` of the repeated operand.
static void spread(
    const ok_broadcast *broadcast, const operand *source, size_t first, size_t count,
    uint8_t *destination) {
  const size_t inner = broadcast->extents[broadcast->rank - 1];
  const size_t step = source->strides[broadcast->rank - 1];
  while (count > 0) {
    size_t rest = first / inner;
    const size_t skipped = first % inner;
    size_t start = skipped * step;
    for (size_t axis = broadcast->rank - 1; axis-- > 0;) {
      start += rest % broadcast->extents[axis] * source->strides[axis];
      rest /= broadcast->extents[axis];
    }
    const size_t run = ok_smaller(inner - skipped, count);
    const uint8_t *elements = source->elements + start * source->width;
    if (step == 0) repeat(elements, source->width, run, destination);
    else memcpy(destination, elements, run * source->width);
    destination += run * source->width;
    first += run;
    count -= run;
  }
}

/// The operand's elements from `first` on as a dense array.
static const uint8_t *dense(
    const broadcast_work *work, const operand *source, size_t first, size_t count,
    uint8_t *buffer) {
  if (source->is_dense) return source->elements + first * source->width;
  // Pieces are whole periods, so that the buffer still holds what it held for the last one.
  if (!source->period) spread(work->broadcast, source, first, count, buffer);
  return buffer;
}

static void run_range(const void *context, size_t start, size_t end) {
  const broadcast_work *work = context;
  _Alignas(64) uint8_t left_buffer[PIECE * MAXIMUM_WIDTH];
  _Alignas(64) uint8_t right_buffer[PIECE * MAXIMUM_WIDTH];
  const size_t filled = ok_smaller(work->piece, work->count);
  if (work->left.period) spread(work->broadcast, &work->left, 0, filled, left_buffer);
  if (work->right.period) spread(work->broadcast, &work->right, 0, filled, right_buffer);
  for (size_t first = start; first < end; first += work->piece) {
    const size_t count = ok_smaller(work->piece, end - first);
    work->task(
        work, dense(work, &work->left, first, count, left_buffer),
        dense(work, &work->right, first, count, right_buffer),
        work->output + first * work->output_width, count);
  }
}

static void run(
    broadcast_work *work, const ok_broadcast *broadcast, const void *left, const void *right,
    ok_pool *pool) {
  work->broadcast = broadcast;
  work->left = make_operand(broadcast, left, broadcast->left_strides, work->width);
  work->right = make_operand(broadcast, right, broadcast->right_strides, work->width);
  work->count = 1;
  for (size_t axis = 0; axis < broadcast->rank; ++axis) work->count *= broadcast->extents[axis];
  const size_t period = work->left.period ? work->left.period : work->right.period;
  work->piece = period ? PIECE / period * period : PIECE;
  if (work->left.is_dense && work->right.is_dense) work->piece = CHUNK;
  const size_t length = (CHUNK + work->piece - 1) / work->piece * work->piece;
  ok_run_ranges(pool, work->count, length, run_range, work);
}

static void multiply_piece(
    const broadcast_work *work, const uint8_t *left, const uint8_t *right, uint8_t *output,
    size_t count) {
  work->loops->multiply(work->numbers, left, right, output, count);
}

static void add_piece(
    const broadcast_work *work, const uint8_t *left, const uint8_t *right, uint8_t *output,
    size_t count) {
  const ok_sum *sum = work->numbers;
  sum->kernel->run(sum, left, right, output, count);
}

static void square_piece(
    const broadcast_work *work, const uint8_t *left, const uint8_t *right, uint8_t *output,
    size_t count) {
  work->loops->square_difference(work->numbers, left, right, output, count);
}

static void combine_piece(
    const broadcast_work *work, const uint8_t *left, const uint8_t *right, uint8_t *output,
    size_t count) {
  work->loops->combine(
      work->numbers, (const float *)left, (const float *)right, (float *)output, count);
}

static void compare_piece(
    const broadcast_work *work, const uint8_t *left, const uint8_t *right, uint8_t *output,
    size_t count) {
  work->loops->compare(work->numbers, left, right, output, count);
}

static void larger_piece(
    const broadcast_work *work, const uint8_t *left, const uint8_t *right, uint8_t *output,
    size_t count) {
  const uint8_t *flip = work->numbers;
  work->loops->take_larger(*flip, left, right, output, count);
}

static void larger_wide_piece(
    const broadcast_work *work, const uint8_t *left, const uint8_t *right, uint8_t *output,
    size_t count) {
  const uint16_t *flip = work->numbers;
  work->loops->take_larger_wide(
      *flip, (const int16_t *)left, (const int16_t *)right, (int16_t *)output, count);
}

static void add_wide_piece(
    const broadcast_work *work, const uint8_t *left, const uint8_t *right, uint8_t *output,
    size_t count) {
  work->loops->add_wide(
      work->numbers, (const int16_t *)left, (const int16_t *)right, (int16_t *)output, count);
}

static void multiply_wide_piece(
    const broadcast_work *work, const uint8_t *left, const uint8_t *right, uint8_t *output,
    size_t count) {
  work->loops->multiply_wide(
      work->numbers, (const int16_t *)left, (const int16_t *)right, (int16_t *)output, count);
}

void ok_product_run(
    const ok_loops *loops, const ok_product *product, const ok_broadcast *broadcast,
    const uint8_t *left, const uint8_t *right, uint8_t *output, ok_pool *pool) {
  broadcast_work work = {
      .output = output, .width = 1, .output_width = 1, .task = multiply_piece, .loops = loops,
      .numbers = product};
  run(&work, broadcast, left, right, pool);
}

void ok_sum_run(
    const ok_sum *sum, const ok_broadcast *broadcast, const uint8_t *left, const uint8_t *right,
    uint8_t *output, ok_pool *pool) {
  broadcast_work work = {
      .output = output, .width = 1, .output_width = 1, .task = add_piece, .numbers = sum};
  run(&work, broadcast, left, right, pool);
}

void ok_square_differences(
    const ok_loops *loops, const ok_sum *sum, const ok_broadcast *broadcast, const uint8_t *left,
    const uint8_t *right, uint8_t *output, ok_pool *pool) {
  broadcast_work work = {
      .output = output, .width = 1, .output_width = 1, .task = square_piece, .loops = loops,
      .numbers = sum};
  run(&work, broadcast, left, right, pool);
}

void ok_combine_reals(
    const ok_loops *loops, const ok_real_pair_function *function, const ok_broadcast *broadcast,
    const float *left, const float *right, float *output, ok_pool *pool) {
  broadcast_work work = {
      .output = (uint8_t *)output, .width = sizeof *left, .output_width = sizeof *output,
      .task = combine_piece, .loops = loops, .numbers = function};
  run(&work, broadcast, left, right, pool);
}

void ok_compare(
    const ok_loops *loops, const ok_comparison *comparison, const ok_broadcast *broadcast,
    const uint8_t *left, const uint8_t *right, uint8_t *output, ok_pool *pool) {
  broadcast_work work = {
      .output = output, .width = 1, .output_width = 1, .task = compare_piece, .loops = loops,
      .numbers = comparison};
  run(&work, broadcast, left, right, pool);
}

void ok_take_larger(
    const ok_loops *loops, uint8_t flip, const ok_broadcast *broadcast, const uint8_t *left,
    const uint8_t *right, uint8_t *output, ok_pool *pool) {
  broadcast_work work = {
      .output = output, .width = 1, .output_width = 1, .task = larger_piece, .loops = loops,
      .numbers = &flip};
  run(&work, broadcast, left, right, pool);
}

void ok_take_larger_wide(
    const ok_loops *loops, uint16_t flip, const ok_broadcast *broadcast, const int16_t *left,
    const int16_t *right, int16_t *output, ok_pool *pool) {
  broadcast_work work = {
      .output = (uint8_t *)output, .width = sizeof *left, .output_width = sizeof *output,
      .task = larger_wide_piece, .loops = loops, .numbers = &flip};
  run(&work, broadcast, left, right, pool);
}

void ok_sum_wide_run(
    const ok_loops *loops, const ok_sum *sum, const ok_broadcast *broadcast, const int16_t *left,
    const int16_t *right, int16_t *output, ok_pool *pool) {
  broadcast_work work = {
      .output = (uint8_t *)output, .width = sizeof *left, .output_width = sizeof *output,
      .task = add_wide_piece, .loops = loops, .numbers = sum};
  run(&work, broadcast, left, right, pool);
}

void ok_product_wide_run(
    const ok_loops *loops, const ok_product *product, const ok_broadcast *broadcast,
    const int16_t *left, const int16_t *right, int16_t *output, ok_pool *pool) {
  broadcast_work work = {
      .output = (uint8_t *)output, .width = sizeof *left, .output_width = sizeof *output,
      .task = multiply_wide_piece, .loops = loops, .numbers = product};
  run(&work, broadcast, left, right, pool);
}
