#include "kern/norm.h"

#include <math.h>

#include "kern/blocks.h"
#include "kern/conv.h"

/* Up to this many adjacent pixels are summed in float. */
static size_t
group(size_t left)
{
	return left < CD_NORM_PIXELS ? left : CD_NORM_PIXELS;
}

static void
sums(const struct cd_norm *p, int n, const float *x, const float *shift,
    double *sums)
{
	size_t pixels = (size_t)n * p->h * p->w, i, c = (size_t)p->c, j, k;

	for (i = 0; i < pixels; i += group(pixels - i))
		for (j = 0; j < c; j++) {
			float sum = 0, squares = 0;

			for (k = i; k < i + group(pixels - i); k++) {
				float d = x[k * c + j] - shift[j];

				sum += d;
				squares = fmaf(d, d, squares);
			}
			sums[j] += (double)sum;
			sums[c + j] += (double)squares;
		}
}

/* Of channel j, before add and ReLU. */
static float
normal(const struct cd_norm_channels *f, float x, size_t j)
{
	return (x - f->mean[j]) * f->scale[j] + f->beta[j];
}

static void
forward_plain(const struct cd_norm *p, size_t pixels, const float *x,
    const struct cd_norm_channels *f, const float *add, float *y)
{
	size_t i, c = (size_t)p->c, j;

	for (i = 0; i < pixels; i++)
		for (j = 0; j < c; j++, x++, y++) {
			float v = normal(f, *x, j);

			if (add)
				v += *add++;
			*y = p->relu && v <= 0 ? 0 : v;
		}
}

/* One output cell, all channels; x0: the window's upper left pixel. */
static void
forward_cell(const struct cd_norm *p, const float *x0,
    const struct cd_norm_channels *f, float *y, uint8_t *which, float *won)
{
	size_t c = (size_t)p->c, row = (size_t)p->w * c, j;
	int q;

	for (j = 0; j < c; j++) {
		float best = 0, from = 0;
		int at = 0;

		for (q = 0; q < 4; q++) {
			float x = x0[q / 2 * row + q % 2 * c + j];
			float v = normal(f, x, j);

			if (q > 0 && (v <= best || isnan(best)))
				continue;
			best = v;
			from = x;
			at = q;
		}
		if (p->relu && best <= 0) {
			best = 0;
			at = CD_CONV_CLOSED;
		}
		y[j] = best;
		if (which)
			which[j] = (uint8_t)at;
		if (won)
			won[j] = from;
	}
}

/* Offset in x of the window of output cell i, counted over all pictures. */
static size_t
window(const struct cd_norm *p, size_t i)
{
	size_t column = i % p->yw * 2, row = i / p->yw % p->yh * 2;
	size_t picture = i / p->yw / p->yh;

	return ((picture * p->h + row) * p->w + column) * p->c;
}

static void
forward(const struct cd_norm *p, int n, const float *x,
    const struct cd_norm_channels *f, const float *add, float *y,
    uint8_t *which, float *won)
{
	size_t cells = (size_t)n * p->yh * p->yw, i;

	if (!p->pool) {
		forward_plain(p, cells, x, f, add, y);
		return;
	}
	for (i = 0; i < cells; i++, y += p->c) {
		forward_cell(p, x + window(p, i), f, y, which, won);
		which = which ? which + p->c : NULL;
		won = won ? won + p->c : NULL;
	}
}

/* Did ReLU stop x, of channel j, by y at `at`? y NULL: it is computed again. */
static bool
stopped(const struct cd_norm *p, const struct cd_norm_channels *f, float x,
    const float *y, size_t at, size_t j)
{
	return p->relu && (y ? y[at] : normal(f, x, j)) <= 0;
}

/* g of channel j at row r, column s of picture k, where x is. */
static float
gradient(const struct cd_norm *p, const struct cd_norm_channels *f, float x,
    const float *y, const uint8_t *which, const float *dy, int k, int r, int s,
    int j)
{
	int step = p->pool ? 2 : 1;
	size_t at;

	if (r / step >= p->yh || s / step >= p->yw)
		return 0; /* pooling dropped it */
	at = (((size_t)k * p->yh + r / step) * p->yw + s / step) * p->c + j;
	if (p->pool)
		return which[at] == r % 2 * 2 + s % 2 ? dy[at] : 0;
	return stopped(p, f, x, y, at, (size_t)j) ? 0 : dy[at];
}

/* The sums over n cells of y from the first on, for channel j: each passes its
 * gradient to at most one pixel. */
static void
backward_sums_group(const struct cd_norm *p, size_t first, size_t n, size_t j,
    const float *x, const struct cd_norm_channels *f, const float *y,
    const uint8_t *which, const float *dy, double *sums)
{
	size_t c = (size_t)p->c, i, at;
	float g = 0, gd = 0;

	for (i = first; i < first + n; i++) {
		at = i * c + j;
		if (p->pool ? which[at] == CD_CONV_CLOSED :
			      stopped(p, f, x[at], y, at, j))
			continue;
		g += dy[at];
		gd = fmaf(dy[at], x[at] - f->mean[j], gd);
	}
	sums[j] += (double)g;
	sums[c + j] += (double)gd;
}

static void
backward_sums(const struct cd_norm *p, int n, const float *x,
    const struct cd_norm_channels *f, const float *y, const uint8_t *which,
    const float *dy, double *sums)
{
	size_t cells = (size_t)n * p->yh * p->yw, i, j;

	for (i = 0; i < cells; i += group(cells - i))
		for (j = 0; j < (size_t)p->c; j++)
			backward_sums_group(p, i, group(cells - i), j, x, f, y,
			    which, dy, sums);
}

static void
backward(const struct cd_norm *p, int n, const float *x,
    const struct cd_norm_channels *f, const float *y, const uint8_t *which,
    const float *dy, float *dx, float *dadd)
{
	int pic, r, s, j;

	for (pic = 0; pic < n; pic++)
		for (r = 0; r < p->h; r++)
			for (s = 0; s < p->w; s++)
				for (j = 0; j < p->c; j++) {
					float g = gradient(p, f, *x, y, which,
					    dy, pic, r, s, j);
					float d = f->a[j] * g +
					    f->b[j] * (*x++ - f->mean[j]) +
					    f->k[j];

					*dx = p->add_dx ? *dx + d : d;
					dx++;
					if (!dadd)
						continue;
					*dadd = p->add_dadd ? *dadd + g : g;
					dadd++;
				}
}

const struct cd_norm_variant cd_norm_ref = { "ref", sums, forward,
	backward_sums, backward };
