/* A vector of channels at a time, in registers over a window. Backward, each
 * pixel gathers from the windows that it is in, in the reference's order, so
 * that dx needs no clearing pass. */
#ifndef CD_KERN_POOL_SIMD_H
#define CD_KERN_POOL_SIMD_H

#include <stddef.h>

#include "kern/pool.h"
#include "kern/vec.h"

/* from .. to-1. */
struct range {
	int from, to;
};

/* The part of output i's window that is inside a map of size rows (or
 * columns), as rows of the map. */
static struct range
inside(const struct cd_pool *p, int i, int size)
{
	int from = i * p->stride - p->before, to = from + p->size;

	return (struct range){ from < 0 ? 0 : from, to < size ? to : size };
}

/* The outputs, of count, whose windows contain row r. */
static struct range
covering(const struct cd_pool *p, int r, int count)
{
	int last = (r + p->before) / p->stride;
	int first = r + p->before - p->size + 1;

	first = first > 0 ? (first + p->stride - 1) / p->stride : 0;
	return (struct range){ first, last < count ? last + 1 : count };
}

/* ---- maximum ---- */

/* Place of row r, column s in the window of output i,j. */
static int
place(const struct cd_pool *p, int i, int j, int r, int s)
{
	return (r - i * p->stride + p->before) * p->size + s - j * p->stride +
	    p->before;
}

/* n channels; x: the first of them in the map. first: the place of the first
 * cell inside. */
CD_INLINE void
max_some(int n, const struct cd_pool *p, const float *x, struct range rows,
    struct range columns, int first, float *y, uint8_t *which)
{
	size_t c = (size_t)p->c, width = (size_t)p->w * c;
	cd_vec best = cd_vec_get(x + rows.from * width + columns.from * c, n);
	cd_ints at = cd_ints_all(0);
	int r, s;

	for (r = rows.from; r < rows.to; r++)
		for (s = columns.from; s < columns.to; s++)
			cd_vec_take_larger(&best, &at,
			    cd_vec_get(x + r * width + s * c, n),
			    (r - rows.from) * p->size + s - columns.from);
	cd_vec_put(y, n, best);
	if (which)
		cd_ints_store_bytes(which, n,
		    cd_ints_add(at, cd_ints_all(first)));
}

static void
max_cell(const struct cd_pool *p, const float *x, int i, int j, float *y,
    uint8_t *which)
{
	struct range rows = inside(p, i, p->h), columns = inside(p, j, p->w);
	int k, first = place(p, i, j, rows.from, columns.from);

	for (k = 0; k + CD_VEC <= p->c; k += CD_VEC)
		max_some(CD_VEC, p, x + k, rows, columns, first, y + k,
		    which ? which + k : NULL);
	if (k < p->c)
		max_some(p->c - k, p, x + k, rows, columns, first, y + k,
		    which ? which + k : NULL);
}

static void
max(const struct cd_pool *p, const float *x, float *y, uint8_t *which)
{
	int i, j;

	for (i = 0; i < p->yh; i++)
		for (j = 0; j < p->yw; j++, y += p->c) {
			max_cell(p, x, i, j, y, which);
			which = which ? which + p->c : NULL;
		}
}

/* dx += dy in the channels, of n, that the pixel at place q of a window won; =
 * if fresh. */
CD_INLINE void
add_won_some(int n, const uint8_t *which, int q, const float *dy, bool fresh,
    float *dx)
{
	cd_vec was = fresh ? cd_vec_all(0) : cd_vec_get(dx, n);
	cd_mask won = cd_ints_eq(cd_ints_load_bytes(which, n), cd_ints_all(q));

	cd_vec_put(dx, n, was + cd_vec_where(won, cd_vec_get(dy, n)));
}

static void
add_won(int c, const uint8_t *which, int q, const float *dy, bool fresh,
    float *dx)
{
	int k;

	for (k = 0; k + CD_VEC <= c; k += CD_VEC)
		add_won_some(CD_VEC, which + k, q, dy + k, fresh, dx + k);
	if (k < c)
		add_won_some(c - k, which + k, q, dy + k, fresh, dx + k);
}

/* For a pixel in no window. */
static void
clear(int n, float *dx)
{
	int k;

	for (k = 0; k < n; k++)
		dx[k] = 0;
}

