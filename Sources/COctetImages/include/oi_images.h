#ifndef OCTET_IMAGES_H
#define OCTET_IMAGES_H

#include <stddef.h>
#include <stdint.h>

// Decoders of image files in memory. Decoding takes two steps, so that the caller can refuse an
// image by its size before memory is taken for its pixels.

// What a decoder says of an image: its extents, or why it can't be decoded.
typedef struct {
  uint32_t width;
  uint32_t height;
  // Empty where all went well.
  char message[256];
} oi_result;

// Reads the extents only.
oi_result oi_png_size(const uint8_t *bytes, size_t count);
oi_result oi_jpeg_size(const uint8_t *bytes, size_t count);

// Decodes to red, green, blue, one byte each, rows from the top without gaps. `pixels` has
// `pixel_bytes` bytes, which must be 3 * width * height of the extents read before. Transparency is
// dropped, not blended.
oi_result oi_png_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t pixel_bytes);
oi_result oi_jpeg_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t pixel_bytes);

#endif
