#include "gemm_layout.h"

#include <string.h>

/// The bytes of the padding piece.
static size_t padding_size(const ok_gemm *gemm) {
  const ok_row_layout layout = ok_gemm_row_layout(gemm);
  return layout.form == OK_ROWS_COPIED ? gemm->window.input_channels : layout.padded_elements;
}

size_t ok_gemm_packed_size(const ok_gemm *gemm) {
  return sizeof(ok_packed_header) + ok_gemm_panel_count(gemm) * ok_gemm_panel_size(gemm) +
         ok_round_up(padding_size(gemm), 64);
}

/// Stores weights of one output channel as 16-bit differences from their zero point.
static void pack_wide(
    const ok_gemm *gemm, const uint8_t *weights, size_t depth, int16_t *column) {
  const size_t group = gemm->kernel->depth, stride = gemm->kernel->columns * group;
  for (size_t k = 0; k < depth; k += group) {
    const size_t count = ok_smaller(group, depth - k);
    for (size_t i = 0; i < count; ++i) {
      const uint8_t byte = weights[k + i];
      const int32_t weight = gemm->is_signed ? (int8_t)byte : byte;
      column[i] = (int16_t)(weight - gemm->filter_zero_point);
    }
    column += stride;
  }
}

/// Stores weights of one output channel as they are, or with the signedness that inputs don't have:
/// flipping the top bit turns int8 into uint8 with 128 more, uint8 into int8 with 128 less.
static void pack_narrow(
    const ok_gemm *gemm, const uint8_t *weights, size_t depth, uint8_t *column) {
  const uint8_t flip = gemm->kernel->operands == OK_OPERANDS_MIXED ? 0x80 : 0;
  const size_t group = gemm->kernel->depth, stride = gemm->kernel->columns * group;
  size_t k = 0;
  if (group == 4) {
    for (; k + 4 <= depth; k += 4) {
      uint32_t four;
      memcpy(&four, weights + k, 4);
      four ^= flip * UINT32_C(0x01010101);
      memcpy(column + k / 4 * stride, &four, 4);
    }
  }
  for (; k < depth; ++k) column[k / group * stride + k % group] = weights[k] ^ flip;
}

/// The sum of the differences of weights from their zero point.
static uint32_t sum_weights(const ok_gemm *gemm, const uint8_t *weights, size_t depth) {
  uint32_t sum = 0;
  if (gemm->is_signed) {
    for (size_t k = 0; k < depth; ++k) sum += (uint32_t)(int8_t)weights[k];
  } else {
    for (size_t k = 0; k < depth; ++k) sum += weights[k];
  }
  return sum - (uint32_t)depth * (uint32_t)gemm->filter_zero_point;
}

void ok_gemm_pack(
    const ok_gemm *gemm, const void *weights, const ok_channel_factors *factors, void *packed) {
  const size_t depth = ok_gemm_patch_size(gemm), columns = gemm->kernel->columns;
  const ok_row_layout layout = ok_gemm_row_layout(gemm);
  memset(packed, 0, sizeof(ok_packed_header) + ok_gemm_panel_count(gemm) * ok_gemm_panel_size(gemm));
  ok_packed_header *header = packed;
  uint8_t *panels = (uint8_t *)packed + sizeof(ok_packed_header);
  header->is_folded =
      gemm->kernel->folds && ok_can_fold_all(factors, gemm->output_channels, depth);
  for (size_t channel = 0; channel < gemm->output_channels; ++channel) {
    int32_t *values = (int32_t *)(panels + channel / columns * ok_gemm_panel_size(gemm));
    const size_t column = channel % columns;
    const uint8_t *row = (const uint8_t *)weights + channel * depth;
    uint8_t *first = (uint8_t *)(values + OK_FACTORS_PER_CHANNEL * columns) +
                     column * gemm->kernel->depth * ok_gemm_operand_size(gemm);
    for (size_t tap = 0; tap < layout.taps; ++tap) {
      const uint8_t *piece = row + tap * layout.tap_elements;
      uint8_t *place =
          first + tap * layout.padded_elements * columns * ok_gemm_operand_size(gemm);
      if (ok_gemm_is_wide(gemm)) {
        pack_wide(gemm, piece, layout.tap_elements, (int16_t *)place);
      } else {
        pack_narrow(gemm, piece, layout.tap_elements, place);
      }
    }
    const uint32_t sum = sum_weights(gemm, row, depth);
    const uint32_t bias = factors->bias ? (uint32_t)factors->bias[channel] : 0;
    ok_store_factors(
        values, columns, column, bias - (uint32_t)gemm->input_zero_point * sum,
        factors->multiplier[channel], factors->exponent[channel]);
    if (header->is_folded) ok_fold_factors(values, columns, column, gemm->stage.zero_point);
  }
  memset(
      panels + ok_gemm_panel_count(gemm) * ok_gemm_panel_size(gemm),
      gemm->input_zero_point & 0xFF, padding_size(gemm));
}
