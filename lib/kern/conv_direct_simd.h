/* Convolution as a matrix product whose left side is the picture itself: the
 * columns and channels of a row of the window are contiguous, and those of the
 * next pixel are stride * cin floats further on. So no patches are copied,
 * except for small maps, where a row of the output does not fill a tile or the
 * weights would leave the cache between rows: there the patches of several
 * pictures are packed (im2col).
 *
 * K = kh kw cin; K' is K rounded up to a multiple of CD_VEC. Weights are
 * prepared as panels of [K,cout] for the forward pass and of [cout,K'] for the
 * gradient of the input. */
#ifndef CD_KERN_CONV_DIRECT_SIMD_H
#define CD_KERN_CONV_DIRECT_SIMD_H

#include <string.h>

#include "kern/conv.h"
#include "kern/conv_sides_simd.h"
#include "kern/tile_simd.h"
#include "kern/conv_rows.h"

/* ---- what follows the convolution ---- */

/* Of `lanes` channels: y = relu(y + b). */
CD_INLINE void
finish_some(int lanes, bool relu, const float *b, float *y)
{
	cd_vec v = cd_vec_get(y, lanes);

	if (b)
		v = v + cd_vec_get(b, lanes);
	/* NaN passes */
	if (relu)
		v = cd_vec_max(cd_vec_all(0), v);
	cd_vec_put(y, lanes, v);
}

/* Bias and ReLU on n pixels, in place. */
static void
finish(const struct cd_conv *c, size_t n, const float *b, float *y)
{
	size_t i;
	int o;

	if (!b && !c->relu)
		return;
	for (i = 0; i < n; i++, y += c->cout) {
		for (o = 0; o + CD_VEC <= c->cout; o += CD_VEC)
			finish_some(CD_VEC, c->relu, b ? b + o : NULL, y + o);
		if (o < c->cout)
			finish_some(c->cout - o, c->relu, b ? b + o : NULL,
			    y + o);
	}
}

/* Of `lanes` channels: dz = dy where y is open; db += dz. */
CD_INLINE void
unfinish_some(int lanes, bool relu, const float *y, const float *dy, float *dz,
    float *db)
{
	cd_vec g = cd_vec_get(dy, lanes);

	if (relu)
		g = cd_vec_unless(cd_vec_le(cd_vec_get(y, lanes),
				      cd_vec_all(0)),
		    g);
	cd_vec_put(dz, lanes, g);
	if (db)
		cd_vec_put(db, lanes, cd_vec_get(db, lanes) + g);
}

/* The gradient before ReLU of n pixels; adds its sum to db. Returns dz, or dy
 * if there is neither ReLU nor db. */
static const float *
unfinish(const struct cd_conv *c, size_t n, const float *y, const float *dy,
    float *dz, float *db)
{
	size_t at, end = n * c->cout;
	int o, left = c->cout % CD_VEC, whole = c->cout - left;

	if (!c->relu && !db)
		return dy;
	for (at = 0; at < end; at += c->cout) {
		for (o = 0; o < whole; o += CD_VEC)
			unfinish_some(CD_VEC, c->relu, y + at + o, dy + at + o,
			    dz + at + o, db ? db + o : NULL);
		if (left)
			unfinish_some(left, c->relu, y + at + o, dy + at + o,
			    dz + at + o, db ? db + o : NULL);
	}
	return dz;
}

/* ---- forward ---- */

static void
forward_packed(const struct direct *d, int n, const float *x, const float *pw,
    const float *b, float *y)
{
	const struct cd_conv *c = d->c;
	size_t nx = (size_t)c->h * c->w * c->cin, m = (size_t)c->oh * c->ow;
	int p, i, q;

	for (p = 0; p < n; p += q) {
		q = n - p < d->pictures ? n - p : d->pictures;
		for (i = 0; i < q; i++)
			pack(d, x + (p + i) * nx, d->patch + i * m * d->k);
		multiply(left_side(d, NULL, 0), (int)(q * m), c->cout, d->k, pw,
		    y + p * m * c->cout);
		finish(c, q * m, b, y + p * m * c->cout);
	}
}