static void
max_back(const struct cd_pool *p, const uint8_t *which, const float *dy,
    float *dx)
{
	int r, s, i, j;
	size_t at;

	for (r = 0; r < p->h; r++)
		for (s = 0; s < p->w; s++, dx += p->c) {
			struct range rows = covering(p, r, p->yh);
			struct range columns = covering(p, s, p->yw);
			bool fresh = !p->add_dx;

			for (i = rows.from; i < rows.to; i++)
				for (j = columns.from; j < columns.to; j++) {
					at = ((size_t)i * p->yw + j) * p->c;
					add_won(p->c, which + at,
					    place(p, i, j, r, s), dy + at,
					    fresh, dx);
					fresh = false;
				}
			if (fresh)
				clear(p->c, dx);
		}
}

/* ---- mean ---- */

static float
share(const struct cd_pool *p, int i, int j)
{
	struct range a = inside(p, i, p->h), b = inside(p, j, p->w);

	return 1 / (float)((a.to - a.from) * (b.to - b.from));
}

/* n channels of c; x: the first of them in the map, with rows of width
 * floats. */
CD_INLINE void
mean_some(int n, size_t c, size_t width, const float *x, struct range rows,
    struct range columns, float one, float *y)
{
	cd_vec sum = cd_vec_all(0);
	int r, s;

	for (r = rows.from; r < rows.to; r++)
		for (s = columns.from; s < columns.to; s++)
			sum = sum + cd_vec_get(x + r * width + s * c, n);
	cd_vec_put(y, n, sum * cd_vec_all(one));
}

static void
mean_cell(const struct cd_pool *p, const float *x, int i, int j, float *y)
{
	struct range rows = inside(p, i, p->h), columns = inside(p, j, p->w);
	size_t c = (size_t)p->c, width = (size_t)p->w * c, k;
	float one = share(p, i, j);

	for (k = 0; k + CD_VEC <= c; k += CD_VEC)
		mean_some(CD_VEC, c, width, x + k, rows, columns, one, y + k);
	if (k < c)
		mean_some((int)(c - k), c, width, x + k, rows, columns, one,
		    y + k);
}

static void
mean(const struct cd_pool *p, const float *x, float *y)
{
	int i, j;

	for (i = 0; i < p->yh; i++)
		for (j = 0; j < p->yw; j++, y += p->c)
			mean_cell(p, x, i, j, y);
}

/* dx += dy one; = if fresh. */
CD_INLINE void
add_scaled_some(int n, const float *dy, float one, bool fresh, float *dx)
{
	cd_vec was = fresh ? cd_vec_all(0) : cd_vec_get(dx, n);

	cd_vec_put(dx, n, was + cd_vec_get(dy, n) * cd_vec_all(one));
}

static void
add_scaled(int c, const float *dy, float one, bool fresh, float *dx)
{
	int k;

	for (k = 0; k + CD_VEC <= c; k += CD_VEC)
		add_scaled_some(CD_VEC, dy + k, one, fresh, dx + k);
	if (k < c)
		add_scaled_some(c - k, dy + k, one, fresh, dx + k);
}

static void
mean_back(const struct cd_pool *p, const float *dy, float *dx)
{
	int r, s, i, j;
	size_t at;

	for (r = 0; r < p->h; r++)
		for (s = 0; s < p->w; s++, dx += p->c) {
			struct range rows = covering(p, r, p->yh);
			struct range columns = covering(p, s, p->yw);
			bool fresh = !p->add_dx;

			for (i = rows.from; i < rows.to; i++)
				for (j = columns.from; j < columns.to; j++) {
					at = ((size_t)i * p->yw + j) * p->c;
					add_scaled(p->c, dy + at,
					    share(p, i, j), fresh, dx);
					fresh = false;
				}
			if (fresh)
				clear(p->c, dx);
		}
}

/* ---- mean of the map ---- */

/* n channels of c, m pixels. */
CD_INLINE void
global_some(int n, int m, int c, const float *x, float *y)
{
	cd_doubles sum = cd_doubles_all(0);
	int i;

	for (i = 0; i < m; i++, x += c)
		sum = cd_doubles_add(sum, cd_vec_get(x, n));
	cd_vec_put(y, n, cd_doubles_round(cd_doubles_div(sum, (double)m)));
}

static void
global(const struct cd_pool *p, const float *x, float *y)
{
	int m = p->h * p->w, k;

	for (k = 0; k + CD_VEC <= p->c; k += CD_VEC)
		global_some(CD_VEC, m, p->c, x + k, y + k);
	if (k < p->c)
		global_some(p->c - k, m, p->c, x + k, y + k);
}

static void
global_back(const struct cd_pool *p, const float *dy, float *dx)
{
	int i, m = p->h * p->w;

	for (i = 0; i < m; i++, dx += p->c)
		add_scaled(p->c, dy, 1 / (float)m, !p->add_dx, dx);
}

const struct cd_pool_variant VARIANT = { NAME, max, max_back, mean, mean_back,
	global, global_back };

#endif
