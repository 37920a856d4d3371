#include "oz_inflate.h"

#if !__has_include(<zlib.h>)
#error "zlib's headers are missing: apt-get install zlib1g-dev (Debian, Ubuntu), dnf install zlib-devel"
#endif
#include <limits.h>
#include <zlib.h>

static uInt chunk(size_t left) { return left > UINT_MAX ? UINT_MAX : (uInt)left; }

int oz_inflate(const uint8_t *input, size_t input_size, uint8_t *output, size_t output_size) {
  z_stream stream = {0};
  // Negative window bits mean a raw stream.
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return 0;
  size_t input_left = input_size;
  size_t output_left = output_size;
  // zlib wants an address even where nothing is to be written.
  uint8_t nothing;
  stream.next_in = (Bytef *)input;
  stream.next_out = output_size > 0 ? output : &nothing;
  int status = Z_OK;
  while (status == Z_OK) {
    const uInt given = stream.avail_in = chunk(input_left);
    const uInt room = stream.avail_out = chunk(output_left);
    status = inflate(&stream, Z_NO_FLUSH);
    input_left -= given - stream.avail_in;
    output_left -= room - stream.avail_out;
    // No progress: the stream is cut off, or longer than the output.
    if (status == Z_OK && given == stream.avail_in && room == stream.avail_out) break;
  }
  inflateEnd(&stream);
  return status == Z_STREAM_END && output_left == 0;
}

uint32_t oz_crc32(const uint8_t *bytes, size_t size) {
  uLong crc = crc32(0, Z_NULL, 0);
  while (size > 0) {
    const uInt count = chunk(size);
    crc = crc32(crc, bytes, count);
    bytes += count;
    size -= count;
  }
  return (uint32_t)crc;
}
