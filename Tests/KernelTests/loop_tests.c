#include "loops_under_test.h"
#include "reference.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Loops over elements, windows and rows.

static void check_look_ups(size_t count) {
  const memory table = allocate_random(256), input = allocate_random(count);
  const memory expected = allocate(count);
  for (size_t i = 0; i < count; ++i) expected.bytes[i] = table.bytes[input.bytes[i]];
  record(expected);
  FOR_LOOPS(loops, name) {
    const memory output = allocate(count);
    ok_look_up(loops, table.bytes, input.bytes, output.bytes, count, pool_of(count % 3 + 1));
    compare(name, output, expected, "look-ups");
    release(output);
  }
  release(table);
  release(input);
  release(expected);
}

/// `count` matrices side by side, so that rows are further apart than they are long.
static void check_transpositions(size_t count, size_t rows, size_t columns, size_t bytes) {
  const memory input = allocate_random(count * rows * columns * bytes);
  const memory expected = allocate(input.size);
  for (size_t i = 0; i < input.size; ++i) {
    const size_t element = i / bytes;
    const size_t row = element / (count * columns), matrix = element / columns % count;
    const size_t place = (matrix * columns + element % columns) * rows + row;
    expected.bytes[place * bytes + i % bytes] = input.bytes[i];
  }
  record(expected);
  const ok_transposition transposition = {
      .element_bytes = bytes, .rank = 1, .extents = {count}, .input_strides = {columns},
      .output_strides = {columns * rows}, .rows = rows, .columns = columns,
      .input_row = count * columns, .output_row = rows};
  FOR_LOOPS(loops, name) {
    const memory output = allocate(input.size);
    ok_transpose(loops, &transposition, input.bytes, output.bytes, pool_of(rows % 3 + 1));
    compare(name, output, expected, "transpositions");
    release(output);
  }
  release(input);
  release(expected);
}

static void check_products(size_t count, size_t index) {
  const bool is_signed = index % 2;
  const int32_t lowest = is_signed ? -128 : 0;
  const ok_product product = {
      .is_signed = is_signed,
      .left_zero_point = edge_zero_points[index % 5] + lowest,
      .right_zero_point = edge_zero_points[random_bits() % 5] + lowest,
      .multiplier = random_multiplier(),
      .exponent = index % 4 == 0 ? random_between(0, 14) : random_between(-31, 0),
      .stage = {
          .zero_point = edge_zero_points[random_bits() % 5] + lowest,
          .minimum = lowest + (int32_t)(index % 3), .maximum = lowest + 255 - (int32_t)(index % 7)}};
  const memory left = allocate_random(count), right = allocate_random(count);
  const memory expected = allocate(count);
  for (size_t i = 0; i < count; ++i) {
    const int32_t value =
        (element_value(left.bytes[i], is_signed) - product.left_zero_point) *
        (element_value(right.bytes[i], is_signed) - product.right_zero_point);
    expected.bytes[i] = quantized(value, product.multiplier, product.exponent, &product.stage);
  }
  record(expected);
  FOR_LOOPS(loops, name) {
    const memory output = allocate(count);
    const ok_broadcast alike = {
        .rank = 1, .extents = {count}, .left_strides = {1}, .right_strides = {1}};
    ok_product_run(loops, &product, &alike, left.bytes, right.bytes, output.bytes, NULL);
    compare(name, output, expected, "products");
    release(output);
  }
  release(left);
  release(right);
  release(expected);
}

