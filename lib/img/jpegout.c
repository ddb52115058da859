#include "img/jpegout.h"

#include <setjmp.h>

#include <jpeglib.h>
#include <jerror.h>

/* libjpeg reports errors by error_exit, which must not return. */
struct manager {
	struct jpeg_error_mgr base;
	struct cd_err *err;
	jmp_buf back;
};

static void
on_error(j_common_ptr c)
{
	struct manager *m = (struct manager *)c->err;
	char text[JMSG_LENGTH_MAX];

	if (m->base.msg_code == JERR_FILE_WRITE) {
		cd_fail_errno(m->err, "write");
	} else {
		m->base.format_message(c, text);
		cd_fail(m->err, "%s", text);
	}
	longjmp(m->back, 1);
}

static void
on_message(j_common_ptr c)
{
	(void)c; /* warnings of the compressor are ignored */
}

int
cd_jpeg_write(FILE *f, const unsigned char *rgb, int w, int h, int quality,
    struct cd_err *e)
{
	struct jpeg_compress_struct c;
	struct manager m;
	JSAMPROW row;

	c.err = jpeg_std_error(&m.base);
	m.base.error_exit = on_error;
	m.base.output_message = on_message;
	m.err = e;
	if (setjmp(m.back)) {
		jpeg_destroy_compress(&c);
		return -1;
	}
	jpeg_create_compress(&c);
	jpeg_stdio_dest(&c, f);
	c.image_width = (JDIMENSION)w;
	c.image_height = (JDIMENSION)h;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	jpeg_set_quality(&c, quality, TRUE);
	jpeg_start_compress(&c, TRUE);
	while (c.next_scanline < c.image_height) {
		/* the API lacks the const */
		row = (JSAMPROW)(size_t)(rgb + 3 * (size_t)w * c.next_scanline);
		jpeg_write_scanlines(&c, &row, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	return 0;
}