static void
forward_one(const struct direct *d, const float *x, const float *pw,
    const float *b, float *y, uint8_t *which)
{
	const struct cd_conv *c = d->c;
	size_t row = (size_t)c->ow * c->cout, yrow = (size_t)c->yw * c->cout;
	int from = c->from, to = c->to ? c->to : c->yh, i, u, rows;

	if (c->pad > 0)
		pad_picture(d, x);
	for (i = 2 * from; c->pool && i + 2 <= 2 * to; i += 2) {
		for (u = 0; u < 2; u++)
			multiply(left_side(d, x, i + u), c->ow, c->cout, d->k,
			    pw, d->z + u * row);
		cd_conv_pool_rows(c, d->z, 2, b, y + i / 2 * yrow,
		    which ? which + i / 2 * yrow : NULL);
	}
	for (i = from; !c->pool && i < to; i += rows) {
		/* the pixels of a plain map are equidistant across rows */
		rows = !is_plain(c) ? 1 : to - i < d->rows ? to - i : d->rows;
		multiply(left_side(d, x, i), rows * c->ow, c->cout, d->k, pw,
		    y + i * row);
		finish(c, (size_t)rows * c->ow, b, y + i * row);
	}
}

static void
forward(const struct cd_conv *c, int n, const float *x, const float *pw,
    const float *b, float *y, uint8_t *which, float *scratch)
{
	size_t nx = (size_t)c->h * c->w * c->cin;
	size_t ny = (size_t)c->yh * c->yw * c->cout;
	struct direct d;
	int k;

	set_up(&d, c, scratch);
	if (d.packed) {
		/* small: the first band computes all rows */
		if (c->from == 0)
			forward_packed(&d, n, x, pw, b, y);
		return;
	}
	for (k = 0; k < n; k++)
		forward_one(&d, x + k * nx, pw, b, y + k * ny,
		    c->pool && which ? which + k * ny : NULL);
}

/* ---- backward ---- */

/* dW += A' dz over t.stretches rows of t.length pixels each, or all packed
 * ones; t.b: dz. Only rows from .. from + count - 1 of dw, of which t.a is the
 * first. */
static void
multiply_weights(const struct cd_conv *c, struct cd_tile t, int from, int count,
    float *dw)
{
	const float *a = t.a, *b = t.b;
	int i, j, rows, width;

	t.add = true;
	t.ci = t.bk = (size_t)c->cout;
	for (j = 0; j < c->cout; j += width) {
		width = cd_tile_columns(c->cout - j);
		t.b = b + j;
		for (i = 0; i < count; i += rows) {
			rows = cd_tile_rows(count - i);
			t.a = a + i;
			t.c = dw + (size_t)(from + i) * c->cout + j;
			cd_tile(rows, width, &t);
		}
	}
}

/* Rows i0 .. i1-1 of one picture. */
static void
add_weights(const struct direct *d, const float *x, const float *dz, int i0,
    int i1, float *dw)
{
	const struct cd_conv *c = d->c;
	struct cd_tile t = left_side(d, x, i0);
	int u, seg = t.length;
	const float *a = t.a;

	t.b = dz;
	t.bs = (size_t)c->ow * c->cout;
	t.ak = t.ai;
	t.ai = 1;
	t.as = c->stride * d->line;
	t.stretches = i1 - i0;
	t.length = c->ow;
	for (u = 0; u < c->kh; u++) {
		t.a = a + u * d->line;
		multiply_weights(c, t, u * seg, seg, dw);
	}
}

/* to (+)= dz W', of m pixels; to: dx itself, or patches for unpack(). */
static void
add_input(const struct direct *d, int m, const float *dz, const float *back,
    float *to)
{
	const struct cd_conv *c = d->c;
	struct cd_tile t = { .a = dz,
		.ai = (size_t)c->cout,
		.ak = 1,
		.stretches = 1,
		.length = c->cout,
		.add = d->straight && c->add_dx };

	multiply(t, m, d->kp, c->cout, back, to);
}

