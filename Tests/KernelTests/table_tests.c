#include "loops_under_test.h"
#include "reference.h"
#include "support.h"

#include <math.h>
#include <string.h>

// Functions of int16 by tables.

/// 512 lines of a function from −1...1 to Q0.15.
typedef struct table {
  int32_t starts[512], slopes[512];
} table;

static int32_t point(double (*function)(double), int32_t index) {
  const double value = round(32768 * function((index - 256) / 256.0));
  return (int32_t)fmax(-32768, fmin(32767, value));
}

static table draw_table(double (*function)(double)) {
  table lines;
  for (int32_t i = 0; i < 512; ++i) {
    lines.starts[i] = point(function, i);
    lines.slopes[i] = point(function, i + 1) - lines.starts[i];
  }
  return lines;
}

static int32_t on_line(const table *lines, int32_t x) {
  const int32_t index = (x + 32768) / 128, rest = (x + 32768) % 128;
  return lines->starts[index] + (int32_t)floor((lines->slopes[index] * rest + 64) / 128.0);
}

static int16_t element(memory values, size_t index) {
  int16_t value;
  memcpy(&value, values.bytes + 2 * index, sizeof value);
  return value;
}

static void set_element(memory values, size_t index, int32_t value) {
  const int16_t narrow = (int16_t)value;
  memcpy(values.bytes + 2 * index, &narrow, sizeof narrow);
}

static void check_lines(size_t count, const table *lines) {
  const memory input = allocate_random(2 * count), expected = allocate(2 * count);
  for (size_t i = 0; i < count; ++i) set_element(expected, i, on_line(lines, element(input, i)));
  record(expected);
  const ok_lines addresses = {.starts = lines->starts, .slopes = lines->slopes};
  FOR_LOOPS(loops, name) {
    const memory output = allocate(2 * count);
    ok_interpolate(
        loops, &addresses, (const int16_t *)input.bytes, (int16_t *)output.bytes, count,
        pool_of(2));
    compare(name, output, expected, "int16 on lines");
    release(output);
  }
  release(input);
  release(expected);
}

static void check_sigmoid(size_t count, ok_sigmoid function) {
  int32_t starts[OK_SIGMOID_ENTRIES], slopes[OK_SIGMOID_ENTRIES];
  for (int32_t i = 0; i < OK_SIGMOID_ENTRIES; ++i) {
    starts[i] = 65535 - 30000 / (i + 1);
    slopes[i] = i + 1 < OK_SIGMOID_ENTRIES ? 65535 - 30000 / (i + 2) - starts[i] : 0;
  }
  function.starts = starts;
  function.slopes = slopes;
  const memory input = allocate_random(2 * count), expected = allocate(2 * count);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t half = function.right > 0 ? UINT32_C(1) << (function.right - 1) : 0;
    const uint32_t product =
        (uint32_t)element(input, i) * (uint32_t)function.multiplier + half;
    const int64_t x = (int32_t)product >> function.right, magnitude = x < 0 ? -x : x;
    const int64_t unit = INT64_C(1) << function.fraction_bits;
    const int64_t place = magnitude / unit < 255 ? magnitude / unit : 255;
    const int64_t value = starts[place] * unit + magnitude % unit * slopes[place];
    set_element(
        expected, i,
        (int32_t)((x < 0 ? function.below - value : function.above + value) >> function.shift));
  }
  record(expected);
  FOR_LOOPS(loops, name) {
    const memory output = allocate(2 * count);
    memcpy(output.bytes, input.bytes, input.size);
    ok_sigmoid_run(
        loops, &function, (const int16_t *)output.bytes, (int16_t *)output.bytes, count,
        pool_of(2));
    compare(name, output, expected, "sigmoids of int16");
    release(output);
  }
  release(input);
  release(expected);
}

static double exponential(double x) { return exp(5 * (x - 1)); }
static double reciprocal(double x) { return 1 / (1 + (x + 1) / 2); }

static void check_softmax(size_t rows, size_t length, int32_t exponent) {
  const table exponentials = draw_table(exponential), reciprocals = draw_table(reciprocal);
  const ok_softmax_wide softmax = {
      .multiplier = random_tame_multiplier(), .exponent = exponent,
      .exponentials = {exponentials.starts, exponentials.slopes},
      .reciprocals = {reciprocals.starts, reciprocals.slopes}};
  const memory input = allocate_random(2 * rows * length), expected = allocate(input.size);
  for (size_t row = 0; row < rows; ++row) {
    int32_t largest = INT16_MIN;
    for (size_t i = 0; i < length; ++i) {
      const int32_t value = element(input, row * length + i);
      largest = value > largest ? value : largest;
    }
    uint32_t sum = 0;
    for (size_t i = row * length; i < (row + 1) * length; ++i) {
      const int64_t distance =
          scaled(element(input, i) - largest, softmax.multiplier, exponent) + INT64_C(32767);
      const int32_t place = (int32_t)(distance < -32768 ? -32768 : distance > 32767 ? 32767 : distance);
      set_element(expected, i, on_line(&exponentials, place));
      sum += (uint32_t)(int32_t)element(expected, i);
    }
    int32_t headroom = 31;
    while (headroom >= 0 && (sum >> (31 - headroom)) > 0) --headroom;
    const int32_t moved = headroom > 0 ? headroom : 0;
    const double normalized = floor((ldexp((int32_t)sum, moved) + (1 << 13)) / (1 << 14));
    const double centred = fmax(-32768, fmin(32767, normalized - (1 << 15) - (1 << 16)));
    const int64_t factor = on_line(&reciprocals, (int32_t)centred);
    const int32_t shift = 30 - headroom > 1 ? 30 - headroom : 1;
    for (size_t i = row * length; i < (row + 1) * length; ++i) {
      const int64_t value =
          (element(expected, i) * factor + (INT64_C(1) << (shift - 1))) >> shift;
      set_element(expected, i, (int32_t)(value < 0 ? 0 : value > 32767 ? 32767 : value));
    }
  }
  record(expected);
  FOR_LOOPS(loops, name) {
    const memory output = allocate(input.size);
    ok_softmax_wide_run(
        loops, &softmax, (const int16_t *)input.bytes, (int16_t *)output.bytes, rows, length,
        pool_of(2));
    compare(name, output, expected, "softmax of int16");
    release(output);
  }
  release(input);
  release(expected);
}

static void check_all(void) {
  static const size_t counts[] = {0, 1, 2, 15, 16, 17, 31, 33, 97, 40000};
  enum { COUNTS = sizeof counts / sizeof counts[0] };
  const table sine = draw_table(sin);
  for (size_t i = 0; i < COUNTS; ++i) {
    check_lines(counts[i], &sine);
    check_sigmoid(
        counts[i], (ok_sigmoid){.multiplier = 3, .fraction_bits = 9, .above = 512,
                                .below = (1 << 25) + 511, .shift = 10});
    check_sigmoid(
        counts[i], (ok_sigmoid){.multiplier = 21000, .right = random_between(1, 16),
                                .fraction_bits = 8, .above = -(1 << 23), .below = 1 << 23,
                                .shift = 8});
    check_sigmoid(
        counts[i], (ok_sigmoid){.multiplier = INT32_MAX - 5, .right = 31, .fraction_bits = 8,
                                .above = 128, .below = 1 << 23, .shift = 8});
    for (int32_t exponent = -9; exponent < 4; exponent += 3) {
      check_softmax(i % 3 + 1, counts[i], exponent);
    }
  }
}

const suite table_suite = {"tables", check_all};
