#include "loops_under_test.h"
#include "octet_real_loops.h"
#include "reference.h"
#include "support.h"

#include <math.h>
#include <string.h>

// Loops over pairs of bytes and of int16, and over half-precision numbers.

static int16_t wide_at(memory values, size_t index) {
  int16_t value;
  memcpy(&value, values.bytes + 2 * index, sizeof value);
  return value;
}

static void set_wide(memory values, size_t index, int32_t value) {
  const int16_t narrow = (int16_t)value;
  memcpy(values.bytes + 2 * index, &narrow, sizeof narrow);
}

static int32_t clamped_wide(int32_t value, const ok_output_stage *stage) {
  const int32_t moved = (int32_t)((uint32_t)value + (uint32_t)stage->zero_point);
  return moved < stage->minimum ? stage->minimum
         : moved > stage->maximum ? stage->maximum : moved;
}

static int32_t shifted_left(int32_t value, int32_t shift) {
  return (int32_t)((uint32_t)value << shift);
}

static ok_broadcast alike(size_t count) {
  return (ok_broadcast){
      .rank = 1, .extents = {count}, .left_strides = {1}, .right_strides = {1}};
}

static void check_bytes(size_t count, size_t index) {
  const bool is_signed = index % 2;
  const ok_comparison comparison = {
      .is_signed = is_signed, .is_true_if_less = index & 1, .is_true_if_equal = index & 2,
      .is_true_if_greater = index & 4,
      .left = {.zero_point = edge_zero_points[index % 5], .multiplier = random_tame_multiplier(),
               .right = random_between(0, 3)},
      .right = {.zero_point = edge_zero_points[index / 2 % 5],
                .multiplier = random_tame_multiplier(), .left = random_between(0, 3)}};
  const uint8_t flip = (uint8_t)(index * 37);
  const memory left = allocate_random(count), right = allocate_random(count);
  const memory truths = allocate(count), larger = allocate(count);
  for (size_t i = 0; i < count; ++i) {
    const ok_comparison_input *a = &comparison.left, *b = &comparison.right;
    const int32_t x = scaled(
        shifted_left(element_value(left.bytes[i], is_signed) - a->zero_point, 8), a->multiplier,
        -a->right);
    const int32_t y = scaled(
        shifted_left(element_value(right.bytes[i], is_signed) - b->zero_point, 8), b->multiplier,
        b->left);
    truths.bytes[i] = x < y    ? comparison.is_true_if_less
                      : x == y ? comparison.is_true_if_equal
                               : comparison.is_true_if_greater;
    larger.bytes[i] = (left.bytes[i] ^ flip) > (right.bytes[i] ^ flip) ? left.bytes[i]
                                                                       : right.bytes[i];
  }
  record(truths);
  record(larger);
  const ok_broadcast broadcast = alike(count);
  FOR_LOOPS(loops, name) {
    const memory output = allocate(count), chosen = allocate(count);
    ok_compare(loops, &comparison, &broadcast, left.bytes, right.bytes, output.bytes, NULL);
    compare(name, output, truths, "comparisons");
    ok_take_larger(loops, flip, &broadcast, left.bytes, right.bytes, chosen.bytes, NULL);
    compare(name, chosen, larger, "larger bytes");
    release(output);
    release(chosen);
  }
  release(left);
  release(right);
  release(truths);
  release(larger);
}

