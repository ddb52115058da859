/* Depthwise convolution: each channel by itself, vectors along channels. Output
 * columns that the same taps reach form runs: one for each column near the
 * border, one for all others. A run is processed row by row, so that the rows
 * that a window spans stay in cache for the next.
 *
 * The gradient of x is such a convolution of dz, with every stride'th tap, in
 * reverse order. */
#include "kern/conv_depth.h"

#include <string.h>

#include "kern/conv.h"

/* ---- the inner loops, for any machine ---- */

static void
sum_plain(const struct cd_depth_sum *s)
{
	int p, u, v, k;

	for (p = 0; p < s->pixels; p++) {
		float *y = s->y + p * s->yp;

		for (k = 0; k < s->n; k++)
			y[k] = s->from ? s->from[p * s->fromp + k] : 0;
		for (u = 0; u < s->nu; u++)
			for (v = 0; v < s->nv; v++) {
				const float *x = s->x + p * s->xp + u * s->xu +
				    v * s->xv;
				const float *w = s->w + u * s->wu + v * s->wv;

				for (k = 0; k < s->n; k++)
					y[k] += x[k] * w[k];
			}
		for (k = 0; s->relu && k < s->n; k++)
			y[k] = y[k] <= 0 ? 0 : y[k];
	}
}

static void
grad_plain(const struct cd_depth_grad *g)
{
	int p, t, k;

	for (p = 0; p < g->pixels; p++)
		for (t = 0; t < g->taps; t++) {
			const float *x = g->x + p * g->xp + g->xt[t];
			const float *dz = g->dz + p * g->dzp;
			float *dw = g->dw + g->wt[t];

			for (k = 0; k < g->n; k++)
				dw[k] += x[k] * dz[k];
		}
}

extern const struct cd_conv_variant cd_conv_depth;

const struct cd_depth cd_depth_plain = { &cd_conv_depth, sum_plain,
	grad_plain };

/* ---- which taps reach a row or column ---- */

/* count taps meet consecutive rows (or columns) of the other map. Forward: taps
 * first, first + 1, ... meet rows at, at + 1, ...; back: taps first, first +
 * stride, ... meet rows at, at - 1, ... */
struct line {
	int first, count, at;
};

static struct line
clip(int first, int count, int at)
{
	struct line none = { 0, 0, 0 };

	return count > 0 ? (struct line){ first, count, at } : none;
}

/* The taps, of k, of output row (or column) i that are inside a map of size
 * rows. */
static struct line
forth(const struct cd_conv *c, int i, int size, int k)
{
	int begin = i * c->stride - c->pad;
	int first = begin < 0 ? -begin : 0;
	int end = begin + k > size ? size - begin : k;

	return clip(first, end - first, begin + first);
}

/* The taps, of k, by which outputs 0 .. out-1 reach input row i. */
static struct line
back(const struct cd_conv *c, int i, int out, int k)
{
	int first = (i + c->pad) % c->stride, at = (i + c->pad) / c->stride;
	int count;

	if (at >= out) {
		first += (at - out + 1) * c->stride;
		at = out - 1;
	}
	count = (k - first + c->stride - 1) / c->stride;
	return clip(first, count < at + 1 ? count : at + 1, at);
}

static bool
same(struct line a, struct line b)
{
	return a.first == b.first && a.count == b.count;
}

/* ---- forward ---- */

/* Output columns j .. end-1 of the rows; col: their taps. */
static void
forward_run(const struct cd_depth *how, const struct cd_conv *c,
    struct cd_depth_rows r, const float *x, const float *w, const float *b,
    float *y, int j, int end, struct line col)
{
	ptrdiff_t n = c->cin;
	struct cd_depth_sum s = { .pixels = end - j,
		.n = c->cin,
		.nv = col.count,
		.from = b,
		.xp = c->stride * n,
		.xu = c->w * n,
		.xv = n,
		.wu = c->kw * n,
		.wv = n,
		.yp = n,
		.relu = c->relu };
	int i;

	for (i = r.from; i < r.to; i++) {
		struct line row = forth(c, i, c->h, c->kh);

		s.nu = row.count;
		s.x = x + ((ptrdiff_t)(row.at - r.first) * c->w + col.at) * n;
		s.w = w + ((ptrdiff_t)row.first * c->kw + col.first) * n;
		s.y = y + ((ptrdiff_t)(i - r.from) * c->ow + j) * n;
		how->sum(&s);
	}
}

