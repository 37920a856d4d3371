#ifndef OCTET_DEPTHWISE_3X3_PAIRS_H
#define OCTET_DEPTHWISE_3X3_PAIRS_H

#include "microkernels.h"
#include "pieces.h"

// What `depthwise_3x3.h` declares, for kernels that take pairs of lines.

/// Whether a kernel takes pairs of lines.
static inline bool ok_has_pairs(const ok_depthwise *depthwise) {
  return depthwise->kernel_3x3->run_pairs != NULL;
}

/// Whether windows of 3×3 pixels are such that pairs are worth it. Doesn't depend on the extents of
/// images, because packed weights are shared by images of all extents.
bool ok_depthwise_pairs_fit(const ok_depthwise *depthwise);

size_t ok_depthwise_pairs_packed_size(const ok_depthwise *depthwise);

/// Packs weights whose factors fold.
void ok_depthwise_pairs_pack(
    const ok_depthwise *depthwise, const uint8_t *weights, const ok_channel_factors *factors,
    void *packed);

size_t ok_depthwise_pairs_scratch_size(const ok_depthwise *depthwise);

void ok_depthwise_pairs_run(
    const ok_depthwise *depthwise, const void *packed, const void *input, void *output,
    void *scratch, size_t first, size_t end);

#endif
