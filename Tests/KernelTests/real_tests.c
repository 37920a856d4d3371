#include "loops_under_test.h"
#include "octet_real_loops.h"
#include "support.h"

#include <float.h>
#include <math.h>
#include <string.h>

// Loops over real numbers. Expected values come from plain loops whose products are rounded before
// they are added.

#pragma STDC FP_CONTRACT OFF

static float real_at(memory reals, size_t index) {
  float value;
  memcpy(&value, reals.bytes + 4 * index, sizeof value);
  return value;
}

static void set_real(memory reals, size_t index, float value) {
  memcpy(reals.bytes + 4 * index, &value, sizeof value);
}

/// Numbers around 0, some of them zeros of either sign, halves or large.
static memory allocate_reals(size_t count) {
  static const float special[] = {0, -0.0f, 0.5f, -1.5f, 2.5f, 3, -3, 6, 1e10f, -1e10f};
  const memory reals = allocate(4 * count);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t bits = random_bits();
    set_real(
        reals, i,
        bits % 4 == 0 ? special[bits / 4 % 10] : (float)random_between(-40000, 40000) / 9973);
  }
  return reals;
}

static float clamped(float value, float lower, float upper) {
  const float raised = lower >= value ? lower : value;
  return upper < raised ? upper : raised;
}

static void check_functions(size_t count) {
  const memory input = allocate_reals(count);
  for (int operation = OK_REAL_CLAMP; operation <= OK_REAL_HARD_SWISH; ++operation) {
    // Roots of negative numbers aren't numbers, of a sign that depends on the processor.
    if (operation == OK_REAL_SQUARE_ROOT) continue;
    if (operation == OK_REAL_RECIPROCAL_SQUARE_ROOT) continue;
    const ok_real_function function = {
        .operation = (ok_real_operation)operation, .lower = 0, .upper = 6, .slope = 0.3f};
    const memory expected = allocate(4 * count);
    for (size_t i = 0; i < count; ++i) {
      const float x = real_at(input, i);
      const float gate = clamped(x + 3, 0, 6);
      switch (function.operation) {
        case OK_REAL_CLAMP: set_real(expected, i, clamped(x, 0, 6)); break;
        case OK_REAL_ABSOLUTE: set_real(expected, i, __builtin_fabsf(x)); break;
        case OK_REAL_NEGATIVE: set_real(expected, i, -x); break;
        case OK_REAL_SQUARE: set_real(expected, i, x * x); break;
        case OK_REAL_FLOOR: set_real(expected, i, __builtin_floorf(x)); break;
        case OK_REAL_CEILING: set_real(expected, i, __builtin_ceilf(x)); break;
        case OK_REAL_NEAREST: set_real(expected, i, __builtin_rintf(x)); break;
        case OK_REAL_LEAKY: set_real(expected, i, x > 0 ? x : x * 0.3f); break;
        default: set_real(expected, i, x * gate / 6); break;
      }
    }
    record(expected);
    FOR_LOOPS(loops, name) {
      const memory output = allocate(4 * count);
      ok_map_reals(
          loops, &function, (const float *)input.bytes, (float *)output.bytes, count,
          pool_of(count % 3 + 1));
      compare(name, output, expected, "real functions");
      release(output);
    }
    release(expected);
  }
  release(input);
}

/// The real number that a function of the kernels' own comes near; x where it gives that.
static double exact_value(ok_real_operation operation, double x) {
  switch (operation) {
    case OK_REAL_EXPONENTIAL: return exp(x);
    case OK_REAL_HYPERBOLIC_TANGENT: return tanh(x);
    case OK_REAL_LOGISTIC: return x < -9 ? exp(x) : x > 0x1.09e79ep4 ? 1 : 1 / (1 + exp(-x));
    case OK_REAL_ELU: return x < 0 ? expm1(x) : x;
    case OK_REAL_LOGARITHM: return log(x);
    case OK_REAL_SINE: return sin(x);
    case OK_REAL_COSINE: return cos(x);
    case OK_REAL_GELU: return x / 2 * erfc(-x / sqrt(2));
    default: return x / 2 * (1 + tanh(sqrt(2 / acos(-1)) * (x + 0.044715 * x * x * x)));
  }
}

