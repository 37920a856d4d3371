#include "oi_images.h"

#if !__has_include(<jpeglib.h>)
#error "libjpeg's headers are missing: apt-get install libjpeg-dev (Debian, Ubuntu), dnf install libjpeg-turbo-devel, brew install jpeg-turbo"
#endif
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

// A progressive file can have any number of scans, each as much work as the whole image.
enum { maximum_scans = 100 };

typedef struct {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf failure;
  oi_result result;
} decoder;

static void fail(j_common_ptr jpeg) {
  decoder *self = jpeg->client_data;
  jpeg->err->format_message(jpeg, self->result.message);
  longjmp(self->failure, 1);
}

static void ignore_message(j_common_ptr jpeg) { (void)jpeg; }

// libjpeg fills up a file that is cut off with grey, and only warns.
static void check_warning(j_common_ptr jpeg, int level) {
  if (level < 0 && (jpeg->err->msg_code == JWRN_JPEG_EOF || jpeg->err->msg_code == JWRN_HIT_MARKER))
    fail(jpeg);
}

static void check_scans(j_common_ptr jpeg) {
  decoder *self = jpeg->client_data;
  if (self->jpeg.input_scan_number > maximum_scans) {
    snprintf(self->result.message, sizeof self->result.message, "more than %d scans",
             maximum_scans);
    longjmp(self->failure, 1);
  }
}

// Where libjpeg fails, it jumps back here; `pixels` is null where only the extents are asked for.
static void run(decoder *self, const uint8_t *bytes, size_t count, uint8_t *pixels,
                size_t pixel_bytes) {
  struct jpeg_decompress_struct *jpeg = &self->jpeg;
  if (setjmp(self->failure)) return;
  jpeg_create_decompress(jpeg);
  self->progress.progress_monitor = check_scans;
  jpeg->progress = &self->progress;
  jpeg_mem_src(jpeg, bytes, count);
  jpeg_read_header(jpeg, TRUE);
  self->result.width = jpeg->image_width;
  self->result.height = jpeg->image_height;
  if (!pixels) return;
  jpeg->out_color_space = JCS_RGB;
  // The most exact transform, so that pixels are the same everywhere.
  jpeg->dct_method = JDCT_ISLOW;
  jpeg_start_decompress(jpeg);
  const size_t stride = 3 * (size_t)jpeg->output_width;
  if (stride * jpeg->output_height != pixel_bytes) ERREXIT(jpeg, JERR_BAD_LENGTH);
  while (jpeg->output_scanline < jpeg->output_height) {
    JSAMPROW row = pixels + stride * jpeg->output_scanline;
    jpeg_read_scanlines(jpeg, &row, 1);
  }
  jpeg_finish_decompress(jpeg);
}

oi_result oi_jpeg_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t pixel_bytes) {
  decoder self = {0};
  _Static_assert(sizeof self.result.message >= JMSG_LENGTH_MAX, "messages must fit");
  self.jpeg.err = jpeg_std_error(&self.errors);
  self.errors.error_exit = fail;
  self.errors.output_message = ignore_message;
  self.errors.emit_message = check_warning;
  self.jpeg.client_data = &self;
  run(&self, bytes, count, pixels, pixel_bytes);
  jpeg_destroy_decompress(&self.jpeg);
  return self.result;
}

oi_result oi_jpeg_size(const uint8_t *bytes, size_t count) {
  return oi_jpeg_decode(bytes, count, NULL, 0);
}
