#include "gemm_layout.h"

#include <string.h>

/// The bytes of the padding piece.
static size_t padding_size(const ok_gemm *gemm) {
  const ok_gemm_layout *layout = &gemm->layout;
  if (layout->form != OK_ROWS_OF_PIXELS) return gemm->window.input_channels;
  // Pieces of padding move on to the next group as others do.
  return gemm->pixel_channels - gemm->window.input_channels + layout->padded_elements;
}

size_t ok_gemm_packed_size(const ok_gemm *gemm) {
  return sizeof(ok_packed_header) + gemm->layout.panel_count * gemm->layout.panel_size +
         ok_round_up(padding_size(gemm), 64);
}

/// Elements of a channel that are stored before those of the next: so many that what is written
/// for all channels of a panel stays in the first-level cache.
enum { PACKED_TOGETHER = 64 };

/// Stores up to `PACKED_TOGETHER` weights of one output channel as 16-bit differences from their
/// zero point.
static void pack_wide(
    const ok_gemm *gemm, const uint8_t *weights, size_t depth, int16_t *column) {
  const size_t group = gemm->kernel->depth, stride = gemm->kernel->columns * group;
  int16_t differences[PACKED_TOGETHER] = {0};
  if (gemm->is_signed) {
    for (size_t k = 0; k < depth; ++k) {
      differences[k] = (int16_t)((int8_t)weights[k] - gemm->filter_zero_point);
    }
  } else {
    for (size_t k = 0; k < depth; ++k) {
      differences[k] = (int16_t)(weights[k] - gemm->filter_zero_point);
    }
  }
  if (group == 2) {
    // Behind an odd depth comes a zero, for which there is room.
    for (size_t k = 0; k < depth; k += 2) memcpy(column + k / 2 * stride, differences + k, 4);
    return;
  }
  for (size_t k = 0; k < depth; ++k) column[k / group * stride + k % group] = differences[k];
}

/// Stores weights of one output channel as they are, or with the signedness that inputs don't have:
/// flipping the top bit turns int8 into uint8 with 128 more, uint8 into int8 with 128 less. Where
/// inputs are flipped, weights aren't.
static void pack_narrow(
    const ok_gemm *gemm, const uint8_t *weights, size_t depth, uint8_t *column) {
  const bool is_flipped =
      gemm->kernel->operands == OK_OPERANDS_MIXED && !gemm->layout.flips_inputs;
  const uint8_t flip = is_flipped ? 0x80 : 0;
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

/// Stores the weights of `columns` output channels, row after row in `weights`.
static void pack_panel(
    const ok_gemm *gemm, const uint8_t *weights, size_t columns, uint8_t *panel) {
  const ok_gemm_layout *layout = &gemm->layout;
  const size_t depth = ok_gemm_patch_size(gemm), size = layout->operand_size;
  for (size_t tap = 0; tap < layout->taps; ++tap) {
    for (size_t first = 0; first < layout->tap_elements; first += PACKED_TOGETHER) {
      const size_t count = ok_smaller(PACKED_TOGETHER, layout->tap_elements - first);
      const size_t place = (tap * layout->padded_elements + first) * gemm->kernel->columns;
      for (size_t column = 0; column < columns; ++column) {
        const uint8_t *source = weights + column * depth + tap * layout->tap_elements + first;
        uint8_t *destination = panel + (place + column * gemm->kernel->depth) * size;
        if (ok_gemm_is_wide(gemm)) pack_wide(gemm, source, count, (int16_t *)destination);
        else pack_narrow(gemm, source, count, destination);
      }
    }
  }
}

void ok_gemm_pack(
    const ok_gemm *gemm, const void *weights, const ok_channel_factors *factors, void *packed) {
  const size_t depth = ok_gemm_patch_size(gemm), columns = gemm->kernel->columns;
  const size_t panel_size = gemm->layout.panel_size, panel_count = gemm->layout.panel_count;
  memset(packed, 0, sizeof(ok_packed_header) + panel_count * panel_size);
  ok_packed_header *header = packed;
  const uint32_t zero_point =
      (uint32_t)gemm->input_zero_point + (gemm->layout.flips_inputs ? 128 : 0);
  uint8_t *panels = (uint8_t *)packed + sizeof(ok_packed_header);
  header->is_folded =
      factors && gemm->kernel->folds && ok_can_fold_all(factors, gemm->output_channels, depth);
  for (size_t panel = 0; panel < panel_count; ++panel) {
    int32_t *values = (int32_t *)(panels + panel * panel_size);
    const size_t first = ok_gemm_panel_start(gemm, panel);
    const size_t count = ok_gemm_panel_end(gemm, panel) - first;
    const uint8_t *rows = (const uint8_t *)weights + first * depth;
    pack_panel(gemm, rows, count, (uint8_t *)(values + OK_FACTORS_PER_CHANNEL * columns));
    for (size_t column = 0; column < count; ++column) {
      const size_t channel = first + column;
      const uint32_t sum = sum_weights(gemm, rows + column * depth, depth);
      const uint32_t bias = factors && factors->bias ? (uint32_t)factors->bias[channel] : 0;
      ok_store_factors(
          values, columns, column, bias - zero_point * sum,
          factors ? factors->multiplier[channel] : 0, factors ? factors->exponent[channel] : 0);
      if (header->is_folded) ok_fold_factors(values, columns, column, gemm->stage.zero_point);
    }
  }
  memset(panels + panel_count * panel_size, gemm->input_zero_point & 0xFF, padding_size(gemm));
}