/// Functions with bits of our own: each instruction set gives what the base of the architecture gives,
/// which is near the exact value.
static void check_own_functions(size_t count) {
  const memory input = allocate_reals(count);
  size_t table_count;
  const ok_loops *const plain = ok_loops_table(&table_count)[0];
  for (int operation = OK_REAL_EXPONENTIAL; operation <= OK_REAL_GELU_APPROXIMATION; ++operation) {
    const ok_real_function function = {.operation = (ok_real_operation)operation};
    const memory expected = allocate(4 * count);
    ok_map_reals(
        plain, &function, (const float *)input.bytes, (float *)expected.bytes, count, NULL);
    const memory far = allocate(count), none = allocate(count);
    for (size_t i = 0; i < count; ++i) {
      const double value = real_at(expected, i);
      const double exact = exact_value(function.operation, real_at(input, i));
      none.bytes[i] = 0;
      if (isnan(exact)) far.bytes[i] = !isnan(value);
      else if (fabs(exact) > (double)FLT_MAX) far.bytes[i] = isinf(value) ? value * exact < 0 : 1;
      else far.bytes[i] = !(fabs(value - exact) <= 4e-7 * (fabs(exact) + 1));
    }
    compare("functions", far, none, "distance from the exact value");
    release(far);
    release(none);
    record(expected);
    FOR_LOOPS(loops, name) {
      const memory output = allocate(4 * count);
      ok_map_reals(
          loops, &function, (const float *)input.bytes, (float *)output.bytes, count,
          pool_of(count % 3 + 1));
      compare(name, output, expected, "exponential functions");
      release(output);
    }
    release(expected);
  }
  release(input);
}

/// Rows of `length` elements and one row that is repeated.
static void check_pairs(size_t rows, size_t length) {
  const size_t count = rows * length;
  const memory left = allocate_reals(count), right = allocate_reals(length);
  const ok_broadcast broadcast = {
      .rank = 2, .extents = {rows, length}, .left_strides = {length, 1}, .right_strides = {0, 1}};
  for (int operation = OK_REAL_SUM; operation <= OK_REAL_LEAKY_PRODUCT; ++operation) {
    if (operation == OK_REAL_QUOTIENT || operation == OK_REAL_POWER) continue;
    const ok_real_pair_function function = {
        .operation = (ok_real_pair_operation)operation, .lower = -3, .upper = FLT_MAX};
    const memory expected = allocate(4 * count);
    for (size_t i = 0; i < count; ++i) {
      const float x = real_at(left, i), y = real_at(right, i % length);
      float value = x >= 0 ? x : x * y;
      switch (function.operation) {
        case OK_REAL_SUM: value = x + y; break;
        case OK_REAL_DIFFERENCE: value = x - y; break;
        case OK_REAL_PRODUCT: value = x * y; break;
        case OK_REAL_MINIMUM: value = x < y ? x : y; break;
        case OK_REAL_MAXIMUM: value = x > y ? x : y; break;
        case OK_REAL_SQUARED_DIFFERENCE: value = (x - y) * (x - y); break;
        default: break;
      }
      set_real(expected, i, clamped(value, -3, FLT_MAX));
    }
    record(expected);
    FOR_LOOPS(loops, name) {
      const memory output = allocate(4 * count);
      ok_combine_reals(
          loops, &function, &broadcast, (const float *)left.bytes, (const float *)right.bytes,
          (float *)output.bytes, NULL);
      compare(name, output, expected, "pairs of real numbers");
      release(output);
    }
    release(expected);
  }
  release(left);
  release(right);
}