void
cd_depth_rows_forward(const struct cd_depth *how, const struct cd_conv *c,
    struct cd_depth_rows r, const float *x, const float *w, const float *b,
    float *y)
{
	struct line col;
	int j, end;

	for (j = 0; j < c->ow; j = end) {
		col = forth(c, j, c->w, c->kw);
		for (end = j + 1;
		     end < c->ow && same(col, forth(c, end, c->w, c->kw));
		     end++)
			;
		forward_run(how, c, r, x, w, b, y, j, end, col);
	}
}

void
cd_depth_forward(const struct cd_depth *how, const struct cd_conv *c, int n,
    const float *x, const float *w, const float *b, float *y)
{
	const struct cd_depth_rows all = { 0, c->oh, 0 };
	size_t nx = (size_t)c->h * c->w * c->cin;
	size_t ny = (size_t)c->oh * c->ow * c->cin;

	for (; n > 0; n--, x += nx, y += ny)
		cd_depth_rows_forward(how, c, all, x, w, b, y);
}

/* ---- backward: x ---- */

/* Every stride'th input column from j on, below end, of the rows. */
static void
dx_run(const struct cd_depth *how, const struct cd_conv *c,
    struct cd_depth_rows r, const float *dz, const float *w, float *dx, int j,
    int end, struct line col)
{
	ptrdiff_t n = c->cin, step = c->stride;
	struct cd_depth_sum s = { .pixels = (end - j + c->stride - 1) /
		    c->stride,
		.n = c->cin,
		.nv = col.count,
		.xp = n,
		.xu = -c->ow * n,
		.xv = -n,
		.wu = step * c->kw * n,
		.wv = step * n,
		.fromp = step * n,
		.yp = step * n };
	int i;

	for (i = r.from; i < r.to; i++) {
		struct line row = back(c, i, c->oh, c->kh);

		s.nu = row.count;
		/* where no tap reaches, row.at is none of those at dz */
		s.x = dz + (row.count ? row.at - r.first : 0) * c->ow * n +
		    col.at * n;
		s.w = w + ((ptrdiff_t)row.first * c->kw + col.first) * n;
		s.y = dx + ((ptrdiff_t)i * c->w + j) * n;
		s.from = c->add_dx ? s.y : NULL;
		how->sum(&s);
	}
}

void
cd_depth_rows_dx(const struct cd_depth *how, const struct cd_conv *c,
    struct cd_depth_rows r, const float *dz, const float *w, float *dx)
{
	struct line col;
	int phase, j, end;

	for (phase = 0; phase < c->stride; phase++)
		for (j = phase; j < c->w; j = end) {
			col = back(c, j, c->ow, c->kw);
			for (end = j + c->stride; end < c->w &&
			     same(col, back(c, end, c->ow, c->kw));
			     end += c->stride)
				;
			dx_run(how, c, r, dz, w, dx, j, end < c->w ? end : c->w,
			    col);
		}
}

/* ---- backward: weights ---- */

/* A run in one row of the output, its taps CD_DEPTH_TAPS at a time. */
static void
dw_row(const struct cd_depth *how, const struct cd_conv *c,
    struct cd_depth_grad *g, struct line row, struct line col)
{
	ptrdiff_t n = c->cin;
	int t, u, v, all = row.count * col.count;

	g->taps = 0;
	for (t = 0; t < all; t++) {
		u = t / col.count;
		v = t % col.count;
		g->xt[g->taps] = ((ptrdiff_t)u * c->w + v) * n;
		g->wt[g->taps] = ((ptrdiff_t)u * c->kw + v) * n;
		if (++g->taps < CD_DEPTH_TAPS && t + 1 < all)
			continue;
		how->grad(g);
		g->taps = 0;
	}
}

