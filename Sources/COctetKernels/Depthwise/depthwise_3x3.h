#ifndef OCTET_DEPTHWISE_3X3_H
#define OCTET_DEPTHWISE_3X3_H

#include "microkernels.h"
#include "pieces.h"

/// Whether the special form is there for a convolution.
bool ok_depthwise_3x3_fits(const ok_depthwise *depthwise);

/// The bytes of packed weights; 0 where the form doesn't fit.
size_t ok_depthwise_3x3_packed_size(const ok_depthwise *depthwise);

/// Packs weights; false, with nothing written, where the form doesn't fit, factors don't
/// fold, or weights lie too far from their zero point.
bool ok_depthwise_3x3_pack(
    const ok_depthwise *depthwise, const uint8_t *weights, const ok_channel_factors *factors,
    void *packed);

/// The bytes of scratch that each thread needs; 0 where the form doesn't fit.
size_t ok_depthwise_3x3_scratch_size(const ok_depthwise *depthwise);

/// Computes the lines of output from `first` up to `end`, of weights that were packed so.
void ok_depthwise_3x3_run(
    const ok_depthwise *depthwise, const void *packed, const void *input, void *output,
    void *scratch, size_t first, size_t end);

#endif
