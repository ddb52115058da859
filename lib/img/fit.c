#include "img/fit.h"

#include <string.h>

#include "base/num.h"

const char *const cd_fit_hows[CD_FIT_HOWS + 1] = {
	[CD_FIT_SQUASH] = "squash",
	[CD_FIT_CROP] = "crop",
	[CD_FIT_PAD] = "pad",
};

const char *const cd_fit_filters[CD_RESIZE_FILTERS + 1] = {
	[CD_RESIZE_NEAREST] = "nearest",
	[CD_RESIZE_BOX] = "box",
	[CD_RESIZE_TRIANGLE] = "triangle",
	[CD_RESIZE_BILINEAR] = "bilinear",
	[CD_RESIZE_LANCZOS3] = "lanczos3",
};

/* round(a * b / c), clamped to [1, 2^24]. */
static int
scaled(int a, int b, int c)
{
	int64_t n = ((int64_t)a * b * 2 + c) / (2 * (int64_t)c);

	return n < 1 ? 1 : n > 1 << 24 ? 1 << 24 : (int)n;
}

void
cd_fit_whole(const struct cd_fit *f, int w, int h, int *tow, int *toh)
{
	/* w / h > f.w / f.h: is it wider than the output? */
	bool wide = (int64_t)w * f->h > (int64_t)f->w * h;

	*tow = f->w;
	*toh = f->h;
	if (f->how == CD_FIT_SQUASH)
		return;
	if (wide == (f->how == CD_FIT_CROP))
		*tow = scaled(w, f->h, h);
	else
		*toh = scaled(h, f->w, w);
}

/* Takes n bytes, 64-byte aligned, from base; only counts where base is NULL. */
static void *
cut(unsigned char *base, size_t *used, size_t n)
{
	void *p = base ? base + *used : NULL;

	*used += cd_round_up(n, 64);
	return p;
}

static void
place(struct cd_resize_axis *a, unsigned char *base, size_t *used)
{
	size_t n = (size_t)a->dst;

	a->start = cut(base, used, n * sizeof *a->start);
	a->count = cut(base, used, n * sizeof *a->count);
	a->weight = cut(base, used, n * (size_t)a->taps * sizeof *a->weight);
}

/* The part of the picture that is fitted, from its upper left corner, in pixels
 * as they are, shrunk or not. */
struct part {
	double x, y, w, h;
};

static struct part
part_of(const struct cd_fit *f, const struct cd_fit_input *in)
{
	double n = in->denominator;
	struct part p = { 0, 0, in->full_w / n, in->full_h / n };
	double left = in->from_right ? in->w - p.w : 0;
	double top = in->from_bottom ? in->h - p.h : 0;
	bool wide = (int64_t)in->full_w * f->h > (int64_t)f->w * in->full_h;
	double w = p.w, h = p.h;

	if (f->how == CD_FIT_CROP && wide)
		p.w = h * f->w / f->h;
	else if (f->how == CD_FIT_CROP)
		p.h = w * f->h / f->w;
	p.x = left + (w - p.w) / 2;
	p.y = top + (h - p.h) / 2;
	return p;
}

/* The tables for such pictures. */
static int
prepare(struct cd_fitter *t, const struct cd_fit *f,
    const struct cd_fit_input *in, struct cd_err *e)
{
	struct part part = part_of(f, in);
	size_t used = 0, row;

	t->like.w = 0; /* none, until the tables are complete */
	t->x.dst = f->w;
	t->y.dst = f->h;
	if (f->how != CD_FIT_CROP)
		cd_fit_whole(f, in->full_w, in->full_h, &t->x.dst, &t->y.dst);
	t->left = (f->w - t->x.dst) / 2;
	t->top = (f->h - t->y.dst) / 2;
	t->x.src = in->w;
	t->y.src = in->h;
	t->x.taps = cd_resize_taps(f->filter, part.w, t->x.dst);
	t->y.taps = cd_resize_taps(f->filter, part.h, t->y.dst);
	place(&t->x, NULL, &used);
	place(&t->y, NULL, &used);
	row = (3 * ((size_t)in->w + (size_t)t->x.taps) + 8) * sizeof(int16_t);
	if (cd_buf_reserve(&t->tables, used, e) < 0 ||
	    cd_buf_reserve(&t->row, row, e) < 0)
		return -1;
	memset(t->row.data, 0, row);
	used = 0;
	place(&t->x, t->tables.data, &used);
	place(&t->y, t->tables.data, &used);
	cd_resize_fill(&t->x, f->filter, part.x, part.w);
	cd_resize_fill(&t->y, f->filter, part.y, part.h);
	t->like = *in;
	return 0;
}

static bool
alike(const struct cd_fit_input *a, const struct cd_fit_input *b)
{
	return a->w == b->w && a->h == b->h && a->full_w == b->full_w &&
	    a->full_h == b->full_h && a->denominator == b->denominator &&
	    a->from_right == b->from_right && a->from_bottom == b->from_bottom;
}

int
cd_fitter_run(struct cd_fitter *t, const struct cd_fit *f,
    const struct cd_fit_input *picture, uint8_t *out, struct cd_err *e)
{
	const struct cd_resize_variant *ops = cd_resize_best();
	struct cd_fit_input in = *picture;
	size_t stride = 3 * (size_t)in.w, to = 3 * (size_t)f->w;
	int16_t *row;
	int x0, x1, y, last;

	if (in.denominator == 0) {
		in.full_w = in.w;
		in.full_h = in.h;
		in.denominator = 1;
	}
	if (!alike(&in, &t->like) && prepare(t, f, &in, e) < 0)
		return -1;
	if (t->x.dst != f->w || t->y.dst != f->h)
		memset(out, 0, to * (size_t)f->h);
	out += t->top * to + 3 * (size_t)t->left;
	/* a crop needs only some of the columns */
	last = t->x.dst - 1;
	x0 = 3 * t->x.start[0];
	x1 = 3 * (t->x.start[last] + t->x.count[last]);
	row = (int16_t *)(void *)t->row.data;
	for (y = 0; y < t->y.dst; y++, out += to) {
		ops->down(row + x0, in.pixels + t->y.start[y] * stride + x0,
		    stride, x1 - x0, t->y.weight + (size_t)y * t->y.taps,
		    t->y.count[y]);
		ops->across(out, row, &t->x);
	}
	return 0;
}

void
cd_fitter_free(struct cd_fitter *t)
{
	cd_buf_free(&t->tables);
	cd_buf_free(&t->row);
	memset(t, 0, sizeof *t);
}
