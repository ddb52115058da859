/* Convolution by its formula: the reference that the other variants are checked
 * against. */
#include "kern/conv.h"

#include <math.h>
#include <string.h>

/* Offset in x of the pixel under tap u,v at place i,j of the convolution, or -1
 * outside. */
static ptrdiff_t
pixel(const struct cd_conv *cv, int i, int j, int u, int v)
{
	int row = i * cv->stride + u - cv->pad;
	int column = j * cv->stride + v - cv->pad;

	if (row < 0 || row >= cv->h || column < 0 || column >= cv->w)
		return -1;
	return ((ptrdiff_t)row * cv->w + column) * cv->cin;
}

/* sum[o] = b[o] + sum over u,v,c of x w at place i,j; c runs over the channels
 * of o's group. */
static void
gather(const struct cd_conv *cv, const float *x, const float *w, const float *b,
    int i, int j, float *restrict sum)
{
	int u, v, c, o, in = cv->cin / cv->groups, out = cv->cout / cv->groups;
	ptrdiff_t p;

	for (o = 0; o < cv->cout; o++)
		sum[o] = b ? b[o] : 0;
	for (u = 0; u < cv->kh; u++)
		for (v = 0; v < cv->kw; v++) {
			p = pixel(cv, i, j, u, v);
			for (c = 0; c < in; c++, w += cv->cout)
				for (o = 0; p >= 0 && o < cv->cout; o++)
					sum[o] += x[p + o / out * in + c] *
					    w[o];
		}
}

/* The adjoint, given g[o], the gradient of sum[o]. */
static void
spread(const struct cd_conv *cv, const float *x, const float *w, int i, int j,
    const float *g, float *restrict dw, float *restrict dx)
{
	int u, v, c, o, in = cv->cin / cv->groups, out = cv->cout / cv->groups;
	ptrdiff_t p, at;

	for (u = 0; u < cv->kh; u++)
		for (v = 0; v < cv->kw; v++) {
			p = pixel(cv, i, j, u, v);
			for (c = 0; c < in; c++) {
				for (o = 0; p >= 0 && o < cv->cout; o++) {
					at = p + o / out * in + c;
					dw[o] += x[at] * g[o];
					if (dx)
						dx[at] += w[o] * g[o];
				}
				w += cv->cout;
				dw += cv->cout;
			}
		}
}

/* The output cell whose window begins at place i,j of the convolution. */
static void
cell(const struct cd_conv *cv, const float *x, const float *w, const float *b,
    int i, int j, float *y, uint8_t *which, float *z)
{
	int o, q, p = cv->pool ? cv->pool : 1;

	for (q = 0; q < p * p; q++) {
		gather(cv, x, w, b, i + q / p, j + q % p, z);
		for (o = 0; o < cv->cout; o++) {
			/* the first NaN wins */
			if (q > 0 && (z[o] <= y[o] || isnan(y[o])))
				continue;
			y[o] = z[o];
			if (which)
				which[o] = (uint8_t)q;
		}
	}
	for (o = 0; cv->relu && o < cv->cout; o++) {
		/* NaN passes: it must reach the loss and be seen */
		if (!(y[o] <= 0))
			continue;
		y[o] = 0;
		if (which)
			which[o] = CD_CONV_CLOSED;
	}
}

static void
forward_one(const struct cd_conv *cv, const float *x, const float *w,
    const float *b, float *y, uint8_t *which, float *scratch)
{
	int i, j, p = cv->pool ? cv->pool : 1;

	for (i = 0; i < cv->yh; i++)
		for (j = 0; j < cv->yw; j++) {
			cell(cv, x, w, b, i * p, j * p, y, which, scratch);
			y += cv->cout;
			which = which ? which + cv->cout : NULL;
		}
}

/* g[o]: the part of dy[o] that passes to place q of the window. */
static void
pass(const struct cd_conv *cv, const float *y, const uint8_t *which,
    const float *dy, int q, float *g)
{
	bool open;
	int o;

	for (o = 0; o < cv->cout; o++) {
		open = cv->pool ? which[o] == q : !(cv->relu && y[o] <= 0);
		g[o] = open ? dy[o] : 0;
	}
}

static void
forward(const struct cd_conv *cv, int n, const float *x, const float *w,
    const float *b, float *y, uint8_t *which, float *scratch)
{
	size_t nx = (size_t)cv->h * cv->w * cv->cin;
	size_t ny = (size_t)cv->yh * cv->yw * cv->cout;
	int k;

	for (k = 0; k < n; k++)
		forward_one(cv, x + k * nx, w, b, y + k * ny,
		    cv->pool ? which + k * ny : NULL, scratch);
}

static void
backward_one(const struct cd_conv *cv, const float *x, const float *w,
    const float *y, const uint8_t *which, const float *dy, float *dw, float *db,
    float *dx, float *g)
{
	int i, j, o, q, p = cv->pool ? cv->pool : 1;

	if (dx && !cv->add_dx)
		memset(dx, 0, (size_t)cv->h * cv->w * cv->cin * sizeof *dx);
	for (i = 0; i < cv->yh; i++)
		for (j = 0; j < cv->yw; j++) {
			for (q = 0; q < p * p; q++) {
				pass(cv, y, which, dy, q, g);
				for (o = 0; db && o < cv->cout; o++)
					db[o] += g[o];
				spread(cv, x, w, i * p + q / p, j * p + q % p,
				    g, dw, dx);
			}
			y += cv->cout;
			dy += cv->cout;
			which = cv->pool ? which + cv->cout : NULL;
		}
}

static void
backward(const struct cd_conv *cv, int n, const float *x, const float *w,
    const float *y, const uint8_t *which, const float *dy, float *dw, float *db,
    float *dx, float *g)
{
	size_t nx = (size_t)cv->h * cv->w * cv->cin;
	size_t ny = (size_t)cv->yh * cv->yw * cv->cout;
	int k;

	cd_conv_clear_dw(cv, cd_conv_weights(cv), dw, db);
	for (k = 0; k < n; k++)
		backward_one(cv, x + k * nx, w, y + k * ny,
		    cv->pool ? which + k * ny : NULL, dy + k * ny, dw, db,
		    dx ? dx + k * nx : NULL, g);
}

static bool
fits(const struct cd_conv *cv)
{
	(void)cv;
	return true;
}

static size_t
scratch_floats(const struct cd_conv *cv)
{
	return (size_t)cv->cout;
}

const struct cd_conv_variant cd_conv_ref = {
	.name = "ref",
	.fits = fits,
	.scratch = scratch_floats,
	.forward = forward,
	.backward = backward,
};
