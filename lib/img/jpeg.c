#include "img/jpeg.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "img/exif.h"

struct cd_jpeg {
	struct jpeg_decompress_struct d;
	struct jpeg_error_mgr error;
	struct jpeg_progress_mgr progress;
	struct cd_jpeg_limits limits;
	int orientation;
	jmp_buf failed;
	int sys; /* errno; 0 where the picture is at fault */
	char why[JMSG_LENGTH_MAX];
};

static struct cd_jpeg *
self(j_common_ptr d)
{
	return d->client_data;
}

/* Did malloc fail in libjpeg? In cases 1 and 3 of this error the picture asks
 * for more at once than libjpeg ever allocates; limits.memory has an error of
 * its own. */
static bool
no_memory(const struct jpeg_error_mgr *err)
{
	return err->msg_code == JERR_OUT_OF_MEMORY && err->msg_parm.i[0] != 1 &&
	    err->msg_parm.i[0] != 3;
}

/* error_exit must not return: jumps to where libjpeg was called. */
static void
error_exit(j_common_ptr d)
{
	struct cd_jpeg *j = self(d);

	d->err->format_message(d, j->why);
	if (no_memory(d->err)) {
		snprintf(j->why, sizeof j->why, "out of memory in libjpeg");
		j->sys = ENOMEM;
	}
	if (d->err->msg_code == JERR_NO_BACKING_STORE)
		snprintf(j->why, sizeof j->why,
		    "needs more than the limit of %lld bytes of memory",
		    (long long)j->limits.memory);
	longjmp(j->failed, 1);
}

/* libjpeg goes on after a warning, with grey where data is missing. Here a
 * warning is an error, except those that leave every pixel intact. */
static void
emit_message(j_common_ptr d, int level)
{
	if (level >= 0)
		return;
	switch (d->err->msg_code) {
	case JWRN_EXTRANEOUS_DATA:
	case JWRN_JFIF_MAJOR:
	case JWRN_BOGUS_ICC:
		return;
	default:
		error_exit(d);
	}
}

static void
output_message(j_common_ptr d)
{
	(void)d;
}

/* Called by libjpeg from time to time during each scan. */
static void
check_scans(j_common_ptr c)
{
	struct cd_jpeg *j = self(c);
	int64_t scans = j->d.input_scan_number;
	int64_t pixels = (int64_t)j->d.image_width * j->d.image_height;

	if (scans > j->limits.scans) {
		snprintf(j->why, sizeof j->why,
		    "more scans than the limit of %lld",
		    (long long)j->limits.scans);
		longjmp(j->failed, 1);
	}
	if (scans > 1 && pixels * scans / CD_JPEG_PASSES > j->limits.pixels) {
		snprintf(j->why, sizeof j->why,
		    "%lld pixels in %lld scans "
		    "pass the limit of %d times %lld pixels",
		    (long long)pixels, (long long)scans, CD_JPEG_PASSES,
		    (long long)j->limits.pixels);
		longjmp(j->failed, 1);
	}
}

struct cd_jpeg *
cd_jpeg_new(const struct cd_jpeg_limits *limits, struct cd_err *e)
{
	struct cd_jpeg *j = cd_calloc(1, sizeof *j, e);

	if (!j)
		return NULL;
	j->limits = *limits;
	j->d.err = jpeg_std_error(&j->error);
	j->error.error_exit = error_exit;
	j->error.emit_message = emit_message;
	j->error.output_message = output_message;
	j->progress.progress_monitor = check_scans;
	j->d.client_data = j;
	return j;
}

void
cd_jpeg_free(struct cd_jpeg *j)
{
	if (!j)
		return;
	jpeg_destroy_decompress(&j->d);
	free(j);
}

/* A new libjpeg object for each picture: an old one keeps its tables, and a
 * damaged file that lacks tables would be decoded with those of the previous
 * picture. */
static void
renew(struct cd_jpeg *j)
{
	jpeg_destroy_decompress(&j->d);
	jpeg_create_decompress(&j->d); /* clears all but err, client_data */
	j->d.progress = &j->progress;
	jpeg_save_markers(&j->d, JPEG_APP0 + 1, 0xffff);
}

static int
failed(struct cd_jpeg *j, struct cd_err *e)
{
	if (j->d.mem)
		jpeg_abort_decompress(&j->d);
	if (e)
		e->sys = j->sys;
	return cd_fail(e, "%s", j->why);
}

/* What a file that does not begin like a JPEG is; NULL: perhaps a JPEG. */
static const char *
other_kind(const unsigned char *p, size_t n)
{
	static const struct {
		const char *magic;
		size_t n;
		const char *what;
	} known[] = {
		{ .magic = "\x89PNG",
		    .n = 4,
		    .what = "a PNG picture, not JPEG" },
		{ .magic = "GIF8", .n = 4, .what = "a GIF picture, not JPEG" },
		{ .magic = "RIFF",
		    .n = 4,
		    .what = "a WebP picture perhaps, not JPEG" },
		{ .magic = "BM", .n = 2, .what = "a BMP picture, not JPEG" },
		{ .magic = "II*\0",
		    .n = 4,
		    .what = "a TIFF picture, not JPEG" },
		{ .magic = "MM\0*",
		    .n = 4,
		    .what = "a TIFF picture, not JPEG" },
		{ .magic = "<", .n = 1, .what = "HTML or XML, not JPEG" },
	};
	size_t i;

	if (n == 0)
		return "an empty file";
	if (n >= 2 && p[0] == 0xff && p[1] == 0xd8)
		return NULL;
	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (n >= known[i].n &&
		    memcmp(p, known[i].magic, known[i].n) == 0)
			return known[i].what;
	return "not a JPEG picture";
}

