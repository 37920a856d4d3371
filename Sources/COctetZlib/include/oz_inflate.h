#ifndef OCTET_ZLIB_INFLATE_H
#define OCTET_ZLIB_INFLATE_H

#include <stddef.h>
#include <stdint.h>

// Decompresses a raw deflate stream (no zlib or gzip header) into exactly `output_size` bytes.
// Returns 1 where the stream is intact and gives that many bytes, 0 otherwise. Never writes past
// the output.
int oz_inflate(const uint8_t *input, size_t input_size, uint8_t *output, size_t output_size);

// The CRC-32 of zip files over `size` bytes.
uint32_t oz_crc32(const uint8_t *bytes, size_t size);

#endif