static void
dw_run(const struct cd_depth *how, const struct cd_conv *c,
    struct cd_depth_rows r, const float *x, const float *dz, float *dw, int j,
    int end, struct line col)
{
	ptrdiff_t n = c->cin;
	struct cd_depth_grad g = { .pixels = end - j,
		.n = c->cin,
		.xp = c->stride * n,
		.dzp = n };
	int i;

	for (i = r.from; i < r.to; i++) {
		struct line row = forth(c, i, c->h, c->kh);

		g.x = x + ((ptrdiff_t)(row.at - r.first) * c->w + col.at) * n;
		g.dz = dz + ((ptrdiff_t)(i - r.from) * c->ow + j) * n;
		g.dw = dw + ((ptrdiff_t)row.first * c->kw + col.first) * n;
		dw_row(how, c, &g, row, col);
	}
}

void
cd_depth_rows_dw(const struct cd_depth *how, const struct cd_conv *c,
    struct cd_depth_rows r, const float *x, const float *dz, float *dw)
{
	int run = cd_conv_blocks(how->variant)->run, j, end;
	struct line col;

	for (j = 0; j < c->ow; j = end) {
		col = forth(c, j, c->w, c->kw);
		for (end = j + 1; end < c->ow && end < j + run &&
		     same(col, forth(c, end, c->w, c->kw));
		     end++)
			;
		dw_run(how, c, r, x, dz, dw, j, end, col);
	}
}

/* ---- backward ---- */

/* The gradient before ReLU. */
static void
unfinish(size_t n, const float *restrict y, const float *restrict dy,
    float *restrict dz)
{
	size_t i;

	for (i = 0; i < n; i++)
		dz[i] = y[i] <= 0 ? 0 : dy[i];
}

static void
add_db(const struct cd_conv *c, const float *restrict dz, float *restrict db)
{
	size_t i, n = (size_t)c->cin, pixels = (size_t)c->oh * c->ow, k;

	for (i = 0; i < pixels; i++, dz += n)
		for (k = 0; k < n; k++)
			db[k] += dz[k];
}

void
cd_depth_backward(const struct cd_depth *how, const struct cd_conv *c, int n,
    const float *x, const float *w, const float *y, const float *dy, float *dw,
    float *db, float *dx, float *scratch)
{
	size_t nx = (size_t)c->h * c->w * c->cin;
	size_t ny = (size_t)c->oh * c->ow * c->cin;
	const struct cd_depth_rows out = { 0, c->oh, 0 };
	const struct cd_depth_rows in = { 0, c->h, 0 };
	const float *dz = dy;
	int k;

	cd_conv_clear_dw(c, cd_conv_weights(c), dw, db);
	for (k = 0; k < n; k++, x += nx, y += ny, dy += ny) {
		dz = dy;
		if (c->relu) {
			unfinish(ny, y, dy, scratch);
			dz = scratch;
		}
		if (db)
			add_db(c, dz, db);
		cd_depth_rows_dw(how, c, out, x, dz, dw);
		if (dx)
			cd_depth_rows_dx(how, c, in, dz, w, dx + k * nx);
	}
}

/* ---- the variant for any machine ---- */

bool
cd_depth_fits(const struct cd_conv *c)
{
	return c->groups == c->cin && c->cin == c->cout && c->pool == 0;
}

size_t
cd_depth_scratch(const struct cd_conv *c)
{
	return c->relu ? (size_t)c->oh * c->ow * c->cin : 1;
}

static void
forward(const struct cd_conv *c, int n, const float *x, const float *w,
    const float *b, float *y, uint8_t *which, float *scratch)
{
	(void)which;
	(void)scratch;
	cd_depth_forward(&cd_depth_plain, c, n, x, w, b, y);
}

static void
backward(const struct cd_conv *c, int n, const float *x, const float *w,
    const float *y, const uint8_t *which, const float *dy, float *dw, float *db,
    float *dx, float *scratch)
{
	(void)which;
	cd_depth_backward(&cd_depth_plain, c, n, x, w, y, dy, dw, db, dx,
	    scratch);
}

const struct cd_conv_variant cd_conv_depth = {
	.name = "depth",
	.fits = cd_depth_fits,
	.scratch = cd_depth_scratch,
	.forward = forward,
	.backward = backward,
	.depth = &cd_depth_plain,
};