static void
backward_packed(const struct direct *d, int n, const float *x,
    const float *back, const float *y, const float *dy, float *dw, float *db,
    float *dx)
{
	const struct cd_conv *c = d->c;
	size_t nx = (size_t)c->h * c->w * c->cin, m = (size_t)c->oh * c->ow;
	int p, i, q;

	for (p = 0; p < n; p += q) {
		size_t at = p * m * c->cout;
		struct cd_tile t = left_side(d, NULL, 0);
		const float *dz;

		q = n - p < d->pictures ? n - p : d->pictures;
		for (i = 0; i < q; i++)
			pack(d, x + (p + i) * nx, d->patch + i * m * d->k);
		dz = unfinish(c, q * m, y + at, dy + at, d->z, db);
		t.b = dz;
		t.ak = (size_t)d->k;
		t.ai = 1;
		t.length = (int)(q * m);
		multiply_weights(c, t, 0, d->k, dw);
		if (!dx)
			continue;
		add_input(d, (int)(q * m), dz, back, d->dp);
		for (i = 0; i < q; i++)
			unpack(d, d->dp + i * m * d->kp, 0, c->oh,
			    dx + (p + i) * nx);
	}
}

static void
backward_one(const struct direct *d, const float *x, const float *back,
    const float *y, const uint8_t *which, const float *dy, float *dw, float *db,
    float *dx)
{
	const struct cd_conv *c = d->c;
	size_t row = (size_t)c->ow * c->cout;
	const float *dz;
	int i, i1;

	if (c->pad > 0)
		pad_picture(d, x);
	for (i = 0; i < c->oh; i = i1) {
		i1 = i + d->rows < c->oh ? i + d->rows : c->oh;
		dz = d->z;
		if (c->pool)
			cd_conv_unpool_rows(c, which, dy, i, i1, d->z, db);
		else
			dz = unfinish(c, (size_t)(i1 - i) * c->ow, y + i * row,
			    dy + i * row, d->z, db);
		add_weights(d, x, dz, i, i1, dw);
		if (dx && d->straight) {
			add_input(d, (i1 - i) * c->ow, dz, back,
			    dx + (size_t)i * c->w * c->cin);
		} else if (dx) {
			add_input(d, (i1 - i) * c->ow, dz, back, d->dp);
			unpack(d, d->dp, i, i1, dx);
		}
	}
}

static void
backward(const struct cd_conv *c, int n, const float *x, const float *pw,
    const float *y, const uint8_t *which, const float *dy, float *dw, float *db,
    float *dx, float *scratch)
{
	size_t nx = (size_t)c->h * c->w * c->cin;
	size_t ny = (size_t)c->yh * c->yw * c->cout;
	const float *back = pw + gradient_floats(c);
	struct direct d;
	int k;

	set_up(&d, c, scratch);
	cd_conv_clear_dw(c, gradient_floats(c), dw, db);
	if (dx && !c->add_dx && !d.straight)
		memset(dx, 0, n * nx * sizeof *dx);
	if (d.packed) {
		backward_packed(&d, n, x, back, y, dy, dw, db, dx);
		return;
	}
	for (k = 0; k < n; k++)
		backward_one(&d, x + k * nx, back, y + k * ny,
		    c->pool ? which + k * ny : NULL, dy + k * ny, dw, db,
		    dx ? dx + k * nx : NULL);
}

/* ---- in rounds: packed only, whose weights are the many ---- */

enum {
	NEAR = 192, /* pixels: their columns of a tile of dW stay in L1 */
};

/* Memory of the rounds: patches [n,oh,ow,K], then dz. */
struct all {
	float *patch, *z;
	size_t m; /* pixels of a picture */
	size_t floats;
};

static struct all
all_of(const struct direct *d, int n, float *all)
{
	size_t m = (size_t)d->c->oh * d->c->ow;
	size_t patches = align16(n * m * d->k);

	return (struct all){ all, all ? all + patches : NULL, m,
		patches + n * m * d->c->cout };
}

static size_t
rounds_floats(const struct cd_conv *c, int n)
{
	struct direct d;

	set_up(&d, c, NULL);
	return all_of(&d, n, NULL).floats;
}

