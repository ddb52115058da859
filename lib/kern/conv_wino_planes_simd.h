/* The passes over a whole batch plane by plane: each of the 36 products reads
 * its weights once, where the passes by blocks read all weights for each block.
 * Private to conv_wino_simd.h. */
#ifndef CD_KERN_CONV_WINO_PLANES_SIMD_H
#define CD_KERN_CONV_WINO_PLANES_SIMD_H

#include "kern/conv_wino_product_simd.h"

enum {
	HALVES = CD_CONV_ROUND_TASKS / POINTS,
	NEAR = 192, /* tiles: their columns of a tile of dU stay in L1 */
};

/* V and M of all tiles of n pictures. */
static struct wino
all_tiles(const struct cd_conv *c, int n, float *all)
{
	struct wino s;

	set_up(&s, c, NULL);
	s.block = whole_rows(n * s.across * s.down);
	s.vplane = (size_t)s.block * s.cp + PAD;
	s.mplane = (size_t)s.block * c->cout + PAD;
	s.v = all;
	s.m = all + POINTS * s.vplane;
	return s;
}

/* The same, from the tiles of picture `from` on. */
static struct wino
tiles_from(const struct cd_conv *c, int n, int from, float *all)
{
	struct wino s = all_tiles(c, n, all);
	size_t first = (size_t)from * s.across * s.down;

	s.v += first * s.cp;
	s.m += first * c->cout;
	return s;
}

static size_t
all_floats(const struct cd_conv *c, int n)
{
	struct wino s = all_tiles(c, n, NULL);

	return POINTS * (s.vplane + s.mplane);
}

/* Whole rows of products, of which the ends may be of other pictures. */
struct rows {
	int from, n;
};

static struct rows
rows_of(const struct wino *s, int from, int to)
{
	int first = from * s->across * s->down / CD_VEC_ROWS * CD_VEC_ROWS;

	return (
	    struct rows){ first, whole_rows(to * s->across * s->down) - first };
}

/* The columns of n that a task has. */
static struct columns
half(int n, int task)
{
	int panels = (n + CD_TILE_COLUMNS - 1) / CD_TILE_COLUMNS;
	int part = task % HALVES, from = panels * part / HALVES;
	int to = panels * (part + 1) / HALVES * CD_TILE_COLUMNS;

	return (struct columns){ from * CD_TILE_COLUMNS, to < n ? to : n };
}

static void
planes_in(const struct cd_conv *c, int n, int from, int to, const float *x,
    float *all)
{
	struct wino s = tiles_from(c, n, from, all);
	int tiles = (to - from) * s.across * s.down;

	block_in(&s, x, 0, tiles, tiles);
}

static void
planes_product(const struct cd_conv *c, int n, int from, int to, int task,
    const float *pw, float *all)
{
	struct wino s = all_tiles(c, n, all);
	struct rows rows = rows_of(&s, from, to);
	size_t p = (size_t)task / HALVES, first = (size_t)rows.from;

	product(rows.n, c->cout, c->cin, s.v + p * s.vplane + first * s.cp,
	    s.cp, pw + p * c->cin * c->cout,
	    s.m + p * s.mplane + first * c->cout, half(c->cout, task));
}

static void
planes_out(const struct cd_conv *c, int n, int from, int to, const float *b,
    float *all, float *y, uint8_t *which, float *scratch)
{
	struct wino s = tiles_from(c, n, from, all);
	int tiles = (to - from) * s.across * s.down, t;

	s.tile = scratch;
	for (t = 0; t < tiles; t++)
		tile_out(&s, t, place_of(&s, t), b, y, which);
}

static void
planes_out_back(const struct cd_conv *c, int n, int from, int to,
    const float *y, const uint8_t *which, const float *dy, float *db,
    float *all, float *scratch)
{
	struct wino s = tiles_from(c, n, from, all);
	int tiles = (to - from) * s.across * s.down, t;

	s.tile = scratch;
	for (t = 0; t < tiles; t++)
		tile_out_back(&s, t, place_of(&s, t), y, which, dy, db);
}

static void
planes_weights(const struct cd_conv *c, int n, int task, float *all, float *dpw)
{
	struct wino s = all_tiles(c, n, all);
	int tiles = n * s.across * s.down, p = task / HALVES, t, some;

	for (t = 0; t < tiles; t += some) {
		some = tiles - t < NEAR ? tiles - t : NEAR;
		product_weights(some, c->cout, c->cin,
		    s.v + p * s.vplane + (size_t)t * s.cp, s.cp,
		    s.m + p * s.mplane + (size_t)t * c->cout, t > 0,
		    dpw + p * (size_t)c->cin * c->cout, half(c->cout, task));
	}
}

static void
planes_product_back(const struct cd_conv *c, int n, int from, int to, int task,
    const float *pw, float *all)
{
	struct wino s = all_tiles(c, n, all);
	struct rows rows = rows_of(&s, from, to);
	const float *back = pw + gradient_floats(c);
	size_t p = (size_t)task / HALVES, first = (size_t)rows.from;

	product(rows.n, s.cp, c->cout, s.m + p * s.mplane + first * c->cout,
	    c->cout, back + p * s.cp * c->cout,
	    s.v + p * s.vplane + first * s.cp, half(s.cp, task));
}

static void
planes_in_back(const struct cd_conv *c, int n, int from, int to,
    const float *pw, float *all, float *dx, float *scratch)
{
	struct wino s = tiles_from(c, n, from, all);
	int tiles = (to - from) * s.across * s.down, t;

	(void)pw;
	(void)scratch;
	for (t = 0; t < tiles; t++)
		tile_in_back(&s, t, place_of(&s, t), dx);
}

static const struct cd_conv_rounds planes = {
	fits,
	all_floats,
	planes_in,
	planes_product,
	planes_out,
	planes_in,
	planes_out_back,
	planes_weights,
	planes_product_back,
	planes_in_back,
};

#endif