static void check_wide(size_t count, size_t index) {
  const ok_output_stage stage = {
      .zero_point = random_between(-9, 9), .minimum = index % 3 == 0 ? -300 : INT16_MIN,
      .maximum = index % 4 == 0 ? 20000 : INT16_MAX};
  const ok_sum sum = {
      .is_signed = true, .subtracts = index % 2, .left_shift = 15,
      .left = {.zero_point = 0, .multiplier = random_tame_multiplier(), .right = 1},
      .right = {.zero_point = 3, .multiplier = random_tame_multiplier(), .right = 2},
      .multiplier = random_tame_multiplier(), .exponent = random_between(-20, 1), .stage = stage};
  const ok_product product = {
      .is_signed = true, .left_zero_point = 5, .multiplier = random_tame_multiplier(),
      .exponent = random_between(-20, 1), .stage = stage};
  const ok_sides sides = {
      .multiplier_above = random_tame_multiplier(), .exponent_above = random_between(-4, 2),
      .multiplier_below = random_tame_multiplier(), .exponent_below = random_between(-4, 2),
      .negates_below = index % 2, .minimum = stage.minimum, .maximum = stage.maximum};
  const memory left = allocate_random(2 * count), right = allocate_random(2 * count);
  const memory sums = allocate(2 * count), products = allocate(2 * count);
  const memory lines = allocate(2 * count);
  for (size_t i = 0; i < count; ++i) {
    const int32_t x = wide_at(left, i), y = wide_at(right, i);
    const uint32_t first = (uint32_t)scaled(shifted_left(x, 15), sum.left.multiplier, -1);
    const uint32_t second = (uint32_t)scaled(shifted_left(y - 3, 15), sum.right.multiplier, -2);
    const int32_t total = (int32_t)(sum.subtracts ? first - second : first + second);
    set_wide(sums, i, clamped_wide(scaled(total, sum.multiplier, sum.exponent), &stage));
    const int32_t raw = (int32_t)((uint32_t)(x - 5) * (uint32_t)y);
    set_wide(products, i, clamped_wide(scaled(raw, product.multiplier, product.exponent), &stage));
    int32_t side = x < 0 ? scaled(x, sides.multiplier_below, sides.exponent_below)
                         : scaled(x, sides.multiplier_above, sides.exponent_above);
    if (x < 0 && sides.negates_below) side = -side;
    set_wide(
        lines, i,
        side < sides.minimum ? sides.minimum : side > sides.maximum ? sides.maximum : side);
  }
  record(sums);
  record(products);
  record(lines);
  const ok_broadcast broadcast = alike(count);
  const int16_t *first = (const int16_t *)left.bytes, *second = (const int16_t *)right.bytes;
  FOR_LOOPS(loops, name) {
    const memory output = allocate(2 * count);
    ok_sum_wide_run(loops, &sum, &broadcast, first, second, (int16_t *)output.bytes, NULL);
    compare(name, output, sums, "sums of int16");
    ok_product_wide_run(
        loops, &product, &broadcast, first, second, (int16_t *)output.bytes, NULL);
    compare(name, output, products, "products of int16");
    ok_scale_sides(loops, &sides, first, (int16_t *)output.bytes, count, NULL);
    compare(name, output, lines, "two factors of int16");
    release(output);
  }
  release(left);
  release(right);
  release(sums);
  release(products);
  release(lines);
}

static void check_wide_extremes(size_t count, uint16_t flip) {
  const memory left = allocate_random(2 * count), right = allocate_random(2 * count);
  const memory expected = allocate(2 * count);
  for (size_t i = 0; i < count; ++i) {
    const int32_t x = (int16_t)(wide_at(left, i) ^ flip), y = (int16_t)(wide_at(right, i) ^ flip);
    set_wide(expected, i, (x > y ? x : y) ^ flip);
  }
  record(expected);
  const ok_broadcast broadcast = alike(count);
  FOR_LOOPS(loops, name) {
    const memory output = allocate(2 * count);
    ok_take_larger_wide(
        loops, flip, &broadcast, (const int16_t *)left.bytes, (const int16_t *)right.bytes,
        (int16_t *)output.bytes, NULL);
    compare(name, output, expected, "larger int16");
    release(output);
  }
  release(left);
  release(right);
  release(expected);
}

static void check_halves(void) {
  const size_t count = 65536;
  const memory input = allocate(2 * count), expected = allocate(4 * count);
  for (size_t i = 0; i < count; ++i) {
    set_wide(input, i, (int32_t)i);
    const uint32_t magnitude = i & 0x7FFF, exponent = magnitude >> 10;
    const float value = exponent == 0
                            ? ldexpf((float)magnitude, -24)
                            : ldexpf((float)(magnitude % 1024 + 1024), (int)exponent - 25);
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (exponent == 31) bits = 0x7F800000 | magnitude << 13;
    bits |= (uint32_t)(i & 0x8000) << 16;
    memcpy(expected.bytes + 4 * i, &bits, sizeof bits);
  }
  record(expected);
  FOR_LOOPS(loops, name) {
    const memory output = allocate(4 * count);
    ok_widen_halves(
        loops, (const uint16_t *)input.bytes, (float *)output.bytes, count, pool_of(2));
    compare(name, output, expected, "half-precision numbers");
    release(output);
  }
  release(input);
  release(expected);
}

static void check_reduction(size_t outer, size_t reduced, size_t inner, uint8_t flip) {
  const ok_byte_reduction reduction = {.flip = flip, .is_truth = flip % 2};
  const memory input = allocate_random(outer * reduced * inner), expected = allocate(outer * inner);
  for (size_t i = 0; i < outer * inner; ++i) {
    uint8_t largest = 0;
    for (size_t row = 0; row < reduced; ++row) {
      const uint8_t byte =
          input.bytes[(i / inner * reduced + row) * inner + i % inner] ^ flip;
      if (byte > largest) largest = byte;
    }
    expected.bytes[i] = reduction.is_truth ? (largest ^ flip) != 0 : largest ^ flip;
  }
  record(expected);
  FOR_LOOPS(loops, name) {
    const memory output = allocate(outer * inner);
    ok_reduce_bytes(loops, &reduction, input.bytes, outer, reduced, inner, output.bytes, NULL);
    compare(name, output, expected, "extremes of bytes");
    release(output);
  }
  release(input);
  release(expected);
}

