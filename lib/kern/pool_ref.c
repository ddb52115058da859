#include "kern/pool.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* Offset in x of place q in the window of output cell i,j, or -1 outside. */
static ptrdiff_t
pixel(const struct cd_pool *p, int i, int j, int q)
{
	int row = i * p->stride - p->before + q / p->size;
	int column = j * p->stride - p->before + q % p->size;

	if (row < 0 || row >= p->h || column < 0 || column >= p->w)
		return -1;
	return ((ptrdiff_t)row * p->w + column) * p->c;
}

static void
clear(const struct cd_pool *p, float *dx)
{
	if (!p->add_dx)
		memset(dx, 0, (size_t)p->h * p->w * p->c * sizeof *dx);
}

/* ---- maximum ---- */

static int
max_place(const struct cd_pool *p, const float *x, int i, int j, int k)
{
	ptrdiff_t at, best_at = 0;
	int q, best = -1;

	for (q = 0; q < p->size * p->size; q++) {
		at = pixel(p, i, j, q);
		if (at < 0)
			continue;
		if (best >= 0 &&
		    (x[at + k] <= x[best_at + k] || isnan(x[best_at + k])))
			continue;
		best = q;
		best_at = at;
	}
	return best;
}

static void
max(const struct cd_pool *p, const float *x, float *y, uint8_t *which)
{
	int i, j, k, q;

	for (i = 0; i < p->yh; i++)
		for (j = 0; j < p->yw; j++)
			for (k = 0; k < p->c; k++) {
				q = max_place(p, x, i, j, k);
				*y++ = x[pixel(p, i, j, q) + k];
				if (which)
					*which++ = (uint8_t)q;
			}
}

static void
max_back(const struct cd_pool *p, const uint8_t *which, const float *dy,
    float *dx)
{
	int i, j, k;

	clear(p, dx);
	for (i = 0; i < p->yh; i++)
		for (j = 0; j < p->yw; j++)
			for (k = 0; k < p->c; k++)
				dx[pixel(p, i, j, *which++) + k] += *dy++;
}

/* ---- mean ---- */

static float
share(const struct cd_pool *p, int i, int j)
{
	int q, m = 0;

	for (q = 0; q < p->size * p->size; q++)
		m += pixel(p, i, j, q) >= 0;
	return 1 / (float)m;
}

static void
mean(const struct cd_pool *p, const float *x, float *y)
{
	int i, j, k, q;
	ptrdiff_t at;

	for (i = 0; i < p->yh; i++)
		for (j = 0; j < p->yw; j++, y += p->c) {
			for (k = 0; k < p->c; k++)
				y[k] = 0;
			for (q = 0; q < p->size * p->size; q++) {
				at = pixel(p, i, j, q);
				for (k = 0; at >= 0 && k < p->c; k++)
					y[k] += x[at + k];
			}
			for (k = 0; k < p->c; k++)
				y[k] *= share(p, i, j);
		}
}

static void
mean_back(const struct cd_pool *p, const float *dy, float *dx)
{
	int i, j, k, q;
	ptrdiff_t at;

	clear(p, dx);
	for (i = 0; i < p->yh; i++)
		for (j = 0; j < p->yw; j++, dy += p->c)
			for (q = 0; q < p->size * p->size; q++) {
				at = pixel(p, i, j, q);
				for (k = 0; at >= 0 && k < p->c; k++)
					dx[at + k] += dy[k] * share(p, i, j);
			}
}

/* ---- mean of the map ---- */

static void
global(const struct cd_pool *p, const float *x, float *y)
{
	int i, k, m = p->h * p->w;
	double sum;

	for (k = 0; k < p->c; k++) {
		sum = 0;
		for (i = 0; i < m; i++)
			sum += x[(size_t)i * p->c + k];
		y[k] = (float)(sum / m);
	}
}

static void
global_back(const struct cd_pool *p, const float *dy, float *dx)
{
	int i, k, m = p->h * p->w;
	float one = 1 / (float)m;

	clear(p, dx);
	for (i = 0; i < m; i++, dx += p->c)
		for (k = 0; k < p->c; k++)
			dx[k] += dy[k] * one;
}

const struct cd_pool_variant cd_pool_ref = { "ref", max, max_back, mean,
	mean_back, global, global_back };