/// Powers, which have bits of our own as some functions do.
static void check_powers(size_t count) {
  static const float special[] = {0, -0.0f, 0.5f, 1, 2, 3, -1, -2, -3, 5, INFINITY, -INFINITY, NAN};
  const memory left = allocate_reals(count), right = allocate_reals(count);
  for (size_t i = 0; i < count; ++i) {
    if (i % 3 == 0) set_real(right, i, special[i / 3 % 13]);
    if (i % 5 == 0) set_real(left, i, special[i / 5 % 13]);
  }
  const ok_broadcast broadcast = {
      .rank = 1, .extents = {count}, .left_strides = {1}, .right_strides = {1}};
  const ok_real_pair_function function = {
      .operation = OK_REAL_POWER, .lower = -INFINITY, .upper = INFINITY};
  size_t table_count;
  const memory expected = allocate(4 * count);
  ok_combine_reals(
      ok_loops_table(&table_count)[0], &function, &broadcast, (const float *)left.bytes,
      (const float *)right.bytes, (float *)expected.bytes, NULL);
  const memory far = allocate(count), none = allocate(count);
  for (size_t i = 0; i < count; ++i) {
    const double exact = pow(real_at(left, i), real_at(right, i));
    const float value = real_at(expected, i), nearest = (float)exact;
    none.bytes[i] = 0;
    if (isnan(exact)) far.bytes[i] = !isnan(value);
    else if (value == nearest) far.bytes[i] = signbit(value) != signbit(nearest);
    else far.bytes[i] = !(fabs((double)value - exact) <= 7e-8 * fabs(exact) + 1e-45);
  }
  compare("powers", far, none, "distance from the exact value");
  record(expected);
  FOR_LOOPS(loops, name) {
    const memory output = allocate(4 * count);
    ok_combine_reals(
        loops, &function, &broadcast, (const float *)left.bytes, (const float *)right.bytes,
        (float *)output.bytes, pool_of(count % 3 + 1));
    compare(name, output, expected, "powers");
    release(output);
  }
  release(left);
  release(right);
  release(expected);
  release(far);
  release(none);
}

/// One output of a depthwise convolution.
static float filtered(
    const ok_real_depthwise *depthwise, memory input, memory filter, memory bias, size_t row,
    size_t column, size_t channel) {
  const ok_window *window = &depthwise->window;
  const size_t channels = depthwise->output_channels;
  float sum = 0;
  for (size_t y = 0; y < window->filter_height; ++y) {
    for (size_t x = 0; x < window->filter_width; ++x) {
      // What lies before the image is beyond it as an unsigned number.
      const size_t line =
          row * window->stride_height + y * window->dilation_height - window->padding_top;
      const size_t place =
          column * window->stride_width + x * window->dilation_width - window->padding_left;
      if (line >= window->input_height || place >= window->input_width) continue;
      const size_t pixel = (line * window->input_width + place) * window->input_channels;
      const float product =
          real_at(input, pixel + (window->input_channels == channels ? channel : 0)) *
          real_at(filter, (y * window->filter_width + x) * channels + channel);
      sum += product;
    }
  }
  return clamped(sum + real_at(bias, channel), depthwise->lower, depthwise->upper);
}

static void check_depthwise(size_t channels, size_t size, bool is_shared, size_t index) {
  const size_t height = 6, width = 11, stride = index % 2 + 1, dilation = index % 3 + 1;
  const ok_real_depthwise depthwise = {
      .window = {
          .batches = 1, .input_height = height, .input_width = width,
          .input_channels = is_shared ? 1 : channels, .filter_height = size,
          .filter_width = size, .output_height = height / stride, .output_width = width / stride,
          .stride_height = stride, .stride_width = stride, .dilation_height = dilation,
          .dilation_width = dilation, .padding_top = size / 2, .padding_left = size / 2},
      .output_channels = channels, .lower = -1e20f, .upper = 1e20f};
  const ok_window *window = &depthwise.window;
  const size_t count = window->output_height * window->output_width * channels;
  const memory input = allocate_reals(height * width * window->input_channels);
  const memory filter = allocate_reals(size * size * channels), bias = allocate_reals(channels);
  const memory expected = allocate(4 * count);
  for (size_t i = 0; i < count; ++i) {
    const size_t pixel = i / channels;
    set_real(
        expected, i,
        filtered(
            &depthwise, input, filter, bias, pixel / window->output_width,
            pixel % window->output_width, i % channels));
  }
  record(expected);
  FOR_LOOPS(loops, name) {
    const memory output = allocate(4 * count);
    ok_depthwise_reals(
        loops, &depthwise, (const float *)input.bytes, (const float *)filter.bytes,
        (const float *)bias.bytes, (float *)output.bytes, pool_of(index % 3 + 1));
    compare(name, output, expected, "depthwise convolutions of real numbers");
    release(output);
  }
  release(input);
  release(filter);
  release(bias);
  release(expected);
}

