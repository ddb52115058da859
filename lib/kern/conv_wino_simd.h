/* 3x3 convolution, stride 1, by Winograd's F(4x4,3x3) (Lavin and Gray, "Fast
 * algorithms for convolutional neural networks", CVPR 2016): a 4x4 tile of the
 * output from a 6x6 tile d of the input with 36 products instead of 144. With U
 * = G w G' and V = B' d B:
 *	forward		y = A' (U V) A, summed over input channels
 *	backward	Z = A dy A';  dU += V Z;  dd = B (U Z) B'
 * which is the exact adjoint of the computed forward pass. The sums over
 * channels are 36 matrix products, M = V U; tiles are processed in blocks whose
 * V and M stay in the L2 cache. */
#ifndef CD_KERN_CONV_WINO_SIMD_H
#define CD_KERN_CONV_WINO_SIMD_H

#include <string.h>

#include "kern/conv.h"
#include "kern/window.h"
#include "kern/tile_simd.h"
#include "kern/wino_simd.h"

enum {
	POINTS = CD_WINO_POINTS,
	PAD = 16, /* floats between planes, against cache aliasing */
};

extern const struct cd_conv_variant VARIANT;

/* Geometry and memory of a block of tiles. */
struct wino {
	const struct cd_conv *c;
	const struct cd_window_variant *window;
	int cp;		  /* input channels, padded to a multiple of CD_VEC */
	int across, down; /* tiles of a picture */
	int block;	  /* tiles in a block, a multiple of CD_VEC_ROWS */
	size_t vplane, mplane; /* floats between points */
	float *v, *m;	       /* [36][block][cp], [36][block][cout] */
	float *tile;	       /* [4][4][cout] */
};

static int
filled(const struct cd_conv *c)
{
	return (c->cin + CD_VEC - 1) / CD_VEC * CD_VEC;
}

static void
set_up(struct wino *s, const struct cd_conv *c, float *scratch)
{
	const struct cd_conv_blocks *sizes = cd_conv_blocks(&VARIANT);
	size_t b = sizes->cache / (POINTS * (size_t)(filled(c) + c->cout));

	s->c = c;
	s->window = cd_window_best();
	s->cp = filled(c);
	s->across = (c->ow + 3) / 4;
	s->down = (c->oh + 3) / 4;
	s->block = b < (size_t)sizes->least ? sizes->least :
					     (int)(b / CD_VEC_ROWS * CD_VEC_ROWS);
	s->vplane = (size_t)s->block * s->cp + PAD;
	s->mplane = (size_t)s->block * c->cout + PAD;
	if (!scratch) /* sizes only */
		return;
	s->v = scratch;
	s->m = s->v + POINTS * s->vplane;
	s->tile = s->m + POINTS * s->mplane;
}

static size_t
scratch_floats(const struct cd_conv *c)
{
	struct wino s;

	set_up(&s, c, NULL);
	return POINTS * (s.vplane + s.mplane) + 16 * (size_t)c->cout;
}

static bool
fits(const struct cd_conv *c)
{
	return c->kh == 3 && c->kw == 3 && c->groups == 1 && c->stride == 1 &&
	    c->oh > 3 && 4 * c->cin >= 3 * filled(c) && c->cout % CD_VEC == 0;
}

/* ---- the matrix products ---- */

/* M[t,n] = V[t,k] U[k,n], t a multiple of CD_VEC_ROWS; rows of V are `row`
 * floats apart; U in panels. */