static int
orientation(const struct jpeg_decompress_struct *d)
{
	jpeg_saved_marker_ptr m;
	int o;

	for (m = d->marker_list; m; m = m->next) {
		o = cd_exif_orientation(m->data, m->data_length);
		if (m->marker == JPEG_APP0 + 1 && o > 0)
			return o;
	}
	return 1;
}

static int
check_header(struct cd_jpeg *j, struct cd_err *e)
{
	const struct jpeg_decompress_struct *d = &j->d;
	int64_t pixels = (int64_t)d->image_width * d->image_height;

	if (pixels > j->limits.pixels)
		return cd_fail(e,
		    "%ux%u pixels are more than the limit of %lld",
		    d->image_width, d->image_height,
		    (long long)j->limits.pixels);
	if (d->data_precision != 8)
		return cd_fail(e, "%d bits a sample; only 8 are supported",
		    d->data_precision);
	if (d->jpeg_color_space == JCS_UNKNOWN)
		return cd_fail(e,
		    "%d colour components; 1, 3 or 4 are supported",
		    d->num_components);
	return 0;
}

int
cd_jpeg_begin(struct cd_jpeg *j, const unsigned char *data, size_t n,
    struct cd_jpeg_info *info, struct cd_err *e)
{
	const char *other = other_kind(data, n);

	if (other)
		return cd_fail(e, "%s", other);
	j->sys = 0;
	if (setjmp(j->failed))
		return failed(j, e);
	renew(j);
	jpeg_mem_src(&j->d, data, n);
	jpeg_read_header(&j->d, TRUE);
	if (check_header(j, e) < 0) {
		jpeg_abort_decompress(&j->d);
		return -1;
	}
	j->orientation = info->orientation = orientation(&j->d);
	info->w = (int)j->d.image_width;
	info->h = (int)j->d.image_height;
	if (info->orientation >= 5) {
		info->w = (int)j->d.image_height;
		info->h = (int)j->d.image_width;
	}
	return 0;
}

/* The factor by which libjpeg may shrink the picture: 8, 4, 2 or 1. */
static unsigned
denominator(const struct cd_jpeg *j, const struct cd_jpeg_least *least)
{
	unsigned w = (unsigned)least->w, h = (unsigned)least->h, n;

	if (w == 0 || h == 0)
		return 1;
	if (j->orientation >= 5) {
		w = (unsigned)least->h;
		h = (unsigned)least->w;
	}
	for (n = 8; n > 1; n /= 2)
		if (j->d.image_width / n >= w && j->d.image_height / n >= h)
			break;
	return n;
}

/* CMYK to RGB, in place, of n pixels: out = (255 - c) (255 - k) / 255. Adobe's
 * programs store the inverted values 255 - c. */
static void
cmyk_to_rgb(unsigned char *out, const unsigned char *in, size_t n,
    bool inverted)
{
	unsigned flip = inverted ? 0 : 255;
	size_t i;
	int c;

	for (i = 0; i < n; i++, in += 4, out += 3) {
		unsigned k = in[3] ^ flip;

		for (c = 0; c < 3; c++)
			out[c] = (unsigned char)(((in[c] ^ flip) * k + 127) /
			    255);
	}
}

static int
make_room(struct cd_jpeg *j, struct cd_buf *out, size_t *stride,
    struct cd_err *e)
{
	struct jpeg_decompress_struct *d = &j->d;
	int64_t bytes, turned;

	jpeg_calc_output_dimensions(d);
	*stride = (size_t)d->output_width * 3;
	/* the last row needs room for the fourth bytes of CMYK */
	bytes = (int64_t)(*stride * d->output_height + d->output_width);
	/* the caller's copy, made when libjpeg has freed its memory */
	turned = j->orientation == 1 ? 0 : bytes;
	/* >=, because libjpeg takes a limit of 0 for none */
	if (bytes + turned >= j->limits.memory)
		return cd_fail(e,
		    "needs more than the limit of %lld bytes of memory",
		    (long long)j->limits.memory);
	d->mem->max_memory_to_use = (long)(j->limits.memory - bytes);
	return cd_buf_reserve(out, (size_t)bytes, e);
}

int
cd_jpeg_pixels(struct cd_jpeg *j, const struct cd_jpeg_least *least,
    struct cd_buf *out, int *w, int *h, struct cd_err *e)
{
	struct jpeg_decompress_struct *d = &j->d;
	size_t stride;

	if (setjmp(j->failed))
		return failed(j, e);
	d->scale_num = 1;
	d->scale_denom = denominator(j, least);
	/* do not guess coefficients that a file does not have */
	d->do_block_smoothing = FALSE;
	d->out_color_space = d->num_components == 4 ? JCS_CMYK : JCS_RGB;
	if (make_room(j, out, &stride, e) < 0) {
		jpeg_abort_decompress(d);
		return -1;
	}
	jpeg_start_decompress(d);
	while (d->output_scanline < d->output_height) {
		JSAMPROW row = out->data + stride * d->output_scanline;

		jpeg_read_scanlines(d, &row, 1);
		if (d->out_color_space == JCS_CMYK)
			cmyk_to_rgb(row, row, d->output_width,
			    d->saw_Adobe_marker);
	}
	jpeg_finish_decompress(d);
	*w = (int)d->output_width;
	*h = (int)d->output_height;
	out->len = stride * d->output_height;
	return 0;
}
