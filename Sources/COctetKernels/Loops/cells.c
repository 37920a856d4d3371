#include "loops.h"

// Vectors of cells are too short for several threads.

void ok_multiply_rows(
    const ok_loops *loops, const int16_t *vector, const int8_t *matrix, size_t rows, size_t depth,
    int32_t *sums) {
  loops->multiply_rows(vector, matrix, rows, depth, sums);
}

void ok_add_to_gate(
    const ok_loops *loops, const ok_gate_sum *sum, const int32_t *sums, int16_t *values,
    size_t count) {
  loops->add_to_gate(sum, sums, values, count);
}

void ok_slide_windows(
    const ok_loops *loops, const ok_windows *windows, const int16_t *newest, const int16_t *weights,
    int32_t *sums) {
  loops->slide_windows(windows, newest, weights, sums);
}

void ok_logistic_16(const ok_loops *loops, int16_t *values, size_t count, int32_t integer_bits) {
  loops->logistic_16(values, count, integer_bits);
}

void ok_tanh_16(const ok_loops *loops, int16_t *values, size_t count, int32_t integer_bits) {
  loops->tanh_16(values, count, integer_bits);
}