static void check_real_numbers(size_t count, bool is_signed) {
  const ok_affine affine = {
      .scale = 0.375f, .zero_point = is_signed ? -3 : 250, .is_signed = is_signed};
  static const float special[] = {
      NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 0x1p29f, -0x1p30f, -0.0f, 0.1874999f, -0.1875f};
  const memory input = allocate(4 * count), expected = allocate(count);
  const memory steps = allocate_random(count), real = allocate(4 * count);
  for (size_t i = 0; i < count; ++i) {
    const float value = i % 5 == 0 ? special[i / 5 % 10]
                                   : (float)random_between(-4000, 4000) * (0.375f / 8);
    memcpy(input.bytes + 4 * i, &value, 4);
    const float rounded = roundf(value / affine.scale);
    const int32_t whole =
        rounded >= -0x1p31f && rounded < 0x1p31f ? (int32_t)rounded : INT32_MIN;
    const int32_t moved = (int32_t)((uint32_t)whole + (uint32_t)affine.zero_point);
    const int32_t lowest = is_signed ? -128 : 0;
    expected.bytes[i] =
        (uint8_t)(moved < lowest ? lowest : moved > lowest + 255 ? lowest + 255 : moved);
    const float back =
        affine.scale * (float)(element_value(steps.bytes[i], is_signed) - affine.zero_point);
    memcpy(real.bytes + 4 * i, &back, 4);
  }
  record(expected);
  record(real);
  FOR_LOOPS(loops, name) {
    const memory output = allocate(count), numbers = allocate(4 * count);
    ok_quantize(loops, &affine, (const float *)input.bytes, output.bytes, count, NULL);
    compare(name, output, expected, "quantized numbers");
    ok_dequantize(loops, &affine, steps.bytes, (float *)numbers.bytes, count, NULL);
    compare(name, numbers, real, "real numbers");
    release(output);
    release(numbers);
  }
  release(input);
  release(expected);
  release(steps);
  release(real);
}

/// The mean or the largest of the elements under a window, clamped.
static uint8_t pooled(
    const ok_pooling *pooling, const uint8_t *image, size_t row, size_t column, size_t channel,
    bool takes_maximum) {
  const ok_window *window = &pooling->window;
  int32_t total = 0, count = 0, largest = INT32_MIN;
  for (size_t y = 0; y < window->filter_height; ++y) {
    for (size_t x = 0; x < window->filter_width; ++x) {
      const size_t line = row * window->stride_height + y - window->padding_top;
      const size_t place = column * window->stride_width + x - window->padding_left;
      if (line >= window->input_height || place >= window->input_width) continue;
      const int32_t value = element_value(
          image[(line * window->input_width + place) * window->input_channels + channel],
          pooling->is_signed);
      total += value;
      ++count;
      if (value > largest) largest = value;
    }
  }
  const int32_t half = total > 0 ? count / 2 : -(count / 2);
  const int32_t value = takes_maximum ? largest : (total + half) / count;
  return (uint8_t)(value < pooling->minimum ? pooling->minimum
                   : value > pooling->maximum ? pooling->maximum : value);
}

static void check_pooling(size_t channels, size_t size, size_t stride, bool is_signed) {
  const size_t height = 7, width = 6, padding = size / 2;
  const ok_pooling pooling = {
      .window = {
          .batches = 1, .input_height = height, .input_width = width, .input_channels = channels,
          .filter_height = size, .filter_width = size,
          .output_height = (height - 1) / stride + 1, .output_width = (width - 1) / stride + 1,
          .stride_height = stride, .stride_width = stride, .dilation_height = 1,
          .dilation_width = 1, .padding_top = padding, .padding_left = padding},
      .is_signed = is_signed, .minimum = is_signed ? -120 : 3, .maximum = is_signed ? 127 : 250};
  const ok_window *window = &pooling.window;
  const size_t count = window->output_height * window->output_width * channels;
  const memory input = allocate_random(height * width * channels);
  for (int takes_maximum = 0; takes_maximum < 2; ++takes_maximum) {
    const memory expected = allocate(count);
    for (size_t i = 0; i < count; ++i) {
      const size_t pixel = i / channels;
      expected.bytes[i] = pooled(
          &pooling, input.bytes, pixel / window->output_width, pixel % window->output_width,
          i % channels, takes_maximum);
    }
    record(expected);
    FOR_LOOPS(loops, name) {
      const memory output = allocate(count);
      if (takes_maximum) ok_pool_maxima(loops, &pooling, input.bytes, output.bytes, NULL);
      else ok_pool_averages(loops, &pooling, input.bytes, output.bytes, NULL);
      compare(name, output, expected, takes_maximum ? "maxima" : "averages");
      release(output);
    }
    release(expected);
  }
  release(input);
}