/// One element of a reduction, wrapped as its type is.
static int64_t combined(ok_integer_reduction operation, int64_t result, int64_t element) {
  switch (operation) {
    case OK_INT16_TOTAL:
    case OK_INT32_TOTAL: return (int32_t)(uint32_t)(result + element);
    case OK_INT32_WIDE_TOTAL: return result + element;
    case OK_INT32_PRODUCT: return (int32_t)((uint32_t)result * (uint32_t)element);
    case OK_INT16_LARGEST:
    case OK_INT32_LARGEST: return element > result ? element : result;
    default: return element < result ? element : result;
  }
}

static void check_integer_reduction(
    ok_integer_reduction operation, size_t outer, size_t reduced, size_t inner) {
  const bool is_narrow = operation <= OK_INT16_SMALLEST;
  const size_t size = is_narrow ? 2 : 4;
  const bool keeps_size = operation == OK_INT16_LARGEST || operation == OK_INT16_SMALLEST;
  const size_t result_size = operation == OK_INT32_WIDE_TOTAL ? 8 : keeps_size ? 2 : 4;
  const memory input = allocate_random(outer * reduced * inner * size);
  const memory expected = allocate(outer * inner * result_size);
  for (size_t i = 0; i < outer * inner; ++i) {
    int64_t result = operation == OK_INT32_PRODUCT;
    for (size_t row = 0; row < reduced; ++row) {
      const size_t place = (i / inner * reduced + row) * inner + i % inner;
      int16_t narrow;
      int32_t element;
      memcpy(&narrow, input.bytes + place * size, 2);
      if (is_narrow) element = narrow;
      else memcpy(&element, input.bytes + place * size, 4);
      const bool starts = row == 0 && operation != OK_INT32_PRODUCT;
      result = starts ? element : combined(operation, result, element);
    }
    memcpy(expected.bytes + i * result_size, &result, result_size);
  }
  record(expected);
  FOR_LOOPS(loops, name) {
    const memory output = allocate(outer * inner * result_size);
    ok_reduce_integers(
        loops, operation, input.bytes, outer, reduced, inner, output.bytes, pool_of(outer));
    compare(name, output, expected, "reductions of integers");
    release(output);
  }
  release(input);
  release(expected);
}

/// Rows of bytes, their squares added up and their values scaled.
static void check_scaled_rows(size_t rows, size_t length, bool is_signed) {
  const ok_row_bytes bytes = {
      .is_signed = is_signed, .zero_point = is_signed ? -3 : 130,
      .output_zero_point = is_signed ? 0 : 128};
  const memory input = allocate_random(rows * length), sums = allocate(4 * rows);
  const memory expected = allocate(rows * length);
  ok_row_scale scales[8];
  for (size_t row = 0; row < rows; ++row) {
    scales[row] = (ok_row_scale){
        .multiplier = random_between(1 << 30, INT32_MAX), .left = (int32_t)row % 8,
        .right = random_between(0, 12)};
    uint32_t sum = 0;
    for (size_t i = 0; i < length; ++i) {
      const int32_t value =
          element_value(input.bytes[row * length + i], is_signed) - bytes.zero_point;
      sum += (uint32_t)(value * value);
      const int32_t result = bytes.output_zero_point +
                             scaled(
                                 shifted_left(value, scales[row].left), scales[row].multiplier,
                                 -scales[row].right);
      const int32_t lowest = is_signed ? -128 : 0, highest = lowest + 255;
      expected.bytes[row * length + i] =
          (uint8_t)(result < lowest ? lowest : result > highest ? highest : result);
    }
    memcpy(sums.bytes + 4 * row, &sum, 4);
  }
  record(sums);
  record(expected);
  FOR_LOOPS(loops, name) {
    const memory added = allocate(4 * rows), output = allocate(rows * length);
    ok_add_squares(
        loops, &bytes, input.bytes, rows, length, (int32_t *)added.bytes, pool_of(rows % 3 + 1));
    compare(name, added, sums, "sums of squares");
    ok_scale_rows(
        loops, &bytes, scales, input.bytes, rows, length, output.bytes, pool_of(rows % 3 + 1));
    compare(name, output, expected, "scaled rows");
    release(added);
    release(output);
  }
  release(input);
  release(sums);
  release(expected);
}

static void check_all(void) {
  static const size_t counts[] = {0, 1, 7, 15, 16, 17, 31, 32, 33, 1009};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; ++i) {
    for (size_t index = 0; index < 12; ++index) {
      check_bytes(counts[i], index);
      check_wide(counts[i], index);
    }
    check_wide_extremes(counts[i], 0);
    check_wide_extremes(counts[i], UINT16_MAX);
    if (counts[i] == 0) continue;
    check_reduction(3, counts[i], 1, 0x80);
    check_reduction(2, 5, counts[i], 0xFF);
    check_scaled_rows(3, counts[i], false);
    check_scaled_rows(5, counts[i], true);
    for (int operation = OK_INT16_TOTAL; operation <= OK_INT32_WIDE_TOTAL; ++operation) {
      check_integer_reduction((ok_integer_reduction)operation, 3, counts[i], 1);
      check_integer_reduction((ok_integer_reduction)operation, 2, 5, counts[i]);
    }
  }
  check_halves();
}

const suite pair_suite = {"pairs", check_all};
