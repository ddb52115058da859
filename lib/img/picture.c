#include "img/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/format.h"
#include "img/jpeg.h"
#include "pix/colour.h"

enum {
	STEP = 64 << 10, /* a read asks for at least so many bytes */
	/* the orientations that put what is stored last at the left, the top */
	MIRRORED = 1 << 2 | 1 << 3 | 1 << 6 | 1 << 7,
	UPSIDE_DOWN = 1 << 3 | 1 << 4 | 1 << 7 | 1 << 8,
};

struct cd_picturer {
	struct cd_jpeg *jpeg;
	struct cd_still_how how;
	struct cd_fit fit;
	struct cd_fitter fitter;
	struct cd_buf file, decoded, upright;
};

struct cd_picturer *
cd_picturer_new(const struct cd_still_how *how, const struct cd_fit *fit,
    struct cd_err *e)
{
	struct cd_picturer *p = cd_calloc(1, sizeof *p, e);

	if (!p)
		return NULL;
	p->how = *how;
	p->fit = *fit;
	p->jpeg = cd_jpeg_new(&how->limits, e);
	if (!p->jpeg) {
		free(p);
		return NULL;
	}
	return p;
}

void
cd_picturer_free(struct cd_picturer *p)
{
	if (!p)
		return;
	cd_jpeg_free(p->jpeg);
	cd_fitter_free(&p->fitter);
	cd_buf_free(&p->file);
	cd_buf_free(&p->decoded);
	cd_buf_free(&p->upright);
	free(p);
}

static int
cannot_read(struct cd_err *e)
{
	if (e)
		e->sys = errno;
	return cd_fail(e, "%s", strerror(errno));
}

