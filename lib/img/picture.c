#include "img/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	STEP = 64 << 10, /* a read asks for at least so many bytes */
};

struct cd_picturer {
	struct cd_jpeg *jpeg;
	struct cd_jpeg_limits limits;
	struct cd_fit fit;
	struct cd_fitter fitter;
	struct cd_buf file, decoded, upright;
};

struct cd_picturer *
cd_picturer_new(const struct cd_jpeg_limits *limits, const struct cd_fit *fit,
    struct cd_err *e)
{
	struct cd_picturer *p = cd_calloc(1, sizeof *p, e);

	if (!p)
		return NULL;
	p->limits = *limits;
	p->fit = *fit;
	p->jpeg = cd_jpeg_new(limits, e);
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

/* Reads all of fd into p->file. */
static int
read_all(struct cd_picturer *p, int fd, struct cd_err *e)
{
	struct cd_buf *b = &p->file;
	ssize_t n;

	b->len = 0;
	for (;;) {
		if (cd_buf_reserve(b, b->len + STEP, e) < 0)
			return -1;
		n = read(fd, b->data + b->len, b->room - b->len);
		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cannot_read(e);
		b->len += (size_t)n;
		if ((int64_t)b->len > p->limits.memory)
			return cd_fail(e,
			    "the file has more bytes than the limit of %lld",
			    (long long)p->limits.memory);
	}
}

static int
read_file(struct cd_picturer *p, const char *path, struct cd_err *e)
{
	int fd, r;

	do
		fd = open(path, O_RDONLY | O_CLOEXEC);
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

int
cd_picturer_run(struct cd_picturer *p, const char *path, struct cd_picture *out,
    struct cd_err *e)
{
	struct cd_jpeg_info info;
	struct cd_jpeg_least small;
	struct cd_buf *pixels;
	size_t n;
	int w, h;

	if (read_file(p, path, e) < 0 ||
	    cd_jpeg_begin(p->jpeg, p->file.data, p->file.len, &info, e) < 0)
		return -1;
	small = least(&p->fit, info.w, info.h);
	if (cd_jpeg_pixels(p->jpeg, &small, &p->decoded, &w, &h, e) < 0 ||
	    turn(p, info.orientation, &w, &h, &pixels, e) < 0)
		return -1;
	out->w = p->fit.w ? p->fit.w : w;
	out->h = p->fit.h ? p->fit.h : h;
	n = 3 * (size_t)out->w * (size_t)out->h;
	if (cd_buf_reserve(&out->pixels, n, e) < 0)
		return -1;
	out->pixels.len = n;
	if (p->fit.w)
		return cd_fitter_run(&p->fitter, &p->fit, pixels->data, w, h,
		    out->pixels.data, e);
	memcpy(out->pixels.data, pixels->data, n);
	return 0;
}