static void
product(int t, int n, int k, const float *v, int row, const float *u, float *m)
{
	struct cd_tile tile = { .ai = (size_t)row,
		.ak = 1,
		.ci = (size_t)n,
		.stretches = 1,
		.length = k };
	int i, j, width;

	for (j = 0; j < n; j += width) {
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
    bool add, float *du)
{
	struct cd_tile tile = { .ai = 1,
		.ak = (size_t)row,
		.bk = (size_t)n,
		.ci = (size_t)n,
		.stretches = 1,
		.length = t,
		.add = add };
	int i, j, rows, width;

	for (j = 0; j < n; j += width) {
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

/* ---- one block of tiles ---- */

/* The place of a tile. */
struct place {
	int picture, i, j; /* i, j: output row and column of its corner */
};

static struct place
place_of(const struct wino *s, int tile)
{
	int each = s->across * s->down, in = tile % each;

	return (struct place){ tile / each, in / s->across * 4,
		in % s->across * 4 };
}

/* Prefetches one row of tiles ahead; the hardware misses strided rows. */
static void
prefetch(const struct cd_conv *c, const float *x, struct place at)
{
	int row = at.i - c->pad + 6, end = row + 4, k;
	int column = at.j - c->pad + 2, columns = 4;
	const float *d;

	if (column + columns > c->w)
		columns = c->w - column;
	if (end > c->h)
		end = c->h;
	for (; row < end && columns > 0; row++) {
		d = x +
		    (((size_t)at.picture * c->h + row) * c->w + column) *
			c->cin;
		for (k = 0; k < columns * c->cin; k += 16)
			_mm_prefetch((const void *)(d + k), _MM_HINT_T1);
	}
}

/* What of a square of `side` pixels, whose corner is at i, j, is inside of
 * h x w. */
static struct cd_wino_part
inside(int side, int i, int j, int h, int w)
{
	return (struct cd_wino_part){ i < 0 ? -i : 0,
		i + side > h ? h - i : side, j < 0 ? -j : 0,
		j + side > w ? w - j : side };
}

static bool
is_whole(const struct cd_wino_part *p, int side)
{
	return p->top == 0 && p->left == 0 && p->bottom == side &&
	    p->right == side;
}

/* The patch of the input that the tile is made from. */
static struct cd_wino_part
patch(const struct cd_conv *c, struct place at)
{
	return inside(6, at.i - c->pad, at.j - c->pad, c->h, c->w);
}

/* Its offset in the input, also where it begins outside. */
static ptrdiff_t
patch_at(const struct cd_conv *c, struct place at)
{
	ptrdiff_t w = c->w, row = (ptrdiff_t)at.picture * c->h + at.i - c->pad;

	return (row * w + at.j - c->pad) * c->cin;
}

/* V of n tiles from tile `first` on; zeros the rows up to a multiple of
 * CD_VEC_ROWS. */
static void
block_in(const struct wino *s, const float *x, int first, int n)
{
	const struct cd_conv *c = s->c;
	int t, p;

	for (t = 0; t < n; t++) {
		struct place at = place_of(s, first + t);
		struct cd_wino_part part = patch(c, at);

		prefetch(c, x, at);
		cd_wino_in(x + patch_at(c, at), (size_t)c->w * c->cin, c->cin,
		    is_whole(&part, 6) ? NULL : &part,
		    s->v + (size_t)t * s->cp, s->vplane);
	}
	for (p = 0; n % CD_VEC_ROWS && p < POINTS; p++)
		memset(s->v + p * s->vplane + (size_t)n * s->cp, 0,
		    (CD_VEC_ROWS - n % CD_VEC_ROWS) * (size_t)s->cp *
			sizeof *s->v);
}

/* Offset of the tile's corner in y or, pooled, of its first window. */
static size_t
tile_at(const struct cd_conv *c, struct place at)
{
	int step = c->pool ? 2 : 1;

	return (((size_t)at.picture * c->yh + at.i / step) * c->yw +
		   at.j / step) *
	    c->cout;
}

/* How much of the tile's rows and columns is in y. */
static struct cd_wino_part
tile_part(const struct cd_conv *c, struct place at)
{
	int step = c->pool ? 2 : 1;

	return inside(4 / step, at.i / step, at.j / step, c->yh, c->yw);
}

/* Tile t of the block, from M to y and which. */
static void
tile_out(const struct wino *s, int t, struct place at, const float *b, float *y,
    uint8_t *which)
{
	const struct cd_conv *c = s->c;
	const float *m = s->m + (size_t)t * c->cout;
	size_t cout = (size_t)c->cout, line = c->yw * cout, to;
	struct cd_wino_part in = tile_part(c, at);
	int i, j;

	y += tile_at(c, at);
	if (!c->pool) {
		cd_wino_out(m, s->mplane, c->cout,
		    (struct cd_wino_end){ b, c->relu }, in.bottom, in.right, y,
		    line);
		return;
	}
	which = which ? which + tile_at(c, at) : NULL;
	cd_wino_out(m, s->mplane, c->cout, (struct cd_wino_end){ NULL, false },
	    4, 4, s->tile, 4 * cout);
	for (i = 0; i < in.bottom; i++)
		for (j = 0; j < in.right; j++) {
			const float *z = s->tile + (8 * i + 2 * j) * cout;

			to = i * line + j * cout;
			s->window->forward(c->cout, z, z + 4 * cout, b, c->relu,
			    y + to, which ? which + to : NULL);
		}
}

/* The gradient of n outputs before bias and ReLU; adds to db. */
static void
before_relu(int n, const float *y, const float *dy, bool relu, float *z,
    float *db)
{
	int o;

	for (o = 0; o < n; o++) {
		z[o] = relu && y[o] <= 0 ? 0 : dy[o];
		if (db)
			db[o] += z[o];
	}
}

/* The gradient of the tile before bias, ReLU and pooling, in s->tile; adds to
 * db. */
static void
get_tile(const struct wino *s, const struct cd_wino_part *in, const float *y,
    const uint8_t *which, const float *dy, float *db)
{
	const struct cd_conv *c = s->c;
	size_t cout = (size_t)c->cout, line = c->yw * cout, from;
	int i, j;

	if (!is_whole(in, c->pool ? 2 : 4))
		memset(s->tile, 0, 16 * cout * sizeof *s->tile);
	for (i = 0; i < in->bottom; i++)
		for (j = 0; j < in->right; j++) {
			from = i * line + j * cout;
			if (c->pool) {
				float *z = s->tile + (8 * i + 2 * j) * cout;

				s->window->backward(c->cout, which + from,
				    dy + from, z, z + 4 * cout, db);
			} else {
				before_relu(c->cout, y + from, dy + from,
				    c->relu, s->tile + (4 * i + j) * cout, db);
			}
		}
}

/* Z of tile t of the block. */
static void
tile_out_back(const struct wino *s, int t, struct place at, const float *y,
    const uint8_t *which, const float *dy, float *db)
{
	const struct cd_conv *c = s->c;
	float *z = s->m + (size_t)t * c->cout;
	struct cd_wino_part in = tile_part(c, at);
	size_t from = tile_at(c, at);

	if (c->pool || c->relu || db) {
		get_tile(s, &in, y ? y + from : NULL,
		    which ? which + from : NULL, dy + from, db);
		cd_wino_out_back(s->tile, 4 * (size_t)c->cout, c->cout, NULL, z,
		    s->mplane);
		return;
	}
	cd_wino_out_back(dy + from, (size_t)c->yw * c->cout, c->cout,
	    is_whole(&in, 4) ? NULL : &in, z, s->mplane);
}

/* From the gradient V of tile t to that of its patch. Two rows and columns of a
 * patch are those of the patches above and to the left, which come before: this
 * is the first to touch the others. */
static void
tile_in_back(const struct wino *s, int t, struct place at, float *dx)
{
	const struct cd_conv *c = s->c;
	struct cd_wino_part part = patch(c, at);
	int above = at.i > 0 ? 2 : 0, left = at.j > 0 ? 2 : 0;

	cd_wino_in_back(s->v + (size_t)t * s->cp, s->vplane, c->cin, &part,
	    c->add_dx ? 6 : above, left, dx + patch_at(c, at),
	    (size_t)c->w * c->cin);
}

/* ---- the passes ---- */

/* n rounded up to a number of tiles that product() takes. */
static int
whole_rows(int n)
{
	return (n + CD_VEC_ROWS - 1) / CD_VEC_ROWS * CD_VEC_ROWS;
}

static void
forward(const struct cd_conv *c, int n, const float *x, const float *pw,
    const float *b, float *y, uint8_t *which, float *scratch)
{
	size_t plane = (size_t)c->cin * c->cout;
	int first = 0, count, tiles, t, p;
	int step = c->pool ? 2 : 1;
	struct wino s;

	set_up(&s, c, scratch);
	tiles = n * s.across * s.down;
	if (c->to > 0) {
		first = c->from * step / 4 * s.across;
		tiles = (c->to * step + 3) / 4 * s.across;
	}
	for (; first < tiles; first += s.block) {
		count = tiles - first < s.block ? tiles - first : s.block;
		block_in(&s, x, first, count);
		for (p = 0; p < POINTS; p++)
			product(whole_rows(count), c->cout, c->cin,
			    s.v + p * s.vplane, s.cp, pw + p * plane,
			    s.m + p * s.mplane);
		for (t = 0; t < count; t++)
			tile_out(&s, t, place_of(&s, first + t), b, y, which);
	}
}

static void
backward(const struct cd_conv *c, int n, const float *x, const float *pw,
    const float *y, const uint8_t *which, const float *dy, float *dpw,
    float *db, float *dx, float *scratch)
{
	size_t plane = (size_t)c->cin * c->cout;
	const float *back = pw + gradient_floats(c);
	int first, count, tiles, t, p;
	struct wino s;

	set_up(&s, c, scratch);
	cd_conv_clear_dw(c, 0, dpw, db);
	tiles = n * s.across * s.down;
	for (first = 0; first < tiles; first += s.block) {
		count = tiles - first < s.block ? tiles - first : s.block;
		block_in(&s, x, first, count);
		for (t = 0; t < count; t++)
			tile_out_back(&s, t, place_of(&s, first + t), y, which,
			    dy, db);
		for (p = 0; p < POINTS; p++)
			product_weights(count, c->cout, c->cin,
			    s.v + p * s.vplane, s.cp, s.m + p * s.mplane,
			    c->add_dw || first > 0, dpw + p * plane);
		for (p = 0; dx && p < POINTS; p++)
			product(whole_rows(count), s.cp, c->cout,
			    s.m + p * s.mplane, c->cout,
			    back + p * (size_t)s.cp * c->cout,
			    s.v + p * s.vplane);
		for (t = 0; dx && t < count; t++)
			tile_in_back(&s, t, place_of(&s, first + t), dx);
	}
}

const struct cd_conv_variant VARIANT = {
	NAME,
	fits,
	scratch_floats,
	forward,
	backward,
	true,
	prepared_floats,
	gradient_floats,
	prepare,
	gather,
};

#endif