static void check_reductions(size_t outer, size_t reduced, size_t inner) {
  const memory input = allocate_reals(outer * reduced * inner);
  for (int operation = OK_REAL_TOTAL; operation <= OK_REAL_SMALLEST; ++operation) {
    const memory expected = allocate(4 * outer * inner);
    for (size_t i = 0; i < outer * inner; ++i) {
      float result = operation == OK_REAL_TOTAL        ? 0
                     : operation == OK_REAL_MULTIPLIED ? 1
                     : operation == OK_REAL_LARGEST    ? -FLT_MAX
                                                       : FLT_MAX;
      for (size_t row = 0; row < reduced; ++row) {
        const float x = real_at(input, (i / inner * reduced + row) * inner + i % inner);
        if (operation == OK_REAL_TOTAL) result += x;
        else if (operation == OK_REAL_MULTIPLIED) result *= x;
        else if (operation == OK_REAL_LARGEST ? x > result : x < result) result = x;
      }
      set_real(expected, i, result / 3);
    }
    // Infinity times 0 isn't a number, of a sign that depends on the processor.
    if (operation != OK_REAL_MULTIPLIED) record(expected);
    FOR_LOOPS(loops, name) {
      const memory output = allocate(4 * outer * inner);
      ok_reduce_reals(
          loops, (ok_real_reduction)operation, 3, (const float *)input.bytes, outer, reduced,
          inner, (float *)output.bytes, NULL);
      compare(name, output, expected, "reductions of real numbers");
      release(output);
    }
    release(expected);
  }
  release(input);
}

static void check_extremes(size_t rows, size_t length) {
  const memory input = allocate_reals(rows * length);
  for (int finds_largest = 0; finds_largest < 2; ++finds_largest) {
    const memory expected = allocate(4 * rows);
    for (size_t row = 0; row < rows; ++row) {
      int32_t best = 0;
      for (size_t i = 1; i < length; ++i) {
        const float x = real_at(input, row * length + i);
        const float extreme = real_at(input, row * length + (size_t)best);
        if (finds_largest ? x > extreme : x < extreme) best = (int32_t)i;
      }
      memcpy(expected.bytes + 4 * row, &best, 4);
    }
    record(expected);
    FOR_LOOPS(loops, name) {
      const memory output = allocate(4 * rows);
      ok_find_extreme(
          loops, finds_largest, (const float *)input.bytes, rows, length,
          (int32_t *)output.bytes, NULL);
      compare(name, output, expected, "places of extremes");
      release(output);
    }
    release(expected);
  }
  release(input);
}

static void check_all(void) {
  static const size_t counts[] = {0, 1, 3, 4, 5, 15, 16, 17, 31, 32, 33, 67};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; ++i) {
    check_functions(counts[i]);
    check_own_functions(counts[i]);
    check_powers(counts[i]);
    if (counts[i] == 0) continue;
    check_pairs(3, counts[i]);
    check_pairs(700, counts[i]);
    for (size_t size = 1; size < 5; ++size) {
      check_depthwise(counts[i], size, false, i + size);
      check_depthwise(counts[i], size, true, i * size);
    }
    check_reductions(2, 9, counts[i]);
    check_reductions(counts[i], 19, 1);
    check_extremes(7, counts[i]);
  }
  check_functions(40001);
  check_own_functions(40001);
  check_powers(40001);
}

const suite real_suite = {"reals", check_all};