static bool
rounds_fit(const struct cd_conv *c)
{
	struct direct d;

	set_up(&d, c, NULL);
	return d.packed;
}

static void
rounds_in(const struct cd_conv *c, int n, int from, int to, const float *x,
    float *all)
{
	size_t nx = (size_t)c->h * c->w * c->cin;
	struct direct d;
	struct all a;
	int i;

	set_up(&d, c, NULL);
	a = all_of(&d, n, all);
	for (i = from; i < to; i++, x += nx)
		pack(&d, x, a.patch + i * a.m * d.k);
}

static void
rounds_out_back(const struct cd_conv *c, int n, int from, int to,
    const float *y, const uint8_t *which, const float *dy, float *db,
    float *all, float *scratch)
{
	size_t m = (to - from) * (size_t)c->oh * c->ow;
	const float *dz;
	struct direct d;
	struct all a;
	float *z;

	(void)which;
	(void)scratch;
	set_up(&d, c, NULL);
	a = all_of(&d, n, all);
	z = a.z + from * a.m * c->cout;
	dz = unfinish(c, m, y, dy, z, db);
	if (dz != z)
		memcpy(z, dz, m * c->cout * sizeof *z);
}

/* A task has some of the K rows of dW, in whole tiles. */
static void
rounds_weights(const struct cd_conv *c, int n, int task, float *all, float *dpw)
{
	struct direct d;
	struct all a;
	struct cd_tile t = { .stretches = 1 };
	int tiles, from, to, pixels, i;

	set_up(&d, c, NULL);
	a = all_of(&d, n, all);
	tiles = (d.k + CD_VEC_ROWS - 1) / CD_VEC_ROWS;
	from = tiles * task / CD_CONV_ROUND_TASKS * CD_VEC_ROWS;
	to = tiles * (task + 1) / CD_CONV_ROUND_TASKS * CD_VEC_ROWS;
	to = to < d.k ? to : d.k;
	pixels = (int)(n * a.m);
	if (from < to)
		memset(dpw + (size_t)from * c->cout, 0,
		    (size_t)(to - from) * c->cout * sizeof *dpw);
	for (i = 0; from < to && i < pixels; i += t.length) {
		t.a = a.patch + (size_t)i * d.k + from;
		t.ak = (size_t)d.k;
		t.ai = 1;
		t.b = a.z + (size_t)i * c->cout;
		t.length = pixels - i < NEAR ? pixels - i : NEAR;
		multiply_weights(c, t, from, to - from, dpw);
	}
}

static void
rounds_in_back(const struct cd_conv *c, int n, int from, int to,
    const float *pw, float *all, float *dx, float *scratch)
{
	size_t nx = (size_t)c->h * c->w * c->cin;
	const float *back = pw + gradient_floats(c);
	struct direct d;
	struct all a;
	int p, i, q;

	set_up(&d, c, scratch);
	a = all_of(&d, n, all);
	if (!c->add_dx)
		memset(dx, 0, (to - from) * nx * sizeof *dx);
	for (p = from; p < to; p += q) {
		q = to - p < d.pictures ? to - p : d.pictures;
		add_input(&d, (int)(q * a.m), a.z + p * a.m * c->cout, back,
		    d.dp);
		for (i = 0; i < q; i++)
			unpack(&d, d.dp + i * a.m * d.kp, 0, c->oh,
			    dx + (p - from + i) * nx);
	}
}

static const struct cd_conv_rounds rounds = {
	.fits = rounds_fit,
	.floats = rounds_floats,
	.in_again = rounds_in,
	.out_back = rounds_out_back,
	.weights = rounds_weights,
	.in_back = rounds_in_back,
};

const struct cd_conv_variant VARIANT = {
	.name = NAME,
	.fits = fits,
	.scratch = scratch_floats,
	.forward = forward,
	.backward = backward,
	.bands = true,
	.prepared = prepared_floats,
	.gradient = gradient_floats,
	.prepare = prepare,
	.gather = gather,
	.rounds = &rounds,
};

#endif
