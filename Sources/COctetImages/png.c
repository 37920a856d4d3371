#include "oi_images.h"

#if !__has_include(<png.h>)
#error "libpng's headers are missing: apt-get install libpng-dev (Debian, Ubuntu), dnf install libpng-devel, brew install libpng"
#endif
#include <png.h>
#include <stdlib.h>
#include <string.h>

static oi_result begin(png_image *image, const uint8_t *bytes, size_t count) {
  oi_result result = {0};
  memset(image, 0, sizeof *image);
  image->version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(image, bytes, count)) {
    strncpy(result.message, image->message, sizeof result.message - 1);
    return result;
  }
  result.width = image->width;
  result.height = image->height;
  return result;
}

oi_result oi_png_size(const uint8_t *bytes, size_t count) {
  png_image image;
  oi_result result = begin(&image, bytes, count);
  png_image_free(&image);
  return result;
}

oi_result oi_png_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t pixel_bytes) {
  png_image image;
  oi_result result = begin(&image, bytes, count);
  if (result.message[0]) return result;
  // Without an alpha channel in the output, libpng would blend with a background.
  image.format = PNG_FORMAT_RGBA;
  const size_t pixel_count = (size_t)image.width * image.height;
  uint8_t *rgba = pixel_bytes == 3 * pixel_count ? malloc(4 * pixel_count) : NULL;
  if (!rgba) {
    strncpy(result.message, "no memory for the pixels", sizeof result.message - 1);
  } else if (!png_image_finish_read(&image, NULL, rgba, 0, NULL)) {
    strncpy(result.message, image.message, sizeof result.message - 1);
  } else {
    for (size_t i = 0; i < pixel_count; i++) memcpy(pixels + 3 * i, rgba + 4 * i, 3);
  }
  free(rgba);
  png_image_free(&image);
  return result;
}
