#include "img/fit.h"

#include <math.h>
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

/* The tables for pictures of w x h. */
static int
prepare(struct cd_fitter *t, const struct cd_fit *f, int w, int h,
    struct cd_err *e)
{
	double spanw = w, spanh = h;
	size_t used = 0, row;

	t->w = 0; /* no size, until the tables are complete */
	t->x.dst = f->w;
	t->y.dst = f->h;
	if (f->how == CD_FIT_CROP && (int64_t)w * f->h > (int64_t)f->w * h)
		spanw = (double)h * f->w / f->h;
	else if (f->how == CD_FIT_CROP)
		spanh = (double)w * f->h / f->w;
	else
		cd_fit_whole(f, w, h, &t->x.dst, &t->y.dst);
	t->left = (f->w - t->x.dst) / 2;
	t->top = (f->h - t->y.dst) / 2;
	t->x.src = w;
	t->y.src = h;
	t->x.taps = cd_resize_taps(f->filter, spanw, t->x.dst);
	t->y.taps = cd_resize_taps(f->filter, spanh, t->y.dst);
	place(&t->x, NULL, &used);
	place(&t->y, NULL, &used);
	row = (3 * ((size_t)w + (size_t)t->x.taps) + 8) * sizeof(int16_t);
	if (cd_buf_reserve(&t->tables, used, e) < 0 ||
	    cd_buf_reserve(&t->row, row, e) < 0)
		return -1;
	memset(t->row.data, 0, row);
	used = 0;
	place(&t->x, t->tables.data, &used);
	place(&t->y, t->tables.data, &used);
	cd_resize_fill(&t->x, f->filter, (w - spanw) / 2, spanw);
	cd_resize_fill(&t->y, f->filter, (h - spanh) / 2, spanh);
	t->w = w;
	t->h = h;
	return 0;
}

int
cd_fitter_run(struct cd_fitter *t, const struct cd_fit *f, const uint8_t *in,
    int w, int h, uint8_t *out, struct cd_err *e)
{
	const struct cd_resize_variant *ops = cd_resize_best();
	size_t stride = 3 * (size_t)w, to = 3 * (size_t)f->w;
	int16_t *row;
	int x0, x1, y, last;

	if ((w != t->w || h != t->h) && prepare(t, f, w, h, e) < 0)
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
		ops->down(row + x0, in + t->y.start[y] * stride + x0, stride,
		    x1 - x0, t->y.weight + (size_t)y * t->y.taps,
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
