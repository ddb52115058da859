#include "img/jpeg.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "img/exif.h"

enum {
	/* Bytes given to libjpeg at a time, once the header is read: where 512
	 * or more a block are at hand, libjpeg-turbo's Huffman decoder takes a
	 * faster path, on which it does not see codes that no table has. */
	CHUNK = 480,
	/* Bytes that may be left of a scan before the next marker. More are not
	 * some writer's padding, but data that was not decoded. */
	LEFT_OVER = 16,
};

/* The bytes of a picture, as libjpeg takes them. */
struct source {
	struct jpeg_source_mgr pub;
	const unsigned char *data;
	size_t n, chunk;
};

struct cd_jpeg {
	struct jpeg_decompress_struct d;
	struct source source;
	struct jpeg_error_mgr error;
	struct jpeg_progress_mgr progress;
	struct cd_picture_limits limits;
	int orientation;  /* 0: no EXIF yet */
	bool past_header; /* of the file */
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

/* The kinds of JPEG, by the low bits of their frame's marker (ITU-T T.81, table
 * B.1), that libjpeg leaves out. */
static void
unsupported(struct cd_jpeg *j, int marker)
{
	snprintf(j->why, sizeof j->why, "%sJPEG, which is not supported",
	    marker == 0xc8	  ? "an unknown kind of " :
		(marker & 3) == 3 ? "lossless " :
		marker & 4	  ? "hierarchical " :
				    "arithmetic-coded ");
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
	if (d->err->msg_code == JERR_SOF_UNSUPPORTED)
		unsupported(j, d->err->msg_parm.i[0]);
	if (d->err->msg_code == JERR_NO_BACKING_STORE)
		snprintf(j->why, sizeof j->why,
		    "needs more than the limit of %lld bytes of memory",
		    (long long)j->limits.memory);
	longjmp(j->failed, 1);
}

/* libjpeg goes on after a warning, with grey where data is missing. Here a
 * warning is an error, except those that leave every pixel as it was meant:
 * some cameras write a baseline scan's parameters or an Adobe marker that the
 * standard does not know, and are read in the only way there is. */
static void
emit_message(j_common_ptr d, int level)
{
	if (level >= 0)
		return;
	switch (d->err->msg_code) {
	case JWRN_EXTRANEOUS_DATA:
		if (self(d)->past_header && d->err->msg_parm.i[0] > LEFT_OVER)
			error_exit(d);
		return;
	case JWRN_JFIF_MAJOR:
	case JWRN_BOGUS_ICC:
	case JWRN_NOT_SEQUENTIAL:
	case JWRN_ADOBE_XFORM:
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

/* ---- the source ---- */

static struct source *
source_of(j_decompress_ptr d)
{
	return &self((j_common_ptr)d)->source;
}

static size_t
place(const struct source *s)
{
	return (size_t)(s->pub.next_input_byte - s->data);
}

/* Goes on at byte `at`, or fails where there is none. */
static void
go_to(j_decompress_ptr d, size_t at)
{
	struct source *s = source_of(d);

	if (at >= s->n)
		WARNMS(d, JWRN_JPEG_EOF);
	s->pub.next_input_byte = s->data + at;
	s->pub.bytes_in_buffer = s->n - at < s->chunk ? s->n - at : s->chunk;
}

static boolean
fill(j_decompress_ptr d)
{
	struct source *s = source_of(d);

	go_to(d, place(s) + s->pub.bytes_in_buffer);
	return TRUE;
}

static void
skip(j_decompress_ptr d, long n)
{
	if (n > 0)
		go_to(d, place(source_of(d)) + (size_t)n);
}

static void
nothing(j_decompress_ptr d)
{
	(void)d;
}

static void
open_source(struct cd_jpeg *j, const unsigned char *data, size_t n)
{
	struct source *s = &j->source;

	*s = (struct source){ .pub = { .next_input_byte = data,
				  .bytes_in_buffer = n,
				  .init_source = nothing,
				  .fill_input_buffer = fill,
				  .skip_input_data = skip,
				  .resync_to_restart = jpeg_resync_to_restart,
				  .term_source = nothing },
		.data = data,
		.n = n,
		.chunk = n };
	j->d.src = &s->pub;
}

/* Takes the orientation from the first APP1 segment that has one. libjpeg's own
 * way keeps all segments in a list, which it walks for each. */
static boolean
take_app1(j_decompress_ptr d)
{
	struct cd_jpeg *j = self((j_common_ptr)d);
	const struct source *s = &j->source;
	size_t at = place(s), n;

	if (at + 2 > s->n)
		go_to(d, s->n);
	n = (size_t)s->data[at] << 8 | s->data[at + 1];
	if (n < 2)
		ERREXIT(d, JERR_BAD_LENGTH);
	if (at + n > s->n)
		go_to(d, s->n);
	if (j->orientation == 0)
		j->orientation = cd_exif_orientation(s->data + at + 2, n - 2);
	go_to(d, at + n);
	return TRUE;
}

/* ---- decoding ---- */

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
cd_jpeg_new(const struct cd_picture_limits *limits, struct cd_err *e)
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
	jpeg_set_marker_processor(&j->d, JPEG_APP0 + 1, take_app1);
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

static int
check_header(struct cd_jpeg *j, struct cd_err *e)
{
	const struct jpeg_decompress_struct *d = &j->d;

	if (cd_limits_check(&j->limits, d->image_width, d->image_height,
		j->source.n, e) < 0)
		return -1;
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
	j->sys = 0;
	if (setjmp(j->failed))
		return failed(j, e);
	j->orientation = 0;
	j->past_header = false;
	renew(j);
	open_source(j, data, n);
	jpeg_read_header(&j->d, TRUE);
	if (check_header(j, e) < 0) {
		jpeg_abort_decompress(&j->d);
		return -1;
	}
	/* the scans in small pieces */
	j->past_header = true;
	j->source.chunk = CHUNK;
	if (j->source.pub.bytes_in_buffer > CHUNK)
		j->source.pub.bytes_in_buffer = CHUNK;
	info->orientation = j->orientation ? j->orientation : 1;
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

/* Was everything that the picture consists of sent? A progressive one has
 * several scans, each of some bits of some coefficients; libjpeg takes those
 * that are missing for 0. */
static bool
is_complete(const struct jpeg_decompress_struct *d)
{
	int i, k;

	for (i = 0; i < d->num_components; i++) {
		if (!d->comp_info[i].quant_table)
			return false;
		for (k = 0; d->coef_bits && k < DCTSIZE2; k++)
			if (d->coef_bits[i][k] != 0)
				return false;
	}
	return true;
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
make_room(struct cd_jpeg *j, struct cd_buf *out, struct cd_err *e)
{
	struct jpeg_decompress_struct *d = &j->d;
	int64_t bytes, turned;

	jpeg_calc_output_dimensions(d);
	/* the last row needs room for the fourth bytes of CMYK */
	bytes = (int64_t)d->output_width * (3 * d->output_height + 1);
	/* the caller's copy, made when libjpeg has freed its memory */
	turned = j->orientation <= 1 ? 0 : bytes;
	if (cd_limits_memory(&j->limits, bytes + turned, e) < 0)
		return -1;
	/* more than 0, which libjpeg takes for no limit */
	d->mem->max_memory_to_use = (long)(j->limits.memory - bytes);
	return cd_buf_reserve(out, (size_t)bytes, e);
}

/* Reads the rows into out, without the columns and rows that lie outside of the
 * picture in part: a picture of 257 columns, decoded at an eighth, comes in 33,
 * of which the last is made of one that belongs to it and seven that do not. */
static void
read_rows(struct cd_jpeg *j, struct cd_buf *out, int *w, int *h)
{
	struct jpeg_decompress_struct *d = &j->d;
	JSAMPROW row;
	size_t stride;

	*w = (int)(d->image_width / d->scale_denom);
	*h = (int)(d->image_height / d->scale_denom);
	stride = (size_t)*w * 3;
	while (d->output_scanline < d->output_height) {
		row = out->data + stride * d->output_scanline;
		jpeg_read_scanlines(d, &row, 1);
		if (d->out_color_space == JCS_CMYK)
			cmyk_to_rgb(row, row, d->output_width,
			    d->saw_Adobe_marker);
	}
	out->len = stride * (size_t)*h;
}

int
cd_jpeg_pixels(struct cd_jpeg *j, const struct cd_jpeg_least *least,
    struct cd_buf *out, struct cd_jpeg_pixels *p, struct cd_err *e)
{
	struct jpeg_decompress_struct *d = &j->d;

	if (setjmp(j->failed))
		return failed(j, e);
	d->scale_num = 1;
	d->scale_denom = denominator(j, least);
	p->denominator = (int)d->scale_denom;
	/* do not guess coefficients that a file does not have */
	d->do_block_smoothing = FALSE;
	d->out_color_space = d->num_components == 4 ? JCS_CMYK : JCS_RGB;
	if (make_room(j, out, e) < 0) {
		jpeg_abort_decompress(d);
		return -1;
	}
	jpeg_start_decompress(d);
	/* a coding that libjpeg does not shrink, as lossless ones */
	if (d->output_width * d->scale_denom >=
	    d->image_width + d->scale_denom) {
		jpeg_abort_decompress(d);
		return cd_fail(e, "JPEG of a kind that is not supported");
	}
	read_rows(j, out, &p->w, &p->h);
	if (is_complete(d)) {
		jpeg_finish_decompress(d);
		return 0;
	}
	jpeg_abort_decompress(d);
	return cd_fail(e, "the picture is cut: a scan is missing");
}