/// Pooling of int16: three lines of a single window each, which covers two.
static void check_wide_pooling(size_t channels) {
  const ok_pooling pooling = {
      .window = {
          .batches = 1, .input_height = 3, .input_width = 1, .input_channels = channels,
          .filter_height = 2, .filter_width = 1, .output_height = 3, .output_width = 1,
          .stride_height = 1, .stride_width = 1, .dilation_height = 1, .dilation_width = 1},
      .is_wide = true, .minimum = -30000, .maximum = 32000};
  const memory input = allocate_random(2 * 3 * channels);
  const memory means = allocate(input.size), maxima = allocate(input.size);
  const int16_t *elements = (const int16_t *)input.bytes;
  for (size_t i = 0; i < 3 * channels; ++i) {
    const bool is_last = i >= 2 * channels;
    const int32_t first = elements[i], second = elements[is_last ? i : i + channels];
    const int32_t total = first + second, larger = first > second ? first : second;
    const int32_t mean = is_last ? first : (total + (total > 0 ? 1 : -1)) / 2;
    ((int16_t *)means.bytes)[i] =
        (int16_t)(mean < -30000 ? -30000 : mean > 32000 ? 32000 : mean);
    ((int16_t *)maxima.bytes)[i] =
        (int16_t)(larger < -30000 ? -30000 : larger > 32000 ? 32000 : larger);
  }
  record(means);
  record(maxima);
  FOR_LOOPS(loops, name) {
    const memory output = allocate(input.size);
    ok_pool_averages(loops, &pooling, input.bytes, output.bytes, NULL);
    compare(name, output, means, "averages of int16");
    ok_pool_maxima(loops, &pooling, input.bytes, output.bytes, NULL);
    compare(name, output, maxima, "maxima of int16");
    release(output);
  }
  release(input);
  release(means);
  release(maxima);
}

static void check_rows(size_t rows, size_t length, bool is_signed) {
  const memory input = allocate_random(rows * length);
  const memory places = allocate(4 * rows), sums = allocate(4 * rows), columns = allocate(4 * length);
  memset(columns.bytes, 0, columns.size);
  for (size_t row = 0; row < rows; ++row) {
    int32_t best = 0, sum = 0;
    for (size_t i = 0; i < length; ++i) {
      const int32_t value = element_value(input.bytes[row * length + i], is_signed);
      const size_t place = row * length + (size_t)best;
      if (value > element_value(input.bytes[place], is_signed)) best = (int32_t)i;
      sum += value;
      int32_t column;
      memcpy(&column, columns.bytes + 4 * i, 4);
      column += value;
      memcpy(columns.bytes + 4 * i, &column, 4);
    }
    memcpy(places.bytes + 4 * row, &best, 4);
    memcpy(sums.bytes + 4 * row, &sum, 4);
  }
  record(places);
  record(sums);
  record(columns);
  FOR_LOOPS(loops, name) {
    const memory found = allocate(4 * rows), total = allocate(4 * rows);
    const memory across = allocate(4 * length);
    ok_find_largest(
        loops, is_signed, input.bytes, rows, length, (int32_t *)found.bytes, NULL);
    compare(name, found, places, "places of largest elements");
    ok_add_up(loops, is_signed, input.bytes, rows, length, 1, (int32_t *)total.bytes, NULL);
    compare(name, total, sums, "sums of rows");
    ok_add_up(loops, is_signed, input.bytes, 1, rows, length, (int32_t *)across.bytes, NULL);
    compare(name, across, columns, "sums of columns");
    release(found);
    release(total);
    release(across);
  }
  release(input);
  release(places);
  release(sums);
  release(columns);
}

static void check_all(void) {
  static const size_t counts[] = {0, 1, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1009};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; ++i) {
    check_look_ups(counts[i]);
    check_real_numbers(counts[i], i % 2);
    for (size_t index = 0; index < 20; ++index) check_products(counts[i], index);
  }
  check_look_ups(70001);
  static const size_t extents[] = {1, 3, 8, 15, 16, 17, 32, 61};
  for (size_t i = 0; i < 64; ++i) {
    for (size_t bytes = 1; bytes <= 4; bytes *= 2) {
      check_transpositions(i % 3 + 1, extents[i % 8], extents[i / 8], bytes);
    }
  }
  for (size_t channels = 1; channels < 70; channels += channels < 35 ? 1 : 11) {
    check_pooling(channels, channels % 5 + 1, channels % 3 + 1, channels % 2);
    check_wide_pooling(channels);
    for (size_t rows = 1; rows < 40; rows += 19) check_rows(rows, channels, channels % 2);
  }
}

const suite loop_suite = {"loops", check_all};
