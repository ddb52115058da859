/* The products of Winograd's 36 planes, and the weights for them. Private to
 * conv_wino_simd.h. */
#ifndef CD_KERN_CONV_WINO_PRODUCT_SIMD_H
#define CD_KERN_CONV_WINO_PRODUCT_SIMD_H

#include "kern/conv_wino_tiles_simd.h"
#include "kern/tile_simd.h"

/* n rounded up to a number of tiles that product() takes. */
static int
whole_rows(int n)
{
	return (n + CD_VEC_ROWS - 1) / CD_VEC_ROWS * CD_VEC_ROWS;
}

/* Columns from .. to-1 of a product. */
struct columns {
	int from, to;
};

/* M[t,n] = V[t,k] U[k,n], t a multiple of CD_VEC_ROWS; rows of V are `row`
 * floats apart; U in panels. */
static void
product(int t, int n, int k, const float *v, int row, const float *u, float *m,
    struct columns of)
{
	struct cd_tile tile = { .ai = (size_t)row,
		.ak = 1,
		.ci = (size_t)n,
		.stretches = 1,
		.length = k };
	int i, j, width;

	for (j = of.from; j < of.to; j += width) {
		width = n - j < CD_TILE_COLUMNS ? CD_VEC : CD_TILE_COLUMNS;
		tile.b = u + (size_t)j * k;
		tile.bk = (size_t)width;
		for (i = 0; i < t; i += CD_VEC_ROWS) {
			tile.a = v + (size_t)i * row;
			tile.c = m + (size_t)i * n + j;
			cd_tile(CD_VEC_ROWS, width, &tile);
		}
	}
}

/* dU[k,n] (+)= V[t,k]' Z[t,n]; rows of V are `row` floats apart. */
static void
product_weights(int t, int n, int k, const float *v, int row, const float *z,
    bool add, float *du, struct columns of)
{
	struct cd_tile tile = { .ai = 1,
		.ak = (size_t)row,
		.bk = (size_t)n,
		.ci = (size_t)n,
		.stretches = 1,
		.length = t,
		.add = add };
	int i, j, rows, width;

	for (j = of.from; j < of.to; j += width) {
		width = n - j < CD_TILE_COLUMNS ? CD_VEC : CD_TILE_COLUMNS;
		tile.b = z + j;
		for (i = 0; i < k; i += rows) {
			rows = cd_tile_rows(k - i);
			tile.a = v + i;
			tile.c = du + (size_t)i * n + j;
			cd_tile(rows, width, &tile);
		}
	}
}

/* ---- weights: U = G w G', kept in panels, twice ---- */

static size_t
gradient_floats(const struct cd_conv *c)
{
	return (size_t)POINTS * c->cin * c->cout;
}

/* U for the forward pass, then U', padded, for the backward pass. */
static size_t
prepared_floats(const struct cd_conv *c)
{
	return gradient_floats(c) + (size_t)POINTS * filled(c) * c->cout;
}

static void
prepare(const struct cd_conv *c, int from, int to, const float *w, float *pw)
{
	size_t plane = (size_t)c->cin * c->cout;
	size_t wide = (size_t)filled(c) * c->cout;
	float *back = pw + gradient_floats(c);
	float u[CD_VEC][POINTS][CD_VEC]; /* [cin][points][cout] of a block */
	int i, n, k, o, p;

	for (i = from; i < to; i += n) {
		n = to - i < CD_VEC ? to - i : CD_VEC;
		for (o = 0; o < c->cout; o += CD_VEC) {
			for (k = 0; k < n; k++)
				cd_wino_weights(CD_VEC,
				    w + (size_t)(i + k) * c->cout + o, plane,
				    u[k][0], CD_VEC);
			for (p = 0; p < POINTS; p++)
				cd_panel_put(n, u[0][p], POINTS * CD_VEC, i, o,
				    c->cin, c->cout, pw + p * plane,
				    back + p * wide, filled(c));
		}
	}
	/* the padding columns, by the thread with the last channel */
	for (i = c->cin; to == c->cin && i < filled(c); i++)
		for (o = 0; o < POINTS * c->cout; o++)
			back[o / c->cout * wide +
			    cd_panel(o % c->cout, i, c->cout, filled(c))] = 0;
}

static void
gather(const struct cd_conv *c, int from, int to, const float *dpw, float *dw)
{
	size_t plane = (size_t)c->cin * c->cout, at = (size_t)from * c->cout;

	cd_wino_weights_back((to - from) * c->cout, dpw + at, plane, dw + at,
	    plane);
}

#endif
