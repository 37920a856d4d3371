#include "reference.h"
#include "support.h"

#include <stdio.h>

// Sums and differences of quantized arrays.

static ok_sum_input draw_input(int32_t lowest, int32_t right) {
  return (ok_sum_input){
      .zero_point = edge_zero_points[random_bits() % 5] + lowest,
      .multiplier = random_multiplier(), .right = right};
}

/// The numbers of a sum: inputs of like and unlike scales, outputs shifted either way.
static ok_sum draw_sum(size_t index) {
  const int32_t lowest = index % 2 == 1 ? -128 : 0;
  ok_sum sum = {
      .is_signed = index % 2 == 1,
      .subtracts = index / 2 % 2 == 1,
      .left_shift = 20,
      .left = draw_input(lowest, random_between(0, 10)),
      .right = draw_input(lowest, random_bits() % 2 ? 0 : random_between(0, 31)),
      .multiplier = random_multiplier(),
      .exponent = index % 8 == 0 ? random_between(0, 3) : random_between(-31, -14),
  };
  // Models give the input of the larger scale a factor of one half.
  ok_sum_input *const larger = index / 4 % 3 == 1 ? &sum.left : &sum.right;
  if (index / 4 % 3 != 0) {
    larger->multiplier = INT32_C(1) << 30;
    larger->right = 0;
  }
  const int32_t first = random_between(0, 255), second = random_between(0, 255);
  const bool clamps = random_bits() % 2;
  sum.stage = (ok_output_stage){
      .zero_point = edge_zero_points[random_bits() % 5] + lowest,
      .minimum = lowest + (!clamps ? 0 : first < second ? first : second),
      .maximum = lowest + (!clamps ? 255 : first < second ? second : first),
      .shifts_left = sum.exponent > 0,
  };
  return sum;
}

static int64_t scaled_input(const ok_sum *sum, const ok_sum_input *input, uint8_t element) {
  const int32_t value = element_value(element, sum->is_signed) - input->zero_point;
  return scaled(value * (INT32_C(1) << sum->left_shift), input->multiplier, -input->right);
}

static void add(const ok_sum *sum, const uint8_t *left, const uint8_t *right, memory output) {
  for (size_t i = 0; i < output.size; ++i) {
    const int64_t first = scaled_input(sum, &sum->left, left[i]);
    const int64_t second = scaled_input(sum, &sum->right, right[i]);
    const int64_t total = sum->subtracts ? first - second : first + second;
    output.bytes[i] = quantized((int32_t)total, sum->multiplier, sum->exponent, &sum->stage);
  }
}

static void check(size_t count, size_t index, size_t threads) {
  ok_sum sum = draw_sum(index);
  const memory left = allocate_random(count), right = allocate_random(count);
  const memory expected = allocate(count);
  char description[120];
  add(&sum, left.bytes, right.bytes, expected);
  record(expected);
  snprintf(
      description, sizeof description, "%s, %zu elements, zero points %d %d %d, exponent %d",
      sum.is_signed ? "int8" : "uint8", count, sum.left.zero_point, sum.right.zero_point,
      sum.stage.zero_point, sum.exponent);
  size_t kernel_count;
  const ok_sum_kernel *kernels = ok_sum_kernels(&kernel_count);
  for (size_t i = 0; i < kernel_count; ++i) {
    if (!can_run(kernels[i].name, kernels[i].isa)) continue;
    const memory output = allocate(count);
    sum.kernel = &kernels[i];
    const ok_broadcast alike = {
        .rank = 1, .extents = {count}, .left_strides = {1}, .right_strides = {1}};
    ok_sum_run(
        &sum, &alike, left.bytes, right.bytes, output.bytes,
        threads == 1 ? NULL : pool_of(threads));
    compare(kernels[i].name, output, expected, description);
    release(output);
  }
  release(left);
  release(right);
  release(expected);
}

static void check_all(void) {
  static const size_t counts[] = {0,  1,  3,  7,  8,  9,  15,  16,  17,   31,
                                  32, 33, 61, 63, 64, 65, 127, 128, 1009, 4099};
  for (size_t index = 0; index < 32; ++index) {
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; ++i) check(counts[i], index, 1);
  }
  for (size_t threads = 2; threads <= 4; ++threads) check(100003, threads, threads);
}

const suite sum_suite = {"sums", check_all};