/* Reads up to n bytes more of the file: how many came, 0 at its end. */
static int64_t
read_more(struct cd_picturer *p, int fd, size_t n, struct cd_err *e)
{
	struct cd_buf *b = &p->file;
	ssize_t got;

	if (cd_buf_reserve(b, b->len + n, e) < 0)
		return -1;
	do
		got = read(fd, b->data + b->len, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return cannot_read(e);
	b->len += (size_t)got;
	return got;
}

static bool
is_jpeg(const struct cd_buf *b)
{
	return b->len >= 2 && b->data[0] == 0xff && b->data[1] == 0xd8;
}

/* What reads a file of another kind that begins so; NULL: nothing does. */
static cd_still_read *
still_of(const struct cd_buf *b)
{
	const unsigned char *p = b->data;

	if (b->len >= 8 && memcmp(p, "\x89PNG\r\n\x1a\n", 8) == 0)
		return cd_still_png;
	if (b->len >= 12 && memcmp(p, "RIFF", 4) == 0 &&
	    memcmp(p + 8, "WEBP", 4) == 0)
		return cd_still_webp;
	if (b->len >= 3 && p[0] == 'P' && p[1] >= '1' && p[1] <= '6' &&
	    memchr("#\n\r\t ", p[2], 5))
		return cd_still_pnm;
	return NULL;
}

static int
check_kind(const struct cd_buf *b, struct cd_err *e)
{
	const char *name;

	if (b->len == 0)
		return cd_fail(e, "an empty file");
	if (is_jpeg(b) || still_of(b))
		return 0;
	name = cd_format_name(b->data, b->len);
	if (!name)
		return cd_fail(e, "not a picture of a known kind");
	return cd_fail(e, "%s, not JPEG, PNG, PNM or WebP%s", name,
	    strstr(name, " picture") ?
		" (see cd-decode(1), PICTURES OF OTHER KINDS)" :
		"");
}

/* Reads all of fd into p->file: the first bytes, and the rest of what begins
 * like a picture and is not too large. */
static int
read_all(struct cd_picturer *p, int fd, struct cd_err *e)
{
	struct stat st;
	int64_t n;

	if (fstat(fd, &st) < 0)
		return cannot_read(e);
	if (!S_ISREG(st.st_mode))
		return cd_fail(e, "not a regular file");
	p->file.len = 0;
	do
		n = read_more(p, fd, STEP - p->file.len, e);
	while (n > 0 && p->file.len < CD_FORMAT_BYTES);
	if (n < 0 || check_kind(&p->file, e) < 0)
		return -1;
	if (st.st_size > p->how.limits.memory)
		return cd_fail(e,
		    "the file has more bytes than the limit of %lld",
		    (long long)p->how.limits.memory);
	while (n > 0) {
		n = st.st_size - (int64_t)p->file.len;
		n = read_more(p, fd, n > STEP ? (size_t)n : STEP, e);
		if (n > 0 && (int64_t)p->file.len > p->how.limits.memory)
			return cd_fail(e,
			    "the file grows beyond the limit of %lld bytes",
			    (long long)p->how.limits.memory);
	}
	return n < 0 ? -1 : 0;
}

static int
read_file(struct cd_picturer *p, const char *path, struct cd_err *e)
{
	int fd, r;

	/* a FIFO without a writer would block */
	do
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return cannot_read(e);
	r = read_all(p, fd, e);
	close(fd);
	return r;
}

/* The smallest size that libjpeg may give a picture of w x h. */
static struct cd_jpeg_least
least(const struct cd_fit *f, int w, int h)
{
	struct cd_jpeg_least l = { 0, 0 };

	if (f->w == 0 || f->filter == CD_RESIZE_NEAREST ||
	    f->filter == CD_RESIZE_BILINEAR)
		return l;
	cd_fit_whole(f, w, h, &l.w, &l.h);
	l.w *= 2;
	l.h *= 2;
	return l;
}

/* Turns p->decoded upright; *pixels: the result, in upright or decoded. */
static int
turn(struct cd_picturer *p, int orientation, int *w, int *h,
    struct cd_buf **pixels, struct cd_err *e)
{
	int sw = *w, sh = *h;

	*pixels = &p->decoded;
	if (orientation == 1)
		return 0;
	if (cd_buf_reserve(&p->upright, p->decoded.len, e) < 0)
		return -1;
	cd_orient(p->upright.data, p->decoded.data, sw, sh, orientation);
	p->upright.len = p->decoded.len;
	if (orientation >= 5) {
		*w = sh;
		*h = sw;
	}
	*pixels = &p->upright;
	return 0;
}

/* Fits what was decoded, upright, of a picture of this full size. */
static int
fit(struct cd_picturer *p, const struct cd_fit_input *in,
    struct cd_picture *out, struct cd_err *e)
{
	size_t n;
	int rc = 0;

	out->w = p->fit.w ? p->fit.w : in->w;
	out->h = p->fit.h ? p->fit.h : in->h;
	n = 3 * (size_t)out->w * (size_t)out->h;
	if (cd_buf_reserve(&out->pixels, n, e) < 0)
		return -1;
	out->channels = p->fit.grey ? 1 : 3;
	if (p->fit.w)
		rc = cd_fitter_run(&p->fitter, &p->fit, in, out->pixels.data,
		    e);
	else
		memcpy(out->pixels.data, in->pixels, n);
	if (p->fit.grey)
		cd_to_grey(out->pixels.data, n / 3);
	out->pixels.len = n / 3 * (size_t)out->channels;
	return rc;
}

static int
run_jpeg(struct cd_picturer *p, struct cd_picture *out, struct cd_err *e)
{
	struct cd_jpeg_info info;
	struct cd_jpeg_least small;
	struct cd_jpeg_pixels got;
	struct cd_buf *pixels;

	if (cd_jpeg_begin(p->jpeg, p->file.data, p->file.len, &info, e) < 0)
		return -1;
	small = least(&p->fit, info.w, info.h);
	if (cd_jpeg_pixels(p->jpeg, &small, &p->decoded, &got, e) < 0 ||
	    turn(p, info.orientation, &got.w, &got.h, &pixels, e) < 0)
		return -1;
	out->more = false;
	return fit(p,
	    &(struct cd_fit_input){ .pixels = pixels->data,
		.w = got.w,
		.h = got.h,
		.full_w = info.w,
		.full_h = info.h,
		.denominator = got.denominator,
		.from_right = (1 << info.orientation & MIRRORED) != 0,
		.from_bottom = (1 << info.orientation & UPSIDE_DOWN) != 0 },
	    out, e);
}

static int
run_still(struct cd_picturer *p, cd_still_read *reads, struct cd_picture *out,
    struct cd_err *e)
{
	struct cd_buf *pixels;
	struct cd_still s;

	if (reads(&p->how, p->file.data, p->file.len, &p->decoded, &s, e) < 0 ||
	    turn(p, s.orientation, &s.w, &s.h, &pixels, e) < 0)
		return -1;
	out->more = s.more;
	return fit(p,
	    &(struct cd_fit_input){ .pixels = pixels->data,
		.w = s.w,
		.h = s.h },
	    out, e);
}

int
cd_picturer_run(struct cd_picturer *p, const char *path, struct cd_picture *out,
    struct cd_err *e)
{
	if (read_file(p, path, e) < 0)
		return -1;
	return is_jpeg(&p->file) ? run_jpeg(p, out, e) :
				   run_still(p, still_of(&p->file), out, e);
}
